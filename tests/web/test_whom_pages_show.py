"""Searches and desks show exactly whom a post sees; who is foreign is answered as nobody is."""

import uuid

import pytest
from django.urls import reverse

from tests.web.kinds_of_address import OF_AN_ITEM
from tests.web.peopled import (
    ACKNOWLEDGED,
    AT_FOREIGN,
    AT_SIBLING,
    HOME_FOREIGN,
    KEPT,
    LONGEST_NAME,
    OTHERS,
    SENT,
    SIXTY,
)
from tests.web.reading import page, persons_linked, whole_desk, without_tokens
from tests.web.who_may import MAY, ROLE_OF, SEES, WALKED


@pytest.mark.parametrize("login", [login for login, role in ROLE_OF.items() if role in MAY["search"]])
def test_a_search_finds_exactly_whom_the_post_sees(peopled, login: str) -> None:
    with peopled.role("guitu_owner") as door:
        numbers = {row[0]: row[1] for row in door.execute("SELECT number, id FROM people_person").fetchall()}
    browser, walked = peopled.client(login), {peopled.persons[name] for name in WALKED}
    found = set()
    for name in WALKED:  # who sees no more of a name than the surname finds by it (DT-312)
        answer = browser.get("/search/", {"q": name[:1] if ROLE_OF[login] == "SUPERVISOR" else name})
        shown = {numbers[text] for _, text in page(answer).all("span", cls="gt-nowrap") if text in numbers}
        openable = ROLE_OF[login] in MAY["person"]
        assert set(persons_linked(answer)) == (shown if openable else set())
        found |= shown & walked
    assert found == {peopled.persons[name] for name in SEES[login]}


def test_a_desk_lists_exactly_the_open_matters_of_its_own_unit(peopled) -> None:
    def names(county: bool, login: str) -> set[str]:
        return {
            plan.name
            for plan in (*SIXTY, *OTHERS)
            if ((plan.receiver == login and plan.sent) if county else plan.sender == login and not plan.registered)
        }

    expected = {
        ("/county/", "county"): names(True, "county"),
        ("/county/", "county-second"): names(True, "county"),
        ("/county/", "sibling"): {AT_SIBLING},
        ("/county/", "foreign"): {AT_FOREIGN, HOME_FOREIGN},
        ("/county/", "county-watch"): names(True, "county"),
        ("/county/", "county-head"): names(True, "county"),
        ("/prison/", "prison-leader"): names(False, "prison"),
        ("/prison/", "prison-head"): names(False, "prison"),
        ("/prison/", "prison"): names(False, "prison"),
        ("/prison/", "other-prison"): {AT_FOREIGN},
        **{("/county/", login): set() for login in ("prison", "other-prison", "city", "other-city", "province")},
        **{("/prison/", login): set() for login in ("county", "sibling", "foreign", "city", "province")},
    }
    assert len(names(True, "county")) == 32
    assert {KEPT, SENT, ACKNOWLEDGED, LONGEST_NAME, AT_SIBLING} <= names(False, "prison")
    for (address, login), wanted in expected.items():
        rows = whole_desk(peopled.client(login), address)
        assert len(rows) == len(set(rows)), (address, login)
        assert set(rows) == {peopled.persons[name] for name in wanted}, (address, login)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("ending", ["", "items/id_doc/"])
def test_unknown_and_foreign_persons_get_the_same_page_to_the_byte(peopled, ending: str, language: str) -> None:
    browser = peopled.client("county", language=language)
    foreign = browser.get(f"/persons/{peopled.persons[AT_FOREIGN]}/{ending}")
    unknown = browser.get(f"/persons/{uuid.UUID(int=5)}/{ending}")
    assert foreign.status_code == unknown.status_code == 404
    assert without_tokens(foreign) == without_tokens(unknown)
    assert dict(foreign.headers) == dict(unknown.headers)
    own = browser.get(f"/persons/{peopled.persons[SENT]}/{ending}")
    assert own.status_code == 200
    assert without_tokens(own) != without_tokens(foreign)


@pytest.mark.parametrize("name", ["send", "answer", "register", "reveal-open"])
def test_unknown_and_foreign_persons_are_refused_alike_when_something_is_done(peopled, name: str) -> None:
    browser = peopled.client("prison" if name == "send" else "county")
    form = {"mark": str(uuid.uuid4()), "parcel": str(uuid.UUID(int=7)), "decision": "acknowledge"}
    item = {"item": "id_doc"} if name in OF_AN_ITEM else {}
    answers = [
        browser.post(reverse(name, kwargs={"person_id": person, **item}), form)
        for person in (peopled.persons[AT_FOREIGN], uuid.UUID(int=5))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_tokens(answers[0]) == without_tokens(answers[1])
