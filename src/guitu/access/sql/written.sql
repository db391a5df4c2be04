-- What is written is kept: a transaction that has written about a person does not end without an entry of the ledger that names the
-- person; one that has written a key, a role, a rule or a decision, not without an entry. Where nobody has made one, the database does;
-- where it cannot, nothing is written. Which tables, and what of them is no act, says kept.yaml; compile makes the triggers (kept_writes.py). Whoever writes: a page, the worker, the clock, SQL of one's own.

-- After each statement: about whom it has written. A row about nobody owes an entry of nobody in particular (the zero id).
CREATE OR REPLACE FUNCTION ledger_owe() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  nobody text := quote_literal('00000000-0000-0000-0000-000000000000') || '::uuid';
  whom text := CASE TG_ARGV[0] WHEN '' THEN nobody ELSE format('coalesce(w.%I, %s)', TG_ARGV[0], nobody) END;
  changed text := '';
  more integer;
BEGIN
  IF TG_OP = 'UPDATE' AND TG_ARGV[1] <> '' THEN
    changed := format(' WHERE NOT EXISTS (SELECT FROM former f WHERE f.id = w.id AND to_jsonb(f) - %1$L::text[] = to_jsonb(w) - %1$L::text[])',
      TG_ARGV[1]);
  END IF;
  EXECUTE format('INSERT INTO ledger_owed (in_transaction, subject_id, of_table) SELECT DISTINCT %s::bigint, %s, %L FROM written w%s'
    ' ON CONFLICT DO NOTHING', pg_current_xact_id()::text, whom, TG_TABLE_NAME, changed);
  GET DIAGNOSTICS more = ROW_COUNT;
  IF more > 0 THEN
    -- Once for all of a transaction; after what is owed, so that whoever has constraints checked at once is asked about it too.
    INSERT INTO ledger_owed (in_transaction, subject_id, of_table)
    VALUES (pg_current_xact_id()::text::bigint, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '') ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

-- At the end of the transaction, once for all that it owes: what nobody has recorded the database records itself, with the post that
-- acts, the tables and the persons. Its content stands under no division, as that of looks does (keeping.sql).
CREATE OR REPLACE FUNCTION ledger_settle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  own bigint := pg_current_xact_id()::text::bigint;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  secret text := nullif(current_setting('guitu.token', true), '');
  acting access_post;
  tables text[];
  persons uuid[];
BEGIN
  WITH kept AS MATERIALIZED (
    SELECT e.act, p.subjects, p.canonical FROM ledger_pending n JOIN ledger_entry e ON e.id = n.entry_id
      JOIN ledger_payload p ON p.entry_id = n.entry_id WHERE n.in_transaction = own
  ), named AS MATERIALIZED (
    SELECT DISTINCT unnest(k.subjects) AS person FROM kept k
    UNION SELECT unnest(string_to_array(split_part(k.canonical, E'\n', 3), ',')::uuid[]) FROM kept k WHERE k.act IN ('access:file:unsealed', 'access:file:resealed')
    UNION SELECT nobody WHERE EXISTS (SELECT FROM kept)
  ), unsaid AS (
    SELECT o.subject_id FROM ledger_owed o WHERE o.in_transaction = own AND o.of_table <> '' EXCEPT SELECT n.person FROM named n)
  SELECT array_agg(DISTINCT o.of_table::text), array_agg(DISTINCT o.subject_id) FILTER (WHERE o.subject_id <> nobody) INTO tables, persons
    FROM unsaid u JOIN ledger_owed o ON o.in_transaction = own AND o.subject_id = u.subject_id;
  DELETE FROM ledger_owed o WHERE o.in_transaction = own;
  IF tables IS NOT NULL THEN
    SELECT p.* INTO acting FROM access_session s JOIN access_post p ON p.id = s.post_id
     WHERE s.token_hash = sha256(convert_to(secret, 'UTF8'));
    PERFORM ledger_keep('access:write:unsaid', gen_random_uuid(), clock_timestamp(), acting.id, acting.unit_id, NULL,
      coalesce(current_setting('guitu.purpose', true), ''), coalesce(persons, '{}'),
      jsonb_build_object('tables', tables, 'role', session_user));
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS settled ON ledger_owed;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = 'ledger_owed'::regclass AND t.tgname = 'settled_once') THEN
    CREATE CONSTRAINT TRIGGER settled_once AFTER INSERT ON ledger_owed DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.of_table = '') EXECUTE FUNCTION ledger_settle();
  END IF;
END $$;
