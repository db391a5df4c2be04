-- Bytes of papers (docs/adr/0055). guitu_app and guitu_job may not select them: they come from here, encrypted, after the line of the
-- look, for a post to which the decision table opens every item that the paper shows.

-- Has the acting post been allowed, in this working session, such a look at this person that names all the paper shows? And does the
-- table open all of it now, the person's own papers apart? Raises what is lacking.
CREATE OR REPLACE FUNCTION papers_line_stands(person uuid, shown text[], looks text[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  IF NOT EXISTS (SELECT 1 FROM access_lines(s) t WHERE t.action = ANY (looks) AND t.fields::text[] @> shown
      AND (person IS NULL OR t.subjects @> ARRAY[person])) THEN
    RAISE EXCEPTION 'guitu: nothing is opened before it was asked for' USING ERRCODE = 'GU025';
  END IF;
  IF access_keeps_any(array_remove(ARRAY[person], NULL), shown)
     AND NOT EXISTS (SELECT 1 FROM access_standing(ARRAY[person]) t WHERE t.relation = 'self') THEN
    RAISE EXCEPTION 'guitu: the paper shows what is kept from this post' USING ERRCODE = 'GU006';
  END IF;
END $$;

-- The encrypted bytes of one document, or null where it is out of sight.
CREATE OR REPLACE FUNCTION papers_document_opened(document uuid) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE lo text := access_lo(); hi text := access_hi(); d papers_document;
BEGIN
  SELECT p.* INTO d FROM papers_document p WHERE p.id = document
     AND ((p.division >= lo AND p.division < hi) OR p.person_id = ANY (access_shared_outside()));
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM papers_line_stands(d.person_id, d.shows, ARRAY['paper:read', 'my_road:read']);
  RETURN d.body;
END $$;

-- The same of a received file.
CREATE OR REPLACE FUNCTION papers_file_opened(attachment uuid) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE lo text := access_lo(); hi text := access_hi(); f papers_attachment;
BEGIN
  SELECT p.* INTO f FROM papers_attachment p WHERE p.id = attachment
     AND ((p.division >= lo AND p.division < hi) OR p.person_id = ANY (access_shared_outside()));
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM papers_line_stands(f.person_id, f.shows, ARRAY['paper:read', 'my_road:read']);
  RETURN f.body;
END $$;

-- The whole rows for the personal copy, as people_copied_facts has them (clear_values.sql).
CREATE OR REPLACE FUNCTION papers_copied_documents(person uuid) RETURNS SETOF papers_document
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM people_copies(person);
  RETURN QUERY SELECT d.* FROM papers_document d WHERE d.person_id = person ORDER BY d.id;
END $$;

CREATE OR REPLACE FUNCTION papers_copied_files(person uuid) RETURNS SETOF papers_attachment
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM people_copies(person);
  RETURN QUERY SELECT f.* FROM papers_attachment f WHERE f.person_id = person ORDER BY f.id;
END $$;

-- The assessments of one road, the one that stands first, their words encrypted: after the look at the report or at its form. What an
-- assessment shows is prison.queries.SHOWN; a test holds the two together.
CREATE OR REPLACE FUNCTION prison_assessments_opened(journey uuid) RETURNS SETOF prison_assessment
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE lo text := access_lo(); hi text := access_hi(); person uuid;
BEGIN
  SELECT a.person_id INTO person FROM prison_assessment a WHERE a.journey_id = journey
     AND ((a.division >= lo AND a.division < hi) OR a.person_id = ANY (access_shared_outside())) LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM papers_line_stands(person, ARRAY['employment', 'family_support', 'health_needs', 'living_needs', 'name', 'prison_grade'],
    ARRAY['assessment:read', 'assessment:make']);
  RETURN QUERY SELECT a.* FROM prison_assessment a WHERE a.journey_id = journey AND a.person_id = person ORDER BY a.assessed_at DESC;
END $$;

CREATE OR REPLACE FUNCTION prison_copied_assessments(person uuid) RETURNS SETOF prison_assessment
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM people_copies(person);
  RETURN QUERY SELECT a.* FROM prison_assessment a WHERE a.person_id = person ORDER BY a.id;
END $$;
