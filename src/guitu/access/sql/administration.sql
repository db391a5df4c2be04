-- What the three administrators do on their pages. Each function asks for its permission itself, keeps to the range of the
-- administrator's unit, and leaves its line in access_change. No person's row is touched; guitu_app reads no digest of a password.

CREATE OR REPLACE FUNCTION access_note_change(what_happened text, whose uuid, of_post uuid, of_unit uuid, at timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(at);
  INSERT INTO access_change (id, at, done_by, what, account_id, post_id, unit_id, by_post_id)
  SELECT gen_random_uuid(), access_note_change.at, a.name, what_happened, whose, of_post, of_unit, p.id
    FROM access_post p JOIN access_account a ON a.id = p.account_id WHERE p.id = s.post_id;
END $$;

-- The acting session, if its post holds the permission; the unit, if one is named, must lie in its range.
CREATE OR REPLACE FUNCTION access_in_charge(wanted text, of_unit uuid) RETURNS access_session
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF NOT access_may(wanted) THEN
    RAISE EXCEPTION 'guitu: permission % is missing', wanted USING ERRCODE = 'GU006';
  END IF;
  IF of_unit IS NOT NULL AND NOT EXISTS (SELECT 1 FROM access_unit u WHERE u.id = of_unit
      AND u.division >= s.low AND u.division_end <= s.high) THEN
    RAISE EXCEPTION 'guitu: unit outside the range' USING ERRCODE = 'GU007';
  END IF;
  RETURN s;
END $$;

-- '' when made, else why not: TAKEN.
CREATE OR REPLACE FUNCTION access_add_account(new_id uuid, new_login text, new_name text, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('account:add', NULL);
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM access_account a WHERE a.id = new_id) THEN RETURN ''; END IF;
  IF EXISTS (SELECT 1 FROM access_account a WHERE a.login = new_login) THEN RETURN 'TAKEN'; END IF;
  INSERT INTO access_account (id, login, name, password, active, failed_count, must_change, for_person)
  VALUES (new_id, new_login, new_name, '!' || gen_random_uuid()::text, true, 0, false, false);
  PERFORM access_note_change('ACCOUNT_ADDED', new_id, NULL, NULL, at);
  RETURN '';
END $$;

-- '' when proposed (the same id twice is one proposal), else why not: ACCOUNT, UNIT, HELD, OWN.
CREATE OR REPLACE FUNCTION access_propose_post(new_id uuid, whose uuid, of_unit uuid, as_role text, as_title text,
  starts timestamptz, ends timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('post:propose', of_unit);
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM access_proposal x WHERE x.id = new_id) THEN RETURN ''; END IF;
  IF NOT EXISTS (SELECT 1 FROM access_account a WHERE a.id = whose AND a.active AND NOT a.for_person) THEN
    RETURN 'ACCOUNT';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM access_unit u WHERE u.id = of_unit AND u.to_at IS NULL) THEN RETURN 'UNIT'; END IF;
  IF whose = (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id) THEN RETURN 'OWN'; END IF;
  IF EXISTS (SELECT 1 FROM access_post p WHERE p.account_id = whose AND p.unit_id = of_unit AND p.role = as_role
      AND tstzrange(p.from_at, p.to_at) && tstzrange(starts, ends)) THEN
    RETURN 'HELD';
  END IF;
  INSERT INTO access_proposal (id, account_id, unit_id, role, title, from_at, to_at, proposed_by_id, proposed_at, decision, reason)
  VALUES (new_id, whose, of_unit, as_role, as_title, starts, ends, s.post_id, at, '', '');
  PERFORM access_note_change('POST_PROPOSED', whose, NULL, of_unit, at);
  RETURN '';
END $$;

