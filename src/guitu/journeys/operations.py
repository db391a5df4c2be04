"""Writes of journeys: start, advance, change the release day. Each is the one door through which a state can change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.journeys import policy
from guitu.journeys.models import Clock, Journey, Move

KIND = "return_home"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class JourneyUnknown(LookupError):
    """No such open journey within the acting post's reach."""


@dataclass(frozen=True)
class NewJourney:
    """A journey to be opened: whose, from where to where, for which release."""

    person_id: uuid.UUID
    division: str
    sending_unit_id: uuid.UUID
    receiving_unit_id: uuid.UUID | None
    release_on: date
    release_type: str
    key_grounds: tuple[str, ...] = field(default=())


def _anchor_moment(anchor: date | datetime) -> datetime:
    if isinstance(anchor, datetime):
        return anchor.astimezone(UTC) if anchor.tzinfo else anchor.replace(tzinfo=_SHANGHAI).astimezone(UTC)
    return datetime.combine(anchor, time(), _SHANGHAI).astimezone(UTC)


def _clocks(journey: Journey, step: policy.Step, *, at: datetime) -> list[Clock]:
    return [
        Clock(
            journey=journey,
            person_id=journey.person_id,
            division=journey.division,
            rule=face.rule,
            state=step.state,
            anchor_at=_anchor_moment(face.anchor),
            statutory_on=face.statutory_on,
            statutory_at=face.statutory_at,
            service_on=face.service_on,
            service_at=face.service_at,
            due_at=face.due_at,
            pack=face.pack,
            provisional=face.provisional,
            duty_unit_id=journey.duty_unit_id,
            started_at=at,
        )
        for face in step.clocks
    ]


def _set_due(journey: Journey, step: policy.Step) -> None:
    first = min(step.clocks, key=lambda face: face.due_at, default=None)
    journey.due_at = first.due_at if first else None
    journey.due_rule = first.rule if first else ""


def start_many(news: Sequence[NewJourney], *, at: datetime) -> list[uuid.UUID]:
    """Open one `return_home` for each of `news` at `at`, with its first clocks; returns the ids in order.

    Runs inside the caller's transaction and acting session. The database holds one open journey of a kind per person.
    """
    book = active_book()
    journeys, clocks = [], []
    for new in news:
        step = policy.first_step(book, KIND, release_on=new.release_on, at=at)
        journey = Journey(
            person_id=new.person_id,
            division=new.division,
            kind=KIND,
            pack=book.sha256,
            state=step.state,
            duty_unit_id=new.sending_unit_id,
            first_desk_id=new.sending_unit_id,
            sending_unit_id=new.sending_unit_id,
            receiving_unit_id=new.receiving_unit_id,
            release_on=new.release_on,
            release_type=new.release_type,
            key_person=bool(new.key_grounds),
            key_grounds=list(new.key_grounds),
            state_since=at,
            opened_at=at,
        )
        _set_due(journey, step)
        journeys.append(journey)
        clocks += _clocks(journey, step, at=at)
    Journey.objects.bulk_create(journeys, batch_size=1000)
    Clock.objects.bulk_create(clocks, batch_size=1000)
    return [journey.id for journey in journeys]


def lock(journey_id: uuid.UUID) -> Journey:
    """The open journey, its row locked until the transaction ends. Raises JourneyUnknown."""
    found = Journey.objects.select_for_update(no_key=True).filter(id=journey_id, ended_at__isnull=True).first()
    if found is None:
        raise JourneyUnknown
    return found


def advance(journey: Journey, move: str, *, at: datetime) -> None:
    """Make `move` on a locked journey at `at`: ends the state's clocks, starts the next one's, writes the move.

    Raises policy.MoveNotAllowed if the state or the acting unit does not permit it.
    """
    session = actor().session
    positions: dict[uuid.UUID | None, policy.Owner] = {
        journey.receiving_unit_id: "receiving_unit",
        journey.sending_unit_id: "sending_unit",
    }
    position = positions.get(session.unit_id)
    if position is None:
        raise policy.MoveNotAllowed("本单位不是这件事的承办单位", "Your unit has no part in this matter")
    step = policy.step(
        active_book(), journey.kind, journey.state, move, by=position, release_on=journey.release_on, at=at
    )
    Move.objects.create(
        journey=journey,
        person_id=journey.person_id,
        division=journey.division,
        from_state=journey.state,
        to_state=step.state,
        code=move,
        at=at,
        post_id=session.post_id,
        unit_id=session.unit_id,
    )
    Clock.objects.filter(journey=journey, done_at__isnull=True, voided_at__isnull=True).update(done_at=at)
    owner_unit = journey.sending_unit_id if step.owner == "sending_unit" else journey.receiving_unit_id
    if owner_unit is None:
        raise policy.MoveNotAllowed("接收单位未明，不能发送", "No receiving unit is known; nothing can be sent")
    journey.state, journey.state_since, journey.duty_unit_id = step.state, at, owner_unit
    journey.ended_at = at if step.ended else None
    _set_due(journey, step)
    journey.save(update_fields=["state", "state_since", "duty_unit_id", "ended_at", "due_at", "due_rule"])
    Clock.objects.bulk_create(_clocks(journey, step, at=at))


