"""G-10 in the window: a juvenile stands by name in the separate list of the own unit, by number elsewhere."""

import uuid
from datetime import date

import pytest
from django.db import transaction

from guitu.handover import rulings, steps
from guitu.journeys import queries as roads
from guitu.prison import operations as prison
from guitu.rulebook.juveniles import MARK
from tests.factories import rosters
from tests.web.peopled import MOMENT
from tests.web.reading import body, page
from tests.web.test_pages import REFUSED

YOUNG, GROWN = "宇文既白", "宇文既望"


@pytest.fixture
def both(fresh):
    """A juvenile and an adult who differ in nothing but their day of birth."""
    rows = [
        rosters.row(YOUNG, release=date(2026, 12, 14), order="901", born="20100312"),
        rosters.row(GROWN, release=date(2026, 12, 14), order="903", born="19900312"),
    ]
    with fresh.acting("prison"):
        prison.import_roster(rosters.workbook(*rows), file_name="两人.xlsx", today=MOMENT.date(), at=MOMENT)
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(text="既"), now=MOMENT, first=0, most=5)
    fresh.persons.update({task.person_name: task.person_id for task in tasks})
    return fresh


def _found(browser, words: str) -> list[str]:
    """The names that a search lists, in its order; a superior reads the surname only."""
    rows = [text for _, text in page(browser.get("/search/", {"q": words})).all("tr")][1:]
    return [next(name for name in (YOUNG, GROWN, f"{GROWN[:1]}**") if name in text) for text in rows]


def test_a_supervisors_search_finds_the_adult_and_not_the_juvenile(both, monkeypatch) -> None:
    province, prison_desk = both.client("province"), both.client("prison")
    assert _found(province, "宇") == ["宇**"]
    # The unit whose matter it is finds both.
    assert _found(prison_desk, "宇") == [YOUNG, GROWN]
    # Nor does the foot of the list count whom it withholds.
    assert "共1条" in body(province.get("/search/", {"q": "宇"}))
    assert "共2条" in body(prison_desk.get("/search/", {"q": "宇"}))
    # Whoever is withheld takes up no place of a page.
    monkeypatch.setattr("guitu.web.person_file.search.PAGE", 1)
    for desk, found, further in ((province, "宇**", False), (prison_desk, YOUNG, True)):
        assert _found(desk, "宇") == [found]
        assert ("page=2" in body(desk.get("/search/", {"q": "宇"}))) is further


def test_the_work_list_shows_a_juvenile_by_number_and_the_separate_list_by_name(both) -> None:
    desk = body(both.client("prison").get("/prison/", {"q": "既"}))
    assert GROWN in desk
    assert YOUNG not in desk
    assert "未成年人" in desk
    separate = body(both.client("prison").get("/juveniles/"))
    assert YOUNG in separate
    assert GROWN not in separate


def test_the_separate_list_of_another_unit_is_empty(both) -> None:
    for login in ("other-prison", "county", "county-head"):
        answer = body(both.client(login).get("/juveniles/"))
        assert YOUNG not in answer
        assert "本单位没有在办的未成年人" in answer
    assert both.client("province").get("/juveniles/").status_code == 403


def test_the_file_of_a_juvenile_reminds_of_the_seal(both) -> None:
    prison_desk = both.client("prison")
    assert "封存提示" in body(prison_desk.get(f"/persons/{both.persons[YOUNG]}/"))
    assert "封存提示" not in body(prison_desk.get(f"/persons/{both.persons[GROWN]}/"))


def test_the_superior_rules_on_a_dispute_about_a_juvenile_without_reading_the_name(fresh) -> None:
    person = fresh.persons[REFUSED]
    with fresh.acting("prison"):
        rulings.contest_refusal(person, reasons="判决书已随附", event_id=uuid.uuid4(), at=MOMENT)
    address = f"/board/disputes/{person}/"
    assert REFUSED in body(fresh.client("province").get(address))
    with fresh.acting("prison"):
        steps.note_marks(person, [MARK], event_id=uuid.uuid4(), at=MOMENT)
    shown = body(fresh.client("province").get(address))
    assert "判决书已随附" in shown
    assert REFUSED not in shown
