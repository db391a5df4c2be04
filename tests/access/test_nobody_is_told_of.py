"""Whether somebody out of sight has a row is told by no key: what meets it ends as what meets nobody does."""

import importlib
import json
import re
import uuid
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from tests.access.test_every_way_to_a_row import Door
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT

kept_apart = importlib.import_module("guitu.access.migrations.0034_kept_apart_under_a_division")
TOLD = {
    "prison": {
        "journeys_clock_one_open",
        "journeys_journey_one_open",
        "people_fact_one_now",
        "people_responsibility_one_at_a_time",
        "people_responsibility_one_open",
    },
    "foreign": {"journeys_clock_one_open"},
}
"""Who writes, and what the keys as they were would tell this post."""
NOT_APART = {
    "exchange_letter_number_key": "a number drawn at random",
    "exchange_letter_whose": "keeps nothing apart: the id alone does",
    "exchange_parcel_number_key": "a number drawn at random",
    "exchange_receipt_number_key": "a number drawn at random",
    "exchange_reply_number_key": "a number drawn at random",
    "handover_request_number": "a number of the desk that stands in it, and of no person",
    "papers_counter_once": "counts papers of the unit that stands in it, and of no person",
    "papers_document_code_index_key": "the keyed digest of a code drawn at random",
    "papers_document_number": "a number of the unit that stands in it, and of no person",
    "people_join_into_one_only": "both sides must be in sight before: the cage of a pair",
    "people_match_once": "both sides must be in sight before: the cage of a pair",
    "people_person_number_key": "a number drawn at random",
    "prison_roster_mapping_once": "a heading of the unit that stands in it, and of no person",
    "rights_breach_number_key": "drawn at random",
    "rights_complaint_number_key": "drawn at random",
    "rights_erasure_number_key": "a number of the unit that stands in it, and of no person",
    "rights_request_number_key": "drawn at random",
}
NOT_HUNG = {
    "papers_document.supersedes_id": "a paper may be nobody's, and two columns hold nothing where one is empty",
    "exchange_reply.letter_id": "held by a key of letter, addressee and person beside it",
}
UNIQUE = """
SELECT c.relname, i.relname,
    ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey::int2[])),
    coalesce(pg_get_expr(x.indpred, x.indrelid), 'true')
  FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_class i ON i.oid = x.indexrelid
 WHERE (x.indisunique OR x.indisexclusion) AND NOT x.indisprimary AND c.relrowsecurity
   AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'division')
   AND has_any_column_privilege('guitu_app', c.oid, 'INSERT') ORDER BY 1, 2"""
HUNG = """
SELECT c.relname, a.attname, f.relname,
    ARRAY(SELECT b.attname FROM pg_attribute b WHERE b.attrelid = c.oid AND b.attnum = ANY (k.conkey))
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_class f ON f.oid = k.confrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
 WHERE k.contype = 'f' AND c.relrowsecurity AND has_any_column_privilege('guitu_app', c.oid, 'INSERT')
   AND f.relname <> 'people_person'
   AND EXISTS (SELECT 1 FROM pg_attribute p WHERE p.attrelid = c.oid AND p.attname = 'person_id')
   AND EXISTS (SELECT 1 FROM pg_attribute p WHERE p.attrelid = f.oid AND p.attname = 'person_id') ORDER BY 1, 2"""


@dataclass
class Kept:
    """A row out of sight, what the writer has instead, and the columns of the key that it would meet."""

    table: str
    key: str
    columns: list[str]
    row: dict
    drawn: set[str]
    """Columns of other keys, for which something fresh is written."""


def rows(house, text: str, *values) -> list[tuple]:
    with house.role("guitu_owner") as door:
        door.execute("SET row_security = on")
        return door.execute(text, values).fetchall()


def _own(house, login: str) -> tuple[str, str, set[str]]:
    """A person whom this post sees, the person's division, and the divisions in sight."""
    with house.role("guitu_app") as role:
        door = Door(house, role)
        seen = door.keys(login, "SELECT DISTINCT division::text FROM people_person")
        persons = door.keys(login, "SELECT id::text FROM people_person")
    person, division = rows(
        house,
        "SELECT id::text, division::text FROM people_person"
        " WHERE id = ANY (%s::uuid[]) AND division LIKE '9%%' ORDER BY number LIMIT 1",
        list(persons),
    )[0]
    return person, division, seen


def _met(house, seen: set[str], keys) -> list[Kept]:
    """For each key a row out of sight, of those that it keeps apart."""
    found = []
    every: dict[str, list] = {}
    for table, key, columns, where in keys:
        every.setdefault(table, []).append((key, columns, where))
    for table, held in every.items():
        for key, columns, where in held:
            text = f"SELECT to_jsonb(t) FROM {table} t WHERE NOT division = ANY (%s) AND {where} ORDER BY id"
            some = rows(house, text.replace("%", "%%").replace("%%s", "%s"), list(seen))
            if some:
                drawn = {one for other, of, _ in held if other != key for one in of} - set(columns)
                found.append(Kept(table, key, columns, some[0][0], drawn))
    return found


