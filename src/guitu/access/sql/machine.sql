-- The machine post of the tick: the one wide token, for the clock's work alone; only guitu_job can mint it, and it cannot
-- mint anything else. It holds no permission to open a file or to reveal a value.
CREATE OR REPLACE FUNCTION access_mint_tick(hash bytea, lasts interval) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE made uuid := gen_random_uuid();
BEGIN
  INSERT INTO access_session (id, token_hash, post_id, purposes, low, high, created_at, expires_at, last_seen_at, idle)
  SELECT made, hash, p.id, ARRAY['CLOCK'], u.division, u.division_end, clock_timestamp(), clock_timestamp() + lasts,
         clock_timestamp(), lasts
    FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.role = 'TICK' AND p.to_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guitu: no machine post' USING ERRCODE = 'GU004';
  END IF;
  RETURN made;
END $$;
