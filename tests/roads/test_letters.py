"""Letters: what goes out with a step, what its addressee sees and answers, and that they see nothing else."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, transaction

from guitu.access import person_codes, queries, signing_in
from guitu.access.acting import acting
from guitu.access.addressees import companions_of
from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.exchange import letters as exchange
from guitu.exchange.letters import Box, LetterUnknown
from guitu.exchange.models import Letter, Reply
from guitu.handover import letter_answers, letters, steps
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.people.models import Fact, Person
from guitu.rulebook.letters import letter_kinds
from tests.factories.units import CIVIL_AFFAIRS, COUNTY, COURT, OTHER_STATION, PRISON, SIBLING_POLICE, STATION
from tests.roads.test_every_kind_of_release import after, before, home, received
from tests.roads.walking import AT, Walk, ticking

LATER = AT + timedelta(hours=2)


def written(walk, login, kind, *to, at=LATER, event=None, **by_hand):
    """Send a letter and return its view as the sender sees it."""
    with walk.house.acting(login):
        letters.send_letters(
            walk.person, kind, to=[unit_id(code) for code in to], by_hand=by_hand, event_id=event or uuid.uuid4(), at=at
        )
        with transaction.atomic():
            return exchange.letters_of(walk.person, most=9)


def box(house, login, state="", at=LATER):
    """The letters to this post's unit."""
    with house.acting(login), transaction.atomic():
        return exchange.letters_listed(Box("in", state), now=at, first=0, most=9)[0]


def notices_to(house, unit, code):
    with house.role("guitu_owner") as door:
        sql = "SELECT count(*) FROM notices_notice WHERE unit_id = %s AND code = %s"
        return door.execute(sql, (unit_id(unit), code)).fetchone()[0]


def answered(walk, login, letter, answer, *, day=None, words="", event=None, at=LATER):
    with walk.house.acting(login):
        letter_answers.answer_letter(
            walk.person, letter.id, answer=answer, day=day, words=words, event_id=event or uuid.uuid4(), at=at
        )


def test_the_notice_to_the_police_goes_out_and_answers_its_step_in_one_act(house) -> None:
    walk = Walk(house)
    event = uuid.uuid4()
    (sent,) = written(walk, "prison", "police_notice", STATION, event=event)
    assert (walk.step("police_notice").answer.outcome, walk.step("police_notice").answer.note) == (
        "notified",
        sent.number,
    )
    assert [one.id for one in written(walk, "prison", "police_notice", STATION, event=event)] == [sent.id]
    assert notices_to(house, STATION, "LETTER_ARRIVED") == 1
    # RH-LETTER: five working days from Monday, 2 March.
    assert sent.due_at == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    with house.acting("station"), transaction.atomic():
        says = exchange.content(sent.id)
    kind = letter_kinds()["police_notice"]
    assert set(says) <= {*kind.items, *kind.facts}
    assert says["name"] == "陈柏舟"
    assert not {"offence", "sentence", "health_needs", "psych_summary"} & set(says)


def test_the_seal_holds_whatever_the_zone_of_the_moment(house) -> None:
    walk = Walk(house)
    here = timezone(timedelta(hours=8))
    (sent,) = written(walk, "prison", "police_notice", STATION, at=LATER.astimezone(here))
    answered(walk, "station", sent, "noted", at=LATER.astimezone(here))
    with house.acting("station"), transaction.atomic():
        assert exchange.content(sent.id)["name"] == "陈柏舟"
        assert all(one.holds for one in exchange.letters_of(walk.person, most=1)[0].replies)


def test_the_addressee_sees_the_letter_and_neither_the_person_nor_the_file(house) -> None:
    walk = Walk(house)
    (sent,) = written(walk, "prison", "police_notice", STATION)
    with house.acting("station"), transaction.atomic(durable=True):
        assert [one.id for one in Letter.objects.all()] == [sent.id]
        assert Person.objects.count() == Fact.objects.count() == 0
        assert ask("person:open", [walk.person]) == "DENIED"
        assert ask("letter:read", [walk.person]) == "ALLOWED"
        assert ask("letter:read", [uuid.uuid4()]) == "UNKNOWN"


