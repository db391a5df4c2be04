"""A matter taken in words that does not belong to the unit it went to: handed on to the one it belongs to.

The first desk stays answerable and is told how often, since when and at which level, never which unit. The clocks run
from the first desk. After so many hand-ons (rulebook/data/window) the common superior of the units named decides.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.tree import Tree, counter_desk, counter_kinds, tree_above
from guitu.handover import policy
from guitu.handover.models import PassedMatter
from guitu.handover.passed_matters import held, require_open
from guitu.handover.request_answers import AnswerRefused
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import tell
from guitu.rulebook.handing_on import most_hand_ons


class UnitRefused(ValueError):
    """The unit named has no counter, is no more, or is the one that hands the matter on."""


@dataclass(frozen=True)
class HandOn:
    """One hand-on: from which unit to which, when (UTC), the unit that was named, and why."""

    from_id: uuid.UUID
    to_id: uuid.UUID
    named_id: uuid.UUID
    at: datetime
    words: str


def way_sealed_as(request_id: uuid.UUID) -> str:
    """What the sealed way of a matter belongs to."""
    return f"referral:{request_id}:way"


def way_of(half: PassedMatter) -> tuple[HandOn, ...]:
    """The hand-ons of a matter in their order, opened; only the half of the unit in charge has them."""
    if half.trail is None:
        return ()
    lines = json.loads(keys.decrypt(bytes(half.trail), belongs_to=way_sealed_as(half.request_id)))
    return tuple(
        HandOn(
            uuid.UUID(line["from"]),
            uuid.UUID(line["to"]),
            uuid.UUID(line["named"]),
            datetime.fromisoformat(line["at"]),
            line["words"],
        )
        for line in lines
    )


def hand_on(request_id: uuid.UUID, *, unit_id: uuid.UUID, words: str, event_id: uuid.UUID, at: datetime) -> uuid.UUID:
    """Hand a matter that this unit holds on to the unit it belongs to, with the reason; returns where it went.

    A repeated `event_id` changes nothing and returns the unit named.
    Beyond the most hand-ons it goes to the common superior of all units named, whose own hand-on is the decision: the
    unit it names cannot hand the matter on again. No clock is restarted. Raises NotAllowed, RequestUnknown,
    AnswerRefused (no reason), UnitRefused, MoveNotAllowed.
    """
    access.require("matter:take")
    if not words.strip():
        raise AnswerRefused
    with transaction.atomic():
        if is_recorded("handover:passed_matter:handed_on", event_id):
            return unit_id
        half = held(request_id)
        require_open(half)
        if half.whose == policy.RULED:
            raise MoveNotAllowed("上级已经定了由本单位办", "The superior has decided that it is this unit's")
        own_id, named = half.unit_id, units.unit_or_none(unit_id)
        if named is None or named.id == own_id or named.kind not in counter_kinds():
            raise UnitRefused
        way = way_of(half)
        parties = {own_id, named.id, *(one.from_id for one in way), *(one.named_id for one in way)}
        tree = tree_above(parties, at=at)
        whose = policy.whose_after(half.whose, handed_on=half.handed_on, most=most_hand_ons())
        goes = _superior(tree, parties) if whose == policy.SUPERIOR else named
        division, first_desk_id, number = half.division, half.first_desk_id, half.number
        _move(request_id, goes, (*way, HandOn(own_id, goes.id, named.id, at, words.strip())), whose, at=at)
        told = {"unit": str(first_desk_id), "number": number}
        tell(counter_desk(goes.id), "REQUEST_PASSED_ON", told, at, subject_id=request_id, key=at.isoformat())
        if first_desk_id != own_id:
            # The first desk stays answerable: told how often, as on its own half, never which unit (ADR 0036).
            told = {"number": number, "times": str(len(way) + 1)}
            desk = counter_desk(first_desk_id)
            tell(desk, "REQUEST_HANDED_ON", told, at, subject_id=request_id, key=at.isoformat())
        record(
            "handover:passed_matter:handed_on",
            subjects=[],
            division=division,
            at=at,
            event_id=event_id,
            other_unit_id=goes.id,
            number=number,
            whose=whose,
        )
    return goes.id


def _superior(tree: Tree, parties: set[uuid.UUID]) -> units.UnitView:
    found = tree.superior_of_all(sorted(parties), counter_desk(actor().session.unit_id).roles)
    if found is None:
        raise MoveNotAllowed(
            "转交次数已满，这些单位没有共同上级，请答复", "Handed on too often, and no superior is common"
        )
    return found


def _move(request_id: uuid.UUID, goes: units.UnitView, way: tuple[HandOn, ...], whose: str, *, at: datetime) -> None:
    lines = [
        {
            "from": str(one.from_id),
            "to": str(one.to_id),
            "named": str(one.named_id),
            "at": one.at.isoformat(),
            "words": one.words,
        }
        for one in way
    ]
    sealed = keys.encrypt(json.dumps(lines, ensure_ascii=False), belongs_to=way_sealed_as(request_id))
    level = tree_above({goes.id}, at=at).level_of(goes.id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT handover_hand_on(%s::uuid, %s::uuid, %s::text, %s::text, %s::bytea, %s::timestamptz)",
            [request_id, goes.id, level, whose, sealed, at],
        )
