-- Nothing is read of a person before its line stands (docs/adr/0059). A line that this very transaction has written does not stand yet:
-- it could still be rolled back. Such a line is never older than the transaction, so the moments tell the two apart.

-- The lines on which this session may read now: allowed, for this purpose, not of this transaction; to choose a purpose asks for nothing.
-- Of the last minutes; what the worker was handed, until it is done. Not pinned, so that the planner writes it into the statement of whoever
-- asks, all of them pinned. How long, compile says after this (access_line_lasts), so the body is not looked into yet.
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION access_lines(s access_session) RETURNS SETOF access_trace LANGUAGE sql STABLE AS $$
  SELECT t.* FROM access_trace t WHERE t.post_id = s.post_id AND t.outcome = 'ALLOWED' AND t.action <> 'purpose:choose'
    AND t.purpose = current_setting('guitu.purpose', true) AND t.at < transaction_timestamp()
    AND t.at >= (SELECT CASE WHEN EXISTS (SELECT 1 FROM access_errand e WHERE e.session_id = s.id) THEN s.created_at
      ELSE greatest(s.created_at, statement_timestamp() - access_line_lasts()) END)
$$;
SET LOCAL check_function_bodies = on;

-- Raises unless such a line stands: of a list (one that names nobody), or one that names all of these persons; `each`: for every one of
-- them a line that names it, a list is not enough. The clock asks for nothing; what it does stands in the ledger.
CREATE OR REPLACE FUNCTION access_asked(persons uuid[], each boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); stands boolean;
BEGIN
  IF each THEN
    stands := persons IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unnest(persons) AS g (person)
      WHERE NOT EXISTS (SELECT 1 FROM access_lines(s) t WHERE t.subjects @> ARRAY[g.person]));
  ELSE
    stands := EXISTS (SELECT 1 FROM access_lines(s) t WHERE t.subjects = '{}' OR t.subjects @> persons);
  END IF;
  IF NOT stands AND (SELECT p.role FROM access_post p WHERE p.id = s.post_id) IS DISTINCT FROM 'TICK' THEN
    RAISE EXCEPTION 'guitu: nothing is read before it was asked for' USING ERRCODE = 'GU025';
  END IF;
END $$;
