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
  PERFORM access_moment(at);
  -- No code is good for longer, and none is one more, than the rulebook has it, whatever the caller says (made by compile).
  SELECT least(ends, at + CASE by_channel WHEN 'SLIP' THEN t.code ELSE t.message END), least(access_issue_code.most, t.codes),
      least(since, at - t.codes_within) INTO ends, most, since FROM access_terms() t;
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
  PERFORM access_moment(at);
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

-- From which moment on somebody is of age: the day after the birthday (people_majority is made by compile; a year without the 29th of
-- February has it on the 28th). Null where no day of birth is held.
CREATE OR REPLACE FUNCTION people_of_age_from(born date) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN ((born + people_majority())::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai';
END $$;

-- What was given for a juvenile rests on guardianship (民法典 19, 23, 27) and ends with it, however long the paper runs: the mandate, the
-- post that signs in by it, the sight of the person. So it does when a day of birth is corrected.
CREATE OR REPLACE FUNCTION access_mandates_end_with_minority(person uuid, of_age timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE posts uuid[];
BEGIN
  UPDATE access_mandate m SET with_minority = NOT m.with_minority
   WHERE m.person_id = person AND m.ended_at IS NULL AND m.with_minority <> coalesce(m.to_at = of_age, false);
  WITH ending AS (UPDATE access_mandate m SET to_at = of_age, with_minority = true
    WHERE m.person_id = person AND m.ended_at IS NULL AND m.from_at < of_age AND m.to_at > of_age RETURNING m.post_id)
  SELECT array_agg(e.post_id) INTO posts FROM ending e;
  UPDATE access_post p SET to_at = of_age WHERE p.id = ANY (posts);
  UPDATE access_reach r SET to_at = of_age WHERE r.post_id = ANY (posts) AND r.relation = 'mandate';
END $$;

CREATE OR REPLACE FUNCTION access_follow_birth() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_mandates_end_with_minority(NEW.id, people_of_age_from(NEW.birth_date));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER mandates_end_with_minority AFTER UPDATE OF birth_date ON people_person FOR EACH ROW
  WHEN (NEW.birth_date IS DISTINCT FROM OLD.birth_date) EXECUTE FUNCTION access_follow_birth();

-- End the mandates that ended because the person has come of age, so that the person and the office are told, each once. For the clock,
-- which reads those alone (index access_mandate_of_age): those that lapsed on their own day are never judged again.
CREATE OR REPLACE FUNCTION access_end_of_minority(as_of timestamptz, most integer)
RETURNS TABLE (mandate uuid, person_id uuid, division varchar, login text, responsible_unit_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(as_of);
  RETURN QUERY UPDATE access_mandate m SET ended_at = m.to_at, ended_by = s.post_id
      FROM people_person q, access_post h JOIN access_account a ON a.id = h.account_id
    WHERE q.id = m.person_id AND h.id = m.post_id AND m.id IN (SELECT n.id FROM access_mandate n
      WHERE n.ended_at IS NULL AND n.with_minority AND n.to_at <= as_of
      ORDER BY n.to_at, n.id LIMIT most FOR NO KEY UPDATE OF n SKIP LOCKED)
    RETURNING m.id, m.person_id, q.division, a.login, q.responsible_unit_id;
END $$;

-- Whoever is only asked to attend gets a post of their own and no sight of the person: what is addressed to the post is all.
-- Answers whether it is new and until when it holds; no row where it would be over already.
DROP FUNCTION IF EXISTS access_record_mandate(uuid, uuid, text, bytea, text, text, text, timestamptz, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION access_record_mandate(mandate uuid, person uuid, number text, sealed bytea, kinship text, as_scope text,
  paper text, begins timestamptz, ends timestamptz, at timestamptz) RETURNS TABLE (fresh boolean, holds_until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_demand('mandate:record', person);
  holder uuid := gen_random_uuid();
  post uuid := gen_random_uuid();
  own uuid := (SELECT u.id FROM access_unit u WHERE u.code = 'OWN');
  words text := CASE as_scope WHEN 'ATTEND' THEN '应邀到场' ELSE '受托人' END;
  of_age timestamptz := (SELECT people_of_age_from(q.birth_date) FROM people_person q WHERE q.id = person);
BEGIN
  PERFORM access_moment(at);
  PERFORM 1 FROM people_person q WHERE q.id = person FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM access_mandate m WHERE m.id = mandate) THEN
    RETURN QUERY SELECT false, m.to_at FROM access_mandate m WHERE m.id = mandate AND m.person_id = person;
    RETURN;
  END IF;
  IF of_age > begins THEN
    ends := least(ends, of_age);
  END IF;
  IF ends <= at THEN
    RETURN;
  END IF;
  INSERT INTO access_account (id, login, name, password, active, failed_count, must_change, for_person)
  VALUES (holder, number, words, '!', true, 0, false, true);
  INSERT INTO access_post (id, account_id, unit_id, role, title, from_at, to_at)
  VALUES (post, holder, own, CASE as_scope WHEN 'ATTEND' THEN 'COMPANION' ELSE 'REPRESENTATIVE' END, words, begins, ends);
  INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at, to_at)
  SELECT gen_random_uuid(), person, u.division, u.id, post, 'mandate', begins, ends FROM access_unit u WHERE u.id = own
     AND as_scope <> 'ATTEND';
  INSERT INTO access_mandate (id, person_id, division, post_id, sealed_name, relation, scope, document, from_at, to_at,
    recorded_at, recorded_by, with_minority)
  SELECT mandate, person, u.division, post, sealed, kinship, as_scope, paper, begins, ends, at, s.post_id, coalesce(ends = of_age, false)
    FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.id = s.post_id;
  RETURN QUERY SELECT true, ends;
END $$;

-- End a mandate before its day: by an officer who may record one, or by the person who gave it. Its sessions end with it.
CREATE OR REPLACE FUNCTION access_end_mandate(mandate uuid, person uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  held uuid;
BEGIN
  PERFORM access_moment(at);
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
  reason text, glass boolean, total bigint, look uuid, post_id uuid, unit_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  some_held boolean := access_holds_any(person);
  told timestamptz := '-infinity';
  builds boolean := access_may('rights:build');
BEGIN
  PERFORM access_demand(CASE WHEN builds THEN 'rights:build' ELSE 'my_road:read' END, person);
  IF builds THEN  -- an office makes the copy: what had ended when it was asked for is told on My road alone
    told := coalesce((SELECT max(x.before) FROM ledger_ending x WHERE x.record_class = 'TRACES' AND x.at <= (SELECT min(r.asked_at)
      FROM rights_request r JOIN access_errand e ON e.about = r.id AND e.ended_at IS NULL WHERE r.person_id = person)), told);
  END IF;
  RETURN QUERY SELECT t.at, u.name, u.name_en, p.title, t.purpose, t.action, t.fields::text[], t.outcome,
      t.reason, t.glass_id IS NOT NULL, count(*) OVER (), t.id, t.post_id, t.unit_id
    FROM access_trace t JOIN access_unit u ON u.id = t.unit_id JOIN access_post p ON p.id = t.post_id
   WHERE t.subjects @> ARRAY[person] AND p.role <> 'PERSON' AND t.outcome <> 'ASKED' AND t.at >= told
     -- Taking in a file is an act and stands among the acts; of one that the person is not to know of, nothing stands anywhere.
     AND (t.action <> 'paper:attach' OR t.outcome <> 'ALLOWED')
     -- An office makes the copy and may hand it over: of complaints, oversight and enquiries into looks My road alone tells.
     AND (NOT builds OR t.action NOT LIKE 'complaint:%' AND t.purpose NOT IN ('OVERSEE', 'REVIEW_LOOKS'))
     AND (NOT some_held OR NOT access_held_back(t, person)) ORDER BY t.at DESC, t.id OFFSET skipped LIMIT most;
END $$;

-- Whose a look was, for the person, where they asked for the name and it was granted: by the request, while the line of the look is kept
-- and not held back.
CREATE OR REPLACE FUNCTION access_look_names(person uuid) RETURNS TABLE (request uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE some_held boolean := access_holds_any(person);
BEGIN
  PERFORM access_demand('my_road:read', person);
  RETURN QUERY SELECT r.id, a.name::text FROM rights_request r JOIN access_trace t ON t.id = r.contested_entry AND t.post_id = r.contested_post
      JOIN access_post p ON p.id = t.post_id JOIN access_account a ON a.id = p.account_id
   WHERE r.person_id = person AND r.kind = 'LOOK_NAME' AND r.outcome = 'GRANTED' AND t.subjects @> ARRAY[person]
     AND (NOT some_held OR NOT access_held_back(t, person));
END $$;

-- The account behind the token of a session, also of one that is over: whom a kept form belongs to.
CREATE OR REPLACE FUNCTION access_holder(hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p.account_id FROM access_session x JOIN access_post p ON p.id = x.post_id WHERE x.token_hash = hash;
$$;