def withdraw(journey: Journey, *, at: datetime) -> None:
    """End a locked journey that should not have been opened and of which no step was taken; its clocks are voided.

    Whoever takes back the act that opened it does so for the sending unit. Raises policy.MoveNotAllowed after the
    first step.
    """
    session = actor().session
    step = policy.step(
        active_book(),
        journey.kind,
        journey.state,
        "withdraw",
        by="sending_unit",
        release_on=journey.release_on,
        at=at,
    )
    Move.objects.create(
        journey=journey,
        person_id=journey.person_id,
        division=journey.division,
        from_state=journey.state,
        to_state=step.state,
        code="withdraw",
        at=at,
        post_id=session.post_id,
        unit_id=session.unit_id,
    )
    Clock.objects.filter(journey=journey, done_at__isnull=True, voided_at__isnull=True).update(
        voided_at=at, void_reason="WITHDRAWN"
    )
    journey.state, journey.state_since, journey.ended_at = step.state, at, at
    _set_due(journey, step)
    journey.save(update_fields=["state", "state_since", "ended_at", "due_at", "due_rule"])


def change_release_day(journey: Journey, release_on: date, *, at: datetime) -> None:
    """Move the release day of a locked journey: clocks that hang on it are voided and counted again from there."""
    book = active_book()
    state = next(found for found in book.journeys[journey.kind].states if found.id == journey.state)
    journey.release_on = release_on
    hanging = {due.rule for due in state.due if due.anchor == "release"}
    Clock.objects.filter(journey=journey, rule__in=hanging, done_at__isnull=True, voided_at__isnull=True).update(
        voided_at=at, void_reason="RELEASE_DAY_CHANGED"
    )
    faces = tuple(policy.clock(book, rule, release_on) for rule in sorted(hanging))
    recounted = policy.Step(journey.state, "sending_unit", ended=False, clocks=faces)
    Clock.objects.bulk_create(_clocks(journey, recounted, at=at))
    if faces:
        _set_due(journey, recounted)
    journey.save(update_fields=["release_on", "due_at", "due_rule"])


def recount_provisional(*, at: datetime, most: int) -> int:
    """Count open provisional clocks anew under the rulebook in force; returns how many were looked at.

    The old moment stays in the clock's history (voided, CALENDAR_LOADED). A clock that comes out the same is only
    marked with the rulebook it was counted by, so that it is not looked at again. Runs inside the caller's transaction.
    """
    book = active_book()
    stale = (
        Clock.objects.select_related("journey")
        .filter(provisional=True, done_at__isnull=True, voided_at__isnull=True)
        .exclude(pack=book.sha256)
        .select_for_update(no_key=True, of=("self",))
        .order_by("id")[:most]
    )
    looked_at = 0
    for clock in stale:
        looked_at += 1
        journey = clock.journey
        state = next(found for found in book.journeys[journey.kind].states if found.id == clock.state)
        hangs_on_release = any(due.rule == clock.rule and due.anchor == "release" for due in state.due)
        face = policy.clock(book, clock.rule, journey.release_on if hangs_on_release else clock.anchor_at)
        if (face.due_at, face.provisional) == (clock.due_at, clock.provisional):
            Clock.objects.filter(id=clock.id).update(pack=face.pack)
            continue
        Clock.objects.filter(id=clock.id).update(voided_at=at, void_reason="CALENDAR_LOADED")
        step = policy.Step(clock.state, "sending_unit", ended=False, clocks=(face,))
        Clock.objects.bulk_create(_clocks(journey, step, at=at))
        if journey.due_rule == clock.rule:
            _set_due(journey, step)
            journey.save(update_fields=["due_at", "due_rule"])
    return looked_at
