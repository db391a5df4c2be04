"""A help agreement drafted by the county stands on My road: the person accepts it, says no, or asks for a change."""

import io
import re
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from guitu.access import signing_in
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.queries import of_person
from guitu.papers.policy import chinese_day
from guitu.papers.queries import document_bytes, documents_of
from guitu.people.facts import NewFact, write_facts
from guitu.people.queries import division_of
from guitu.support import operations, proposals
from guitu.support import queries as support
from guitu.support.agreement_papers import issue_agreement
from guitu.support.policy import RecordIncomplete
from guitu.web.gate import token_cookie
from tests.factories.recording import say
from tests.papers.conftest import look
from tests.roads.test_every_kind_of_release import after, before, home, received
from tests.roads.test_the_persons_own_word import SHEET, as_person, come_in, heard
from tests.roads.walking import Walk


def propose(walk, at, login="county", wishes="帮您办身份证，每月见一面"):
    with walk.house.acting(login):
        proposals.propose_help(walk.person, wishes=wishes, contacts="陈望山（父）\n姑姑", event_id=uuid.uuid4(), at=at)
    return latest(walk)


def latest(walk, login="county"):
    with walk.house.acting(login), transaction.atomic():
        return proposals.latest_proposal(roads.road_of(walk.person).task.journey_id)


def answer(walk, proposal, how, at, *, role="PERSON", words="", event=None):
    come_in(walk, role)
    with as_person(walk, role):
        proposals.answer_proposal(
            walk.person, proposal.id, answer=how, words=words, event_id=event or uuid.uuid4(), at=at
        )


@pytest.mark.parametrize("role", ["PERSON", "REPRESENTATIVE"])
def test_an_accepted_draft_is_the_agreement_in_the_persons_name(house, role) -> None:
    walk = home(received(Walk(house)))
    draft = propose(walk, after(2))
    assert walk.state() == "registered"  # A draft alone moves nothing.
    event = uuid.uuid4()
    for _ in range(2):
        answer(walk, draft, "ACCEPTED", after(3), role=role, event=event)
    assert walk.state() == "in_help"
    assert "follow_up" in walk.open_steps()
    with house.acting("county"), transaction.atomic():
        (made,) = support.agreements_of(roads.road_of(walk.person).task.journey_id)
        (line,) = [one for one in of_person(walk.person) if one.act == "handover:agreement:signed"]
    assert (made.wishes, made.contacts) == ("帮您办身份证，每月见一面", "陈望山（父）\n姑姑")
    assert (made.agreed_on, made.spoken_by) == (after(3).date(), {"PERSON": "SELF"}.get(role, role))
    assert line.facts["spoken_by"] == made.spoken_by
    assert heard(house, "county", "HELP_AGREED") == [walk.person]


def test_a_no_needs_no_reason_and_leaves_the_door_open(house) -> None:
    walk = home(received(Walk(house)))
    answer(walk, propose(walk, after(2)), "DECLINED", after(3))
    assert walk.state() == "help_declined"
    assert walk.road().task.due_at is None
    assert heard(house, "county", "HELP_DECLINED") == [walk.person]
    # Proposed again at the person's wish, and accepted.
    answer(walk, propose(walk, after(20)), "ACCEPTED", after(21))
    assert walk.state() == "in_help"


def test_a_change_is_asked_for_in_words_and_only_the_draft_that_waits_is_answered(house) -> None:
    walk = home(received(Walk(house)))
    first = propose(walk, after(2))
    with pytest.raises(RecordIncomplete) as lacking:
        answer(walk, first, "CHANGE_ASKED", after(3), words=" ")
    assert lacking.value.fields == ("words",)
    answer(walk, first, "CHANGE_ASKED", after(3), words="两个月见一面")
    assert (latest(walk).state, latest(walk).change, walk.state()) == ("CHANGE_ASKED", "两个月见一面", "registered")
    second = propose(walk, after(4), wishes="两个月见一面")
    third = propose(walk, after(5), wishes="两个月见一面，不联系姑姑")
    for gone in (first, second):
        with pytest.raises(proposals.ProposalUnknown):
            answer(walk, gone, "ACCEPTED", after(6))
    answer(walk, third, "ACCEPTED", after(6))
    with house.acting("county"), transaction.atomic():
        (made,) = support.agreements_of(roads.road_of(walk.person).task.journey_id)
    assert made.wishes == "两个月见一面，不联系姑姑"


def test_an_officer_records_the_answer_only_with_the_sheet_and_nobody_else_answers(house) -> None:
    walk = home(received(Walk(house)))
    draft = propose(walk, after(2))
    with house.acting("county"), pytest.raises(NotAllowed):
        proposals.answer_proposal(
            walk.person, draft.id, answer="ACCEPTED", words="", event_id=uuid.uuid4(), at=after(3)
        )
    said = {"answer": "ACCEPTED", "words": "", "sheet": SHEET, "file_name": "签字.pdf", "at": after(3)}
    with house.acting("sibling"), pytest.raises(PersonUnknown):
        proposals.answer_proposal_for(walk.person, draft.id, event_id=uuid.uuid4(), **said)
    with house.acting("county"):
        proposals.answer_proposal_for(walk.person, draft.id, event_id=uuid.uuid4(), **said)
    assert (walk.state(), latest(walk).spoken_by) == ("in_help", "OFFICER")


