-- The database's own half of access. Installed by `access compile` as guitu_owner; every function that reads what the
-- application may not is SECURITY DEFINER with a pinned search_path, pg_temp last.

CREATE OR REPLACE FUNCTION access_acting() RETURNS access_session
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  secret text := current_setting('guitu.token', true);
  reason text := coalesce(current_setting('guitu.purpose', true), '');
  held access_session;
BEGIN
  IF secret IS NULL OR secret = '' THEN
    RAISE EXCEPTION 'guitu: no acting session' USING ERRCODE = 'GU001';
  END IF;
  SELECT s.* INTO held FROM access_session s JOIN access_post p ON p.id = s.post_id
    JOIN access_account a ON a.id = p.account_id
   WHERE s.token_hash = sha256(convert_to(secret, 'UTF8'))
     AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND s.last_seen_at + s.idle > clock_timestamp()
     AND a.active AND p.from_at <= clock_timestamp() AND (p.to_at IS NULL OR p.to_at > clock_timestamp());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guitu: acting session unknown or ended' USING ERRCODE = 'GU002';
  END IF;
  IF NOT reason = ANY (held.purposes) OR (held.chosen <> '' AND reason <> held.chosen) THEN
    RAISE EXCEPTION 'guitu: purpose not allowed for this session' USING ERRCODE = 'GU003';
  END IF;
  RETURN held;
END $$;

-- The acting session as it sees persons: without a range for a purpose for which the decision table gives its role nobody (`blind`,
-- sql/standing.sql). What is about units and not about persons asks access_acting.
CREATE OR REPLACE FUNCTION access_seeing() RETURNS access_session
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE held access_session := access_acting();
BEGIN
  IF current_setting('guitu.purpose', true) = ANY (held.blind) THEN
    held.low := '';
    held.high := '';
  END IF;
  RETURN held;
END $$;

