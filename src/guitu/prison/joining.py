"""Joining two held files that are one person's, and separating them again: a human's act, with the open matters.

Only one open matter can lead on. Where both files have one, that of the joined file is withdrawn, which is possible
until its first step; after a separation it is opened again as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.people import joining as files
from guitu.people import queries as persons
from guitu.people.joining import JoinRefused
from guitu.people.matching import IdentityView, Match, candidates

JOINED, SEPARATED = "people:identity:joined", "people:identity:separated"


@dataclass(frozen=True)
class TwoFiles:
    """Two held files as they are to be compared; `match` is None where nothing about them is alike."""

    kept: IdentityView
    joined: IdentityView
    kept_items: Mapping[str, str]
    joined_items: Mapping[str, str]
    match: Match | None


def side_by_side(kept_id: uuid.UUID, joined_id: uuid.UUID) -> TwoFiles:
    """Both records, numbers in the clear for comparing. Inside the caller's transaction, which asks and traces."""
    both = persons.identities([kept_id, joined_id])
    alike = candidates(both[joined_id], [both[kept_id]])
    shown = persons.shown_items([kept_id, joined_id])
    items = {one: {code: fact.value for code, fact in held.items() if fact.value} for one, held in shown.items()}
    return TwoFiles(both[kept_id], both[joined_id], items[kept_id], items[joined_id], alike[0] if alike else None)


def proposals(person_id: uuid.UUID) -> list[Match]:
    """Held persons in reach that this one may be, the strongest rule first. Inside the caller's transaction."""
    view = persons.identities([person_id])[person_id]
    return persons.matches_of([view])[view.key]


def join(kept_id: uuid.UUID, joined_id: uuid.UUID, *, reason: str, event_id: uuid.UUID, at: datetime) -> None:
    """Join the second file into the first. `event_id` (the form's mark) makes a second press harmless.

    Whoever was responsible for the joined file sees the kept one. Raises NotAllowed, PersonUnknown, JoinRefused.
    """
    access.require("person:identify", sorted({kept_id, joined_id}))
    if not reason.strip():
        raise JoinRefused("请写明理由", "A reason is needed", "MISSING")
    with transaction.atomic():
        if is_recorded(JOINED, event_id):
            return
        files.lock_both(kept_id, joined_id)
        kept, joined = persons.file_of(kept_id), persons.file_of(joined_id)
        withdrawn = _withdraw(kept_id, joined_id, at=at)
        if joined.responsible_unit_id != kept.responsible_unit_id:
            access.give_reach(kept_id, unit_id=joined.responsible_unit_id, relation="sender", at=at)
        files.join(kept_id, joined_id, reason=reason.strip(), withdrawn_journey_id=withdrawn, at=at)
        record(
            JOINED,
            subjects=[kept_id, joined_id],
            division=kept.division,
            at=at,
            event_id=event_id,
            other_unit_id=joined.responsible_unit_id,
            kept=kept.number,
            joined=joined.number,
            reason=reason.strip(),
        )


def separate(join_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Make two files of the joined ones again. Raises NotAllowed, PersonUnknown, JoinRefused."""
    with transaction.atomic():
        found = files.sides(join_id)
    access.require("person:identify", found or [join_id])
    with transaction.atomic():
        held = files.locked(join_id)
        if held is None:
            raise access.PersonUnknown
        if is_recorded(SEPARATED, event_id):
            return
        files.separate(held, at=at)
        kept, joined = persons.file_of(held.kept_id), persons.file_of(held.joined_id)
        if held.withdrawn_journey_id is not None:
            _open_again(held.joined_id, joined.division, at=at)
        if joined.responsible_unit_id != kept.responsible_unit_id:
            access.end_reach(held.kept_id, unit_id=joined.responsible_unit_id, relation="sender", at=at)
        record(
            SEPARATED,
            subjects=[held.kept_id, held.joined_id],
            division=kept.division,
            at=at,
            event_id=event_id,
            other_unit_id=joined.responsible_unit_id,
            kept=kept.number,
            joined=joined.number,
        )


def _withdraw(kept_id: uuid.UUID, joined_id: uuid.UUID, *, at: datetime) -> uuid.UUID | None:
    """Withdraw the joined file's open matter, where it has one; returns its id."""
    open_ones = roads.open_journeys_of([kept_id, joined_id])
    if joined_id not in open_ones:
        return None
    if kept_id not in open_ones:
        raise JoinRefused("请保留有在办事项的那一份档案", "Keep the file that has an open matter")
    journey = journeys.lock(open_ones[joined_id].id)
    try:
        journeys.withdraw(journey, at=at)
    except MoveNotAllowed as refusal:
        raise JoinRefused(
            "两份档案都有已经开始办理的事项，请保留先办的一份，待另一件办结后再合并",
            "Both files have a matter under way; join them when one of the two is finished",
        ) from refusal
    return journey.id


def _open_again(person_id: uuid.UUID, division: str, *, at: datetime) -> None:
    """Open the withdrawn matter as it was: the same units, release, grounds, marks and day in force; clocks alike."""
    road = roads.road_of(person_id)
    if road is None or road.task.ended_at is None:
        return
    task = road.task
    journeys.start_many(
        [
            journeys.NewJourney(
                person_id=person_id,
                division=division,
                sending_unit_id=task.sending_unit_id,
                receiving_unit_id=task.receiving_unit_id,
                release_on=task.release_on,
                release_type=task.release_type,
                key_grounds=task.key_grounds,
                marks=task.marks,
                effective_on=task.effective_on,
            )
        ],
        at=at,
    )
