"""Exports: asked for with a use, above the limit by two persons, kept for hours, found again by their marks."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import exports as register
from guitu.access import queries
from guitu.access.establishing import unit_id
from guitu.access.impact import NotAssessed
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.handover import exports, identifying
from guitu.handover.allotting import allot
from guitu.rulebook.looking import ReasonRefused, export_rules
from tests.factories import rosters
from tests.factories.assessments import unassessed
from tests.factories.taking_in import take_in
from tests.factories.units import TOWNSHIP
from tests.roads.walking import AT, RELEASE, ticking
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import ACKNOWLEDGED, MOMENT, REGISTERED

NAMES = ("陈柏舟", "苏望舒", "林晚照", "顾长卿", "沈听澜", "许青山", "温如玉", "江以北")
WHY = {"code": "meeting", "words": "周五衔接会商逐人过"}


def asked(house, login="prison", kind="csv", mark=None, **changed):
    with house.acting(login):
        return exports.ask(mark or uuid.uuid4(), late_only=False, file_format=kind, **{**WHY, **changed}, at=AT)


def made(house, export_id, login="prison", at=AT):
    with house.acting(login):
        return exports.make(export_id, today=at.date(), at=at)


def fetched(house, export_id, login="prison", at=AT):
    with house.acting(login):
        return exports.fetch(export_id, at=at)


def stored(house, what, export_id):
    with house.role("guitu_owner") as door:
        return door.execute(f"SELECT {what} FROM access_export WHERE id = %s", (export_id,)).fetchone()[0]


def taken_in(house) -> None:
    rows = [
        rosters.row(name, release=RELEASE, order=str(101 + 2 * place), key=f"export-{place}")
        for place, name in enumerate(NAMES)
    ]
    taken = take_in(house, *rows, today=AT.date(), at=AT)
    assert len(taken.comparison.new) == len(NAMES), [p.message_zh for p in taken.comparison.report.problems]


def test_a_list_cut_into_small_exports_counts_as_the_whole_whatever_the_caller_says(house) -> None:
    taken_in(house)
    most = export_rules().alone["PRISON_LIAISON"]
    alone, left = divmod(most, len(NAMES))
    small = [asked(house) for _ in range(alone)]
    assert not any(one.needs_two for one in small)
    with house.acting("prison"), transaction.atomic():
        assert exports.offer(late_only=False, at=AT).alone == register.left() == left < len(NAMES)
    # Told in words on the page: the figure, what is left, and when this list would not need a leader (the oldest gone).
    with house.acting("prison"), transaction.atomic():
        offered = exports.offer(late_only=False, at=AT)
    assert (offered.most, offered.rows, offered.two) == (most, len(NAMES), True)
    assert offered.free_at == stored(house, "asked_at", small[0].id) + export_rules().within
    assert asked(house).needs_two
    # By SQL of one's own neither a higher figure nor a file of more persons than were asked for is taken.
    forged = "SELECT access_ask_export(%s, %s, 'sending', false, 'csv', 'meeting', '会商', %s, 1000000)"
    with house.acting("prison"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forged, [uuid.uuid4(), "DC-forged", left + 1])
        assert cursor.fetchone() == ("TWO",)
    with house.acting("prison"), pytest.raises(DatabaseError, match="more rows"), transaction.atomic():
        register.keep(small[0].id, persons=[uuid.uuid4()] * 9, sealed=b"x", sha256="", at=AT, until=AT)
    # Control: what was taken longer ago than the rulebook's time counts no more.
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_export SET asked_at = asked_at - %s", [export_rules().within])
    assert not asked(house).needs_two


def test_an_export_needs_a_use_above_the_limit_two_persons_and_is_gone_in_a_day(house, monkeypatch) -> None:
    taken_in(house)
    for wrong in ({"code": "fun"}, {"words": "看"}):
        with pytest.raises(ReasonRefused):
            asked(house, **wrong)
    with pytest.raises(exports.ExportRefused):
        asked(house, "other-prison")  # nothing of its own, and nothing of others'
    with pytest.raises(NotAllowed):
        asked(house, "counsellor")
    with house.role("guitu_owner") as door:  # a juvenile counts towards the most: no list is cut short unsaid
        one = "(SELECT id FROM journeys_journey ORDER BY id LIMIT 1)"
        door.execute(f"UPDATE journeys_journey SET marks = ARRAY['juvenile'] WHERE id = {one}")
        with monkeypatch.context() as fewer:
            fewer.setattr(exports, "export_rules", lambda: replace(export_rules(), most_rows=7))
            with pytest.raises(exports.ExportRefused, match="7"):
                asked(house)
        door.execute(f"UPDATE journeys_journey SET marks = ARRAY[]::text[] WHERE id = {one}")
    # Within the limit one person is enough; the file is encrypted, and only the asker has it, while it is kept.
    one = asked(house)
    assert (one.rows, one.needs_two) == (8, False)
    assert made(house, one.id)
    assert "陈柏舟".encode() not in bytes(stored(house, "sealed", one.id))
    number, _kind, data = fetched(house, one.id)
    assert all(name in data.decode() for name in NAMES)
    assert number == one.number
    assert one.number in data.decode()
    assert fetched(house, one.id) is not None
    assert fetched(house, one.id, "other-prison") is None
    # Above it a leader approves, nobody their own; then it is fetched once.
    monkeypatch.setattr(exports, "export_rules", lambda: replace(export_rules(), alone={"PRISON_LIAISON": 7}))
    with unassessed(house), pytest.raises(NotAssessed):
        asked(house, kind="xlsx")
    two = asked(house, kind="xlsx")
    assert two.needs_two
    assert not made(house, two.id)
    with house.acting("prison"), pytest.raises(NotAllowed):
        exports.decide(two.id, approved=True, finding="同意导出会商用", at=AT)
    with house.acting("county-head"), pytest.raises(PersonUnknown):
        exports.decide(two.id, approved=True, finding="同意导出会商用", at=AT)
    with house.acting("prison-leader"):
        exports.decide(two.id, approved=True, finding="同意导出会商用", at=AT)
    with unassessed(house):  # pressed again later: what was asked and decided stays, and nothing is refused
        assert asked(house, kind="xlsx", mark=two.id).id == two.id
        with house.acting("prison-leader"):
            exports.decide(two.id, approved=True, finding="同意导出会商用", at=AT)
    assert made(house, two.id)
    xlsx = fetched(house, two.id)[2]
    assert fetched(house, two.id) is None
    refused = asked(house)
    with house.acting("prison-leader"):
        exports.decide(refused.id, approved=False, finding="用不着这么多人", at=AT)
    assert not made(house, refused.id)
    # Both files lead back to their exports, and to no other.
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_export").fetchone() == (3,)
    monkeypatch.setattr(
        identifying, "all_numbers", lambda: [(one.id, one.number), (two.id, two.number), (refused.id, refused.number)]
    )
    assert [origin.number for origin in identifying.identify(data)] == [one.number]
    assert [(origin.number, len(origin.marks)) for origin in identifying.identify(xlsx)] == [(two.number, 3)]
    bare = b"\n".join(line for line in data.splitlines() if "·".encode() not in line)
    assert [origin.marks for origin in identifying.identify(bare)] == [("行尾空格 spaces",)]
    # Everybody in it reads that they were exported; the register is the leader's and the auditor's, without a file.
    # So it stays when the ledger's line goes behind the sealing of somebody who was in the same list.
    person = taken_person(house)
    for sealed in (False, True):
        with house.role("guitu_owner") as door:
            moved = "division = people_sealed_division(division) WHERE cardinality(subjects) > 1" if sealed else ""
            assert not sealed or door.execute(f"UPDATE ledger_payload SET {moved}").rowcount == 2
        with house.acting("prison"), transaction.atomic():
            looks = queries.looks_at(person)
            assert [look.reason for look in looks if look.action == "export:ask"] == ["meeting"] * 2
    for login in ("prison-leader", "audit"):
        with house.acting(login), transaction.atomic():
            assert register.exports_listed("ALL", first=0, most=9)[1] == 3
    with house.acting("county-head"), transaction.atomic():
        assert register.exports_listed("ALL", first=0, most=9)[1] == 0
    # After its hours the file is gone; that it was made stays.
    late = AT + export_rules().kept
    assert fetched(house, one.id, at=late) is None
    with ticking(), transaction.atomic():
        assert register.forget(at=late - timedelta(minutes=1)) == 0  # control
        assert register.forget(at=late) == 2
    assert stored(house, "sealed", one.id) is None
    assert stored(house, "fetches", one.id) == 2


def taken_person(house):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT id FROM people_person WHERE division < '92' LIMIT 1").fetchone()[0]


def test_an_office_exports_its_list_also_where_everybody_in_it_stands_at_another(fresh) -> None:  # noqa: F811
    with fresh.acting("county"):
        for name in (REGISTERED, ACKNOWLEDGED):
            allot(
                fresh.persons[name],
                local_unit_id=unit_id(TOWNSHIP),
                worker_post_id=None,
                event_id=uuid.uuid4(),
                at=MOMENT,
            )
    with fresh.acting("township"), transaction.atomic():
        rows = exports.offer(late_only=False, at=MOMENT).rows
    with fresh.role("guitu_owner") as door:
        (mine,) = door.execute("SELECT count(*) FROM people_person WHERE division = %s", (TOWNSHIP,)).fetchone()
    assert (rows > 0, mine) == (True, 0)  # they stand where the county does
    browser = fresh.client("township")
    form = {"format": "csv", "use": "meeting", "words": "周五衔接会商逐人过", "mark": str(uuid.uuid4()), "sure": "yes"}
    assert browser.post("/exports/ask/", form).status_code == 302
    with fresh.role("guitu_owner") as door:
        told = door.execute(
            "SELECT DISTINCT p.division, cardinality(p.subjects) FROM ledger_payload p"
            " JOIN ledger_entry e ON e.id = p.entry_id WHERE e.act = 'handover:export:made'"
        ).fetchall()
    assert [(division != TOWNSHIP, persons) for division, persons in told] == [(True, rows)]