-- Persons shown to the acting post beside its range. `outside`: only those who are not in the range anyway, which is enough
-- wherever a row's division is the person's own; the index access_reach_outside alone answers, whatever lies within the range.
-- `glass`: also those whom a broken glass shows. A sealed file is shown to the person and who speaks for them, whatever scope somebody has.
DROP FUNCTION IF EXISTS access_reached(boolean, boolean);
CREATE OR REPLACE FUNCTION access_reached(s access_session, outside boolean, glass boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  own access_post;
  of_unit boolean;
  present timestamptz := clock_timestamp();
  low varchar := CASE WHEN outside THEN s.low ELSE '' END;
  high varchar := CASE WHEN outside THEN s.high ELSE '' END;
BEGIN
  SELECT p.* INTO own FROM access_post p WHERE p.id = s.post_id;
  SELECT g.sees NOT IN ('ASSIGNED', 'ADDRESSED') INTO of_unit FROM access_role_range g WHERE g.role = own.role;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  RETURN coalesce((SELECT array_agg(found.person_id) FROM (
      SELECT r.person_id, r.person_division, r.post_id, r.from_at, r.to_at, r.relation FROM access_reach r
       WHERE r.unit_id = own.unit_id AND r.person_division < low
      UNION ALL
      SELECT r.person_id, r.person_division, r.post_id, r.from_at, r.to_at, r.relation FROM access_reach r
       WHERE r.unit_id = own.unit_id AND r.person_division >= high
      UNION ALL
      SELECT r.person_id, r.person_division, r.post_id, r.from_at, r.to_at, r.relation FROM access_reach r
       WHERE r.unit_id = own.unit_id AND r.person_division IS NULL) AS found
    WHERE (found.post_id = own.id OR (found.post_id IS NULL AND of_unit))
      AND found.from_at <= present AND (found.to_at IS NULL OR found.to_at > present)
      AND (glass OR found.relation <> 'break_glass')
      AND (found.relation IN ('self', 'mandate') OR people_is_unsealed(found.person_division) IS NOT FALSE)), '{}');
END $$;

CREATE OR REPLACE FUNCTION access_shared() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN RETURN CASE WHEN NOT current_setting('guitu.purpose', true) = ANY (s.blind) THEN access_reached(s, false, true) ELSE '{}' END; END $$;

CREATE OR REPLACE FUNCTION access_shared_outside() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN RETURN CASE WHEN NOT current_setting('guitu.purpose', true) = ANY (s.blind) THEN access_reached(s, true, true) ELSE '{}' END; END $$;

-- Where a shown person stands: filled in when the reach begins, kept by a foreign key that follows the person (compile).
CREATE OR REPLACE FUNCTION access_reach_stands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.person_division := (SELECT q.division FROM people_person q WHERE q.id = NEW.person_id);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stands_with_the_person BEFORE INSERT OR UPDATE OF person_id ON access_reach
  FOR EACH ROW EXECUTE FUNCTION access_reach_stands();
UPDATE access_reach r SET person_division = q.division FROM people_person q
 WHERE q.id = r.person_id AND r.person_division IS NULL;

-- Each word of a search as a pattern for LIKE ALL on lower case; none for an empty search, which everything fits.
CREATE OR REPLACE FUNCTION access_patterns(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT people_name_patterns(regexp_split_to_array(words, '\s+'));
$$;

-- May this post do `wanted` at all? Used where no single person is concerned. A mandate to look only does not speak, an errand's
-- token does nothing but the errand, and an administrator away from an assessed terminal does nothing (terminals.sql).
CREATE OR REPLACE FUNCTION access_may(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN EXISTS (SELECT 1 FROM access_permission a JOIN access_post p ON p.id = s.post_id
    WHERE a.role = p.role AND a.action = wanted AND NOT (wanted IN ('my_road:speak', 'complaint:make')
      AND EXISTS (SELECT 1 FROM access_mandate m WHERE m.post_id = p.id AND m.scope = 'READ'))
      AND CASE WHEN p.role = ANY (access_separated_roles())
        THEN access_terminal_missing(s) = '' ELSE true END)
    AND NOT EXISTS (SELECT 1 FROM access_errand e WHERE e.session_id = s.id AND e.action <> wanted);
END $$;

-- Ask and leave the line in one step. `persons` are resolved here, so a caller cannot claim a relation. A post that only sees
-- what is addressed to its unit may act on whom such a row is about (access_addressed is made by compile from the cage).
-- `look` opens a file: outside the own caseload it is ASKED for a reason first, and through a broken glass it may only be this.
DROP FUNCTION IF EXISTS access_require(text, uuid[], text[]);
CREATE OR REPLACE FUNCTION access_require(wanted text, persons uuid[], seen text[], look boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_seeing();
  shared uuid[] := access_lasting();
  through_glass uuid[] := '{}';
  visible integer;
  answer text;
  why text := '';
  said text := '';
  glass uuid;
BEGIN
  IF cardinality(persons) > 0 AND EXISTS (SELECT 1 FROM access_post p JOIN access_role_range g ON g.role = p.role
      WHERE p.id = s.post_id AND g.sees = 'ADDRESSED') THEN
    shared := shared || access_addressed();
  END IF;
  IF look AND wanted IN ('person:open', 'person:reveal', 'paper:read', 'assessment:read') THEN
    through_glass := access_shared();
  END IF;
  SELECT count(*) INTO visible FROM people_person q
   WHERE q.id = ANY (persons)
     AND ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (shared) OR q.id = ANY (through_glass));
  IF NOT access_may(wanted) THEN
    answer := 'DENIED';
  ELSIF visible < cardinality(persons) THEN
    answer := 'UNKNOWN';
  ELSIF wanted = 'person:reveal' AND cardinality(seen) > 0 AND EXISTS (
      SELECT 1 FROM unnest(persons) AS one (id) WHERE NOT access_opens(one.id, seen[1])) THEN
    answer := 'DENIED';
  -- A paper opens whole or not at all: where the decision table keeps one item of it from the post, the look is refused.
  ELSIF wanted IN ('paper:read', 'letter:send', 'assessment:read', 'assessment:make') AND access_keeps_any(persons, seen) THEN
    answer := 'DENIED';
  ELSE
    answer := 'ALLOWED';
  END IF;
  IF look AND answer = 'ALLOWED' AND cardinality(persons) = 1 AND NOT access_in_caseload(persons[1]) THEN
    SELECT g.id, g.code, g.words INTO glass, why, said FROM access_glass g WHERE g.post_id = s.post_id
       AND g.person_id = persons[1] AND g.until_at > clock_timestamp() ORDER BY g.opened_at DESC LIMIT 1;
    IF NOT FOUND THEN
      SELECT r.code, r.words INTO why, said FROM access_look_reason r WHERE r.session_id = s.id AND r.person_id = persons[1];
      IF NOT FOUND THEN
        answer := 'ASKED';
      END IF;
    END IF;
  END IF;
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason, words, glass_id)
  SELECT gen_random_uuid(), clock_timestamp(), s.post_id, p.unit_id, current_setting('guitu.purpose', true), wanted,
         persons, CASE WHEN answer = 'ASKED' THEN '{}' ELSE seen END, answer, coalesce(why, ''), coalesce(said, ''), glass
    FROM access_post p WHERE p.id = s.post_id;
  RETURN answer;
END $$;

-- The session's own post, unit and range, for the page head and the application's filter. Asked once per request, so this is
-- where a session is seen; noted at most once a minute. A token of another system opens no page.
DROP FUNCTION IF EXISTS access_whoami();
CREATE FUNCTION access_whoami()
RETURNS TABLE (account_id uuid, account_name text, post_id uuid, post_title text, role text, unit_id uuid, unit_name text,
  unit_kind text, division varchar, low varchar, high varchar, purposes text[], chosen text, network text, confined text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session; secret text := current_setting('guitu.token', true);
BEGIN
  SELECT x.* INTO s FROM access_session x WHERE x.token_hash = sha256(convert_to(coalesce(secret, ''), 'UTF8'))
     AND NOT EXISTS (SELECT 1 FROM access_api_token t WHERE t.session_id = x.id);
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('guitu.purpose', coalesce(nullif(s.chosen, ''), s.purposes[1]), true);
  s := access_acting();
  UPDATE access_session x SET last_seen_at = clock_timestamp()
   WHERE x.id = s.id AND x.last_seen_at < clock_timestamp() - interval '1 minute';
  RETURN QUERY SELECT a.id, a.name, p.id, p.title, p.role, u.id, u.name, u.kind, u.division, s.low, s.high, s.purposes::text[], s.chosen,
      s.network, CASE WHEN p.role = ANY (access_separated_roles())
        THEN access_terminal_missing(s) ELSE '' END
    FROM access_post p JOIN access_account a ON a.id = p.account_id JOIN access_unit u ON u.id = p.unit_id
    WHERE p.id = s.post_id;
END $$;

-- Mint an acting session: only guitu_signin may. Purposes and range follow from the post; they are no arguments. A role that
-- sees only whom it was assigned gets an empty range, an overseer the range of the unit above; without one, an empty range.
DROP FUNCTION IF EXISTS access_mint(bytea, uuid, uuid, interval);
CREATE OR REPLACE FUNCTION access_mint(hash bytea, account uuid, post uuid, absolute interval, idle interval) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE made uuid := gen_random_uuid();
BEGIN
  INSERT INTO access_session (id, token_hash, post_id, purposes, low, high, created_at, expires_at, last_seen_at, idle)
  SELECT made, hash, p.id,
         (SELECT array_agg(r.purpose ORDER BY r.position) FROM access_role_purpose r WHERE r.role = p.role),
         CASE g.sees WHEN 'SUPERIOR' THEN coalesce(o.division, u.division) ELSE u.division END,
         CASE g.sees WHEN 'OWN' THEN u.division_end WHEN 'SUPERIOR' THEN coalesce(o.division_end, u.division)
           ELSE u.division END,
         clock_timestamp(), clock_timestamp() + absolute, clock_timestamp(), access_mint.idle
    FROM access_post p JOIN access_unit u ON u.id = p.unit_id JOIN access_account a ON a.id = p.account_id
    JOIN access_role_range g ON g.role = p.role LEFT JOIN access_unit o ON o.id = u.parent_id
   WHERE p.id = post AND p.account_id = account AND a.active AND p.from_at <= clock_timestamp()
     AND (p.to_at IS NULL OR p.to_at > clock_timestamp())
     AND EXISTS (SELECT 1 FROM access_role_purpose r WHERE r.role = p.role);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guitu: no such post in office' USING ERRCODE = 'GU004';
  END IF;
  RETURN made;
END $$;

CREATE OR REPLACE FUNCTION access_end_session(hash bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE access_session SET ended_at = clock_timestamp() WHERE token_hash = hash AND ended_at IS NULL;
$$;

-- The lines about a person, whole, as far as the acting session may see them: of its range at their moment, or about whom it is shown. It
-- alone reads the ledger for pages and jobs. No row policy could: PostgreSQL asks a plain condition before the policy, and EXPLAIN tells
-- of rows that nobody is shown, a complaint among them.
DROP FUNCTION IF EXISTS ledger_lines_of(uuid);
CREATE OR REPLACE FUNCTION ledger_lines_of(person uuid)
RETURNS TABLE (entry_id uuid, act text, at timestamptz, unit_id uuid, post_id uuid, purpose text, subjects uuid[], canonical text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_seeing(); shared uuid[] := access_shared();
  some_held boolean := current_setting('guitu.purpose', true) <> 'OVERSEE' AND access_holds_any(person);
BEGIN
  -- Of who is out of sight not even the reading is to tell that there are lines.
  IF NOT (person = ANY (shared) OR EXISTS (SELECT 1 FROM people_person q WHERE q.id = person AND q.division >= s.low AND q.division < s.high)) THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT p.entry_id, e.act::text, e.at, e.unit_id, p.post_id, p.purpose::text, p.subjects, p.canonical
    FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id WHERE p.subjects @> ARRAY[person]
    AND ((p.division >= s.low AND p.division < s.high) OR p.subjects && shared)
    -- An emergency look that is held back is so in the lines about it too.
    AND (NOT some_held OR NOT e.act LIKE 'people:glass:%'
      OR NOT EXISTS (SELECT 1 FROM access_glass g WHERE g.person_id = person AND access_glass_held(g)));
END $$;

-- The ledger and the trace cannot be rewritten, not even by the owner's UPDATE, DELETE or TRUNCATE.
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'ledger: % on % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'GU010';
END $$;

-- Which of these numbers are already held by anybody? Told to who registers numbers; whoever else asks is answered as for numbers that
-- nobody holds. Answers the person only to those who may see the person; otherwise only "held". A sealed
-- file holds none: whoever asks is answered as for a number that nobody holds (rights_note_meeting tells the office that sealed).
DROP FUNCTION IF EXISTS people_find_identifier(text, bytea);
CREATE OR REPLACE FUNCTION people_find_identifier(of_kind text, digests bytea[])
RETURNS TABLE (digest bytea, person_id uuid, held_elsewhere boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_seeing(); shared uuid[] := access_shared();
BEGIN
  IF NOT (access_may('roster:import') OR access_may('item:record')) THEN RETURN; END IF;
  PERFORM access_asked('{}');
  RETURN QUERY SELECT i.blind_index::bytea, CASE WHEN g.seen THEN q.id END, NOT g.seen
    FROM people_identifier i JOIN people_person q ON q.id = i.person_id
   CROSS JOIN LATERAL (SELECT (q.division >= s.low AND q.division < s.high) OR q.id = ANY (shared) AS seen) AS g
   WHERE i.kind = of_kind AND i.blind_index = ANY (digests) AND i.to_at IS NULL AND q.sealed_at IS NULL;
END $$;

-- Put the rows whose number is held outside the caller's reach before the common superior. The caller learns nothing but that
-- it was done: the questions are visible only to a post that sees both sides. Returns nothing, not even a count.
CREATE OR REPLACE FUNCTION people_ask_elsewhere(kinds text[], digests bytea[], keys uuid[], rows bytea[], releases date[],
  at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  shared uuid[] := access_shared();
  raised uuid[];
  persons text[];
  divisions text[];
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('roster:import') THEN
    RAISE EXCEPTION 'guitu: permission roster:import is missing' USING ERRCODE = 'GU006';
  END IF;
  WITH made AS (
    INSERT INTO people_match (id, person_id, division, unit_id, asking_division, row_key, sealed_row, release_on, rule,
      for_superior, raised_at, raised_by, decision)
    SELECT DISTINCT ON (g.row_key, q.id) gen_random_uuid(), q.id, q.division, u.id, u.division, g.row_key, g.sealed,
           g.release_on, 'number_held_elsewhere', true, at, p.id, ''
      FROM unnest(kinds, digests, keys, rows, releases) AS g (kind, digest, row_key, sealed, release_on)
      JOIN people_identifier i ON i.kind = g.kind AND i.blind_index = g.digest AND i.to_at IS NULL
      JOIN people_person q ON q.id = i.person_id
      JOIN access_post p ON p.id = s.post_id JOIN access_unit u ON u.id = p.unit_id
     WHERE NOT ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (shared)) AND q.sealed_at IS NULL
    ON CONFLICT (row_key, person_id) DO NOTHING
    RETURNING id, person_id, division
  )
  SELECT array_agg(m.id), array_agg(m.person_id::text), array_agg(m.division::text) INTO raised, persons, divisions
    FROM made m;
  IF raised IS NOT NULL THEN
    PERFORM ledger_write('people:identity:questioned', raised, at, persons, divisions, NULL,
      array_fill('{}'::text, ARRAY[cardinality(raised)]));
  END IF;
END $$;

-- How many matters the units within the acting post's range have in hand and how many are late: counts, no person. Matters are
-- counted where the work lies (the duty unit), also while another unit is still responsible for the person. One scan of an index
-- (journeys_journey_board) gives everything a board shows: every state with its numbers (what = state); how many units there are
-- and how many have late matters (units); of the states asked for the same (chosen_units) and the numbers of matters (chosen);
-- and one page of units, the most late first, then the most in hand, each with its states (unit).
DROP FUNCTION IF EXISTS journeys_load(timestamptz);
CREATE OR REPLACE FUNCTION journeys_load(as_of timestamptz, states text[], only_late boolean, skip integer, most integer)
RETURNS TABLE (what text, unit_id uuid, state text, in_hand bigint, late bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' SET jit = off AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  IF NOT access_may('board:read') THEN
    RAISE EXCEPTION 'guitu: permission board:read is missing' USING ERRCODE = 'GU006';
  END IF;
  RETURN QUERY
  WITH apart AS MATERIALIZED (  -- sealed files whose road is at rest: no list shows them
    SELECT x.duty_unit_id AS duty, x.state FROM journeys_journey x WHERE x.person_id = ANY (people_sealed()) AND x.ended_at IS NULL
  ), load AS MATERIALIZED (
    SELECT u.id AS unit_id, of_unit.* FROM access_unit u
     CROSS JOIN LATERAL (  -- unit by unit, each in the order of the index: nothing is hashed and nothing sorted
       SELECT j.state, count(*) - (SELECT count(*) FROM apart a WHERE a.duty = u.id AND a.state = j.state) AS in_hand,
           count(*) FILTER (WHERE j.due_at <= as_of) AS late FROM journeys_journey j
        WHERE j.ended_at IS NULL AND j.duty_unit_id = u.id GROUP BY j.state) AS of_unit
     WHERE u.division >= s.low AND u.division < s.high AND of_unit.in_hand > 0
  ), chosen AS (
    SELECT * FROM load l WHERE (states IS NULL OR l.state = ANY (states)) AND (NOT only_late OR l.late > 0)
  ), units AS (
    SELECT c.unit_id, sum(c.in_hand) AS in_hand, sum(c.late) AS late FROM chosen c GROUP BY c.unit_id
  ), page AS (
    SELECT * FROM units u ORDER BY u.late DESC, u.in_hand DESC, u.unit_id OFFSET skip LIMIT most
  ), told (place, what, unit_id, state, in_hand, late, unit_late, unit_in_hand) AS (
    SELECT 0, 'state', NULL::uuid, l.state, sum(l.in_hand)::bigint, sum(l.late)::bigint, 0, 0 FROM load l GROUP BY l.state
    UNION ALL
    SELECT 1, 'units', NULL, '', count(*), count(*) FILTER (WHERE o.late > 0), 0, 0
      FROM (SELECT sum(l.late) AS late FROM load l GROUP BY l.unit_id) AS o
    UNION ALL
    SELECT 2, 'chosen_units', NULL, '', count(*), count(*) FILTER (WHERE u.late > 0), 0, 0 FROM units u
    UNION ALL
    SELECT 3, 'chosen', NULL, '', coalesce(sum(u.in_hand), 0)::bigint, coalesce(sum(u.late), 0)::bigint, 0, 0 FROM units u
    UNION ALL
    SELECT 4, 'unit', c.unit_id, c.state, c.in_hand, c.late, p.late, p.in_hand FROM page p JOIN chosen c ON c.unit_id = p.unit_id
  )
  SELECT t.what, t.unit_id, t.state, t.in_hand, t.late FROM told t
   ORDER BY t.place, t.unit_late DESC, t.unit_in_hand DESC, t.unit_id, t.state;
END $$;
