"""The person's own page of notices: what they were told, newest first, seen by them and by who sees them."""

import uuid
from datetime import date

from django.db import transaction

from guitu.notices import queries as told
from guitu.notices.operations import Person, tell
from tests.web.peopled import AT_FOREIGN, MOMENT, SENT
from tests.web.reading import body, page


def _tell(fresh, name: str, login: str, times: int = 1) -> None:
    with fresh.acting(login), transaction.atomic():
        for place in range(times):
            facts = {"former": date(2026, 12, 1).isoformat(), "release_on": date(2026, 12, 2 + place).isoformat()}
            person = Person(fresh.persons[name])
            tell(person, "OWN_RELEASE_DAY_CHANGED", facts, MOMENT, subject_id=uuid.uuid4(), key=str(place))


def test_the_person_reads_what_they_were_told_page_by_page(fresh) -> None:
    browser = fresh.client("person")
    assert "还没有通知" in body(browser.get("/my/notices/"))
    _tell(fresh, SENT, "prison", times=22)
    shown = browser.get("/my/notices/")
    assert len(page(shown).all("div", cls="gt-card")) == 20
    assert "释放日从2026-12-01改为" in body(shown)
    assert len(page(browser.get("/my/notices/", {"page": 2})).all("div", cls="gt-card")) == 2
    road = page(browser.get("/my/"))
    assert road.all("a", href="/my/notices/")
    assert "Your release day has moved" in body(fresh.client("person", language="en").get("/my/notices/"))


def test_an_answer_to_what_the_person_said_is_told_to_them(fresh) -> None:
    person, county = fresh.client("person"), fresh.client("county")
    said = {"kind": "WORD", "words": "想见姐姐", "mark": str(uuid.uuid4())}
    person.post("/my/say/send/", said)
    with fresh.role("guitu_owner") as door:
        (statement,) = door.execute("SELECT id FROM people_statement").fetchone()
    address = f"/persons/{fresh.persons[SENT]}/statements/{statement}/"
    assert county.post(address, {"answer": "已约好", "mark": str(uuid.uuid4())}).status_code == 302
    assert "青榆县司法局答复了" in body(person.get("/my/notices/"))


def test_nobody_reads_the_notices_of_a_person_whom_they_do_not_see(fresh) -> None:
    _tell(fresh, SENT, "prison")
    _tell(fresh, AT_FOREIGN, "identity")
    for login, seen in (("county", 1), ("foreign", 0), ("sibling", 0), ("person", 1)):
        with fresh.acting(login), transaction.atomic():
            rows, total = told.told_to_person(fresh.persons[SENT])
            assert (len(rows), total) == (seen, seen), login
    assert body(fresh.client("person").get("/my/notices/")).count("释放日从") == 1
