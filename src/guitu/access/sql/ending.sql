-- The end of processing records (docs/adr/0045): what has been kept for its term goes, batch by batch, with a proof that the ledger
-- commits to. Never while something that is not concluded needs it, and never what does not hold against the log.

-- Only the clock's post ends records; the owner does when it replays the register after a restore.
CREATE OR REPLACE FUNCTION ledger_may_end() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session;
BEGIN
  IF session_user = 'guitu_owner' THEN RETURN; END IF;
  s := access_acting();
  IF (SELECT p.role FROM access_post p WHERE p.id = s.post_id) IS DISTINCT FROM 'TICK' THEN
    RAISE EXCEPTION 'guitu: records are ended by the clock alone' USING ERRCODE = 'GU006';
  END IF;
END $$;

-- From which moment on records of a class are told to offices. What is kept longer because something needs it is told to the person
-- and to legal oversight alone: an office that still saw it would learn that something is open about somebody.
CREATE OR REPLACE FUNCTION ledger_told_from(of_class text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce((SELECT x.before FROM ledger_ending x WHERE x.record_class = of_class ORDER BY x.before DESC LIMIT 1), '-infinity');
$$;

-- About whom something is not concluded: a complaint, a request about own data or what it has set going, a review of what went worse,
-- an emergency look, a breach of which they are to be told, a lawful query of a sealed file; and whose looks were held back: the term begins anew where the hold ends, so that
-- the person can read them. With each file, those joined with it.
CREATE OR REPLACE FUNCTION access_persons_needed(before timestamptz, as_of timestamptz) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN coalesce((WITH RECURSIVE needed (person) AS (
      SELECT open.person FROM (
          SELECT c.person_id FROM rights_complaint c WHERE c.answered_at IS NULL
          UNION SELECT r.person_id FROM rights_request r WHERE r.decided_at IS NULL
            OR EXISTS (SELECT FROM access_errand e WHERE e.about = r.id AND e.ended_at IS NULL)
          UNION SELECT w.person_id FROM rights_worsening w WHERE w.decided_at IS NULL
          UNION SELECT g.person_id FROM access_glass g WHERE g.reviewed_at IS NULL
          UNION SELECT h.person_id FROM access_look_hold h WHERE h.until_at > before
          UNION SELECT b.person_id FROM rights_breach_person b WHERE b.told_at IS NULL
            AND EXISTS (SELECT FROM rights_breach_decision d WHERE d.breach_id = b.breach_id AND d.outcome = 'TELL')
          UNION SELECT q.person_id FROM rights_sealed_query q WHERE q.decided_at IS NULL OR q.until_at > as_of
        ) AS open (person)
      UNION SELECT CASE WHEN j.person_id = n.person THEN j.joined_id ELSE j.person_id END
        FROM needed n JOIN people_join j ON n.person IN (j.person_id, j.joined_id) WHERE j.undone_at IS NULL)
    SELECT array_agg(n.person) FROM needed n WHERE n.person IS NOT NULL), '{}');
END $$;

-- The lines of the trace that something needs: about such persons, through a glass that is not reviewed, and those that a review of
-- reading looked at while that review itself is not older than the term.
CREATE OR REPLACE FUNCTION access_traces_needed(before timestamptz, as_of timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.id FROM access_trace t WHERE t.subjects && access_persons_needed(before, as_of) AND t.at < before
    UNION SELECT t.id FROM access_glass g JOIN access_trace t ON t.post_id = g.post_id AND t.at >= g.opened_at AND t.at < g.until_at
      WHERE g.reviewed_at IS NULL AND t.at < before
    UNION SELECT t.id FROM access_reading_review r JOIN access_trace t ON t.post_id = r.post_id AND t.at >= r.since AND t.at < r.until
      WHERE r.reviewed_at >= before AND t.at < before;
END $$;

-- The accounts whose sign-ins something needs: of such a person and who speaks for them, of the office that an open complaint is about,
-- of who broke a glass that is not reviewed.
CREATE OR REPLACE FUNCTION access_accounts_needed(before timestamptz, as_of timestamptz) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE persons uuid[] := access_persons_needed(before, as_of);
BEGIN
  RETURN ARRAY(SELECT p.account_id FROM access_post p WHERE p.id IN (
      SELECT r.post_id FROM access_reach r WHERE r.person_id = ANY (persons) AND r.relation IN ('self', 'mandate')
      UNION SELECT g.post_id FROM access_glass g WHERE g.reviewed_at IS NULL)
    OR p.unit_id IN (SELECT c.about_unit_id FROM rights_complaint c WHERE c.answered_at IS NULL));
END $$;

-- Does all of this hold against the log: contents, lines and digests as they were committed to? What does not is evidence and stays.
CREATE OR REPLACE FUNCTION ledger_entries_hold(entries uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM ledger_contents_changed(entries)) AND NOT EXISTS (SELECT FROM ledger_rows_differ(entries));
END $$;

-- The entries that commit to these lines of the trace, and to the batches they were noted in.
CREATE OR REPLACE FUNCTION ledger_entries_of(lines uuid[], batches uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT e.id FROM ledger_entry e WHERE e.event_id = ANY (lines) AND e.act IN ('access:item:read', 'access:request:refused')
    UNION ALL SELECT e.id FROM ledger_entry e WHERE e.event_id = ANY (batches) AND e.act = 'access:traces:noted');
$$;

-- The batches of lines that have ended as a whole, the oldest first, about `most` lines, of a time and but for `spared`. A batch goes or stays whole.
DROP FUNCTION IF EXISTS access_batches_ended(timestamptz, timestamptz, integer, uuid[]);
CREATE OR REPLACE FUNCTION access_batches_ended(before timestamptz, as_of timestamptz, most integer, spared uuid[], since timestamptz,
  through timestamptz) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  held uuid[] := ARRAY(SELECT DISTINCT d.batch FROM access_traces_needed(before, as_of) AS n (id)
    JOIN ledger_noted_trace d ON d.trace_id = n.id);
BEGIN
  RETURN ARRAY(SELECT c.batch FROM (SELECT d.batch, d.at FROM ledger_noted_trace d
        WHERE d.at < before AND d.at >= coalesce(since, '-infinity') AND d.at <= coalesce(through, 'infinity')
          AND NOT d.batch = ANY (held || coalesce(spared, '{}'))
        ORDER BY d.at, d.trace_id LIMIT most) AS c
     WHERE NOT EXISTS (SELECT FROM ledger_noted_trace l WHERE l.batch = c.batch AND l.at >= before)
     GROUP BY c.batch
    HAVING cardinality(ledger_entries_of('{}', ARRAY[c.batch])) = 1 AND ledger_entries_hold(ledger_entries_of(
      ARRAY(SELECT l.trace_id FROM ledger_noted_trace l WHERE l.batch = c.batch), ARRAY[c.batch])));
END $$;

-- The records of a class beside the trace that have ended and that nothing needs, the oldest first. A session ends with its expiry, a token
-- with its session; a notice stays while the matter, the complaint or the clock it is about is open.
CREATE OR REPLACE FUNCTION access_records_ended(of_class text, before timestamptz, as_of timestamptz, most integer, since timestamptz,
  through timestamptz) RETURNS TABLE (id uuid, at timestamptz, said jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  persons uuid[] := access_persons_needed(before, as_of);
  accounts uuid[] := access_accounts_needed(before, as_of);
  first timestamptz := coalesce(since, '-infinity');
  last timestamptz := coalesce(through, 'infinity');
BEGIN
  IF of_class = 'SIGN_INS' THEN
    RETURN QUERY SELECT i.id, i.at, to_jsonb(i) FROM access_sign_in i
       WHERE i.at < before AND i.at >= first AND i.at <= last AND (i.account_id IS NULL OR NOT i.account_id = ANY (accounts))
         AND ledger_entries_hold(ledger_sign_in_entries(ARRAY[i.id])) ORDER BY i.at, i.id LIMIT most;
  ELSIF of_class = 'SESSIONS' THEN
    RETURN QUERY SELECT x.id, x.expires_at, to_jsonb(x) - 'token_hash' FROM access_session x JOIN access_post p ON p.id = x.post_id
       WHERE x.expires_at < before AND x.expires_at >= first AND x.expires_at <= last AND NOT p.account_id = ANY (accounts)
         AND NOT EXISTS (SELECT FROM access_errand e WHERE e.session_id = x.id AND e.ended_at IS NULL)
         AND NOT EXISTS (SELECT FROM access_api_token t WHERE t.session_id = x.id)
         AND NOT EXISTS (SELECT FROM access_look_reason l WHERE l.session_id = x.id AND l.person_id = ANY (persons))
       ORDER BY x.expires_at, x.id LIMIT most;
  ELSIF of_class = 'TOKENS' THEN
    RETURN QUERY SELECT t.id, x.expires_at, to_jsonb(t) FROM access_api_token t JOIN access_session x ON x.id = t.session_id
        JOIN access_post p ON p.id = x.post_id
       WHERE x.expires_at < before AND x.expires_at >= first AND x.expires_at <= last AND NOT p.account_id = ANY (accounts)
       ORDER BY x.expires_at, t.id LIMIT most;
  ELSIF of_class = 'EXPORTS' THEN
    RETURN QUERY SELECT e.id, e.asked_at, to_jsonb(e) FROM access_export e JOIN access_post p ON p.id = e.post_id
       WHERE e.asked_at < before AND e.asked_at >= first AND e.asked_at <= last AND e.sealed IS NULL
         AND NOT p.account_id = ANY (accounts) ORDER BY e.asked_at, e.id LIMIT most;
  ELSIF of_class = 'NOTICES' THEN
    RETURN QUERY SELECT n.id, n.at, to_jsonb(n) FROM notices_notice n
       WHERE n.at < before AND n.at >= first AND n.at <= last AND (n.person_id IS NULL OR NOT n.person_id = ANY (persons))
         AND NOT EXISTS (SELECT FROM journeys_journey j WHERE j.person_id = n.person_id AND j.ended_at IS NULL)
         AND NOT EXISTS (SELECT FROM journeys_clock c WHERE c.id = n.subject_id AND c.done_at IS NULL AND c.voided_at IS NULL)
         AND NOT EXISTS (SELECT FROM rights_complaint c WHERE c.id = n.subject_id AND c.answered_at IS NULL)
       ORDER BY n.at, n.id LIMIT most;
  ELSIF of_class = 'MESSAGES' THEN
    RETURN QUERY SELECT m.id, m.made_at, to_jsonb(m) FROM notices_message m
       WHERE m.made_at < before AND m.made_at >= first AND m.made_at <= last AND m.state <> 'WAITING'
         AND NOT m.account_id = ANY (accounts) ORDER BY m.made_at, m.id LIMIT most;
  ELSE
    RAISE EXCEPTION 'guitu: no such class of records' USING ERRCODE = 'GU005';
  END IF;
END $$;

-- The entries that commit to these lines of the sign-in record.
CREATE OR REPLACE FUNCTION ledger_sign_in_entries(lines uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT e.id FROM ledger_entry e WHERE e.event_id = ANY (lines)
    AND e.act IN ('access:session:refused', 'access:credential:changed'));
$$;

-- Take the records out, with what hangs on them. Only `ledger_end` calls it, under the proof it has written.
CREATE OR REPLACE FUNCTION access_take_out(of_class text, ended uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE sessions uuid[];
BEGIN
  IF of_class = 'SIGN_INS' THEN
    DELETE FROM access_sign_in h WHERE h.id = ANY (ended);
  ELSIF of_class = 'EXPORTS' THEN
    DELETE FROM access_export e WHERE e.id = ANY (ended);
  ELSIF of_class = 'NOTICES' THEN
    DELETE FROM notices_reading r WHERE r.notice_id = ANY (ended);
    DELETE FROM notices_notice n WHERE n.id = ANY (ended);
  ELSIF of_class = 'MESSAGES' THEN
    DELETE FROM notices_message m WHERE m.id = ANY (ended);
  ELSE
    IF of_class = 'TOKENS' THEN
      DELETE FROM access_api_call c WHERE c.token_id = ANY (ended);
      sessions := ARRAY(SELECT t.session_id FROM access_api_token t WHERE t.id = ANY (ended));
      DELETE FROM access_api_token t WHERE t.id = ANY (ended);
    END IF;
    sessions := coalesce(sessions, ended);
    DELETE FROM access_look_reason l WHERE l.session_id = ANY (sessions);
    UPDATE access_errand e SET session_id = NULL WHERE e.session_id = ANY (sessions);
    DELETE FROM access_session x WHERE x.id = ANY (sessions);
  END IF;
END $$;

-- End what has ended of one class: the proof first, then contents, lines and digests, in the caller's transaction. Answers how many, of
-- which time, and which batches of that time were spared; nothing where nothing has ended, where the same `ending` is in the register, or while somebody writes what is a guard.
DROP FUNCTION IF EXISTS ledger_end(uuid, text, text, timestamptz, timestamptz, integer, uuid[], timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION ledger_end(ending uuid, of_class text, of_rule text, before timestamptz, as_of timestamptz, most integer,
  spared uuid[], since timestamptz, through timestamptz) RETURNS TABLE (lines bigint, first_at timestamptz, last_at timestamptz, left_over uuid[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  ended uuid[];
  entries uuid[];
  batches uuid[] := '{}';
  proof bytea;
BEGIN
  PERFORM access_moment(as_of);
  PERFORM ledger_may_end();
  -- A class without a term of the rulebook (null) never ends.
  IF (before AT TIME ZONE 'Asia/Shanghai' <= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai') - ledger_kept_for(of_class)) IS NOT TRUE THEN
    RAISE EXCEPTION 'guitu: records of this class are kept longer' USING ERRCODE = 'GU010';
  END IF;
  BEGIN  -- what is begun meanwhile waits until this is over, and is seen by the next
    LOCK TABLE rights_complaint, rights_request, rights_worsening, rights_sealed_query, access_glass, access_look_hold,
      rights_breach, rights_breach_person, access_reading_review, people_join, ledger_ending IN SHARE ROW EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN RETURN;
  END;
  IF EXISTS (SELECT FROM ledger_ending x WHERE x.id = ending) THEN RETURN; END IF;
  -- Until it is decided what follows from a breach of personal data, whom it concerns can still be found: nothing that tells it ends.
  IF of_class NOT IN ('NOTICES', 'MESSAGES') AND EXISTS (SELECT FROM rights_breach b WHERE b.authority_told_at IS NULL
      OR NOT EXISTS (SELECT FROM rights_breach_decision d WHERE d.breach_id = b.id)) THEN
    RETURN;
  END IF;
  IF of_class = 'TRACES' THEN
    batches := access_batches_ended(before, as_of, most, spared, since, through);
    SELECT array_agg(d.trace_id), min(d.at), max(d.at), sha256(string_agg(uuid_send(d.trace_id) || d.digest, ''::bytea ORDER BY d.trace_id))
      INTO ended, first_at, last_at, proof FROM ledger_noted_trace d WHERE d.batch = ANY (batches);
    entries := ledger_entries_of(coalesce(ended, '{}'), batches);
  ELSE
    SELECT array_agg(d.id), min(d.at), max(d.at), sha256(string_agg(sha256(convert_to(d.said::text, 'UTF8')), ''::bytea ORDER BY d.id))
      INTO ended, first_at, last_at, proof FROM access_records_ended(of_class, before, as_of, most, since, through) AS d;
    entries := CASE of_class WHEN 'SIGN_INS' THEN ledger_sign_in_entries(ended) ELSE '{}' END;
  END IF;
  lines := coalesce(cardinality(ended), 0);
  IF lines = 0 THEN RETURN; END IF;
  WITH taken AS (DELETE FROM ledger_payload p WHERE p.entry_id = ANY (entries) RETURNING p.entry_id)
  INSERT INTO ledger_payload_gone (entry_id, ending_id) SELECT t.entry_id, ending FROM taken t;
  INSERT INTO ledger_ending (id, record_class, rule, before, at, first_at, last_at, lines, digest, in_transaction)
  VALUES (ending, of_class, of_rule, before, as_of, first_at, last_at, lines, proof, pg_current_xact_id()::text::bigint);
  PERFORM set_config('guitu.ending', ending::text, true);
  IF of_class = 'TRACES' THEN
    DELETE FROM ledger_noted_trace d WHERE d.batch = ANY (batches);
    DELETE FROM access_trace t WHERE t.id = ANY (ended);
    left_over := ARRAY(SELECT DISTINCT d.batch FROM ledger_noted_trace d WHERE d.at >= first_at AND d.at <= last_at);
  ELSE
    PERFORM access_take_out(of_class, ended);
    left_over := '{}';
  END IF;
  PERFORM set_config('guitu.ending', '', true);
  RETURN NEXT;
END $$;

-- What an entry about an ending commits to: the row of the register, and which contents went with it.
CREATE OR REPLACE FUNCTION ledger_ending_set(ended ledger_ending) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT jsonb_build_object('class', ended.record_class, 'rule', ended.rule, 'lines', ended.lines,
      'before', extract(epoch FROM ended.before), 'first', extract(epoch FROM ended.first_at), 'last', extract(epoch FROM ended.last_at),
      'digest', encode(ended.digest, 'hex'), 'contents', count(*),
      'contents_digest', encode(sha256(coalesce(string_agg(uuid_send(g.entry_id), ''::bytea ORDER BY g.entry_id), ''::bytea)), 'hex'))
    FROM ledger_payload_gone g WHERE g.ending_id = ended.id;
$$;

-- Whoever writes the register writes the entry.
CREATE OR REPLACE FUNCTION ledger_keep_ending() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_keep('ledger:records:ended', NEW.id, NEW.at, NULL, NULL, NULL, '', '{}', ledger_ending_set(NEW));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON ledger_ending FOR EACH ROW EXECUTE FUNCTION ledger_keep_ending();

-- Rows that are frozen until they end: only the transaction that has written the proof takes them out, and nothing younger than it says.
CREATE OR REPLACE FUNCTION ledger_only_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger_ending x
      WHERE x.id = nullif(current_setting('guitu.ending', true), '')::uuid AND x.in_transaction = pg_current_xact_id()::text::bigint
        AND OLD.at < x.before AND x.record_class = CASE TG_TABLE_NAME WHEN 'access_sign_in' THEN 'SIGN_INS' ELSE 'TRACES' END) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'ledger: % on % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'GU010';
END $$;
