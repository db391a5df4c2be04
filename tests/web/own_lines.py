"""Each request of a test client is answered as the first of its session: no page lives on the line another has left."""

from django.test import Client

BEGUN = """
CREATE SCHEMA asked;
CREATE TABLE asked.request (at timestamptz NOT NULL);
INSERT INTO asked.request VALUES (clock_timestamp());
GRANT USAGE ON SCHEMA asked TO guitu_owner;
GRANT SELECT, UPDATE ON asked.request TO guitu_owner;
CREATE OR REPLACE FUNCTION access_line_lasts() RETURNS interval LANGUAGE sql STABLE
  AS $$ SELECT statement_timestamp() - r.at FROM asked.request r $$;
"""
"""What stands before the request that is answered now opens nothing (ADR 0059)."""


def first_of_its_session(patch, house) -> None:
    """Let lines of the trace from before each request count no more; what else a session knows of itself stays."""
    asked = Client.request
    with house.role("postgres") as door:
        if door.execute("SELECT to_regnamespace('asked') IS NULL").fetchone()[0]:
            door.execute(BEGUN)

    def request(self, **words):
        with house.role("guitu_owner") as door:
            door.execute("UPDATE asked.request SET at = clock_timestamp()")
        return asked(self, **words)

    patch.setattr(Client, "request", request)
