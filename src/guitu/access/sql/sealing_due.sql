-- Which files of persons who were juveniles are to be sealed or answered for, and the answer that one is not sealed (docs/adr/0061).

DROP FUNCTION IF EXISTS journeys_juvenile_mark();  -- of the version before, which knew one mark alone

-- A file with the files joined into it.
CREATE OR REPLACE FUNCTION rights_files(person uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE files AS (
    SELECT person AS id UNION SELECT j.joined_id FROM people_join j JOIN files f ON f.id = j.person_id WHERE j.undone_at IS NULL)
  SELECT array_agg(f.id) FROM files f;
$$;

-- Files of released persons marked as having been juveniles, whose matters stand where the rulebook says that sealing is due, with nothing
-- in hand, not sealed and not answered for since. Who has not arrived is still awaited, who is in correction still serves.
CREATE OR REPLACE FUNCTION rights_unanswered(of_unit uuid, as_of timestamptz)
RETURNS TABLE (person_id uuid, unit_id uuid, number text, since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH RECURSIVE marked (id, since) AS (
    SELECT j.person_id, coalesce(j.ended_at, j.state_since) FROM journeys_journey j
     WHERE j.marks && journeys_juvenile_marks() AND j.released_at <= as_of AND j.state = ANY (rights_sealed_after())
       AND (j.ended_at IS NULL OR j.ended_at <= as_of)),
  above (id, since) AS (
    SELECT m.id, m.since FROM marked m
    UNION SELECT p.person_id, a.since FROM above a JOIN people_join p ON p.joined_id = a.id AND p.undone_at IS NULL),
  heads (id, since) AS (
    SELECT a.id, max(a.since) FROM above a
     WHERE NOT EXISTS (SELECT 1 FROM people_join p WHERE p.joined_id = a.id AND p.undone_at IS NULL) GROUP BY a.id)
  SELECT q.id, q.responsible_unit_id, q.number, h.since FROM heads h JOIN people_person q ON q.id = h.id
    CROSS JOIN LATERAL (SELECT rights_files(q.id) AS whole OFFSET 0) f
   WHERE q.sealed_at IS NULL AND (of_unit IS NULL OR q.responsible_unit_id = of_unit)
     AND NOT EXISTS (SELECT 1 FROM rights_not_sealed n WHERE n.person_id = ANY (f.whole) AND n.answered_at >= h.since)
     AND NOT EXISTS (SELECT 1 FROM rights_sealing x WHERE x.person_id = ANY (f.whole) AND x.unsealed_at >= h.since)
     AND NOT rights_in_hand(f.whole);
END $$;

-- All of them, for the machine post that reminds.
CREATE OR REPLACE FUNCTION rights_files_to_seal(as_of timestamptz)
RETURNS TABLE (person_id uuid, unit_id uuid, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.person_id, u.unit_id, u.since FROM rights_unanswered(NULL, as_of) u ORDER BY u.since, u.person_id;
$$;

-- One page of the own unit's, by number and without a name, for who seals; the longest waiting first.
CREATE OR REPLACE FUNCTION rights_own_to_seal(as_of timestamptz, skip integer, most integer)
RETURNS TABLE (person_id uuid, number text, since timestamptz, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT access_may('sealing:seal') THEN RETURN; END IF;
  RETURN QUERY SELECT u.person_id, u.number, u.since, count(*) OVER () FROM rights_unanswered(access_own_unit(), as_of) u
   ORDER BY u.since, u.person_id OFFSET skip LIMIT least(most, 100);
END $$;

-- Answer that a file of the own unit is not to be sealed: on which ground and document, and why. Answers ANSWERED, HELD or NOT_OURS.
CREATE OR REPLACE FUNCTION rights_not_to_seal(answer uuid, person uuid, printed text, on_ground text, on_document text, said text,
  at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session;
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM rights_not_sealed n WHERE n.id = answer AND n.person_id = person AND n.unit_id = access_own_unit()) THEN
    RETURN 'HELD';
  END IF;
  s := access_demand('sealing:seal', person);
  PERFORM 1 FROM people_person q WHERE q.id = person AND q.responsible_unit_id = access_own_unit() AND q.sealed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM people_join j WHERE j.joined_id = person AND j.undone_at IS NULL) FOR UPDATE OF q;
  IF NOT FOUND THEN RETURN 'NOT_OURS'; END IF;
  INSERT INTO rights_not_sealed (id, person_id, number, unit_id, ground, document, words, answered_at, answered_by)
  VALUES (answer, person, printed, access_own_unit(), on_ground, on_document, said, at, s.post_id);
  RETURN 'ANSWERED';
END $$;

-- What was answered about a file, the newest last: for who seals, or makes the person's copy, in the office responsible for it, and for the person themself.
CREATE OR REPLACE FUNCTION rights_not_sealed_of(person uuid)
RETURNS TABLE (id uuid, number text, unit_id uuid, unit text, unit_en text, ground text, document text, words text,
  answered_at timestamptz, answered_by uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT n.id, n.number, n.unit_id, u.name, u.name_en, n.ground, n.document, n.words, n.answered_at, n.answered_by
    FROM rights_not_sealed n JOIN access_unit u ON u.id = n.unit_id JOIN people_person q ON q.id = n.person_id
   WHERE n.person_id = ANY (rights_files(person)) AND q.sealed_at IS NULL
     AND (person = ANY (access_own_road()) OR EXISTS (SELECT 1 FROM people_person h WHERE h.id = person
       AND h.responsible_unit_id = access_own_unit() AND (access_may('sealing:seal') OR access_may('rights:build'))))
   ORDER BY n.answered_at, n.id;
END $$;
