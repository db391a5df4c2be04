-- Watching who looks: the own trail, who read what, what is unusual about it, and what reviews of it found (docs/trust.md).
-- Persons stand by the number of their file, never by name.

-- The numbers of the first persons of a trace line; who was erased or sealed has none.
CREATE OR REPLACE FUNCTION access_numbers(persons uuid[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(q.number ORDER BY q.number), '{}')::text[] FROM people_person q
   WHERE q.id = ANY (persons[1:3]) AND q.sealed_at IS NULL;
$$;

-- A look at nobody but sealed files stands in no list and no count any more; what was asked of a sealed file since, and every refusal, does.
-- Written for one line, asked for all of a window: like the next one it pins no search path, so that it becomes part of the
-- statement it stands in (whose path is pinned) and is not called line by line. Most lines are done with their first person.
CREATE OR REPLACE FUNCTION access_looked_at_sealed(line access_trace, sealed uuid[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT line.outcome = 'ALLOWED' AND line.subjects <> '{}' AND line.subjects[1] = ANY (sealed) AND line.subjects <@ sealed
    AND line.action NOT LIKE 'seal%:%';
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

-- The office hours of these days as moments: open, closed, open, closed …
CREATE OR REPLACE FUNCTION access_office(working date[], opens time, closes time) RETURNS timestamptz[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg((d.day + h.hour) AT TIME ZONE 'Asia/Shanghai' ORDER BY d.day, h.hour), '{}')
    FROM unnest(working) AS d (day), unnest(ARRAY[opens, closes]) AS h (hour);
$$;

-- Which indicator a trace line counts for: a look at a file, outside office hours, outside the caseload, a glass; '' is any.
-- (Less than one, not equal to none: of an equality the planner expects one line in two hundred.)
DROP FUNCTION IF EXISTS access_counts_for(text, access_trace, date[], time, time);
CREATE OR REPLACE FUNCTION access_counts_for(wanted text, line access_trace, office timestamptz[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT wanted = '' OR line.outcome = 'ALLOWED' AND line.subjects <> '{}' AND CASE
    WHEN wanted = 'GLASS' THEN line.action = 'glass:break' AND line.glass_id IS NOT NULL
    ELSE line.action IN ('person:open', 'person:reveal', 'paper:read', 'assessment:read') AND CASE wanted
      WHEN 'VOLUME' THEN true
      WHEN 'NO_RELATION' THEN line.reason <> '' AND line.glass_id IS NULL
      WHEN 'OFF_HOURS' THEN width_bucket(line.at, office) % 2 < 1
      ELSE false END END;
$$;

-- The family contact that a value of the item `contacts` names. An index holds what it answers (people_fact_family, made with it in
-- people/migrations/0008): who changes it makes that one again. A value that is no such object names nobody.
CREATE OR REPLACE FUNCTION people_family_contact(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN value::jsonb ->> 'family_contact';
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$;

-- The looks at a file in a window, of one post or of all, in which the person, or the family contact on the file, bears the name of the
-- post's holder (a relative, perhaps themself) or of somebody in a post of the same unit (a colleague, or theirs). As far as names
-- tell. Found from the names of those units, not from the files: there are fewer of them.
DROP FUNCTION IF EXISTS access_namesakes(uuid[], uuid[]);
CREATE OR REPLACE FUNCTION access_namesakes(since timestamptz, until timestamptz, of_post uuid) RETURNS TABLE (line uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' SET jit = off AS $$
DECLARE sealed uuid[] := people_sealed();
BEGIN
  RETURN QUERY WITH holders AS MATERIALIZED (
    SELECT DISTINCT c.unit_id, a.name FROM access_post c JOIN access_account a ON a.id = c.account_id AND NOT a.for_person AND a.name <> ''
     WHERE of_post IS NULL OR c.unit_id = (SELECT p.unit_id FROM access_post p WHERE p.id = of_post)
  ), called AS MATERIALIZED (  -- all names at once: rows are fetched as they lie; a contact's name is read off only where looked at
    SELECT q.id AS person, q.name, NULL AS contacts FROM people_person q WHERE q.name = ANY (ARRAY(SELECT h.name FROM holders h))
    UNION ALL SELECT f.person_id, NULL, f.value FROM people_fact f
     WHERE people_family_contact(f.value) = ANY (ARRAY(SELECT h.name FROM holders h)) AND f.item = 'contacts' AND f.to_at IS NULL
  ), looks AS (
    SELECT t.id, t.post_id, unnest(t.subjects) AS person FROM access_trace t WHERE t.at >= since AND t.at < until
       AND (of_post IS NULL OR t.post_id = of_post) AND access_counts_for('VOLUME', t, NULL)
  ), met AS MATERIALIZED (
    SELECT l.id, l.post_id, coalesce(c.name, people_family_contact(c.contacts)) AS name
      FROM looks l JOIN called c ON c.person = l.person WHERE NOT l.person = ANY (sealed)
  )
  SELECT DISTINCT m.id FROM met m JOIN access_post p ON p.id = m.post_id JOIN holders h ON h.unit_id = p.unit_id AND h.name = m.name;
END $$;

-- Who read what in the range, newest first: by the number of a file, by name or login, by post, by purpose, by indicator. The lines of
-- the page are chosen before anything is looked up for them. `total` counts no further than `counted`, or than the page; more than
-- that says that there are more. NULL counts all.
-- Oversight stays unseen by whom it oversees: only the audit administrator reads lines of legal oversight. That somebody complained to
-- the procuratorate is told to no office, and stands here for nobody.
DROP FUNCTION IF EXISTS access_reads(timestamptz, timestamptz, text, text, uuid, text, text, date[], time, time, integer, integer);
CREATE OR REPLACE FUNCTION access_reads(since timestamptz, until timestamptz, of_number text, who text, of_post uuid,
  for_purpose text, wanted text, working date[], opens time, closes time, skip integer, most integer, counted integer)
RETURNS TABLE (at timestamptz, post text, unit text, holder text, purpose text, action text, outcome text, reason text,
  words text, glass boolean, numbers text[], persons integer, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' SET jit = off AS $$
#variable_conflict use_column
DECLARE s access_session := access_in_charge('looks:watch', NULL);
  audits boolean := access_may('audit:read');
  told timestamptz := greatest(since, ledger_told_from('TRACES'));
  sealed uuid[] := people_sealed();
  person uuid;
  posts uuid[];
  namesakes uuid[];
  office timestamptz[] := access_office(working, opens, closes);
  look text := CASE wanted WHEN 'NAMESAKE' THEN 'VOLUME' ELSE wanted END;
BEGIN
  IF of_number <> '' THEN
    SELECT q.id INTO person FROM people_person q WHERE q.number = of_number AND q.sealed_at IS NULL;
    IF NOT FOUND THEN RETURN; END IF;
  END IF;
  IF who <> '' THEN
    posts := ARRAY(SELECT p.id FROM access_post p JOIN access_account a ON a.id = p.account_id
      WHERE strpos(a.name, who) > 0 OR strpos(a.login, who) > 0);
  END IF;
  IF wanted = 'NAMESAKE' THEN
    namesakes := ARRAY(SELECT n.line FROM access_namesakes(told, until, of_post) n);
  END IF;
  RETURN QUERY WITH found AS MATERIALIZED (
    SELECT t.id, t.at FROM access_trace t JOIN access_post p ON p.id = t.post_id JOIN access_account a ON a.id = p.account_id
      JOIN access_unit u ON u.id = t.unit_id
     WHERE t.at >= told AND t.at < until AND t.subjects <> '{}' AND t.outcome <> 'ASKED' AND NOT a.for_person
       AND u.division >= s.low AND u.division_end <= s.high AND (audits OR t.purpose <> 'OVERSEE')
       AND t.action NOT LIKE 'complaint:%' AND NOT access_looked_at_sealed(t, sealed)
       AND (posts IS NULL OR t.post_id = ANY (posts)) AND (of_post IS NULL OR t.post_id = of_post)
       AND (for_purpose = '' OR t.purpose = for_purpose) AND (person IS NULL OR t.subjects @> ARRAY[person])
       AND (namesakes IS NULL OR t.id = ANY (namesakes)) AND access_counts_for(look, t, office)
     ORDER BY t.at DESC, t.id LIMIT greatest(skip + most, counted) + CASE WHEN counted IS NULL THEN NULL ELSE 1 END
  ), page AS (
    SELECT f.id, (SELECT count(*) FROM found) AS lines FROM found f ORDER BY f.at DESC, f.id OFFSET skip LIMIT most)
  SELECT t.at, p.title, u.name, a.name, t.purpose, t.action, t.outcome, t.reason, t.words, t.glass_id IS NOT NULL,
      access_numbers(t.subjects), cardinality(t.subjects), g.lines
    FROM page g JOIN access_trace t ON t.id = g.id JOIN access_post p ON p.id = t.post_id JOIN access_account a ON a.id = p.account_id
    JOIN access_unit u ON u.id = t.unit_id ORDER BY t.at DESC, t.id;
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
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' SET jit = off AS $$
#variable_conflict use_column
DECLARE s access_session := access_watching();
  audits boolean := access_may('audit:read') OR NOT access_may('looks:watch');
  sealed uuid[] := people_sealed();
  office timestamptz[] := access_office(working, opens, closes);
BEGIN
  RETURN QUERY WITH watched AS MATERIALIZED (
    SELECT p.id, p.title, p.role, u.name AS unit_name, a.name AS holder
      FROM access_post p JOIN access_account a ON a.id = p.account_id JOIN access_unit u ON u.id = p.unit_id
     WHERE u.division >= s.low AND u.division_end <= s.high AND NOT a.for_person AND (only_post IS NULL OR p.id = only_post)
       AND p.account_id <> (SELECT o.account_id FROM access_post o WHERE o.id = s.post_id)
  ), read AS (  -- one pass over the window, each line with the next look of its post, or of its very moment
    SELECT t.post_id, t.at, t.action, l.look, access_counts_for('OFF_HOURS', t, office) AS off_hours,
        access_counts_for('NO_RELATION', t, office) AS no_relation, access_counts_for('GLASS', t, office) AS glass,
        min(t.at) FILTER (WHERE l.look) OVER (PARTITION BY t.post_id ORDER BY t.at DESC) AS next_look
      FROM access_trace t CROSS JOIN LATERAL (SELECT access_counts_for('VOLUME', t, office) AS look) AS l
     WHERE t.at >= since AND t.at < until AND t.outcome = 'ALLOWED' AND (audits OR t.purpose <> 'OVERSEE')
       AND t.action IN ('person:open', 'person:reveal', 'paper:read', 'assessment:read', 'glass:break', 'person:search')
       AND t.post_id IN (SELECT p.id FROM access_post p WHERE p.role IN (SELECT w.role FROM watched w))
       AND NOT access_looked_at_sealed(t, sealed)
  ), counted AS MATERIALIZED (
    SELECT t.post_id, count(*) FILTER (WHERE t.look) AS looks, count(*) FILTER (WHERE t.off_hours) AS off_hours,
        count(*) FILTER (WHERE t.no_relation) AS no_relation, count(*) FILTER (WHERE t.glass) AS glasses,
        count(*) FILTER (WHERE t.action = 'person:search' AND (t.next_look <= t.at + unopened) IS NOT TRUE) AS searches
      FROM read t GROUP BY t.post_id
  ), alike AS (
    SELECT t.post_id, count(*) AS namesakes FROM access_namesakes(since, until, only_post) n JOIN access_trace t ON t.id = n.line
     WHERE (audits OR t.purpose <> 'OVERSEE') AND NOT access_looked_at_sealed(t, sealed) GROUP BY t.post_id
  ), exported AS (
    SELECT e.post_id, sum(e.rows)::bigint AS export_rows FROM access_export e
     WHERE e.asked_at >= since AND e.asked_at < until AND e.made_at IS NOT NULL GROUP BY e.post_id
  ), volumes AS (
    SELECT p.role, array_agg(c.looks ORDER BY c.looks) AS each, count(*) AS posts
      FROM counted c JOIN access_post p ON p.id = c.post_id WHERE c.looks > 0 GROUP BY p.role
  ), peers AS (  -- of who looked the own volume is one of them, of who did not it is none
    SELECT v.role, v.posts, v.each[ceil(percent * v.posts / 100.0)::integer] AS most_of_all,
        v.each[ceil(percent * (v.posts - 1) / 100.0)::integer] AS most_below,
        v.each[ceil(percent * (v.posts - 1) / 100.0)::integer + 1] AS most_above FROM volumes v
  )
  SELECT w.id, w.title, w.unit_name, w.holder, w.role, coalesce(c.looks, 0), coalesce(c.off_hours, 0), coalesce(c.no_relation, 0),
      coalesce(c.glasses, 0), coalesce(c.searches, 0), coalesce(e.export_rows, 0), coalesce(k.namesakes, 0),
      coalesce(r.posts - (c.looks > 0)::integer, r.posts, 0),
      coalesce(CASE WHEN coalesce(c.looks, 0) = 0 THEN r.most_of_all WHEN r.posts = 1 THEN 0 WHEN c.looks > r.most_below THEN r.most_below
        ELSE r.most_above END, 0)
    FROM watched w LEFT JOIN counted c ON c.post_id = w.id LEFT JOIN exported e ON e.post_id = w.id LEFT JOIN alike k ON k.post_id = w.id
    LEFT JOIN peers r ON r.role = w.role
   WHERE c.post_id IS NOT NULL OR e.post_id IS NOT NULL;
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
