"""Moving a running journey to the definition in force (decision 16): an explicit act, never a side effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from guitu.journeys import definitions, policy
from guitu.journeys.clocks import clock_row
from guitu.journeys.models import Clock, Journey
from guitu.journeys.operations.opening import owner_unit, standing
from guitu.journeys.operations.stepping import held_steps, write_steps
from guitu.journeys.walked import walked
from guitu.rulebook.book import Rulebook
from guitu.rulebook.journey import Journey as Definition
from guitu.rulebook.journey_differences import obstacle
from guitu.rulebook.steps import OPENING, DueMoment

_SHANGHAI = ZoneInfo("Asia/Shanghai")
CHANGED = "DEFINITION_CHANGED"


@dataclass(frozen=True)
class Moved:
    """What moving a journey did to its open clocks: how many were kept, counted anew, ended, begun."""

    former: str
    present: str
    kept: int
    recounted: int
    ended: int
    begun: int


def redefine(journey: Journey, *, at: datetime) -> Moved | None:
    """Let a locked open journey go on under the definition in force; None where it does so already.

    A clock whose rule, anchor and step stand unchanged is kept with its due moment, and passes to the owner named now.
    One whose due moment is defined differently is voided (DEFINITION_CHANGED) and counted anew from the same moment
    under the rules in force. Clocks of what is no longer there end; steps that are new and open with the journey begin.
    Raises policy.MoveNotAllowed with the reason where the new definition cannot hold what has happened.
    """
    old = definitions.pinned(journey.kind, journey.definition)
    book, new, digest = definitions.in_force(journey.kind)
    if digest == journey.definition:
        return None
    hindered = obstacle(walked(journey.id, journey.state), new)
    if hindered is not None:
        raise policy.MoveNotAllowed(hindered.zh, hindered.en)
    duty = owner_unit(journey, new.state(journey.state).owner or "sending_unit")
    if duty is None:
        raise policy.MoveNotAllowed("新的承办单位还不知道", "The owner it would have is not known yet")
    former, journey.definition, journey.pack, journey.duty_unit_id = journey.definition, digest, book.sha256, duty
    journey.save(update_fields=["definition", "pack", "duty_unit"])
    counted = _recount(journey, book, old, new, at=at)
    first = Clock.objects.filter(journey=journey, step="", done_at__isnull=True, voided_at__isnull=True)
    shown = first.order_by("due_at").values_list("due_at", "rule").first()
    journey.due_at, journey.due_rule = shown or (None, "")
    journey.save(update_fields=["due_at", "due_rule"])
    return Moved(former, digest, *counted)


def _recount(
    journey: Journey, book: Rulebook, old: Definition, new: Definition, *, at: datetime
) -> tuple[int, int, int, int]:
    known = standing(journey)
    running = list(
        Clock.objects.select_for_update(no_key=True).filter(
            journey=journey, done_at__isnull=True, voided_at__isnull=True
        )
    )
    kept, voided, made = 0, [], []
    state = new.state(journey.state)
    held_dues = []
    for clock in running:
        before = policy.due_moment_of(old, rule=clock.rule, state=clock.state, step=clock.step)
        owner, after = _defined(new, clock)
        unit = owner_unit(journey, owner) if owner else None
        if before is not None and before == after and unit is not None:
            kept += 1
            held_dues += [before[0]] if clock.state else []
            if clock.duty_unit_id != unit:
                Clock.objects.filter(id=clock.id).update(duty_unit_id=unit)
            continue
        voided.append(clock.id)
        if clock.step and unit is not None:
            face = _step_face(book, new, known, clock)
            if face is not None:
                made.append(clock_row(journey, face, unit, state="", at=at))
    recounted_steps = len(made)
    for due in state.due:
        if due in held_dues:
            continue
        face = policy.begin(book, due, due.facts, known, event_at=journey.state_since)
        if face is not None:
            made.append(clock_row(journey, face, journey.duty_unit_id, state=state.id, at=at))
    Clock.objects.filter(id__in=voided).update(voided_at=at, void_reason=CHANGED)
    Clock.objects.bulk_create(made)
    state_clocks = sum(1 for clock in running if clock.state and clock.id in voided)
    renewed_states = min(state_clocks, len(made) - recounted_steps)
    recounted = recounted_steps + renewed_states
    begun = len(made) - recounted + _begin_new_steps(journey, book, old, new, known, at=at)
    return kept, recounted, len(voided) - recounted, begun


def _defined(new: Definition, clock: Clock) -> tuple[str | None, tuple[DueMoment, str] | None]:
    """Who owns what a clock belongs to in the new definition and its due moment there; nothing where it is gone."""
    if clock.step:
        step = next((one for one in new.steps if one.id == clock.step), None)
        if step is None:
            return None, None
        return step.owner, policy.due_moment_of(new, rule=clock.rule, state="", step=clock.step)
    return new.state(clock.state).owner, policy.due_moment_of(new, rule=clock.rule, state=clock.state, step="")


def _step_face(book: Rulebook, new: Definition, known: policy.Standing, clock: Clock) -> policy.ClockFace | None:
    step = new.step(clock.step)
    if not known.knows(step) or step.impossible_for(known.release_type):
        return None
    late_round = bool(step.rounds) and clock.round not in step.rounds[:-1]
    from_day = clock.anchor_at.astimezone(_SHANGHAI).date() if late_round else None
    return policy.step_clock(book, step, known, round_id=clock.round, at=clock.started_at, from_day=from_day)


def _begin_new_steps(
    journey: Journey, book: Rulebook, old: Definition, new: Definition, known: policy.Standing, *, at: datetime
) -> int:
    """Open the steps that began with the journey's opening and that the former definition did not have."""
    if new.state(journey.state).kind in {"rest", "end"}:
        return 0
    had = {step.id for step in old.steps}
    opened = policy.steps_opened(book, new, OPENING, known, state=journey.state, held=held_steps(journey), at=at)
    fresh = tuple(
        one
        for one in opened
        if one.definition.id not in had and not (one.definition.before_release and journey.released_at is not None)
    )
    return write_steps(journey, fresh, at=at)
