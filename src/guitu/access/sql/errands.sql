-- Errands: what a post hands to the worker because a page may not take that long. Taken only by guitu_job, which gets a token
-- of the very post that gave it, for the one purpose it was given in and for the one act (access_may): the worker has no
-- authority of its own, and none is left when the post ends, the account is closed, or the errand is done or too old.

-- Whether the acting post has this to do: what the operation asks of the thing, asked before the worker is. A draft of the own unit, an
-- export of the post's own, a request of somebody in sight, a decision not yet carried out about somebody in sight or about a sealed file of
-- the own unit. Else an errand of somebody else's would stand in the way of who has it to do, and keep for a day what should end.
CREATE OR REPLACE FUNCTION access_has_to_do(wanted text, what uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_seeing(); whom uuid;
BEGIN
  IF wanted IN ('roster:check', 'roster:import') THEN
    RETURN EXISTS (SELECT 1 FROM prison_roster_draft d WHERE d.id = what AND d.unit_id = access_own_unit());
  ELSIF wanted = 'export:ask' THEN
    RETURN EXISTS (SELECT 1 FROM access_export x WHERE x.id = what AND x.post_id = s.post_id);
  ELSIF wanted = 'rights:build' THEN
    whom := (SELECT r.person_id FROM rights_request r WHERE r.id = what);
  ELSIF wanted = 'rights:erase' THEN
    whom := (SELECT e.person_id FROM rights_erasure e WHERE e.id = what);
  END IF;
  RETURN EXISTS (SELECT 1 FROM people_person q WHERE q.id = whom
      AND ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (access_lasting())))
    OR (wanted = 'rights:erase' AND rights_erases_sealed(what));
END $$;

-- Give one. An open errand for the same act about the same thing is the same errand. How long one waits, how long a token of it lasts and
-- how often it is tried is made by compile from the rulebook (access_errand_rules).
DROP FUNCTION IF EXISTS access_give_errand(text, uuid, interval);
CREATE OR REPLACE FUNCTION access_give_errand(wanted text, what uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); made uuid;
BEGIN
  IF NOT access_may(wanted) THEN
    RAISE EXCEPTION 'guitu: permission % is missing', wanted USING ERRCODE = 'GU006';
  END IF;
  IF NOT access_has_to_do(wanted, what) THEN
    RAISE EXCEPTION 'guitu: nothing that this post has to do' USING ERRCODE = 'GU005';
  END IF;
  INSERT INTO access_errand (id, post_id, purpose, action, about, given_at, expires_at, tries, rows_done, rows_all, outcome)
  VALUES (gen_random_uuid(), s.post_id, current_setting('guitu.purpose', true), wanted, what, clock_timestamp(),
    clock_timestamp() + (SELECT r.waits FROM access_errand_rules(wanted) r), 0, 0, 0, '')
  ON CONFLICT (about, action) WHERE ended_at IS NULL DO NOTHING RETURNING id INTO made;
  IF made IS NULL THEN
    SELECT e.id INTO made FROM access_errand e WHERE e.about = what AND e.action = wanted AND e.ended_at IS NULL;
  END IF;
  RETURN made;
END $$;

-- The newest errand about each of these things that posts of the acting post's unit have given.
CREATE OR REPLACE FUNCTION access_errands_about(things uuid[])
RETURNS TABLE (id uuid, action text, about uuid, given_at timestamptz, rows_done integer, rows_all integer,
  ended_at timestamptz, outcome text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT DISTINCT ON (e.about) e.id, e.action, e.about, e.given_at, e.rows_done, e.rows_all, e.ended_at, e.outcome
    FROM access_errand e JOIN access_post p ON p.id = e.post_id
   WHERE e.about = ANY (things) AND p.unit_id = (SELECT o.unit_id FROM access_post o WHERE o.id = s.post_id)
   ORDER BY e.about, e.given_at DESC, e.id;
END $$;

-- End an errand, with the token it was done with. An ended one stays as it ended.
CREATE OR REPLACE FUNCTION access_end_errand(which uuid, how text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE access_session x SET ended_at = clock_timestamp() FROM access_errand e
   WHERE e.id = which AND x.id = e.session_id AND x.ended_at IS NULL;
  UPDATE access_errand SET ended_at = clock_timestamp(), outcome = how WHERE id = which AND ended_at IS NULL;
END $$;

-- Take the next errand: the one tried least, then the oldest. It is held by an advisory lock of the calling connection, so a
-- killed worker lets go of it with its connection, and two workers never hold the same. The token of the former try ends.
DROP FUNCTION IF EXISTS access_take_errand(bytea, interval, integer);
CREATE OR REPLACE FUNCTION access_take_errand(hash bytea)
RETURNS TABLE (id uuid, action text, about uuid, purpose text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE one record; held uuid; holder uuid; lasts interval; most_tries integer;
BEGIN
  SELECT r.token, r.tries INTO lasts, most_tries FROM access_errand_rules('') r;
  FOR one IN SELECT e.* FROM access_errand e WHERE e.ended_at IS NULL ORDER BY e.tries, e.given_at, e.id LOOP
    CONTINUE WHEN NOT pg_try_advisory_lock(hashtextextended('access_errand:' || one.id, 0));
    -- Another worker may have ended it between our look and our lock.
    CONTINUE WHEN NOT EXISTS (SELECT 1 FROM access_errand e WHERE e.id = one.id AND e.ended_at IS NULL
      AND e.tries = one.tries) AND pg_advisory_unlock(hashtextextended('access_errand:' || one.id, 0));
    UPDATE access_session x SET ended_at = clock_timestamp() WHERE x.id = one.session_id AND x.ended_at IS NULL;
    SELECT p.account_id INTO holder FROM access_post p WHERE p.id = one.post_id;
    IF one.expires_at <= clock_timestamp() OR one.tries >= most_tries THEN
      PERFORM access_end_errand(one.id, CASE WHEN one.tries >= most_tries THEN 'GIVEN_UP' ELSE 'TOO_LATE' END);
    ELSE
      BEGIN
        held := access_mint(hash, holder, one.post_id, lasts, lasts);
        UPDATE access_session x SET purposes = ARRAY[one.purpose] WHERE x.id = held AND one.purpose = ANY (x.purposes);
        IF NOT FOUND THEN
          RAISE EXCEPTION 'guitu: purpose not allowed for this post' USING ERRCODE = 'GU004';
        END IF;
        UPDATE access_errand e SET session_id = held, tries = e.tries + 1, rows_done = 0, rows_all = 0 WHERE e.id = one.id;
        RETURN QUERY SELECT one.id, one.action, one.about, one.purpose;
        RETURN;
      EXCEPTION WHEN SQLSTATE 'GU004' THEN
        PERFORM access_end_errand(one.id, 'POST_ENDED');
      END;
    END IF;
    PERFORM pg_advisory_unlock(hashtextextended('access_errand:' || one.id, 0));
  END LOOP;
END $$;

-- Let go of an errand that is not taken any further now; the next taking tries it again unless it was ended.
CREATE OR REPLACE FUNCTION access_leave_errand(which uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT pg_advisory_unlock(hashtextextended('access_errand:' || which, 0));
$$;

-- How far it has come, for the page that shows it.
CREATE OR REPLACE FUNCTION access_note_errand(which uuid, done integer, of_all integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE access_errand SET rows_done = done, rows_all = of_all WHERE id = which AND ended_at IS NULL;
$$;
