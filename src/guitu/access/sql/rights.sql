-- The person's copy and erasure: what this room holds about a person, for who builds the copy; and what it forgets.

-- Whom a post sees the person for, mandates and one-time codes: rows of closed tables, without secrets. For the errand of the copy.
CREATE OR REPLACE FUNCTION access_held_about(person uuid) RETURNS TABLE (what text, held jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_demand('rights:build', person);
BEGIN
  RETURN QUERY SELECT 'access_reach', to_jsonb(r) FROM access_reach r WHERE r.person_id = person AND NOT (r.relation = 'break_glass'
      AND EXISTS (SELECT 1 FROM access_glass g WHERE g.person_id = person AND g.post_id = r.post_id AND r.from_at >= g.opened_at
        AND r.from_at < g.until_at AND access_glass_held(g)))
    UNION ALL SELECT 'access_glass', jsonb_build_object('id', g.id) FROM access_glass g WHERE g.person_id = person AND access_glass_held(g)
    UNION ALL SELECT 'access_mandate', to_jsonb(m) FROM access_mandate m WHERE m.person_id = person
    UNION ALL SELECT 'access_sign_in_code', to_jsonb(c) - 'digest' - 'device' FROM access_sign_in_code c
      JOIN access_post p ON p.account_id = c.account_id
     WHERE p.id IN (SELECT r.post_id FROM access_reach r WHERE r.person_id = person AND r.relation = 'self');
END $$;

-- Copies whose time is over go, also those of somebody whose file was sealed since: no unit's range holds them, nor the clock's. So do
-- complaints of an erased person once they are answered: they were kept for the answer alone.
CREATE OR REPLACE FUNCTION rights_forget_copies(as_of timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone integer;
BEGIN
  PERFORM access_moment(as_of);
  PERFORM access_acting();
  DELETE FROM rights_copy c WHERE c.expires_at <= as_of;
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM rights_complaint c WHERE c.person_id IS NULL AND c.answered_at IS NOT NULL;
  RETURN gone;
END $$;

-- Until when at least a file is kept of which all ended at that moment: as long as the pack in force in the province says of that legal day
-- (what two administrators confirmed), else the national rule (rights_file_kept_for is made by compile).
CREATE OR REPLACE FUNCTION rights_file_kept_until(place varchar, ended timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE day date := (ended AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  RETURN coalesce((SELECT min(ended + length::interval) FROM access_rule_pack k,
      jsonb_to_recordset(k.kept_files) AS t ("from" date, "to" date, lasts jsonb), jsonb_array_elements_text(t.lasts) AS length
     WHERE k.jurisdiction = left(place, 2) || '0000' AND NOT EXISTS (SELECT 1 FROM access_rule_pack n WHERE n.replaces_id = k.id)
       AND t."from" <= day AND (t."to" IS NULL OR day < t."to")), ended + rights_file_kept_for());
END $$;

-- A decision to erase is written by whoever decides, in that very moment; on the ground that keeping has ended only when all has ended
-- for as long as files are kept where the deciding unit is, on any other only as the answer to a request of that ground. Never while a matter is
-- open, unless the data is held unlawfully. Files joined into a sealed one count as one.
CREATE OR REPLACE FUNCTION rights_erasure_stands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); whole uuid[]; ended timestamptz; open boolean;
BEGIN
  PERFORM access_moment(NEW.decided_at);
  whole := coalesce((SELECT ARRAY(SELECT f::uuid FROM jsonb_array_elements_text(x.suspended -> 'files') AS f) FROM rights_sealing x
    WHERE x.suspended -> 'files' ? NEW.person_id::text AND x.unsealed_at IS NULL LIMIT 1), ARRAY[NEW.person_id]);
  SELECT max(j.ended_at), coalesce(bool_or(j.ended_at IS NULL), false) INTO ended, open FROM journeys_journey j WHERE j.person_id = ANY (whole);
  IF NOT access_may('rights:erase') OR NEW.done_at IS NOT NULL OR NEW.decided_by <> s.post_id OR NEW.unit_id <> access_own_unit()
     OR (open AND NEW.ground <> 'UNLAWFUL')
     OR NOT (EXISTS (SELECT 1 FROM rights_request r WHERE r.id = NEW.id AND r.person_id = NEW.person_id AND r.kind = 'DELETION'
           AND r.outcome = 'GRANTED' AND r.ground = NEW.ground AND r.decided_by = s.post_id)
       OR (NEW.ground = 'EXPIRED' AND coalesce(rights_file_kept_until((SELECT u.division FROM access_unit u
           WHERE u.id = NEW.unit_id), ended) <= NEW.decided_at, false))) THEN
    RAISE EXCEPTION 'guitu: this file is not to be erased' USING ERRCODE = 'GU027';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stands_on_its_ground BEFORE INSERT ON rights_erasure FOR EACH ROW
  WHEN (session_user <> 'guitu_owner') EXECUTE FUNCTION rights_erasure_stands();

-- May this person be erased now? Only while the worker carries out a decision about this very person, in the post that decided;
-- and by the owner, who replays the register of erasures after a restore.
CREATE OR REPLACE FUNCTION rights_may_erase(person uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session;
BEGIN
  IF session_user = 'guitu_owner' THEN RETURN; END IF;
  s := access_acting();
  IF NOT EXISTS (SELECT 1 FROM access_errand e JOIN rights_erasure x ON x.id = e.about
      WHERE e.session_id = s.id AND e.action = 'rights:erase' AND e.ended_at IS NULL
        AND x.person_id = person AND x.done_at IS NULL) THEN
    RAISE EXCEPTION 'guitu: no decision to erase this person is being carried out' USING ERRCODE = 'GU006';
  END IF;
END $$;

-- What access forgets: for whom the person was shown, mandates, codes, the own account with all that proves who it is. The trace of
-- looks stays for as long as law keeps records of processing, frozen: the file it points to is gone, the words somebody gave as the
-- reason of a look stay in its lines.
CREATE OR REPLACE FUNCTION access_erase(person uuid) RETURNS TABLE (from_table text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE posts uuid[]; accounts uuid[];
BEGIN
  PERFORM rights_may_erase(person);
  SELECT coalesce(array_agg(DISTINCT p.id), '{}'), coalesce(array_agg(DISTINCT p.account_id), '{}') INTO posts, accounts
    FROM access_post p JOIN access_account a ON a.id = p.account_id
   WHERE a.for_person AND (p.id IN (SELECT r.post_id FROM access_reach r WHERE r.person_id = person)
     OR p.id IN (SELECT m.post_id FROM access_mandate m WHERE m.person_id = person));
  UPDATE access_session x SET ended_at = clock_timestamp() WHERE x.post_id = ANY (posts) AND x.ended_at IS NULL;
  DELETE FROM access_sign_in_code c WHERE c.account_id = ANY (accounts);
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_sign_in_code'; RETURN NEXT;
  DELETE FROM access_mandate m WHERE m.person_id = person;
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_mandate'; RETURN NEXT;
  DELETE FROM access_reach r WHERE r.person_id = person;
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_reach'; RETURN NEXT;
  DELETE FROM access_look_reason l WHERE l.person_id = person;
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_look_reason'; RETURN NEXT;
  UPDATE access_glass g SET words = '', finding = '' WHERE g.person_id = person;
  DELETE FROM access_look_hold h WHERE h.person_id = person;
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_look_hold'; RETURN NEXT;
  DELETE FROM access_kept_form k WHERE k.account_id = ANY (accounts);
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_kept_form'; RETURN NEXT;
  DELETE FROM access_passkey k WHERE k.account_id = ANY (accounts);
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_passkey'; RETURN NEXT;
  UPDATE access_post p SET to_at = greatest(clock_timestamp(), p.from_at + interval '1 microsecond')
   WHERE p.id = ANY (posts) AND (p.to_at IS NULL OR p.to_at > clock_timestamp());
  UPDATE access_account a SET login = 'erased-' || a.id, name = '已删除', password = '!', active = false
   WHERE a.id = ANY (accounts);
  GET DIAGNOSTICS gone = ROW_COUNT; from_table := 'access_account'; RETURN NEXT;
END $$;

-- Close the erasure: whom it was about is forgotten with the rest, the proof stays.
CREATE OR REPLACE FUNCTION rights_erased(erasure uuid, at timestamptz, rows_gone jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_moment(at);
  PERFORM rights_may_erase((SELECT x.person_id FROM rights_erasure x WHERE x.id = erasure));
  UPDATE rights_erasure x SET done_at = at, person_id = NULL, counts = rows_gone WHERE x.id = erasure AND x.done_at IS NULL;
END $$;

-- Whether a post is held by whoever acts now, in this post or in another: nobody decides about their own act.
CREATE OR REPLACE FUNCTION access_holds(post uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN EXISTS (SELECT 1 FROM access_post p JOIN access_post o ON o.account_id = p.account_id
    WHERE p.id = post AND o.id = s.post_id);
END $$;
