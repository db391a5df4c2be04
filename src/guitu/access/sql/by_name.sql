-- Finding by name. Words meet of a name no more than the post may see of it (people_met_by_name, made by compile from the decision table
-- and the masks): who sees the surname alone finds by the surname alone, so that no search says yes or no to a guess of the rest. No
-- sealed file is found, and no juvenile in whose matter the own unit has no part.

-- Each of these words as a pattern that stands anywhere; the empty ones left out.
CREATE OR REPLACE FUNCTION people_name_patterns(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT '%' || replace(replace(replace(lower(w), '\', '\\'), '%', '\%'), '_', '\_') || '%' FROM unnest(words) AS w WHERE w <> '');
$$;

-- Where somebody stands in what a search finds: by pinyin; where names are masked, by the surname, first those that were typed, so
-- that a page of candidates is not judged in vain for each surname before them.
CREATE OR REPLACE FUNCTION people_name_order(q people_person, masks boolean, heard text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN masks THEN (CASE WHEN left(q.name, 1) = ANY (heard) THEN '0' ELSE '1' END || left(q.name, 1)) COLLATE "C" ELSE q.name_sort END;
$$;

-- Persons by name, pinyin, initials or, if nobody is found so, by printed number: within the token's own scope, the first by pinyin;
-- for a post that sees masked names by what it sees of them, then by nothing. `sounding`: surnames that sound like what was
-- typed, compared with what a mask leaves. Candidates are judged in pages until enough are found, each page larger than the one
-- before, so that a short word over a province judges a page of persons, not all whom it matches.
DROP FUNCTION IF EXISTS people_find(text, integer);
CREATE OR REPLACE FUNCTION people_find(wanted text, sounding text[], most integer) RETURNS TABLE (person_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  lo text := access_lo();
  hi text := access_hi();
  shown uuid[] := access_shared();
  pattern text := (people_name_patterns(ARRAY[wanted]))[1];
  typed text := wanted;
  heard text[] := wanted || sounding;
  masks boolean := EXISTS (SELECT 1 FROM access_effects() e WHERE e.item = 'name' AND e.effect = 'mask');
  page uuid[];
  size integer := 4 * most;
  passed people_person;
  given integer;
BEGIN
  IF wanted IS NULL OR most IS NULL OR most < 1 THEN
    RETURN;
  END IF;
  PERFORM access_asked(NULL);
  LOOP
    page := ARRAY(SELECT q.id FROM people_person q WHERE (q.name_search LIKE pattern OR left(q.name, 1) = ANY (sounding)) AND q.ended_at IS NULL
      AND ((q.division >= lo AND q.division < hi) OR q.id = ANY (shown))
      AND (passed.id IS NULL OR (people_name_order(q, masks, heard), q.id)
        > (people_name_order(passed, masks, heard), passed.id))
      ORDER BY people_name_order(q, masks, heard), q.id LIMIT size);
    IF passed.id IS NULL AND cardinality(page) = 0 THEN
      page := ARRAY(SELECT q.id FROM people_person q WHERE upper(q.number) = upper(wanted)
        AND ((q.division >= lo AND q.division < hi) OR q.id = ANY (shown)));
      typed := NULL;
    END IF;
    RETURN QUERY SELECT q.id FROM people_met_by_name(page, typed, sounding) AS m (id) JOIN people_person q ON q.id = m.id
     ORDER BY people_name_order(q, masks, heard), q.id LIMIT most;
    GET DIAGNOSTICS given = ROW_COUNT;
    most := most - given;
    EXIT WHEN most <= 0 OR cardinality(page) < size;
    SELECT q.* INTO passed FROM people_person q WHERE q.id = page[size];
    size := 4 * size;
  END LOOP;
END $$;

-- Who in sight is called so: for the filter of a list, which the post reads anyway and whose rows have their own policies.
DROP FUNCTION IF EXISTS people_called(text);
CREATE OR REPLACE FUNCTION people_called(wanted text, sounding text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  lo text := access_lo();
  hi text := access_hi();
  shown uuid[] := access_shared_outside();
  pattern text := (people_name_patterns(ARRAY[wanted]))[1];
BEGIN
  PERFORM access_asked(NULL);
  RETURN QUERY SELECT m.id FROM people_met_by_name(ARRAY(SELECT q.id FROM people_person q WHERE (q.name_search LIKE pattern OR left(q.name, 1) = ANY (sounding))
     AND ((q.division >= lo AND q.division < hi) OR q.id = ANY (shown))), wanted, sounding) AS m (id);
END $$;
