-- Tokens of other systems. A token is an acting session of a machine post with one single purpose; every other function of
-- the cage asks it like any session. The page's token opens no interface, the interface's token opens no page.

-- Put a token in place: for owner (the command line) and for access_issue_token only.
CREATE OR REPLACE FUNCTION access_put_token(hash bytea, post uuid, wanted text, called text, lasts interval, at timestamptz,
  by_post uuid, by_user text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  holder uuid := (SELECT p.account_id FROM access_post p JOIN access_api_client c ON c.account_id = p.account_id WHERE p.id = post);
  held uuid;
  made uuid := gen_random_uuid();
BEGIN
  PERFORM access_moment(at);
  IF holder IS NULL THEN
    RAISE EXCEPTION 'guitu: not a post of a registered system' USING ERRCODE = 'GU004';
  END IF;
  lasts := least(lasts, (SELECT t.token FROM access_terms() t));
  held := access_mint(hash, holder, post, lasts, lasts);
  UPDATE access_session s SET purposes = ARRAY[wanted] WHERE s.id = held AND wanted = ANY (s.purposes);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guitu: purpose not allowed for this post' USING ERRCODE = 'GU003';
  END IF;
  INSERT INTO access_api_token (id, session_id, name, purpose, issued_at, issued_by, issued_at_machine_by, ended_at_machine_by,
    minute_calls, calls) VALUES (made, held, called, wanted, at, by_post, by_user, '', 0, 0);
  RETURN made;
END $$;

-- Whether the acting post may issue and end tokens for this post: the permission, and the post's unit within the range.
CREATE OR REPLACE FUNCTION access_administers(post uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN access_may('token:issue') AND EXISTS (SELECT 1 FROM access_post p JOIN access_unit u ON u.id = p.unit_id
    WHERE p.id = post AND u.division >= s.low AND u.division < s.high);
END $$;

CREATE OR REPLACE FUNCTION access_issue_token(hash bytea, post uuid, wanted text, called text, lasts interval, at timestamptz)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(at);
  IF NOT access_administers(post) THEN
    RAISE EXCEPTION 'guitu: no such post in office' USING ERRCODE = 'GU004';
  END IF;
  RETURN access_put_token(hash, post, wanted, called, lasts, at, s.post_id, '');
END $$;

-- True when it was an open token of a post that the acting post administers; anything else answers false.
CREATE OR REPLACE FUNCTION access_end_token(which uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(at);
  UPDATE access_session x SET ended_at = at FROM access_api_token t
   WHERE t.id = which AND x.id = t.session_id AND x.ended_at IS NULL AND access_administers(x.post_id);
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE access_api_token SET ended_by = s.post_id WHERE id = which;
  RETURN true;
END $$;

-- The tokens of the posts that the acting post administers, newest first; never the token itself.
CREATE OR REPLACE FUNCTION access_tokens()
RETURNS TABLE (id uuid, name text, purpose text, post_id uuid, post text, holder text, unit text, role text,
  issued_at timestamptz, expires_at timestamptz, ended_at timestamptz, last_seen_at timestamptz, calls bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.id, t.name, t.purpose, p.id, p.title, a.name, u.name, p.role, t.issued_at, x.expires_at,
      coalesce(x.ended_at, p.to_at), CASE WHEN t.calls > 0 THEN x.last_seen_at END, t.calls
    FROM access_api_token t JOIN access_session x ON x.id = t.session_id JOIN access_post p ON p.id = x.post_id
    JOIN access_account a ON a.id = p.account_id JOIN access_unit u ON u.id = p.unit_id
   WHERE access_administers(p.id) AND x.expires_at >= ledger_told_from('TOKENS') ORDER BY t.issued_at DESC, t.id;
END $$;

-- Who calls: the token, its post, unit and range, and how often it has called since `minute`, this call included. The call is
-- counted here, once, so that several processes count together.
CREATE OR REPLACE FUNCTION access_calling(minute timestamptz)
RETURNS TABLE (token_id uuid, minute_calls integer, account_id uuid, account_name text, post_id uuid, post_title text, role text,
  unit_id uuid, unit_name text, unit_kind text, division varchar, low varchar, high varchar, purposes text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session; secret text := current_setting('guitu.token', true); counted access_api_token;
BEGIN
  SELECT x.* INTO s FROM access_session x JOIN access_api_token t ON t.session_id = x.id
   WHERE x.token_hash = sha256(convert_to(coalesce(secret, ''), 'UTF8'));
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('guitu.purpose', s.purposes[1], true);
  s := access_acting();
  UPDATE access_api_token t SET calls = t.calls + 1, minute_at = minute,
         minute_calls = CASE WHEN t.minute_at = minute THEN t.minute_calls + 1 ELSE 1 END
   WHERE t.session_id = s.id RETURNING t.* INTO counted;
  UPDATE access_session x SET last_seen_at = clock_timestamp()
   WHERE x.id = s.id AND x.last_seen_at < clock_timestamp() - interval '1 minute';
  RETURN QUERY SELECT counted.id, counted.minute_calls, a.id, a.name, p.id, p.title, p.role, u.id, u.name, u.kind, u.division,
      s.low, s.high, s.purposes::text[]
    FROM access_post p JOIN access_account a ON a.id = p.account_id JOIN access_unit u ON u.id = p.unit_id
   WHERE p.id = s.post_id;
END $$;

-- Claim a call under the key its sender chose, or find what is held under it. Only calls of the acting token exist here.
-- `fresh`: it was not there before; `same`: it asks for the same thing. What has lapsed goes first, of whomever.
CREATE OR REPLACE FUNCTION access_claim_call(keyed bytea, asked bytea, at timestamptz, until timestamptz)
RETURNS TABLE (id uuid, fresh boolean, same boolean, status smallint, sealed_answer bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  own uuid := (SELECT t.id FROM access_api_token t WHERE t.session_id = s.id);
  made uuid;
BEGIN
  PERFORM access_moment(at);
  IF own IS NULL THEN
    RAISE EXCEPTION 'guitu: not a token of the interface' USING ERRCODE = 'GU006';
  END IF;
  DELETE FROM access_api_call c WHERE c.expires_at <= at;
  INSERT INTO access_api_call AS c (id, token_id, key_hash, request_digest, claimed_at, expires_at)
  VALUES (gen_random_uuid(), own, keyed, asked, at, until)
  ON CONFLICT ON CONSTRAINT access_api_call_once DO NOTHING RETURNING c.id INTO made;
  RETURN QUERY SELECT c.id, made IS NOT NULL, c.request_digest = asked, c.status, c.sealed_answer
    FROM access_api_call c WHERE c.token_id = own AND c.key_hash = keyed;
END $$;

-- Keep the first answer to an own call; a later one changes nothing.
CREATE OR REPLACE FUNCTION access_answer_call(which uuid, told smallint, sealed bytea, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(at);
  UPDATE access_api_call c SET status = told, sealed_answer = sealed, answered_at = at FROM access_api_token t
   WHERE c.id = which AND c.answered_at IS NULL AND t.id = c.token_id AND t.session_id = s.id;
END $$;

-- Whom a post was told of through the interface within a time, each with the last moment of a line.
CREATE OR REPLACE FUNCTION access_handed_out(post uuid, within interval) RETURNS TABLE (person uuid, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.person, max(t.at) FROM access_trace t, unnest(t.subjects) AS u (person)
   WHERE t.post_id = post AND t.action = 'interface:read' AND t.outcome = 'ALLOWED' AND t.at > clock_timestamp() - within
   GROUP BY u.person;
$$;

-- Note whom an answer of the interface is about, before it goes out. A post may be told of so many persons within the rulebook's time
-- (access_interface_most, made by compile), each counted once and the post's tokens together; the count is that of the trace, which
-- nobody rewrites, by the database's clock. Who is new gets a line; above the limit the refusal leaves one, and nothing goes out.
CREATE OR REPLACE FUNCTION access_hand_out(persons uuid[])
RETURNS TABLE (refused boolean, most integer, remaining integer, free_at timestamptz, wait integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  s access_session := access_seeing();
  own access_post;
  within interval;
  fresh uuid[];
  told integer;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM access_api_token t WHERE t.session_id = s.id) THEN
    RAISE EXCEPTION 'guitu: not a token of the interface' USING ERRCODE = 'GU006';
  END IF;
  -- Two calls at once wait for each other, so that together they count as one after the other.
  SELECT p.* INTO own FROM access_post p WHERE p.id = s.post_id FOR NO KEY UPDATE;
  SELECT CASE WHEN access_may('interface:read') THEN r.most ELSE 0 END, r.within INTO most, within FROM access_interface_most(own.role) r;
  fresh := ARRAY(SELECT DISTINCT g.person FROM unnest(persons) AS g (person)
    WHERE NOT EXISTS (SELECT 1 FROM access_handed_out(own.id, within) h WHERE h.person = g.person));
  IF cardinality(fresh) > (SELECT count(*) FROM people_person q WHERE q.id = ANY (fresh)
      AND ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (access_shared()))) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  SELECT count(*) INTO told FROM access_handed_out(own.id, within);
  refused := told + cardinality(fresh) > most;
  remaining := greatest(0, most - told - CASE WHEN refused THEN 0 ELSE cardinality(fresh) END);
  IF cardinality(fresh) > 0 THEN
    INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome)
    VALUES (gen_random_uuid(), clock_timestamp(), own.id, own.unit_id, current_setting('guitu.purpose', true), 'interface:read',
      -- Whoever was named by a refusal within the time is not named again by each repetition.
      CASE WHEN refused THEN ARRAY(SELECT f.person FROM unnest(fresh) AS f (person) EXCEPT
        SELECT u.person FROM access_trace t, unnest(t.subjects) AS u (person) WHERE t.post_id = own.id AND t.action = 'interface:read'
          AND t.outcome = 'DENIED' AND t.at > clock_timestamp() - within) ELSE fresh END,
      '{}', CASE WHEN refused THEN 'DENIED' ELSE 'ALLOWED' END);
  END IF;
  -- When somebody is free again; of what was refused, when all of it would be; never, where it is more than all.
  free_at := (SELECT h.at + within FROM access_handed_out(own.id, within) h ORDER BY h.at
    OFFSET CASE WHEN refused THEN told + cardinality(fresh) - most - 1 ELSE 0 END LIMIT 1);
  wait := ceil(extract(epoch FROM free_at - clock_timestamp()))::integer;
  RETURN NEXT;
END $$;
