-- The lists of roles that the acting post's unit was ever told for and that name its role, each by its hash: read from the index, list by
-- list, so that whoever was told little is not led through what the others of the unit were told. For the bell and for the list.
CREATE OR REPLACE FUNCTION notices_heard() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); own access_post;
BEGIN
  SELECT p.* INTO own FROM access_post p WHERE p.id = s.post_id;
  RETURN ARRAY(WITH RECURSIVE told (hash, roles) AS (
      (SELECT hash_array_extended(n.roles, 0), n.roles FROM notices_notice n WHERE n.unit_id = own.unit_id ORDER BY 1 LIMIT 1)
      UNION ALL SELECT o.hash, o.roles FROM told t CROSS JOIN LATERAL (SELECT hash_array_extended(n.roles, 0) AS hash, n.roles
        FROM notices_notice n WHERE n.unit_id = own.unit_id AND hash_array_extended(n.roles, 0) > t.hash ORDER BY 1 LIMIT 1) AS o)
    SELECT t.hash FROM told t WHERE t.roles @> ARRAY[own.role]);
END $$;

-- The bell: how many notices the acting post has not read, counted no further than `most`. Under the row policy alone every
-- notice the unit was ever told is asked for its person before it is known whether it was read; this asks the same policy
-- (told to the own unit, the person within reach) of the unread ones only. What is unread is mostly the newest, so those
-- are looked at first, and the older ones only where they do not suffice; of these only what was told to the own role
-- (notices_heard), so that an administrator is not led through a million notices of the officers beside. The plan is made for each count: the list of persons
-- shown to the unit may be long.
CREATE OR REPLACE FUNCTION notices_unread(off_channel text, most integer) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  s access_session := access_acting();
  shared uuid[] := access_shared_outside();
  own access_post;
  read_until timestamptz;
  since timestamptz;
  until timestamptz := 'infinity';
  counted integer := 0;
  heard bigint[];
BEGIN
  SELECT p.* INTO own FROM access_post p WHERE p.id = s.post_id;
  read_until := greatest((SELECT m.until FROM notices_read_up_to m WHERE m.post_id = own.id),
    ledger_told_from('NOTICES') - interval '1 microsecond');
  since := greatest(read_until, (SELECT n.at FROM notices_notice n WHERE n.unit_id = own.unit_id ORDER BY n.at DESC OFFSET 3 * most LIMIT 1));
  LOOP
    counted := counted + (
      WITH unread AS MATERIALIZED (
        SELECT n.person_id, n.division FROM notices_notice n
         WHERE n.unit_id = own.unit_id AND n.at > read_until AND n.at >= since AND n.at < until
           AND (heard IS NULL OR hash_array_extended(n.roles, 0) = ANY (heard)) AND n.roles @> ARRAY[own.role] AND (n.post_id IS NULL OR n.post_id = own.id)
           AND NOT EXISTS (SELECT 1 FROM notices_reading r WHERE r.notice_id = n.id AND r.post_id = own.id)
           AND NOT EXISTS (SELECT 1 FROM notices_switched_off o
             WHERE o.account_id = own.account_id AND o.channel = off_channel AND o.code = n.code)
      )
      SELECT count(*) FROM (SELECT 1 FROM unread u
        WHERE u.person_id IS NULL OR (u.division >= s.low AND u.division < s.high) OR u.person_id = ANY (shared)
        LIMIT most - counted) AS seen);
    EXIT WHEN counted = most OR since = read_until;
    heard := notices_heard();
    until := since;
    since := read_until;
  END LOOP;
  RETURN counted;
END $$;
