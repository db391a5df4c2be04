"""Letters in a real browser: written, read and answered by their addressees, on a desk and on a small phone."""

import os

import pytest

from guitu.access.establishing import unit_id
from tests.e2e.test_every_page_in_a_browser import ASK_AXE, TOO_SMALL
from tests.e2e.test_my_road_in_a_browser import WIDE
from tests.factories.units import STATION
from tests.web.peopled import KEPT, SENT
from tests.web.test_letters_pages import letter_links, sent


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_of_letters_holds(served, axe: str, width: int) -> None:
    house = served.house
    sent(house, "prison", KEPT, "police_notice", unit_id(STATION))
    with house.role("guitu_owner") as door:
        (post,) = door.execute("SELECT id FROM access_post WHERE role = 'COMPANION'").fetchone()
    sent(house, "county", SENT, "attend_pick_up", post, when="10月20日9时", where="桐岭监狱东门")
    (theirs,) = letter_links(house.client("station"))
    (ours,) = letter_links(house.client("prison"), "/letters/sent/")
    visits = [
        ("station", "/letters/"),
        ("station", theirs),
        ("court", "/letters/"),
        ("prison", "/letters/sent/"),
        ("prison", ours),
        ("county", f"/persons/{house.persons[SENT]}/letters/attend_pick_up/"),
        ("companion", "/asked/"),
    ]
    found = {}
    for number, (login, address) in enumerate(visits):
        page = served.visitor(login, width=width, height=844)
        page.goto(address)
        page.evaluate(axe)
        small = page.evaluate(TOO_SMALL) if width == 390 else []  # touched on a phone, pointed at elsewhere
        found[login, address] = [page.evaluate(ASK_AXE), small, page.evaluate(WIDE)]
        if os.environ.get("GUITU_TEST_SCREENSHOTS"):
            page.screenshot(path=f"{os.environ['GUITU_TEST_SCREENSHOTS']}/letters-{number}-{width}.png", full_page=True)
    assert found == {visit: [[], [], False] for visit in visits}
