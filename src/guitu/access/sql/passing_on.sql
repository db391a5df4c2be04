-- Showing a person to another unit, and ending it: what access_reach holds beside the person's own sight, mandates and broken glasses.

-- What a post may show somebody as, and end again: what a matter brings about. The person's own sight, a mandate and a broken glass have
-- functions of their own; and who sees only whom it was given, or oversees, passes nobody on.
CREATE OR REPLACE FUNCTION access_passes_on(s access_session, as_relation text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT as_relation IN ('assigned', 'receiver', 'sender', 'oversight') AND EXISTS (SELECT 1 FROM access_post p
    JOIN access_role_range g ON g.role = p.role WHERE p.id = s.post_id AND g.sees = 'OWN');
$$;

-- Show a person to another unit. Only somebody who may act on the person can; and what they say themself, or whoever speaks for them,
-- may put their own road before an overseer.
CREATE OR REPLACE FUNCTION access_give_reach(person uuid, receiving uuid, only_post uuid, as_relation text, at timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_seeing();
  own_word boolean := as_relation = 'oversight' AND only_post IS NULL AND person = ANY (access_own_road()) AND access_may('my_road:speak');
  in_range boolean := EXISTS (SELECT 1 FROM people_person q WHERE q.id = person AND q.division >= s.low AND q.division < s.high);
BEGIN
  PERFORM access_moment(at);
  IF NOT access_passes_on(s, as_relation) AND NOT own_word THEN
    RAISE EXCEPTION 'guitu: nobody is shown so by this post' USING ERRCODE = 'GU006';
  END IF;
  IF NOT in_range AND NOT person = ANY (access_lasting()) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  IF EXISTS (SELECT 1 FROM access_reach r WHERE r.person_id = person AND r.unit_id = receiving AND r.relation = as_relation
      AND r.post_id IS NOT DISTINCT FROM only_post AND (r.to_at IS NULL OR r.to_at > at)) THEN
    RETURN;
  END IF;
  -- Nobody comes nearer to a person by their own word: not as the post assigned, not as an overseer, not back from having been responsible.
  IF NOT own_word AND (only_post = s.post_id OR (as_relation = 'oversight' AND receiving = access_own_unit())
      OR NOT (in_range OR access_reached_as(s, person, '{assigned,receiver,oversight}'))) THEN
    RAISE EXCEPTION 'guitu: nobody is shown so by this post' USING ERRCODE = 'GU006';
  END IF;
  INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at)
  SELECT gen_random_uuid(), person, u.division, u.id, only_post, as_relation, at FROM access_unit u WHERE u.id = receiving;
END $$;

CREATE OR REPLACE FUNCTION access_end_reach(person uuid, shown_to uuid, as_relation text, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_seeing();
BEGIN
  PERFORM access_moment(at);
  IF NOT access_passes_on(s, as_relation) THEN
    RAISE EXCEPTION 'guitu: nobody is shown so by this post' USING ERRCODE = 'GU006';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM people_person q WHERE q.id = person
      AND ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (access_lasting()))) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  UPDATE access_reach r SET to_at = at WHERE r.person_id = person AND r.unit_id = shown_to AND r.relation = as_relation
    AND r.from_at < at AND (r.to_at IS NULL OR r.to_at > at);
END $$;
