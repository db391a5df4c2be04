-- What anybody may know of a document by the code on it: number, unit, day, digest, seal; no person and no content. Needs no
-- acting session. Codes that do not exist are counted per network address (a keyed digest) and forgotten after the window; how many and
-- how long is made by compile from the rulebook.
DROP FUNCTION IF EXISTS papers_verify(bytea, text, timestamptz, timestamptz, integer);
CREATE OR REPLACE FUNCTION papers_verify(code bytea, who text, at timestamptz)
RETURNS TABLE (slowed boolean, number text, unit_id uuid, unit text, unit_en text, issued_at timestamptz, digest bytea, seal bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  tried integer;
  rules record;
BEGIN
  PERFORM access_moment(at);
  SELECT r.* INTO rules FROM papers_verify_rules() r;
  DELETE FROM papers_look_up l WHERE l.at < papers_verify.at - rules.within;
  SELECT count(*) INTO tried FROM papers_look_up l WHERE l.address = who AND NOT l.found;
  IF tried >= rules.most THEN
    RETURN QUERY SELECT true, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::timestamptz, NULL::bytea, NULL::bytea;
    RETURN;
  END IF;
  RETURN QUERY SELECT false, d.number, u.id, u.name, u.name_en, d.issued_at, d.digest, d.seal
    FROM papers_document d JOIN access_unit u ON u.id = d.unit_id WHERE d.code_index = papers_verify.code;
  INSERT INTO papers_look_up (id, at, address, found) VALUES (gen_random_uuid(), papers_verify.at, who, FOUND);
END $$;
