"""Moving a journey from state to state, and from unit to unit."""

from __future__ import annotations

import uuid
from datetime import datetime

from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.journeys import definitions, policy
from guitu.journeys.clocks import clock_row, set_due
from guitu.journeys.models import Clock, Journey, Move
from guitu.journeys.operations.opening import JourneyUnknown, owner_unit, positions, standing
from guitu.journeys.operations.stepping import open_steps


def lock(journey_id: uuid.UUID) -> Journey:
    """The open journey, its row locked until the transaction ends. Raises JourneyUnknown."""
    found = Journey.objects.select_for_update(no_key=True).filter(id=journey_id, ended_at__isnull=True).first()
    if found is None:
        raise JourneyUnknown
    return found


def lock_of(person_id: uuid.UUID) -> Journey:
    """The person's open journey, its row locked until the transaction ends. Raises JourneyUnknown."""
    found = Journey.objects.select_for_update(no_key=True).filter(person_id=person_id, ended_at__isnull=True).first()
    if found is None:
        raise JourneyUnknown
    return found


def advance(journey: Journey, move: str, *, at: datetime, by: set[str] | None = None) -> None:
    """Make `move` on a locked journey at `at`: the state's clocks end, the next one's begin, steps that follow open.

    Where nothing is owed any more every open step is voided. Raises policy.MoveNotAllowed if the state or the acting
    unit does not permit it, or the next owner is not known. `by` names the positions for whom it is made where that is
    not the acting unit: the person's own word.
    """
    by = positions(journey) if by is None else by
    if not by:
        raise policy.MoveNotAllowed("本单位不是这件事的承办单位", "Your unit has no part in this matter")
    _make(journey, move, by=by, at=at)


def withdraw(journey: Journey, *, at: datetime) -> None:
    """End a locked journey that should not have been opened and of which no step was taken; its clocks are voided.

    Whoever takes back the act that opened it does so for the sending unit. Raises policy.MoveNotAllowed after the
    first step.
    """
    Clock.objects.filter(journey=journey, done_at__isnull=True, voided_at__isnull=True).update(
        voided_at=at, void_reason="WITHDRAWN"
    )
    _make(journey, "withdraw", by={"sending_unit"}, at=at)


def _make(journey: Journey, move: str, *, by: set[str], at: datetime) -> None:
    session = actor().session
    definition = definitions.pinned(journey.kind, journey.definition)
    book = active_book()
    landing = policy.landing(book, definition, standing(journey), state=journey.state, move=move, by=by, at=at)
    duty = owner_unit(journey, landing.owner) or (journey.sending_unit_id if landing.nothing_owed else None)
    if duty is None:
        raise policy.MoveNotAllowed("接收单位未明，不能发送", "No receiving unit is known; nothing can be sent")
    Move.objects.create(
        journey=journey,
        person_id=journey.person_id,
        division=journey.division,
        from_state=journey.state,
        to_state=landing.state,
        code=move,
        at=at,
        post_id=session.post_id,
        unit_id=session.unit_id,
    )
    running = Clock.objects.filter(journey=journey, done_at__isnull=True, voided_at__isnull=True)
    running.filter(step="").update(done_at=at)
    if landing.nothing_owed:
        running.exclude(step="").update(voided_at=at, void_reason="NOTHING_OWED")
    # The move itself has written these three (access/sql/journey_moves.sql).
    journey.state, journey.state_since, journey.ended_at = landing.state, at, at if landing.ended else None
    journey.duty_unit_id = duty
    set_due(journey, landing.clocks)
    journey.save(update_fields=["duty_unit", "due_at", "due_rule"])
    Clock.objects.bulk_create([clock_row(journey, face, duty, state=landing.state, at=at) for face in landing.clocks])
    if not landing.nothing_owed:
        open_steps(journey, landing.event, at=at)


def name_receiver(journey: Journey, unit_id: uuid.UUID, *, at: datetime) -> None:
    """Write who receives on a locked journey; open clocks of the side that received before pass to the new unit."""
    before = {journey.receiving_unit_id, journey.local_unit_id} - {None}
    journey.receiving_unit_id, journey.local_unit_id, journey.worker_post_id = unit_id, None, None
    if journey.duty_unit_id in before:
        journey.duty_unit_id = unit_id
    journey.save(update_fields=["receiving_unit", "local_unit", "worker_post_id", "duty_unit"])
    _pass_clocks(journey, before, unit_id)


def put_before(journey: Journey, superior_id: uuid.UUID) -> None:
    """Write on a locked journey which common superior rules on it."""
    journey.superior_unit_id = superior_id
    journey.save(update_fields=["superior_unit"])


def allot(journey: Journey, local_unit_id: uuid.UUID, *, worker_post_id: uuid.UUID | None, at: datetime) -> None:
    """Allot a locked journey to a township office (or another unit below the county) and, if named, one post there.

    What is done on the spot passes to it; what the county itself must do stays with the county.
    """
    before: set[uuid.UUID | None] = {journey.local_unit_id or journey.receiving_unit_id}
    journey.local_unit_id, journey.worker_post_id = local_unit_id, worker_post_id
    definition = definitions.pinned(journey.kind, journey.definition)
    local_steps = [step.id for step in definition.steps if step.owner == "local_unit"]
    state_is_local = definition.state(journey.state).owner == "local_unit"
    if state_is_local:
        journey.duty_unit_id = local_unit_id
    journey.save(update_fields=["local_unit", "worker_post_id", "duty_unit"])
    _pass_clocks(journey, before, local_unit_id, steps=[*local_steps, *([""] if state_is_local else [])])


def _pass_clocks(
    journey: Journey, before: set[uuid.UUID | None], unit_id: uuid.UUID, *, steps: list[str] | None = None
) -> None:
    running = Clock.objects.filter(
        journey=journey, done_at__isnull=True, voided_at__isnull=True, duty_unit_id__in=[one for one in before if one]
    )
    if steps is not None:
        running = running.filter(step__in=steps)
    running.update(duty_unit_id=unit_id)
