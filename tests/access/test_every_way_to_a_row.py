"""Every way of SQL to a row of every table: copied, sampled, locked, held open, prepared, merged, met by a conflict."""

import itertools

import psycopg
import pytest
from psycopg import sql

from guitu.access import queries
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house

SEATS = ("foreign", "worker", "employer", "system")
"""A county of another city, somebody who sees whom they were assigned, a partner, and who sees nobody."""
READ = {
    "copied": "COPY (SELECT {key} FROM {table}) TO STDOUT",
    "sampled": "SELECT {key} FROM {table} TABLESAMPLE SYSTEM (100)",
    "by its place": "SELECT {key} FROM {table} WHERE ctid >= '(0,0)'",
    "in a row": "SELECT ({table}).{key} FROM {table}",
    "below another": "SELECT b.{key} FROM (VALUES (1)) AS a, LATERAL (SELECT {key} FROM {table} OFFSET 0) AS b",
    "held open": "DECLARE held CURSOR WITH HOLD FOR SELECT {key} FROM {table}",
    "locked": "SELECT {key} FROM {table} FOR UPDATE",
}
"""Ways to read the keys of a table; what the role may not do at all is refused (42501)."""
MERGE = (
    "MERGE INTO {table} AS t USING (SELECT unnest(%s::text[]) AS key) AS g ON t.{key}::text = g.key"
    " WHEN MATCHED THEN UPDATE SET {column} = t.{column}"
)
DRAWN = "UPDATE {table} SET {column} = {column} WHERE {key}::text = ANY (%s) RETURNING {key}::text"
QUOTED = "SELECT count(*) FROM {table} AS t WHERE {key}::text::xid8 IS NOT NULL"
"""Every key that is met here ends in an error that quotes it."""


class Door:
    """A connection of the application's role, on which each transaction bears the token of some post."""

    def __init__(self, house, role) -> None:
        self.house, self.role, self.known = house, role, {}

    def of(self, login: str) -> tuple[str, str]:
        if login not in self.known:
            token = self.house.token(login)
            self.known[login] = token, queries.session_of(token).purposes[0]
        return self.known[login]

    def keys(self, login: str, *statements: sql.Composed | str, values=None) -> set[str] | str:
        """The keys that the last of these statements gives to this post, or the SQLSTATE of the refusal."""
        try:
            with self.role.transaction(force_rollback=True):
                self.role.execute(
                    "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", self.of(login)
                )
                for statement in statements[:-1]:
                    self.role.execute(statement)
                return self._given(statements[-1], values)
        except psycopg.Error as refusal:
            return refusal.sqlstate or "?"

    def _given(self, statement, values) -> set[str]:
        if "COPY" in _text(statement):
            with self.role.cursor().copy(statement) as copy:
                return {row[0] for row in copy.rows()}
        cursor = self.role.execute(statement, values)
        if cursor.description is None:
            return {str(place) for place in range(max(cursor.rowcount, 0))}
        return {str(row[0]) for row in cursor.fetchall()}


def _text(statement) -> str:
    return statement if isinstance(statement, str) else statement.as_string()


def _composed(text: str, **names: str) -> sql.Composed:
    return sql.SQL(text).format(**{name: sql.Identifier(one) for name, one in names.items()})


@pytest.fixture
def tables(fresh) -> dict[str, tuple[str, list[str], set[str]]]:  # noqa: F811 - the fixture
    """Tables under a row policy that the application reads: key column, columns that it may change, all keys."""
    found = {}
    with fresh.role("guitu_owner") as door:
        rows = door.execute(
            "SELECT c.relname, a.attname, ARRAY(SELECT w.attname FROM pg_attribute w WHERE w.attrelid = c.oid"
            " AND w.attnum > 0 AND NOT w.attisdropped AND has_column_privilege('guitu_app', c.oid, w.attnum, 'UPDATE')"
            " AND has_column_privilege('guitu_app', c.oid, w.attnum, 'SELECT') ORDER BY w.attnum)"
            " FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnatts = 1"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
            " WHERE c.relrowsecurity AND has_column_privilege('guitu_app', c.oid, a.attnum, 'SELECT') ORDER BY 1"
        ).fetchall()
        door.execute("SET row_security = on")
        for table, key, columns in rows:
            every = door.execute(_composed("SELECT {key}::text FROM {table}", key=key, table=table)).fetchall()
            found[table] = key, columns, {one for (one,) in every}
    return found


