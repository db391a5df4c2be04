-- Exports of lists (docs/trust.md): asked for with a use, above the limit approved by somebody else, kept for hours, fetched by
-- the asker alone.

-- May the acting post decide this export or see it in its list: a leader for the units within the range, never for the own
-- account; a supervisor where nobody else leads.
CREATE OR REPLACE FUNCTION access_decides_export(asker uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN access_may('export:approve') AND EXISTS (SELECT 1 FROM access_post p JOIN access_unit u ON u.id = p.unit_id
    JOIN access_post m ON m.id = s.post_id
    WHERE p.id = asker AND p.account_id <> m.account_id AND u.division >= s.low AND u.division < s.high
      AND (m.role <> 'SUPERVISOR' OR NOT access_led_beside(u.division, p.account_id)));
END $$;

-- How many rows the acting account may still export without a second person: the rulebook's figure for the role, less what it took
-- alone within the rulebook's time under any of its posts. So a list cut into small exports counts as the whole.
CREATE OR REPLACE FUNCTION access_export_left() RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN (SELECT greatest(0, f.most - coalesce((SELECT sum(e.rows) FROM access_export e JOIN access_post o ON o.id = e.post_id
      WHERE o.account_id = p.account_id AND e.rows <= e.alone AND e.asked_at > clock_timestamp() - f.within), 0))::integer
    FROM access_post p CROSS JOIN LATERAL access_export_alone(p.role) AS f WHERE p.id = s.post_id);
END $$;

-- When so many rows may again be exported by the acting account without a second person: as what it took alone grows older than the
-- rulebook's time. Null where that is now, or never.
CREATE OR REPLACE FUNCTION access_export_frees(wanted integer) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN (SELECT min(g.asked_at + g.within) FROM (
      SELECT e.asked_at, f.most, f.within, sum(e.rows) OVER (ORDER BY e.asked_at, e.id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS later
        FROM access_post p JOIN access_post o ON o.account_id = p.account_id JOIN access_export e ON e.post_id = o.id
        CROSS JOIN LATERAL access_export_alone(p.role) AS f
       WHERE p.id = s.post_id AND e.rows <= e.alone AND e.asked_at > clock_timestamp() - f.within) AS g
    WHERE wanted > access_export_left() AND g.most - coalesce(g.later, 0) >= wanted);
END $$;

-- Papers printed together are counted as exports are, beside them: of how many persons the acting account has printed within the
-- rulebook's time under any of its posts, the same persons once (a viewer fetches a file twice). Where it would be more than the
-- figure for the role nothing is counted, and the answer says how many are left and when these persons would not be too many.
CREATE OR REPLACE FUNCTION access_print_together(persons uuid[])
RETURNS TABLE (allowed boolean, most integer, remaining integer, free_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  s access_session := access_acting();
  mine uuid;
  span interval;
  number integer := (SELECT count(DISTINCT x.id) FROM unnest(persons) AS x (id));
  which bytea := sha256(convert_to(coalesce((SELECT string_agg(DISTINCT x.id::text, ',' ORDER BY x.id::text)
    FROM unnest(persons) AS x (id)), ''), 'UTF8'));
  taken integer;
BEGIN
  IF NOT access_may('paper:read') THEN
    RAISE EXCEPTION 'guitu: permission paper:read is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT a.id INTO mine FROM access_account a JOIN access_post p ON p.account_id = a.id WHERE p.id = s.post_id FOR NO KEY UPDATE OF a;
  SELECT f.most, f.within INTO most, span FROM access_post p CROSS JOIN LATERAL access_export_alone(p.role) AS f WHERE p.id = s.post_id;
  DELETE FROM access_printing g USING access_post o WHERE o.id = g.post_id AND o.account_id = mine AND g.at <= clock_timestamp() - span;
  SELECT coalesce(sum(g.persons), 0) INTO taken FROM access_printing g JOIN access_post o ON o.id = g.post_id WHERE o.account_id = mine;
  allowed := number = 0 OR EXISTS (SELECT 1 FROM access_printing g JOIN access_post o ON o.id = g.post_id
    WHERE o.account_id = mine AND g.digest = which);
  IF NOT allowed AND taken + number <= most THEN
    INSERT INTO access_printing (id, post_id, at, persons, digest) VALUES (gen_random_uuid(), s.post_id, clock_timestamp(), number, which);
    allowed := true;
    taken := taken + number;
  END IF;
  remaining := greatest(0, most - taken);
  IF NOT allowed THEN
    SELECT min(h.at + span) INTO free_at FROM (SELECT g.at, sum(g.persons) OVER (ORDER BY g.at, g.id ROWS BETWEEN 1 FOLLOWING AND
        UNBOUNDED FOLLOWING) AS later FROM access_printing g JOIN access_post o ON o.id = g.post_id WHERE o.account_id = mine) AS h
      WHERE coalesce(h.later, 0) + number <= most;
  END IF;
  RETURN NEXT;
END $$;

-- Asked at by the database's clock, so that no caller makes an export older than it is; two at once wait for each other.
DROP FUNCTION IF EXISTS access_ask_export(uuid, text, text, boolean, text, text, text, integer, integer, timestamptz);
CREATE OR REPLACE FUNCTION access_ask_export(export uuid, printed text, which text, late boolean, kind text, why text, said text,
  row_count integer, alone integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_variable
DECLARE s access_session := access_acting();
BEGIN
  IF NOT access_may('export:ask') THEN
    RAISE EXCEPTION 'guitu: permission export:ask is missing' USING ERRCODE = 'GU006';
  END IF;
  IF why = '' OR said = '' THEN
    RAISE EXCEPTION 'guitu: a reason needs its code and words' USING ERRCODE = 'GU021';
  END IF;
  PERFORM 1 FROM access_account a JOIN access_post p ON p.account_id = a.id WHERE p.id = s.post_id FOR NO KEY UPDATE OF a;
  alone := least(alone, access_export_left());
  INSERT INTO access_export (id, number, listed, late_only, format, purpose, code, words, unit_id, division, post_id, rows, alone,
    asked_at, finding, sha256, fetches)
  SELECT export, printed, which, late, kind, current_setting('guitu.purpose', true), why, said, u.id, u.division, p.id, row_count,
         access_ask_export.alone, clock_timestamp(), '', '', 0
    FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.id = s.post_id
  ON CONFLICT (id) DO NOTHING;
  -- By what is kept: a retry whose list has grown or shrunk meanwhile is still the export that was asked for.
  RETURN (SELECT CASE WHEN e.rows <= e.alone THEN 'ALONE' ELSE 'TWO' END FROM access_export e
    WHERE e.id = export AND e.post_id = s.post_id);
END $$;

CREATE OR REPLACE FUNCTION access_decide_export(export uuid, at timestamptz, yes boolean, said text)
RETURNS TABLE (unit_id uuid, post_id uuid, role text, number text, fresh boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE made integer; s access_session := access_acting();
BEGIN
  PERFORM access_moment(at);
  IF NOT EXISTS (SELECT 1 FROM access_export e WHERE e.id = export AND e.rows > e.alone AND access_decides_export(e.post_id)) THEN
    RAISE EXCEPTION 'guitu: export unknown' USING ERRCODE = 'GU005';
  END IF;
  UPDATE access_export e SET decided_at = at, decided_by = s.post_id, approved = yes, finding = said
   WHERE e.id = export AND e.decided_at IS NULL;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN QUERY SELECT e.unit_id, e.post_id, p.role, e.number, made = 1 FROM access_export e JOIN access_post p ON p.id = e.post_id
   WHERE e.id = export;
END $$;

-- The exports as they stand for the acting post: its own; those to approve; all of the units within the range for who approves or
-- audits. Never a file.
CREATE OR REPLACE FUNCTION access_exports(wanted text, only_one uuid, skip integer, most integer)
RETURNS TABLE (id uuid, number text, listed text, late_only boolean, format text, purpose text, code text, words text, unit_id uuid,
  post text, holder text, rows integer, alone integer, asked_at timestamptz, decided_at timestamptz, approved boolean, finding text,
  made_at timestamptz, here boolean, expires_at timestamptz, fetches integer, fetched_at timestamptz, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  RETURN QUERY SELECT e.id, e.number, e.listed, e.late_only, e.format, e.purpose, e.code, e.words, e.unit_id, p.title, a.name,
      e.rows, e.alone, e.asked_at, e.decided_at, e.approved, e.finding, e.made_at, e.sealed IS NOT NULL, e.expires_at, e.fetches,
      e.fetched_at, count(*) OVER ()
    FROM access_export e JOIN access_post p ON p.id = e.post_id JOIN access_account a ON a.id = p.account_id
    WHERE (only_one IS NULL OR e.id = only_one) AND e.asked_at >= ledger_told_from('EXPORTS')
      AND CASE wanted WHEN 'OWN' THEN e.post_id = s.post_id
        WHEN 'TO_APPROVE' THEN e.rows > e.alone AND e.decided_at IS NULL AND access_decides_export(e.post_id)
        WHEN 'ALL' THEN (access_may('export:approve') OR access_may('audit:read')) AND e.division >= s.low AND e.division < s.high
        ELSE false END
    ORDER BY e.asked_at DESC, e.id OFFSET skip LIMIT most;
END $$;

-- Keep the file that was made, once; everybody who stands in it can read that they were exported, and why.
CREATE OR REPLACE FUNCTION access_keep_export(export uuid, persons uuid[], file bytea, digest text, at timestamptz, ends timestamptz)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); e access_export;
BEGIN
  PERFORM access_moment(at);
  -- No file holds more than was asked for and, above the limit, approved.
  IF cardinality(persons) > (SELECT x.rows FROM access_export x WHERE x.id = export AND x.post_id = s.post_id) THEN
    RAISE EXCEPTION 'guitu: more rows than were asked for' USING ERRCODE = 'GU006';
  END IF;
  UPDATE access_export x SET made_at = at, sealed = file, sha256 = digest, expires_at = ends
   WHERE x.id = export AND x.post_id = s.post_id AND x.made_at IS NULL RETURNING x.* INTO e;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason, words)
  VALUES (gen_random_uuid(), clock_timestamp(), s.post_id, e.unit_id, current_setting('guitu.purpose', true), 'export:ask', persons,
    '{}', 'ALLOWED', e.code, e.words);
  RETURN true;
END $$;

-- The file for its asker, while it is kept; one that two persons answered for is fetched once.
CREATE OR REPLACE FUNCTION access_fetch_export(export uuid, at timestamptz) RETURNS TABLE (number text, format text, sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  PERFORM access_moment(at);
  RETURN QUERY UPDATE access_export e SET fetches = e.fetches + 1, fetched_at = at
   WHERE e.id = export AND e.post_id = s.post_id AND e.sealed IS NOT NULL AND e.expires_at > at
     AND (e.rows <= e.alone OR e.fetches = 0) RETURNING e.number, e.format, e.sealed;
END $$;

-- The files whose time is over go, and the counts of papers printed together that count no more; the clock's work.
CREATE OR REPLACE FUNCTION access_forget_exports(as_of timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone integer;
BEGIN
  PERFORM access_moment(as_of);
  UPDATE access_export SET sealed = NULL WHERE sealed IS NOT NULL AND expires_at <= as_of;
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM access_printing g USING access_post p CROSS JOIN LATERAL access_export_alone(p.role) AS f
   WHERE p.id = g.post_id AND g.at <= as_of - f.within;
  RETURN gone;
END $$;
