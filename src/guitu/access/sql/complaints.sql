-- Complaints to the procuratorate: a row policy without range or reach (cage kind `apart`).

-- Whose own road the acting post walks: the person, or whom a mandate names; nobody for every post of an office.
CREATE OR REPLACE FUNCTION access_own_road() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN ARRAY(SELECT r.person_id FROM access_reach r WHERE r.post_id = s.post_id AND r.relation IN ('self', 'mandate')
    AND r.from_at <= clock_timestamp() AND (r.to_at IS NULL OR r.to_at > clock_timestamp()));
END $$;

-- What stands apart is written under the division of its person and follows them nowhere (compile makes the triggers). Asked after the
-- row policy, and answered alike for who is not there: else the refusal would tell where somebody out of sight stands.
CREATE OR REPLACE FUNCTION access_stands_with_the_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM people_person q WHERE q.id = NEW.person_id AND q.division = NEW.division) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  RETURN NULL;
END $$;
