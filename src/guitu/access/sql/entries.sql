-- What may be known of an act by who has its event's number: the unit that did it, and who sees its line. The numbers of some events are
-- made from a matter's own, which whoever once stood in it knows.

-- Of these entries, those of which the acting post may know that they are there.
CREATE OR REPLACE FUNCTION ledger_known(entries uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_seeing(); own uuid := access_own_unit(); shared uuid[] := access_shared();
BEGIN
  RETURN ARRAY(SELECT e.id FROM ledger_entry e LEFT JOIN ledger_payload p ON p.entry_id = e.id WHERE e.id = ANY (entries)
    AND (e.unit_id = own OR (p.division >= s.low AND p.division < s.high) OR p.subjects && shared));
END $$;

-- Is this very act about this event in the ledger already? Makes a retried act harmless, also where its person is out of sight since.
CREATE OR REPLACE FUNCTION ledger_recorded(what text, event uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found uuid[] := ARRAY(SELECT e.id FROM ledger_entry e WHERE e.event_id = event AND e.act = what);
BEGIN
  IF session_user IN ('guitu_app', 'guitu_job') THEN found := ledger_known(found); END IF;
  RETURN found <> '{}';
END $$;

-- Since when, and by whom, the log vouches for this act about each of these events; null while nobody else does.
DROP FUNCTION IF EXISTS ledger_vouched(uuid[], text);
CREATE OR REPLACE FUNCTION ledger_vouched(events uuid[], what text)
RETURNS TABLE (event_id uuid, entry_id uuid, own_machine boolean, since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE known uuid[] := ledger_known(ARRAY(SELECT e.id FROM ledger_entry e WHERE e.event_id = ANY (events) AND e.act = what));
BEGIN
  RETURN QUERY SELECT e.event_id, e.id, w.own_machine, coalesce(w.at, e.at) FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_id = e.id
    LEFT JOIN LATERAL (SELECT q.own_machine, q.at FROM ledger_witnessed q WHERE q.size > l.index ORDER BY q.own_machine, q.size LIMIT 1) w ON true
   WHERE e.id = ANY (known);
END $$;

-- What a bundle is made of, for who sees the line about the person: what the entry commits to, where it stands in the log (null while
-- it waits), and the content where the line is about nobody else.
CREATE OR REPLACE FUNCTION ledger_line_to_prove(person uuid, entry uuid)
RETURNS TABLE (act text, event_id uuid, at timestamptz, unit_id uuid, other_unit_id uuid, commitment bytea, index bigint, salt bytea, canonical text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT e.act::text, e.event_id, e.at, e.unit_id, e.other_unit_id, e.commitment, l.index,
      CASE WHEN cardinality(t.subjects) = 1 THEN p.salt END, CASE WHEN cardinality(t.subjects) = 1 THEN p.canonical END
    FROM ledger_lines_of(person) t JOIN ledger_entry e ON e.id = t.entry_id JOIN ledger_payload p ON p.entry_id = t.entry_id
    LEFT JOIN ledger_leaf l ON l.entry_id = t.entry_id WHERE t.entry_id = entry;
END $$;

DROP FUNCTION IF EXISTS ledger_entries_of(uuid);
DROP FUNCTION IF EXISTS ledger_entry_of(uuid);

-- Whom the log believes, as a text (C2SP tlog-policy): what was noted last, null before the first. What waits to be taken in is the newest.
DROP FUNCTION IF EXISTS ledger_policy_noted();
CREATE OR REPLACE FUNCTION ledger_policy_noted() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF session_user IN ('guitu_app', 'guitu_job') THEN PERFORM access_acting(); END IF;
  RETURN (SELECT split_part(p.canonical, E'\n', 4)::jsonb ->> 'policy' FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id
    LEFT JOIN ledger_leaf l ON l.entry_id = e.id WHERE e.act = 'ledger:policy:changed' ORDER BY l.index DESC NULLS FIRST, e.at DESC, e.id DESC LIMIT 1);
END $$;

-- Note whom the log believes where it is not what was noted last; whether it was. For the sequencer, before it goes by another text.
CREATE OR REPLACE FUNCTION ledger_note_policy(stated text, as_of timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_moment(as_of);
  IF ledger_policy_noted() IS NOT DISTINCT FROM stated THEN RETURN false; END IF;
  PERFORM ledger_keep('ledger:policy:changed', gen_random_uuid(), as_of, NULL, NULL, NULL, '', '{}', jsonb_build_object('policy', stated));
  RETURN true;
END $$;