def _gains(door: Door, tables, login: str) -> list[tuple[str, str]]:
    """Table and way by which this post came to a key that a plain reading does not give it."""
    gained = []
    for table, (key, columns, every) in tables.items():
        names = {"table": table, "key": key}
        plain = door.keys(login, _composed("SELECT {key} FROM {table}", **names))
        assert isinstance(plain, set), (table, plain)
        beyond = sorted(every - plain)
        for way, text in READ.items():
            done = _composed(text, **names)
            found = door.keys(login, *((done, "FETCH ALL FROM held") if way == "held open" else (done,)))
            assert found == "42501" or isinstance(found, set), (table, way, found)
            if isinstance(found, set) and found - plain:
                gained.append((table, way))
        if plain == set() and door.keys(login, _composed(QUOTED, **names)) != {"0"}:
            gained.append((table, "quoted by an error"))
        for way, text in (("merged", MERGE), ("changed", DRAWN)):
            for column in columns[:1] if beyond else ():
                done = door.keys(login, _composed(text, **names, column=column), values=[beyond])
                if done not in (set(), "42501"):
                    gained.append((table, f"{way}: {done}"))
    return gained


def test_no_way_of_sql_comes_to_a_row_that_a_plain_reading_does_not_give(fresh, tables):  # noqa: F811 - the fixture
    assert len(tables) > 40
    assert sum(len(every) > 0 for _, _, every in tables.values()) > 10
    assert sum(bool(columns) for _, columns, _ in tables.values()) > 15
    with fresh.role("guitu_app") as role:
        door = Door(fresh, role)
        assert {login: _gains(door, tables, login) for login in SEATS} == {login: [] for login in SEATS}


def test_control_without_its_policy_a_table_is_read_and_changed_by_each_of_these_ways(fresh, tables):  # noqa: F811
    one = {"people_person": tables["people_person"], "journeys_journey": tables["journeys_journey"]}
    with fresh.role("guitu_app") as role:
        door = Door(fresh, role)
        plain = "SELECT {key} FROM {table}"
        met = {table: door.keys("foreign", _composed(plain, table=table, key=one[table][0])) for table in one}
        with fresh.role("guitu_owner") as owner:
            for table in one:
                owner.execute(_composed("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", table=table))
        for (table, (key, _, every)), text in itertools.product(one.items(), READ.values()):
            done = _composed(text, table=table, key=key)
            found = door.keys("foreign", *((done, "FETCH ALL FROM held") if "held" in text else (done,)))
            assert found == every > met[table] or (found == "42501" and table == "people_person"), (table, text)
        for table, (key, columns, every) in one.items():
            quoted = door.keys("foreign", _composed(QUOTED, table=table, key=key))
            assert quoted == "22P02", "the error that quotes a key"
            for text in (MERGE, DRAWN):
                changed = _composed(text, table=table, key=key, column=columns[0])
                assert door.keys("foreign", changed, values=[sorted(every)]) not in (set(), "42501"), (table, text)


def test_a_plan_made_under_one_post_shows_the_next_only_its_own(fresh, tables):  # noqa: F811 - the fixture
    with fresh.role("guitu_app") as role:
        door = Door(fresh, role)
        role.execute("SET plan_cache_mode = force_generic_plan")
        for place, (table, (key, _, _)) in enumerate(tables.items()):
            names = {"table": table, "key": key}
            plain = _composed("SELECT {key} FROM {table}", **names)
            prepare = _composed("PREPARE {name} AS SELECT {key} FROM {table}", name=f"w{place}", **names)
            run = _composed("EXECUTE {name}", name=f"w{place}")
            owns = {login: door.keys(login, plain) for login in ("prison", "foreign", "system")}
            assert door.keys("prison", prepare, run) == owns["prison"], table
            for login in ("foreign", "system", "prison"):
                # GU012: what holds the sight of the post it was made under is refused to the next
                assert door.keys(login, run) in (owns[login], "GU012"), (table, login)


def test_what_a_conflict_meets_is_neither_told_nor_changed(fresh, tables):  # noqa: F811 - the fixture
    """An insertion with the key of a foreign row, that would change it or give it back, ends in a refusal."""
    refused = {"42501", "23505", "23502", "23503", "23514", "22P02", "42601", "P0001"}
    for table, (key, columns, every) in tables.items():
        with fresh.role("guitu_app") as role:
            door = Door(fresh, role)
            names = {"table": table, "key": key}
            beyond = sorted(every - set(door.keys("foreign", _composed("SELECT {key} FROM {table}", **names))))
            if not (beyond and columns):
                continue
            text = (
                "INSERT INTO {table} ({key}) VALUES (%s) ON CONFLICT ({key}) DO UPDATE"
                " SET {column} = {table}.{column} RETURNING {key}"
            )
            met = door.keys("foreign", _composed(text, column=columns[0], **names), values=[beyond[0]])
            assert met in refused or (isinstance(met, str) and met.startswith("GU")), (table, met)
