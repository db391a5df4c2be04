-- What the ledger forgets of a person: payload and salt go, entry and leaf stay, so the log stays valid and nobody can confirm any more
-- what was committed to. Only the worker that carries out a decision about this very person, and the owner after a restore
-- (rights_may_erase); the pages never.

-- Note who is erased, before anything is: opaque ids, outside what is erased. The same decision is noted once.
CREATE OR REPLACE FUNCTION ledger_register_erasure(erasure uuid, person uuid, on_ground text, approver uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM access_moment(at);
  PERFORM rights_may_erase(person);
  INSERT INTO ledger_erasure (id, person_id, ground, approved_by, at) VALUES (erasure, person, on_ground, approver, at)
  ON CONFLICT (id) DO NOTHING;
END $$;

-- Erase the payloads about somebody who is in the register. One that is about others too stays until all of them are in it.
CREATE OR REPLACE FUNCTION ledger_erase(person uuid) RETURNS TABLE (from_table text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM rights_may_erase(person);
  IF NOT EXISTS (SELECT 1 FROM ledger_erasure x WHERE x.person_id = person) THEN
    RAISE EXCEPTION 'guitu: the erasure is not in the register' USING ERRCODE = 'GU006';
  END IF;
  WITH taken AS (
    DELETE FROM ledger_payload p WHERE p.subjects @> ARRAY[person]
      AND p.subjects <@ (SELECT array_agg(x.person_id) FROM ledger_erasure x WHERE x.person_id = ANY (p.subjects))
    RETURNING p.entry_id
  ), noted AS (INSERT INTO ledger_payload_gone (entry_id) SELECT t.entry_id FROM taken t ON CONFLICT DO NOTHING)
  SELECT count(*) INTO gone FROM taken t;  -- what a restored copy brought back is noted already, and goes all the same
  from_table := 'ledger_payload'; RETURN NEXT;
END $$;
