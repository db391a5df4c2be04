-- How persons come in, and those who speak for them. Whoever signs in for themself acts in the unit 本人, which spans nobody; what
-- they see is the one person shown to their very post (relation self or mandate).

-- May the acting post do `wanted` to a person it sees? Else the same answer as for a person who does not exist.
CREATE OR REPLACE FUNCTION access_demand(wanted text, person uuid) RETURNS access_session
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_seeing();
BEGIN
  IF NOT access_may(wanted) THEN
    RAISE EXCEPTION 'guitu: permission % is missing', wanted USING ERRCODE = 'GU006';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM people_person q WHERE q.id = person
      AND ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (access_lasting()))) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  RETURN s;
END $$;

-- Whose road the acting post may see when it acts for itself: the person, and the mandate if it is somebody else's.
CREATE OR REPLACE FUNCTION access_own_person()
RETURNS TABLE (person_id uuid, mandate_id uuid, scope text, sealed_name bytea, ends_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT r.person_id, m.id, m.scope, m.sealed_name, m.to_at
    FROM access_reach r LEFT JOIN access_mandate m ON m.post_id = r.post_id
   WHERE r.post_id = s.post_id AND r.relation IN ('self', 'mandate')
     AND r.from_at <= clock_timestamp() AND (r.to_at IS NULL OR r.to_at > clock_timestamp());
END $$;

-- Issue a code for the person, or for the holder of a mandate; the account is made at the first. Answers the number to sign in
-- with, and whether this code is new: the same code id a second time changes nothing.
CREATE OR REPLACE FUNCTION access_issue_code(code uuid, person uuid, mandate uuid, secret bytea, by_channel text, number_end text,
  at timestamptz, ends timestamptz, most integer, since timestamptz)
RETURNS TABLE (login text, fresh boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_demand('sign_in:issue', person);
  own uuid := (SELECT u.id FROM access_unit u WHERE u.code = 'OWN');
  holder uuid;
  post uuid;
BEGIN
  PERFORM 1 FROM people_person q WHERE q.id = person FOR NO KEY UPDATE;
  IF mandate IS NOT NULL THEN
    SELECT p.account_id INTO holder FROM access_mandate m JOIN access_post p ON p.id = m.post_id
     WHERE m.id = mandate AND m.person_id = person AND m.ended_at IS NULL AND m.to_at > at;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'guitu: mandate unknown or over' USING ERRCODE = 'GU005';
    END IF;
  ELSE
    SELECT p.account_id INTO holder FROM access_reach r JOIN access_post p ON p.id = r.post_id
     WHERE r.person_id = person AND r.relation = 'self' AND r.to_at IS NULL;
    IF NOT FOUND THEN
      holder := gen_random_uuid();
      post := gen_random_uuid();
      INSERT INTO access_account (id, login, name, password, active, failed_count, must_change, for_person)
      SELECT holder, q.number, '本人', '!', true, 0, false, true FROM people_person q WHERE q.id = person;
      INSERT INTO access_post (id, account_id, unit_id, role, title, from_at)
      VALUES (post, holder, own, 'PERSON', '本人', at);
      INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at)
      SELECT gen_random_uuid(), person, u.division, u.id, post, 'self', at FROM access_unit u WHERE u.id = own;
    END IF;
  END IF;
  IF EXISTS (SELECT 1 FROM access_sign_in_code c WHERE c.id = code) THEN
    RETURN QUERY SELECT a.login, false FROM access_sign_in_code c JOIN access_account a ON a.id = c.account_id
      WHERE c.id = code AND c.account_id = holder;
    RETURN;
  END IF;
  IF (SELECT count(*) FROM access_sign_in_code c WHERE c.account_id = holder AND c.issued_at > since) >= most THEN
    RAISE EXCEPTION 'guitu: too many codes for this person' USING ERRCODE = 'GU020';
  END IF;
  UPDATE access_sign_in_code c SET ended_at = at WHERE c.account_id = holder AND c.used_at IS NULL AND c.ended_at IS NULL;
  INSERT INTO access_sign_in_code (id, account_id, digest, channel, told_to, issued_at, issued_by, expires_at, failed_count)
  VALUES (code, holder, secret, by_channel, number_end, at, s.post_id, ends, 0);
  RETURN QUERY SELECT a.login, true FROM access_account a WHERE a.id = holder;
END $$;

-- A code that was not handed over after all (the message could not be sent) is void.
CREATE OR REPLACE FUNCTION access_void_code(code uuid, person uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_demand('sign_in:issue', person);
BEGIN
  UPDATE access_sign_in_code c SET ended_at = at
   WHERE c.id = code AND c.issued_by = s.post_id AND c.used_at IS NULL AND c.ended_at IS NULL;
END $$;

-- The codes issued for a person and for those who speak for them: for the officers who issue them and for the person.
CREATE OR REPLACE FUNCTION access_codes_of(person uuid, most integer)
RETURNS TABLE (login text, for_mandate uuid, channel text, told_to text, issued_at timestamptz, unit_id uuid, post_title text,
  expires_at timestamptz, bound_at timestamptz, used_at timestamptz, ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF access_may('my_road:read') THEN
    PERFORM access_demand('my_road:read', person);
  ELSE
    PERFORM access_demand('sign_in:issue', person);
  END IF;
  RETURN QUERY SELECT a.login, m.id, c.channel, c.told_to, c.issued_at, o.unit_id, o.title, c.expires_at, c.bound_at, c.used_at,
      c.ended_at
    FROM (SELECT r.post_id FROM access_reach r WHERE r.person_id = person AND r.relation = 'self'
      UNION SELECT n.post_id FROM access_mandate n WHERE n.person_id = person) AS own
    JOIN access_post p ON p.id = own.post_id JOIN access_account a ON a.id = p.account_id
    JOIN access_sign_in_code c ON c.account_id = a.id JOIN access_post o ON o.id = c.issued_by
    LEFT JOIN access_mandate m ON m.post_id = p.id
   ORDER BY c.issued_at DESC, c.id LIMIT most;
END $$;

-- Whoever is only asked to attend gets a post of their own and no sight of the person: what is addressed to the post is all.
CREATE OR REPLACE FUNCTION access_record_mandate(mandate uuid, person uuid, number text, sealed bytea, kinship text, as_scope text,
  paper text, begins timestamptz, ends timestamptz, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_demand('mandate:record', person);
  holder uuid := gen_random_uuid();
  post uuid := gen_random_uuid();
  own uuid := (SELECT u.id FROM access_unit u WHERE u.code = 'OWN');
  words text := CASE as_scope WHEN 'ATTEND' THEN '应邀到场' ELSE '受托人' END;
BEGIN
  PERFORM 1 FROM people_person q WHERE q.id = person FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM access_mandate m WHERE m.id = mandate) THEN
    RETURN false;
  END IF;
  INSERT INTO access_account (id, login, name, password, active, failed_count, must_change, for_person)
  VALUES (holder, number, words, '!', true, 0, false, true);
  INSERT INTO access_post (id, account_id, unit_id, role, title, from_at, to_at)
  VALUES (post, holder, own, CASE as_scope WHEN 'ATTEND' THEN 'COMPANION' ELSE 'REPRESENTATIVE' END, words, begins, ends);
  INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at, to_at)
  SELECT gen_random_uuid(), person, u.division, u.id, post, 'mandate', begins, ends FROM access_unit u WHERE u.id = own
     AND as_scope <> 'ATTEND';
  INSERT INTO access_mandate (id, person_id, division, post_id, sealed_name, relation, scope, document, from_at, to_at,
    recorded_at, recorded_by)
  SELECT mandate, person, u.division, post, sealed, kinship, as_scope, paper, begins, ends, at, s.post_id
    FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.id = s.post_id;
  RETURN true;
END $$;

-- End a mandate before its day: by an officer who may record one, or by the person who gave it. Its sessions end with it.
CREATE OR REPLACE FUNCTION access_end_mandate(mandate uuid, person uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  held uuid;
BEGIN
  IF (SELECT p.role FROM access_post p WHERE p.id = s.post_id) = 'PERSON' THEN
    PERFORM access_demand('my_road:speak', person);
  ELSE
    PERFORM access_demand('mandate:record', person);
  END IF;
  UPDATE access_mandate m SET ended_at = at, ended_by = s.post_id
   WHERE m.id = mandate AND m.person_id = person AND m.ended_at IS NULL AND m.to_at > at RETURNING m.post_id INTO held;
  IF held IS NULL THEN
    RETURN false;
  END IF;
  UPDATE access_post p SET to_at = greatest(at, p.from_at + interval '1 microsecond') WHERE p.id = held;
  UPDATE access_reach r SET to_at = greatest(at, r.from_at) WHERE r.post_id = held;
  UPDATE access_session x SET ended_at = clock_timestamp() WHERE x.post_id = held AND x.ended_at IS NULL;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION access_mandates_of(person uuid)
RETURNS TABLE (id uuid, login text, sealed_name bytea, relation text, scope text, document text, from_at timestamptz,
  to_at timestamptz, recorded_at timestamptz, unit_id uuid, ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF access_may('my_road:read') THEN
    PERFORM access_demand('my_road:read', person);
  ELSE
    PERFORM access_demand('mandate:record', person);
  END IF;
  RETURN QUERY SELECT m.id, a.login, m.sealed_name, m.relation, m.scope, m.document, m.from_at, m.to_at, m.recorded_at, o.unit_id,
      m.ended_at
    FROM access_mandate m JOIN access_post p ON p.id = m.post_id JOIN access_account a ON a.id = p.account_id
    JOIN access_post o ON o.id = m.recorded_by
   WHERE m.person_id = person ORDER BY m.from_at DESC, m.id;
END $$;

-- Who looked at a person, for the person: unit, post, purpose and time, never a name, and not their own looks. `total` counts all.
DROP FUNCTION IF EXISTS access_looks_by_others(uuid, integer, integer);
CREATE FUNCTION access_looks_by_others(person uuid, skipped integer, most integer)
RETURNS TABLE (at timestamptz, unit text, unit_en text, post text, purpose text, action text, fields text[], outcome text,
  reason text, glass boolean, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  some_held boolean := access_holds_any(person);
  told timestamptz := '-infinity';
BEGIN
  PERFORM access_demand(CASE WHEN access_may('rights:build') THEN 'rights:build' ELSE 'my_road:read' END, person);
  IF access_may('rights:build') THEN  -- an office makes the copy: what had ended when it was asked for is told on My road alone
    told := coalesce((SELECT max(x.before) FROM ledger_ending x WHERE x.record_class = 'TRACES' AND x.at <= (SELECT min(r.asked_at)
      FROM rights_request r JOIN access_errand e ON e.about = r.id AND e.ended_at IS NULL WHERE r.person_id = person)), told);
  END IF;
  RETURN QUERY SELECT t.at, u.name, u.name_en, p.title, t.purpose, t.action, t.fields::text[], t.outcome,
      t.reason, t.glass_id IS NOT NULL, count(*) OVER ()
    FROM access_trace t JOIN access_unit u ON u.id = t.unit_id JOIN access_post p ON p.id = t.post_id
   WHERE t.subjects @> ARRAY[person] AND p.role <> 'PERSON' AND t.outcome <> 'ASKED' AND t.at >= told
     AND (t.action NOT LIKE 'complaint:%' OR NOT access_may('rights:build'))
     AND (NOT some_held OR NOT access_held_back(t, person)) ORDER BY t.at DESC, t.id OFFSET skipped LIMIT most;
END $$;

-- The account behind the token of a session, also of one that is over: whom a kept form belongs to.
CREATE OR REPLACE FUNCTION access_holder(hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p.account_id FROM access_session x JOIN access_post p ON p.id = x.post_id WHERE x.token_hash = hash;
$$;
