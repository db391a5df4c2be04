"""Who was under eighteen at the offence stands apart from the first day, as the prison's own list says it (G-10)."""

from datetime import date

from django.db import transaction

from guitu.handover.exports import offer
from guitu.journeys import queries as roads
from guitu.prison import operations as prison
from guitu.rulebook.juveniles import AT_OFFENCE
from tests.factories import rosters
from tests.factories.persons import by_name
from tests.roads.walking import AT

TODAY = date(2026, 9, 1)
OURS = tuple(rosters.HEADINGS)


def file_of(monkeypatch, *said: str | None) -> bytes:
    """A roster of three grown persons; the last column says of each whether they were under eighteen at the offence."""
    names = ("陈柏舟", "苏望舒", "林晚照")
    rows = [
        (*rosters.row(name, release=date(2026, 12, 14), order=str(101 + 2 * place)), word)
        for place, (name, word) in enumerate(zip(names, said, strict=False))
    ]
    monkeypatch.setattr(rosters, "HEADINGS", (*OURS, "犯罪时未满十八周岁") if said[0] is not None else OURS)
    return rosters.workbook(*(row if said[0] is not None else row[:-1] for row in rows))


def taken_in(house, data: bytes):
    with house.acting("prison"):
        return prison.import_roster(data, file_name="名册.xlsx", today=TODAY, at=AT)


def marks(house) -> dict[str, tuple[str, ...]]:
    with house.acting("prison"), transaction.atomic():
        held = by_name()
        found = roads.open_journeys_of(list(held.values()))
        return {name: tuple(found[person].marks) for name, person in held.items()}


def test_the_column_marks_at_intake_and_keeps_out_of_exports(house, monkeypatch) -> None:
    report = taken_in(house, file_of(monkeypatch, "是", "否", "")).comparison.report
    assert [problem.code for problem in report.problems] == []
    assert marks(house) == {"陈柏舟": (AT_OFFENCE,), "苏望舒": (), "林晚照": ()}
    with house.acting("prison"), transaction.atomic():
        offered = offer(late_only=False, at=AT)
    assert (offered.rows, offered.left_out) == (2, 1)


def test_a_word_that_says_neither_waits_for_a_correction(house, monkeypatch) -> None:
    report = taken_in(house, file_of(monkeypatch, "不清楚", "否", "否")).comparison.report
    assert [(problem.code, problem.field) for problem in report.problems] == [("CODE_UNKNOWN", "minor_at_offence")]
    assert set(marks(house)) == {"苏望舒", "林晚照"}


def test_a_later_roster_marks_who_is_held_already_and_none_takes_it_back(house, monkeypatch) -> None:
    taken_in(house, file_of(monkeypatch, None, None, None))
    assert set(marks(house).values()) == {()}
    for said in (("是", "否", ""), ("否", "", "")):
        taken_in(house, file_of(monkeypatch, *said))
        assert marks(house)["陈柏舟"] == (AT_OFFENCE,)
        assert marks(house)["苏望舒"] == ()
    with house.role("guitu_owner") as door:
        told = "SELECT count(*) FROM ledger_entry WHERE act = 'journeys:marks:noted'"
        assert door.execute(told).fetchone() == (1,)
