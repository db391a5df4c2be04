-- What was attempted and refused (docs/adr/0054). What is refused inside a transaction leaves nothing there; its line is written after.

-- One line for each attempt: the permission asked for (none where it was no permission), the persons as comma-separated ids, whether the
-- post sees them or not (an attempt about somebody out of sight is one: access_require keeps it as UNKNOWN), and the code of the refusal,
-- no words. By the token alone: also a purpose that was refused is an attempt, and is kept as none; and so is what was refused in work in
-- which the session ended (signed out, over, the post ended), for as long as such work may last (access_moment_rules), and no longer.
CREATE OR REPLACE FUNCTION access_note_refused(wanted text[], about text[], why text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session; reason text := coalesce(current_setting('guitu.purpose', true), '');
BEGIN
  SELECT x.* INTO s FROM access_session x
   WHERE x.token_hash = sha256(convert_to(coalesce(current_setting('guitu.token', true), ''), 'UTF8'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'guitu: no acting session' USING ERRCODE = 'GU001';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM access_post p JOIN access_account a ON a.id = p.account_id, access_moment_rules() m
      WHERE p.id = s.post_id AND (a.active OR s.ended_at IS NOT NULL)
        AND least(s.ended_at, s.expires_at, s.last_seen_at + s.idle, p.to_at) > clock_timestamp() - m.behind) THEN
    RAISE EXCEPTION 'guitu: acting session unknown or ended' USING ERRCODE = 'GU002';
  END IF;
  INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, words)
  SELECT gen_random_uuid(), clock_timestamp(), p.id, p.unit_id, CASE WHEN reason = ANY (s.purposes) THEN reason ELSE '' END,
         coalesce((SELECT a.action FROM access_permission a WHERE a.action = g.action LIMIT 1), ''),
         coalesce(string_to_array(nullif(g.persons, ''), ',')::uuid[], '{}'), '{}', 'REFUSED',
         left(regexp_replace(g.code, '[^A-Za-z0-9_:]', '', 'g'), 80)
    FROM unnest(wanted, about, why) AS g (action, persons, code) CROSS JOIN access_post p WHERE p.id = s.post_id;
END $$;
