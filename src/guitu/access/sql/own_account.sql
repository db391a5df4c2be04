-- What an account may see and end of itself. The account is always the acting session's own, never an argument.

DROP FUNCTION IF EXISTS access_own_account();
CREATE OR REPLACE FUNCTION access_own_account()
RETURNS TABLE (login text, has_password boolean, password_set_at timestamptz, code_since timestamptz, recovery_left bigint,
  for_person boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT a.login, left(a.password, 1) <> '!', a.password_set_at,
      (SELECT f.confirmed_at FROM access_second_factor f WHERE f.account_id = a.id AND f.ended_at IS NULL),
      (SELECT count(*) FROM access_recovery_code c WHERE c.account_id = a.id AND c.used_at IS NULL), a.for_person
    FROM access_post p JOIN access_account a ON a.id = p.account_id WHERE p.id = s.post_id;
END $$;

CREATE OR REPLACE FUNCTION access_own_sessions()
RETURNS TABLE (id uuid, post text, unit text, since timestamptz, seen_at timestamptz, ends_at timestamptz, this boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT x.id, p.title, u.name, x.created_at, x.last_seen_at, x.expires_at, x.id = s.id
    FROM access_session x JOIN access_post p ON p.id = x.post_id JOIN access_unit u ON u.id = p.unit_id
   WHERE p.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id)
     AND x.ended_at IS NULL AND x.expires_at > clock_timestamp() AND x.last_seen_at + x.idle > clock_timestamp()
     AND p.from_at <= clock_timestamp() AND (p.to_at IS NULL OR p.to_at > clock_timestamp())
   ORDER BY x.id = s.id DESC, x.last_seen_at DESC, x.id;
END $$;

CREATE OR REPLACE FUNCTION access_own_sign_ins(most integer)
RETURNS TABLE (at timestamptz, outcome text, address text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); told timestamptz := ledger_told_from('SIGN_INS');
BEGIN
  RETURN QUERY SELECT h.at, h.outcome, h.address FROM access_sign_in h
   WHERE h.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id) AND h.at >= told ORDER BY h.at DESC, h.id LIMIT most;
END $$;

-- True when it was an open session of the own account; anything else answers false, whether it exists or not.
CREATE OR REPLACE FUNCTION access_end_own_session(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  UPDATE access_session x SET ended_at = clock_timestamp() FROM access_post p
   WHERE x.id = which AND x.ended_at IS NULL AND p.id = x.post_id
     AND p.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id);
  RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION access_end_other_sessions() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); ended integer;
BEGIN
  UPDATE access_session x SET ended_at = clock_timestamp() FROM access_post p
   WHERE x.id <> s.id AND x.ended_at IS NULL AND p.id = x.post_id
     AND p.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id);
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;

-- After a new password: every open session of the account but the one that set it.
CREATE OR REPLACE FUNCTION access_end_account_sessions(account uuid, but bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE access_session x SET ended_at = clock_timestamp() FROM access_post p
   WHERE p.id = x.post_id AND p.account_id = account AND x.ended_at IS NULL AND x.token_hash IS DISTINCT FROM but;
$$;

CREATE OR REPLACE FUNCTION access_own_passkeys()
RETURNS TABLE (id uuid, name text, created_at timestamptz, used_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT k.id, k.name, k.created_at, k.used_at FROM access_passkey k
   WHERE k.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id) AND k.ended_at IS NULL
   ORDER BY k.created_at, k.id;
END $$;

-- Note the network from which a session is used; where it is not usual the session lasts no longer than `lasts` and stands idle no
-- longer than `idle`. A session is never made longer.
CREATE OR REPLACE FUNCTION access_move_session(hash bytea, to_network text, lasts interval, idle interval) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE access_session x SET network = to_network, expires_at = least(x.expires_at, clock_timestamp() + lasts),
      idle = least(x.idle, access_move_session.idle)
   WHERE x.token_hash = hash AND x.ended_at IS NULL;
$$;

-- Another token for an open session whose holder has shown a factor once more. Post, purpose, terminal and ends stay as they are; a passkey
-- that the same browser is about to make goes on with the new token.
CREATE OR REPLACE FUNCTION access_renew_session(former bytea, fresh bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE access_session x SET token_hash = fresh WHERE x.token_hash = former AND x.ended_at IS NULL
     AND x.expires_at > clock_timestamp() AND x.last_seen_at + x.idle > clock_timestamp();
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE access_challenge c SET bound_to = fresh WHERE c.bound_to = former AND c.use = 'ADD' AND c.used_at IS NULL;
  RETURN true;
END $$;
