"""What access itself leaves in the ledger, and that nothing happens where the trace or the ledger cannot be written."""

import json
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from guitu.access import administration
from guitu.access.establishing import account_id, unit_id
from guitu.access.operations import ask, end_reach, give_reach, require
from guitu.ledger import queries
from tests.factories.units import COUNTY
from tests.ledger.test_the_log import AT, act, grow, recheck


def acts(house, *names: str) -> list[tuple[str, dict[str, object], list[str]]]:
    """The entries of these acts, oldest first: act, facts, persons; each payload holds its commitment."""
    with house.role("guitu_owner") as door:
        found = door.execute(
            "SELECT e.act, p.canonical, e.commitment = sha256(p.salt || convert_to(p.canonical, 'UTF8')), p.division,"
            " p.subjects FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id WHERE e.act = ANY(%s)"
            " ORDER BY e.at, e.id",
            (list(names),),
        ).fetchall()
    assert all((holds, division, subjects) == (True, "", []) for _, _, holds, division, subjects in found)
    told = [(name, canonical.split("\n", 3)) for name, canonical, *_ in found]
    return [(name, json.loads(lines[3]), [one for one in lines[2].split(",") if one]) for name, lines in told]


def somebody(house) -> uuid.UUID:
    act(house, 1)
    with house.role("guitu_owner") as door:
        return door.execute("SELECT id FROM people_person LIMIT 1").fetchone()[0]


def asked(house, who: str, permission: str, person: uuid.UUID, *seen: str) -> str:
    with house.acting(who), transaction.atomic(durable=True):
        return ask(permission, [person], seen=seen)


KEPT = ("access:item:read", "access:request:refused")


def test_a_sensitive_look_and_every_refused_request_leave_an_entry_that_nobody_reads_in_the_story(house) -> None:
    person = somebody(house)
    assert asked(house, "prison", "person:open", person) == "ALLOWED"
    assert acts(house, *KEPT) == []  # the control: names and states alone are traced, not sealed
    assert asked(house, "prison", "person:open", person, "IDENTITY_NUMBER", "ADDRESS") == "ALLOWED"
    (read,) = acts(house, *KEPT)
    facts = {"action": "person:open", "fields": ["IDENTITY_NUMBER", "ADDRESS"], "outcome": "ALLOWED"}
    assert read == ("access:item:read", facts, [str(person)])
    with house.acting("prison"), transaction.atomic():
        story = queries.of_person(person)
        assert story
        assert not [line for line in story if line.act.startswith("access:")]
    assert asked(house, "foreign", "person:open", person) == "UNKNOWN"
    assert asked(house, "system", "person:open", person) == "DENIED"
    with house.acting("system"), pytest.raises(PermissionError):
        require("dossier:send", [person])
    assert [(facts["action"], facts["outcome"]) for _, facts, _ in acts(house, "access:request:refused")] == [
        ("person:open", "UNKNOWN"),
        ("person:open", "DENIED"),
        ("dossier:send", "DENIED"),
    ]
    grow()
    assert recheck().wrong == []


def test_every_share_its_end_changes_of_accounts_and_refused_sign_ins_leave_an_entry(house) -> None:
    person = somebody(house)
    before = len(acts(house, "access:reach:opened"))
    for _ in range(2):  # the second changes nothing and leaves nothing
        with house.acting("prison"), transaction.atomic():
            give_reach(person, unit_id=unit_id(COUNTY), relation="receiver", at=AT)
    opened = acts(house, "access:reach:opened")
    assert len(opened) == before + 1
    assert (opened[-1][1]["relation"], opened[-1][2]) == ("receiver", [str(person)])
    with house.role("guitu_owner") as door:
        later = door.execute("SELECT now()").fetchone()[0]
    with house.acting("prison"), transaction.atomic():
        end_reach(person, unit_id=unit_id(COUNTY), relation="receiver", at=later)
    assert len(acts(house, "access:reach:closed")) == 1
    with house.acting("system"):
        administration.add_account(uuid.uuid4(), login="new.one", name="新来者", at=AT)
    assert [facts["what"] for _, facts, _ in acts(house, "access:staffing:changed")] == ["ACCOUNT_ADDED"]
    with house.role("guitu_signin") as door:
        for minute, outcome in enumerate(("FAILED", "SUCCEEDED", "PASSWORD_CHANGED")):
            door.execute(
                "INSERT INTO access_sign_in (id, at, account_id, outcome, address) VALUES (%s, %s, %s, %s, 'tests')",
                (uuid.uuid4(), AT + timedelta(minutes=minute), account_id("county"), outcome),
            )
    assert [facts["outcome"] for _, facts, _ in acts(house, "access:session:refused", "access:credential:changed")] == [
        "FAILED",
        "PASSWORD_CHANGED",
    ]


@contextmanager
def down(house, table: str):
    """Nothing can be written to this table, as if its disk were gone; what stands in it can be read."""
    with house.role("guitu_owner") as door:
        door.execute(f"ALTER TABLE {table} ADD CONSTRAINT down CHECK (false) NOT VALID")
        try:
            yield
        finally:
            door.execute(f"ALTER TABLE {table} DROP CONSTRAINT down")


def test_where_ledger_or_trace_cannot_be_written_nothing_that_needs_them_happens(house) -> None:
    person = somebody(house)
    with down(house, "ledger_entry"):
        with pytest.raises(DatabaseError, match="down"):
            asked(house, "prison", "person:open", person, "IDENTITY_NUMBER")
        with house.acting("prison"), pytest.raises(DatabaseError, match="down"), transaction.atomic():
            give_reach(person, unit_id=unit_id(COUNTY), relation="receiver", at=AT)
        # L1/L2 go on: their line stands in the trace, and no entry is asked of the ledger
        assert asked(house, "prison", "person:open", person) == "ALLOWED"
    assert asked(house, "prison", "person:open", person, "IDENTITY_NUMBER") == "ALLOWED"
    with house.role("guitu_owner") as door:
        seen = door.execute("SELECT count(*) FROM access_trace WHERE cardinality(fields) > 0").fetchone()[0]
        shared = door.execute("SELECT count(*) FROM access_reach WHERE relation = 'receiver'").fetchone()[0]
    assert (seen, shared) == (1, 0)
    with down(house, "access_trace"), pytest.raises(DatabaseError, match="down"):
        asked(house, "prison", "person:list", person)
    assert asked(house, "prison", "person:list", person) == "ALLOWED"
    # The control: without the trigger a look goes on while the ledger is down.
    with house.role("guitu_owner") as door:
        door.execute("DROP TRIGGER kept_in_the_ledger ON access_trace")
    with down(house, "ledger_entry"):
        assert asked(house, "prison", "person:open", person, "IDENTITY_NUMBER") == "ALLOWED"
