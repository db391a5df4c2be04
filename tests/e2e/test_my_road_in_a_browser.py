"""The person's own pages on a small phone: read by axe, touched with a thumb, never scrolled sideways."""

import os

import pytest

from tests.e2e.test_every_page_in_a_browser import ASK_AXE, TOO_SMALL
from tests.web.peopled import SENT

OWN = ("/my/", "/my/looks/", "/my/say/?kind=CORRECTION", "/kept/")
WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_persons_pages_hold_on_a_small_phone(served_for_reading, axe: str, language: str) -> None:
    served = served_for_reading
    page = served.visitor("person", width=390, height=844, language=language)
    found = {}
    for number, address in enumerate(OWN):
        page.goto(address)
        page.evaluate(axe)
        found[address] = [page.evaluate(ASK_AXE), page.evaluate(TOO_SMALL), page.evaluate(WIDE)]
        if os.environ.get("GUITU_TEST_SCREENSHOTS"):
            folder = os.environ["GUITU_TEST_SCREENSHOTS"]
            page.screenshot(path=f"{folder}/my-{number}-{language}-390.png", full_page=True)
    assert found == {address: [[], [], False] for address in OWN}


def test_the_officers_page_of_codes_and_the_persons_door_hold_too(served_for_reading, axe: str) -> None:
    served = served_for_reading
    found = {}
    visits = [
        ("prison", f"/persons/{served.house.persons[SENT]}/sign-in/", 390),
        ("prison", f"/persons/{served.house.persons[SENT]}/sign-in/", 1440),
        (None, "/sign-in/person/", 390),
    ]
    for number, (login, address, width) in enumerate(visits):
        page = served.visitor(login, width=width, height=844)
        page.goto(address)
        page.evaluate(axe)
        small = page.evaluate(TOO_SMALL) if width == 390 else []
        found[address, width] = [page.evaluate(ASK_AXE), small, page.evaluate(WIDE)]
        if os.environ.get("GUITU_TEST_SCREENSHOTS"):
            folder = os.environ["GUITU_TEST_SCREENSHOTS"]
            page.screenshot(path=f"{folder}/officer-{number}-{width}.png", full_page=True)
    assert found == {(address, width): [[], [], False] for _, address, width in visits}


def test_the_button_that_reads_aloud_is_there_only_where_the_browser_can_speak(served_for_reading) -> None:
    shown = {}
    for speaks in (True, False):
        page = served_for_reading.visitor("person", width=390, height=844)
        if not speaks:
            page.add_init_script("delete window.speechSynthesis; window.SpeechSynthesisUtterance = undefined;")
        else:
            page.add_init_script(
                "window.said = []; window.SpeechSynthesisUtterance = function (text) { this.text = text; };"
                "Object.defineProperty(window, 'speechSynthesis',"
                " {value: {speaking: false, cancel() {}, speak(part) { window.said.push(part.text); }}});"
            )
        page.goto("/my/")
        shown[speaks] = page.is_visible("[data-aloud]")
        if speaks:
            page.click("[data-aloud]")
            said = page.evaluate("() => window.said.join(' ')")
            assert SENT in said
            assert "检察院" in said
    assert shown == {True: True, False: False}