def test_nothing_is_proposed_before_the_registration_or_by_the_prison(house) -> None:
    walk = received(Walk(house))
    with pytest.raises(MoveNotAllowed):
        propose(walk, before(5))
    walk = home(walk)
    with pytest.raises((NotAllowed, MoveNotAllowed)):
        propose(walk, after(2), login="prison")


def test_the_draft_stands_on_my_road_and_one_press_answers_it(house) -> None:
    walk = home(received(Walk(house)))
    propose(walk, after(2))
    come_in(walk, "PERSON")
    with house.role("guitu_owner") as door:
        sql = "SELECT account_id, id FROM access_post WHERE role = 'PERSON' ORDER BY from_at DESC LIMIT 1"
        account, post = door.execute(sql).fetchone()
    person, county = Client(), Client()
    person.cookies[token_cookie()] = signing_in.mint(account, post, lasts=timedelta(hours=8))
    county.cookies[token_cookie()] = house.token("county")
    page = person.get("/my/").content.decode()
    assert "帮您办身份证，每月见一面" in page
    assert "不要，不用说理由，没有任何不利影响" in page
    address = re.search(r"/my/agreement/[0-9a-f-]{36}/answer/", page).group(0)
    file = county.get(f"/persons/{walk.person}/").content.decode()
    assert "代记本人对草案的答复" in file
    form = {"mark": str(uuid.uuid4()), "answer": "CHANGE_ASKED", "words": ""}
    assert person.post(address, form).status_code == 422
    assert person.post(address, {**form, "answer": "DECLINED"}).status_code == 302
    assert person.post(address, {**form, "mark": str(uuid.uuid4()), "answer": "ACCEPTED"}).status_code == 409
    assert walk.state() == "help_declined"
    assert "同意这份协议" not in person.get("/my/").content.decode()


def test_the_agreement_becomes_a_numbered_document_of_the_side_that_helps_and_of_nobody_else(house) -> None:
    walk = home(received(Walk(house)))
    county = Client()
    county.cookies[token_cookie()] = house.token("county")
    file, papers = f"/persons/{walk.person}/", f"/persons/{walk.person}/papers/"
    form = {"kind": "aftercare_agreement", "mark": str(uuid.uuid4())}
    assert "制作帮教协议" not in county.get(file).content.decode()
    assert county.post(f"{papers}make/", form).status_code == 409  # Nothing is agreed on yet.
    answer(walk, propose(walk, after(2)), "ACCEPTED", after(3))
    with house.acting("prison"), pytest.raises(MoveNotAllowed):
        issue_agreement(walk.person, event_id=uuid.uuid4(), at=after(4))
    with house.acting("county"), transaction.atomic():
        of = division_of(walk.person)
        write_facts([NewFact(walk.person, of, "residence", "望舒路8号2单元", "本人")], at=after(3))
        say(walk.person, at=after(3))
    assert "制作帮教协议" in county.get(file).content.decode()
    for _ in range(2):  # The second press is the same one.
        assert county.post(f"{papers}make/", form)["Location"] == papers
    assert "制作帮教协议" not in county.get(papers).content.decode()
    with house.acting("county"), transaction.atomic(durable=True):
        (made,) = [one for one in documents_of(walk.person) if one.kind == "aftercare_agreement"]
        (line,) = [one for one in of_person(walk.person) if one.act == "support:agreement:issued"]
        look(made.id)
        pages = PdfReader(io.BytesIO(document_bytes(made.id))).pages
    text = "".join(one.extract_text() for one in pages).replace("\n", "")
    assert line.facts["documents"] == [made.number]
    assert "帮您办身份证，每月见一面" in text
    assert "陈望山（父）、姑姑" in text
    assert "在一、三、六、十二个月跟进，此后每年一次至帮教期满" in text  # the words of RH-FOLLOW
    assert made.number in text
    assert "居住地：望舒路8号2单元" in text
    with house.role("guitu_owner") as door:
        sql = "SELECT fields FROM access_trace WHERE action = 'person:reveal' AND subjects @> ARRAY[%s]"
        lines = [fields for (fields,) in door.execute(sql, [walk.person])]
    # What was opened for the paper left its line; what was refused, and the second press, opened nothing.
    assert lines == [["residence", "living_needs"]]
    with house.acting("county"), transaction.atomic():
        end = support.agreements_of(roads.road_of(walk.person).task.journey_id)[0].help_until
    assert chinese_day(end) in text
    with house.acting("county"):
        newer = issue_agreement(walk.person, event_id=uuid.uuid4(), at=after(5))
    with house.acting("county"), transaction.atomic():
        held = {one.number: one.superseded for one in documents_of(walk.person) if one.kind == "aftercare_agreement"}
    assert held == {made.number: True, newer: False}


def test_for_help_that_was_ended_no_agreement_is_offered_to_be_made(house) -> None:
    walk = home(received(Walk(house)))
    county = Client()
    county.cookies[token_cookie()] = house.token("county")
    answer(walk, propose(walk, after(2)), "ACCEPTED", after(3))
    assert "制作帮教协议" in county.get(f"/persons/{walk.person}/").content.decode()
    with house.acting("county"):
        operations.decline_help(walk.person, spoken_by="SELF", event_id=uuid.uuid4(), at=after(4))
    assert "制作帮教协议" not in county.get(f"/persons/{walk.person}/").content.decode()
