-- Sealing a file and the lawful query of a sealed one (docs/adr/0044). A sealed file's rows stand
-- behind every unit's range, so that no row policy shows them but to the person; what is asked lawfully is answered here, item by item.

CREATE OR REPLACE FUNCTION rights_sealed_trace(wanted text, persons uuid[], seen text[], told text, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason, words)
  SELECT gen_random_uuid(), clock_timestamp(), p.id, p.unit_id, current_setting('guitu.purpose', true), wanted, persons, seen, told, why, ''
    FROM access_post p WHERE p.id = s.post_id;
END $$;

-- Does anything wait to be done for these persons? Then the file stays with those who do it. A road at rest (help declined, not
-- arrived) keeps nobody waiting.
CREATE OR REPLACE FUNCTION rights_in_hand(persons uuid[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM journeys_journey j WHERE j.person_id = ANY (persons) AND j.ended_at IS NULL
      AND (j.state NOT IN ('help_declined', 'not_arrived') OR EXISTS (SELECT 1 FROM journeys_clock c WHERE c.journey_id = j.id
        AND c.done_at IS NULL AND c.voided_at IS NULL)))
    OR EXISTS (SELECT 1 FROM handover_request r WHERE r.person_id = ANY (persons) AND r.answered_at IS NULL)
    OR EXISTS (SELECT 1 FROM rights_request r WHERE r.person_id = ANY (persons) AND (r.decided_at IS NULL
      OR EXISTS (SELECT 1 FROM access_errand e WHERE e.about = r.id AND e.ended_at IS NULL)))
    OR EXISTS (SELECT 1 FROM people_match m WHERE m.person_id = ANY (persons) AND m.decision = '')
    OR EXISTS (SELECT 1 FROM support_referral f WHERE f.person_id = ANY (persons) AND f.state = 'WAITING')
    OR EXISTS (SELECT 1 FROM access_glass g WHERE g.person_id = ANY (persons) AND g.reviewed_at IS NULL);
$$;

-- What sealing does to the files: scopes of others stand still, the rows of every room move behind every range, lines of the ledger with
-- them, files of exports that hold the person go.
CREATE OR REPLACE FUNCTION rights_put_behind(sealing uuid, whole uuid[], at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  stopped jsonb;
  present timestamptz := least(at, clock_timestamp());
BEGIN
  PERFORM access_moment(at);
  SELECT coalesce(jsonb_object_agg(r.id, r.to_at), '{}') INTO stopped FROM access_reach r
   WHERE r.person_id = ANY (whole) AND r.relation NOT IN ('self', 'mandate') AND (r.to_at IS NULL OR r.to_at > present);
  UPDATE rights_sealing x SET suspended = jsonb_build_object('reach', stopped, 'files', whole) WHERE x.id = sealing;
  UPDATE access_reach r SET to_at = greatest(present, r.from_at)
   WHERE r.id IN (SELECT k.key::uuid FROM jsonb_each(stopped) AS k);
  UPDATE people_person q SET sealed_at = at, division = people_sealed_division(q.division) WHERE q.id = ANY (whole);
  UPDATE ledger_payload l SET division = people_sealed_division(l.division)
   WHERE l.subjects && whole AND people_is_unsealed(l.division);
  -- The notice of an emergency look names the file by its number to who does not see the person: it follows the file.
  UPDATE notices_notice n SET person_id = q.id, division = q.division FROM access_glass g JOIN people_person q ON q.id = g.person_id
   WHERE g.person_id = ANY (whole) AND n.subject_id = g.id AND n.code = 'GLASS_BROKEN' AND n.person_id IS NULL;
  UPDATE access_export e SET sealed = NULL WHERE e.sealed IS NOT NULL AND EXISTS (SELECT 1 FROM access_trace t
    WHERE t.subjects && whole AND t.action = 'export:ask' AND t.post_id = e.post_id AND t.reason = e.code AND t.words = e.words);
END $$;

-- Seal a file of the own unit, with the files joined into it. Answers SEALED with the files, HELD (the same act again), NOT_OURS or
-- IN_HAND.
CREATE OR REPLACE FUNCTION rights_seal(sealing uuid, person uuid, printed text, on_ground text, by_organ text, on_document text,
  on_day date, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session;
  held people_person;
  whole uuid[];
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM rights_sealing x WHERE x.id = sealing AND x.person_id = person AND x.unit_id = access_own_unit()) THEN
    RETURN 'HELD';
  END IF;
  s := access_demand('sealing:seal', person);
  SELECT q.* INTO held FROM people_person q WHERE q.id = person FOR UPDATE;
  IF held.responsible_unit_id <> access_own_unit() OR held.sealed_at IS NOT NULL
     OR EXISTS (SELECT 1 FROM people_join j WHERE j.joined_id = person AND j.undone_at IS NULL) THEN
    RETURN 'NOT_OURS';
  END IF;
  whole := rights_files(person);
  PERFORM 1 FROM people_person q WHERE q.id = ANY (whole) ORDER BY q.id FOR UPDATE;  -- nothing is begun for a joined file meanwhile
  IF rights_in_hand(whole) THEN
    RETURN 'IN_HAND';
  END IF;
  INSERT INTO rights_sealing (id, person_id, division, number, unit_id, ground, organ, document, decided_on, sealed_at, sealed_by,
    suspended)
  VALUES (sealing, person, held.division, printed, access_own_unit(), on_ground, by_organ, on_document, on_day, at, s.post_id, '{}');
  PERFORM rights_put_behind(sealing, whole, at);
  RETURN 'SEALED ' || array_to_string(whole, ',');
END $$;

-- Seal again what the register of erasures names and a database that went back does not know (docs/adr/0060): for the owner alone.
-- Whatever was in hand at the moment it went back to had been ended when it was sealed. Which organ and document it was sealed on the
-- register does not say: the office's own papers do. What is sealed already, or gone, is left as it is.
CREATE OR REPLACE FUNCTION rights_seal_again(sealing uuid, files uuid[], of_unit uuid, printed text, on_ground text, on_day date,
  first_at timestamptz, by_post uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE held people_person; whole uuid[];
BEGIN
  PERFORM access_moment(at);
  PERFORM 1 FROM people_person q WHERE q.id = ANY (files) ORDER BY q.id FOR UPDATE;
  whole := ARRAY(SELECT f.one FROM unnest(files) WITH ORDINALITY AS f (one, place) JOIN people_person q ON q.id = f.one
    WHERE q.sealed_at IS NULL ORDER BY f.place);
  IF cardinality(whole) = 0 THEN RETURN; END IF;
  SELECT q.* INTO held FROM people_person q WHERE q.id = whole[1];
  INSERT INTO rights_sealing (id, person_id, division, number, unit_id, ground, organ, document, decided_on, sealed_at, sealed_by,
    suspended)
  VALUES (sealing, held.id, held.division, printed, coalesce((SELECT u.id FROM access_unit u WHERE u.id = of_unit),
    held.responsible_unit_id), on_ground, '', '', on_day, first_at, by_post, '{}');
  PERFORM rights_put_behind(sealing, whole, at);
  PERFORM ledger_keep('access:file:resealed', sealing, at, by_post, of_unit, NULL, '', whole, '{}');
END $$;

-- Say that a sealing is wrong; one such word at a time. Answers PROPOSED, HELD, OPEN or UNKNOWN.
CREATE OR REPLACE FUNCTION rights_propose_unsealing(proposal uuid, of_sealing uuid, on_ground text, on_document text, said text,
  at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); held rights_sealing;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('sealed:ask') THEN
    RAISE EXCEPTION 'guitu: permission sealed:ask is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT x.* INTO held FROM rights_sealing x WHERE x.id = of_sealing AND x.unit_id = access_own_unit() AND x.unsealed_at IS NULL
    FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF EXISTS (SELECT 1 FROM rights_unsealing n WHERE n.id = proposal) THEN RETURN 'HELD'; END IF;
  IF EXISTS (SELECT 1 FROM rights_unsealing n WHERE n.sealing_id = of_sealing AND n.decided_at IS NULL) THEN RETURN 'OPEN'; END IF;
  INSERT INTO rights_unsealing (id, sealing_id, ground, document, words, proposed_at, proposed_by, finding)
  VALUES (proposal, of_sealing, on_ground, on_document, said, at, s.post_id, '');
  PERFORM rights_sealed_trace('sealed:ask', ARRAY[held.person_id], '{}', 'ALLOWED', on_ground);
  RETURN 'PROPOSED';
END $$;

-- Decide it, by another account; a yes brings back what stood before: division, scopes, lines. Answers DECIDED, HELD, SAME or UNKNOWN.
CREATE OR REPLACE FUNCTION rights_decide_unsealing(proposal uuid, yes boolean, said text, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  asked rights_unsealing;
  held rights_sealing;
  whole uuid[];
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('sealed:decide') THEN
    RAISE EXCEPTION 'guitu: permission sealed:decide is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT n.* INTO asked FROM rights_unsealing n JOIN rights_sealing x ON x.id = n.sealing_id
   WHERE n.id = proposal AND x.unit_id = access_own_unit() FOR UPDATE OF n, x;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF asked.decided_at IS NOT NULL THEN RETURN 'HELD'; END IF;
  SELECT x.* INTO held FROM rights_sealing x WHERE x.id = asked.sealing_id;
  IF access_holds(asked.proposed_by) THEN
    PERFORM rights_sealed_trace('sealed:decide', ARRAY[held.person_id], '{}', 'DENIED', asked.ground);
    RETURN 'SAME';
  END IF;
  UPDATE rights_unsealing n SET decided_at = at, decided_by = s.post_id, approved = yes, finding = said WHERE n.id = proposal;
  PERFORM rights_sealed_trace('sealed:decide', ARRAY[held.person_id], '{}', 'ALLOWED', asked.ground);
  IF NOT yes THEN RETURN 'DECIDED'; END IF;
  whole := ARRAY(SELECT f::uuid FROM jsonb_array_elements_text(held.suspended -> 'files') AS f);
  UPDATE rights_sealing x SET unsealed_at = at WHERE x.id = held.id;
  PERFORM ledger_keep('access:file:unsealed', proposal, at, s.post_id, access_own_unit(), NULL, current_setting('guitu.purpose', true),
    whole, '{}');
  UPDATE people_person q SET sealed_at = NULL, division = people_unsealed_division(q.division) WHERE q.id = ANY (whole);
  UPDATE ledger_payload l SET division = people_unsealed_division(l.division)
   WHERE l.subjects && whole AND NOT people_is_unsealed(l.division) AND NOT l.subjects && people_sealed();
  UPDATE notices_notice n SET person_id = NULL, division = n.told_division FROM access_glass g
   WHERE g.person_id = ANY (whole) AND n.subject_id = g.id AND n.code = 'GLASS_BROKEN';
  INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at, to_at)
  SELECT gen_random_uuid(), r.person_id, r.division, r.unit_id, r.post_id, r.relation, least(at, clock_timestamp()), k.former
    FROM (SELECT j.key::uuid AS id, (j.value #>> '{}')::timestamptz AS former FROM jsonb_each(held.suspended -> 'reach') AS j) AS k
    JOIN access_reach r ON r.id = k.id WHERE k.former IS NULL OR k.former > at;
  RETURN 'DECIDED';
END $$;

-- The posts, or this one, to which a query of the acting unit's sealed files can be opened: those for which the decision table knows a
-- lawful query, of the own unit or of an overseer beside it.
CREATE OR REPLACE FUNCTION rights_query_opening(only_one uuid)
RETURNS TABLE (id uuid, title text, unit text, unit_en text, division varchar, beside boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE own access_unit := (SELECT u FROM access_unit u WHERE u.id = access_own_unit());
BEGIN
  RETURN QUERY SELECT p.id, p.title, u.name, u.name_en, u.division, u.id <> own.id FROM access_post p JOIN access_unit u ON u.id = p.unit_id
    LEFT JOIN access_unit o ON o.id = u.parent_id JOIN access_role_range g ON g.role = p.role
   WHERE (only_one IS NULL OR p.id = only_one) AND p.from_at <= clock_timestamp() AND (p.to_at IS NULL OR p.to_at > clock_timestamp())
     AND EXISTS (SELECT 1 FROM access_decision d WHERE d.role = p.role AND d.relation = 'lawful_query' AND d.effect = 'two_persons')
     AND (u.id = own.id OR (g.sees = 'SUPERIOR' AND own.division >= o.division AND own.division < o.division_end));
END $$;

-- One page of them, for who records queries: each of the words stands in title or unit. Never more than a page of the longest list,
-- whatever is asked for.
DROP FUNCTION IF EXISTS rights_query_posts();
CREATE OR REPLACE FUNCTION rights_query_posts(words text, skip integer, most integer) RETURNS TABLE (id uuid, title text, unit text, unit_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT access_may('sealed:ask') THEN RETURN; END IF;
  RETURN QUERY SELECT p.id, p.title, p.unit, p.unit_en FROM rights_query_opening(NULL) p
   WHERE concat_ws(' ', lower(p.title), lower(p.unit), lower(p.unit_en)) LIKE ALL (access_patterns(words))
   ORDER BY p.beside, p.division, p.title, p.id OFFSET skip LIMIT least(most, 100);
END $$;

-- Record a written request for items of a file that the own unit sealed; whose, by the whole number of a document. `fits` are the grounds
-- of sealing that the request's ground fits. Each attempt leaves its line. Answers ASKED, HELD, UNKNOWN, GROUND or POST.
CREATE OR REPLACE FUNCTION rights_ask_sealed(query uuid, printed text, kinds text[], digests bytea[], by_organ text, organ_named text,
  on_ground text, fits text[], on_document text, for_aim text, wanted text[], for_post uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); held rights_sealing; told text;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('sealed:ask') THEN
    RAISE EXCEPTION 'guitu: permission sealed:ask is missing' USING ERRCODE = 'GU006';
  END IF;
  IF EXISTS (SELECT 1 FROM rights_sealed_query n WHERE n.id = query AND n.asked_by = s.post_id) THEN RETURN 'HELD'; END IF;
  SELECT x.* INTO held FROM rights_sealing x JOIN people_identifier i ON x.suspended -> 'files' ? i.person_id::text AND i.to_at IS NULL
    JOIN unnest(kinds, digests) AS k (kind, digest) ON i.kind = k.kind AND i.blind_index = k.digest
   WHERE x.unit_id = access_own_unit() AND x.unsealed_at IS NULL LIMIT 1;
  told := CASE WHEN held.id IS NULL THEN 'UNKNOWN' WHEN NOT held.ground = ANY (fits) THEN 'GROUND'
    WHEN NOT EXISTS (SELECT 1 FROM rights_query_opening(for_post)) THEN 'POST' ELSE 'ASKED' END;
  IF told = 'ASKED' THEN
    INSERT INTO rights_sealed_query (id, person_id, sealing_id, number, organ, organ_name, ground, document, aim, items, post_id,
      asked_at, asked_by, finding, looks)
    VALUES (query, held.person_id, held.id, printed, by_organ, organ_named, on_ground, on_document, for_aim, wanted, for_post, at,
      s.post_id, '', 0);
  END IF;
  PERFORM rights_sealed_trace('sealed:ask', CASE WHEN held.id IS NULL THEN '{}' ELSE ARRAY[held.person_id] END, '{}',
    CASE told WHEN 'ASKED' THEN 'ALLOWED' WHEN 'UNKNOWN' THEN 'UNKNOWN' ELSE 'DENIED' END, on_ground);
  RETURN told;
END $$;

-- Decide a request, by another account of the office that sealed; a yes opens it until `until`, never longer than the rulebook has it
-- (made by compile), and the procuratorate `copied` reads it in its list from then on. Answers DECIDED, HELD, SAME or UNKNOWN.
DROP FUNCTION IF EXISTS rights_decide_sealed(uuid, boolean, text, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION rights_decide_sealed(query uuid, yes boolean, said text, until timestamptz, copied uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); asked rights_sealed_query;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('sealed:decide') THEN
    RAISE EXCEPTION 'guitu: permission sealed:decide is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT n.* INTO asked FROM rights_sealed_query n JOIN rights_sealing x ON x.id = n.sealing_id
   WHERE n.id = query AND x.unit_id = access_own_unit() AND x.unsealed_at IS NULL FOR UPDATE OF n;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF asked.decided_at IS NOT NULL THEN RETURN 'HELD'; END IF;
  IF access_holds(asked.asked_by) THEN
    PERFORM rights_sealed_trace('sealed:decide', ARRAY[asked.person_id], '{}', 'DENIED', asked.ground);
    RETURN 'SAME';
  END IF;
  UPDATE rights_sealed_query n SET decided_at = at, decided_by = s.post_id, approved = yes, finding = said,
      until_at = CASE WHEN yes THEN least(until, greatest(at, clock_timestamp()) + rights_sealed_look_lasts()) END,
      copied_to_id = CASE WHEN yes THEN (SELECT u.id FROM access_unit u WHERE u.id = copied AND u.kind = 'procuratorate') END
   WHERE n.id = query;
  PERFORM rights_sealed_trace('sealed:decide', ARRAY[asked.person_id], '{}', 'ALLOWED', asked.ground);
  RETURN 'DECIDED';
END $$;

-- The named items of a granted request, for its very post, while it is open and as the decision table has it for a lawful query. Every
-- attempt leaves its line with the items. One row without item where the answer is not OPEN: UNKNOWN, UNDECIDED, REFUSED, ENDED, ITEM.
CREATE OR REPLACE FUNCTION rights_sealed_values(query uuid, wanted text[], at timestamptz)
RETURNS TABLE (answer text, person_id uuid, item text, value text, sealed_value bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); asked rights_sealed_query; told text;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('sealed:read') THEN
    RAISE EXCEPTION 'guitu: permission sealed:read is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT n.* INTO asked FROM rights_sealed_query n WHERE n.id = query AND n.post_id = s.post_id FOR UPDATE;
  told := CASE WHEN asked.id IS NULL THEN 'UNKNOWN' WHEN asked.decided_at IS NULL THEN 'UNDECIDED' WHEN NOT asked.approved THEN 'REFUSED'
    WHEN asked.until_at <= greatest(at, clock_timestamp())
      OR EXISTS (SELECT 1 FROM rights_sealing x WHERE x.id = asked.sealing_id AND x.unsealed_at IS NOT NULL) THEN 'ENDED'
    WHEN cardinality(wanted) = 0 OR NOT wanted <@ asked.items::text[] OR EXISTS (SELECT 1 FROM unnest(wanted) AS w (one)
      WHERE NOT EXISTS (SELECT 1 FROM access_effects() e WHERE e.relation = 'lawful_query' AND e.state = 'sealed' AND e.item = w.one
        AND e.effect = 'two_persons')) THEN 'ITEM'
    ELSE 'OPEN' END;
  PERFORM rights_sealed_trace('sealed:read', CASE WHEN asked.id IS NULL THEN '{}' ELSE ARRAY[asked.person_id] END, wanted,
    CASE told WHEN 'OPEN' THEN 'ALLOWED' WHEN 'UNKNOWN' THEN 'UNKNOWN' ELSE 'DENIED' END, coalesce(asked.ground, ''));
  IF told <> 'OPEN' THEN
    RETURN QUERY SELECT told, NULL::uuid, ''::text, ''::text, NULL::bytea;
    RETURN;
  END IF;
  UPDATE rights_sealed_query n SET looks = n.looks + 1 WHERE n.id = query;
  RETURN QUERY SELECT told, asked.person_id, w.one, coalesce(f.value, ''), f.sealed_value FROM unnest(wanted) AS w (one)
    LEFT JOIN people_fact f ON f.person_id = asked.person_id AND f.item = w.one AND f.to_at IS NULL;
END $$;

-- By which granted query the acting post may open one item of a sealed file now, the one that stays open longest; no row if by none.
CREATE OR REPLACE FUNCTION rights_sealed_open_by(person uuid, wanted text) RETURNS TABLE (number text, until_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT n.number, n.until_at FROM rights_sealed_query n JOIN rights_sealing x ON x.id = n.sealing_id
   WHERE n.person_id = person AND n.post_id = s.post_id AND n.approved AND n.until_at > clock_timestamp() AND wanted = ANY (n.items)
     AND x.unsealed_at IS NULL AND access_may('sealed:read') AND EXISTS (SELECT 1 FROM access_effects() e
       WHERE e.relation = 'lawful_query' AND e.state = 'sealed' AND e.item = wanted AND e.effect = 'two_persons')
   ORDER BY n.until_at DESC, n.id LIMIT 1;
END $$;

-- What waits for a decision about sealed files, over all offices and without a person: queries, and words that a sealing is wrong.
CREATE OR REPLACE FUNCTION rights_sealed_undecided() RETURNS TABLE (id uuid, unit_id uuid, number text, asked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT n.id, x.unit_id, n.number, n.asked_at FROM rights_sealed_query n JOIN rights_sealing x ON x.id = n.sealing_id
   WHERE n.decided_at IS NULL AND x.unsealed_at IS NULL
  UNION ALL SELECT u.id, x.unit_id, x.number, u.proposed_at FROM rights_unsealing u JOIN rights_sealing x ON x.id = u.sealing_id
   WHERE u.decided_at IS NULL ORDER BY asked_at, id;
$$;

-- The requests as they stand: for those of the office that sealed who record or decide, for the post to which one opens, and the granted
-- ones for the procuratorate that has a copy. No name.
DROP FUNCTION IF EXISTS rights_sealed_queries(timestamptz, text, uuid, integer, integer);
CREATE OR REPLACE FUNCTION rights_sealed_queries(as_of timestamptz, wanted text, only_one uuid, skip integer, most integer)
RETURNS TABLE (id uuid, number text, sealing text, organ text, organ_name text, ground text, document text, aim text, items text[],
  post text, holder text, unit text, asked_at timestamptz, asker text, decided_at timestamptz, decider text, approved boolean,
  finding text, until_at timestamptz, looks integer, own boolean, decidable boolean, state text, copied text,
  copied_en text, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); asks boolean := access_may('sealed:ask'); decides boolean := access_may('sealed:decide');
BEGIN
  RETURN QUERY
  WITH seen AS (
    SELECT n.*, x.number AS sealing_number, n.post_id = s.post_id AND access_may('sealed:read') AS mine,
      decides AND x.unit_id = access_own_unit() AND n.decided_at IS NULL AND x.unsealed_at IS NULL AS to_decide,
      CASE WHEN n.decided_at IS NULL AND x.unsealed_at IS NULL THEN 'TO_DECIDE'
        WHEN n.approved AND n.until_at > greatest(as_of, clock_timestamp()) AND x.unsealed_at IS NULL THEN 'OPEN' ELSE 'ENDED' END AS stands
      FROM rights_sealed_query n JOIN rights_sealing x ON x.id = n.sealing_id
     WHERE ((asks OR decides) AND x.unit_id = access_own_unit()) OR (n.post_id = s.post_id AND access_may('sealed:read'))
        OR (n.copied_to_id = access_own_unit() AND access_may('sealed:list'))
  )
  SELECT w.id, w.number, w.sealing_number, w.organ, w.organ_name, w.ground, w.document, w.aim, w.items::text[], p.title, a.name, u.name,
      w.asked_at, ap.title, w.decided_at, dp.title, w.approved, w.finding, w.until_at, w.looks, w.mine,
      w.to_decide AND NOT access_holds(w.asked_by), w.stands, c.name, c.name_en, count(*) OVER ()
    FROM seen w JOIN access_post p ON p.id = w.post_id JOIN access_account a ON a.id = p.account_id JOIN access_unit u ON u.id = p.unit_id
    JOIN access_post ap ON ap.id = w.asked_by LEFT JOIN access_post dp ON dp.id = w.decided_by
    LEFT JOIN access_unit c ON c.id = w.copied_to_id
   WHERE (only_one IS NULL OR w.id = only_one) AND (wanted = '' OR w.stands = wanted)
   ORDER BY w.asked_at DESC, w.id OFFSET skip LIMIT most;
END $$;

-- What the own office sealed, newest first, by number and document, without a name; and whether somebody says that it is wrong.
CREATE OR REPLACE FUNCTION rights_sealings(only_one uuid, skip integer, most integer)
RETURNS TABLE (id uuid, number text, ground text, organ text, document text, decided_on date, sealed_at timestamptz,
  unsealed_at timestamptz, met bigint, proposal uuid, proposed_ground text, proposed_document text, proposed_words text,
  proposed_at timestamptz, decidable boolean, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  IF NOT (access_may('sealed:ask') OR access_may('sealed:decide')) THEN RETURN; END IF;
  RETURN QUERY SELECT x.id, x.number, x.ground, x.organ, x.document, x.decided_on, x.sealed_at, x.unsealed_at,
      (SELECT count(*) FROM rights_sealed_meeting m WHERE m.person_id = x.person_id AND x.unsealed_at IS NULL),
      n.id, n.ground, n.document, n.words, n.proposed_at, access_may('sealed:decide') AND NOT access_holds(n.proposed_by),
      count(*) OVER ()
    FROM rights_sealing x LEFT JOIN rights_unsealing n ON n.sealing_id = x.id AND n.decided_at IS NULL
   WHERE x.unit_id = access_own_unit() AND (only_one IS NULL OR x.id = only_one)
   ORDER BY x.sealed_at DESC, x.id OFFSET skip LIMIT most;
END $$;

-- Whether the own file is sealed, by whom on what, and how often a lawful query opened something of it: for the person alone.
CREATE OR REPLACE FUNCTION rights_own_sealing()
RETURNS TABLE (number text, unit text, unit_en text, phone text, ground text, document text, sealed_at timestamptz, looks bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT x.number, u.name, u.name_en, u.phone, x.ground, x.document, x.sealed_at,
      (SELECT coalesce(sum(n.looks), 0) FROM rights_sealed_query n WHERE n.sealing_id = x.id)::bigint
    FROM rights_sealing x JOIN access_unit u ON u.id = x.unit_id
   WHERE x.person_id = ANY (access_own_road()) AND x.unsealed_at IS NULL;
END $$;

-- A number of somebody sealed is registered anew: whoever registers learns nothing, the office that sealed finds the question.
CREATE OR REPLACE FUNCTION rights_note_meeting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO rights_sealed_meeting (id, person_id, met_id, unit_id, at)
  SELECT gen_random_uuid(), q.id, n.id, n.responsible_unit_id, NEW.from_at FROM people_identifier i
    JOIN people_person q ON q.id = i.person_id AND q.sealed_at IS NOT NULL JOIN people_person n ON n.id = NEW.person_id
   WHERE i.kind = NEW.kind AND i.blind_index = NEW.blind_index AND i.to_at IS NULL AND q.id <> n.id AND n.sealed_at IS NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER meets_a_sealed_file AFTER INSERT ON people_identifier FOR EACH ROW
  WHEN (session_user <> 'guitu_load') EXECUTE FUNCTION rights_note_meeting();
