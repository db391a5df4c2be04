-- Rows against the log: what stands beside an entry, or should, compared with what the entry committed to (ledger.nightly,
-- ledger.rechecking). The sequencer asks; it reads neither contents nor traces.

-- What a line of the trace says, as one digest; every column, so that a changed one shows.
CREATE OR REPLACE FUNCTION ledger_trace_digest(line access_trace) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT sha256(convert_to(jsonb_build_array(line.id, extract(epoch FROM line.at), line.post_id, line.unit_id, line.purpose,
    line.action, line.subjects, line.fields, line.outcome, line.reason, line.words, line.glass_id)::text, 'UTF8'));
$$;

-- Note the lines of the trace that stand under no entry yet: the digest of each, and one entry that commits to all of them and
-- their number. A line whose transaction was long is found up to two hours after its moment; the first call takes all there are, and so
-- does one of the whole trace, every night: what stood in no batch would never be held to the log and never end.
DROP FUNCTION IF EXISTS ledger_note_traces(timestamptz, integer);
CREATE OR REPLACE FUNCTION ledger_note_traces(as_of timestamptz, most integer, whole boolean) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  batch uuid := gen_random_uuid();
  since timestamptz := CASE WHEN NOT whole THEN (SELECT max(d.at) - interval '2 hours' FROM ledger_noted_trace d) END;
  noted integer;
BEGIN
  PERFORM access_moment(as_of);
  INSERT INTO ledger_noted_trace (trace_id, batch, at, digest)
  SELECT t.id, batch, t.at, ledger_trace_digest(t) FROM access_trace t
   WHERE t.at >= coalesce(since, '-infinity') AND NOT EXISTS (SELECT FROM ledger_noted_trace d WHERE d.trace_id = t.id)
   ORDER BY t.at, t.id LIMIT most;
  GET DIAGNOSTICS noted = ROW_COUNT;
  IF noted > 0 THEN
    PERFORM ledger_keep('access:traces:noted', batch, as_of, NULL, NULL, NULL, '', '{}', ledger_noted_set(batch));
  END IF;
  RETURN noted;
END $$;

-- What an entry about a batch of lines commits to: how many, and one digest over the digests of all.
CREATE OR REPLACE FUNCTION ledger_noted_set(of_batch uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT jsonb_build_object('lines', count(*), 'digest',
      encode(sha256(coalesce(string_agg(uuid_send(d.trace_id) || d.digest, ''::bytea ORDER BY d.trace_id), ''::bytea)), 'hex'))
    FROM ledger_noted_trace d WHERE d.batch = of_batch;
$$;

-- What of these entries does not hold beside the log: contents that are gone without an erasure or an ending by rule, endings whose
-- register or contents are not what was committed to, contents whose columns say
-- another person, post or purpose than what was committed to, lines of the trace that are missing, changed or no longer the set
-- that was noted. `which` is the entry, for a line its own number.
CREATE OR REPLACE FUNCTION ledger_rows_differ(entries uuid[]) RETURNS TABLE (code text, which text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT e.id, e.act, e.event_id, e.at, e.unit_id, p.entry_id IS NOT NULL AS held, p.division, p.subjects, p.post_id, p.purpose,
           string_to_array(p.canonical, E'\n') AS parts
      FROM ledger_entry e LEFT JOIN ledger_payload p ON p.entry_id = e.id WHERE e.id = ANY (entries)
  ), noted AS MATERIALIZED (SELECT * FROM asked WHERE act = 'access:traces:noted' AND held)
  SELECT 'CONTENT_MISSING', a.id::text FROM asked a
   WHERE NOT a.held AND NOT EXISTS (SELECT FROM ledger_payload_gone g LEFT JOIN ledger_ending x ON x.id = g.ending_id
     WHERE g.entry_id = a.id AND CASE WHEN a.act IN ('access:traces:noted', 'access:item:read', 'access:request:refused',
         'access:session:refused', 'access:credential:changed') THEN x.id IS NOT NULL
       ELSE g.ending_id IS NULL AND a.act <> 'ledger:records:ended' END)
  UNION ALL
  SELECT 'ENDING_DIFFERS', a.id::text FROM asked a LEFT JOIN ledger_ending x ON x.id = a.event_id
   WHERE a.act = 'ledger:records:ended' AND a.held AND ledger_ending_set(x) IS DISTINCT FROM a.parts[4]::jsonb
  UNION ALL
  SELECT 'CONTENT_MOVED', a.id::text FROM asked a
   WHERE a.held AND (coalesce(a.post_id::text, '') <> a.parts[1] OR a.purpose <> a.parts[2]
     OR NOT (array_to_string(a.subjects, ',') = a.parts[3]
             OR (a.act LIKE 'access:%' AND a.subjects = '{}' AND a.division = '')))
  UNION ALL
  SELECT CASE WHEN t.id IS NULL THEN 'TRACE_MISSING' ELSE 'TRACE_CHANGED' END, a.event_id::text
    FROM asked a LEFT JOIN access_trace t ON t.id = a.event_id
   WHERE a.act IN ('access:item:read', 'access:request:refused') AND a.held
     AND (t.id IS NULL OR t.at <> a.at OR t.unit_id <> a.unit_id OR t.post_id::text <> a.parts[1] OR t.purpose <> a.parts[2]
          OR array_to_string(t.subjects, ',') <> a.parts[3]
          OR a.parts[4]::jsonb <> jsonb_build_object('action', t.action, 'fields', t.fields, 'outcome', t.outcome))
  UNION
  SELECT CASE WHEN t.id IS NULL THEN 'TRACE_MISSING' ELSE 'TRACE_CHANGED' END, d.trace_id::text
    FROM noted n JOIN ledger_noted_trace d ON d.batch = n.event_id LEFT JOIN access_trace t ON t.id = d.trace_id
   WHERE t.id IS NULL OR ledger_trace_digest(t) <> d.digest
  UNION ALL
  SELECT 'TRACES_DIFFER', n.id::text FROM noted n WHERE n.parts[4]::jsonb <> ledger_noted_set(n.event_id);
$$;
