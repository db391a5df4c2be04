"""Files received are kept encrypted, by those who may, and refused with the reason otherwise."""

import uuid
from itertools import chain

import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.papers import operations as papers
from guitu.papers import policy, queries, reading
from guitu.rulebook.book import load_national
from guitu.rulebook.papers import shown_by_files
from guitu.rulebook.rights import rights_rules
from tests.papers.conftest import AT

PDF = b"%PDF-1.4\n" + "判决书的内容".encode()


def attach(house, person_id, *, login="prison", data=PDF, name="判决书.pdf", kind="judgment", event=None):
    with house.acting(login):
        return papers.attach(
            person_id,
            kind=kind,
            source="望江省第一中级人民法院",
            data=data,
            file_name=name,
            event_id=event or uuid.uuid4(),
            at=AT,
        )


def held(house, person_id, login="prison"):
    with house.acting(login), transaction.atomic():
        return queries.attachments_of(person_id)


def test_a_file_is_kept_encrypted_and_read_back(house, person):
    made = attach(house, person, name="C:\\扫描\\判决书.pdf")
    (view,) = held(house, person)
    assert (view.id, view.kind, view.mime, view.size, view.file_name) == (
        made, "judgment", "application/pdf", len(PDF), "判决书.pdf",
    )  # fmt: skip
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("paper:read", [person], seen=reading.items_in_file(made))
        assert queries.attachment_bytes(made)[0] == PDF
    with house.role("guitu_owner") as door:
        sealed = bytes(door.execute("SELECT body FROM papers_attachment").fetchone()[0])
    assert "判决书的内容".encode() not in sealed


def test_the_same_event_is_taken_in_once(house, person):
    event = uuid.uuid4()
    assert attach(house, person, event=event) == attach(house, person, event=event)
    assert len(held(house, person)) == 1


def test_a_file_that_is_not_allowed_is_refused_and_nothing_is_kept(house, person):
    with pytest.raises(policy.AttachmentRefused):
        attach(house, person, data=b"MZ\x90", name="判决书.pdf")
    with pytest.raises(KeyError):
        attach(house, person, kind="love_letter")
    assert held(house, person) == []


def test_who_may_not_keep_files_is_turned_away(house, person):
    with pytest.raises(NotAllowed):
        attach(house, person, login="province")
    with pytest.raises(PersonUnknown):
        attach(house, person, login="sibling")


def test_a_received_file_counts_as_showing_whatever_a_document_of_ours_of_its_kind_names():
    shown, codes = shown_by_files(), load_national().codes["document_type"].codes
    assert set(shown.kinds) <= {one.code for one in codes}
    assert {*shown.otherwise, *chain(*shown.kinds.values())} <= set(load_national().items)
    assert rights_rules().investigation_papers | rights_rules().secret_papers <= {one.code for one in codes}
    assert reading.items_filed("judgment") == ("id_doc", "name", "offence")
    assert {"id_doc", "name", "offence", "birth_date", "custody_conduct", "psych_summary"} <= set(
        reading.items_filed("prerelease_report")
    )
    assert reading.items_filed("aftercare_agreement") == ("birth_date", "contacts", "living_needs", "name", "residence")
    assert reading.items_filed("signed_statement") == ("name",)


def test_a_unit_that_does_not_see_the_person_sees_no_file(house, person):
    made = attach(house, person)
    assert held(house, person, "county") == []
    with house.acting("county"), transaction.atomic(), pytest.raises(papers.DocumentUnknown):
        queries.attachment_bytes(made)
