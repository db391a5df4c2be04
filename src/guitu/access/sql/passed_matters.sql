-- Matters taken in words for somebody whom the counter does not see. Two halves, one for each desk; neither holds a person.

-- As they were called before; what hangs on the second is made anew by the compiler.
DROP FUNCTION IF EXISTS handover_refer(uuid, uuid, text, text, bytea, bytea, boolean, text, uuid, text[], bytea[], timestamptz, text,
  timestamptz, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS handover_referral_sealed() CASCADE;

-- Route a matter and write both halves: to the unit responsible for whoever holds exactly this number, else to the county that
-- the person named. What the first desk keeps names that county only, whether or not anybody holds the number. Returns the unit
-- it went to, for the notice to it. A repeated matter returns where the first went.
CREATE OR REPLACE FUNCTION handover_take_in_words(matter_id uuid, of_event uuid, of_matter text, of_channel text, said_here bytea,
  said_there bytea, shown boolean, slip_number text, named uuid, kinds text[], digests bytea[], answer_due timestamptz,
  answer_rule text, first_due timestamptz, climbs timestamptz, at timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  goes uuid;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('matter:take') THEN
    RAISE EXCEPTION 'guitu: permission matter:take is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT r.unit_id INTO goes FROM handover_passed_matter r WHERE r.request_id = matter_id AND r.side = 'DUTY';
  IF FOUND THEN RETURN goes; END IF;
  SELECT q.responsible_unit_id INTO goes
    FROM unnest(kinds, digests) AS g (kind, digest)
    JOIN people_identifier i ON i.kind = g.kind AND i.blind_index = g.digest AND i.to_at IS NULL
    JOIN people_person q ON q.id = i.person_id AND q.ended_at IS NULL AND q.sealed_at IS NULL
   ORDER BY q.id LIMIT 1;
  goes := coalesce(goes, named);
  INSERT INTO handover_passed_matter (id, request_id, side, unit_id, division, event_id, matter, channel, said, document_shown,
    number, first_desk_id, post_id, taken_by, taken_at, handed_to_id, due_at, due_rule, first_due_at, outcome, kind, climbs_at)
  SELECT gen_random_uuid(), matter_id, h.side, u.id, u.division, of_event, of_matter, of_channel, h.said, shown, slip_number,
         p.unit_id, p.id, a.name, at, named, answer_due, answer_rule, first_due, '', '',
         CASE h.side WHEN 'DUTY' THEN climbs END
    FROM access_post p JOIN access_account a ON a.id = p.account_id
    CROSS JOIN (VALUES ('TAKEN', said_here), ('DUTY', said_there)) AS h (side, said)
    JOIN access_unit u ON u.id = CASE h.side WHEN 'TAKEN' THEN p.unit_id ELSE goes END
   WHERE p.id = s.post_id;
  RETURN goes;
END $$;

-- Carry what was answered back to the half of the first desk: from the matter on the file where the person was recognised, else
-- from the half of the unit in charge. Only somebody who sees the one or the other can; for a matter taken otherwise nothing happens.
-- Returns the county on the slip.
CREATE OR REPLACE FUNCTION handover_carry_back(matter_id uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  shared uuid[] := access_shared();
  held handover_passed_matter;
  filed handover_request;
BEGIN
  SELECT d.* INTO held FROM handover_passed_matter d WHERE d.request_id = matter_id AND d.side = 'DUTY' FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT r.* INTO filed FROM handover_request r WHERE r.id = matter_id;
  IF NOT ((held.division >= s.low AND held.division < s.high) OR held.unit_id = access_own_unit() OR (filed.id IS NOT NULL
      AND ((filed.division >= s.low AND filed.division < s.high) OR filed.person_id = ANY (shared)))) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  IF filed.id IS NOT NULL THEN
    UPDATE handover_passed_matter f SET first_answered_at = filed.first_answered_at, first_answer = filed.first_answer,
      answered_at = filed.answered_at, answered_unit_id = filed.answered_unit_id, outcome = filed.outcome, kind = filed.kind,
      answer = filed.answer WHERE f.request_id = matter_id;
  ELSE
    UPDATE handover_passed_matter f SET first_answered_at = held.first_answered_at, first_answer = held.first_answer,
      answered_at = held.answered_at, answered_unit_id = held.answered_unit_id, outcome = held.outcome, kind = held.kind,
      answer = held.answer WHERE f.request_id = matter_id AND f.side = 'TAKEN';
  END IF;
  RETURN held.handed_to_id;
END $$;

-- Hand a matter on from the acting unit, which holds it, to another: the half moves, both halves say how often and since when.
-- The first desk's half says the level only, never the unit nor the way. No clock is touched.
CREATE OR REPLACE FUNCTION handover_hand_on(matter_id uuid, goes uuid, level text, standing text, way bytea, at timestamptz)
  RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  held handover_passed_matter;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('matter:take') THEN
    RAISE EXCEPTION 'guitu: permission matter:take is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT d.* INTO held FROM handover_passed_matter d WHERE d.request_id = matter_id AND d.side = 'DUTY' FOR UPDATE;
  IF NOT FOUND OR held.unit_id <> access_own_unit() OR held.answered_at IS NOT NULL OR held.linked_at IS NOT NULL THEN
    RAISE EXCEPTION 'guitu: matter unknown' USING ERRCODE = 'GU005';
  END IF;
  UPDATE handover_passed_matter f SET handed_on = f.handed_on + 1, held_since = at, held_level = level, whose = standing
   WHERE f.request_id = matter_id;
  UPDATE handover_passed_matter f SET unit_id = u.id, division = u.division, trail = way
    FROM access_unit u WHERE u.id = goes AND f.request_id = matter_id AND f.side = 'DUTY';
END $$;
