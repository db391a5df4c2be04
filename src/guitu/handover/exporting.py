"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.handover.handing_on import way_sealed_as
from guitu.handover.meetings import sealed_as
from guitu.handover.models import Dispute, Meeting, PassedMatter, PickUp, Request
from guitu.handover.passed_matters import said_of
from guitu.handover.pick_ups import contacts_of
from guitu.handover.request_answers import answer_of, first_answer_of
from guitu.handover.window import words_of
from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    TELL_WRITTEN,
    Holding,
    Row,
    TableCopy,
    copied,
    opened,
    withheld,
)


def _halves_of(person_id: uuid.UUID) -> list[PassedMatter]:
    """Halves of matters taken in words that were found to be this person's."""
    taken = Request.objects.filter(person_id=person_id).values("id")
    return list(PassedMatter.objects.filter(request_id__in=taken).order_by("taken_at", "id"))


def _of_family(row: Row) -> bool:
    """Whether somebody else said it at the counter: what they say of the person is their statement."""
    return bool(row.channel == "FAMILY")


HOLDINGS = (
    Holding(
        PickUp,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "place": TELL,
            "leaves_at": TELL,
            "arrival_at": TELL,
            # Officers are named by unit and post.
            "sender_name": withheld("OTHERS"),
            "sender_phone": withheld("OTHERS"),
            "receiver_name": withheld("OTHERS"),
            "receiver_phone": withheld("OTHERS"),
            "transport": TELL,
            "medication_days": TELL,
            "has_id_card": TELL,
            "has_phone": TELL,
            "money_cents": TELL,
            "contacts": opened(lambda row: contacts_of(row.id)),
            "remark": TELL_WRITTEN,
            "planned_at": TELL,
            "planned_by": TELL_POST,
            "replaced_at": TELL,
            "sender_confirmed_at": TELL,
            "sender_confirmed_by": TELL_POST,
            "receiver_confirmed_at": TELL,
            "receiver_confirmed_by": TELL_POST,
        },
    ),
    Holding(
        Dispute,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "parcel_id": TECHNICAL,
            "superior_id": TELL_UNIT,
            "opened_at": TELL,
            "opened_by": TELL_POST,
            "lapsed": TELL,
            "reasons": TELL_WRITTEN,
            "ruled_at": TELL,
            "ruled_by": TELL_POST,
            "outcome": TELL,
            "receiver_id": TELL_UNIT,
            "ruling_reasons": TELL_WRITTEN,
        },
    ),
    Holding(
        Request,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "event_id": TECHNICAL,
            "journey_id": TELL,
            "matter": TELL,
            "step": TELL,
            "round": TELL,
            "channel": TELL,
            "words": opened(lambda row: words_of(row.id), unless=_of_family, ground="STATEMENTS"),
            "number": TELL,
            "document_id": TELL,
            "first_desk_id": TELL_UNIT,
            "post_id": TELL_POST,
            "taken_by": TELL,
            "taken_at": TELL,
            "duty_unit_id": TELL_UNIT,
            "due_at": TELL,
            "due_rule": TELL,
            "first_due_at": TELL,
            "first_answered_at": TELL,
            "first_answer": opened(lambda row: first_answer_of(row.id)),
            "answered_at": TELL,
            "answered_unit_id": TELL_UNIT,
            "answered_post_id": TELL_POST,
            "outcome": TELL,
            "kind": TELL,
            "answer": opened(lambda row: answer_of(row.id)),
            "climbs_at": TECHNICAL,
        },
    ),
    Holding(
        PassedMatter,
        {
            "id": TECHNICAL,
            "request_id": TELL,
            "side": TELL,
            "unit_id": TELL_UNIT,
            "division": TECHNICAL,
            "event_id": TECHNICAL,
            "matter": TELL,
            "channel": TELL,
            "said": opened(lambda row: said_of(row.request_id, row.side), unless=_of_family, ground="STATEMENTS"),
            "document_shown": TELL,
            "number": TELL,
            "first_desk_id": TELL_UNIT,
            "post_id": TELL_POST,
            "taken_by": TELL,
            "taken_at": TELL,
            "handed_to_id": TELL_UNIT,
            "due_at": TELL,
            "due_rule": TELL,
            "first_due_at": TELL,
            "first_answered_at": TELL,
            "first_answer": opened(lambda row: first_answer_of(row.request_id)),
            "linked_at": TELL,
            "answered_at": TELL,
            "answered_unit_id": TELL_UNIT,
            "outcome": TELL,
            "kind": TELL,
            "answer": opened(lambda row: answer_of(row.request_id)),
            "climbs_at": TECHNICAL,
            "handed_on": TELL,
            "held_since": TELL,
            "held_level": TELL,
            "whose": TECHNICAL,
            "trail": opened(lambda row: way_sealed_as(row.request_id)),
        },
        rows=_halves_of,
    ),
    Holding(
        Meeting,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "round": TELL,
            "side": TELL,
            "way": TELL,
            # Who the visitors are stands on the file as they gave it: it is theirs.
            "visitors": withheld("OTHERS"),
            "wished": opened(lambda row: sealed_as(row.id, "wished")),
            "asked_at": TELL,
            "asked_by": TELL_POST,
            "asked_unit_id": TELL_UNIT,
            "slot_at": TELL,
            "place": TELL,
            "answered_at": TELL,
            "answered_by": TELL_POST,
            "refusal": TELL,
            "held": TELL,
            "minutes": opened(lambda row: sealed_as(row.id, "minutes"), written=True),
            "agreements": opened(lambda row: sealed_as(row.id, "agreements"), written=True),
            "minuted_at": TELL,
            "minuted_by": TELL_POST,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
