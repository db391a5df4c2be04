"""200 people by COPY: the same seed makes the same rows, and what the operations promise holds for each of them."""

import json
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from subprocess import PIPE, Popen

import psycopg
import pytest

from guitu.exchange.operations import receipt_text, sealed_text
from guitu.handover.pick_ups import contacts_of
from guitu.ledger import keys
from guitu.people import questions
from guitu.people.facts import item_key, sensitive_items
from guitu.people.identity_numbers import check_identity_number
from guitu.prison.comparing import row_key_of
from guitu.web.generation import specimens
from guitu.web.generation.figures import shares
from tests.conftest import Server
from tests.generation.conftest import TODAY, fill, press, run, walk

PERSONS, SPECIMENS = 200, 9
SAME_EVERY_TIME = {"blind_index", "digest", "seal", "signature", "commitment", "salt"}


@pytest.fixture(scope="module")
def scratch(copy_of_the_province: Callable[[], str]) -> str:
    database = copy_of_the_province()
    walk(database, "7", SPECIMENS)
    return database


@pytest.fixture(scope="module")
def province(copy_of_the_province: Callable[[], str], scratch: str) -> str:
    database = copy_of_the_province()
    fill(database, scratch, "7", SPECIMENS, PERSONS)
    return database


@pytest.fixture
def held(server: Server, province: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.dsn("guitu_load", province), autocommit=True) as door:
        yield door


def tables(server: Server, database: str) -> dict[str, list[str]]:
    """Every row of every table that holds a person, without ciphertext (its nonce is drawn anew each time)."""
    found = {}
    with psycopg.connect(server.dsn("guitu_load", database), autocommit=True) as door:
        for table in specimens.tables_of_persons(door):
            columns = [
                name
                for name, kind in specimens.columns_of(door, table)
                if (kind != "bytea" or name in SAME_EVERY_TIME) and name != "in_transaction"  # each counts its own
            ]
            query = f"SELECT row_to_json(t)::text FROM (SELECT {', '.join(columns)} FROM {table}) t ORDER BY 1"
            found[table] = [row for (row,) in door.execute(query)]
    return found


def test_the_same_seed_makes_the_same_province_and_another_seed_another(
    server: Server, copy_of_the_province: Callable[[], str], province: str
) -> None:
    again_scratch, again, other = copy_of_the_province(), copy_of_the_province(), copy_of_the_province()
    walk(again_scratch, "7", SPECIMENS)
    press(again, again_scratch, "7", SPECIMENS, PERSONS)
    first, second = tables(server, province), tables(server, again)
    assert {table: len(rows) for table, rows in first.items()} == {table: len(rows) for table, rows in second.items()}
    differing = [table for table in first if first[table] != second[table]]
    assert differing == []
    assert len(first["people_person"]) == PERSONS

    walk(other_scratch := copy_of_the_province(), "8", 2)
    press(other, other_scratch, "8", 2, PERSONS)
    assert tables(server, other)["people_person"] != first["people_person"]


def test_every_sealed_value_opens_for_its_own_person_and_every_signature_holds(held: psycopg.Connection) -> None:
    for person, item, sealed, value in held.execute("SELECT person_id, item, sealed_value, value FROM people_fact"):
        if item in sensitive_items():
            assert value == ""
            assert keys.decrypt(sealed, belongs_to=item_key(person, item))
        else:
            assert sealed is None
            assert value
    numbers = held.execute("SELECT person_id, value, blind_index, kind FROM people_identifier").fetchall()
    assert len({bytes(digest) for _, _, digest, _ in numbers}) == PERSONS
    for person, sealed, digest, kind in numbers:
        number = keys.decrypt(sealed, belongs_to=item_key(person, "id_doc"))
        assert keys.blind_index(kind, number) == bytes(digest)
        assert number.startswith("91")
        assert check_identity_number(number, fictional_allowed=True).codes == ()
    parcels = {}
    query = "SELECT id, sender_id, receiver_id, number, digest, sent_at, body, seal FROM exchange_parcel"
    for parcel, sender, receiver, number, digest, at, body, seal in held.execute(query):
        text = keys.decrypt(body, belongs_to=f"parcel:{parcel}")
        assert json.loads(text)["name"]
        covered = sealed_text(
            parcel, sender_id=sender, receiver_id=receiver, number=number, digest=bytes(digest), at=at
        )
        assert keys.verify(covered, bytes(seal)) is True
        assert keys.verify(covered + b"x", bytes(seal)) is False
        parcels[parcel] = bytes(digest)
    assert parcels
    query = "SELECT parcel_id, number, outcome, ground, at, signature FROM exchange_receipt"
    for parcel, number, outcome, ground, at, signature in held.execute(query):
        signed = receipt_text(parcel, number=number, outcome=outcome, ground=ground, digest=parcels[parcel], at=at)
        assert keys.verify(signed, bytes(signature))
    for plan, sealed in held.execute("SELECT id, contacts FROM handover_pick_up"):
        assert keys.decrypt(sealed, belongs_to=contacts_of(plan))
    for agreement, wishes in held.execute("SELECT id, wishes FROM support_agreement"):
        assert keys.decrypt(wishes, belongs_to=f"support:{agreement}:wishes")