-- '' when decided, else why not: UNKNOWN, DECIDED, OWN (the proposer's or the beneficiary's own hand, or a namesake's confirmation:
-- one human may hold two accounts), SEPARATED, UNIT.
CREATE OR REPLACE FUNCTION access_decide_post(which uuid, confirmed boolean, why text, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('post:confirm', (SELECT x.unit_id FROM access_proposal x WHERE x.id = which));
  held access_proposal;
  own_account uuid := (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id);
  made uuid := gen_random_uuid();
BEGIN
  PERFORM access_moment(at);
  SELECT x.* INTO held FROM access_proposal x WHERE x.id = which FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF held.decision <> '' THEN RETURN 'DECIDED'; END IF;
  IF own_account = held.account_id
     OR own_account = (SELECT p.account_id FROM access_post p WHERE p.id = held.proposed_by_id)
     OR (confirmed AND EXISTS (SELECT 1 FROM access_account n JOIN access_account a ON a.name = n.name AND a.id = own_account
       WHERE n.id = held.account_id OR n.id = (SELECT p.account_id FROM access_post p WHERE p.id = held.proposed_by_id))) THEN
    RETURN 'OWN';
  END IF;
  IF NOT confirmed THEN
    UPDATE access_proposal SET decision = 'REFUSED', decided_by_id = s.post_id, decided_at = at, reason = why WHERE id = which;
    PERFORM access_note_change('POST_REFUSED', held.account_id, NULL, held.unit_id, at);
    RETURN '';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM access_unit u WHERE u.id = held.unit_id AND u.to_at IS NULL) THEN RETURN 'UNIT'; END IF;
  BEGIN
    INSERT INTO access_post (id, account_id, unit_id, role, title, from_at, to_at)
    VALUES (made, held.account_id, held.unit_id, held.role, held.title, held.from_at, held.to_at);
  EXCEPTION WHEN exclusion_violation THEN
    RETURN 'SEPARATED';
  END;
  UPDATE access_proposal SET decision = 'CONFIRMED', decided_by_id = s.post_id, decided_at = at, post_id = made WHERE id = which;
  PERFORM access_note_change('POST_FILLED', held.account_id, made, held.unit_id, at);
  RETURN '';
END $$;

