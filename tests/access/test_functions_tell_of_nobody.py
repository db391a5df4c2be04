"""No function answers differently of somebody out of sight than of somebody who does not exist."""

import re
import uuid

import psycopg
import pytest
from psycopg import sql

from tests.access.test_every_way_to_a_row import Door
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT

SEATS = ("prison", "county", "foreign", "audit", "security", "province")
MADE = {
    "text": "x",
    "character varying": "x",
    "timestamp with time zone": MOMENT.isoformat(),
    "date": "2026-09-01",
    "time without time zone": "09:00",
    "integer": "5",
    "smallint": "1",
    "bigint": "1",
    "boolean": "false",
    "interval": "1 day",
    "jsonb": "{}",
    "bytea": "\\x00",
}
"""What is given for everything but ids."""
FUNCTIONS = """
SELECT p.proname, ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS x (t, n) ORDER BY n)
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('guitu_app', p.oid, 'EXECUTE')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 2"""
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
   AND a.atttypid = 'uuid'::regtype JOIN pg_attribute b ON b.attrelid = c.oid AND b.attname = 'division'
 WHERE c.relrowsecurity AND c.relkind = 'r' ORDER BY 1"""
TELLTALE = """
CREATE FUNCTION telltale(person uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER
AS $$ SELECT EXISTS (SELECT 1 FROM people_person q WHERE q.id = person) $$"""


def rows(house, text: str, *values) -> list[tuple]:
    with house.role("guitu_owner") as door:
        door.execute("SET row_security = on")
        return door.execute(text, values).fetchall()


def _functions(house) -> list[tuple[str, list[str]]]:
    found = [(name, kinds) for name, kinds in rows(house, FUNCTIONS) if any(one.startswith("uuid") for one in kinds)]
    unknown = {one.removesuffix("[]") for _, kinds in found for one in kinds} - {"uuid", *MADE}
    assert unknown == set()
    return found


def _given(kinds: list[str], place: int, one: str) -> list[str]:
    """Arguments of these kinds, this id at its place and fresh ones at the others."""
    given = []
    for number, kind in enumerate(kinds):
        base = kind.removesuffix("[]")
        value = MADE.get(base) or (one if number == place else str(uuid.uuid4()))
        given.append(f'{{"{value}"}}' if kind.endswith("[]") else value)
    return given


def _answer(door: Door, login: str, name: str, kinds: list[str], given: list[str]) -> str:
    called = sql.SQL("SELECT * FROM {}({})").format(
        sql.Identifier(name), sql.SQL(", ").join(sql.SQL("%s::" + kind) for kind in kinds)
    )
    try:
        with door.role.transaction(force_rollback=True):
            door.role.execute(
                "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", door.of(login)
            )
            found = str(door.role.execute(called, given).fetchall())
            door.role.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as refusal:
        told = refusal.diag
        found = f"{refusal.sqlstate} {told.message_primary} {told.message_detail} {told.constraint_name}"
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "?", found)


def _tells(house, login: str) -> set[str]:
    """Functions that answer this post differently of a row out of sight and of none."""
    tells = set()
    with house.role("guitu_app") as role:
        door = Door(house, role)
        seen = list(door.keys(login, "SELECT DISTINCT division::text FROM people_person"))
        hidden = {
            one
            for (table,) in rows(house, TABLES)
            for (one,) in rows(
                house, f"SELECT id::text FROM {table} WHERE NOT division = ANY (%s) ORDER BY id LIMIT 9", seen
            )
        }
        assert len(hidden) > 3
        for name, kinds in _functions(house):
            for place in [number for number, kind in enumerate(kinds) if kind.startswith("uuid")]:
                nobody = _answer(door, login, name, kinds, _given(kinds, place, str(uuid.uuid4())))
                if any(_answer(door, login, name, kinds, _given(kinds, place, one)) != nobody for one in hidden):
                    tells.add(name)
    return tells


@pytest.mark.parametrize("login", SEATS)
def test_each_function_answers_of_somebody_out_of_sight_as_of_nobody(fresh, login) -> None:  # noqa: F811
    with fresh.role("guitu_owner") as door:  # the control: a function that looks past the policy
        door.execute(TELLTALE)
        door.execute("GRANT EXECUTE ON FUNCTION telltale(uuid) TO guitu_app")
    assert _tells(fresh, login) == {"telltale"}
