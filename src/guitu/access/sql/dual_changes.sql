-- What binds everybody and takes two administrators of different offices: rule packs, the division list, keys (docs/trust.md).
-- guitu_app writes neither the proposals nor the rule packs themselves; the check constraint access_dual_change_two_hands holds
-- whoever writes, these functions too.

-- Which permission proposes a change of this kind.
CREATE OR REPLACE FUNCTION access_proposing(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN kind IN ('RULE_PACK', 'DIVISION_LIST') THEN 'rule:load' ELSE 'key:change' END;
$$;

-- '' when proposed (the same id twice is one proposal), else why not: OPEN (the same waits already), DIGEST.
CREATE OR REPLACE FUNCTION access_propose_change(new_id uuid, new_kind text, new_name text, new_content text, digest text,
  told jsonb, replaced uuid, why text, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge(access_proposing(new_kind), NULL);
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM access_dual_change c WHERE c.id = new_id) THEN RETURN ''; END IF;
  IF new_kind = 'RULE_PACK' AND digest <> encode(sha256(convert_to(new_content, 'UTF8')), 'hex') THEN RETURN 'DIGEST'; END IF;
  IF EXISTS (SELECT 1 FROM access_dual_change c WHERE c.kind = new_kind AND c.decision = '' AND c.sha256 = digest) THEN
    RETURN 'OPEN';
  END IF;
  INSERT INTO access_dual_change (id, kind, named, content, sha256, differences, replaces_id, words, proposed_by_id,
    proposed_account, proposed_name, proposed_role, proposed_at, decision, decided_name, decided_role, reason, done_by)
  SELECT new_id, new_kind, new_name, new_content, digest, told, replaced, why, p.id, a.id, a.name, p.role, at, '', '', '', '', ''
    FROM access_post p JOIN access_account a ON a.id = p.account_id WHERE p.id = s.post_id;
  RETURN '';
END $$;

-- '' when decided (the same decision by the same account twice is one), else why not: UNKNOWN, DECIDED, OWN (the proposer's own
-- hand, or a namesake's), OFFICE (the same of the three offices), NOT_YOURS (only the proposer withdraws), CHANGED (the content is
-- not what was proposed or shown), REPLACED (another pack has replaced it meanwhile). `kept`: how long the pack keeps files, which only a
-- pack that names the rule can say.
DROP FUNCTION IF EXISTS access_decide_change(uuid, text, text, text, text, text, timestamptz);
CREATE OR REPLACE FUNCTION access_decide_change(which uuid, wanted text, shown text, why text, pack_digest text, place text,
  kept jsonb, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('change:decide', NULL);
  held access_dual_change;
  hand access_post;
  called text;
BEGIN
  PERFORM access_moment(at);
  SELECT c.* INTO held FROM access_dual_change c WHERE c.id = which FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  SELECT p.* INTO hand FROM access_post p WHERE p.id = s.post_id;
  SELECT a.name INTO called FROM access_account a WHERE a.id = hand.account_id;
  IF held.decision <> '' THEN
    RETURN CASE WHEN held.decision = wanted AND held.decided_account = hand.account_id THEN '' ELSE 'DECIDED' END;
  END IF;
  IF wanted = 'WITHDRAWN' THEN
    IF hand.account_id <> held.proposed_account THEN RETURN 'NOT_YOURS'; END IF;
  ELSIF hand.account_id = held.proposed_account OR called = held.proposed_name THEN
    RETURN 'OWN';
  ELSIF hand.role = held.proposed_role THEN
    RETURN 'OFFICE';
  END IF;
  IF wanted = 'CONFIRMED' AND (shown <> held.sha256 OR (held.kind = 'RULE_PACK'
      AND held.sha256 <> encode(sha256(convert_to(held.content, 'UTF8')), 'hex'))) THEN
    RETURN 'CHANGED';
  END IF;
  UPDATE access_dual_change SET decision = wanted, decided_by_id = hand.id, decided_account = hand.account_id,
    decided_name = called, decided_role = hand.role, decided_at = at, reason = why WHERE id = which;
  IF wanted = 'CONFIRMED' AND held.kind = 'RULE_PACK' THEN
    IF EXISTS (SELECT 1 FROM access_rule_pack k WHERE k.replaces_id = held.replaces_id) THEN
      RAISE EXCEPTION 'guitu: the pack was replaced meanwhile' USING ERRCODE = 'GU022';
    END IF;
    INSERT INTO access_rule_pack (id, name, sha256, text, jurisdiction, kept_files, loaded_at, loaded_by, replaces_id, dual_change_id)
    VALUES (gen_random_uuid(), held.named, pack_digest, held.content, place,
      CASE WHEN held.content LIKE '%RD-KEEP%' THEN kept ELSE '[]' END, at, hand.id, held.replaces_id, held.id);
  END IF;
  RETURN '';
END $$;
