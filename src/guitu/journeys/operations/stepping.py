"""Opening and answering the steps beside a journey's state."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.journeys import definitions, policy
from guitu.journeys.clocks import clock_row
from guitu.journeys.models import Answer, Clock, Journey
from guitu.journeys.operations.opening import owner_unit, positions, standing
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.journey import Journey as Definition
from guitu.rulebook.steps import OPENING, REQUEST, Step


class StepNotOpen(AttemptRefused, ValueError):
    """The step is not open in this journey: not begun, or answered already and not corrected."""

    of_the_form = frozenset({"MISSING"})

    def __init__(self, zh: str, en: str, code: str = "") -> None:
        super().__init__(zh)
        self.zh, self.en, self.code = zh, en, code


def held_steps(journey: Journey) -> list[str]:
    """The steps that have begun, once for each time they began."""
    rows = Clock.objects.filter(journey=journey, void_reason__in=["", "NOTHING_OWED"]).exclude(step="")
    return [step for step, _ in rows.values_list("step", "round").distinct()]


def open_steps(journey: Journey, event: str, *, at: datetime) -> None:
    """Open the steps that `event` opens in a locked journey; one whose owner is not yet known waits for it."""
    book = active_book()
    definition = definitions.pinned(journey.kind, journey.definition)
    if not any(event in step.opens for step in definition.steps):
        return
    write_steps(
        journey,
        policy.steps_opened(
            book, definition, event, standing(journey), state=journey.state, held=held_steps(journey), at=at
        ),
        at=at,
    )


def write_steps(journey: Journey, opened: tuple[policy.OpenedStep, ...], *, at: datetime) -> int:
    """Write the clocks of steps that begin; one whose owner is not yet known waits for it. How many began."""
    rows = []
    for one in opened:
        owner = owner_unit(journey, one.definition.owner)
        if owner is not None:
            rows.append(clock_row(journey, one.clock, owner, state="", at=at))
    Clock.objects.bulk_create(rows)
    return len(rows)


def is_open(journey: Journey, step: str) -> bool:
    """Whether a step of this journey is open."""
    return Clock.objects.filter(journey=journey, step=step, done_at__isnull=True, voided_at__isnull=True).exists()


def _wanted(definition: Definition, step: str) -> Step:
    """The step that was named. Raises StepNotOpen where the road has none of that name."""
    found = next((one for one in definition.steps if one.id == step), None)
    if found is None:
        raise StepNotOpen("流程里没有这个事项", "The road has no such matter")
    return found


def request_step(journey: Journey, step: str, *, at: datetime) -> str:
    """Open a step of a locked journey that begins on request (a meeting, a matter); returns its round.

    Raises StepNotOpen where the step does not begin on request, or one of the kind is still open.
    """
    book = active_book()
    definition = definitions.pinned(journey.kind, journey.definition)
    wanted = _wanted(definition, step)
    if REQUEST not in wanted.opens or definition.state(journey.state).kind == "end":
        raise StepNotOpen(f"“{wanted.zh}”不能这样受理", f"“{wanted.en}” cannot be taken up this way")
    if is_open(journey, step):
        raise StepNotOpen(f"“{wanted.zh}”已有一件在办", f"One matter of “{wanted.en}” is open already")
    opened = policy.steps_opened(
        book, definition, REQUEST, standing(journey), state=journey.state, held=held_steps(journey), at=at
    )
    mine = tuple(one for one in opened if one.definition.id == step)
    if not mine or owner_unit(journey, wanted.owner) is None:
        raise StepNotOpen(f"“{wanted.zh}”现在不能受理", f"“{wanted.en}” cannot be taken up now")
    write_steps(journey, mine, at=at)
    return mine[0].clock.round


def answer_step(
    journey: Journey,
    step: str,
    outcome: str,
    *,
    note: str = "",
    event_id: uuid.UUID,
    at: datetime,
    by: Collection[str] | None = None,
    first: bool = False,
) -> uuid.UUID:
    """Answer a step of a locked journey: its clock ends, the answer is kept, what follows from it opens.

    The same `event_id` again changes nothing. A step answered before can be answered anew with a note that says why;
    the earlier answer stays. `by` names the positions for whom it is answered where that is not the acting unit: the
    person's own word. `first`: written for an open step, so that it corrects nobody who was quicker. Raises
    StepNotOpen, policy.MoveNotAllowed.
    """
    if Answer.objects.filter(id=event_id).exists():
        return event_id
    session = actor().session
    definition = definitions.pinned(journey.kind, journey.definition)
    wanted = _wanted(definition, step)
    found = policy.answer(wanted, outcome, by=positions(journey) if by is None else by)
    running = (
        Clock.objects.select_for_update(no_key=True)
        .filter(journey=journey, step=step, done_at__isnull=True, voided_at__isnull=True)
        .first()
    )
    earlier = None
    if running is None:
        earlier = Answer.objects.filter(journey=journey, step=step).order_by("-at").first()
        _refuse_unless_open(journey, wanted, corrected=earlier is not None, note=note, first=first)
    round_id = running.round if running else (earlier.round if earlier else "")
    Answer.objects.create(
        id=event_id,
        journey=journey,
        person_id=journey.person_id,
        division=journey.division,
        step=step,
        round=round_id,
        outcome=outcome,
        kind=found.kind,
        note=note,
        at=at,
        post_id=session.post_id,
        unit_id=session.unit_id,
        corrects=earlier,
    )
    if running is not None:
        running.done_at = at
        running.save(update_fields=["done_at"])
        _next_round(journey, wanted, running, at=at)
    open_steps(journey, f"{step}:{outcome}", at=at)
    return event_id


def _refuse_unless_open(journey: Journey, wanted: Step, *, corrected: bool, note: str, first: bool) -> None:
    """A step without a running clock may be answered only as a correction with words, or where it was not possible."""
    if corrected and first:
        raise StepNotOpen(
            f"“{wanted.zh}”已经有人记了结果；与您的不同的，在“已有结果”里更正",
            f"“{wanted.en}” has been answered meanwhile; if yours differs, correct it among what was done",
        )
    if corrected:
        if not note.strip():
            raise StepNotOpen(
                f"“{wanted.zh}”已有结果，更正要写明原因",
                f"“{wanted.en}” has an answer; a correction says why",
                "MISSING",
            )
        return
    known = standing(journey)
    began = OPENING in wanted.opens and known.knows(wanted)
    if not began or policy.without_clock(wanted, known) is None:
        raise StepNotOpen(f"“{wanted.zh}”还没有开始", f"“{wanted.en}” has not begun")


def _next_round(journey: Journey, wanted: Step, ended: Clock, *, at: datetime) -> None:
    if not wanted.rounds:
        return
    face = policy.next_round(
        active_book(),
        wanted,
        standing(journey),
        after=ended.round,
        from_day=ended.service_on or ended.statutory_on,
        at=at,
    )
    owner = owner_unit(journey, wanted.owner)
    if face is not None and owner is not None:
        Clock.objects.bulk_create([clock_row(journey, face, owner, state="", at=at)])
