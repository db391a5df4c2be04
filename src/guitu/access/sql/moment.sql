-- What a process says is now, if the database's clock agrees (docs/adr/0050); access_moment_rules is made by compile. The owner, who
-- replays and restores, and a demonstration whose people still pass through their offices, day after day, are believed.
CREATE OR REPLACE FUNCTION access_moment(said timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM access_moment_rules() m WHERE said > clock_timestamp() - m.behind AND said < clock_timestamp() + m.ahead)
     OR session_user = 'guitu_owner'
     OR EXISTS (SELECT 1 FROM access_installation i WHERE i.kind = 'DEMONSTRATION' AND i.filled_at IS NULL) THEN
    RETURN said;
  END IF;
  RAISE EXCEPTION 'guitu: % is not the present moment', said USING ERRCODE = 'GU026';
END $$;
