-- Values in the clear, L4 encrypted. guitu_app may not select them from the tables: what a page shows goes through people_facts_shown
-- and people_heads_shown (made by compile, masked_views.py); what is opened or compared goes through here, with a line left before.

-- The present values of these items of one person, as far as the decision table lets the post see or open them, now and for this
-- purpose. What it lets be opened needs the line of the look before, which names the item, or of the act whose paper carries it.
CREATE OR REPLACE FUNCTION people_facts_opened(person uuid, items text[]) RETURNS TABLE (item text, value text, sealed_value bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s access_session := access_acting();
  lo text := access_lo();
  hi text := access_hi();
  shown uuid[] := access_shared_outside();
  opened text[];
BEGIN
  PERFORM access_asked(ARRAY[person], true);
  opened := ARRAY(SELECT e.item FROM access_standing(ARRAY[person]) t JOIN access_effects() e ON e.relation = t.relation
    AND e.state = t.state WHERE e.item = ANY (items) AND e.effect = 'reveal');
  opened := ARRAY(SELECT o.one FROM unnest(opened) AS o (one) WHERE EXISTS (SELECT 1 FROM access_lines(s) t WHERE t.subjects @> ARRAY[person]
    AND (t.action IN ('dossier:send', 'letter:send', 'assessment:make') OR (t.action = 'person:reveal' AND t.fields @> ARRAY[o.one]))));
  RETURN QUERY SELECT f.item, f.value, f.sealed_value FROM people_fact f
   WHERE f.person_id = person AND f.to_at IS NULL AND ((f.division >= lo AND f.division < hi) OR f.person_id = ANY (shown))
     AND f.item = ANY (opened || ARRAY(SELECT e.item FROM access_standing(ARRAY[person]) t
       JOIN access_effects() e ON e.relation = t.relation AND e.state = t.state WHERE e.item = ANY (items) AND e.effect = 'allow'));
END $$;

-- The whole rows of a person for the personal copy, which the worker builds in the post that decided, after its line.
CREATE OR REPLACE FUNCTION people_copies(person uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_demand('rights:build', person);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM access_lines(s) t WHERE t.action = 'rights:build' AND t.subjects @> ARRAY[person]) THEN
    RAISE EXCEPTION 'guitu: nothing is copied before it was asked for' USING ERRCODE = 'GU025';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION people_copied_person(person uuid) RETURNS SETOF people_person
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM people_copies(person);
  RETURN QUERY SELECT q.* FROM people_person q WHERE q.id = person;
END $$;

CREATE OR REPLACE FUNCTION people_copied_facts(person uuid) RETURNS SETOF people_fact
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM people_copies(person);
  RETURN QUERY SELECT f.* FROM people_fact f WHERE f.person_id = person ORDER BY f.id;
END $$;

-- For comparing: is a row or a record somebody who is held, does a newer roster say otherwise.
-- Only in work that has asked before: a post with one of these permissions, and a line of it in this working session.
CREATE OR REPLACE FUNCTION people_compares(wanted text[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF NOT EXISTS (SELECT 1 FROM unnest(wanted) AS w (one) WHERE access_may(w.one)) THEN
    RAISE EXCEPTION 'guitu: permission to compare is missing' USING ERRCODE = 'GU006';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM access_lines(s) t WHERE t.action = ANY (wanted)) THEN
    RAISE EXCEPTION 'guitu: nothing is compared before it was asked for' USING ERRCODE = 'GU025';
  END IF;
END $$;

-- These persons as identities, as far as they are in sight; names of files that were joined into one of them count as former names.
CREATE OR REPLACE FUNCTION people_identities(persons uuid[])
RETURNS TABLE (id uuid, name text, birth_date date, sex text, former_names text[], household text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  lo text := access_lo();
  hi text := access_hi();
  shown uuid[] := access_shared_outside();
BEGIN
  PERFORM people_compares(ARRAY['roster:check', 'roster:import', 'person:identify', 'item:record']);
  RETURN QUERY
  WITH seen AS MATERIALIZED (
    SELECT q.id, q.name, q.birth_date, q.sex FROM people_person q
     WHERE q.id = ANY (persons) AND ((q.division >= lo AND q.division < hi) OR q.id = ANY (shown))
  ), told AS (
    SELECT f.person_id, array_agg(f.value ORDER BY f.to_at, f.id) FILTER (WHERE f.item = 'name') AS names,
           max(f.value::jsonb ->> 'division') FILTER (WHERE f.item = 'household_region') AS household
      FROM people_fact f WHERE f.person_id = ANY (persons)
       AND ((f.item = 'name' AND f.to_at IS NOT NULL) OR (f.item = 'household_region' AND f.to_at IS NULL))
     GROUP BY f.person_id
  ), joined AS (
    SELECT j.person_id, array_agg(other.name ORDER BY j.at, j.id) AS names FROM people_join j
      JOIN people_person other ON other.id = j.joined_id
     WHERE j.person_id = ANY (persons) AND j.undone_at IS NULL
       AND ((other.division >= lo AND other.division < hi) OR other.id = ANY (shown)) GROUP BY j.person_id
  )
  SELECT s.id, s.name, s.birth_date, s.sex, coalesce(t.names, '{}') || coalesce(j.names, '{}'), coalesce(t.household, '')
    FROM seen s LEFT JOIN told t ON t.person_id = s.id LEFT JOIN joined j ON j.person_id = s.id;
END $$;

-- Whoever in sight is worth comparing with these: born on one of these days, or called so, now or formerly or in a joined file.
CREATE OR REPLACE FUNCTION people_near(births date[], names text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  lo text := access_lo();
  hi text := access_hi();
  shown uuid[] := access_shared_outside();
BEGIN
  PERFORM people_compares(ARRAY['roster:check', 'roster:import', 'person:identify', 'item:record']);
  RETURN QUERY
  WITH met AS (
    SELECT q.id FROM people_person q WHERE q.birth_date = ANY (births)
    UNION SELECT q.id FROM people_person q WHERE q.name = ANY (names)
    UNION SELECT f.person_id FROM people_fact f WHERE f.item = 'name' AND f.value = ANY (names)
    UNION SELECT j.person_id FROM people_join j JOIN people_person o ON o.id = j.joined_id
      WHERE j.undone_at IS NULL AND o.name = ANY (names) AND ((o.division >= lo AND o.division < hi) OR o.id = ANY (shown))
  )
  SELECT q.id FROM met m JOIN people_person q ON q.id = m.id
   WHERE q.ended_at IS NULL AND ((q.division >= lo AND q.division < hi) OR q.id = ANY (shown));
END $$;

-- The clock's comparison of grades, of persons within its range: graded items alone (rights_graded_items is made by compile), and
-- what was complained about is compared and shown to nobody.
CREATE OR REPLACE FUNCTION people_grades_compared(facts uuid[])
RETURNS TABLE (id uuid, person_id uuid, item text, value text, sealed_value bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_seeing();
BEGIN
  IF (SELECT p.role FROM access_post p WHERE p.id = s.post_id) IS DISTINCT FROM 'TICK' THEN
    RAISE EXCEPTION 'guitu: grades are compared by the clock alone' USING ERRCODE = 'GU006';
  END IF;
  RETURN QUERY SELECT f.id, f.person_id, f.item, f.value, f.sealed_value FROM people_fact f
   WHERE f.id = ANY (facts) AND f.item = ANY (rights_graded_items()) AND f.division >= s.low AND f.division < s.high
     AND EXISTS (SELECT 1 FROM rights_complaint c WHERE c.person_id = f.person_id
       UNION ALL SELECT 1 FROM rights_request r WHERE r.person_id = f.person_id AND r.kind = 'OBJECTION');
END $$;

-- The core items of these persons in the clear, those of level L4 encrypted: the present ones, or those that ended at a moment.
CREATE OR REPLACE FUNCTION people_facts_compared(persons uuid[], ended timestamptz) RETURNS SETOF people_fact
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  lo text := access_lo();
  hi text := access_hi();
  shown uuid[] := access_shared_outside();
BEGIN
  PERFORM people_compares(ARRAY['roster:check', 'roster:import', 'person:identify']);
  RETURN QUERY SELECT f.* FROM people_fact f WHERE f.person_id = ANY (persons)
     AND (f.to_at = ended OR (ended IS NULL AND f.to_at IS NULL))
     AND ((f.division >= lo AND f.division < hi) OR f.person_id = ANY (shown));
END $$;
