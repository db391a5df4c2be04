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

-- Who becomes responsible: the county to which a matter led, once the person is released, by who stands in that matter or the clock; or, by
-- who tells persons apart, the unit that asked about the person, sends the matter, or had them before. Being responsible is the nearest an
-- office comes to a person, so no office names itself. The row stands in the division of whoever is responsible.
CREATE OR REPLACE FUNCTION people_responsible_by_a_matter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE j journeys_journey;
BEGIN
  IF NEW.sealed_at IS NOT NULL OR OLD.sealed_at IS NOT NULL THEN RETURN NEW; END IF;  -- sealing and its end, which ask themselves
  SELECT * INTO j FROM journeys_journey x WHERE x.person_id = NEW.id ORDER BY x.opened_at DESC, x.id DESC LIMIT 1;
  IF NEW.division IS DISTINCT FROM (SELECT u.division FROM access_unit u WHERE u.id = NEW.responsible_unit_id)
     OR NEW.responsible_unit_id <> OLD.responsible_unit_id AND NOT coalesce(
       NEW.responsible_unit_id = j.receiving_unit_id AND (j.released_at IS NOT NULL AND cardinality(journeys_stands_as(j)) > 0
         OR 'clock' = ANY (journeys_stands_as(j))), false)
     AND NOT (access_may('person:identify') AND (NEW.responsible_unit_id = j.sending_unit_id
       OR EXISTS (SELECT 1 FROM people_match m WHERE m.person_id = NEW.id AND NEW.responsible_unit_id IN (m.unit_id, m.former_unit_id))
       OR EXISTS (SELECT 1 FROM people_responsibility r WHERE r.person_id = NEW.id AND r.unit_id = NEW.responsible_unit_id))) THEN
    RAISE EXCEPTION 'guitu: this post does not decide who is responsible' USING ERRCODE = 'GU030';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER responsible_by_a_matter BEFORE UPDATE OF responsible_unit_id, division ON people_person FOR EACH ROW
  WHEN (session_user IN ('guitu_app', 'guitu_job') AND (NEW.responsible_unit_id, NEW.division) IS DISTINCT FROM
    (OLD.responsible_unit_id, OLD.division)) EXECUTE FUNCTION people_responsible_by_a_matter();
