-- Places of offers, and whose they are. Referrals of other counties are out of the caller's sight and still take a place; only a number comes out.

CREATE OR REPLACE FUNCTION support_places_left(offers uuid[]) RETURNS TABLE (offer_id uuid, places_left integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT o.id, (o.places - count(r.id))::integer
    FROM support_offer o
    LEFT JOIN support_referral r ON r.offer_id = o.id AND r.state IN ('WAITING', 'TAKEN_ON', 'STARTED')
   WHERE o.id = ANY (offers) GROUP BY o.id;
END $$;

-- An offer is its partner's own: published, changed and ended by a post of that unit which keeps offers. Everybody reads offers, and who refers
-- holds one while its places are counted; so the table has no row policy, and this stands in its place.
CREATE OR REPLACE FUNCTION support_offer_own() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF NOT access_may('offer:keep') THEN
    RAISE EXCEPTION 'guitu: permission offer:keep is missing' USING ERRCODE = 'GU006';
  END IF;
  IF NEW.unit_id IS DISTINCT FROM access_own_unit() OR (TG_OP = 'INSERT' AND NEW.published_by IS DISTINCT FROM s.post_id)
     OR (TG_OP = 'UPDATE' AND (NEW.id, NEW.unit_id, NEW.published_at, NEW.published_by)
         IS DISTINCT FROM (OLD.id, OLD.unit_id, OLD.published_at, OLD.published_by)) THEN
    RAISE EXCEPTION 'guitu: another unit''s offer' USING ERRCODE = 'GU007';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER own_offer BEFORE INSERT OR UPDATE ON support_offer FOR EACH ROW
  WHEN (session_user = 'guitu_app') EXECUTE FUNCTION support_offer_own();
