"""What the addressee does with a letter: acknowledge, answer, send back as misdirected. The sender is told."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.access.tree import desk
from guitu.exchange import letters as exchange
from guitu.exchange.letters import LetterClosed, LetterUnknown, LetterView
from guitu.handover.window import province_of
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import clock
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import tell
from guitu.rulebook.letters import letter_kinds


class AnswerIncomplete(ValueError):
    """An answer is one of those its letter offers, with the day or the reason it needs: `field` is missing."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def receive_letter(person_id: uuid.UUID, letter_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Acknowledge a letter with a signed receipt. Raises NotAllowed, PersonUnknown, LetterUnknown, StepNotOpen."""
    access.require("letter:answer", [person_id])
    with transaction.atomic():
        if not is_recorded("handover:letter:received", event_id):
            before, number = _replied(person_id, letter_id, "RECEIVED", at=at)
            _told(before, "handover:letter:received", "LETTER_RECEIVED", number, event_id=event_id, at=at)


def answer_letter(
    person_id: uuid.UUID,
    letter_id: uuid.UUID,
    *,
    permission: str = "letter:answer",
    answer: str,
    day: date | None,
    words: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Answer a letter in one of the ways it offers; acknowledges it too where nobody has yet.

    An answer that is no result yet (under way) is given once and leaves the letter open: the result is owed by the rule
    of that answer, counted from now. Every other answer is for good.
    `permission` is ``asked:answer`` for whoever was asked to attend. Raises NotAllowed, PersonUnknown, LetterUnknown,
    AnswerIncomplete, StepNotOpen.
    """
    access.require(permission, [person_id])
    with transaction.atomic():
        if is_recorded("handover:letter:answered", event_id):
            return
        found = _addressed(person_id, letter_id)
        kind = letter_kinds()[found.kind]
        chosen = kind.answer(answer)
        if chosen is None:
            raise AnswerIncomplete("answer")
        if chosen.needs == "day" and day is None:
            raise AnswerIncomplete("day")
        if chosen.needs == "reason" and not words.strip():
            raise AnswerIncomplete("words")
        if found.received is None and found.end is None:
            _replied(person_id, letter_id, "RECEIVED", at=at)
        kept, said = day if chosen.needs == "day" else None, words.strip()
        if chosen.result_by:
            owed = _result_due(found, chosen.result_by, at=at)
            _, number = _replied(person_id, letter_id, exchange.UNDER_WAY, answer=answer, words=said, owed=owed, at=at)
        else:
            _, number = _replied(person_id, letter_id, "ANSWERED", answer=answer, day=kept, words=said, at=at)
        notice = "LETTER_UNDER_WAY" if chosen.result_by else "LETTER_ANSWERED"
        _told(found, "handover:letter:answered", notice, number, event_id=event_id, at=at, answer=answer)


def _result_due(letter: LetterView, rule: str, *, at: datetime) -> tuple[datetime, str]:
    """By when the result is owed that was said to be under way at `at` (exclusive moment), and by which rule."""
    province = province_of(units.unit(letter.receiver_id))
    return clock(active_book(), rule, at, province=province).due_at, rule


def return_letter(
    person_id: uuid.UUID, letter_id: uuid.UUID, *, reason: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Send a letter back as misdirected, with the reason. Raises as `answer_letter`."""
    access.require("letter:answer", [person_id])
    if not reason.strip():
        raise AnswerIncomplete("words")
    with transaction.atomic():
        if is_recorded("handover:letter:returned", event_id):
            return
        before, number = _replied(person_id, letter_id, "RETURNED", words=reason.strip(), at=at)
        _told(before, "handover:letter:returned", "LETTER_RETURNED", number, event_id=event_id, at=at)


def _addressed(person_id: uuid.UUID, letter_id: uuid.UUID) -> LetterView:
    session = actor().session
    found = exchange.letter(letter_id, person_id=person_id)
    if found is None or found.addressee not in {session.unit_id, session.post_id}:
        raise LetterUnknown
    return found


def _replied(
    person_id: uuid.UUID,
    letter_id: uuid.UUID,
    outcome: str,
    *,
    answer: str = "",
    day: date | None = None,
    words: str = "",
    owed: tuple[datetime, str] | None = None,
    at: datetime,
) -> tuple[LetterView, str]:
    _addressed(person_id, letter_id)
    try:
        return exchange.reply(letter_id, outcome, answer=answer, day=day, words=words, result_due=owed, at=at)
    except LetterClosed as closed:
        raise StepNotOpen(
            "这封函已经签收、答复或者退回过了", "This letter was acknowledged, answered or returned"
        ) from closed


def _told(
    letter: LetterView, act: str, notice: str, number: str, *, event_id: uuid.UUID, at: datetime, answer: str = ""
) -> None:
    """Record what was done and tell the sender, by number: the addressee does not see the person."""
    record(
        act,
        subjects=[letter.person_id],
        division=letter.division,
        at=at,
        event_id=event_id,
        other_unit_id=letter.sender_id,
        number=number,
        answer=answer,
    )
    facts = {"unit": str(letter.receiver_id), "number": letter.number}
    tell(desk(letter.sender_id), notice, facts, at, subject_id=letter.id)
