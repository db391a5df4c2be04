"""Whose a look was: the person sees unit, post, purpose and time; the name on a request that somebody else grants."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from guitu.access import person_codes
from guitu.access.operations import NotAllowed
from guitu.journeys.policy import MoveNotAllowed
from guitu.rights import asking
from guitu.rights.asking import RequestRefused
from guitu.rights.deciding import DecisionRefused
from guitu.rights.policy import namable
from tests.access.test_holding_back import hold
from tests.access.test_watching import leave
from tests.rights.test_from_the_request_to_the_answer import ask, decide, rows
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import SENT
from tests.web.reading import body

NOW = datetime.now(UTC)  # lines of looks and of decisions not to show them are asked of the database's own clock
HOUR = timedelta(hours=1)


def looked(house, login: str) -> uuid.UUID:
    """A look of this post at the person, and the id of its line."""
    before = set(rows(house, "SELECT id FROM access_trace"))
    leave(house, login, [NOW - HOUR], house.persons[SENT])
    ((made,),) = set(rows(house, "SELECT id FROM access_trace")) - before
    return made


def offered(house) -> set[uuid.UUID]:
    with house.acting("person"), transaction.atomic():
        return {one.id for one in asking.namable(house.persons[SENT])}


def told(house, request, login="person") -> str | None:
    with house.acting(login), transaction.atomic():
        return person_codes.look_names(house.persons[SENT]).get(request)


def name_of(house, login: str) -> str:
    with house.role("guitu_owner") as door:
        return door.execute("SELECT name FROM access_account WHERE login = %s", (login,)).fetchone()[0]


def test_only_looks_of_an_office_in_its_own_work_are_asked_about() -> None:
    assert namable("prison", "PREPARE_RETURN", "person:open")
    assert not namable("procuratorate", "PREPARE_RETURN", "person:open")
    assert not namable("city", "OVERSEE", "person:open")
    assert not namable("county", "REVIEW_LOOKS", "person:open")
    assert not namable("county", "RESETTLE", "complaint:read")


def test_the_name_is_told_on_request_by_somebody_who_did_not_look(fresh) -> None:  # noqa: F811
    look, person = looked(fresh, "prison"), fresh.persons[SENT]
    name = name_of(fresh, "prison")
    assert name not in body(fresh.client("person").get("/my/looks/"))
    request = ask(fresh, "LOOK_NAME", words="", contested=look)
    assert told(fresh, request) is None
    with pytest.raises(MoveNotAllowed, match="查看"):
        decide(fresh, request, "GRANTED")
    for wrong in ("PARTLY", "GRANTED"):
        with pytest.raises(DecisionRefused):
            decide(fresh, request, wrong, "SECRET", login="prison-leader")
    decide(fresh, request, "GRANTED", login="prison-leader")
    assert told(fresh, request) == name
    assert name in body(fresh.client("person").get("/my/"))
    for other in ("prison", "county", "foreign"):  # nobody but the person, or who speaks for them
        with pytest.raises(NotAllowed):
            told(fresh, request, other)
    with fresh.role(
        "guitu_owner"
    ) as door:  # the line of the look is what tells it: ended by its term, the name ends too
        door.execute("UPDATE rights_request SET contested_entry = %s WHERE id = %s", (uuid.uuid4(), request))
    assert told(fresh, request) is None
    assert rows(fresh, "SELECT person_id FROM rights_request WHERE id = %s", request) == [(person,)]


def test_refused_it_is_not_told_and_of_no_look_nothing_is_asked(fresh) -> None:  # noqa: F811
    request = ask(fresh, "LOOK_NAME", contested=looked(fresh, "prison"))
    decide(fresh, request, "REFUSED", "SECRET", login="prison-leader")
    assert told(fresh, request) is None
    for none in (None, uuid.uuid4()):
        with pytest.raises(RequestRefused, match="DECISION"):
            ask(fresh, "LOOK_NAME", contested=none)
    with fresh.acting("prison"), pytest.raises(RequestRefused, match="KIND"):  # an office sees not all looks
        asking.ask_for(
            fresh.persons[SENT],
            kind="LOOK_NAME",
            words="",
            contested=None,
            sheet=b"",
            file_name="",
            event_id=uuid.uuid4(),
            at=NOW,
        )


def test_a_look_of_oversight_and_one_held_back_cannot_be_asked_about_nor_told(fresh) -> None:  # noqa: F811
    looked(fresh, "procurator")
    look = looked(fresh, "county-second")
    request = ask(fresh, "LOOK_NAME", contested=look)
    decide(fresh, request, "GRANTED", login="prison-leader")
    assert told(fresh, request) == name_of(fresh, "county-second")
    assert look in offered(fresh)
    with fresh.role("guitu_owner") as door:
        kinds = {
            kind
            for (kind,) in door.execute(
                "SELECT u.kind FROM access_trace t JOIN access_unit u ON u.id = t.unit_id WHERE t.id = ANY (%s)",
                (list(offered(fresh)),),
            )
        }
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (fresh.persons[SENT],)).fetchone()[0]
    assert "procuratorate" not in kinds
    hold(fresh, number)  # of the looks of this post: they are gone from what the person sees, and so is whose they were
    assert look not in offered(fresh)
    assert told(fresh, request) is None


def test_the_person_asks_beside_the_look_and_reads_the_answer(fresh) -> None:  # noqa: F811
    look, browser = looked(fresh, "prison"), fresh.client("person")
    page = body(browser.get("/my/looks/"))
    address = f"/my/say/?kind=LOOK_NAME&amp;look={look}"
    assert address in page
    form = body(browser.get(address.replace("&amp;", "&")))
    assert f'value="{look}" selected' in form
    sent = {"kind": "LOOK_NAME", "words": "", "contested": "", "mark": str(uuid.uuid4())}
    assert "请选是哪一次查看" in body(browser.post("/my/say/send/", sent))
    assert browser.post("/my/say/send/", sent | {"contested": str(look)}).status_code == 302
    desk = f"/rights/{fresh.persons[SENT]}/{sent['mark']}/"
    assert "问的正是您自己的查看" in body(fresh.client("prison").get(desk))
    asked = body(fresh.client("prison-leader").get(desk))
    assert "问的是谁看的" in asked
    assert "部分同意" not in asked
    granted = {"outcome": "GRANTED", "ground": "", "words": "为核对名册查看。", "mark": str(uuid.uuid4())}
    assert fresh.client("prison-leader").post(f"{desk}decide/", granted).status_code == 302
    assert f"<b>{name_of(fresh, 'prison')}</b>" in body(browser.get("/my/"))
    assert "LOOK_NAME" not in body(fresh.client("prison").get(f"/rights/{fresh.persons[SENT]}/take/"))
