-- How the acting session stands to persons, and what the decision table gives it. The table itself is compiled from the rulebook.

-- For which of its purposes a session sees nobody, because no line of the decision table gives its role anything of anybody it is
-- not merely written to about: noted with the session, whoever mints it, so that no statement has to ask.
CREATE OR REPLACE FUNCTION access_blind_for(post uuid, purposes text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT w.one FROM unnest(purposes) AS w (one) WHERE NOT EXISTS (SELECT 1 FROM access_decision d
    JOIN access_post p ON p.role = d.role
   WHERE p.id = post AND d.purpose = w.one AND d.relation <> 'addressed' AND d.effect <> 'deny'));
END $$;

CREATE OR REPLACE FUNCTION access_note_blind() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.blind := access_blind_for(NEW.post_id, NEW.purposes);
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER blind_purposes BEFORE INSERT ON access_session FOR EACH ROW EXECUTE FUNCTION access_note_blind();

-- The nearest relation: `place` is that of the reach (access_reach_place), the others say whether each holds. Null: out of sight.
CREATE OR REPLACE FUNCTION access_nearest(place integer, in_range boolean, oversees boolean, own boolean, lawful boolean, addressed boolean)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (ARRAY['self', 'representative', 'assigned', 'own_unit', 'receiver', 'shared', 'oversight', 'former', 'below', 'lawful_query',
    'addressed'])[least(place, CASE WHEN in_range THEN CASE WHEN oversees THEN 7 WHEN own THEN 4 ELSE 9 END END,
    CASE WHEN lawful THEN 10 END, CASE WHEN addressed THEN 11 END)]
$$;

