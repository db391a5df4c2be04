-- Places of offers. Referrals of other counties are out of the caller's sight and still take a place; only a number comes out.

CREATE OR REPLACE FUNCTION support_places_left(offers uuid[]) RETURNS TABLE (offer_id uuid, places_left integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT o.id, (o.places - count(r.id))::integer
    FROM support_offer o
    LEFT JOIN support_referral r ON r.offer_id = o.id AND r.state IN ('WAITING', 'TAKEN_ON', 'STARTED')
   WHERE o.id = ANY (offers) GROUP BY o.id;
END $$;
