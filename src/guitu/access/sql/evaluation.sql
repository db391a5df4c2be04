-- Third-party evaluation. An evaluator has no range and no reach: what it learns, it learns here, as numbers or under codes, after
-- its permission, its commission and the time of the commission have been asked; every look leaves a trace line.

-- Which counties of a table are hidden, in their order; the last element says whether the total is hidden too. A county with
-- fewer than `fewest` matters is hidden. As long as the hidden ones could be computed from total and rest (one alone, fewer than
-- `fewest` together, none or all of them held), the next shown county in order is hidden too. The choice goes by the order,
-- never by the numbers, so that it tells nothing about them.
CREATE OR REPLACE FUNCTION evaluation_hidden(matters integer[], held integer[], fewest integer) RETURNS boolean[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  many integer := coalesce(cardinality(matters), 0);
  hidden boolean[] := array_fill(false, ARRAY[many + 1]);
  count_hidden integer := 0; all_hidden integer := 0; held_hidden integer := 0; place integer := 0;
BEGIN
  FOR i IN 1..many LOOP
    IF matters[i] < fewest THEN
      hidden[i] := true;
      IF place = 0 THEN place := i; END IF;
      count_hidden := count_hidden + 1; all_hidden := all_hidden + matters[i]; held_hidden := held_hidden + held[i];
    END IF;
  END LOOP;
  WHILE count_hidden > 0 AND count_hidden < many AND NOT (count_hidden > 1 AND all_hidden >= fewest
      AND held_hidden > 0 AND held_hidden < all_hidden) LOOP
    place := place % many + 1;
    CONTINUE WHEN hidden[place];
    hidden[place] := true;
    count_hidden := count_hidden + 1; all_hidden := all_hidden + matters[place]; held_hidden := held_hidden + held[place];
  END LOOP;
  hidden[many + 1] := count_hidden > 0 AND NOT (count_hidden > 1 AND all_hidden >= fewest
    AND held_hidden > 0 AND held_hidden < all_hidden);
  RETURN hidden;
END $$;

-- What is on record about every matter of a scope at a moment: a row for each question, true, false, or null where it is not due or
-- does not apply. Withdrawn matters are none. Days are legal days in Asia/Shanghai.
CREATE OR REPLACE FUNCTION evaluation_recorded(low varchar, high varchar, since date, until date, within integer, moment timestamptz)
RETURNS TABLE (journey uuid, county uuid, question text, held boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT j.id, j.receiving_unit_id, q.question, q.held
    FROM journeys_journey j JOIN access_unit u ON u.id = j.receiving_unit_id
    CROSS JOIN LATERAL (SELECT
      ((j.release_on + 1 + within)::timestamp AT TIME ZONE 'Asia/Shanghai') AS deadline,
      (SELECT min(m.at) FROM journeys_move m WHERE m.journey_id = j.id AND m.to_state IN ('registered', 'in_correction')) AS came,
      (SELECT bool_and(coalesce(c.done_at, 'infinity') < c.due_at) FROM journeys_clock c WHERE c.journey_id = j.id
        AND c.state = 'expected' AND c.voided_at IS NULL AND (c.done_at IS NOT NULL OR c.due_at <= moment)) AS dossier,
      (SELECT bool_and(coalesce(c.done_at, 'infinity') < c.due_at) FROM journeys_clock c WHERE c.journey_id = j.id
        AND c.state = 'sent' AND c.voided_at IS NULL AND (c.done_at IS NOT NULL OR c.due_at <= moment)) AS acknowledged,
      EXISTS (SELECT 1 FROM journeys_move m WHERE m.journey_id = j.id AND m.code = 'send') AS sent,
      EXISTS (SELECT 1 FROM handover_dispute d WHERE d.journey_id = j.id) AS disputed,
      (SELECT a.outcome = 'met' FROM journeys_answer a WHERE a.journey_id = j.id AND a.step = 'arrival'
        ORDER BY a.at DESC LIMIT 1) AS met,
      (SELECT CASE a.kind WHEN 'declined' THEN NULL ELSE a.kind = 'done' END FROM journeys_answer a
        WHERE a.journey_id = j.id AND a.step = 'placement' ORDER BY a.at DESC LIMIT 1) AS placed,
      EXISTS (SELECT 1 FROM journeys_answer a WHERE a.journey_id = j.id AND a.step = 'placement') AS asked_place,
      (SELECT bool_and(f.outcome IN ('visited', 'called')) FROM (SELECT DISTINCT ON (a.round) a.kind, a.outcome
        FROM journeys_answer a WHERE a.journey_id = j.id AND a.step = 'follow_up' ORDER BY a.round, a.at DESC) AS f
        WHERE f.kind <> 'declined') AS followed,
      (SELECT array_agg(DISTINCT coalesce(nullif(c.step, ''), c.state)) FROM journeys_clock c WHERE c.journey_id = j.id
        AND c.done_at IS NULL AND c.voided_at IS NULL AND c.due_at <= moment) AS late
    ) AS r
    CROSS JOIN LATERAL (VALUES
      ('received_in_time', CASE WHEN r.came IS NOT NULL THEN r.came < r.deadline
        WHEN j.state IN ('died', 'detained') OR moment < r.deadline THEN NULL ELSE false END),
      ('dossier_in_time', r.dossier),
      ('acknowledged_in_time', r.acknowledged),
      ('disputed', CASE WHEN r.sent THEN r.disputed END),
      ('pick_up_held', coalesce(r.met, CASE WHEN 'arrival' = ANY (r.late) THEN false END)),
      ('placement_settled', CASE WHEN r.asked_place THEN r.placed WHEN 'placement' = ANY (r.late) THEN false END),
      ('help_agreed', CASE WHEN r.came IS NOT NULL AND j.state <> 'in_correction' THEN j.agreed_on IS NOT NULL END),
      ('follow_up_held', CASE WHEN 'follow_up' = ANY (r.late) THEN false ELSE r.followed END),
      ('still_late', CASE WHEN j.ended_at IS NULL THEN r.late IS NOT NULL END)
    ) AS q (question, held)
   WHERE j.kind = 'return_home' AND j.state <> 'withdrawn' AND people_is_unsealed(j.division) AND j.release_on BETWEEN since AND until
     AND u.division >= low AND u.division < high;
$$;

-- The evaluation, for whoever may do `wanted` with it now, and a trace line; null for everybody else. An evaluator only its own and in
-- its time, a supervisor what lies in the own range, a county what it lies in.
CREATE OR REPLACE FUNCTION evaluation_party(which uuid, wanted text) RETURNS evaluation_evaluation
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); found evaluation_evaluation;
BEGIN
  IF NOT access_may(wanted) THEN
    RAISE EXCEPTION 'guitu: permission % is missing', wanted USING ERRCODE = 'GU006';
  END IF;
  SELECT e.* INTO found FROM evaluation_evaluation e WHERE e.id = which AND CASE wanted
    WHEN 'evaluation:work' THEN e.evaluator_id = access_own_unit() AND e.ended_at IS NULL
      AND e.from_at <= clock_timestamp() AND e.to_at > clock_timestamp()
    WHEN 'evaluation:commission' THEN e.division >= s.low AND e.division_end <= s.high
    WHEN 'evaluation:answer' THEN s.low < s.high AND e.division <= s.low AND s.high <= e.division_end
    ELSE false END;
  RETURN found;
END $$;

CREATE OR REPLACE FUNCTION evaluation_trace(wanted text, persons uuid[], outcome text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome)
  VALUES (gen_random_uuid(), clock_timestamp(), s.post_id, access_own_unit(), current_setting('guitu.purpose', true), wanted, persons,
    '{}', evaluation_trace.outcome);
END $$;

CREATE OR REPLACE FUNCTION evaluation_opened(which uuid, wanted text) RETURNS evaluation_evaluation
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found evaluation_evaluation := evaluation_party(which, wanted);
BEGIN
  PERFORM evaluation_trace(wanted, '{}', CASE WHEN found.id IS NULL THEN 'UNKNOWN' ELSE 'ALLOWED' END);
  RETURN found;
END $$;

-- The evaluations open to the acting post, newest first; with `which` that one alone.
CREATE OR REPLACE FUNCTION evaluation_seen(wanted text, which uuid)
RETURNS TABLE (id uuid, title text, commissioner uuid, evaluator uuid, scope uuid, low varchar, high varchar, released_from date,
  released_to date, questions text[], least_group smallint, sample_most smallint, sample_share smallint, from_at timestamptz, to_at timestamptz,
  commissioned_at timestamptz, ended_at timestamptz, seed text, frame_size integer, frame_digest bytea, drawn_at timestamptz,
  drawn integer, verified integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM evaluation_party(NULL, wanted);
  RETURN QUERY SELECT e.id, e.title, e.commissioner_id, e.evaluator_id, e.scope_id, e.division, e.division_end, e.released_from, e.released_to,
      e.questions::text[], e.least_group, e.sample_most, e.sample_share, e.from_at, e.to_at, e.commissioned_at, e.ended_at, e.seed, e.frame_size,
      e.frame_digest, e.drawn_at, (SELECT count(*) FROM evaluation_matter m WHERE m.evaluation_id = e.id)::integer,
      (SELECT count(DISTINCT f.matter_id) FROM evaluation_finding f JOIN evaluation_matter m ON m.id = f.matter_id
        WHERE m.evaluation_id = e.id)::integer
    FROM evaluation_evaluation e WHERE (which IS NULL OR e.id = which) AND (evaluation_party(e.id, wanted)).id IS NOT NULL
    ORDER BY e.commissioned_at DESC, e.released_from DESC, e.id;
END $$;

-- Commission an evaluation of a part of the own range and count, once, what its counties report. Tells MADE, HELD (kept before),
-- SCOPE (not in the own range), EVALUATOR (no living unit that evaluates), or OVERLAP: two commissions of one evaluator whose
-- matters overlap without being the same would let small groups be computed from their difference.
CREATE OR REPLACE FUNCTION evaluation_begin(event uuid, named text, evaluating uuid, over uuid, since date, until date,
  asked text[], shown text[], fewest integer, within integer, most integer, share integer, opens timestamptz, closes timestamptz,
  moment timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  low varchar := (SELECT u.division FROM access_unit u WHERE u.id = over);
  high varchar := (SELECT u.division_end FROM access_unit u WHERE u.id = over);
BEGIN
  PERFORM access_moment(moment);
  PERFORM evaluation_party(NULL, 'evaluation:commission');
  PERFORM pg_advisory_xact_lock(hashtext('evaluation'), hashtext(evaluating::text));
  IF EXISTS (SELECT 1 FROM evaluation_evaluation e WHERE e.id = event) THEN RETURN 'HELD'; END IF;
  IF NOT coalesce(low >= s.low AND high <= s.high, false) THEN RETURN 'SCOPE'; END IF;
  IF NOT EXISTS (SELECT 1 FROM access_unit u WHERE u.id = evaluating AND u.kind = 'evaluator' AND u.to_at IS NULL) THEN
    RETURN 'EVALUATOR';
  END IF;
  IF EXISTS (SELECT 1 FROM evaluation_evaluation e WHERE e.evaluator_id = evaluating AND e.division < high AND low < e.division_end
      AND e.released_from <= until AND since <= e.released_to) THEN
    RETURN 'OVERLAP';
  END IF;
  INSERT INTO evaluation_evaluation (id, title, commissioner_id, evaluator_id, scope_id, division, division_end, released_from,
    released_to, questions, parts, least_group, received_within, sample_most, sample_share, from_at, to_at, secret, commissioned_at, commissioned_by, seed)
  VALUES (event, named, access_own_unit(), evaluating, over, low, high, since, until, asked, shown, fewest, within, most, share, opens, closes,
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), moment, s.post_id, '');
  INSERT INTO evaluation_figure (id, evaluation_id, county_id, question, matters, held)
  WITH recorded AS MATERIALIZED (SELECT r.* FROM evaluation_recorded(low, high, since, until, within, moment) r),
  counties AS (SELECT u.id FROM access_unit u WHERE u.kind = 'county' AND u.to_at IS NULL AND u.division >= low AND u.division < high
    UNION SELECT r.county FROM recorded r)
  SELECT gen_random_uuid(), event, c.id, q.code, count(r.held), count(*) FILTER (WHERE r.held)
    FROM counties c CROSS JOIN unnest(asked) AS q (code) LEFT JOIN recorded r ON r.county = c.id AND r.question = q.code
   GROUP BY c.id, q.code;
  RETURN 'MADE';
END $$;

CREATE OR REPLACE FUNCTION evaluation_end(which uuid, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); held evaluation_evaluation := evaluation_opened(which, 'evaluation:commission');
BEGIN
  PERFORM access_moment(moment);
  UPDATE evaluation_evaluation e SET ended_at = moment, ended_by = s.post_id WHERE e.id = held.id AND e.ended_at IS NULL;
  RETURN FOUND;
END $$;

-- The frozen figures of an evaluation by question and county (in the order of divisions), small groups and what would betray them
-- without their numbers; a line without a county is the total. A county reads every evaluation that it lies in, whoever evaluates: of
-- one that overlaps with an earlier one it reads its own line alone, or small groups of its neighbours could be computed from the two.
CREATE OR REPLACE FUNCTION evaluation_figures(which uuid, wanted text)
RETURNS TABLE (question text, county uuid, matters integer, held integer, hidden boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found evaluation_evaluation := evaluation_opened(which, wanted);
  own uuid := access_own_unit();
  again boolean := wanted = 'evaluation:answer' AND EXISTS (SELECT 1 FROM evaluation_evaluation e
    WHERE (e.commissioned_at, e.id) < (found.commissioned_at, found.id) AND e.division < found.division_end
      AND found.division < e.division_end AND e.released_from <= found.released_to AND found.released_from <= e.released_to);
BEGIN
  RETURN QUERY
  WITH listed AS (SELECT f.question, array_agg(f.county_id ORDER BY u.division, u.id) AS counties,
      array_agg(f.matters ORDER BY u.division, u.id) AS many, array_agg(f.held ORDER BY u.division, u.id) AS yes
    FROM evaluation_figure f JOIN access_unit u ON u.id = f.county_id WHERE f.evaluation_id = found.id GROUP BY f.question),
  small AS (SELECT l.*, evaluation_hidden(l.many, l.yes, found.least_group) AS masks FROM listed l),
  masked AS (SELECT s.question, s.counties, s.many, s.yes, ARRAY(SELECT t.mask OR (again AND t.unit IS DISTINCT FROM own)
    FROM unnest(s.masks, s.counties || NULL::uuid) WITH ORDINALITY AS t (mask, unit, place) ORDER BY t.place) AS masks FROM small s)
  SELECT m.question, (m.counties || NULL::uuid)[n], CASE WHEN NOT m.masks[n] THEN (m.many || (SELECT sum(x)::integer FROM unnest(m.many) x))[n] END,
      CASE WHEN NOT m.masks[n] THEN (m.yes || (SELECT sum(x)::integer FROM unnest(m.yes) x))[n] END, m.masks[n]
    FROM masked m, generate_subscripts(m.masks, 1) n ORDER BY array_position(found.questions::text[], m.question), n;
END $$;

-- Draw the one sample of an evaluation: systematic along the strata, within a stratum by SHA-256 of seed and matter, so that seed and
-- frame give the same sample again. A county with too few matters is pooled with the others like it; if even the pool is too small
-- it is not drawn from. Juveniles are never drawn. A sample is at most a share of its frame. Tells DRAWN, HELD (drawn before), EMPTY, SIZE or UNKNOWN.
CREATE OR REPLACE FUNCTION evaluation_draw(which uuid, given_seed text, size integer, moment timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); e evaluation_evaluation := evaluation_opened(which, 'evaluation:work'); outcome text;
BEGIN
  PERFORM access_moment(moment);
  IF e.id IS NULL THEN RETURN 'UNKNOWN'; END IF;
  SELECT x.* INTO e FROM evaluation_evaluation x WHERE x.id = which FOR UPDATE;
  IF e.seed <> '' THEN RETURN 'HELD'; END IF;
  IF size < 1 OR size > e.sample_most OR coalesce(given_seed, '') = '' THEN RETURN 'SIZE'; END IF;
  WITH recorded AS MATERIALIZED (SELECT r.journey, r.county, jsonb_object_agg(r.question, r.held) FILTER (WHERE r.held IS NOT NULL) AS answers
      FROM evaluation_recorded(e.division, e.division_end, e.released_from, e.released_to, e.received_within, moment) r
      JOIN journeys_journey j ON j.id = r.journey
     WHERE r.question = ANY (e.questions) AND NOT j.marks && journeys_juvenile_marks() GROUP BY r.journey, r.county),
  strata AS (SELECT r.*, CASE WHEN count(*) OVER (PARTITION BY r.county) >= e.least_group THEN r.county END AS stratum FROM recorded r),
  frame AS (SELECT t.*, row_number() OVER (ORDER BY u.division NULLS LAST,
      sha256(convert_to(given_seed, 'UTF8') || uuid_send(t.journey))) AS place
    FROM (SELECT x.*, count(*) OVER (PARTITION BY x.stratum) AS in_stratum FROM strata x) t LEFT JOIN access_unit u ON u.id = t.stratum
    WHERE t.in_stratum >= e.least_group),
  whole AS (SELECT count(*) AS n, sha256(string_agg(uuid_send(f.journey), '' ORDER BY f.journey)) AS digest FROM frame f),
  taken AS (SELECT f.* FROM frame f, whole w
    WHERE size * 100 <= w.n * e.sample_share AND f.place * size / w.n > (f.place - 1) * size / w.n),
  made AS (
    INSERT INTO evaluation_matter (id, evaluation_id, person_id, division, journey_id, code, county_id, recorded, steps)
    SELECT gen_random_uuid(), e.id, j.person_id, j.division, j.id, regexp_replace(upper(substr(encode(sha256(e.secret || uuid_send(j.id)),
        'hex'), 1, 8)), '^(....)', '\1-'), t.stratum, coalesce(t.answers, '{}'), coalesce((SELECT jsonb_agg(jsonb_build_object(
        'part', coalesce(nullif(c.step, ''), c.state), 'round', c.round, 'rule', c.rule,
        'due', ((c.due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date - j.release_on,
        'done', (c.done_at AT TIME ZONE 'Asia/Shanghai')::date - j.release_on,
        'in_time', CASE WHEN c.done_at IS NOT NULL THEN c.done_at < c.due_at WHEN c.due_at <= moment THEN false END,
        'outcome', (SELECT a.outcome FROM journeys_answer a WHERE a.journey_id = j.id AND a.step = c.step AND a.round = c.round
          AND c.step <> '' ORDER BY a.at DESC LIMIT 1)) ORDER BY c.due_at, c.id)
        FROM journeys_clock c WHERE c.journey_id = j.id AND c.voided_at IS NULL
         AND coalesce(nullif(c.step, ''), c.state) = ANY (e.parts)), '[]')
      FROM taken t JOIN journeys_journey j ON j.id = t.journey RETURNING 1),
  kept AS (UPDATE evaluation_evaluation x SET seed = given_seed, frame_size = w.n, frame_digest = w.digest, drawn_at = moment,
      drawn_by = s.post_id FROM whole w WHERE x.id = e.id AND w.n > 0 AND size * 100 <= w.n * e.sample_share RETURNING 1)
  SELECT CASE WHEN EXISTS (SELECT 1 FROM kept) THEN 'DRAWN' WHEN w.n > 0 THEN 'SIZE' ELSE 'EMPTY' END INTO outcome FROM whole w;
  RETURN outcome;
END $$;