def test_every_ledger_line_keeps_its_commitment_and_names_its_own_person(held: psycopg.Connection) -> None:
    lines, broken, foreign = held.execute(
        "SELECT count(*), count(*) FILTER (WHERE e.commitment <> sha256(p.salt || convert_to(p.canonical, 'UTF8'))),"
        " count(*) FILTER (WHERE position(p.subjects[1]::text IN p.canonical) = 0)"
        " FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
    ).fetchone()
    assert (broken, foreign) == (0, 0)
    assert lines > PERSONS
    assert held.execute("SELECT count(*) FROM ledger_pending").fetchone() == (lines,)


def test_one_unit_is_responsible_for_each_and_its_division_stands_on_every_row(held: psycopg.Connection) -> None:
    assert held.execute(
        "SELECT count(*) FROM people_person q JOIN access_unit u ON u.id = q.responsible_unit_id"
        " JOIN people_responsibility r ON r.person_id = q.id AND upper_inf(r.period) AND r.unit_id = u.id"
        " WHERE u.division = q.division"
    ).fetchone() == (PERSONS,)
    for table in ("journeys_journey", "journeys_clock", "people_fact", "exchange_parcel"):
        assert held.execute(
            f"SELECT count(*) FROM {table} t JOIN people_person q ON q.id = t.person_id WHERE t.division <> q.division"
        ).fetchone() == (0,)
    receivers = held.execute("SELECT count(DISTINCT receiving_unit_id) FROM journeys_journey").fetchone()[0]
    assert receivers > 20


def test_a_row_like_a_person_held_waits_for_a_human_with_both_sides_and_a_ledger_line(held: psycopg.Connection) -> None:
    waiting = held.execute(
        "SELECT m.person_id, m.row_key, m.sealed_row, m.unit_id, m.rule, m.for_superior, q.name, i.blind_index"
        " FROM people_match m JOIN people_person q ON q.id = m.person_id"
        " JOIN people_identifier i ON i.person_id = q.id WHERE m.decision = '' AND m.division = q.division"
    ).fetchall()
    assert len(waiting) > PERSONS // SPECIMENS // 3
    assert len({row_key for _, row_key, *_ in waiting}) == len(waiting)
    for person, row_key, sealed, unit, rule, superior, name, digest in waiting:
        row = json.loads(keys.decrypt(sealed, belongs_to=questions.seal_key(row_key)))
        fields = row["fields"]
        assert row_key_of(unit, fields) == row_key
        assert (rule, superior) == ("same_number_other_name", False)
        assert fields["name"] != name
        assert keys.blind_index("resident_id", fields["id_number"]) == bytes(digest)
        lines = held.execute(
            "SELECT count(*) FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.act = 'people:identity:questioned' AND %s = ANY (p.subjects)",
            (person,),
        ).fetchone()
        assert lines == (1,)
    assert held.execute("SELECT count(*) FROM people_match").fetchone() == (len(waiting),)


def test_the_people_show_the_shares_that_the_figures_state(held: psycopg.Connection) -> None:
    facts = [
        (uuid.UUID(str(person)), item, value if sealed is None else keys.decrypt(sealed, belongs_to=f"{person}:{item}"))
        for person, item, value, sealed in held.execute("SELECT person_id, item, value, sealed_value FROM people_fact")
    ]
    sentences = [json.loads(value)["text"] for _, item, value in facts if item == "sentence"]
    short = sum(int(text.removesuffix("个月")) <= 36 for text in sentences) / PERSONS
    skilled = sum(item == "skills" for _, item, _ in facts) / PERSONS
    within = 0.11  # three standard deviations of a share near one half among 200
    assert abs(short - shares()["sentence_up_to_three_years"]) < within
    assert abs(skilled - shares()["employed"]) < within


def test_the_tick_has_nothing_left_to_tell_at_the_moment_up_to_which_the_roads_were_walked(
    server: Server, province: str
) -> None:
    filled = "UPDATE access_installation SET filled_at = "
    with psycopg.connect(server.dsn("postgres", province), autocommit=True) as door:
        door.execute(f"{filled}NULL")  # while it is filled its days are believed
    env = os.environ | {"GUITU_DB_NAME": province, "GUITU_ROLE": "job"}
    with Popen(
        [sys.executable, "-P", "-m", "guitu.web.generation.ticking"], stdin=PIPE, stdout=PIPE, text=True, env=env
    ) as ticker:
        said, _ = ticker.communicate(f"{TODAY}T00:05:00+08:00\n")
    with psycopg.connect(server.dsn("postgres", province), autocommit=True) as door:
        door.execute(f"{filled}now()")
    assert "'told': 0" in said
    assert "'released': 0, 'passed': 0" in said


def test_an_installation_that_holds_persons_is_not_filled_again(
    province: str, copy_of_the_province: Callable[[], str]
) -> None:
    assert run("guitu.web.generation.founding", database=province).returncode == 2
    assert run("guitu.web.generation.founding", database=copy_of_the_province()).returncode == 0
