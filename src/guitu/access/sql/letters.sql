-- The acting post itself, for rows addressed to one post alone (a guardian, a member of the group).
CREATE OR REPLACE FUNCTION access_own_post() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s access_session := access_acting(); BEGIN RETURN s.post_id; END $$;

-- Who can be asked to attend for a person: the posts of guardians and members of the group, for those who write to them.
CREATE OR REPLACE FUNCTION access_companions_of(person uuid)
RETURNS TABLE (post_id uuid, mandate_id uuid, sealed_name bytea, relation text, from_at timestamptz, to_at timestamptz,
  ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_demand('letter:send', person);
  RETURN QUERY SELECT m.post_id, m.id, m.sealed_name, m.relation, m.from_at, m.to_at, m.ended_at FROM access_mandate m
   WHERE m.person_id = person AND m.scope = 'ATTEND' ORDER BY m.from_at, m.id;
END $$;
