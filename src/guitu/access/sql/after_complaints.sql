-- After a complaint: what went worse for the person, for the clock to put before the superior; and complaints past their day. The clock
-- alone may ask (grants: guitu_job): no office learns through these that anybody complained.

-- What happened to a person within so many legal days after a complaint or an objection and is not before a superior yet: a newer value
-- of a `graded` item (worse or not is for the caller, who can open the values), and what the office complained about refused them (the
-- unit responsible, where the complaint names none). Of several complaints the latest before the event counts. Complaints older than
-- twice the days are left out: a clock that stood still for less misses nothing. Of a sealed file no superior is told.
DROP FUNCTION IF EXISTS rights_after_complaints(integer, timestamptz);  -- it once named the graded items itself
CREATE OR REPLACE FUNCTION rights_after_complaints(days integer, graded text[], as_of timestamptz)
RETURNS TABLE (person uuid, division varchar, number text, responsible uuid, said uuid, said_at timestamptz, about uuid, what text,
  event uuid, former uuid, at timestamptz, by_unit uuid, by_post uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE today date := (as_of AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  PERFORM access_acting();
  RETURN QUERY WITH said AS (
    SELECT w.* FROM (
      SELECT c.id, c.person_id, c.taken_at AS said_at, c.about_unit_id AS about FROM rights_complaint c
      UNION ALL
      SELECT r.id, r.person_id, r.asked_at, coalesce(r.contested_unit, r.duty_unit_id) FROM rights_request r WHERE r.kind = 'OBJECTION') AS w
     WHERE w.said_at >= (today - 2 * days)::timestamp AT TIME ZONE 'Asia/Shanghai' AND w.said_at <= as_of
  ), happened AS (
    SELECT f.person_id, f.item AS what, f.id AS event, b.id AS former, f.from_at AS at, p.unit_id AS by_unit, f.collected_by AS by_post
      FROM people_fact f JOIN people_fact b ON b.person_id = f.person_id AND b.item = f.item AND b.to_at = f.from_at
      JOIN access_post p ON p.id = f.collected_by
     WHERE f.item = ANY (graded) AND f.person_id IN (SELECT s.person_id FROM said s)
    UNION ALL
    SELECT r.person_id, 'RIGHT_REFUSED', r.id, NULL, r.decided_at, r.decided_unit, r.decided_by FROM rights_request r
     WHERE r.outcome IN ('PARTLY', 'REFUSED') AND r.person_id IN (SELECT s.person_id FROM said s)
    UNION ALL
    SELECT q.person_id, 'MATTER_REFUSED', q.id, NULL, q.answered_at, q.answered_unit_id, q.answered_post_id FROM handover_request q
     WHERE q.kind = 'not_possible' AND q.person_id IN (SELECT s.person_id FROM said s)
  )
  SELECT DISTINCT ON (h.event) q.id, q.division, q.number::text, q.responsible_unit_id, s.id, s.said_at, s.about, h.what, h.event, h.former,
      h.at, h.by_unit, h.by_post
    FROM said s JOIN happened h ON h.person_id = s.person_id JOIN people_person q ON q.id = s.person_id AND q.sealed_at IS NULL
   WHERE h.at > s.said_at AND h.event <> s.id AND h.at <= as_of
     AND (h.at AT TIME ZONE 'Asia/Shanghai')::date - (s.said_at AT TIME ZONE 'Asia/Shanghai')::date <= days
     AND (h.former IS NOT NULL OR h.by_unit = coalesce(s.about, q.responsible_unit_id))
     AND NOT EXISTS (SELECT 1 FROM rights_worsening w WHERE w.event_id = h.event)
   ORDER BY h.event, s.said_at DESC, s.id;
END $$;

-- Complaints past a step of their ladder, locked; the number and the person stay behind.
CREATE OR REPLACE FUNCTION rights_complaints_late(as_of timestamptz, most integer)
RETURNS TABLE (id uuid, addressee_id uuid, taken_at timestamptz, due_at timestamptz, due_rule text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM access_moment(as_of);
  PERFORM access_acting();
  RETURN QUERY SELECT c.id, c.addressee_id, c.taken_at, c.due_at, c.due_rule FROM rights_complaint c
   WHERE c.answered_at IS NULL AND c.climbs_at <= as_of ORDER BY c.climbs_at, c.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED;
END $$;

CREATE OR REPLACE FUNCTION rights_complaint_climbs(complaint uuid, next_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_acting();
  UPDATE rights_complaint c SET climbs_at = next_at WHERE c.id = complaint;
END $$;
