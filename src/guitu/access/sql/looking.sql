-- Looking outside the own caseload: the reason given first, and the glass that is broken in an emergency (docs/trust.md).

-- Persons outside the range shown to the acting post for good, the glass left out: what an emergency look shows can be read,
-- and nothing else; so these are also whom a row may be written about (compile).
CREATE OR REPLACE FUNCTION access_lasting() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN RETURN CASE WHEN NOT current_setting('guitu.purpose', true) = ANY (s.blind) THEN access_reached(s, true, false) ELSE '{}' END; END $$;

-- Is this person shown to the acting post as one of these?
CREATE OR REPLACE FUNCTION access_reached_as(s access_session, person uuid, relations text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM access_reach r JOIN access_post p ON p.id = s.post_id WHERE r.person_id = person AND r.unit_id = p.unit_id
    AND (r.post_id IS NULL OR r.post_id = p.id) AND r.relation = ANY (relations)
    AND r.from_at <= clock_timestamp() AND (r.to_at IS NULL OR r.to_at > clock_timestamp()));
$$;

-- Has the acting post this person's matter in hand? Shown to the very post; an open matter of the own unit in any of its
-- positions (a sender's ends with the registration); an open step that the own unit owes; an open request taken by it; an act
-- for the person since this session began; for who watches clocks, a matter within the range that is late.
CREATE OR REPLACE FUNCTION access_in_caseload(person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  own uuid := (SELECT p.unit_id FROM access_post p WHERE p.id = s.post_id);
BEGIN
  RETURN EXISTS (SELECT 1 FROM access_post p JOIN access_role_range g ON g.role = p.role
      WHERE p.id = s.post_id AND g.sees = 'ADDRESSED')
    OR EXISTS (SELECT 1 FROM access_reach r WHERE r.person_id = person AND r.post_id = s.post_id
      AND r.relation <> 'break_glass' AND r.from_at <= clock_timestamp() AND (r.to_at IS NULL OR r.to_at > clock_timestamp()))
    OR EXISTS (SELECT 1 FROM journeys_journey j WHERE j.person_id = person AND j.ended_at IS NULL
      AND (own IN (j.duty_unit_id, j.receiving_unit_id, j.local_unit_id, j.superior_unit_id)
        OR j.sending_unit_id = own
          AND j.state IN ('expected', 'no_receiver', 'sent', 'refused', 'contested', 'acknowledged')))
    OR EXISTS (SELECT 1 FROM journeys_clock c WHERE c.person_id = person AND c.duty_unit_id = own
      AND c.done_at IS NULL AND c.voided_at IS NULL)
    OR EXISTS (SELECT 1 FROM handover_request q WHERE q.person_id = person AND q.answered_at IS NULL
      AND own IN (q.first_desk_id, q.duty_unit_id))
    OR EXISTS (SELECT 1 FROM access_trace t WHERE t.subjects @> ARRAY[person] AND t.post_id = s.post_id AND t.at >= s.created_at
      AND t.outcome = 'ALLOWED' AND t.action NOT IN ('person:open', 'person:list', 'person:reveal', 'paper:read', 'assessment:read'))
    OR (access_may('board:read') AND EXISTS (SELECT 1 FROM journeys_journey j JOIN access_unit u ON u.id = j.duty_unit_id
      WHERE j.person_id = person AND j.ended_at IS NULL AND j.due_at <= clock_timestamp()
        AND u.division >= s.low AND u.division < s.high));
END $$;

-- Say why, once for this person in this working session. Whoever does not see the person has nothing to explain.
CREATE OR REPLACE FUNCTION access_give_reason(person uuid, why text, said text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF NOT EXISTS (SELECT 1 FROM people_person q WHERE q.id = person
      AND ((q.division >= access_lo() AND q.division < access_hi()) OR q.id = ANY (access_shared()))) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  IF why = '' OR said = '' THEN
    RAISE EXCEPTION 'guitu: a reason needs its code and words' USING ERRCODE = 'GU021';
  END IF;
  INSERT INTO access_look_reason (id, session_id, post_id, person_id, code, words, at)
  VALUES (gen_random_uuid(), s.id, s.post_id, person, why, said, clock_timestamp())
  ON CONFLICT (session_id, person_id) DO NOTHING;
END $$;

-- The purpose of this working session: chosen once, changed only by this act, which leaves its line with the former one.
CREATE OR REPLACE FUNCTION access_choose_purpose(wanted text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF NOT wanted = ANY (s.purposes) THEN
    RAISE EXCEPTION 'guitu: purpose not allowed for this session' USING ERRCODE = 'GU003';
  END IF;
  IF s.chosen = wanted THEN
    RETURN;
  END IF;
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, words)
  SELECT gen_random_uuid(), clock_timestamp(), p.id, p.unit_id, wanted, 'purpose:choose', '{}', '{}', 'ALLOWED', s.chosen
    FROM access_post p WHERE p.id = s.post_id;
  UPDATE access_session x SET chosen = wanted WHERE x.id = s.id;
END $$;

-- Break the glass: one person by the whole number of a document or file, for some minutes, read only. Each attempt leaves its
-- line. Answers OPENED; WITHIN for who sees the person anyway; UNKNOWN; TOO_MANY attempts since; BARRED after an abuse.
DROP FUNCTION IF EXISTS access_break_glass(uuid, text[], bytea[], text, text, text, interval, timestamptz, integer, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS access_glass_lasts();
DROP FUNCTION IF EXISTS access_glass_attempts();
CREATE OR REPLACE FUNCTION access_break_glass(glass uuid, kinds text[], digests bytea[], file_number text, why text, said text,
  review timestamptz)
RETURNS TABLE (outcome text, person_id uuid, division varchar, responsible_unit_id uuid, until_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s access_session := access_acting();
  own access_unit;
  found people_person;
  told text;
  rules record;
BEGIN
  IF NOT access_may('glass:break') THEN
    RAISE EXCEPTION 'guitu: permission glass:break is missing' USING ERRCODE = 'GU006';
  END IF;
  IF why = '' OR said = '' THEN
    RAISE EXCEPTION 'guitu: a reason needs its code and words' USING ERRCODE = 'GU021';
  END IF;
  -- By the database's clock and the rulebook's figures (made by compile); the caller says but when the next working day is.
  SELECT g.* INTO rules FROM access_glass_rules() g;
  review := least(review, clock_timestamp() + rules.review);
  PERFORM 1 FROM access_post p WHERE p.id = s.post_id FOR NO KEY UPDATE;
  SELECT u.* INTO own FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.id = s.post_id;
  IF EXISTS (SELECT 1 FROM access_glass g WHERE g.id = glass) THEN
    RETURN QUERY SELECT 'OPENED', g.person_id, q.division, g.responsible_unit_id, g.until_at
      FROM access_glass g JOIN people_person q ON q.id = g.person_id WHERE g.id = glass AND g.post_id = s.post_id;
    RETURN;
  END IF;
  -- Not even an emergency opens a sealed file: it is answered as a number that nobody holds.
  SELECT q.* INTO found FROM people_person q WHERE (q.number = file_number
    OR q.id IN (SELECT i.person_id FROM unnest(kinds, digests) AS k (kind, digest)
      JOIN people_identifier i ON i.kind = k.kind AND i.blind_index = k.digest AND i.to_at IS NULL))
    AND q.sealed_at IS NULL LIMIT 1;
  told := CASE
    WHEN EXISTS (SELECT 1 FROM access_glass g WHERE g.post_id = s.post_id AND NOT g.justified
      AND g.reviewed_at > clock_timestamp() - rules.barred) THEN 'BARRED'
    WHEN (SELECT count(*) FROM access_trace t WHERE t.post_id = s.post_id AND t.action = 'glass:break'
      AND (t.glass_id IS NOT NULL OR t.outcome = 'UNKNOWN') AND t.reason <> '' AND t.at > clock_timestamp() - rules.within) >= rules.most THEN 'TOO_MANY'
    WHEN found.id IS NULL THEN 'UNKNOWN'
    WHEN (found.division >= s.low AND found.division < s.high) OR found.id = ANY (access_shared()) THEN 'WITHIN'
    ELSE 'OPENED' END;
  IF told = 'OPENED' THEN
    INSERT INTO access_glass (id, person_id, division, unit_id, post_id, responsible_unit_id, code, words, opened_at, until_at,
      review_by, finding)
    VALUES (glass, found.id, own.division, own.id, s.post_id, found.responsible_unit_id, why, said, clock_timestamp(),
      clock_timestamp() + rules.lasts, review, '');
    INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at, to_at)
    VALUES (gen_random_uuid(), found.id, own.division, own.id, s.post_id, 'break_glass', clock_timestamp(),
      clock_timestamp() + rules.lasts);
  END IF;
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason, words, glass_id)
  VALUES (gen_random_uuid(), clock_timestamp(), s.post_id, own.id, current_setting('guitu.purpose', true), 'glass:break',
    CASE WHEN told IN ('OPENED', 'WITHIN') THEN ARRAY[found.id] ELSE '{}'::uuid[] END, '{}',
    CASE told WHEN 'OPENED' THEN 'ALLOWED' WHEN 'WITHIN' THEN 'ALLOWED' WHEN 'UNKNOWN' THEN 'UNKNOWN' ELSE 'DENIED' END, why, said,
    CASE WHEN told = 'OPENED' THEN glass END);
  -- Where somebody stands is told with the look alone: to who is barred or has tried too often a number is as one that nobody holds.
  RETURN QUERY SELECT told, g.person_id, CASE WHEN told = 'OPENED' THEN found.division END, g.responsible_unit_id, g.until_at
    FROM (VALUES (1)) AS one (n) LEFT JOIN access_glass g ON g.id = glass;
  RETURN;
END $$;

-- Does somebody other than this account lead over a unit's place? Then a supervisor need not decide there.
CREATE OR REPLACE FUNCTION access_led_beside(place text, account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM access_post l JOIN access_unit o ON o.id = l.unit_id
    WHERE l.role IN ('COUNTY_HEAD', 'PRISON_LEADER') AND l.from_at <= clock_timestamp()
      AND (l.to_at IS NULL OR l.to_at > clock_timestamp()) AND l.account_id <> account
      AND place >= o.division AND place < o.division_end);
$$;

-- Emergency looks as they stand for the acting post: its own, and those it may review: of units within its range, not its own
-- account's; a supervisor's only when the leader's time has run out or nobody leads there.
CREATE OR REPLACE FUNCTION access_glasses(as_of timestamptz, wanted text, skip integer, most integer)
RETURNS TABLE (id uuid, unit_id uuid, post text, holder text, person_id uuid, number text, responsible_unit_id uuid, code text,
  words text, opened_at timestamptz, until_at timestamptz, review_by timestamptz, reviewed_at timestamptz, justified boolean,
  finding text, looks bigint, reviewable boolean, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(as_of);
  RETURN QUERY
  WITH mine AS (SELECT p.account_id, p.role FROM access_post p WHERE p.id = s.post_id),
  shown AS (
    SELECT g.*, g.post_id = s.post_id AS own, access_may('glass:review') AND p.account_id <> m.account_id
        AND u.division >= s.low AND u.division < s.high
        AND (m.role <> 'SUPERVISOR' OR g.review_by <= as_of OR NOT access_led_beside(u.division, p.account_id)) AS reviewable,
        p.title, a.name
      FROM access_glass g JOIN access_post p ON p.id = g.post_id JOIN access_unit u ON u.id = g.unit_id
      JOIN access_account a ON a.id = p.account_id CROSS JOIN mine m
  )
  SELECT h.id, h.unit_id, h.title, h.name, CASE WHEN h.own THEN h.person_id END, q.number, h.responsible_unit_id, h.code, h.words,
      h.opened_at, h.until_at, h.review_by, h.reviewed_at, h.justified, h.finding,
      (SELECT count(*) FROM access_trace t WHERE t.subjects @> ARRAY[h.person_id] AND t.glass_id = h.id AND t.outcome = 'ALLOWED' AND t.action <> 'glass:break'),
      h.reviewable, count(*) OVER ()
    FROM shown h JOIN people_person q ON q.id = h.person_id AND q.sealed_at IS NULL
   WHERE CASE wanted WHEN 'OWN' THEN h.own WHEN 'TO_REVIEW' THEN h.reviewable AND h.reviewed_at IS NULL
     WHEN 'REVIEWED' THEN h.reviewable AND h.reviewed_at IS NOT NULL ELSE false END
   ORDER BY CASE WHEN wanted = 'TO_REVIEW' THEN h.review_by END, h.opened_at DESC, h.id OFFSET skip LIMIT most;
END $$;

-- Until when the acting post sees this person through the glass only; null where it needs none or has none.
CREATE OR REPLACE FUNCTION access_glass_until(person uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN (SELECT max(r.to_at) FROM access_reach r WHERE r.person_id = person AND r.post_id = s.post_id
    AND r.relation = 'break_glass' AND r.to_at > clock_timestamp());
END $$;

-- Review one: only who may, once; a second time changes nothing. Answers who is told.
CREATE OR REPLACE FUNCTION access_review_glass(glass uuid, as_of timestamptz, right_so boolean, said text)
RETURNS TABLE (person_id uuid, division varchar, unit_id uuid, post_id uuid, role text, responsible_unit_id uuid, fresh boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); made integer;
BEGIN
  PERFORM access_moment(as_of);
  IF NOT access_may('glass:review') THEN
    RAISE EXCEPTION 'guitu: permission glass:review is missing' USING ERRCODE = 'GU006';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM access_glasses(as_of, 'TO_REVIEW', 0, NULL) g WHERE g.id = glass)
     AND NOT EXISTS (SELECT 1 FROM access_glasses(as_of, 'REVIEWED', 0, NULL) g WHERE g.id = glass) THEN
    RAISE EXCEPTION 'guitu: emergency look unknown' USING ERRCODE = 'GU005';
  END IF;
  IF said = '' THEN
    RAISE EXCEPTION 'guitu: a review needs words' USING ERRCODE = 'GU021';
  END IF;
  UPDATE access_glass g SET reviewed_at = clock_timestamp(), reviewed_by = s.post_id, justified = right_so, finding = said
   WHERE g.id = glass AND g.reviewed_at IS NULL;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN QUERY SELECT g.person_id, q.division, g.unit_id, g.post_id, p.role, g.responsible_unit_id, made = 1
    FROM access_glass g JOIN access_post p ON p.id = g.post_id JOIN people_person q ON q.id = g.person_id WHERE g.id = glass;
END $$;

-- The reviews whose time has run out, each once a legal day: no step of a ladder is reached within one. For the clock.
DROP FUNCTION IF EXISTS access_glasses_late(timestamptz, integer);
CREATE FUNCTION access_glasses_late(as_of timestamptz, most integer)
RETURNS TABLE (id uuid, unit_id uuid, opened_at timestamptz, review_by timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM access_moment(as_of);
  RETURN QUERY UPDATE access_glass g SET late_told_at = as_of WHERE g.id IN (SELECT w.id FROM access_glass w
    WHERE w.reviewed_at IS NULL AND w.review_by <= as_of
      AND (w.late_told_at IS NULL OR w.late_told_at < date_trunc('day', as_of, 'Asia/Shanghai'))
    ORDER BY w.late_told_at NULLS FIRST, w.review_by, w.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED)
  RETURNING g.id, g.unit_id, g.opened_at, g.review_by;
END $$;
