-- What may be known of an entry by who has its number or its event's and does not see its content: that it is there, where, and who
-- vouches for it. Neither number can be listed by who sees nothing of it.

-- Is this very act about this event in the ledger already? Makes a retried act harmless, also where its person is out of sight since.
CREATE OR REPLACE FUNCTION ledger_recorded(what text, event uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.event_id = event AND e.act = what);
$$;

-- Since when, and by whom, the log vouches for this act about each of these events; null while nobody else does.
CREATE OR REPLACE FUNCTION ledger_vouched(events uuid[], what text) RETURNS TABLE (event_id uuid, own_machine boolean, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.event_id, w.own_machine, coalesce(w.at, e.at) FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_id = e.id
    LEFT JOIN LATERAL (SELECT q.own_machine, q.at FROM ledger_witnessed q WHERE q.size > l.index ORDER BY q.own_machine, q.size LIMIT 1) w ON true
   WHERE e.event_id = ANY (events) AND e.act = what;
$$;

-- The entries about an event, oldest first.
CREATE OR REPLACE FUNCTION ledger_entries_of(event uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.id FROM ledger_entry e WHERE e.event_id = event ORDER BY e.at, e.id;
$$;

-- What of an entry is committed to besides its content, and where it stands in the log; null while it waits.
CREATE OR REPLACE FUNCTION ledger_entry_of(entry uuid)
RETURNS TABLE (act text, event_id uuid, at timestamptz, unit_id uuid, other_unit_id uuid, commitment bytea, index bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.act, e.event_id, e.at, e.unit_id, e.other_unit_id, e.commitment, l.index
    FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_id = e.id WHERE e.id = entry;
$$;

-- Note whom the log believes, as a text, where it is not what was noted last; whether it was. For the sequencer, at its start and whenever
-- the text is another.
CREATE OR REPLACE FUNCTION ledger_note_policy(stated text, as_of timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last text;
BEGIN
  PERFORM access_moment(as_of);
  SELECT split_part(p.canonical, E'\n', 4)::jsonb ->> 'policy' INTO last FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id
   WHERE e.act = 'ledger:policy:changed' ORDER BY e.at DESC, e.id DESC LIMIT 1;
  IF last IS NOT DISTINCT FROM stated THEN RETURN false; END IF;
  PERFORM ledger_keep('ledger:policy:changed', gen_random_uuid(), as_of, NULL, NULL, NULL, '', '{}', jsonb_build_object('policy', stated));
  RETURN true;
END $$;