CREATE OR REPLACE FUNCTION access_reach_place(relation text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE relation WHEN 'self' THEN 1 WHEN 'mandate' THEN 2 WHEN 'assigned' THEN 3 WHEN 'receiver' THEN 5 WHEN 'oversight' THEN 7
    WHEN 'sender' THEN 8 ELSE 6 END
$$;

CREATE OR REPLACE FUNCTION access_file_state(sealed_at timestamptz, ended_at timestamptz, state text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN sealed_at IS NOT NULL THEN 'sealed' WHEN ended_at IS NOT NULL OR state = 'died' THEN 'ended'
    WHEN state = 'completed' THEN 'free_person' WHEN state IN ('help_declined', 'not_arrived') THEN 'refused_help'
    WHEN state IN ('sent', 'contested', 'acknowledged') THEN 'handed_over' ELSE 'active' END
$$;

-- Relation and state of the file, for these persons or (null) for all in sight; somebody out of sight is not in the answer. Of
-- several relations the first of rulebook/decision_table.py counts; whoever the own unit is asked about by a row addressed to it
-- stands last. A lawful query (rights_sealed_values) is a relation and no sight. `on_day` is the legal day by the database's clock.
-- Few are looked up one by one, by a plan that is kept. For many the plan is made each time, since a kept one compares each with each:
-- the unit's reach is read once, from the index alone, and hashed.
CREATE OR REPLACE FUNCTION access_standing(persons uuid[])
RETURNS TABLE (person_id uuid, relation text, state text, on_day date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s access_session := access_acting();
  own uuid;
  sight text;
  of_unit boolean;
  lo text := access_lo();
  hi text := access_hi();
  blind boolean := current_setting('guitu.purpose', true) = ANY (s.blind);
  asked uuid[];
  lawful uuid[];
  met uuid[] := persons;
  present timestamptz := clock_timestamp();
  today date := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  SELECT p.unit_id, g.sees INTO own, sight FROM access_post p JOIN access_role_range g ON g.role = p.role WHERE p.id = s.post_id;
  of_unit := sight NOT IN ('ASSIGNED', 'ADDRESSED');
  asked := CASE WHEN sight = 'ADDRESSED' THEN access_addressed() ELSE '{}' END;
  lawful := ARRAY(SELECT n.person_id FROM rights_sealed_query n WHERE n.post_id = s.post_id AND n.until_at > clock_timestamp());
  IF persons IS NULL THEN
    met := ARRAY(SELECT q.id FROM people_person q WHERE q.division >= lo AND q.division < hi) || access_shared() || asked;
  END IF;
  IF cardinality(met) <= 200 THEN
    RETURN QUERY SELECT q.id, n.relation, access_file_state(q.sealed_at, q.ended_at, j.state), today
      FROM people_person q
      CROSS JOIN LATERAL (SELECT min(access_reach_place(r.relation)) AS place FROM access_reach r WHERE r.person_id = q.id
         AND r.unit_id = own AND NOT blind AND (r.post_id = s.post_id OR (r.post_id IS NULL AND of_unit))
         AND r.from_at <= present AND (r.to_at IS NULL OR r.to_at > present)) AS h
      LEFT JOIN LATERAL (SELECT x.state FROM journeys_journey x WHERE x.person_id = q.id
        ORDER BY x.opened_at DESC, x.id DESC LIMIT 1) AS j ON true
      CROSS JOIN LATERAL (SELECT access_nearest(h.place, q.division >= lo AND q.division < hi, sight = 'SUPERIOR',
        q.responsible_unit_id = own, q.sealed_at IS NOT NULL AND q.id = ANY (lawful), q.id = ANY (asked)) AS relation) AS n
     WHERE q.id = ANY (met) AND n.relation IS NOT NULL;
  ELSE
    RETURN QUERY EXECUTE $many$
      WITH reached AS MATERIALIZED (
        SELECT r.person_id, min(access_reach_place(r.relation)) AS place FROM access_reach r WHERE r.person_id = ANY ($1)
           AND r.unit_id = $2 AND NOT $12 AND (r.post_id = $3 OR (r.post_id IS NULL AND $4))
           AND r.from_at <= $5 AND (r.to_at IS NULL OR r.to_at > $5) GROUP BY r.person_id
      ), latest AS MATERIALIZED (
        SELECT DISTINCT ON (x.person_id) x.person_id, x.state FROM journeys_journey x WHERE x.person_id = ANY ($1)
         ORDER BY x.person_id, x.opened_at DESC, x.id DESC
      )
      SELECT q.id, n.relation, access_file_state(q.sealed_at, q.ended_at, j.state), $11
        FROM people_person q LEFT JOIN reached h ON h.person_id = q.id LEFT JOIN latest j ON j.person_id = q.id
        CROSS JOIN LATERAL (SELECT access_nearest(h.place, q.division >= $6 AND q.division < $7, $8,
          q.responsible_unit_id = $2, q.sealed_at IS NOT NULL AND q.id = ANY ($9), q.id = ANY ($10)) AS relation) AS n
       WHERE q.id = ANY ($1) AND n.relation IS NOT NULL $many$
    USING met, own, s.post_id, of_unit, present, lo, hi, sight = 'SUPERIOR', lawful, asked, today, blind;
  END IF;
END $$;

-- What the decision table gives the acting role for the present purpose today.
CREATE OR REPLACE FUNCTION access_effects()
RETURNS TABLE (relation text, state text, item text, effect text, mask text, line text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); today date := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  RETURN QUERY SELECT d.relation, d.state, d.item, d.effect, d.mask, d.line FROM access_decision d
    JOIN access_post p ON p.role = d.role
   WHERE p.id = s.post_id AND d.purpose = current_setting('guitu.purpose', true)
     AND d.from_on <= today AND (d.to_on IS NULL OR d.to_on > today);
END $$;

-- Does the decision table keep one of these items of one of these persons from the acting post, for the present purpose, today?
CREATE OR REPLACE FUNCTION access_keeps_any(persons uuid[], items text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN cardinality(items) > 0 AND EXISTS (
    SELECT p.id, i.item FROM unnest(persons) AS p (id) CROSS JOIN unnest(items) AS i (item)
    EXCEPT SELECT t.person_id, e.item FROM access_standing(persons) t
      JOIN access_effects() e ON e.relation = t.relation AND e.state = t.state WHERE e.effect IN ('allow', 'reveal'));
END $$;

-- May the acting post open this one item of this person: by the decision table, for the present purpose, today.
CREATE OR REPLACE FUNCTION access_opens(person uuid, wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM access_standing(ARRAY[person]) t JOIN access_effects() e ON e.relation = t.relation
    AND e.state = t.state WHERE e.item = wanted AND e.effect IN ('allow', 'reveal'));
END $$;
