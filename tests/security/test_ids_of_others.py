"""An id belongs to its person: under the address of somebody else, both in sight, it opens and changes nothing."""

import uuid
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guitu.access import person_codes
from guitu.handover import window
from guitu.papers import operations as papers
from guitu.rights import asking
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import ACKNOWLEDGED, MOMENT, REGISTERED

PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
FORM = {
    "mark": str(uuid.UUID(int=77)),
    "sure": "yes",
    "outcome": "GRANTED",
    "ground": "",
    "words": "已经核对，按规定答复。",
}
FORM |= {"method": "IN_PERSON", "served_to": "SELF", "kind": "done", "answer": "已经办好。"}


def held(house, person):
    """What the county holds about a person, made by its own operations: the parts of addresses that name it."""
    rights, matter, mandate = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with house.acting("county"):
        attached = papers.attach(
            person, kind="judgment", source="法院", data=PAPER, file_name="a.pdf", event_id=uuid.uuid4(), at=MOMENT
        )
        asking.ask_for(
            person,
            kind="CORRECTION",
            words="住址写错了",
            contested=None,
            sheet=PAPER,
            file_name="s.pdf",
            event_id=rights,
            at=MOMENT,
        )
        (request,) = window.take(
            person, matters=["9"], channel="COUNTER", words="想问医保怎么续", event_id=matter, at=MOMENT
        )
        person_codes.record_mandate(
            person,
            mandate_id=mandate,
            division="910121000000",
            name="白知夏",
            relation="other",
            scope="SPEAK",
            document="授权委托书",
            from_at=MOMENT,
            to_at=MOMENT + timedelta(days=30),
            at=MOMENT,
        )
    with house.role("guitu_owner") as door:
        paper = door.execute("SELECT id FROM papers_document WHERE person_id = %s ORDER BY id", (person,)).fetchone()[0]
    return {
        "paper": {"document_id": paper},
        "paper-serve": {"document_id": paper},
        "paper-complete": {"document_id": paper},
        "attachment": {"attachment_id": attached},
        "mandate-end": {"mandate_id": mandate},
        "statement-answer": {"statement_id": rights},
        "rights-request": {"request_id": rights},
        "rights-decide": {"request_id": rights},
        "rights-again": {"request_id": rights},
        "rights-print": {"request_id": rights},
        "rights-handed": {"request_id": rights},
        "window-request": {"request_id": request},
        "window-first-answer": {"request_id": request},
        "window-answer": {"request_id": request},
    }


SHOWN = {"paper", "attachment", "rights-request", "window-request"}
TABLES = ("papers_document", "papers_service", "papers_attachment", "access_mandate", "people_statement")
TABLES += ("rights_request", "rights_copy", "handover_request", "access_errand", "notices_notice")


def sheet():
    return {"sheet": SimpleUploadedFile("s.pdf", PAPER), "file": SimpleUploadedFile("f.pdf", PAPER)}


def rows(house):
    with house.role("guitu_owner") as door:
        return {
            table: door.execute(
                f"SELECT coalesce(string_agg(t::text, '|' ORDER BY t.id), '') FROM {table} t"
            ).fetchone()
            for table in TABLES
        }


def test_an_id_of_one_person_opens_and_changes_nothing_under_the_address_of_another(fresh):  # noqa: F811
    one, other = fresh.persons[REGISTERED], fresh.persons[ACKNOWLEDGED]
    things = held(fresh, other)
    browser, before, answered = fresh.client("county"), rows(fresh), {}
    for name, ids in things.items():
        address = reverse(name, kwargs={"person_id": one} | ids)
        form = FORM | sheet() | ({"outcome": "settled"} if name == "window-answer" else {})
        answer = browser.get(address) if name in SHOWN else browser.post(address, form)
        answered[name] = answer.status_code
        assert b"%PDF" not in answer.content, name
    assert set(answered.values()) <= {404, 409}, answered
    assert rows(fresh) == before
    for name in sorted(SHOWN):  # control: under their own address the same ids open
        opened = browser.get(reverse(name, kwargs={"person_id": other} | things[name]))
        assert opened.status_code == 200, name
    ended = browser.post(reverse("mandate-end", kwargs={"person_id": other} | things["mandate-end"]), FORM)
    assert ended.status_code == 302
    assert rows(fresh)["access_mandate"] != before["access_mandate"]
