-- How the installation runs: processes (number: how much the last round did), queues (number and oldest), what the last round
-- of the clock could not do, the log, the size.
-- Counts and moments, no person and no unit.
CREATE OR REPLACE FUNCTION access_running()
RETURNS TABLE (what text, number bigint, at timestamptz, fault text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT access_may('installation:watch') THEN
    RAISE EXCEPTION 'guitu: permission installation:watch is missing' USING ERRCODE = 'GU006';
  END IF;
  RETURN QUERY SELECT b.process, (SELECT sum(d.value::bigint)::bigint FROM jsonb_each_text(b.done - ARRAY['left', 'no_superior', 'untold']) AS d),
    b.at, b.fault FROM access_beat b ORDER BY b.process;
  RETURN QUERY SELECT 'time_' || w.one, coalesce((b.done ->> w.one)::bigint, 0), b.at, '' FROM unnest(ARRAY['left', 'no_superior']) AS w (one)
    LEFT JOIN access_beat b ON b.process = 'tick';
  RETURN QUERY SELECT 'errands_waiting', count(*), min(e.given_at), '' FROM access_errand e WHERE e.ended_at IS NULL;
  RETURN QUERY SELECT 'errands_stopped', count(*), max(e.ended_at), '' FROM access_errand e
    WHERE e.ended_at IS NOT NULL AND e.outcome <> 'DONE';
  RETURN QUERY SELECT 'messages_waiting', count(*), min(m.next_at), '' FROM notices_message m WHERE m.state = 'WAITING';
  RETURN QUERY SELECT 'messages_given_up', count(*), max(m.next_at), '' FROM notices_message m WHERE m.state = 'GIVEN_UP';
  RETURN QUERY SELECT 'notices_failed', count(*), min(f.at), '' FROM notices_failure f;
  RETURN QUERY SELECT 'clocks_provisional', count(*), NULL::timestamptz, '' FROM journeys_clock c
    WHERE c.provisional AND c.done_at IS NULL AND c.voided_at IS NULL;
  RETURN QUERY SELECT 'log_waiting', count(*), NULL::timestamptz, '' FROM ledger_pending;
  RETURN QUERY SELECT 'log_signed', k.size, k.at, '' FROM ledger_checkpoint k ORDER BY k.size DESC LIMIT 1;
  RETURN QUERY SELECT 'log_rechecked', r.leaves, coalesce(r.ended_at, r.begun_at),
    CASE WHEN r.wrong > 0 THEN 'LOG_CHANGED' WHEN r.ended_at IS NULL THEN 'UNDER_WAY' ELSE '' END
    FROM ledger_recheck r ORDER BY r.begun_at DESC LIMIT 1;
  RETURN QUERY SELECT 'log_finding', count(*) OVER (), f.at, f.code || ' ' || f.which FROM ledger_finding f
    ORDER BY f.at DESC, f.id LIMIT 20;
  RETURN QUERY SELECT 'database_bytes', pg_database_size(current_database()), NULL::timestamptz, '';
END $$;
