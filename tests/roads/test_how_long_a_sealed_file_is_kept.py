"""A sealed file is kept as long as any other: listed by the number of its sealing alone, erased as the head decides."""

import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access import errands
from guitu.access.operations import NotAllowed
from guitu.rights import queries, retention, sealing
from guitu.web import worker
from tests.roads.test_a_sealed_file import ENDED, NUMBER, as_application, grant, record_query, seal, the_end

YEAR = timedelta(days=366)
EXPIRED = ENDED + 5 * YEAR
HOURS = timedelta(hours=8)


def due(house, at, login="county-head"):
    with house.acting(login), transaction.atomic():
        return [(one.key, one.name, one.sealed) for one in retention.due(at=at, first=0, most=10)[0]]


def erase(house, key, *, login="county-head", mark=None, at=EXPIRED):
    with house.acting(login):
        return retention.erase_expired([key], event_id=mark or uuid.uuid4(), at=at)


def work():
    with errands.worker() as hand:
        return worker.run_once(hand)


def about(house, person):
    """How many rows the owner finds about somebody who is erased."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT (SELECT count(*) FROM people_person WHERE id = %(p)s) + (SELECT count(*) FROM rights_sealing)"
            " + (SELECT count(*) FROM rights_sealed_query) + (SELECT count(*) FROM people_identifier WHERE"
            " person_id = %(p)s) + (SELECT count(*) FROM ledger_payload WHERE subjects @> ARRAY[%(p)s::uuid])",
            {"p": person},
        ).fetchone()[0]


def test_a_sealed_file_past_its_keeping_is_erased_by_number_by_its_office_alone(house, tmp_path, monkeypatch):
    monkeypatch.setenv("GUITU_ERASURE_REGISTER", str(tmp_path / "erasures.jsonl"))
    walk, mark = the_end(house), uuid.uuid4()
    seal(walk, mark=mark)
    line = (mark, sealing.number_of(mark), True)

    # Five years after everything has ended, not a day before; and not while a query of it is open.
    assert due(house, EXPIRED - YEAR) == []
    assert due(house, EXPIRED) == [line]
    assert due(house, EXPIRED, "county") == due(house, EXPIRED, "prison-leader") == []
    query = record_query(walk, at=EXPIRED)
    assert due(house, EXPIRED) == []
    with pytest.raises(retention.NotDue):
        erase(house, mark)
    grant(walk, query, at=EXPIRED, approved=False)

    # Its office decides, and nobody else; until then nobody erases anything, also by SQL of their own.
    with pytest.raises(NotAllowed):
        erase(house, mark, login="county")
    with pytest.raises(retention.NotDue):
        erase(house, mark, at=EXPIRED - YEAR)
    for login, purpose in (("county-head", "SUPERVISE_LINKAGE"), ("prison-leader", "SUPERVISE_LINKAGE")):
        with pytest.raises(psycopg.Error), as_application(house, login, purpose) as door:
            door.execute("SELECT people_erase(%s)", (walk.person,))
    before = about(house, walk.person)
    assert before > 3
    event = uuid.uuid4()
    assert (erase(house, mark, mark=event), erase(house, mark, mark=event)) == (1, 0)
    assert due(house, EXPIRED) == []
    with house.role("guitu_owner") as door:  # the worker stood still for too long
        door.execute("UPDATE access_errand SET ended_at = clock_timestamp(), outcome = 'TOO_LATE'")
    assert due(house, EXPIRED) == [line]
    assert erase(house, mark) == 1
    assert work() == errands.DONE
    assert about(house, walk.person) == 0
    with house.acting("county-head"), transaction.atomic():
        ((done,), total) = queries.erasures(first=0, most=10)
        assert sealing.register(first=0, most=10) == ([], 0)
    assert (done.ground, done.rows > before, total) == ("EXPIRED", True, 1)
    assert due(house, EXPIRED) == []
    with house.role("guitu_owner") as door:  # the proof and the errand say neither name nor number
        said = door.execute("SELECT string_agg(e::text, '') FROM rights_erasure e").fetchone()[0]
    assert not any(word in said for word in ("陈柏舟", NUMBER, str(walk.person)))
