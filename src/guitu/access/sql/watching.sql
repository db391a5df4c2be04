-- Watching who looks: the own trail, who read what, what is unusual about it, and what reviews of it found (docs/trust.md).
-- Persons stand by the number of their file, never by name.

-- The numbers of the first persons of a trace line; who was erased or sealed has none.
CREATE OR REPLACE FUNCTION access_numbers(persons uuid[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(q.number ORDER BY q.number), '{}')::text[] FROM people_person q
   WHERE q.id = ANY (persons[1:3]) AND q.sealed_at IS NULL;
$$;

-- A look at nobody but sealed files stands in no list and no count any more; what was asked of a sealed file since, and every refusal, does.
CREATE OR REPLACE FUNCTION access_looked_at_sealed(line access_trace, sealed uuid[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT line.outcome = 'ALLOWED' AND line.subjects <> '{}' AND line.subjects <@ sealed AND line.action NOT LIKE 'seal%:%';
$$;

-- What the own account looked at, under whichever of its posts, newest first. Days are half-open. Without the number of
-- the file where the purpose shows nobody: what was seen under a code, or in a letter, is not led back to a file by the own trail.
CREATE OR REPLACE FUNCTION access_own_looks(since timestamptz, until timestamptz, skip integer, most integer)
RETURNS TABLE (at timestamptz, post text, unit text, purpose text, action text, outcome text, reason text, glass boolean,
  numbers text[], persons integer, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); sealed uuid[] := people_sealed(); told timestamptz := ledger_told_from('TRACES');
BEGIN
  RETURN QUERY WITH found AS (
    SELECT t.*, p.title, count(*) OVER () AS lines FROM access_trace t JOIN access_post p ON p.id = t.post_id
     WHERE p.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id) AND NOT access_looked_at_sealed(t, sealed)
       AND t.at >= greatest(since, told) AND t.at < until AND cardinality(t.subjects) > 0
     ORDER BY t.at DESC, t.id OFFSET skip LIMIT most)
  SELECT f.at, f.title, u.name, f.purpose, f.action, f.outcome, f.reason, f.glass_id IS NOT NULL,
      CASE WHEN access_blind_for(f.post_id, ARRAY[f.purpose]::text[]) = '{}' THEN access_numbers(f.subjects) ELSE '{}' END,
      cardinality(f.subjects), f.lines
    FROM found f JOIN access_unit u ON u.id = f.unit_id ORDER BY f.at DESC, f.id;
END $$;

-- Which indicator a trace line counts for: a look at a file, outside office hours, outside the caseload, a glass; '' is any.
CREATE OR REPLACE FUNCTION access_counts_for(wanted text, line access_trace, working date[], opens time, closes time) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN wanted = '' THEN true
    WHEN line.outcome <> 'ALLOWED' THEN false
    WHEN wanted = 'GLASS' THEN line.action = 'glass:break' AND line.glass_id IS NOT NULL
    WHEN line.action NOT IN ('person:open', 'person:reveal', 'paper:read', 'assessment:read') OR line.subjects = '{}' THEN false
    WHEN wanted = 'VOLUME' THEN true
    WHEN wanted = 'NO_RELATION' THEN line.reason <> '' AND line.glass_id IS NULL
    WHEN wanted = 'OFF_HOURS' THEN NOT ((line.at AT TIME ZONE 'Asia/Shanghai')::date = ANY (working)
      AND (line.at AT TIME ZONE 'Asia/Shanghai')::time >= opens AND (line.at AT TIME ZONE 'Asia/Shanghai')::time < closes)
    ELSE false END;
$$;

-- Of these posts and persons, pair by pair: those in which the person, or the family contact on the file, bears the name of the post's
-- holder (a relative, perhaps themself) or of somebody in a post of the same unit (a colleague, or theirs). As far as names tell.
CREATE OR REPLACE FUNCTION access_namesakes(posts uuid[], persons uuid[]) RETURNS TABLE (post_id uuid, person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH asked AS MATERIALIZED (SELECT DISTINCT g.post, g.person FROM unnest(posts, persons) AS g (post, person)),
  called (person, name) AS (
    SELECT q.id, q.name FROM people_person q WHERE q.id IN (SELECT k.person FROM asked k) AND q.sealed_at IS NULL
    UNION SELECT f.person_id, substring(f.value FROM '"family_contact": ?"([^"]+)"') FROM people_fact f
     WHERE f.person_id IN (SELECT k.person FROM asked k) AND f.item = 'contacts' AND f.to_at IS NULL)
  SELECT DISTINCT k.post, k.person FROM asked k JOIN called n ON n.person = k.person AND n.name <> ''
    JOIN access_post p ON p.id = k.post JOIN access_post c ON c.unit_id = p.unit_id
    JOIN access_account a ON a.id = c.account_id AND NOT a.for_person AND a.name = n.name;
$$;

-- Who read what in the range, newest first: by the number of a file, by name or login, by post, by purpose, by indicator.
-- Oversight stays unseen by whom it oversees: only the audit administrator reads lines of legal oversight. That somebody complained to
-- the procuratorate is told to no office, and stands here for nobody.
CREATE OR REPLACE FUNCTION access_reads(since timestamptz, until timestamptz, of_number text, who text, of_post uuid,
  for_purpose text, wanted text, working date[], opens time, closes time, skip integer, most integer)
RETURNS TABLE (at timestamptz, post text, unit text, holder text, purpose text, action text, outcome text, reason text,
  words text, glass boolean, numbers text[], persons integer, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_in_charge('looks:watch', NULL);
  audits boolean := access_may('audit:read');
  told timestamptz := ledger_told_from('TRACES');
BEGIN
  RETURN QUERY WITH found AS (
    SELECT t.*, p.title, a.name AS holder, u.name AS unit_name, count(*) OVER () AS lines
      FROM access_trace t JOIN access_post p ON p.id = t.post_id JOIN access_account a ON a.id = p.account_id
      JOIN access_unit u ON u.id = t.unit_id
     WHERE t.at >= greatest(since, told) AND t.at < until AND cardinality(t.subjects) > 0 AND t.outcome <> 'ASKED' AND NOT a.for_person
       AND u.division >= s.low AND u.division_end <= s.high AND (audits OR t.purpose <> 'OVERSEE')
       AND t.action NOT LIKE 'complaint:%' AND NOT access_looked_at_sealed(t, (SELECT people_sealed()))
       AND (who = '' OR strpos(a.name, who) > 0 OR strpos(a.login, who) > 0) AND (of_post IS NULL OR t.post_id = of_post)
       AND (for_purpose = '' OR t.purpose = for_purpose)
       AND (of_number = '' OR t.subjects @> ARRAY(SELECT q.id FROM people_person q WHERE q.number = of_number AND q.sealed_at IS NULL)
         AND EXISTS (SELECT 1 FROM people_person q WHERE q.number = of_number AND q.sealed_at IS NULL))
       AND access_counts_for(CASE wanted WHEN 'NAMESAKE' THEN 'VOLUME' ELSE wanted END, t, working, opens, closes)
       AND (wanted <> 'NAMESAKE' OR EXISTS (SELECT FROM unnest(t.subjects) AS x (person), access_namesakes(ARRAY[t.post_id], ARRAY[x.person])))
     ORDER BY t.at DESC, t.id OFFSET skip LIMIT most)
  SELECT f.at, f.title, f.unit_name, f.holder, f.purpose, f.action, f.outcome, f.reason, f.words, f.glass_id IS NOT NULL,
      access_numbers(f.subjects), cardinality(f.subjects), f.lines
    FROM found f ORDER BY f.at DESC, f.id;
END $$;

-- Who may have the reading counted: whoever watches, in the own range; and the clock, which tells that a sign speaks.
CREATE OR REPLACE FUNCTION access_watching() RETURNS access_session
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF EXISTS (SELECT 1 FROM access_post p WHERE p.id = s.post_id AND p.role = 'TICK') THEN RETURN s; END IF;
  RETURN access_in_charge('looks:watch', NULL);
END $$;

-- What each post in the range did in a window, counted set-wise, the own account left out. `peers` are the other posts of the same
-- role anywhere that looked at anybody; `peers_most` is what the given per cent of them do not exceed (nearest rank). A search
-- counts when no file was opened by the post within `unopened` of it.
DROP FUNCTION IF EXISTS access_reading(timestamptz, timestamptz, date[], time, time, interval, integer, uuid);
CREATE FUNCTION access_reading(since timestamptz, until timestamptz, working date[], opens time, closes time,
  unopened interval, percent integer, only_post uuid)
RETURNS TABLE (post_id uuid, post text, unit text, holder text, role text, looks bigint, off_hours bigint, no_relation bigint,
  glasses bigint, searches bigint, export_rows bigint, namesakes bigint, peers bigint, peers_most bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_watching();
  audits boolean := access_may('audit:read') OR NOT access_may('looks:watch');
BEGIN
  RETURN QUERY WITH lines AS (
    SELECT t.post_id, t.at, t.action, t.subjects, access_counts_for('VOLUME', t, working, opens, closes) AS look,
        access_counts_for('OFF_HOURS', t, working, opens, closes) AS off_hours,
        access_counts_for('NO_RELATION', t, working, opens, closes) AS no_relation,
        access_counts_for('GLASS', t, working, opens, closes) AS glass
      FROM access_trace t WHERE t.at >= since AND t.at < until AND t.outcome = 'ALLOWED' AND (audits OR t.purpose <> 'OVERSEE')
        AND NOT access_looked_at_sealed(t, (SELECT people_sealed()))
        AND t.action IN ('person:open', 'person:reveal', 'paper:read', 'assessment:read', 'glass:break', 'person:search')
  ), followed AS (
    SELECT l.*, min(l.at) FILTER (WHERE l.look) OVER (PARTITION BY l.post_id ORDER BY l.at
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_look FROM lines l
  ), pairs AS MATERIALIZED (
    SELECT DISTINCT l.post_id, x.person FROM lines l, unnest(l.subjects) AS x (person) WHERE l.look
  ), related AS MATERIALIZED (
    SELECT n.post_id, n.person_id FROM access_namesakes((SELECT array_agg(k.post_id ORDER BY k.post_id, k.person) FROM pairs k),
      (SELECT array_agg(k.person ORDER BY k.post_id, k.person) FROM pairs k)) n
  ), counted AS (
    SELECT f.post_id, count(*) FILTER (WHERE f.look AND EXISTS (SELECT FROM related r WHERE r.post_id = f.post_id
          AND r.person_id = ANY (f.subjects))) AS namesakes, count(*) FILTER (WHERE f.look) AS looks, count(*) FILTER (WHERE f.off_hours) AS off_hours,
        count(*) FILTER (WHERE f.no_relation) AS no_relation, count(*) FILTER (WHERE f.glass) AS glasses,
        count(*) FILTER (WHERE f.action = 'person:search' AND (f.next_look IS NULL OR f.next_look > f.at + unopened)) AS searches
      FROM followed f GROUP BY f.post_id
  ), exported AS (
    SELECT e.post_id, sum(e.rows)::bigint AS export_rows FROM access_export e
     WHERE e.asked_at >= since AND e.asked_at < until AND e.made_at IS NOT NULL GROUP BY e.post_id
  ), both_counts AS (
    SELECT p.id, p.title, p.role, p.account_id, p.unit_id, coalesce(c.looks, 0) AS looks, coalesce(c.off_hours, 0) AS off_hours,
        coalesce(c.no_relation, 0) AS no_relation, coalesce(c.glasses, 0) AS glasses, coalesce(c.searches, 0) AS searches,
        coalesce(e.export_rows, 0) AS export_rows, coalesce(c.namesakes, 0) AS namesakes
      FROM counted c FULL JOIN exported e ON e.post_id = c.post_id JOIN access_post p ON p.id = coalesce(c.post_id, e.post_id)
  ), peers AS (
    SELECT b.role, array_agg(b.looks ORDER BY b.looks) AS each FROM both_counts b WHERE b.looks > 0 GROUP BY b.role
  ), ranked AS (
    SELECT b.*, greatest(cardinality(r.each) - (b.looks > 0)::integer, 0) AS others, r.each,
        ceil(percent * (cardinality(r.each) - (b.looks > 0)::integer) / 100.0)::integer AS place
      FROM both_counts b LEFT JOIN peers r ON r.role = b.role
  )
  SELECT k.id, k.title, u.name, a.name, k.role, k.looks, k.off_hours, k.no_relation, k.glasses, k.searches, k.export_rows, k.namesakes,
      coalesce(k.others, 0)::bigint,
      CASE WHEN k.others > 0 THEN CASE WHEN k.looks > k.each[k.place] THEN k.each[k.place]
        ELSE k.each[k.place + (k.looks > 0)::integer] END ELSE 0 END
    FROM ranked k JOIN access_account a ON a.id = k.account_id JOIN access_unit u ON u.id = k.unit_id
   WHERE u.division >= s.low AND u.division_end <= s.high AND NOT a.for_person AND (only_post IS NULL OR k.id = only_post)
     AND k.account_id <> (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id);
END $$;

-- Keep what a review of a post's reading found; the same id twice is one review. Nobody reviews the own account's.
CREATE OR REPLACE FUNCTION access_review_reading(review uuid, whose uuid, from_at timestamptz, to_at timestamptz,
  spoke text[], counts integer[], judged text, said text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  held access_post := (SELECT p FROM access_post p WHERE p.id = whose);
  s access_session := access_in_charge('looks:review', held.unit_id);
  made integer;
BEGIN
  PERFORM access_moment(at);
  IF held.id IS NULL OR held.account_id = (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id) THEN
    RAISE EXCEPTION 'guitu: post unknown' USING ERRCODE = 'GU007';
  END IF;
  INSERT INTO access_reading_review (id, post_id, unit_id, since, until, indicators, counts, outcome, words, reviewed_at, reviewed_by)
  VALUES (review, whose, held.unit_id, from_at, to_at, spoke, counts, judged, said, at, s.post_id) ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN made = 1;
END $$;

-- The reviews in the range since a moment, newest first: of one post, or of all for tuning.
CREATE OR REPLACE FUNCTION access_reading_reviews(since timestamptz, of_posts uuid[], most integer)
RETURNS TABLE (post_id uuid, from_at timestamptz, to_at timestamptz, indicators text[], counts integer[], outcome text, words text,
  reviewed_at timestamptz, reviewer text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_in_charge('looks:watch', NULL);
BEGIN
  RETURN QUERY SELECT r.post_id, r.since, r.until, r.indicators::text[], r.counts::integer[], r.outcome, r.words, r.reviewed_at, b.title
    FROM access_reading_review r JOIN access_unit u ON u.id = r.unit_id JOIN access_post b ON b.id = r.reviewed_by
   WHERE r.reviewed_at >= access_reading_reviews.since AND (of_posts IS NULL OR r.post_id = ANY (of_posts))
     AND u.division >= s.low AND u.division_end <= s.high
   ORDER BY r.reviewed_at DESC, r.id LIMIT most;
END $$;

-- Who looked at a person, for those who may see the person. That somebody complained to the procuratorate is told to no office; what legal
-- oversight or an enquiry into looks looked at, and what is held back for a case, to oversight alone, not to whom it is about. The person
-- reads it (access_looks_by_others).
DROP FUNCTION IF EXISTS access_looks_at(uuid, integer);
CREATE OR REPLACE FUNCTION access_looks_at(person uuid, until timestamptz, skip integer, most integer)
RETURNS TABLE (at timestamptz, unit text, post text, holder text, purpose text, action text, fields text[], outcome text,
  reason text, glass boolean, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE oversees boolean := current_setting('guitu.purpose', true) = 'OVERSEE';
  some_held boolean := access_holds_any(person);
  told timestamptz := CASE WHEN oversees THEN '-infinity' ELSE ledger_told_from('TRACES') END;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM people_person q WHERE q.id = person
      AND ((q.division >= access_lo() AND q.division < access_hi()) OR q.id = ANY (access_shared()))) THEN
    RETURN;
  END IF;
  -- By the person alone: the index by time is lossy, and joined with the other makes that one lossy too (IS TRUE keeps it out).
  RETURN QUERY WITH page AS (
    SELECT t.id, t.at, t.unit_id, t.post_id, t.purpose, t.action, t.fields, t.outcome, t.reason, t.glass_id, count(*) OVER () AS lines
      FROM access_trace t
     WHERE t.subjects @> ARRAY[person] AND (t.at >= told AND t.at <= coalesce(until, 'infinity')) IS TRUE AND t.outcome <> 'ASKED'
       AND t.action NOT LIKE 'complaint:%'
       AND (oversees OR t.purpose NOT IN ('OVERSEE', 'REVIEW_LOOKS') AND (NOT some_held OR NOT access_held_back(t, person)))
     ORDER BY t.at DESC, t.id DESC OFFSET skip LIMIT most)
  SELECT g.at, u.name, p.title, a.name, g.purpose, g.action, g.fields::text[], g.outcome, g.reason, g.glass_id IS NOT NULL, g.lines
    FROM page g JOIN access_unit u ON u.id = g.unit_id JOIN access_post p ON p.id = g.post_id JOIN access_account a ON a.id = p.account_id
   ORDER BY g.at DESC, g.id DESC;
END $$;