@pytest.mark.parametrize("login", ["other-station", "police", "sibling-police", "civil-affairs", "court", "sibling"])
def test_another_station_the_parent_a_sibling_and_a_department_see_no_row(house, login: str) -> None:
    walk = Walk(house)
    (sent,) = written(walk, "prison", "police_notice", STATION)
    answered(walk, "station", sent, "noted")
    with house.acting(login), transaction.atomic(durable=True):
        assert (Letter.objects.count(), Reply.objects.count()) == (0, 0)
        assert ask("letter:read", [walk.person]) in {"UNKNOWN", "DENIED"}
    with house.acting(login), pytest.raises((NotAllowed, PersonUnknown, LetterUnknown)):
        letter_answers.receive_letter(walk.person, sent.id, event_id=uuid.uuid4(), at=LATER)


def test_control_without_the_policy_every_station_would_see_the_letter(house) -> None:
    walk = Walk(house)
    written(walk, "prison", "police_notice", STATION)
    with house.role("guitu_owner") as door:
        door.execute("DROP POLICY reach ON exchange_letter")
        door.execute("CREATE POLICY reach ON exchange_letter AS PERMISSIVE FOR ALL TO guitu_app USING (true)")
    with house.acting("other-station"), transaction.atomic():
        assert Letter.objects.count() == 1


def planted_letter(walk, division, journey):
    own = unit_id(OTHER_STATION)
    return Letter(
        person_id=walk.person,
        division=division,
        journey_id=journey,
        kind="police_notice",
        number="L1",
        sender_id=own,
        sent_by=uuid.uuid4(),
        receiver_id=own,
        addressee=own,
        body=b"",
        digest=b"",
        seal=b"",
        closes="answer",
        sent_at=AT,
        due_at=AT,
        due_rule="RH-LETTER",
    )


def test_an_addressee_cannot_write_a_letter_nor_change_one_nor_reply_for_another(house) -> None:
    walk = Walk(house)
    (sent,) = written(walk, "prison", "police_notice", STATION)
    with house.role("guitu_owner") as door:
        division, journey = door.execute("SELECT division, journey_id FROM exchange_letter").fetchone()
    planted = Reply(
        person_id=walk.person,
        division=division,
        letter_id=sent.id,
        addressee=unit_id(OTHER_STATION),
        number="H1",
        outcome="RECEIVED",
        post_id=uuid.uuid4(),
        at=AT,
        signature=b"",
    )
    for row, guard in (
        (planted_letter(walk, division, journey), "row-level security"),
        (planted, "exchange_reply_to_letter"),
    ):
        with house.acting("other-station"), pytest.raises(DatabaseError, match=guard), transaction.atomic():
            row.save(force_insert=True)
    for login in ("station", "prison"):
        with house.acting(login), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Letter.objects.update(kind="lodging")


def test_the_station_acknowledges_and_answers_and_the_sender_sees_it_for_ever(house) -> None:
    walk = Walk(house)
    (sent,) = written(walk, "prison", "police_notice", STATION)
    event = uuid.uuid4()
    for _again in range(2):
        with house.acting("station"):
            letter_answers.receive_letter(walk.person, sent.id, event_id=event, at=LATER)
    with pytest.raises(letter_answers.AnswerIncomplete):
        answered(walk, "station", sent, "registered")
    answered(walk, "station", sent, "registered", day=date(2026, 6, 16), event=event)
    answered(walk, "station", sent, "registered", day=date(2026, 6, 16), event=event)
    with house.acting("prison"), transaction.atomic():
        (seen,) = exchange.letters_of(walk.person, most=9)
    assert [(one.outcome, one.answer, one.day, one.holds) for one in seen.replies] == [
        ("RECEIVED", "", None, True),
        ("ANSWERED", "registered", date(2026, 6, 16), True),
    ]
    assert notices_to(house, PRISON, "LETTER_RECEIVED") == notices_to(house, PRISON, "LETTER_ANSWERED") == 1
    with pytest.raises(StepNotOpen):
        answered(walk, "station", sent, "noted")


