-- What the ledger keeps of access itself: refused requests, looks at L3/L4 values, shares, changes of accounts, posts and
-- credentials, refused sign-ins. Triggers write the entry in the transaction of the line itself, whoever writes the line: where
-- the entry cannot be written, there is no line, and what the line is about does not happen (docs/trust.md).
-- The entry commits to the line; its content stands under no division and no subject, so that no row policy shows it to anybody.
-- The bulk loader of a generated province writes no line that anybody caused.

CREATE OR REPLACE FUNCTION ledger_keep(what text, event uuid, at timestamptz, of_post uuid, of_unit uuid, other_unit uuid,
  reason text, persons uuid[], fact jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  made uuid := gen_random_uuid();
  grain bytea := substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16);
  body text := concat_ws(E'\n', coalesce(of_post::text, ''), reason, array_to_string(persons, ','), fact::text);
BEGIN
  INSERT INTO ledger_entry (id, act, event_id, at, unit_id, other_unit_id, commitment)
  VALUES (made, what, event, at, of_unit, other_unit, sha256(grain || convert_to(body, 'UTF8')));
  INSERT INTO ledger_payload (entry_id, salt, canonical, division, subjects, post_id, purpose)
  VALUES (made, grain, body, '', '{}', of_post, reason);
  INSERT INTO ledger_pending (entry_id) VALUES (made);
END $$;

CREATE OR REPLACE FUNCTION ledger_keep_trace() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_keep(CASE NEW.outcome WHEN 'ALLOWED' THEN 'access:item:read' ELSE 'access:request:refused' END, NEW.id, NEW.at,
    NEW.post_id, NEW.unit_id, NULL, NEW.purpose, NEW.subjects,
    jsonb_build_object('action', NEW.action, 'fields', NEW.fields, 'outcome', NEW.outcome)
      || CASE WHEN NEW.outcome = 'REFUSED' THEN jsonb_build_object('why', NEW.words) ELSE '{}' END);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON access_trace FOR EACH ROW
  WHEN (NEW.outcome IN ('DENIED', 'UNKNOWN', 'REFUSED') OR (NEW.outcome = 'ALLOWED' AND cardinality(NEW.fields) > 0))
  EXECUTE FUNCTION ledger_keep_trace();

CREATE OR REPLACE FUNCTION ledger_keep_reach() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  secret text := nullif(current_setting('guitu.token', true), '');
  acting access_post;
BEGIN
  SELECT p.* INTO acting FROM access_session s JOIN access_post p ON p.id = s.post_id
   WHERE s.token_hash = sha256(convert_to(secret, 'UTF8'));
  PERFORM ledger_keep(CASE WHEN TG_OP = 'INSERT' THEN 'access:reach:opened' ELSE 'access:reach:closed' END, NEW.id,
    CASE WHEN TG_OP = 'INSERT' THEN NEW.from_at ELSE NEW.to_at END, acting.id, acting.unit_id, NEW.unit_id,
    coalesce(current_setting('guitu.purpose', true), ''), ARRAY[NEW.person_id],
    jsonb_build_object('relation', NEW.relation, 'post', NEW.post_id, 'until', NEW.to_at));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON access_reach FOR EACH ROW
  WHEN (session_user <> 'guitu_load') EXECUTE FUNCTION ledger_keep_reach();
CREATE OR REPLACE TRIGGER end_kept_in_the_ledger AFTER UPDATE ON access_reach FOR EACH ROW
  WHEN (NEW.to_at IS DISTINCT FROM OLD.to_at) EXECUTE FUNCTION ledger_keep_reach();

CREATE OR REPLACE FUNCTION ledger_keep_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_keep('access:staffing:changed', NEW.id, NEW.at, NEW.by_post_id,
    (SELECT p.unit_id FROM access_post p WHERE p.id = NEW.by_post_id), NEW.unit_id, '', '{}',
    jsonb_build_object('what', NEW.what, 'account', NEW.account_id, 'post', NEW.post_id, 'unit', NEW.unit_id));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON access_change FOR EACH ROW EXECUTE FUNCTION ledger_keep_change();

CREATE OR REPLACE FUNCTION ledger_keep_sign_in() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_keep(CASE WHEN NEW.outcome IN ('FAILED', 'CODE_FAILED', 'PASSKEY_FAILED', 'LOCKED', 'REFUSED')
      THEN 'access:session:refused' ELSE 'access:credential:changed' END, NEW.id, NEW.at, NULL, NULL, NULL, '', '{}',
    jsonb_build_object('outcome', NEW.outcome, 'account', NEW.account_id));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON access_sign_in FOR EACH ROW
  WHEN (NEW.outcome NOT IN ('SUCCEEDED', 'CODE_USED', 'PASSKEY_USED', 'UNUSUAL')) EXECUTE FUNCTION ledger_keep_sign_in();

-- A passkey made on a terminal for administration: by whom and on which.
CREATE OR REPLACE FUNCTION ledger_keep_passkey() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_keep('access:terminal:bound', NEW.id, NEW.created_at, NULL,
    (SELECT t.unit_id FROM access_terminal t WHERE t.id = NEW.terminal_id), NULL, '', '{}',
    jsonb_build_object('terminal', NEW.terminal_id, 'passkey', NEW.name, 'account', NEW.account_id));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON access_passkey FOR EACH ROW
  WHEN (NEW.terminal_id IS NOT NULL) EXECUTE FUNCTION ledger_keep_passkey();

-- Who is erased stands in the register alone; the entry says that somebody is, by which decision, on which ground, and by whom.
CREATE OR REPLACE FUNCTION ledger_keep_erasure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_keep('ledger:erasure:registered', NEW.id, NEW.at, NEW.approved_by,
    (SELECT p.unit_id FROM access_post p WHERE p.id = NEW.approved_by), NULL, '', '{}', jsonb_build_object('ground', NEW.ground));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER kept_in_the_ledger AFTER INSERT ON ledger_erasure FOR EACH ROW EXECUTE FUNCTION ledger_keep_erasure();

-- Of these entries, those whose content does not hold what was committed to; an erased content is none. The sequencer asks,
-- which reads no content.
CREATE OR REPLACE FUNCTION ledger_contents_changed(entries uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.id FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id
   WHERE e.id = ANY (entries) AND e.commitment <> sha256(p.salt || convert_to(p.canonical, 'UTF8'));
$$;
