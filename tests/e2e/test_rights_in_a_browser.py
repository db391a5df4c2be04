"""The rights desk in a browser: decided by the keyboard, made while the page waits; axe, thumb and width agree."""

import uuid

from django.db import connection

from guitu.access import errands
from guitu.rights import asking, deciding
from guitu.web import worker
from tests.e2e.test_every_page_in_a_browser import ASK_AXE, TOO_SMALL
from tests.e2e.test_my_road_in_a_browser import WIDE
from tests.e2e.test_road_in_a_browser import shot
from tests.web.peopled import KEPT, MOMENT, SENT


def asked(house, kind, words):
    mark = uuid.uuid4()
    with house.acting("person"):
        asking.ask(house.persons[SENT], kind=kind, words=words, contested=None, event_id=mark, at=MOMENT)
    connection.close()
    return mark


def test_a_request_is_decided_by_the_keyboard_and_every_page_of_the_desk_holds(served, axe: str) -> None:
    house = served.house
    copy, deletion = asked(house, "COPY", ""), asked(house, "DELETION", "事情办完就删掉")
    one = f"/rights/{house.persons[SENT]}/{copy}/"
    officer = served.visitor("prison", width=1440)
    officer.goto(one)
    officer.focus("[name=outcome]")
    officer.keyboard.press("Space")
    officer.keyboard.press("Tab")
    officer.keyboard.press("Tab")
    officer.keyboard.type("同意，做好了会通知您。")
    officer.keyboard.press("Tab")
    with officer.expect_navigation():
        officer.keyboard.press("Enter")
    assert officer.locator("progress").count() == 1
    shot(officer, "rights-under-way-1440")
    with errands.worker() as hand:
        assert worker.run_once(hand) == errands.DONE
    with house.acting("prison"):
        deciding.decide(
            house.persons[SENT],
            deletion,
            outcome="REFUSED",
            ground="IN_HAND",
            words="事情还在办。",
            event_id=uuid.uuid4(),
            at=MOMENT,
        )
    third = asked(house, "EXPLANATION", "危险等级是什么意思")
    connection.close()
    visits = [
        ("prison", "/rights/", 1440),
        ("prison", "/rights/", 390),
        ("prison", one, 390),
        ("prison", f"/rights/{house.persons[SENT]}/{third}/", 1440),
        ("prison", f"/rights/{house.persons[KEPT]}/take/", 390),
        ("prison-leader", "/rights/due/", 390),
        ("prison-leader", "/rights/erasures/", 390),
        ("person", "/my/", 390),
        ("person", "/my/say/?kind=OBJECTION", 390),
    ]
    found = {}
    for number, (login, address, width) in enumerate(visits):
        page = served.visitor(login, width=width, height=900)
        page.goto(address)
        page.evaluate(axe)
        small = page.evaluate(TOO_SMALL) if width == 390 else []
        found[address, width] = [page.evaluate(ASK_AXE), small, page.evaluate(WIDE)]
        shot(page, f"rights-{number}-{width}")
        page.context.close()
    assert {place: said for place, said in found.items() if said != [[], [], False]} == {}