def test_a_misdirected_letter_goes_back_with_a_reason(house) -> None:
    walk = Walk(house)
    (sent,) = written(walk, "prison", "police_notice", STATION)
    with house.acting("station"):
        with pytest.raises(letter_answers.AnswerIncomplete):
            letter_answers.return_letter(walk.person, sent.id, reason=" ", event_id=uuid.uuid4(), at=LATER)
        letter_answers.return_letter(walk.person, sent.id, reason="户籍在柳坞镇", event_id=uuid.uuid4(), at=LATER)
    with house.acting("prison"), transaction.atomic():
        (seen,) = exchange.letters_of(walk.person, most=9)
    assert (seen.end.outcome, seen.end.words) == ("RETURNED", "户籍在柳坞镇")
    assert notices_to(house, PRISON, "LETTER_RETURNED") == 1


def test_the_nearest_units_are_proposed_and_only_one_where_somebody_reads_is_taken(house) -> None:
    walk = Walk(house)
    with house.acting("prison"), transaction.atomic():
        proposed = letters.proposed(walk.person, letter_kinds()["police_notice"], at=LATER)
    assert [one.unit.code for one in proposed][:2] == [STATION, OTHER_STATION]
    assert SIBLING_POLICE not in {one.unit.code for one in proposed}
    for to in ([SIBLING_POLICE], []):
        with pytest.raises(letters.LetterIncomplete):
            written(walk, "prison", "police_notice", *to)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET to_at = from_at + interval '1 day' WHERE role = 'POLICE_STATION'")
    with pytest.raises(letters.LetterIncomplete):
        written(walk, "prison", "police_notice", STATION)
    # Where nobody reads, the step is still answered on paper.
    walk.answer("prison", "police_notice", "notified", LATER)
    assert walk.step("police_notice").standing == "done"


def test_a_letter_of_another_side_or_of_a_step_not_open_is_refused(house) -> None:
    walk = Walk(house)
    for login, kind in (("prison", "household"), ("prison", "political_rights"), ("prison", "documents_received")):
        with pytest.raises(MoveNotAllowed):
            written(walk, login, kind, STATION)
    with pytest.raises(PersonUnknown):
        written(walk, "sibling", "police_notice", STATION)


