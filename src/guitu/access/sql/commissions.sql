-- A commission is the county's own: written by a post that may keep them, for an office within its range, ended by the county that gave it.

CREATE OR REPLACE FUNCTION access_commission_own() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_in_charge('commission:keep', NEW.unit_id);
BEGIN
  IF NEW.issued_by_unit_id <> access_own_unit()
     OR s.post_id IS DISTINCT FROM (CASE TG_OP WHEN 'INSERT' THEN NEW.issued_by ELSE NEW.revoked_by END) THEN
    RAISE EXCEPTION 'guitu: another county''s commission' USING ERRCODE = 'GU007';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER own_county BEFORE INSERT OR UPDATE ON access_commission FOR EACH ROW
  WHEN (session_user = 'guitu_app') EXECUTE FUNCTION access_commission_own();
