-- The sample of a third-party evaluation: matters under codes, what the evaluator finds, requests to talk. No person leaves here.

-- The sample by code: stratum, how many questions apply, how many are answered, how many differ, how the last request to talk stands.
CREATE OR REPLACE FUNCTION evaluation_sample(which uuid)
RETURNS TABLE (code text, county uuid, asked integer, found integer, differs integer, contact_answer text, contact_way text,
  contact_at timestamptz, contact_asked_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e evaluation_evaluation := evaluation_opened(which, 'evaluation:work');
BEGIN
  RETURN QUERY SELECT m.code, m.county_id, (SELECT count(*) FROM jsonb_object_keys(m.recorded))::integer, l.found, l.differs, c.answer,
      c.way, c.meet_at, c.asked_at
    FROM evaluation_matter m LEFT JOIN access_unit u ON u.id = m.county_id
    CROSS JOIN LATERAL (SELECT count(*)::integer AS found, count(*) FILTER (WHERE v.verdict = 'DIFFERS')::integer AS differs
      FROM (SELECT DISTINCT ON (f.question) f.verdict FROM evaluation_finding f WHERE f.matter_id = m.id
        ORDER BY f.question, f.at DESC, f.id) v) l
    LEFT JOIN LATERAL (SELECT x.* FROM evaluation_contact x WHERE x.matter_id = m.id ORDER BY x.asked_at DESC LIMIT 1) c ON true
   WHERE m.evaluation_id = e.id AND people_is_unsealed(m.division) ORDER BY u.division NULLS LAST, m.code;
END $$;

-- One matter under its code: stratum, answers on record, steps. The line of this look names whom it was about.
CREATE OR REPLACE FUNCTION evaluation_matter_seen(which uuid, under text)
RETURNS TABLE (county uuid, recorded jsonb, steps jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e evaluation_evaluation := evaluation_opened(which, 'evaluation:work');
BEGIN
  PERFORM evaluation_trace('evaluation:work', ARRAY[m.person_id], 'ALLOWED') FROM evaluation_matter m
    WHERE m.evaluation_id = e.id AND m.code = under AND people_is_unsealed(m.division);
  RETURN QUERY SELECT m.county_id, m.recorded, m.steps FROM evaluation_matter m
    WHERE m.evaluation_id = e.id AND m.code = under AND people_is_unsealed(m.division);
END $$;

-- What the evaluator found about one matter, newest first; corrected findings stay.
CREATE OR REPLACE FUNCTION evaluation_findings(which uuid, under text)
RETURNS TABLE (event uuid, question text, verdict text, note bytea, at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e evaluation_evaluation := evaluation_opened(which, 'evaluation:work');
BEGIN
  RETURN QUERY SELECT f.event_id, f.question, f.verdict, f.note, f.at FROM evaluation_finding f JOIN evaluation_matter m
    ON m.id = f.matter_id WHERE m.evaluation_id = e.id AND m.code = under AND people_is_unsealed(m.division) ORDER BY f.at DESC, f.id;
END $$;

-- Keep what the evaluator found about one matter. Tells KEPT, HELD (the same event before), QUESTION (does not apply) or UNKNOWN.
CREATE OR REPLACE FUNCTION evaluation_verify(which uuid, under text, event uuid, asked text[], verdicts text[], note bytea,
  moment timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); e evaluation_evaluation := evaluation_opened(which, 'evaluation:work'); m evaluation_matter;
BEGIN
  PERFORM access_moment(moment);
  SELECT x.* INTO m FROM evaluation_matter x WHERE x.evaluation_id = e.id AND x.code = under
    AND people_is_unsealed(x.division) FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF EXISTS (SELECT 1 FROM evaluation_finding f WHERE f.event_id = event) THEN RETURN 'HELD'; END IF;
  IF cardinality(asked) = 0 OR NOT m.recorded ?& asked THEN RETURN 'QUESTION'; END IF;
  INSERT INTO evaluation_finding (id, matter_id, event_id, question, verdict, note, at, post_id)
  SELECT gen_random_uuid(), m.id, event, g.question, g.verdict, evaluation_verify.note, moment, s.post_id
    FROM unnest(asked, verdicts) AS g (question, verdict);
  RETURN 'KEPT';
END $$;

-- Ask whoever is responsible to bring about a talk: they learn which person is meant, the evaluator learns neither person nor office.
-- Tells ASKED, HELD (the same event before), OPEN (asked and not answered) or UNKNOWN.
CREATE OR REPLACE FUNCTION evaluation_ask(which uuid, under text, event uuid, told text[], moment timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); e evaluation_evaluation := evaluation_opened(which, 'evaluation:work'); m evaluation_matter;
BEGIN
  PERFORM access_moment(moment);
  SELECT x.* INTO m FROM evaluation_matter x WHERE x.evaluation_id = e.id AND x.code = under
    AND people_is_unsealed(x.division) FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF EXISTS (SELECT 1 FROM evaluation_contact c WHERE c.id = event) THEN RETURN 'HELD'; END IF;
  IF EXISTS (SELECT 1 FROM evaluation_contact c WHERE c.matter_id = m.id AND c.answered_at IS NULL) THEN RETURN 'OPEN'; END IF;
  INSERT INTO evaluation_contact (id, matter_id, person_id, division, code, evaluator_id, duty_unit_id, asked_at, asked_by, answer, way)
  SELECT event, m.id, m.person_id, m.division, m.code, e.evaluator_id, coalesce(l.id, j.receiving_unit_id), moment, s.post_id, '', ''
    FROM journeys_journey j LEFT JOIN access_unit l ON l.id = j.local_unit_id AND l.kind = 'judicial_office' WHERE j.id = m.journey_id;
  INSERT INTO notices_notice (id, code, subject_id, key, unit_id, roles, to_person, person_id, division, told_division, facts, at)
  SELECT gen_random_uuid(), 'EVALUATION_CONTACT_ASKED', c.id, '', u.id, told, false, c.person_id, c.division, u.division,
         jsonb_build_object('unit', e.evaluator_id, 'code', c.code), moment
    FROM evaluation_contact c JOIN access_unit u ON u.id = c.duty_unit_id WHERE c.id = event
  ON CONFLICT (subject_id, code, key, unit_id, post_id, to_person) DO NOTHING;
  PERFORM evaluation_trace('evaluation:work', ARRAY[m.person_id], 'ALLOWED');
  RETURN 'ASKED';
END $$;

-- Recorded against verified, by stratum and question; a county sees its own stratum only. `checked` are matters found to agree or to
-- differ; what differs is verified as the opposite of the record.
CREATE OR REPLACE FUNCTION evaluation_comparison(which uuid, wanted text)
RETURNS TABLE (question text, county uuid, drawn integer, recorded_yes integer, checked integer, agrees integer, unverifiable integer,
  checked_recorded_yes integer, verified_yes integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); e evaluation_evaluation := evaluation_opened(which, wanted);
BEGIN
  RETURN QUERY SELECT a.question, m.county_id, count(*)::integer, count(*) FILTER (WHERE a.yes)::integer,
      count(*) FILTER (WHERE v.verdict IN ('AGREES', 'DIFFERS'))::integer, count(*) FILTER (WHERE v.verdict = 'AGREES')::integer,
      count(*) FILTER (WHERE v.verdict = 'UNVERIFIABLE')::integer,
      count(*) FILTER (WHERE v.verdict IN ('AGREES', 'DIFFERS') AND a.yes)::integer,
      count(*) FILTER (WHERE (v.verdict = 'AGREES' AND a.yes) OR (v.verdict = 'DIFFERS' AND NOT a.yes))::integer
    FROM evaluation_matter m LEFT JOIN access_unit u ON u.id = m.county_id
    CROSS JOIN LATERAL (SELECT r.key AS question, r.value::boolean AS yes FROM jsonb_each_text(m.recorded) r) a
    LEFT JOIN LATERAL (SELECT f.verdict FROM evaluation_finding f WHERE f.matter_id = m.id AND f.question = a.question
      ORDER BY f.at DESC, f.id LIMIT 1) v ON true
   WHERE m.evaluation_id = e.id AND people_is_unsealed(m.division) AND (wanted <> 'evaluation:answer' OR (u.division >= s.low AND u.division < s.high))
   GROUP BY a.question, m.county_id, u.division
   ORDER BY array_position(e.questions::text[], a.question), u.division NULLS LAST;
END $$;