def _written(house, login: str, table: str, row: dict) -> tuple:
    """How writing this row ends for this post."""
    with house.role("guitu_app") as role:
        door = Door(house, role)
        may = [
            name
            for (name,) in rows(
                house,
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND has_column_privilege('guitu_app', attrelid, attnum, 'INSERT')",
                table,
            )
            if name in row
        ]
        names = sql.SQL(", ").join(map(sql.Identifier, may))
        statement = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM jsonb_populate_record(NULL::{0}, %s)").format(
            sql.Identifier(table), names
        )
        try:
            with role.transaction(force_rollback=True):
                role.execute(
                    "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", door.of(login)
                )
                role.execute(statement, [json.dumps(row)])
                role.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as refusal:
            told = f"{refusal.diag.message_primary} {refusal.diag.message_detail}"
            return refusal.sqlstate, refusal.diag.constraint_name, re.sub(r"[0-9a-f-]{36}", "?", told)
    return ("written",)


def _fresh(row: dict, columns) -> dict:
    drawn = {}
    for name in columns:
        old = row.get(name)
        if isinstance(old, str) and re.fullmatch(r"[0-9a-f-]{36}", old):
            drawn[name] = str(uuid.uuid4())
        elif isinstance(old, str) and name in ("number", "code_index"):
            drawn[name] = "\\x" + uuid.uuid4().hex if name == "code_index" else uuid.uuid4().hex
    return row | drawn


def _told(house, login: str, own: tuple[str, str], kept: Kept) -> set[str]:
    """Under whose name a row that meets the kept one ends otherwise than one that meets nobody."""
    person, division = own
    base = _fresh(kept.row, kept.drawn - {"person_id"}) | {"id": str(uuid.uuid4()), "division": division}
    nobody = [one for one in kept.columns if one != "division"]
    told = set()
    for named, row in (("theirs", base), ("one's own", base | {"person_id": person})):
        if named == "one's own" and "person_id" in kept.columns:
            continue
        if "person_id" not in row:
            continue
        other = _fresh(row, [*nobody, *(["person_id"] if named == "theirs" else [])])
        if _written(house, login, kept.table, row) != _written(house, login, kept.table, other):
            told.add(named)
    return told


def test_each_key_that_keeps_rows_apart_names_the_division_or_nothing_that_can_be_guessed(fresh) -> None:  # noqa: F811
    loose = {key for _, key, columns, _ in rows(fresh, UNIQUE) if "division" not in columns}
    assert loose == set(NOT_APART) | {f"{table}_whose" for table in kept_apart.REACHED}


def test_each_row_hangs_on_what_is_its_own_persons(fresh) -> None:  # noqa: F811
    loose = {f"{table}.{column}" for table, column, _, columns in rows(fresh, HUNG) if "person_id" not in columns}
    assert loose == set(NOT_HUNG)


def _as_they_were(house) -> None:
    with house.role("guitu_owner") as door:
        for one in kept_apart.INDEXES:
            door.execute(kept_apart.index(*one, ""))
        for one in kept_apart.CONSTRAINTS:
            door.execute(kept_apart.constraint(*one, ""))
        door.execute(kept_apart.at_a_time(""))
        for one in kept_apart.HUNG_ON:
            door.execute(kept_apart.hung(*one, ""))


@pytest.mark.parametrize("login", list(TOLD))
def test_a_row_that_meets_somebodys_out_of_sight_ends_as_one_that_meets_nobodys(fresh, login) -> None:  # noqa: F811
    person, division, seen = _own(fresh, login)
    keys = [one for one in rows(fresh, UNIQUE) if one[1] not in NOT_APART and "division" in one[2]]
    hung = [(table, f"{table}.{column}", [column], "true") for table, column, *_ in rows(fresh, HUNG)]
    met = _met(fresh, seen, keys + hung)
    assert {one.key for one in met} >= TOLD[login]
    assert {one.key: told for one in met if (told := _told(fresh, login, (person, division), one))} == {}
    _as_they_were(fresh)  # the control
    assert {one.key for one in met if _told(fresh, login, (person, division), one)} >= TOLD[login]


def test_nothing_is_hung_on_another_persons_paper_and_whether_there_is_one_is_not_told(fresh) -> None:  # noqa: F811
    """As whoever would say in a row of their own that a stranger's paper was served."""
    _, division, seen = _own(fresh, "prison")
    paper = "SELECT id::text FROM papers_document WHERE person_id IS NOT NULL"
    paper += " AND division = ANY (%s) = %s ORDER BY number LIMIT 1"
    ((own,),), ((foreign,),) = rows(fresh, paper, list(seen), True), rows(fresh, paper, list(seen), False)
    ((owner,),) = rows(fresh, "SELECT person_id::text FROM papers_document WHERE id = %s", own)

    def served(document: str) -> tuple:
        fact = {"served_to": "x", "method": "x", "at": MOMENT.isoformat(), "post_id": str(uuid.uuid4())}
        row = fact | {"id": str(uuid.uuid4()), "event_id": str(uuid.uuid4()), "person_id": owner}
        return _written(fresh, "prison", "papers_service", row | {"document_id": document, "division": division})

    nobodys = served(str(uuid.uuid4()))
    assert nobodys[0] == "23503"
    assert served(foreign) == nobodys
    assert served(own)[0] != "23503"
    _as_they_were(fresh)  # the control
    assert served(foreign) != nobodys
