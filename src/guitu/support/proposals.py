"""帮教协议草案: what an officer proposes, and the person's own answer to it: yes, no without a reason, or a change.

Answered by the person, their representative, or by an officer for them with the signed sheet; it is stated which. A yes
makes the agreement in the person's name; a no ends the offer; nothing else follows from either.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.tree import desk
from guitu.handover.matters import begin, record_matter
from guitu.handover.policy import OWN_WORD_FOR
from guitu.handover.speaking import SHEET
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys
from guitu.notices.operations import Person, tell
from guitu.papers import operations as papers
from guitu.people import statements
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.clocks import legal_day
from guitu.support.models import HelpProposal
from guitu.support.operations import close_proposal, help_declined_by_own_word, write_agreement
from guitu.support.policy import (
    ACCEPTED,
    CHANGE_ASKED,
    DECLINED,
    PROPOSAL_ANSWERS,
    PROPOSED_IN,
    RecordIncomplete,
    faults_of_proposal_answer,
)


class ProposalUnknown(AttemptRefused, LookupError):
    """No such proposal of this person that waits for an answer: answered, replaced, or not theirs."""


@dataclass(frozen=True)
class ProposalView:
    """A proposal of an agreement, opened. Moments are aware (UTC). `state` is OPEN while it waits for the person."""

    id: uuid.UUID
    wishes: str
    contacts: str
    unit_id: uuid.UUID
    made_at: datetime
    state: str
    answered_at: datetime | None
    spoken_by: str
    change: str


def proposal_part(proposal_id: uuid.UUID, what: str) -> str:
    """What an encrypted part of a proposal is bound to."""
    return f"proposal:{proposal_id}:{what}"


def propose_help(person_id: uuid.UUID, *, wishes: str, contacts: str, event_id: uuid.UUID, at: datetime) -> None:
    """Draft an agreement and put it before the person, in place of an earlier draft that waits.

    For the side that receives, where help can be agreed. Raises RecordIncomplete, MoveNotAllowed and what every act
    raises.
    """
    access.require("support:record", [person_id])
    if not wishes.strip():
        raise RecordIncomplete("wishes")
    with transaction.atomic():
        journey = begin("handover:agreement:proposed", person_id, event_id)
        if journey is None:
            return
        if journey.state not in PROPOSED_IN or OWN_WORD_FOR.isdisjoint(journeys.positions(journey)):
            raise MoveNotAllowed("现在不能提出帮教协议", "No agreement of help can be proposed now")
        session = actor().session
        close_proposal(journey, at=at)
        HelpProposal.objects.create(
            id=event_id,
            person_id=person_id,
            division=journey.division,
            journey_id=journey.id,
            wishes=keys.encrypt(wishes.strip(), belongs_to=proposal_part(event_id, "wishes")),
            contacts=keys.encrypt(contacts.strip(), belongs_to=proposal_part(event_id, "contacts")),
            made_at=at,
            made_by=session.post_id,
            unit_id=session.unit_id,
        )
        tell(Person(person_id), "OWN_HELP_PROPOSED", {"unit": str(session.unit_id)}, at, subject_id=event_id)
        record_matter("handover:agreement:proposed", journey, event_id=event_id, at=at, other=journey.local_unit_id)


def answer_proposal(
    person_id: uuid.UUID, proposal_id: uuid.UUID, *, answer: str, words: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Answer the proposal as the person or their representative: ACCEPTED, DECLINED or CHANGE_ASKED (with words).

    The same `event_id` again changes nothing. Raises NotAllowed (also for a mandate that only looks), PersonUnknown,
    RecordIncomplete, ProposalUnknown, MoveNotAllowed.
    """
    access.require("my_road:speak", [person_id])
    _check(answer, words)
    with transaction.atomic():
        _answer(person_id, proposal_id, answer, words, sheet_id=None, event_id=event_id, at=at)


