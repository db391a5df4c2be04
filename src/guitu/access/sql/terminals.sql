-- Terminals for administration (docs/security.md, "Terminals for administration"). Whoever holds one of the three administrators'
-- posts administers only in a session that a passkey of an assessed terminal has opened; access_may asks at every act, so a lapsed or
-- withdrawn assessment counts at the next request. access_terminal_rules is made by compile from the rulebook, access_separated_roles
-- (the three) and access_terminal_offices from the roles.

-- '' while the latest assessment of a terminal stands (and has seen this passkey, if one is named), else what is missing.
CREATE OR REPLACE FUNCTION access_terminal_state(which uuid, passkey uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a access_terminal_assessment;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM access_terminal t WHERE t.id = which AND t.ended_at IS NULL) THEN RETURN 'NO_TERMINAL'; END IF;
  SELECT x.* INTO a FROM access_terminal_assessment x WHERE x.terminal_id = which ORDER BY x.at DESC, x.id LIMIT 1;
  RETURN CASE WHEN a.id IS NULL THEN 'NOT_ASSESSED'
    WHEN a.withdrawn_at IS NOT NULL THEN 'WITHDRAWN'
    WHEN a.ends_at IS NULL THEN 'FAILED'
    WHEN a.ends_at <= clock_timestamp() THEN 'LAPSED'
    WHEN passkey IS NOT NULL AND NOT passkey = ANY (a.passkeys) THEN 'NOT_SEEN'
    ELSE '' END;
END $$;

-- '' if the session may administer, else what is missing. No session of another role asks. Free are: a session made at the machine by
-- whoever may sign in to its operating system; an installation that demands no terminals (a demonstration); and, until the installation's
-- day, an account whose terminal nobody has assessed yet, so that the first terminals can be registered.
CREATE OR REPLACE FUNCTION access_terminal_missing(s access_session) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  own uuid := (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id);
  starts timestamptz := (SELECT i.terminals_from FROM access_installation i WHERE i.id = 1);
  shown access_passkey;
BEGIN
  IF s.at_machine OR starts IS NULL OR (clock_timestamp() < starts AND NOT EXISTS (SELECT 1 FROM access_terminal_assessment a
      JOIN access_terminal t ON t.id = a.terminal_id WHERE t.account_id = own AND a.ends_at IS NOT NULL)) THEN
    RETURN '';
  END IF;
  SELECT k.* INTO shown FROM access_passkey k JOIN access_terminal t ON t.id = k.terminal_id
   WHERE k.id = s.passkey_id AND k.account_id = own AND t.account_id = own AND k.ended_at IS NULL;
  IF shown.id IS NULL THEN
    RETURN CASE
      WHEN NOT EXISTS (SELECT 1 FROM access_terminal t WHERE t.account_id = own AND t.ended_at IS NULL) THEN 'NO_TERMINAL'
      WHEN NOT EXISTS (SELECT 1 FROM access_passkey k JOIN access_terminal t ON t.id = k.terminal_id AND t.ended_at IS NULL
        WHERE k.account_id = own AND k.ended_at IS NULL) THEN 'NO_PASSKEY'
      ELSE 'OTHER_WAY' END;
  END IF;
  IF s.passkey_at + (SELECT r.proof FROM access_terminal_rules() r) > clock_timestamp() THEN
    RETURN access_terminal_state(shown.terminal_id, shown.id);
  END IF;
  RETURN 'SHOW_AGAIN';
END $$;

-- Note by what a fresh session was opened: a passkey of the account that was made on a terminal, or the command line of the machine.
CREATE OR REPLACE FUNCTION access_place_session(hash bytea, passkey uuid, machine boolean) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE access_session x SET passkey_id = k.id, passkey_at = CASE WHEN k.id IS NOT NULL THEN x.created_at END, at_machine = machine
    FROM access_post p LEFT JOIN access_passkey k ON k.id = passkey AND k.account_id = p.account_id AND k.terminal_id IS NOT NULL
   WHERE x.token_hash = hash AND x.ended_at IS NULL AND p.id = x.post_id;
