"""A complaint goes to the procuratorate past the office it is about: who sees it, who does not, what is read."""

import re
import uuid

import pytest
from django.db import transaction

from guitu.access import person_codes
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.journeys.policy import MoveNotAllowed
from guitu.rights import complaints
from guitu.rights.models import Complaint
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import AT_SIBLING, MOMENT, SENT

WORDS = "他们把我的事说给了邻居听"
OFFICES = ("prison", "prison-leader", "county", "county-second", "county-head", "city", "province", "sibling")


def form(browser, address):
    text = browser.get(address).content.decode()
    return text, re.search(r'name="mark" value="([^"]+)"', text).group(1)


def counted(house, login):
    with house.acting(login), transaction.atomic():
        return Complaint.objects.count()


def test_the_person_reads_that_someone_looked_and_complains_and_the_officer_never_learns_of_it(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    county = fresh.client("county")
    if county.get(f"/persons/{person}/").status_code != 200:  # outside the caseload a reason is asked first
        pytest.fail("the receiving county sees the file")
    own = fresh.client("person")
    assert "青榆县司法局" in own.get("/my/looks/").content.decode()
    text, mark = form(own, "/my/complaints/")
    about = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>桐岭监狱', text).group(1)
    assert own.post("/my/complaints/send/", {"mark": mark, "about": about, "words": ""}).status_code == 422
    for _ in range(2):  # a second press changes nothing
        sent = own.post("/my/complaints/send/", {"mark": mark, "about": about, "words": WORDS})
        assert (sent.status_code, sent["Location"]) == (302, "/my/complaints/")
    with fresh.acting("person"), transaction.atomic():
        (held,) = complaints.of_person(person, most=5)
    number, procurator = held.number, fresh.client("procurator")
    assert number in procurator.get("/complaints/").content.decode()
    desk, mark = form(procurator, f"/complaints/{held.id}/")
    assert WORDS in desk
    assert SENT in desk  # although the file itself is out of the procuratorate's sight
    answer = {"mark": mark, "outcome": "FOUND", "words": "查实，已要求改正。"}
    assert procurator.post(f"/complaints/{held.id}/answer/", answer | {"outcome": "?"}).status_code == 422
    assert procurator.post(f"/complaints/{held.id}/answer/", answer).status_code == 302
    assert "查实，已要求改正。" in own.get("/my/complaints/").content.decode()
    assert "查实" in fresh.client("representative").get("/my/complaints/").content.decode()

    for login in ("prison", "county"):
        browser = fresh.client(login)
        for address in (f"/persons/{person}/", f"/persons/{person}/papers/", "/notices/", f"/search/?q={SENT}"):
            seen = browser.get(address).content.decode()
            assert not any(word in seen for word in (number, WORDS, "投诉人", "向检察院投诉")), (login, address)
        assert browser.get(f"/complaints/{held.id}/").status_code == 403
    with fresh.role("guitu_owner") as door:
        trace = "SELECT count(*) FROM access_trace WHERE action = 'complaint:make' AND subjects @> ARRAY[%s::uuid]"
        assert door.execute(trace, (person,)).fetchone()[0] >= 1  # the line is there; it is told to no office
        payloads = door.execute(
            "SELECT p.subjects, p.division, p.canonical FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE e.act LIKE 'rights:complaint:%%'"
        ).fetchall()
        assert [(subjects, division) for subjects, division, _ in payloads] == [([], "")] * 2
        assert not any(str(person) in text for _, _, text in payloads)
        assert door.execute("SELECT count(*) FROM notices_notice WHERE subject_id = %s", (held.id,)).fetchone() == (0,)


def test_no_post_but_the_procuratorates_and_the_persons_finds_a_row_however_it_asks(fresh):  # noqa: F811
    person, event = fresh.persons[SENT], uuid.uuid4()
    with fresh.acting("person"), transaction.atomic():
        about = complaints.offices(person)[0].id
    with fresh.acting("person"):
        complaints.complain(person, about=about, words=WORDS, event_id=event, at=MOMENT)
    assert {login: counted(fresh, login) for login in (*OFFICES, "police", "companion")} == dict.fromkeys(
        (*OFFICES, "police", "companion"), 0
    )
    assert (counted(fresh, "procurator"), counted(fresh, "person"), counted(fresh, "representative")) == (1, 1, 1)
    with fresh.acting("prison"), transaction.atomic():  # the maker of the copy is told of no look of this kind either
        looks, _ = person_codes.looks_by_others(person, first=0, most=500)
        assert not any(look.action.startswith("complaint:") for look in looks)
    for login in ("person", "representative"):  # they see the row, and no statement of theirs answers it
        with fresh.acting(login), transaction.atomic():
            answered = Complaint.objects.filter(id=event).update(
                answered_at=MOMENT, answered_by=event, outcome="UNFOUNDED", sealed_answer=b"1"
            )
        assert answered == 0
    with fresh.acting("county"), pytest.raises(NotAllowed):
        complaints.answer(event, outcome="FOUND", words="好", event_id=uuid.uuid4(), at=MOMENT)
    with fresh.acting("procurator"):
        complaints.answer(event, outcome="UNFOUNDED", words="查过了。", event_id=event, at=MOMENT)
        complaints.answer(event, outcome="UNFOUNDED", words="查过了。", event_id=event, at=MOMENT)
        with pytest.raises(MoveNotAllowed):
            complaints.answer(event, outcome="FOUND", words="好", event_id=uuid.uuid4(), at=MOMENT)
    with fresh.role("guitu_owner") as door:  # control: under the ordinary policy the officer would see it
        using = door.execute(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'reach'"
            " AND polrelid = 'rights_request'::regclass"
        ).fetchone()[0]
        door.execute("DROP POLICY reach ON rights_complaint")
        door.execute(f"CREATE POLICY reach ON rights_complaint FOR ALL TO guitu_app USING ({using})")
    assert (counted(fresh, "prison"), counted(fresh, "county")) == (1, 1)


def test_an_envelope_is_taken_in_at_a_counter_that_sees_nothing_of_it_afterwards(fresh):  # noqa: F811
    person, other = fresh.persons[SENT], fresh.persons[AT_SIBLING]
    browser = fresh.client("county")
    _, mark = form(browser, f"/complaints/envelope/{person}/")
    address = f"/complaints/envelope/{person}/taken/"
    taken, again = (browser.post(address, {"mark": mark}).content.decode() for _ in range(2))
    number = complaints.number_of(uuid.UUID(mark))
    assert number in taken
    assert number in again
    assert counted(fresh, "county") == 0
    assert number not in browser.get(f"/persons/{person}/").content.decode()
    with fresh.acting("procurator"), transaction.atomic():
        (held,), total = complaints.listed(is_open=True, first=0, most=9)
    assert (held.number, held.words, held.about_unit_id, held.whose.startswith(SENT), total) == (
        number,
        "",
        None,
        True,
        1,
    )
    assert "封好的信" in fresh.client("person").get("/my/complaints/").content.decode()
    with fresh.acting("county"), pytest.raises(PersonUnknown):
        complaints.take_envelope(other, event_id=uuid.uuid4(), at=MOMENT)


def test_whose_file_is_sealed_still_complains_past_every_office(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE people_person SET sealed_at = now(), division = people_sealed_division(division) WHERE id = %s",
            (person,),
        )
    own = fresh.client("person")
    text, mark = form(own, "/my/complaints/")
    about = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>桐岭监狱', text).group(1)
    assert own.post("/my/complaints/send/", {"mark": mark, "about": about, "words": WORDS}).status_code == 302
    with fresh.acting("procurator"), transaction.atomic():
        ((held,), total) = complaints.listed(is_open=True, first=0, most=9)
    assert (held.words, held.whose.startswith(SENT), total) == (WORDS, True, 1)
    assert {login: counted(fresh, login) for login in OFFICES} == dict.fromkeys(OFFICES, 0)
