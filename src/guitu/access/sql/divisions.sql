-- Where the rows of a sealed file stand: the first figure of the division becomes its letter (9 → J), which lies behind every
-- unit's range, whatever units come. The former division can be read back from it, and from nothing else.

CREATE OR REPLACE FUNCTION people_sealed_division(held text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT translate(left(held, 1), '0123456789', 'ABCDEFGHIJ') || substr(held, 2);
$$;

CREATE OR REPLACE FUNCTION people_unsealed_division(held text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT translate(left(held, 1), 'ABCDEFGHIJ', '0123456789') || substr(held, 2);
$$;

-- Does a row stand where units are, or where the sealed files are? Without options, so that the planner writes it into the query.
CREATE OR REPLACE FUNCTION people_is_unsealed(held text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT held < 'A' COLLATE "C" $$;

-- The persons whose files are sealed: few, found by an index of their own. For lines that stand under no division.
CREATE OR REPLACE FUNCTION people_sealed() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(q.id), '{}') FROM people_person q WHERE q.sealed_at IS NOT NULL;
$$;
