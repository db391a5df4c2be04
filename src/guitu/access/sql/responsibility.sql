-- Exactly one unit is responsible at every instant: no two at once (exclusion constraint) and no gap, looked at when the
-- transaction ends, so that ending one range and beginning the next may be two statements.
CREATE OR REPLACE FUNCTION people_no_gap() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE whom uuid := coalesce(NEW.person_id, OLD.person_id);
BEGIN
  IF EXISTS (SELECT 1 FROM people_responsibility r WHERE r.person_id = whom AND NOT upper_inf(r.period)
       AND NOT EXISTS (SELECT 1 FROM people_responsibility n WHERE n.person_id = whom AND lower(n.period) = upper(r.period)))
     OR (EXISTS (SELECT 1 FROM people_person p WHERE p.id = whom)
         AND NOT EXISTS (SELECT 1 FROM people_responsibility r WHERE r.person_id = whom AND upper_inf(r.period))) THEN
    RAISE EXCEPTION 'guitu: nobody would be responsible for person %', whom USING ERRCODE = 'GU011';
  END IF;
  RETURN NULL;
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'people_responsibility_no_gap') THEN
    CREATE CONSTRAINT TRIGGER people_responsibility_no_gap AFTER INSERT OR UPDATE OR DELETE ON people_responsibility
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION people_no_gap();
  END IF;
END $$;

-- Where a person stands, and with whom, from now on. The row leaves one range for another, which the row policy alone cannot
-- judge: it knows the shared persons outside the range, and this one still is inside. Whoever acts must see the person, and go
-- on seeing them; through a broken glass nobody is placed anywhere.
CREATE OR REPLACE FUNCTION people_place(person uuid, responsible uuid, into_division text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE shared boolean := person = ANY (access_shared()) AND person = ANY (access_reached(access_acting(), false, false));
BEGIN
  UPDATE people_person q SET responsible_unit_id = responsible, division = into_division
   WHERE q.id = person AND ((q.division >= access_lo() AND q.division < access_hi()) OR shared)
     AND ((into_division >= access_lo() AND into_division < access_hi()) OR shared);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
END $$;

-- What stands on the head of a file is changed by who has the file in hand: in the range, or shown for a matter of theirs. Who was
-- responsible once, oversees, or walks the road reads it; else a relation of which the decision table gives less would be left by one's own SQL.
CREATE OR REPLACE FUNCTION people_changed_in_hand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session;
BEGIN
  IF NEW.sealed_at IS DISTINCT FROM OLD.sealed_at THEN RETURN NEW; END IF;  -- sealing and its end, which ask themselves
  s := access_seeing();
  IF NOT (OLD.division >= s.low AND OLD.division < s.high) AND NOT access_reached_as(s, OLD.id, '{assigned,receiver}') THEN
    RAISE EXCEPTION 'guitu: this post does not have the file in hand' USING ERRCODE = 'GU006';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER changed_in_hand BEFORE UPDATE ON people_person FOR EACH ROW
  WHEN (session_user = 'guitu_app') EXECUTE FUNCTION people_changed_in_hand();
