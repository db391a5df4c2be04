-- Impact assessments (PIPL 55, 56): written by one hand, signed by another of another office, never rewritten. guitu_app reads them.

-- '' when written (the same id twice is one).
CREATE OR REPLACE FUNCTION access_write_assessment(new_id uuid, of_feature text, digest text, what text, why text, risks text,
  means text, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('impact:write', NULL);
BEGIN
  PERFORM access_moment(at);
  INSERT INTO access_impact_assessment (id, feature, feature_sha256, processed, lawful, effects, measures, written_by_id,
    written_account, written_name, written_role, written_at, decision, decided_name, decided_role, reason)
  SELECT new_id, of_feature, digest, what, why, risks, means, p.id, a.id, a.name, p.role, at, '', '', '', ''
    FROM access_post p JOIN access_account a ON a.id = p.account_id WHERE p.id = s.post_id
  ON CONFLICT (id) DO NOTHING;
  RETURN '';
END $$;

-- '' when decided (the same decision by the same account twice is one), else why not: UNKNOWN, DECIDED, OWN (the author's own
-- hand, or a namesake's), OFFICE (the author's role), CHANGED (the feature's record is not the one that was assessed).
CREATE OR REPLACE FUNCTION access_decide_assessment(which uuid, confirmed boolean, said text, digest text, ends timestamptz,
  kept timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('impact:confirm', NULL);
  held access_impact_assessment;
  hand access_post;
  called text;
  wanted text := CASE WHEN confirmed THEN 'CONFIRMED' ELSE 'REFUSED' END;
BEGIN
  PERFORM access_moment(at);
  SELECT i.* INTO held FROM access_impact_assessment i WHERE i.id = which FOR UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  SELECT p.* INTO hand FROM access_post p WHERE p.id = s.post_id;
  SELECT a.name INTO called FROM access_account a WHERE a.id = hand.account_id;
  IF held.decision <> '' THEN
    RETURN CASE WHEN held.decision = wanted AND held.decided_account = hand.account_id THEN '' ELSE 'DECIDED' END;
  END IF;
  IF hand.account_id = held.written_account OR called = held.written_name THEN RETURN 'OWN'; END IF;
  IF hand.role = held.written_role THEN RETURN 'OFFICE'; END IF;
  IF confirmed AND digest <> held.feature_sha256 THEN RETURN 'CHANGED'; END IF;
  UPDATE access_impact_assessment SET decision = wanted, decided_by_id = hand.id, decided_account = hand.account_id,
    decided_name = called, decided_role = hand.role, decided_at = at, reason = said,
    ends_at = CASE WHEN confirmed THEN least(ends, at + (SELECT t.assessed FROM access_terms() t)) END, kept_until = CASE WHEN confirmed THEN kept END WHERE id = which;
  RETURN '';
END $$;

-- Is an assessment of this feature, as the rulebook has it now (access_features is made by compile), in force by the database's clock?
CREATE OR REPLACE FUNCTION access_assessed(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM access_impact_assessment i JOIN access_features() f ON f.code = i.feature
    AND f.digest = i.feature_sha256 WHERE i.feature = wanted AND i.decision = 'CONFIRMED'
    AND i.decided_at <= clock_timestamp() AND i.ends_at > clock_timestamp());
END $$;

-- What a sensitive feature writes is refused while no assessment of it is in force, whatever moment the row bears and whoever
-- writes it.
CREATE OR REPLACE FUNCTION access_refuse_unassessed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT access_assessed(TG_ARGV[0]) THEN
    RAISE EXCEPTION 'guitu: % needs an impact assessment in force', TG_ARGV[0] USING ERRCODE = 'GU023';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER assessed_first BEFORE INSERT ON evaluation_matter
  FOR EACH ROW EXECUTE FUNCTION access_refuse_unassessed('EVALUATION_SAMPLE');
CREATE OR REPLACE TRIGGER assessed_first BEFORE INSERT ON access_export
  FOR EACH ROW WHEN (NEW.rows > NEW.alone) EXECUTE FUNCTION access_refuse_unassessed('EXPORT_ABOVE_LIMIT');
CREATE OR REPLACE TRIGGER assessed_when_approved BEFORE UPDATE OF approved ON access_export
  FOR EACH ROW WHEN (NEW.approved AND NEW.rows > NEW.alone) EXECUTE FUNCTION access_refuse_unassessed('EXPORT_ABOVE_LIMIT');
CREATE OR REPLACE TRIGGER assessed_first BEFORE INSERT ON access_api_token
  FOR EACH ROW EXECUTE FUNCTION access_refuse_unassessed('API_TOKENS');
CREATE OR REPLACE TRIGGER assessed_first BEFORE INSERT ON notices_message
  FOR EACH ROW WHEN (NEW.channel = 'SMS') EXECUTE FUNCTION access_refuse_unassessed('TEXT_MESSAGES');
CREATE OR REPLACE TRIGGER assessed_first BEFORE INSERT ON access_sign_in_code
  FOR EACH ROW WHEN (NEW.channel = 'SMS') EXECUTE FUNCTION access_refuse_unassessed('TEXT_MESSAGES');
CREATE OR REPLACE TRIGGER assessed_first BEFORE INSERT ON support_referral
  FOR EACH ROW EXECUTE FUNCTION access_refuse_unassessed('PARTNER_SHARING');