-- '' when ended with its sessions, else why not: UNKNOWN, OWN.
CREATE OR REPLACE FUNCTION access_end_post(which uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('post:end', (SELECT p.unit_id FROM access_post p WHERE p.id = which));
  held access_post;
BEGIN
  PERFORM access_moment(at);
  SELECT p.* INTO held FROM access_post p WHERE p.id = which AND p.role <> 'TICK' AND p.from_at < at
    AND (p.to_at IS NULL OR p.to_at > at) FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF held.account_id = (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id) THEN RETURN 'OWN'; END IF;
  UPDATE access_post SET to_at = at WHERE id = which;
  UPDATE access_session SET ended_at = clock_timestamp() WHERE post_id = which AND ended_at IS NULL;
  PERFORM access_note_change('POST_ENDED', held.account_id, which, held.unit_id, at);
  RETURN '';
END $$;

-- '' when done, else why not: UNKNOWN, OWN. Unlocking takes the count of failures back too; locking ends all sessions.
CREATE OR REPLACE FUNCTION access_lock_account(which uuid, locked boolean, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('account:lock', NULL);
BEGIN
  PERFORM access_moment(at);
  IF NOT EXISTS (SELECT 1 FROM access_accounts('', 0, 2147483647) a WHERE a.id = which) THEN RETURN 'UNKNOWN'; END IF;
  IF which = (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id) THEN RETURN 'OWN'; END IF;
  UPDATE access_account SET active = NOT locked, failed_count = 0, locked_until = NULL WHERE id = which;
  IF locked THEN
    UPDATE access_session x SET ended_at = clock_timestamp() FROM access_post p
     WHERE p.id = x.post_id AND p.account_id = which AND x.ended_at IS NULL;
  END IF;
  PERFORM access_note_change(CASE WHEN locked THEN 'ACCOUNT_LOCKED' ELSE 'ACCOUNT_UNLOCKED' END, which, NULL, NULL, at);
  RETURN '';
END $$;

-- '' when set: a digest made by the application, to be changed at the next sign-in. Else why not: UNKNOWN, OWN; OTHER_HAND: whoever
-- knew the password of another of the three administrators could act as both; OUTSIDE: a post reaches where this one does not.
CREATE OR REPLACE FUNCTION access_give_password(which uuid, digest text, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('account:reset', NULL);
BEGIN
  PERFORM access_moment(at);
  IF NOT EXISTS (SELECT 1 FROM access_accounts('', 0, 2147483647) a WHERE a.id = which) THEN RETURN 'UNKNOWN'; END IF;
  IF which = (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id) THEN RETURN 'OWN'; END IF;
  IF EXISTS (SELECT 1 FROM access_post p WHERE p.account_id = which AND p.role = ANY (access_separated_roles())
      AND p.role <> (SELECT o.role FROM access_post o WHERE o.id = s.post_id)
      AND (p.to_at IS NULL OR p.to_at > clock_timestamp())) THEN
    RETURN 'OTHER_HAND';
  END IF;
  IF EXISTS (SELECT 1 FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.account_id = which
      AND (p.to_at IS NULL OR p.to_at > clock_timestamp()) AND NOT (u.division >= s.low AND u.division_end <= s.high)) THEN
    RETURN 'OUTSIDE';
  END IF;
  UPDATE access_account SET password = digest, password_set_at = at, must_change = true, failed_count = 0,
    locked_until = NULL WHERE id = which;
  INSERT INTO access_past_password (id, account_id, password, set_at) VALUES (gen_random_uuid(), which, digest, at);
  UPDATE access_session x SET ended_at = clock_timestamp() FROM access_post p
   WHERE p.id = x.post_id AND p.account_id = which AND x.ended_at IS NULL;
  PERFORM access_note_change('PASSWORD_SET', which, NULL, NULL, at);
  RETURN '';
END $$;

-- Accounts of officers whose posts, now or ever, lie in the administrator's range, and those that hold none yet.
CREATE OR REPLACE FUNCTION access_accounts(words text, skip integer, most integer)
RETURNS TABLE (id uuid, login text, name text, active boolean, locked_until timestamptz, has_password boolean, posts text[],
  total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('account:list', NULL);
BEGIN
  RETURN QUERY SELECT a.id, a.login, a.name, a.active, a.locked_until, left(a.password, 1) <> '!',
      ARRAY(SELECT p.title || ' · ' || u.name FROM access_post p JOIN access_unit u ON u.id = p.unit_id
             WHERE p.account_id = a.id AND p.from_at <= clock_timestamp()
               AND (p.to_at IS NULL OR p.to_at > clock_timestamp()) ORDER BY p.title, p.id),
      count(*) OVER ()
    FROM access_account a
   WHERE NOT a.for_person AND NOT EXISTS (SELECT 1 FROM access_post m WHERE m.account_id = a.id AND m.role = 'TICK')
     AND (words = '' OR strpos(a.login, words) > 0 OR strpos(a.name, words) > 0)
     AND (EXISTS (SELECT 1 FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.account_id = a.id
                   AND u.division >= s.low AND u.division_end <= s.high)
          OR NOT EXISTS (SELECT 1 FROM access_post p WHERE p.account_id = a.id))
   ORDER BY a.login OFFSET skip LIMIT most;
END $$;

-- The audit administrator's three lists. Days are half-open; `who` narrows by name or login. The lines of the page are chosen before
-- anything is looked up for them; `total` counts no further than `counted`, or than the page: more than that says that there are more.
DROP FUNCTION IF EXISTS access_changes(timestamptz, timestamptz, text, integer, integer);
CREATE OR REPLACE FUNCTION access_changes(since timestamptz, until timestamptz, who text, skip integer, most integer, counted integer)
RETURNS TABLE (at timestamptz, what text, done_by text, by_title text, account text, login text, role text, unit text,
  total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE s access_session := access_in_charge('audit:read', NULL);
BEGIN
  RETURN QUERY WITH found AS MATERIALIZED (
    SELECT c.id, c.at, c.what, c.done_by, coalesce(b.title, '') AS by_title, coalesce(a.name, '') AS account,
        coalesce(a.login, '') AS login, coalesce(p.role, '') AS role, coalesce(u.name, '') AS unit
      FROM access_change c LEFT JOIN access_post b ON b.id = c.by_post_id LEFT JOIN access_account a ON a.id = c.account_id
      LEFT JOIN access_post p ON p.id = c.post_id LEFT JOIN access_unit u ON u.id = coalesce(c.unit_id, p.unit_id)
     WHERE c.at >= since AND c.at < until AND NOT coalesce(a.for_person, false)
       AND (who = '' OR strpos(c.done_by, who) > 0 OR strpos(coalesce(a.name, ''), who) > 0 OR strpos(coalesce(a.login, ''), who) > 0)
       AND (u.id IS NULL OR (u.division >= s.low AND u.division_end <= s.high))
     ORDER BY c.at DESC, c.id LIMIT greatest(skip + most, counted) + 1)
  SELECT f.at, f.what, f.done_by, f.by_title, f.account, f.login, f.role, f.unit, (SELECT count(*) FROM found)
    FROM found f ORDER BY f.at DESC, f.id OFFSET skip LIMIT most;
END $$;

DROP FUNCTION IF EXISTS access_sign_ins(timestamptz, timestamptz, text, boolean, integer, integer);
CREATE OR REPLACE FUNCTION access_sign_ins(since timestamptz, until timestamptz, who text, failed boolean, skip integer,
  most integer, counted integer)
RETURNS TABLE (at timestamptz, outcome text, account text, login text, address text, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE s access_session := access_in_charge('audit:read', NULL);
  told timestamptz := greatest(since, ledger_told_from('SIGN_INS'));
  accounts uuid[];
BEGIN
  IF who <> '' THEN
    accounts := ARRAY(SELECT a.id FROM access_account a WHERE strpos(a.name, who) > 0 OR strpos(a.login, who) > 0);
  END IF;
  RETURN QUERY WITH found AS MATERIALIZED (
    SELECT h.id, h.at, h.outcome, coalesce(a.name, '') AS account, coalesce(a.login, '') AS login, h.address
      FROM access_sign_in h LEFT JOIN access_account a ON a.id = h.account_id
     WHERE h.at >= told AND h.at < until AND NOT coalesce(a.for_person, false)
       AND (NOT failed OR h.outcome IN ('FAILED', 'CODE_FAILED', 'PASSKEY_FAILED', 'LOCKED', 'REFUSED'))
       AND (accounts IS NULL OR h.account_id = ANY (accounts))
       AND (h.account_id IS NULL OR h.account_id IN (SELECT p.account_id FROM access_post p JOIN access_unit u ON u.id = p.unit_id
         WHERE u.division >= s.low AND u.division_end <= s.high))
     ORDER BY h.at DESC, h.id LIMIT greatest(skip + most, counted) + 1)
  SELECT f.at, f.outcome, f.account, f.login, f.address, (SELECT count(*) FROM found)
    FROM found f ORDER BY f.at DESC, f.id OFFSET skip LIMIT most;
END $$;

-- Whom the request was about is not told: the list is about the hand that was turned away.
DROP FUNCTION IF EXISTS access_refusals(timestamptz, timestamptz, text, integer, integer);
CREATE OR REPLACE FUNCTION access_refusals(since timestamptz, until timestamptz, who text, skip integer, most integer, counted integer)
RETURNS TABLE (at timestamptz, outcome text, action text, purpose text, holder text, title text, unit text, persons integer,
  total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE s access_session := access_in_charge('audit:read', NULL);
  told timestamptz := greatest(since, ledger_told_from('TRACES'));
BEGIN
  RETURN QUERY WITH found AS MATERIALIZED (
    SELECT t.id, t.at, t.outcome, t.action, t.purpose, a.name AS holder, p.title, u.name AS unit, cardinality(t.subjects) AS persons
      FROM access_trace t JOIN access_post p ON p.id = t.post_id JOIN access_account a ON a.id = p.account_id
      JOIN access_unit u ON u.id = t.unit_id
     WHERE t.outcome NOT IN ('ALLOWED', 'ASKED') AND t.at >= told AND t.at < until AND NOT a.for_person
       AND (who = '' OR strpos(a.name, who) > 0 OR strpos(a.login, who) > 0)
       AND u.division >= s.low AND u.division_end <= s.high
     ORDER BY t.at DESC, t.id LIMIT greatest(skip + most, counted) + 1)
  SELECT f.at, f.outcome, f.action, f.purpose, f.holder, f.title, f.unit, f.persons, (SELECT count(*) FROM found)
    FROM found f ORDER BY f.at DESC, f.id OFFSET skip LIMIT most;
END $$;