def answer_proposal_for(
    person_id: uuid.UUID,
    proposal_id: uuid.UUID,
    *,
    answer: str,
    words: str,
    sheet: bytes,
    file_name: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Record as an officer how the person answered, with the sheet they signed (PDF, JPEG or PNG).

    Raises as `answer_proposal`, and papers.policy.AttachmentRefused.
    """
    access.require("my_road:speak_for", [person_id])
    _check(answer, words)
    mark = uuid.uuid5(event_id, "guitu:sheet")
    sheet_id = papers.attach(
        person_id, kind=SHEET, source="本人签字", data=sheet, file_name=file_name, event_id=mark, at=at
    )
    with transaction.atomic():
        _answer(person_id, proposal_id, answer, words, sheet_id=sheet_id, event_id=event_id, at=at)


def _check(answer: str, words: str) -> None:
    wrong = faults_of_proposal_answer(answer=answer, words=words)
    if wrong:
        raise RecordIncomplete(*wrong)


def _answer(
    person_id: uuid.UUID,
    proposal_id: uuid.UUID,
    answer: str,
    words: str,
    *,
    sheet_id: uuid.UUID | None,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    journey = begin(PROPOSAL_ANSWERS[answer], person_id, event_id)
    if journey is None:
        return
    found = HelpProposal.objects.select_for_update(no_key=True).filter(id=proposal_id, state="OPEN").first()
    if found is None or found.journey_id != journey.id:
        raise ProposalUnknown
    spoken_by = statements.spoken_by()
    found.state, found.answered_at, found.spoken_by, found.sheet_id = answer, at, spoken_by, sheet_id
    if answer == CHANGE_ASKED:
        found.change = keys.encrypt(words.strip(), belongs_to=proposal_part(found.id, "change"))
    found.save(update_fields=["state", "answered_at", "spoken_by", "sheet_id", "change"])
    told = dict.fromkeys(one for one in (journey.receiving_unit_id, journey.local_unit_id) if one)
    if answer == DECLINED and help_declined_by_own_word(person_id, spoken_by=spoken_by, event_id=event_id, at=at):
        return
    if answer == ACCEPTED:
        _agree(journey, found, spoken_by, event_id=event_id, at=at)
    notice = {ACCEPTED: "HELP_AGREED", CHANGE_ASKED: "HELP_CHANGE_ASKED", DECLINED: "HELP_DECLINED"}[answer]
    for unit_id in told:
        tell(desk(unit_id), notice, {}, at, subject_id=event_id, key=str(unit_id), person_id=person_id)
    other = journey.local_unit_id
    if answer == ACCEPTED:
        record_matter("handover:agreement:signed", journey, event_id=event_id, at=at, other=other, spoken_by=spoken_by)
    elif answer == CHANGE_ASKED:
        record_matter(
            "handover:agreement:change_asked", journey, event_id=event_id, at=at, other=other, spoken_by=spoken_by
        )
    else:
        record_matter("handover:help:declined", journey, event_id=event_id, at=at, other=other, spoken_by=spoken_by)


def _agree(
    journey: journeys.Journey, found: HelpProposal, spoken_by: str, *, event_id: uuid.UUID, at: datetime
) -> None:
    """The agreement as the person read it, signed on the day of the answer."""
    wishes, contacts = (
        keys.decrypt(bytes(sealed), belongs_to=proposal_part(found.id, what))
        for sealed, what in ((found.wishes, "wishes"), (found.contacts, "contacts"))
    )
    write_agreement(
        journey,
        on=legal_day(at),
        wishes=wishes,
        contacts=contacts,
        spoken_by="SELF" if spoken_by == "OFFICER" else spoken_by,
        event_id=event_id,
        at=at,
        by=set(OWN_WORD_FOR),
    )


def latest_proposal(journey_id: uuid.UUID) -> ProposalView | None:
    """The newest proposal of a journey, opened, or None."""
    row = HelpProposal.objects.filter(journey_id=journey_id).order_by("-made_at").first()
    if row is None:
        return None

    def opened(sealed: bytes | memoryview | None, what: str) -> str:
        return keys.decrypt(bytes(sealed), belongs_to=proposal_part(row.id, what)) if sealed else ""

    return ProposalView(
        row.id,
        opened(row.wishes, "wishes"),
        opened(row.contacts, "contacts"),
        row.unit_id,
        row.made_at,
        row.state,
        row.answered_at,
        row.spoken_by,
        opened(row.change, "change"),
    )
