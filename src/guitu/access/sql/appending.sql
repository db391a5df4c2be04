-- What a post appends to the ledger: of whom it may speak and under which division, and the line itself.

-- Append acts of one kind, one per event: entry, payload with salt, place in the sequencer's queue. Post and purpose come
-- from the token, never from the caller. A line of `persons` is the comma-separated subjects of the event in the same place.
CREATE OR REPLACE FUNCTION ledger_write(what text, events uuid[], at timestamptz, persons text[], divisions text[],
  other_unit uuid, facts text[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  own_unit uuid := (SELECT p.unit_id FROM access_post p WHERE p.id = s.post_id);
  reason text := current_setting('guitu.purpose', true);
  made uuid[];
BEGIN
  PERFORM access_moment(at);
  WITH given AS (
    SELECT gen_random_uuid() AS id, g.event, g.person, g.division,
           substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16) AS salt,
           concat_ws(E'\n', s.post_id::text, reason, g.person, g.fact) AS body
      FROM unnest(events, persons, divisions, facts) AS g (event, person, division, fact)
  ), entries AS (
    INSERT INTO ledger_entry (id, act, event_id, at, unit_id, other_unit_id, commitment)
    SELECT id, what, event, at, own_unit, other_unit, sha256(salt || convert_to(body, 'UTF8')) FROM given
  ), payloads AS (
    INSERT INTO ledger_payload (entry_id, salt, canonical, division, subjects, post_id, purpose)
    SELECT id, salt, body, division, string_to_array(person, ',')::uuid[], s.post_id, reason FROM given
  ), queued AS (
    INSERT INTO ledger_pending (entry_id) SELECT id FROM given
  )
  SELECT array_agg(id) INTO made FROM given;
  RETURN made;
END $$;

-- Of these events and persons, the persons of whom the acting post has nothing to say: who is not in its sight. A broken glass shows
-- somebody to be looked at: the post says of it that it was broken, and whoever reviewed it that it was; and who has sealed a file says so,
-- though nobody sees it any more.
CREATE OR REPLACE FUNCTION ledger_out_of_sight(what text, events uuid[], persons text[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_seeing(); beyond uuid[]; shown uuid[];
BEGIN
  beyond := ARRAY(SELECT DISTINCT w.id FROM unnest(persons) AS g (person), unnest(string_to_array(g.person, ',')::uuid[]) AS w (id)
    WHERE NOT EXISTS (SELECT 1 FROM people_person q WHERE q.id = w.id AND q.division >= s.low AND q.division < s.high));
  IF beyond = '{}' THEN RETURN beyond; END IF;
  shown := access_lasting() || access_addressed();
  RETURN ARRAY(SELECT b.id FROM unnest(beyond) AS b (id) WHERE NOT (b.id = ANY (shown) OR CASE what
    WHEN 'people:glass:broken' THEN EXISTS (SELECT 1 FROM access_glass g WHERE g.person_id = b.id AND g.id = ANY (events) AND g.post_id = s.post_id)
    WHEN 'people:glass:reviewed' THEN EXISTS (SELECT 1 FROM access_glass g WHERE g.person_id = b.id AND g.reviewed_by = s.post_id)
    WHEN 'people:file:sealed' THEN EXISTS (SELECT 1 FROM rights_sealing x WHERE x.person_id = b.id AND x.id = ANY (events) AND x.sealed_by = s.post_id)
    ELSE false END));
END $$;

-- Does a line stand where nobody concerned reads it? One about persons stands under the division of one of them, so that who answers for them
-- reads it, one of the own accounts and codes (access:…) under the own; a line about nobody under none, in the own range, or where the own
-- unit evaluates.
CREATE OR REPLACE FUNCTION ledger_misplaced(what text, persons text[], divisions text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  own access_unit;
BEGIN
  SELECT u.* INTO own FROM access_unit u WHERE u.id = access_own_unit();
  RETURN EXISTS (SELECT 1 FROM (SELECT DISTINCT g.division FROM unnest(persons, divisions) AS g (person, division) WHERE g.person = '') AS t
      WHERE (t.division IN ('', own.division) OR (t.division >= s.low AND t.division < s.high) OR (what LIKE 'evaluation:%'
        AND EXISTS (SELECT 1 FROM evaluation_evaluation e WHERE e.evaluator_id = own.id AND e.division = t.division))) IS NOT TRUE)
    OR EXISTS (SELECT g.place FROM unnest(persons, divisions) WITH ORDINALITY AS g (person, division, place)
        CROSS JOIN unnest(string_to_array(g.person, ',')::uuid[]) AS w (id) LEFT JOIN people_person q ON q.id = w.id AND q.division = g.division
      WHERE g.person <> '' AND (what LIKE 'access:%' AND g.division = own.division) IS NOT TRUE
      GROUP BY g.place HAVING count(q.id) = 0);
END $$;

-- Append acts as a post does. What the database and the machine record themselves no post says (ledger_acts_of_posts is made by
-- compile), nothing without a sentence or facts that can be read, nothing of whom it does not see or where it would not be read: a line of
-- the ledger stays, and whoever shows it must be able to.
CREATE OR REPLACE FUNCTION ledger_append(what text, events uuid[], at timestamptz, persons text[], divisions text[],
  other_unit uuid, facts text[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_moment(at);
  IF (what = ANY (ledger_acts_of_posts())) IS NOT TRUE OR EXISTS (SELECT 1 FROM unnest(persons, facts) AS g (person, fact)
      WHERE (g.person = array_to_string(string_to_array(g.person, ',')::uuid[], ',')) IS NOT TRUE
         OR jsonb_typeof(g.fact::jsonb) IS DISTINCT FROM 'object') THEN
    RAISE EXCEPTION 'guitu: nothing that a post records' USING ERRCODE = 'GU028';
  END IF;
  IF ledger_out_of_sight(what, events, persons) <> '{}' THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  IF ledger_misplaced(what, persons, divisions) THEN
    RAISE EXCEPTION 'guitu: nothing that a post records' USING ERRCODE = 'GU028';
  END IF;
  RETURN ledger_write(what, events, at, persons, divisions, other_unit, facts);
END $$;
