-- Looks held back from the person (PIPL 18, 35) by a decision with ground and end. Nothing undoes it but time and its review: whether a
-- decision holds is asked of the database's clock whenever looks are told, so that they appear by themselves.

-- Does any decision hold looks at this person back now? Asked once, before each line is.
CREATE OR REPLACE FUNCTION access_holds_any(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM access_look_hold h WHERE h.person_id = person AND h.until_at > clock_timestamp()
    AND h.upheld IS DISTINCT FROM false);
$$;

-- Is what this post of the unit looked at, at this moment, held back from the person now? Never a look of whoever decided, under
-- whichever post.
CREATE OR REPLACE FUNCTION access_look_held(person uuid, of_unit uuid, by_post uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM access_look_hold h JOIN access_post d ON d.id = h.decided_by_id JOIN access_post p ON p.id = by_post
    WHERE h.person_id = person AND h.until_at > clock_timestamp() AND h.upheld IS DISTINCT FROM false
      AND h.unit_id = of_unit AND (h.post_id IS NULL OR h.post_id = by_post)
      AND at >= h.looks_from AND at < h.until_at AND p.account_id <> d.account_id);
$$;

-- Is this line held back from the person now?
CREATE OR REPLACE FUNCTION access_held_back(line access_trace, person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT access_look_held(person, line.unit_id, line.post_id, line.at);
$$;

-- Is this emergency look held back from the person now, with what was opened, told and recorded by it?
CREATE OR REPLACE FUNCTION access_glass_held(glass access_glass) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT access_look_held(glass.person_id, glass.unit_id, glass.post_id, glass.opened_at);
$$;

-- The lines that this decision holds back now.
CREATE OR REPLACE FUNCTION access_lines_held(hold access_look_hold) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM access_trace t WHERE t.subjects @> ARRAY[hold.person_id] AND t.outcome <> 'ASKED'
    AND hold.until_at > clock_timestamp() AND hold.upheld IS DISTINCT FROM false AND access_held_back(t, hold.person_id)
    AND t.unit_id = hold.unit_id AND (hold.post_id IS NULL OR hold.post_id = t.post_id);
$$;

-- How many looks were held back at a moment, over the whole installation, without a token, without a person. What is public of it says
-- the caller, who rounds it: of a past moment, for as long as it is the same moment, nothing in it moves when somebody decides or looks.
DROP FUNCTION IF EXISTS access_looks_held();
CREATE OR REPLACE FUNCTION access_looks_held(as_of timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(DISTINCT (h.person_id, t.id)) FROM access_look_hold h JOIN access_post d ON d.id = h.decided_by_id
    JOIN access_trace t ON t.subjects @> ARRAY[h.person_id] AND t.unit_id = h.unit_id AND (h.post_id IS NULL OR h.post_id = t.post_id)
    JOIN access_post p ON p.id = t.post_id AND p.account_id <> d.account_id
   WHERE h.decided_at <= as_of AND h.until_at > as_of AND NOT (h.upheld IS FALSE AND h.reviewed_at <= as_of)
     AND t.outcome <> 'ASKED' AND t.at >= h.looks_from AND t.at < h.until_at AND t.at <= as_of;
$$;

-- The units whose looks the acting post may decide about: those of its range, and the organs that stand beside them.
CREATE OR REPLACE FUNCTION access_within_charge(of_unit uuid, s access_session) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM access_unit u LEFT JOIN access_unit above ON above.id = u.parent_id WHERE u.id = of_unit
    AND ((u.division >= s.low AND u.division < s.high) OR (above.division >= s.low AND above.division < s.high)));
$$;

-- Decide: the looks of a unit in charge, or of one post of it, at the file with this whole number. A file that neither stands in the range
-- nor was ever looked at by that unit holds no number here, nor does a sealed one: a guess tells nothing. The same id twice is one decision.
-- A decision that lengthens another repeats whose looks at whose file they are, and begins where that one began. Answers '', AGAIN or why
-- not: UNIT, NUMBER, POST, OWN (who looked decides nothing about it), FORMER (over, or lengthened already).
CREATE OR REPLACE FUNCTION access_hold_looks(hold uuid, file_number text, of_unit uuid, of_post uuid, case_no text, on_ground text, said text,
  from_at timestamptz, to_at timestamptz, former uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('looks:hold_back', NULL);
  own access_post := (SELECT p FROM access_post p WHERE p.id = s.post_id);
  before access_look_hold;
  whom uuid;
BEGIN
  PERFORM access_moment(at);
  IF EXISTS (SELECT 1 FROM access_look_hold h WHERE h.id = hold AND h.decided_by_id = own.id) THEN RETURN 'AGAIN'; END IF;
  IF former IS NOT NULL THEN
    SELECT h.* INTO before FROM access_look_hold h WHERE h.id = former FOR UPDATE;
    IF before.id IS NULL OR before.until_at <= at OR before.upheld IS NOT DISTINCT FROM false
       OR EXISTS (SELECT 1 FROM access_look_hold h WHERE h.lengthens_id = former) THEN RETURN 'FORMER'; END IF;
    whom := before.person_id; of_unit := before.unit_id; of_post := before.post_id; from_at := before.looks_from;
    case_no := before.case_number;
  END IF;
  IF access_within_charge(of_unit, s) IS NOT TRUE THEN RETURN 'UNIT'; END IF;
  IF former IS NULL THEN
    whom := (SELECT q.id FROM people_person q WHERE q.number = upper(file_number) AND q.sealed_at IS NULL
      AND ((q.division >= s.low AND q.division < s.high) OR q.id = ANY (access_lasting())
        OR EXISTS (SELECT 1 FROM access_trace t WHERE t.subjects @> ARRAY[q.id] AND t.unit_id = of_unit AND t.outcome = 'ALLOWED')));
    IF whom IS NULL THEN RETURN 'NUMBER'; END IF;
  END IF;
  IF of_post IS NOT NULL AND NOT EXISTS (SELECT 1 FROM access_post p WHERE p.id = of_post AND p.unit_id = of_unit) THEN RETURN 'POST'; END IF;
  IF EXISTS (SELECT 1 FROM access_post p WHERE p.id = of_post AND p.account_id = own.account_id) THEN RETURN 'OWN'; END IF;
  INSERT INTO access_look_hold (id, person_id, division, unit_id, post_id, case_number, ground, words, looks_from, until_at, decided_at,
    decided_by_id, decided_unit_id, lengthens_id, finding)
  VALUES (hold, whom, (SELECT u.division FROM access_unit u WHERE u.id = own.unit_id), of_unit, of_post, case_no, on_ground, said,
    from_at, to_at, at, own.id, own.unit_id, former, '');
  RETURN '';
END $$;

-- No decision stands on another ground or reaches further than the rulebook lets one (access_hold_figures is made by compile): whole legal days from that of the
-- decision, which is not later than the database's clock, whoever writes the row. One that lengthens begins where the former began.
CREATE OR REPLACE FUNCTION access_hold_within() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  today date := (least(NEW.decided_at, clock_timestamp()) AT TIME ZONE 'Asia/Shanghai')::date;
  most integer;
  back integer;
  grounds text[];
BEGIN
  SELECT f.most, f.back, f.grounds INTO most, back, grounds FROM access_hold_figures(today) f;
  IF most IS NULL OR (TG_OP = 'INSERT' AND NEW.ground <> ALL (grounds))
     OR NEW.until_at > (today + most + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
     OR (TG_OP = 'INSERT' AND NEW.lengthens_id IS NULL
       AND NEW.looks_from < (today - back)::timestamp AT TIME ZONE 'Asia/Shanghai') THEN
    RAISE EXCEPTION 'guitu: looks are not held back so' USING ERRCODE = 'GU024';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER within_the_rulebook BEFORE INSERT OR UPDATE OF until_at, decided_at ON access_look_hold
  FOR EACH ROW EXECUTE FUNCTION access_hold_within();

-- May the acting post review this decision? Somebody else than who decided, in the range; the procuratorate's own only within it.
CREATE OR REPLACE FUNCTION access_reviews_hold(hold access_look_hold, s access_session) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT access_may('looks:hold_review') AND access_within_charge(hold.decided_unit_id, s)
    AND EXISTS (SELECT 1 FROM access_post d, access_post o WHERE d.id = hold.decided_by_id AND o.id = s.post_id
      AND d.account_id <> o.account_id AND (d.role <> 'PROCURATORATE' OR o.role = 'PROCURATORATE'));
$$;

-- The decisions as they stand for who decides or reviews in the range, and for the audit; the person by number, unless sealed. RUNNING with the first
-- to end first, ENDED with the newest first.
CREATE OR REPLACE FUNCTION access_look_holds(wanted text, skip integer, most integer)
RETURNS TABLE (id uuid, number text, unit text, unit_en text, post text, case_number text, ground text, words text, looks_from timestamptz,
  until_at timestamptz, decided_at timestamptz, decider text, holder text, decided_unit text, lengthens boolean, lengthened boolean,
  running boolean, looks bigint, reviewed_at timestamptz, upheld boolean, finding text, reviewable boolean, lengthenable boolean,
  total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s access_session := access_in_charge(CASE WHEN access_may('audit:read') THEN 'audit:read' ELSE 'looks:held' END, NULL);
BEGIN
  RETURN QUERY WITH shown AS (
    SELECT h AS hold, h.until_at > clock_timestamp() AND h.upheld IS DISTINCT FROM false AS runs FROM access_look_hold h
     WHERE access_within_charge(h.decided_unit_id, s)
  ), page AS (
    SELECT w.*, count(*) OVER () AS lines FROM shown w WHERE w.runs = (wanted = 'RUNNING')
     ORDER BY CASE WHEN wanted = 'RUNNING' THEN (w.hold).until_at END, (w.hold).decided_at DESC, (w.hold).id OFFSET skip LIMIT most)
  SELECT (g.hold).id, CASE WHEN q.sealed_at IS NULL THEN q.number ELSE '' END::text, u.name::text, u.name_en::text, p.title::text, (g.hold).case_number, (g.hold).ground, (g.hold).words,
      (g.hold).looks_from, (g.hold).until_at, (g.hold).decided_at, d.title::text, a.name::text, du.name::text,
      (g.hold).lengthens_id IS NOT NULL, EXISTS (SELECT 1 FROM access_look_hold n WHERE n.lengthens_id = (g.hold).id), g.runs,
      (SELECT count(*) FROM access_lines_held(g.hold)), (g.hold).reviewed_at, (g.hold).upheld, (g.hold).finding,
      g.runs AND (g.hold).reviewed_at IS NULL AND access_reviews_hold(g.hold, s),
      g.runs AND access_may('looks:hold_back') AND access_within_charge((g.hold).unit_id, s)
        AND NOT EXISTS (SELECT 1 FROM access_look_hold n WHERE n.lengthens_id = (g.hold).id), g.lines
    FROM page g JOIN people_person q ON q.id = (g.hold).person_id JOIN access_unit u ON u.id = (g.hold).unit_id
    LEFT JOIN access_post p ON p.id = (g.hold).post_id JOIN access_post d ON d.id = (g.hold).decided_by_id
    JOIN access_account a ON a.id = d.account_id JOIN access_unit du ON du.id = (g.hold).decided_unit_id
   ORDER BY CASE WHEN wanted = 'RUNNING' THEN (g.hold).until_at END, (g.hold).decided_at DESC, (g.hold).id;
END $$;

-- The one review of a decision; not upheld, the looks are shown at once. True when it is this review that was kept.
CREATE OR REPLACE FUNCTION access_review_hold(hold uuid, stays boolean, said text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_in_charge('looks:hold_review', NULL);
  held access_look_hold;
BEGIN
  PERFORM access_moment(at);
  SELECT h.* INTO held FROM access_look_hold h WHERE h.id = hold FOR UPDATE;
  IF held.id IS NULL OR NOT access_reviews_hold(held, s) THEN
    RAISE EXCEPTION 'guitu: decision unknown' USING ERRCODE = 'GU007';
  END IF;
  IF held.reviewed_at IS NOT NULL OR held.until_at <= at THEN RETURN false; END IF;
  UPDATE access_look_hold h SET reviewed_at = at, reviewed_by = s.post_id, upheld = stays, finding = said WHERE h.id = hold;
  RETURN true;
END $$;

-- The units, each followed by its posts, whose looks the acting post may hold back, for its form: its range and the organs beside (as
-- access_within_charge, here for all of them at once); no post of the own account, no post of a person. Each of the words stands
-- in unit, title or name; a whole unit has no post.
DROP FUNCTION IF EXISTS access_holdable();
CREATE OR REPLACE FUNCTION access_holdable(words text, skip integer, most integer)
RETURNS TABLE (unit_id uuid, unit text, unit_en text, post_id uuid, post text, holder text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  s access_session := access_in_charge('looks:hold_back', NULL);
  own uuid := (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id);
  patterns text[] := access_patterns(words);
BEGIN
  RETURN QUERY WITH units AS MATERIALIZED (
    SELECT u.id, u.name, u.name_en, u.division, concat_ws(' ', lower(u.name), lower(u.name_en), u.code) AS said
      FROM access_unit u LEFT JOIN access_unit above ON above.id = u.parent_id
     WHERE (u.division >= s.low AND u.division < s.high) OR (above.division >= s.low AND above.division < s.high)
  ), posts AS MATERIALIZED (
    SELECT p.id, p.unit_id, p.title, a.name FROM access_post p JOIN access_account a ON a.id = p.account_id
     WHERE p.unit_id IN (SELECT u.id FROM units u) AND NOT a.for_person AND (p.to_at IS NULL OR p.to_at > clock_timestamp())
       AND p.account_id <> own)
  SELECT c.id, c.unit::text, c.unit_en::text, c.post_id, c.title::text, c.holder::text FROM (
    SELECT u.id, u.name AS unit, u.name_en AS unit_en, u.division, NULL::uuid AS post_id, '' AS title, '' AS holder FROM units u
     WHERE u.said LIKE ALL (patterns) AND EXISTS (SELECT 1 FROM posts p WHERE p.unit_id = u.id)
    UNION ALL
    SELECT u.id, u.name, u.name_en, u.division, p.id, p.title, p.name FROM posts p JOIN units u ON u.id = p.unit_id
     WHERE concat_ws(' ', u.said, lower(p.title), lower(p.name)) LIKE ALL (patterns)) AS c
   ORDER BY c.division, c.unit, c.id, c.post_id IS NOT NULL, c.title, c.holder, c.post_id OFFSET skip LIMIT most;
END $$;
