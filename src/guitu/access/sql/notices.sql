-- Notices: told through one function, set-wise; read under the row policy; marked as read and preferred by the acting post.

-- The acting post's own unit, for the policy of what is told to a unit.
CREATE OR REPLACE FUNCTION access_own_unit() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN (SELECT p.unit_id FROM access_post p WHERE p.id = s.post_id);
END $$;

-- Tell many at once, each once: what was told before is passed over. So it is told by who may bring it about, as the rulebook has it
-- (notices_told_by, made by compile): else a notice told by anybody before its time would keep the true one from being told. Whoever
-- tells must see the person, or hold something about the person that is addressed to the own unit. A unit that does not see the person is told of the matter without the
-- person. Returns how many were new.
CREATE OR REPLACE FUNCTION notices_tell(codes text[], subject_ids uuid[], keys text[], steps smallint[], units uuid[],
  posts uuid[], role_lists text[], to_persons boolean[], persons uuid[], fact_texts text[], at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_seeing();
  shared uuid[] := access_shared_outside() || access_addressed();
  made integer;
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT g.code, g.post = s.post_id AS own FROM unnest(codes, posts) AS g (code, post)) AS t
      WHERE NOT EXISTS (SELECT 1 FROM unnest(notices_told_by(t.code)) AS w (who) WHERE CASE w.who
        WHEN 'CLOCK' THEN EXISTS (SELECT 1 FROM access_post p WHERE p.id = s.post_id AND p.role = 'TICK')
        WHEN 'OWN_POST' THEN t.own ELSE access_may(w.who) END)) THEN
    RAISE EXCEPTION 'guitu: not for this post to tell' USING ERRCODE = 'GU006';
  END IF;
  IF EXISTS (SELECT 1 FROM unnest(persons) AS g (person) LEFT JOIN people_person q ON q.id = g.person
      WHERE g.person IS NOT NULL
        AND (q.id IS NULL OR NOT ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (shared)))) THEN
    RAISE EXCEPTION 'guitu: person unknown' USING ERRCODE = 'GU005';
  END IF;
  INSERT INTO notices_notice (id, code, subject_id, key, step, unit_id, roles, post_id, to_person, person_id, division,
    told_division, facts, at)
  SELECT gen_random_uuid(), g.code, g.subject_id, g.key, g.step, u.id, coalesce(string_to_array(nullif(g.roles, ''), ','), '{}'),
         g.post, g.to_person, CASE WHEN seen.yes THEN q.id END, CASE WHEN seen.yes THEN q.division ELSE u.division END,
         coalesce(u.division, q.division), g.fact::jsonb, notices_tell.at
    FROM unnest(codes, subject_ids, keys, steps, units, posts, role_lists, to_persons, persons, fact_texts)
      AS g (code, subject_id, key, step, unit, post, roles, to_person, person, fact)
    LEFT JOIN access_unit u ON u.id = g.unit
    LEFT JOIN people_person q ON q.id = g.person
    -- LIMIT: each told person's own rows are looked up; without it the planner reads every reach there is once for all.
    LEFT JOIN LATERAL (SELECT true AS yes FROM access_reach r WHERE r.person_id = q.id AND r.unit_id = u.id
        AND (r.to_at IS NULL OR r.to_at > notices_tell.at) LIMIT 1) AS reached ON true
    CROSS JOIN LATERAL (SELECT q.id IS NOT NULL AND (g.to_person OR (q.division >= u.division AND q.division < u.division_end)
      OR reached.yes IS NOT NULL) AS yes) AS seen
  ON CONFLICT (subject_id, code, key, unit_id, post_id, to_person) DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN made;
END $$;

