-- Locks that the processes of the house agree on. No role of a process takes one under a number of its own choice (launcher/roles.py):
-- a function takes the one it is for, after it has asked who may.

-- Work alone on the acting token's call under this key until access_leave_call or the end of the connection; false where another does.
CREATE OR REPLACE FUNCTION access_hold_call(keyed bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); own uuid := (SELECT t.id FROM access_api_token t WHERE t.session_id = s.id);
BEGIN
  IF own IS NULL THEN
    RAISE EXCEPTION 'guitu: not a token of the interface' USING ERRCODE = 'GU006';
  END IF;
  RETURN pg_try_advisory_lock(hashtextextended(concat('access_api_call:', own, ':', encode(keyed, 'hex')), 0));
END $$;

-- Let go of it, also with a token that has ended meanwhile: nobody lets go of what another connection holds.
CREATE OR REPLACE FUNCTION access_leave_call(keyed bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT pg_advisory_unlock(hashtextextended(concat('access_api_call:', t.id, ':', encode(keyed, 'hex')), 0))
    FROM access_api_token t JOIN access_session x ON x.id = t.session_id
   WHERE x.token_hash = sha256(convert_to(current_setting('guitu.token', true), 'UTF8'));
$$;

-- Decide about a change alone until the transaction ends: a pack is proved over those put in force before, two presses leave one line.
CREATE OR REPLACE FUNCTION access_decide_alone() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_in_charge('change:decide', NULL);
  PERFORM pg_advisory_xact_lock(hashtextextended('access_dual_change', 0));
END $$;
