-- A database that went back holds sessions, tokens and codes of its former moment, some of which had been ended since: none of them opens
-- anything any more (docs/adr/0060). For the owner alone, after a restore. Answers how many sessions were open.
CREATE OR REPLACE FUNCTION access_end_all(at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE ended integer;
BEGIN
  PERFORM access_moment(at);
  UPDATE access_session x SET ended_at = at WHERE x.ended_at IS NULL;
  GET DIAGNOSTICS ended = ROW_COUNT;
  DELETE FROM access_sign_in_code c WHERE c.used_at IS NULL;
  DELETE FROM access_entering;
  DELETE FROM access_challenge;
  RETURN ended;
END $$;