$$;

-- Another post of the same account goes on at the terminal where the former session, still open, was.
CREATE OR REPLACE FUNCTION access_follow_session(hash bytea, former bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE access_session x SET passkey_id = f.passkey_id, passkey_at = f.passkey_at
    FROM access_post p, access_session f JOIN access_post o ON o.id = f.post_id
   WHERE x.token_hash = hash AND x.ended_at IS NULL AND p.id = x.post_id AND o.account_id = p.account_id
     AND f.token_hash = former AND f.ended_at IS NULL AND f.expires_at > clock_timestamp()
     AND f.last_seen_at + f.idle > clock_timestamp();
$$;

-- Passkeys in use that were made on a terminal, in the order of their ids.
CREATE OR REPLACE FUNCTION access_terminal_keys(which uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(k.id ORDER BY k.id), '{}') FROM access_passkey k WHERE k.terminal_id = which AND k.ended_at IS NULL;
$$;

-- '' when registered (the same id twice is one), else why not: WORDS, HOLDER (no administrator in that post), TAKEN.
CREATE OR REPLACE FUNCTION access_register_terminal(new_id uuid, of_post uuid, asset text, called text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('terminal:keep', (SELECT p.unit_id FROM access_post p WHERE p.id = of_post));
  held access_post;
BEGIN
  IF EXISTS (SELECT 1 FROM access_terminal t WHERE t.id = new_id) THEN RETURN ''; END IF;
  IF asset = '' OR called = '' THEN RETURN 'WORDS'; END IF;
  SELECT p.* INTO held FROM access_post p WHERE p.id = of_post
    AND p.role = ANY (access_separated_roles())
    AND (p.to_at IS NULL OR p.to_at > clock_timestamp());
  IF NOT FOUND THEN RETURN 'HOLDER'; END IF;
  INSERT INTO access_terminal (id, unit_id, account_id, asset_number, name, registered_at, registered_by_id)
  VALUES (new_id, held.unit_id, held.account_id, asset, called, clock_timestamp(), s.post_id) ON CONFLICT DO NOTHING;
  RETURN CASE WHEN FOUND THEN '' ELSE 'TAKEN' END;
END $$;

-- '' when recorded (the same id twice is one), else why not: UNKNOWN; OWN (the holder's own hand, or a namesake's); OFFICE (the security
-- administrator assesses, the security administrator's own terminals the system administrator); ITEMS (not each item of the checklist
-- judged); NO_PASSKEY; CHANGED (the passkeys are others than those shown); WORDS (what does not hold needs words).
CREATE OR REPLACE FUNCTION access_assess_terminal(new_id uuid, which uuid, judged jsonb, seen uuid[], said text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('terminal:keep', (SELECT t.unit_id FROM access_terminal t WHERE t.id = which));
  held access_terminal;
  hand access_post;
  called text;
  holder text;
  rules record;
  passed boolean;
BEGIN
  IF EXISTS (SELECT 1 FROM access_terminal_assessment a WHERE a.id = new_id) THEN RETURN ''; END IF;
  SELECT t.* INTO held FROM access_terminal t WHERE t.id = which AND t.ended_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  SELECT p.* INTO hand FROM access_post p WHERE p.id = s.post_id;
  SELECT a.name INTO called FROM access_account a WHERE a.id = hand.account_id;
  SELECT a.name INTO holder FROM access_account a WHERE a.id = held.account_id;
  IF hand.account_id = held.account_id OR called = holder THEN RETURN 'OWN'; END IF;
  IF hand.role <> (SELECT CASE WHEN EXISTS (SELECT 1 FROM access_post p WHERE p.account_id = held.account_id
        AND p.role = o.assesses AND (p.to_at IS NULL OR p.to_at > clock_timestamp()))
      THEN o.assesses_those ELSE o.assesses END FROM access_terminal_offices() o) THEN
    RETURN 'OFFICE';
  END IF;
  SELECT r.* INTO rules FROM access_terminal_rules() r;
  IF jsonb_typeof(judged) <> 'object' OR EXISTS (SELECT 1 FROM jsonb_each(judged) j WHERE jsonb_typeof(j.value) <> 'boolean')
      OR ARRAY(SELECT j FROM jsonb_object_keys(judged) j ORDER BY 1) <> ARRAY(SELECT i FROM unnest(rules.items) i ORDER BY 1) THEN
    RETURN 'ITEMS';
  END IF;
  passed := NOT EXISTS (SELECT 1 FROM jsonb_each(judged) j WHERE j.value <> 'true'::jsonb);
  IF NOT passed AND said = '' THEN RETURN 'WORDS'; END IF;
  IF passed AND access_terminal_keys(which) = '{}' THEN RETURN 'NO_PASSKEY'; END IF;
  IF access_terminal_keys(which) <> ARRAY(SELECT k FROM unnest(seen) k ORDER BY 1) THEN RETURN 'CHANGED'; END IF;
  INSERT INTO access_terminal_assessment (id, terminal_id, holder_account, holder_name, passkeys, findings, words, assessed_by_id,
    assessed_account, assessed_name, assessed_role, at, ends_at, withdrawn_name, reason)
  VALUES (new_id, held.id, held.account_id, holder, access_terminal_keys(which), judged, said, hand.id, hand.account_id, called,
    hand.role, clock_timestamp(), CASE WHEN passed THEN clock_timestamp() + rules.valid END, '', '');
  RETURN '';
END $$;

-- '' when done (a second time changes nothing), else why not: UNKNOWN, WORDS, NOTHING (no assessment to withdraw). `for_good` takes the
-- terminal out of use with the passkeys made on it. Anybody who keeps terminals does it, the holder too: it only takes away.
CREATE OR REPLACE FUNCTION access_withdraw_terminal(which uuid, why text, for_good boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('terminal:keep', (SELECT t.unit_id FROM access_terminal t WHERE t.id = which));
  held access_terminal;
  last access_terminal_assessment;
BEGIN
  IF why = '' THEN RETURN 'WORDS'; END IF;
  SELECT t.* INTO held FROM access_terminal t WHERE t.id = which FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF held.ended_at IS NOT NULL THEN RETURN CASE WHEN for_good THEN '' ELSE 'UNKNOWN' END; END IF;
  SELECT a.* INTO last FROM access_terminal_assessment a WHERE a.terminal_id = which ORDER BY a.at DESC, a.id LIMIT 1;
  IF NOT for_good AND (last.id IS NULL OR last.ends_at IS NULL) THEN RETURN 'NOTHING'; END IF;
  UPDATE access_terminal_assessment a SET withdrawn_at = clock_timestamp(), withdrawn_by_id = s.post_id, reason = why,
      withdrawn_name = (SELECT n.name FROM access_post p JOIN access_account n ON n.id = p.account_id WHERE p.id = s.post_id)
   WHERE a.id = last.id AND a.withdrawn_at IS NULL;
  IF for_good THEN
    UPDATE access_terminal t SET ended_at = clock_timestamp() WHERE t.id = which;
    UPDATE access_passkey k SET ended_at = clock_timestamp() WHERE k.terminal_id = which AND k.ended_at IS NULL;
  END IF;
  RETURN '';
END $$;

-- The terminals in the range of the acting post's unit, those that open nothing first, then by the end of their assessment; or one.
CREATE OR REPLACE FUNCTION access_terminals(wanted uuid, skip integer, most integer)
RETURNS TABLE (id uuid, unit text, unit_en text, holder_account uuid, holder text, offices text[], asset_number text, name text,
  registered_at timestamptz, ended_at timestamptz, state text, ends_at timestamptz, keys uuid[], total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('terminal:read', NULL);
BEGIN
  RETURN QUERY SELECT t.id, u.name, u.name_en, a.id, a.name,
      ARRAY(SELECT p.role FROM access_post p WHERE p.account_id = a.id AND (p.to_at IS NULL OR p.to_at > clock_timestamp())
        AND p.role = ANY (access_separated_roles()) ORDER BY p.role),
      t.asset_number, t.name, t.registered_at, t.ended_at, stands.state, l.ends_at, access_terminal_keys(t.id), count(*) OVER ()
    FROM access_terminal t JOIN access_unit u ON u.id = t.unit_id JOIN access_account a ON a.id = t.account_id
    CROSS JOIN LATERAL (SELECT access_terminal_state(t.id, NULL) AS state) stands
    LEFT JOIN LATERAL (SELECT x.ends_at FROM access_terminal_assessment x WHERE x.terminal_id = t.id ORDER BY x.at DESC, x.id LIMIT 1) l
      ON true
   WHERE u.division >= s.low AND u.division_end <= s.high
     AND CASE WHEN wanted IS NULL THEN t.ended_at IS NULL ELSE t.id = wanted END
   ORDER BY stands.state = '', stands.state = 'NOT_ASSESSED', l.ends_at NULLS FIRST, t.asset_number, t.id OFFSET skip LIMIT most;
END $$;

-- Every assessment of a terminal, newest first.
CREATE OR REPLACE FUNCTION access_terminal_history(which uuid, most integer)
RETURNS TABLE (id uuid, at timestamptz, assessed_name text, assessed_role text, findings jsonb, words text, ends_at timestamptz,
  withdrawn_at timestamptz, withdrawn_name text, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_in_charge('terminal:read', (SELECT t.unit_id FROM access_terminal t WHERE t.id = which));
  RETURN QUERY SELECT a.id, a.at, a.assessed_name, a.assessed_role, a.findings, a.words, a.ends_at, a.withdrawn_at, a.withdrawn_name,
      a.reason
    FROM access_terminal_assessment a WHERE a.terminal_id = which ORDER BY a.at DESC, a.id LIMIT most;
END $$;

-- The passkeys in use made on a terminal, as its holder named them.
CREATE OR REPLACE FUNCTION access_terminal_passkeys(which uuid)
RETURNS TABLE (id uuid, name text, created_at timestamptz, used_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_in_charge('terminal:read', (SELECT t.unit_id FROM access_terminal t WHERE t.id = which));
  RETURN QUERY SELECT k.id, k.name, k.created_at, k.used_at FROM access_passkey k
   WHERE k.terminal_id = which AND k.ended_at IS NULL ORDER BY k.created_at, k.id;
END $$;

-- Whether the holder of this login can be given a terminal: the administrators' posts of that one account in the range, now or to come.
DROP FUNCTION IF EXISTS access_terminal_posts();
CREATE OR REPLACE FUNCTION access_terminal_posts(of_login text)
RETURNS TABLE (id uuid, holder text, title text, unit text, unit_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('terminal:keep', NULL);
BEGIN
  RETURN QUERY SELECT p.id, a.name, p.title, u.name, u.name_en FROM access_post p JOIN access_account a ON a.id = p.account_id
    JOIN access_unit u ON u.id = p.unit_id
   WHERE a.login = of_login AND p.role = ANY (access_separated_roles()) AND a.active
     AND (p.to_at IS NULL OR p.to_at > clock_timestamp()) AND u.division >= s.low AND u.division_end <= s.high
   ORDER BY u.code, p.title, a.name, p.id;
END $$;

-- The acting account's own terminals: asked on the page of the account, which a session that may not administer opens too.
CREATE OR REPLACE FUNCTION access_own_terminals()
RETURNS TABLE (id uuid, asset_number text, name text, state text, ends_at timestamptz, keys bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT t.id, t.asset_number, t.name, access_terminal_state(t.id, NULL),
      (SELECT x.ends_at FROM access_terminal_assessment x WHERE x.terminal_id = t.id ORDER BY x.at DESC, x.id LIMIT 1),
      cardinality(access_terminal_keys(t.id))::bigint
    FROM access_terminal t WHERE t.ended_at IS NULL
     AND t.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id) ORDER BY t.registered_at, t.id;
END $$;
