-- A journey's state, its positions and the text it runs under are held here (ADR 0056): what a post sees of a person follows from
-- where the matter stands, so nobody writes where it stands by SQL of their own. journeys_permitted_move is compiled from the rulebook.

-- Keep the text of a journey from now on; compile's alone.
CREATE OR REPLACE FUNCTION journeys_keep_definition(digest text, of_kind text, said text) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO journeys_definition (id, sha256, kind, text, kept_at) VALUES (gen_random_uuid(), digest, of_kind, said, clock_timestamp())
  ON CONFLICT (sha256) DO NOTHING
$$;

-- The units that stand in this journey, whatever their position.
CREATE OR REPLACE FUNCTION journeys_units(j journeys_journey) RETURNS uuid[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT array_remove(ARRAY[j.sending_unit_id, j.receiving_unit_id, j.local_unit_id, j.superior_unit_id], NULL)
$$;

-- In which positions of this journey the acting post stands: its unit's, and time for the machine post of the clock.
CREATE OR REPLACE FUNCTION journeys_stands_as(j journeys_journey) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE own uuid := access_own_unit();
BEGIN
  RETURN ARRAY(SELECT p.name FROM (VALUES ('sending_unit', j.sending_unit_id), ('receiving_unit', j.receiving_unit_id),
      ('local_unit', coalesce(j.local_unit_id, j.receiving_unit_id)), ('superior_unit', j.superior_unit_id)) AS p (name, unit)
     WHERE p.unit = own)
    || ARRAY(SELECT 'clock' FROM access_post p WHERE p.id = (access_acting()).post_id AND p.role = 'TICK');
END $$;

-- Is it the person's own word: theirs, of who speaks for them, or written down by an officer who may?
CREATE OR REPLACE FUNCTION journeys_own_word(j journeys_journey) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT access_may('my_road:speak_for') OR access_may('my_road:speak') AND j.person_id = ANY (access_own_road())
$$;

-- May the acting post make this move of this journey? By its unit's position and permission; what the person says of the help themself, or
-- an officer for them, by that word; a matter opened for the wrong person is taken back by who tells persons apart.
CREATE OR REPLACE FUNCTION journeys_may_make(j journeys_journey, m journeys_permitted_move) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  stands text[] := journeys_stands_as(j);
  may boolean := cardinality(m.may) = 0 OR EXISTS (SELECT 1 FROM unnest(m.may) AS w (one) WHERE access_may(w.one));
BEGIN
  RETURN stands && m."by" AND (may OR stands && ARRAY['clock'])
    OR m.event = ANY (journeys_events('own_word')) AND journeys_own_word(j)
    OR m.event = ANY (journeys_events('opening_taken_back')) AND may;
END $$;

-- A move is the one way in which a state changes: written, it is asked whether it may be made, and makes it.
CREATE OR REPLACE FUNCTION journeys_make_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  j journeys_journey;
  m journeys_permitted_move;
BEGIN
  PERFORM access_moment(NEW.at);
  SELECT * INTO j FROM journeys_journey WHERE id = NEW.journey_id AND person_id = NEW.person_id FOR NO KEY UPDATE;
  SELECT * INTO m FROM journeys_permitted_move p WHERE p.definition = j.definition AND p.move = NEW.code
     AND p.from_state = NEW.from_state AND p.to_state = NEW.to_state;
  IF j.id IS NULL OR m.id IS NULL OR j.ended_at IS NOT NULL OR j.state <> NEW.from_state
     OR NEW.post_id <> s.post_id OR NEW.unit_id <> access_own_unit() OR NOT journeys_may_make(j, m) THEN
    RAISE EXCEPTION 'guitu: this matter makes no such move, or not by this post' USING ERRCODE = 'GU030';
  END IF;
  UPDATE journeys_journey SET state = NEW.to_state, state_since = NEW.at, ended_at = CASE WHEN m.ends THEN NEW.at END WHERE id = j.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER made_here AFTER INSERT ON journeys_move FOR EACH ROW
  WHEN (session_user IN ('guitu_app', 'guitu_job')) EXECUTE FUNCTION journeys_make_move();

-- A matter opens at its start, under the text in force, for who is responsible for the person, with nothing of it done.
CREATE OR REPLACE FUNCTION journeys_open_at_the_start() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_moment(o.opened_at) FROM (SELECT DISTINCT w.opened_at FROM written w) AS o;
  IF EXISTS (SELECT 1 FROM written w
      LEFT JOIN journeys_permitted_move m ON m.definition = w.definition AND m.from_state = '' AND m.to_state = w.state
      LEFT JOIN (SELECT k.kind, journeys_definition_in_force(k.kind) AS definition FROM (SELECT DISTINCT x.kind FROM written x) AS k) AS f
        ON f.kind = w.kind
     WHERE m.id IS NULL OR w.sending_unit_id IS DISTINCT FROM (SELECT q.responsible_unit_id FROM people_person q WHERE q.id = w.person_id)
        OR w.definition IS DISTINCT FROM f.definition
        OR w.first_desk_id <> w.sending_unit_id OR w.duty_unit_id <> w.sending_unit_id OR w.state_since <> w.opened_at
        OR w.receiving_unit_id = w.sending_unit_id
        OR num_nonnulls(w.local_unit_id, w.superior_unit_id, w.worker_post_id, w.ended_at, w.released_at) > 0)
     OR NOT EXISTS (SELECT 1 FROM journeys_permitted_move m CROSS JOIN unnest(m.may) AS p (one)
       WHERE m.from_state = '' AND access_may(p.one)) THEN
    RAISE EXCEPTION 'guitu: a matter opens at its start, by whose work it is' USING ERRCODE = 'GU030';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER opened_at_the_start AFTER INSERT ON journeys_journey REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (session_user IN ('guitu_app', 'guitu_job')) EXECUTE FUNCTION journeys_open_at_the_start();

-- The units above one, the nearest first.
CREATE OR REPLACE FUNCTION access_units_above(of_unit uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE above (id, deep) AS (
    SELECT u.parent_id, 1 FROM access_unit u WHERE u.id = of_unit
    UNION ALL SELECT u.parent_id, a.deep + 1 FROM above a JOIN access_unit u ON u.id = a.id WHERE a.deep < 8
  ) SELECT coalesce(array_agg(a.id ORDER BY a.deep), '{}') FROM above a WHERE a.id IS NOT NULL
$$;

-- Can a move with one of these events be made now, by the acting post?
CREATE OR REPLACE FUNCTION journeys_could_make(j journeys_journey, events text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM journeys_permitted_move m WHERE m.definition = j.definition AND m.from_state = j.state
    AND m.event = ANY (events) AND journeys_may_make(j, m))
$$;

-- Who sends, receives, works on it and rules on it changes by whose act it is: nobody puts themselves or others into a matter.
CREATE OR REPLACE FUNCTION journeys_positions_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_seeing();
  own uuid := access_own_unit();
  above uuid[];
  held boolean := true;
BEGIN
  IF NEW.superior_unit_id IS DISTINCT FROM OLD.superior_unit_id THEN
    above := access_units_above(OLD.sending_unit_id);
    held := held AND (NEW.superior_unit_id = own AND own = ANY (above) AND journeys_could_make(NEW, journeys_events('receiver_named'))
      OR journeys_could_make(OLD, journeys_events('contested')) AND NEW.superior_unit_id = (
        SELECT a.unit FROM unnest(above) WITH ORDINALITY AS a (unit, n)
         WHERE a.unit = OLD.receiving_unit_id OR a.unit = ANY (access_units_above(OLD.receiving_unit_id)) ORDER BY a.n LIMIT 1));
  END IF;
  IF NEW.receiving_unit_id IS DISTINCT FROM OLD.receiving_unit_id THEN
    held := held AND journeys_could_make(OLD, journeys_events('receiver_changed')) AND NEW.local_unit_id IS NULL
      AND EXISTS (SELECT 1 FROM access_unit u WHERE u.id = NEW.receiving_unit_id AND u.kind = 'county')
      -- A ruling binds who stands below the superior that makes it.
      AND (NOT journeys_could_make(OLD, journeys_events('ruled')) OR own = ANY (access_units_above(NEW.receiving_unit_id)));
  ELSIF NEW.local_unit_id IS DISTINCT FROM OLD.local_unit_id OR NEW.worker_post_id IS DISTINCT FROM OLD.worker_post_id THEN
    held := held AND OLD.receiving_unit_id = own AND access_may('matter:allot') AND EXISTS (SELECT 1 FROM access_unit u
      WHERE u.id = NEW.local_unit_id AND u.division >= s.low AND u.division < s.high)
      AND (NEW.worker_post_id IS NULL OR EXISTS (SELECT 1 FROM access_post p WHERE p.id = NEW.worker_post_id AND p.unit_id = NEW.local_unit_id));
  END IF;
  IF NEW.sending_unit_id IS DISTINCT FROM OLD.sending_unit_id THEN
    held := held AND access_may('person:identify') AND (OLD.sending_unit_id = own OR OLD.division >= s.low AND OLD.division < s.high);
  END IF;
  IF NEW.definition IS DISTINCT FROM OLD.definition THEN
    held := held AND NEW.definition = journeys_definition_in_force(NEW.kind) AND access_may('definition:change')
      AND EXISTS (SELECT 1 FROM people_person q WHERE q.id = NEW.person_id AND q.responsible_unit_id = own)
      AND EXISTS (SELECT 1 FROM journeys_permitted_move m WHERE m.definition = NEW.definition AND NEW.state IN (m.from_state, m.to_state));
  END IF;
  -- What keeps a file from others' sight is not taken back by who may write the road.
  IF EXISTS (SELECT 1 FROM unnest(journeys_juvenile_marks()) AS m WHERE m = ANY (OLD.marks) AND NOT m = ANY (NEW.marks)) OR NOT held
     OR NEW.duty_unit_id <> ALL (journeys_units(NEW)) THEN
    RAISE EXCEPTION 'guitu: this post does not decide who stands where in this matter' USING ERRCODE = 'GU030';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER positions_held BEFORE UPDATE OF sending_unit_id, receiving_unit_id, local_unit_id, superior_unit_id,
  worker_post_id, duty_unit_id, definition, marks ON journeys_journey FOR EACH ROW WHEN (session_user IN ('guitu_app', 'guitu_job')
    AND (NEW.sending_unit_id, NEW.receiving_unit_id, NEW.local_unit_id, NEW.superior_unit_id, NEW.worker_post_id, NEW.duty_unit_id,
      NEW.definition, NEW.marks) IS DISTINCT FROM (OLD.sending_unit_id, OLD.receiving_unit_id, OLD.local_unit_id, OLD.superior_unit_id,
      OLD.worker_post_id, OLD.duty_unit_id, OLD.definition, OLD.marks))
  EXECUTE FUNCTION journeys_positions_held();

-- A ruling stands where the matter has made its move: what it names binds (handover.rulings.is_ruled).
CREATE OR REPLACE FUNCTION handover_ruled_by_its_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.superior_id IS DISTINCT FROM access_own_unit() OR NOT EXISTS (SELECT 1 FROM journeys_move m JOIN journeys_journey j ON j.id = m.journey_id
      WHERE m.journey_id = NEW.journey_id AND m.at = NEW.ruled_at AND m.code = CASE NEW.outcome WHEN 'RECEIVER' THEN 'rule_receiver' ELSE 'rule_completion' END
        AND (NEW.outcome = 'RECEIVER') = (NEW.receiver_id IS NOT NULL) AND (NEW.receiver_id IS NULL OR j.receiving_unit_id = NEW.receiver_id)) THEN
    RAISE EXCEPTION 'guitu: a ruling stands where the matter has made its move' USING ERRCODE = 'GU030';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ruled_by_its_move BEFORE UPDATE ON handover_dispute FOR EACH ROW
  WHEN (session_user IN ('guitu_app', 'guitu_job') AND (NEW.outcome, NEW.receiver_id, NEW.ruled_at, NEW.ruled_by, NEW.journey_id, NEW.superior_id, NEW.ruling_reasons)
    IS DISTINCT FROM (OLD.outcome, OLD.receiver_id, OLD.ruled_at, OLD.ruled_by, OLD.journey_id, OLD.superior_id, OLD.ruling_reasons))
  EXECUTE FUNCTION handover_ruled_by_its_move();

-- A step is answered as the definition knows it, by who stands there now or by the own word, in the own name.
CREATE OR REPLACE FUNCTION journeys_answered_by_who_may() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  j journeys_journey;
  positions text[];
BEGIN
  PERFORM access_moment(NEW.at);
  SELECT * INTO j FROM journeys_journey WHERE id = NEW.journey_id AND person_id = NEW.person_id;
  SELECT p."by" INTO positions FROM journeys_permitted_answer p
   WHERE p.definition = j.definition AND p.step = NEW.step AND p.outcome = NEW.outcome;
  IF positions IS NULL OR NEW.post_id <> s.post_id OR NEW.unit_id <> access_own_unit()
     OR NOT (journeys_stands_as(j) && positions OR journeys_own_word(j)) THEN
    RAISE EXCEPTION 'guitu: this step is not answered so, or not by this post' USING ERRCODE = 'GU030';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER answered_by_who_may AFTER INSERT ON journeys_answer FOR EACH ROW
  WHEN (session_user IN ('guitu_app', 'guitu_job')) EXECUTE FUNCTION journeys_answered_by_who_may();

-- A clock is owed by a unit that stands in the matter: an open one makes a file the own caseload.
CREATE OR REPLACE FUNCTION journeys_owed_inside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM written w LEFT JOIN journeys_journey j ON j.id = w.journey_id AND j.person_id = w.person_id
     WHERE j.id IS NULL OR w.duty_unit_id <> ALL (journeys_units(j))) THEN
    RAISE EXCEPTION 'guitu: this unit stands nowhere in the matter' USING ERRCODE = 'GU030';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER owed_inside AFTER INSERT ON journeys_clock REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (session_user IN ('guitu_app', 'guitu_job')) EXECUTE FUNCTION journeys_owed_inside();

CREATE OR REPLACE FUNCTION journeys_still_owed_inside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM journeys_journey j WHERE j.id = NEW.journey_id
     AND NEW.duty_unit_id = ANY (journeys_units(j))) THEN
    RAISE EXCEPTION 'guitu: this unit stands nowhere in the matter' USING ERRCODE = 'GU030';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER still_owed_inside BEFORE UPDATE OF duty_unit_id ON journeys_clock FOR EACH ROW
  WHEN (session_user IN ('guitu_app', 'guitu_job') AND NEW.duty_unit_id <> OLD.duty_unit_id) EXECUTE FUNCTION journeys_still_owed_inside();

-- A clock ends as done by what ended it: the answer of its step, or the move out of its state, at that very moment.
CREATE OR REPLACE FUNCTION journeys_done_by_an_act() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM journeys_answer a WHERE NEW.step <> '' AND a.journey_id = NEW.journey_id AND a.step = NEW.step
        AND a.round = NEW.round AND a.at = NEW.done_at)
     AND NOT EXISTS (SELECT 1 FROM journeys_move m WHERE NEW.step = '' AND m.journey_id = NEW.journey_id AND m.at = NEW.done_at
        AND m.from_state = NEW.state) THEN
    RAISE EXCEPTION 'guitu: a clock is done by an answer or a move' USING ERRCODE = 'GU030';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER done_by_an_act BEFORE UPDATE OF done_at ON journeys_clock FOR EACH ROW
  WHEN (session_user IN ('guitu_app', 'guitu_job') AND NEW.done_at IS DISTINCT FROM OLD.done_at) EXECUTE FUNCTION journeys_done_by_an_act();
