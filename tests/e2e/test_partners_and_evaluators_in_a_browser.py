"""Partners, evaluators, the window for who is not in sight and the processes: on a desk and on a small phone."""

import os
import re
import uuid

import pytest

from tests.e2e.test_every_page_in_a_browser import ASK_AXE, TOO_SMALL
from tests.e2e.test_my_road_in_a_browser import WIDE
from tests.web.peopled import SENT
from tests.web.reading import body, page
from tests.web.test_evaluation_pages import commission, small_groups  # noqa: F401 - groups of three are shown
from tests.web.test_partner_pages import only_referral, publish, refer
from tests.web.test_taken_in_words import FORM

WIDTHS = (1440, 390)


def look(served, axe: str, visits: list[tuple[str, str]], width: int, folder: str) -> dict[tuple[str, str], list]:
    """What axe, a thumb and the edge of the screen find on each page."""
    found = {}
    visitors = {login: served.visitor(login, width=width, height=844) for login, _ in visits}
    for number, (login, address) in enumerate(visits):
        opened = visitors[login]
        opened.goto(address)
        opened.evaluate(axe)
        small = opened.evaluate(TOO_SMALL) if width == 390 else []  # touched on a phone, pointed at elsewhere
        found[login, address] = [opened.evaluate(ASK_AXE), small, opened.evaluate(WIDE)]
        if os.environ.get("GUITU_TEST_SCREENSHOTS"):
            shots = os.environ["GUITU_TEST_SCREENSHOTS"]
            opened.screenshot(path=f"{shots}/{folder}-{number}-{width}.png", full_page=True)
    for visitor in visitors.values():
        visitor.context.close()
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_offers_and_referrals_holds(served, axe: str, width: int) -> None:
    house = served.house
    empty = look(served, axe, [("employer", "/partner/"), ("county", "/offers/")], width, "no-offers")
    offer = publish(house)
    assert refer(house, offer).status_code == 302
    visits = [
        ("employer", "/partner/"),
        ("employer", "/partner/offers/"),
        ("employer", f"/partner/offers/{offer}/"),
        ("employer", "/partner/offers/new/"),
        ("employer", only_referral(house)),
        ("county", "/offers/"),
        ("county", f"/persons/{house.persons[SENT]}/refer/"),
        ("county", f"/persons/{house.persons[SENT]}/"),
        ("person", "/my/"),
        ("person", "/my/notices/"),
    ]
    found = look(served, axe, visits, width, "offers")
    assert empty == {visit: [[], [], False] for visit in empty}
    assert found == {visit: [[], [], False] for visit in visits}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.usefixtures("small_groups")
def test_every_page_of_an_evaluation_holds(served, axe: str, width: int) -> None:
    house = served.house
    assert commission(house)["Location"] == "/evaluations/"
    evaluator = house.client("evaluator")
    ((link, _),) = page(evaluator.get("/evaluator/")).all("a", cls="gt-name")
    assert evaluator.post(f"{link['href']}draw/", {"size": "6", "seed": "4711", "sure": "yes"}).status_code == 302
    code = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}(?=</a>)", body(evaluator.get(link["href"])))[0]
    matter = f"{link['href']}{code}/"
    found_out = {"mark": str(uuid.uuid4()), "verdict-dossier_in_time": "DIFFERS", "note": "电话里说六月才收到"}
    assert evaluator.post(f"{matter}verify/", found_out).status_code == 302
    assert evaluator.post(f"{matter}talk/", {"mark": str(uuid.uuid4())}).status_code == 302
    own = page(house.client("county").get("/evaluated/")).all("a", cls="gt-name")[0][0]["href"]
    result = page(house.client("city").get("/evaluations/")).all("a", cls="gt-name")[0][0]["href"]
    visits = [
        ("evaluator", "/evaluator/"),
        ("evaluator", link["href"]),
        ("evaluator", matter),
        ("city", "/evaluations/"),
        ("city", result),
        ("county", "/evaluated/"),
        ("county", own),
        ("county", "/talks/"),
    ]
    found = look(served, axe, visits, width, "evaluation")
    assert found == {visit: [[], [], False] for visit in visits}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_window_for_who_is_not_in_sight_and_the_page_of_processes_hold(served, axe: str, width: int) -> None:
    house = served.house
    foreign = house.client("foreign")
    taken = foreign.post("/window/elsewhere/take/", FORM | {"mark": str(uuid.uuid4())})["Location"]
    here = next(a["href"] for a, text in page(foreign.get(taken)).all("a") if text == "看这一件")
    visits = [
        ("foreign", "/window/elsewhere/"),
        ("foreign", taken),
        ("foreign", "/window/elsewhere/list/"),
        ("foreign", here),
        ("county", here),
        ("county", "/window/"),
        ("system", "/installation/"),
    ]
    found = look(served, axe, visits, width, "elsewhere")
    assert found == {visit: [[], [], False] for visit in visits}
