"""The server's counters, closed to the serving roles: opened in the database of one test that counts what was read."""


def open_counters(house) -> None:
    """Let the serving roles of this house's database read what their own transaction has read."""
    with house.role("postgres") as door:
        door.execute(
            "DO $$ DECLARE one text; BEGIN FOR one IN SELECT oid::regprocedure FROM pg_proc"
            " WHERE proname LIKE 'pg\\_stat\\_get\\_%' LOOP"
            " EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO guitu_app, guitu_job', one); END LOOP; END $$"
        )
