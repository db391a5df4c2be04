"""The board's units come in pages, the most late first; every unit stands on exactly one page and the total on each."""

import re
from collections import Counter

from django.db import transaction

from guitu.journeys import queries as roads
from guitu.journeys.models import Journey
from guitu.web.supervisor_desk import views
from tests.web.peopled import MOMENT
from tests.web.reading import page


def units(answer) -> list[str]:
    """The units in the order of the page, without the total."""
    cells = [words for _, words in page(answer).all("td") if words]
    text = answer.content.decode()
    table = text[text.index('id="units"') :]
    rows = re.findall(r"<tr(?: class=\"late\")?><td>([^<]+)</td>", table)
    assert all(row in " ".join(cells) for row in rows)
    return rows


def test_every_unit_stands_on_one_page_and_the_next_leads_on(peopled, monkeypatch) -> None:
    browser = peopled.client("province")
    whole = units(browser.get("/board/"))
    assert len(whole) >= 3
    monkeypatch.setattr(views, "UNITS", 1)
    found, address = [], "/board/"
    while address:
        answer = browser.get(address)
        assert "合计" in answer.content.decode()
        found += units(answer)
        following = [attrs["href"] for attrs, _ in page(answer).all("a") if attrs.get("rel") == "next"]
        assert all(link.endswith("#units") for link in following)
        address = "/board/" + following[0].partition("#")[0] if following else ""
    assert sorted(found) == sorted(whole)
    assert len(found) == len(set(found))


def test_a_page_of_the_late_keeps_its_condition(peopled, monkeypatch) -> None:
    monkeypatch.setattr(views, "UNITS", 1)
    answer = peopled.client("province").get("/board/?late=yes")
    (link,) = [attrs["href"] for attrs, _ in page(answer).all("a") if attrs.get("rel") == "next"]
    assert "late=yes" in link


def test_what_the_board_counts_is_what_stands_there(peopled) -> None:
    with peopled.acting("province"), transaction.atomic():
        every = Journey.objects.filter(ended_at__isnull=True).values_list("duty_unit_id", "state", "due_at")
        rows = [(unit, state, due is not None and due <= MOMENT) for unit, state, due in every]
        for states in (None, sorted({state for _, state, _ in rows})[:1]):
            for only_late in (False, True):
                asked = {"now": MOMENT, "states": states, "only_late": only_late, "first": 0, "most": 500}
                found = roads.board_of_units(**asked)
                loads = Counter((unit, state) for unit, state, _ in rows)
                late = Counter((unit, state) for unit, state, is_late in rows if is_late)
                kept = [key for key in loads if (not states or key[1] in states) and (not only_late or late[key])]
                assert {(one.unit_id, one.state): (one.in_hand, one.late) for one in found.page} == {
                    key: (loads[key], late[key]) for key in kept
                }
                assert (found.in_hand, found.late) == (sum(loads[k] for k in kept), sum(late[k] for k in kept))
                assert found.units == len({unit for unit, _ in kept})
                assert found.units_late == len({unit for unit, _ in late})
                assert sum(one.in_hand for one in found.states) == len(rows)
                pages = [
                    roads.board_of_units(**asked | {"first": place, "most": 1}).page for place in range(found.units)
                ]
                assert [one for page in pages for one in page] == list(found.page)