def test_a_matter_is_passed_on_to_the_department_which_answers(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("county"):
        steps.request_step(walk.person, step="social_aid", event_id=uuid.uuid4(), at=after(2))
    (sent,) = written(walk, "county", "social_aid", CIVIL_AFFAIRS, at=after(2))
    assert walk.step("social_aid").answer.outcome == "passed_on"
    with pytest.raises(letter_answers.AnswerIncomplete):
        answered(walk, "civil-affairs", sent, "not_eligible", at=after(3))
    answered(walk, "civil-affairs", sent, "not_eligible", words="收入超过标准", at=after(3))
    with house.acting("county"), transaction.atomic():
        (seen,) = exchange.letters_of(walk.person, most=9)
    assert (seen.end.answer, seen.end.words) == ("not_eligible", "收入超过标准")


def test_the_receipt_for_the_documents_goes_to_the_deciding_organ_and_is_closed_by_its_receipt(house) -> None:
    walk = received(Walk(house, kind="假释"))
    (sent,) = written(walk, "county", "documents_received", COURT, at=before(5))
    with house.acting("court"):
        letter_answers.receive_letter(walk.person, sent.id, event_id=uuid.uuid4(), at=before(4))
    assert [one.end.outcome for one in box(house, "court", "closed", before(4))] == ["RECEIVED"]


def test_a_letter_past_its_day_climbs_once(house) -> None:
    walk = Walk(house)
    (sent,) = written(walk, "prison", "police_notice", STATION)
    for at, told in ((sent.due_at - timedelta(seconds=1), 0), (sent.due_at, 1), (sent.due_at, 0)):
        with ticking():
            assert letters.tell_late_letters(at=at, most=10) == told
    assert notices_to(house, PRISON, "LETTER_LATE") == notices_to(house, STATION, "LETTER_LATE") == 1
    assert notices_to(house, COUNTY, "LETTER_LATE") == 1
    assert [one.id for one in box(house, "station", "late", sent.due_at)] == [sent.id]


def guardian(walk, login="prison"):
    """A guardian recorded for the person: their post."""
    with walk.house.acting(login):
        with transaction.atomic():
            before = {one.post_id for one in companions_of(walk.person, at=LATER)}
        person_codes.record_mandate(
            walk.person,
            mandate_id=uuid.uuid4(),
            division=PRISON,
            name="陈望山",
            relation="51",
            scope="ATTEND",
            document="户口簿",
            from_at=AT,
            to_at=AT + timedelta(days=2000),
            at=AT,
        )
        with transaction.atomic():
            (made,) = {one.post_id for one in companions_of(walk.person, at=LATER)} - before
    return made


@contextmanager
def acting_as(house, post_id):
    """Act as this post of somebody who was asked to attend."""
    with house.role("guitu_owner") as door:
        (account,) = door.execute("SELECT account_id FROM access_post WHERE id = %s", (post_id,)).fetchone()
    session = queries.session_of(signing_in.mint(account, post_id, lasts=timedelta(hours=1)))
    with acting(session, "ATTEND"):
        yield


def asked(walk, post_id, **by_hand):
    """Ask somebody to be at the pick-up."""
    with walk.house.acting("prison"):
        letters.send_letters(
            walk.person, "attend_pick_up", to=[post_id], by_hand=by_hand, event_id=uuid.uuid4(), at=LATER
        )
        with transaction.atomic():
            return exchange.letters_of(walk.person, most=9)[0]


def test_a_guardian_sees_what_they_are_asked_and_no_person_and_no_file(house) -> None:
    walk = Walk(house)
    mine, other = guardian(walk), guardian(walk)
    with pytest.raises(letters.LetterIncomplete) as lacking:
        asked(walk, mine, when="6月15日9时")
    assert lacking.value.fields == ("where",)
    sent = asked(walk, mine, when="6月15日9时", where="桐岭监狱东门")
    with acting_as(house, mine), transaction.atomic(durable=True):
        assert [one.id for one in Letter.objects.all()] == [sent.id]
        assert Person.objects.count() == Fact.objects.count() == 0
        assert set(exchange.content(sent.id)) == {"name", "when", "where", "contact"}
        assert ask("my_road:read", [walk.person]) == ask("person:open", [walk.person]) == "DENIED"
    with acting_as(house, other), transaction.atomic(durable=True):
        assert Letter.objects.count() == 0
        assert ask("asked:read", [walk.person]) == "UNKNOWN"
    with acting_as(house, mine):
        letter_answers.answer_letter(
            walk.person,
            sent.id,
            permission="asked:answer",
            answer="cannot_come",
            day=None,
            words="在外地住院",
            event_id=uuid.uuid4(),
            at=LATER,
        )
    with house.acting("prison"), transaction.atomic():
        (seen,) = exchange.letters_of(walk.person, most=9)
    assert (seen.end.answer, seen.end.words) == ("cannot_come", "在外地住院")


def test_a_juveniles_guardian_is_told_before_the_release_by_a_letter(house) -> None:
    walk = Walk(house)
    with house.acting("prison"):
        steps.note_marks(walk.person, ["juvenile"], event_id=uuid.uuid4(), at=AT)
    post = guardian(walk)
    with house.acting("prison"):
        letters.send_letters(
            walk.person,
            "guardian_notice",
            to=[post],
            by_hand={"when": "6月15日9时", "where": "桐岭监狱东门"},
            event_id=uuid.uuid4(),
            at=LATER,
        )
    assert walk.step("guardian_notice").answer.outcome == "told"
    # RH-ASKED: whoever was asked owes no answer; after two working days the sender alone is told to telephone.
    with house.acting("prison"), transaction.atomic():
        (sent,) = exchange.letters_of(walk.person, most=9)
    with ticking():
        assert letters.tell_late_letters(at=sent.due_at, most=10) == 1
    with house.role("guitu_owner") as door:
        told = door.execute("SELECT unit_id FROM notices_notice WHERE code = 'LETTER_LATE'").fetchall()
    assert told == [(unit_id(PRISON),)]


def test_when_the_mandate_ends_the_page_closes(house) -> None:
    walk = Walk(house)
    post = guardian(walk)
    asked(walk, post, when="6月15日9时", where="桐岭监狱东门")
    with house.acting("prison"):
        with transaction.atomic():
            (held,) = person_codes.mandates_of(walk.person)
        person_codes.end_mandate(
            walk.person,
            held.id,
            division=PRISON,
            permission="mandate:record",
            event_id=uuid.uuid4(),
            at=datetime.now(UTC),
        )
    with pytest.raises(signing_in.SignInRefused), acting_as(house, post):
        pass
    with pytest.raises(letters.LetterIncomplete):
        asked(walk, post, when="6月15日9时", where="桐岭监狱东门")