-- Mark notices as read by the acting post: those it is told, no others. Returns how many were new.
CREATE OR REPLACE FUNCTION notices_mark_read(notices uuid[], at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); made integer;
BEGIN
  PERFORM access_moment(at);
  INSERT INTO notices_reading (id, notice_id, post_id, at)
  SELECT gen_random_uuid(), n.id, p.id, notices_mark_read.at
    FROM notices_notice n JOIN access_post p ON p.id = s.post_id
   WHERE n.id = ANY (notices) AND n.unit_id = p.unit_id AND p.role = ANY (n.roles)
     AND (n.post_id IS NULL OR n.post_id = p.id)
  ON CONFLICT (notice_id, post_id) DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN made;
END $$;

-- Up to which moment the acting post has read everything it was told, and when it said so; no row where it never did.
CREATE OR REPLACE FUNCTION notices_own_mark() RETURNS TABLE (until timestamptz, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT m.until, m.at FROM notices_read_up_to m WHERE m.post_id = s.post_id;
END $$;

-- Mark everything told up to the notice `newest` as read by the acting post. What was told after `settled` is marked notice
-- by notice: a telling of an earlier moment may end after this, and would never be seen as unread.
CREATE OR REPLACE FUNCTION notices_mark_all_read(newest uuid, settled timestamptz, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); own access_post; up_to timestamptz;
BEGIN
  PERFORM access_moment(at);
  SELECT p.* INTO own FROM access_post p WHERE p.id = s.post_id;
  SELECT n.at INTO up_to FROM notices_notice n WHERE n.id = newest AND n.unit_id = own.unit_id;
  IF up_to IS NULL THEN RETURN; END IF;
  INSERT INTO notices_read_up_to AS m (post_id, until, at) VALUES (own.id, least(up_to, settled), notices_mark_all_read.at)
  ON CONFLICT (post_id) DO UPDATE SET until = excluded.until, at = excluded.at WHERE m.until < excluded.until;
  PERFORM notices_mark_read(ARRAY(SELECT n.id FROM notices_notice n
    WHERE n.unit_id = own.unit_id AND n.at > settled AND n.at <= up_to), notices_mark_all_read.at);
END $$;

-- Which notices the own account has switched off: the whole choice at once. What may be switched off the caller has asked
-- the rulebook; the account is the acting session's own, never an argument.
CREATE OR REPLACE FUNCTION notices_switch_off(codes text[], channels text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); own uuid := (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id);
BEGIN
  DELETE FROM notices_switched_off o WHERE o.account_id = own;
  INSERT INTO notices_switched_off (id, account_id, code, channel)
  SELECT DISTINCT ON (g.code, g.channel) gen_random_uuid(), own, g.code, g.channel
    FROM unnest(codes, channels) AS g (code, channel);
END $$;

-- Set, change or (NULL) give up the own address of a channel.
CREATE OR REPLACE FUNCTION notices_set_address(of_channel text, given bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); own uuid := (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id);
BEGIN
  IF given IS NULL THEN
    DELETE FROM notices_address d WHERE d.account_id = own AND d.channel = of_channel;
    UPDATE notices_message m SET state = 'GIVEN_UP', failure = 'ADDRESS'
     WHERE m.account_id = own AND m.channel = of_channel AND m.state = 'WAITING';
    RETURN;
  END IF;
  INSERT INTO notices_address (id, account_id, channel, sealed) VALUES (gen_random_uuid(), own, of_channel, given)
  ON CONFLICT (account_id, channel) DO UPDATE SET sealed = excluded.sealed;
END $$;

CREATE OR REPLACE FUNCTION notices_own_addresses() RETURNS TABLE (account_id uuid, channel text, sealed bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT d.account_id, d.channel, d.sealed FROM notices_address d
    WHERE d.account_id = (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id);
END $$;

CREATE OR REPLACE FUNCTION notices_own_messages(most integer)
RETURNS TABLE (made_at timestamptz, channel text, matters integer, state text, tries smallint, sent_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT m.made_at, m.channel, m.matters, m.state, m.tries, m.sent_at FROM notices_message m
    WHERE m.account_id = (SELECT p.account_id FROM access_post p WHERE p.id = s.post_id)
    ORDER BY m.made_at DESC LIMIT most;
END $$;
