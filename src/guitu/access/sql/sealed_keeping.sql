-- How long a sealed file is kept: as long as any other. Listed by the number of its sealing, erased as decided (docs/adr/0044).

-- Sealed files of the own unit about which nothing waits, since when the last matter has ended, and the erasure that was decided.
CREATE OR REPLACE FUNCTION rights_sealed_ended(as_of timestamptz)
RETURNS TABLE (sealing uuid, number text, ended_at timestamptz, erasure uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting();
BEGIN
  IF NOT access_may('rights:erase') THEN RETURN; END IF;
  RETURN QUERY SELECT x.id, x.number, max(j.ended_at), (SELECT e.id FROM rights_erasure e WHERE e.person_id = x.person_id LIMIT 1)
    FROM rights_sealing x CROSS JOIN LATERAL jsonb_array_elements_text(x.suspended -> 'files') AS f (one)
    JOIN journeys_journey j ON j.person_id = f.one::uuid
   WHERE x.unit_id = access_own_unit() AND x.unsealed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM rights_sealed_query q WHERE q.sealing_id = x.id AND (q.decided_at IS NULL OR q.until_at > as_of))
     AND NOT EXISTS (SELECT 1 FROM rights_unsealing u WHERE u.sealing_id = x.id AND u.decided_at IS NULL)
   GROUP BY x.id HAVING bool_and(j.ended_at IS NOT NULL) ORDER BY 3, 1;
END $$;

-- Decide the erasure of a sealed file and of the files joined into it; the erasures to be carried out, none where it is not due to be
-- decided about by this office. What was decided before and stopped is answered again.
CREATE OR REPLACE FUNCTION rights_erase_sealed(of_sealing uuid, event uuid, printed text, on_ground text, at timestamptz)
RETURNS TABLE (erasure uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE s access_session := access_acting(); held rights_sealing; whole uuid[];
BEGIN
  PERFORM access_moment(at);
  IF NOT access_may('rights:erase') THEN
    RAISE EXCEPTION 'guitu: permission rights:erase is missing' USING ERRCODE = 'GU006';
  END IF;
  SELECT x.* INTO held FROM rights_sealing x WHERE x.id = of_sealing AND x.unit_id = access_own_unit() FOR UPDATE;
  IF NOT EXISTS (SELECT 1 FROM rights_sealed_ended(at) e WHERE e.sealing = of_sealing) THEN RETURN; END IF;
  whole := ARRAY(SELECT f::uuid FROM jsonb_array_elements_text(held.suspended -> 'files') AS f ORDER BY f::uuid <> held.person_id, f);
  INSERT INTO rights_erasure (id, person_id, division, unit_id, number, ground, decided_at, decided_by, counts)
  SELECT md5(event::text || f.one::text)::uuid, f.one, u.division, u.id, printed || CASE WHEN f.place > 1 THEN '/' || f.place ELSE '' END,
      on_ground, at, s.post_id, '{}'
    FROM unnest(whole) WITH ORDINALITY AS f (one, place) JOIN access_unit u ON u.id = access_own_unit()
   WHERE NOT EXISTS (SELECT 1 FROM rights_erasure e WHERE e.person_id = f.one);
  PERFORM rights_sealed_trace('rights:erase', whole, '{}', 'ALLOWED', on_ground);
  RETURN QUERY SELECT e.id FROM rights_erasure e WHERE e.person_id = ANY (whole) ORDER BY e.number;
END $$;

-- Whether an erasure of the own office is that of a sealed file, which no post sees: the worker asks for no sight of it then.
CREATE OR REPLACE FUNCTION rights_erases_sealed(erasure uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting();
BEGIN
  RETURN EXISTS (SELECT 1 FROM rights_erasure e JOIN people_person q ON q.id = e.person_id
    WHERE e.id = erasure AND e.unit_id = access_own_unit() AND q.sealed_at IS NOT NULL);
END $$;
