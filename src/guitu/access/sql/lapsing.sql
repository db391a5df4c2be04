-- The steps that open clocks have reached and nobody has been told of, the longest late first: the two steps that need no
-- ladder by the due moment, the others by rule, told ones left out. Asks the policy of clock and journey itself, with the
-- range as values: under the row policy the planner knows no range, takes a few rows for what are a hundred thousand, and
-- compares each late clock with each notice one by one.
CREATE OR REPLACE FUNCTION journeys_newly_lapsed(rules text[], steps smallint[], due timestamptz[], begun timestamptz[],
  soon timestamptz, as_of timestamptz, late smallint, reminder smallint, most integer)
RETURNS TABLE (clock_id uuid, journey_id uuid, person_id uuid, rule text, part text, step smallint, due_at timestamptz,
  duty_unit_id uuid, sending_unit_id uuid, receiving_unit_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan SET work_mem = '128MB' SET jit = off AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); shared uuid[] := access_shared_outside();
BEGIN
  RETURN QUERY
  WITH rung AS (
    SELECT * FROM unnest(rules, steps, due, begun) AS r (rule, step, due_to, begun_before)
  ), lapsed AS (
    SELECT c.id, c.journey_id, c.person_id, c.rule, coalesce(nullif(c.step, ''), c.state) AS part, c.due_at, c.duty_unit_id,
           c.anchor_at, j.sending_unit_id, j.receiving_unit_id
      FROM journeys_clock c JOIN journeys_journey j ON j.id = c.journey_id
     WHERE c.done_at IS NULL AND c.voided_at IS NULL AND c.due_at <= soon AND j.ended_at IS NULL
       AND ((c.division >= s.low AND c.division < s.high) OR c.person_id = ANY (shared))
       AND ((j.division >= s.low AND j.division < s.high) OR j.person_id = ANY (shared))
  ), found AS (
    SELECT l.*, CASE WHEN l.due_at <= as_of THEN late ELSE reminder END AS step FROM lapsed l
    UNION ALL
    SELECT l.*, r.step FROM lapsed l JOIN rung r ON r.rule = l.rule
     WHERE l.due_at <= r.due_to AND (r.begun_before IS NULL OR l.anchor_at < r.begun_before)
  )
  SELECT f.id, f.journey_id, f.person_id, f.rule, f.part, f.step, f.due_at, f.duty_unit_id, f.sending_unit_id,
         f.receiving_unit_id
    FROM found f
   WHERE NOT EXISTS (SELECT 1 FROM pub_notices_told t WHERE t.subject_id = f.id AND t.step = f.step
     AND (t.retry_at IS NULL OR t.retry_at > as_of))
   ORDER BY f.due_at, f.id, f.step LIMIT most;
END $$;

-- Open matters of these kinds of release whose release day has ended while the sending unit is still responsible for the
-- person, by release day. In the cage for the same reason: without the range as values every matter asks for its person alone.
CREATE OR REPLACE FUNCTION journeys_not_passed(release_types text[], today date, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET work_mem = '128MB' SET jit = off AS $$
DECLARE s access_session := access_acting(); shared uuid[] := access_shared_outside();
BEGIN
  RETURN QUERY
  SELECT j.id FROM journeys_journey j
    JOIN people_person p ON p.id = j.person_id AND p.responsible_unit_id = j.sending_unit_id
   WHERE j.ended_at IS NULL AND j.receiving_unit_id IS NOT NULL AND j.release_on < today
     AND j.release_type = ANY (release_types)
     AND ((j.division >= s.low AND j.division < s.high) OR j.person_id = ANY (shared))
     AND ((p.division >= s.low AND p.division < s.high) OR p.id = ANY (shared))
   ORDER BY j.release_on, j.id LIMIT most;
END $$;
