-- A breach of personal data (PIPL 57); these ask for the post's range itself, also where its purpose sees no person: whom it concerns is known to no post, only how many; the clock alone tells them, each once.

-- Posts of the range, ended ones too, whose looks a breach may stand on; each of the words in unit, title or holder.
CREATE OR REPLACE FUNCTION rights_breach_posts(words text, most integer)
RETURNS TABLE (post_id uuid, unit text, unit_en text, post text, holder text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); patterns text[] := access_patterns(words);
BEGIN
  IF NOT access_may('breach:record') THEN
    RAISE EXCEPTION 'guitu: permission breach:record is missing' USING ERRCODE = 'GU006';
  END IF;
  RETURN QUERY SELECT p.id, u.name::text, u.name_en::text, p.title::text, a.name::text FROM access_post p
      JOIN access_unit u ON u.id = p.unit_id JOIN access_account a ON a.id = p.account_id
     WHERE u.division >= s.low AND u.division < s.high AND NOT a.for_person
       AND concat_ws(' ', lower(u.name), lower(u.name_en), u.code, lower(p.title), lower(a.name)) LIKE ALL (patterns)
     ORDER BY u.division, u.name, p.title, a.name, p.id LIMIT most;
END $$;

-- Keep whom a breach concerns: all whom a post of the range looked at or exported from one moment until another (as the trace knows),
-- and files by number. Numbers are for who lists persons, and only of those they see: for anybody else the count would tell that a file
-- is there. Answers how many were new, and how many numbers were nobody's; never who.
CREATE OR REPLACE FUNCTION rights_breach_concern(breach uuid, post uuid, from_at timestamptz, to_at timestamptz, numbers text[], at timestamptz)
RETURNS TABLE (fresh integer, unknown integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s access_session := access_acting();
  seeing access_session := access_seeing();
  shared uuid[] := access_lasting();
  named uuid[];
  made integer;
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('breach:record') OR (numbers <> '{}' AND NOT access_may('person:list')) THEN
    RAISE EXCEPTION 'guitu: permission breach:record or person:list is missing' USING ERRCODE = 'GU006';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM rights_breach b WHERE b.id = breach AND b.division >= s.low AND b.division < s.high)
     OR (post IS NOT NULL AND NOT EXISTS (SELECT 1 FROM access_post p JOIN access_unit u ON u.id = p.unit_id
       WHERE p.id = post AND u.division >= s.low AND u.division < s.high)) THEN
    RAISE EXCEPTION 'guitu: breach or post outside the range' USING ERRCODE = 'GU007';
  END IF;
  named := ARRAY(SELECT q.id FROM people_person q WHERE q.number = ANY (numbers) AND q.sealed_at IS NULL
    AND ((q.division >= seeing.low AND q.division < seeing.high) OR q.id = ANY (shared)));
  INSERT INTO rights_breach_person (id, breach_id, person_id, found_at)
  SELECT gen_random_uuid(), breach, found.id, rights_breach_concern.at FROM (
    SELECT q.id FROM access_trace t CROSS JOIN LATERAL unnest(t.subjects) AS g (id) JOIN people_person q ON q.id = g.id
     WHERE t.post_id = post AND t.at >= from_at AND t.at < to_at AND t.outcome = 'ALLOWED'
    UNION
    SELECT unnest(named)) AS found
  ON CONFLICT (breach_id, person_id) DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN QUERY SELECT made, cardinality(numbers) - cardinality(named);
END $$;

-- How many a breach concerns and how many of them were told, for breaches of the range.
CREATE OR REPLACE FUNCTION rights_breach_counts(breaches uuid[]) RETURNS TABLE (breach uuid, persons bigint, told bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  IF NOT access_may('breach:read') THEN
    RAISE EXCEPTION 'guitu: permission breach:read is missing' USING ERRCODE = 'GU006';
  END IF;
  RETURN QUERY SELECT g.breach_id, count(*), count(g.told_at) FROM rights_breach_person g JOIN rights_breach b ON b.id = g.breach_id
    WHERE b.id = ANY (breaches) AND b.division >= s.low AND b.division < s.high GROUP BY g.breach_id;
END $$;

-- Who is to be told, locked: of breaches decided so. `knows` where the person or a representative has an account; a sealed file is
-- told to nobody but who signs in to it. For the clock.
CREATE OR REPLACE FUNCTION rights_breach_waiting(most integer)
RETURNS TABLE (id uuid, person_id uuid, number text, unit_id uuid, responsible_unit_id uuid, knows boolean, sealed boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM access_acting();
  RETURN QUERY SELECT g.id, g.person_id, b.number, b.unit_id, q.responsible_unit_id,
      EXISTS (SELECT 1 FROM access_reach r JOIN access_post p ON p.id = r.post_id AND p.role IN ('PERSON', 'REPRESENTATIVE')
        WHERE r.person_id = g.person_id AND r.relation IN ('self', 'mandate')
          AND (r.to_at IS NULL OR r.to_at > clock_timestamp())),
      q.sealed_at IS NOT NULL
    FROM rights_breach_person g JOIN rights_breach b ON b.id = g.breach_id JOIN people_person q ON q.id = g.person_id
   WHERE g.told_at IS NULL AND EXISTS (SELECT 1 FROM rights_breach_decision d WHERE d.breach_id = b.id AND d.outcome = 'TELL') ORDER BY g.found_at, g.id LIMIT most FOR NO KEY UPDATE OF g SKIP LOCKED;
END $$;

-- Breaches of the range of which something is still to be told or decided, with the ends of those clocks that still run: no end where the
-- authority is told, or where it is decided about the persons (by the decisions themselves). For the clock.
CREATE OR REPLACE FUNCTION rights_breaches_open()
RETURNS TABLE (id uuid, unit_id uuid, number text, noticed_at timestamptz, authority_due_at timestamptz, persons_due_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT * FROM (SELECT b.id, b.unit_id, b.number::text, b.noticed_at,
      CASE WHEN b.authority_told_at IS NULL THEN b.authority_due_at END AS authority,
      CASE WHEN NOT EXISTS (SELECT 1 FROM rights_breach_decision d WHERE d.breach_id = b.id) THEN b.persons_due_at END AS persons
    FROM rights_breach b WHERE b.division >= s.low AND b.division < s.high) AS o
   WHERE o.authority IS NOT NULL OR o.persons IS NOT NULL ORDER BY o.noticed_at, o.id;
END $$;

CREATE OR REPLACE FUNCTION rights_breach_told(told uuid[], at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_moment(at);
  PERFORM access_acting();
  UPDATE rights_breach_person g SET told_at = rights_breach_told.at WHERE g.id = ANY (told) AND g.told_at IS NULL;
END $$;

-- What the person whose road it is was told: nothing before the decision, nothing to any office.
CREATE OR REPLACE FUNCTION rights_own_breaches(skip integer, most integer)
RETURNS TABLE (number text, unit text, unit_en text, kinds text[], cause text, harms text[], words text, measures text, advice text,
  contact text, told_at timestamptz, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE own uuid[] := access_own_road();
BEGIN
  RETURN QUERY SELECT b.number, u.name::text, u.name_en::text, b.kinds, b.cause, b.harms, b.words, b.measures, b.advice, b.contact,
      g.told_at, count(*) OVER ()
    FROM rights_breach_person g JOIN rights_breach b ON b.id = g.breach_id JOIN access_unit u ON u.id = b.unit_id
   WHERE g.person_id = ANY (own) AND g.told_at IS NOT NULL ORDER BY g.told_at DESC, g.id OFFSET skip LIMIT most;
END $$;
