"""The documents that go with sending, acknowledging and refusing: with the step itself, or not at all."""

import io
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from pypdf import PdfReader

from guitu.exchange import queries as parcels
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.papers import operations as papers
from guitu.papers import queries
from tests.papers.conftest import AT, look

DAY = timedelta(days=1)


def held(house, person_id, login="county"):
    with house.acting(login), transaction.atomic():
        return queries.documents_of(person_id)


def text(house, document_id, login="county") -> str:
    with house.acting(login), transaction.atomic(durable=True):
        look(document_id)
        data = queries.document_bytes(document_id)
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).replace("\n", "")


def send(house, person_id, *, at=AT, mark=None):
    sending = mark or uuid.uuid4()
    with house.acting("prison"):
        handover.send_dossier(person_id, sending=sending, at=at)
    return sending


def test_sending_issues_the_release_notice_and_the_dossier(house, person):
    send(house, person)
    found = {one.kind: one for one in held(house, person)}
    assert {kind: one.number for kind, one in found.items()} == {
        "release_notice": "〔2026〕桐监释通字第0001号",
        "dossier": "〔2026〕桐监衔档字第0001号",
    }
    notice = text(house, found["release_notice"].id)
    for word in (
        "陈柏舟",
        "青榆县司法局",
        "2026年12月14日",
        "刑期届满",
        "盗窃罪",
        "青榆县雁回镇1号",
        "0000-5550100",
        "侯知白",
    ):
        assert word in notice, word
    dossier = text(house, found["dossier"].id)
    for word in ("证件类型和号码", "1985年3月12日", "户籍地", "释放日"):
        assert word in dossier, word


def test_the_ledger_names_the_documents_of_the_step(house, person):
    send(house, person)
    with house.acting("prison"), transaction.atomic():
        line = next(one for one in ledger.of_person(person) if one.act == "handover:dossier:sent")
    assert line.facts["documents"] == ["〔2026〕桐监衔档字第0001号", "〔2026〕桐监释通字第0001号"]


def test_parole_sends_no_release_notice(house, take_in):
    person = take_in("陈柏舟", kind="假释")["陈柏舟"]
    send(house, person)
    assert [one.kind for one in held(house, person)] == ["dossier"]


def test_sending_twice_with_one_mark_issues_once(house, person):
    mark = send(house, person)
    send(house, person, mark=mark, at=AT + timedelta(minutes=1))
    assert len(held(house, person)) == 2


def test_a_receipt_names_what_was_received_when_and_by_whom(house, person):
    parcel = send(house, person)
    with house.acting("county"):
        number = handover.acknowledge_dossier(person, parcel_id=parcel, at=AT + DAY)
    receipt = next(one for one in held(house, person, "prison") if one.kind == "aftercare_receipt")
    assert receipt.number == "〔2026〕青司衔回字第0001号"
    shown = text(house, receipt.id, "prison")
    for word in ("桐岭监狱", "陈柏舟", number, "2026年11月2日10时30分", "2026年11月3日10时30分", "林知遥"):
        assert word in shown, word


def test_a_refusal_says_ground_and_what_to_do_and_the_next_sending_supersedes(house, person):
    parcel = send(house, person)
    with house.acting("county"):
        handover.refuse_dossier(
            person, parcel_id=parcel, ground="DOCUMENTS_MISSING", remark="缺判决书复印件", at=AT + DAY
        )
    letter = next(one for one in held(house, person) if one.kind == "aftercare_refusal")
    shown = text(house, letter.id)
    assert "文书不全" in shown
    assert "缺判决书复印件" in shown
    send(house, person, at=AT + DAY + DAY)
    assert {(one.number, one.superseded) for one in held(house, person) if one.kind == "release_notice"} == {
        ("〔2026〕桐监释通字第0001号", True),
        ("〔2026〕桐监释通字第0002号", False),
    }


@pytest.mark.parametrize("place", [0, 1])
def test_when_a_document_fails_nothing_was_sent_and_no_number_is_lost(house, person, monkeypatch, place):
    real, calls = papers.issue, []

    def failing(*args, **kwargs):
        calls.append(args)
        made = real(*args, **kwargs)
        if len(calls) == place + 1:
            raise OSError("no space left on device")
        return made

    monkeypatch.setattr(papers, "issue", failing)
    with house.acting("prison"), pytest.raises(OSError, match="no space"):
        handover.send_dossier(person, sending=uuid.uuid4(), at=AT)
    monkeypatch.undo()
    with house.acting("prison"), transaction.atomic():
        road = roads.road_of(person)
        assert road.task.state == "expected"
        assert parcels.parcels_of(road.task.journey_id) == []
        assert queries.documents_of(person) == []
    send(house, person)
    assert {one.number[-5:] for one in held(house, person)} == {"0001号"}


def test_a_name_that_no_font_has_is_sent_in_time(house, person, monkeypatch):
    from guitu.papers import glyphs

    without = glyphs.held() - {ord("柏")}
    monkeypatch.setattr(glyphs, "held", lambda: without)
    send(house, person)
    found = held(house, person)
    assert {one.by_hand for one in found} == {("柏",)}
    with house.acting("prison"), transaction.atomic():
        assert queries.waiting_for_a_hand() == 2
