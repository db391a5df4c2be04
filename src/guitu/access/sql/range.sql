-- The range of the acting session, as plans suppose it and as every execution compares it (docs/adr/0043).

-- The range of the session, empty for a purpose for which the decision table gives its role nobody (`blind`, sql/standing.sql).
CREATE OR REPLACE FUNCTION access_lo() RETURNS varchar
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN RETURN CASE WHEN current_setting('guitu.purpose', true) = ANY (s.blind) THEN '' ELSE s.low END; END $$;

CREATE OR REPLACE FUNCTION access_hi() RETURNS varchar
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN RETURN CASE WHEN current_setting('guitu.purpose', true) = ANY (s.blind) THEN '' ELSE s.high END; END $$;

-- A former form of the row policies, which compile makes anew.
DROP FUNCTION IF EXISTS access_gate() CASCADE;

-- The range as a plan supposes it: declared IMMUTABLE on purpose, so that the planner puts it in as values, estimates with it, and
-- meets "no token" as an error even for a query that finds nothing. Looked up once a transaction for each token and purpose and kept
-- in a setting, which anybody may forge: what a plan supposes shows nothing until access_plan_stands has compared it.
CREATE OR REPLACE FUNCTION access_planned(part integer) RETURNS varchar
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  whose text := concat(current_setting('guitu.token', true), ' ', current_setting('guitu.purpose', true), ' ');
  kept text := current_setting('guitu.planned', true);
BEGIN
  IF starts_with(whose, ' ') OR kept IS NULL OR NOT starts_with(kept, whose) THEN
    kept := concat(whose, access_lo(), ' ', access_hi());
    PERFORM set_config('guitu.planned', kept, true);
  END IF;
  RETURN split_part(substr(kept, length(whose) + 1), ' ', part);
END $$;

-- Asked once by every execution of a plan, whoever made it and whenever: has the acting session the range that the plan supposes? Its id, or an error.
CREATE OR REPLACE FUNCTION access_plan_stands(low varchar, high varchar) RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s access_session := access_acting();
  blind boolean := current_setting('guitu.purpose', true) = ANY (s.blind);
BEGIN
  IF (low, high) IS DISTINCT FROM (CASE WHEN blind THEN '' ELSE s.low END, CASE WHEN blind THEN '' ELSE s.high END) THEN
    RAISE EXCEPTION 'guitu: plan made for another range' USING ERRCODE = 'GU012';
  END IF;
  RETURN s.id;
END $$;
