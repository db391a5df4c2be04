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
  s access_session := access_seeing();
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

-- The ids of a page of what the acting post is told, newest first: of one code or ('') of all, also what it has read or only what it has
-- not, all or what was told before a moment. The same notices as under the row policy, chosen before anything else is read of them: what
-- the unit was ever told lies by list of roles, code and moment (notices_notice_heard), and of each list that names the own role the
-- newest of each code that is not switched off are read. So neither a role that was told little nor a code that is rare leads
-- through a million others. Whoever asks reads them under the row policy once more.
CREATE OR REPLACE FUNCTION notices_listed(off_channel text, of_code text, only_unread boolean, before timestamptz, skip integer, most integer)
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
ROWS 50 AS $$
DECLARE
  s access_session := access_seeing();
  shared uuid[] := access_shared_outside();
  heard bigint[] := notices_heard();
  told timestamptz := ledger_told_from('NOTICES');
  until timestamptz := coalesce(before, 'infinity');
  own access_post;
  read_until timestamptz;
BEGIN
  SELECT p.* INTO own FROM access_post p WHERE p.id = s.post_id;
  read_until := CASE WHEN only_unread THEN (SELECT m.until FROM notices_read_up_to m WHERE m.post_id = own.id) END;
  RETURN QUERY WITH RECURSIVE lists (hash, code) AS (
      SELECT h.hash, CASE of_code WHEN '' THEN (SELECT min(n.code) FROM notices_notice n
          WHERE n.unit_id = own.unit_id AND hash_array_extended(n.roles, 0) = h.hash) ELSE of_code END
        FROM unnest(heard) AS h (hash)
      UNION ALL SELECT l.hash, (SELECT min(n.code) FROM notices_notice n
          WHERE n.unit_id = own.unit_id AND hash_array_extended(n.roles, 0) = l.hash AND n.code > l.code)
        FROM lists l WHERE of_code = '' AND l.code IS NOT NULL)
    SELECT f.id FROM lists l CROSS JOIN LATERAL (
      SELECT n.id, n.at FROM notices_notice n
       WHERE n.unit_id = own.unit_id AND hash_array_extended(n.roles, 0) = l.hash AND n.code = l.code AND n.roles @> ARRAY[own.role]
         AND n.at >= told AND n.at < until AND (read_until IS NULL OR n.at > read_until)
         AND (n.post_id IS NULL OR n.post_id = own.id)
         AND (n.person_id IS NULL OR (n.division >= s.low AND n.division < s.high) OR n.person_id = ANY (shared))
         AND (NOT only_unread OR NOT EXISTS (SELECT 1 FROM notices_reading r WHERE r.notice_id = n.id AND r.post_id = own.id))
       ORDER BY n.at DESC, n.id LIMIT skip + most) AS f
     WHERE NOT EXISTS (SELECT 1 FROM notices_switched_off o
       WHERE o.account_id = own.account_id AND o.channel = off_channel AND o.code = l.code)
     ORDER BY f.at DESC, f.id OFFSET skip LIMIT most;
END $$;
