"""The documents that go with a sending and its answer: issued with the act, or made later where none was kept.

A file can hold a sending without its documents: taken over from elsewhere, or generated in bulk without them. The
sealed parcel says what was sent, so the unit whose documents they are can make them; they bear the day they are made.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.exchange import operations as exchange
from guitu.exchange import queries as parcels
from guitu.handover import documents
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.papers import operations as papers
from guitu.papers import queries as kept
from guitu.people import queries as persons

RECEIPT, REFUSAL = "aftercare_receipt", "aftercare_refusal"
_ANSWERS = {"ACKNOWLEDGED": RECEIPT, "REFUSED": REFUSAL}


@dataclass(frozen=True)
class Lacking:
    """A kind of document that a unit ought to have issued, and the parcel it belongs to."""

    kind: str
    parcel: parcels.ParcelView


def issue_with_dossier(
    person_id: uuid.UUID,
    items: Mapping[str, str],
    release: documents.Release,
    *,
    parcel: str,
    sending: uuid.UUID,
    journey_id: uuid.UUID,
    at: datetime,
) -> list[str]:
    """Issue the release notice, where one is due, and the dossier that go with a parcel; returns their numbers.

    Inside the transaction of a caller that has asked.
    """
    session = actor().session
    desk = documents.Desk(session.account_name, units.unit(session.unit_id).phone)
    facts = {"dossier": documents.of_dossier(items, release, desk, parcel=parcel)}
    if documents.needs_release_notice(release.type):
        facts["release_notice"] = documents.of_release_notice(items, release, desk)
    # In the order of their codes, so that two desks of one unit wait for the numbers in the same order.
    return [
        papers.issue(
            kind, person_id=person_id, facts=facts[kind], event_id=sending, at=at, journey_id=journey_id
        ).number
        for kind in sorted(facts)
    ]


def issue_answer(
    kind: str, parcel: parcels.ParcelView, receipt: str, more: Mapping[str, str], *, at: datetime
) -> list[str]:
    """Issue the receipt or the letter of refusal for a parcel; returns its number in a list.

    Inside the transaction of a caller that has asked.
    """
    session = actor().session
    facts = documents.of_answer(
        documents.Desk(session.account_name, units.unit(session.unit_id).phone),
        sender=units.unit(parcel.sender_id).name,
        name=persons.file_of(parcel.person_id).name,
        parcel=parcel.number,
        sent_at=parcel.sent_at,
        receipt=receipt,
    )
    made = papers.issue(
        kind,
        person_id=parcel.person_id,
        facts={**facts, **more},
        event_id=parcel.id,
        at=at,
        journey_id=parcel.journey_id,
    )
    return [made.number]


def lacking_documents(
    sent: Sequence[parcels.ParcelView], release_type: str, *, unit_id: uuid.UUID, held: Collection[str]
) -> tuple[Lacking, ...]:
    """Which documents of `unit_id` are not there: of the kinds not among `held`, each with its newest parcel of `sent`.

    `sent` is newest first, `held` are the kinds that the unit has issued about this person.
    """
    found: dict[str, Lacking] = {}
    for parcel in sent:
        owed: list[str] = []
        if parcel.sender_id == unit_id:
            owed = ["dossier", *(["release_notice"] if documents.needs_release_notice(release_type) else [])]
        elif parcel.receiver_id == unit_id and parcel.outcome:
            owed = [_ANSWERS[parcel.outcome]]
        for kind in owed:
            if kind not in held:
                found.setdefault(kind, Lacking(kind, parcel))
    return tuple(found.values())


def make_documents(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> list[str]:
    """Make the acting unit's documents that are not there, out of what was sent; returns their numbers.

    They are issued now and numbered today. Raises NotAllowed, PersonUnknown, JourneyUnknown, and MoveNotAllowed where
    none is lacking.
    """
    access.require("paper:issue", [person_id])
    with transaction.atomic():
        road = roads.road_of(person_id)
        if road is None:
            raise journeys.JourneyUnknown
        own = actor().session.unit_id
        exchange.hold(road.task.journey_id)
        sent = parcels.parcels_of(road.task.journey_id)
        if is_recorded("handover:documents:made", event_id):
            return []
        held = {one.kind for one in kept.documents_of(person_id) if one.unit_id == own}
        lacking = lacking_documents(sent, road.task.release_type, unit_id=own, held=held)
        if not lacking:
            raise MoveNotAllowed("没有要补制的文书", "No document is lacking")
        numbers: list[str] = []
        for parcel in dict.fromkeys(one.parcel for one in lacking):
            numbers += _make(road.task, parcel, own, at=at)
        record(
            "handover:documents:made",
            subjects=[person_id],
            division=persons.division_of(person_id),
            at=at,
            event_id=event_id,
            documents=numbers,
        )
    return numbers


def _make(task: roads.Task, parcel: parcels.ParcelView, own: uuid.UUID, *, at: datetime) -> list[str]:
    if parcel.sender_id == own:
        items = {code: str(value) for code, value in parcels.content(parcel.id).items()}
        receiver = units.unit(parcel.receiver_id).name
        release = documents.Release(receiver, task.release_on, task.release_type, tuple(task.key_grounds))
        return issue_with_dossier(
            parcel.person_id,
            items,
            release,
            parcel=parcel.number,
            sending=parcel.id,
            journey_id=task.journey_id,
            at=at,
        )
    more = documents.said_in_refusal(parcel.ground, parcel.remark) if parcel.ground else {}
    if parcel.outcome == "ACKNOWLEDGED" and parcel.answered_at is not None:
        more = documents.said_in_receipt(parcel.answered_at, task.release_on)
    return issue_answer(_ANSWERS[parcel.outcome], parcel, parcel.receipt_number, more, at=at)
