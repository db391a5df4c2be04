"""The road of one person: where it stands, its clocks and moves, and every step beside it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from guitu.journeys import definitions, policy
from guitu.journeys.models import ASSESSMENT, MISSED, Answer, Circumstance, Clock, Journey, Move
from guitu.journeys.operations.opening import standing_of
from guitu.journeys.queries.tasks import TASK_COLUMNS, Task, tasks_of
from guitu.rulebook.journey import Journey as Definition
from guitu.rulebook.steps import OPENING, Step


@dataclass(frozen=True)
class ClockView:
    """One clock of a road."""

    id: uuid.UUID
    rule: str
    state: str
    step: str
    round: str
    statutory_on: date | None
    statutory_at: datetime | None
    service_on: date | None
    service_at: datetime | None
    due_at: datetime
    provisional: bool
    duty_unit_id: uuid.UUID
    started_at: datetime
    done_at: datetime | None
    voided_at: datetime | None
    void_reason: str


@dataclass(frozen=True)
class MoveView:
    """One move that was made."""

    code: str
    from_state: str
    to_state: str
    at: datetime
    unit_id: uuid.UUID
    post_id: uuid.UUID


@dataclass(frozen=True)
class AnswerView:
    """How a step came out, once."""

    id: uuid.UUID
    step: str
    round: str
    outcome: str
    kind: str
    note: str
    at: datetime
    unit_id: uuid.UUID
    post_id: uuid.UUID
    corrected: bool


@dataclass(frozen=True)
class StepView:
    """Where one step of the road stands.

    ``standing``: ``open``, ``done``, ``declined``, ``not_possible``, ``missed`` (not done before release), ``to_come``
    or ``no_part`` (this kind of release knows no such step). ``why_zh`` and ``why_en`` say why a step is not possible,
    or that it was missed. ``clock`` is the running one.
    """

    definition: Step
    standing: str
    clock: ClockView | None
    answer: AnswerView | None
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class Road:
    """A person's journey with its definition, clocks (of states and steps), moves and steps, oldest first."""

    task: Task
    definition: Definition
    clocks: tuple[ClockView, ...]
    moves: tuple[MoveView, ...]
    steps: tuple[StepView, ...]
    answers: tuple[AnswerView, ...]

    def step(self, step_id: str) -> StepView:
        """One step by its id; raises LookupError."""
        for found in self.steps:
            if found.definition.id == step_id:
                return found
        raise LookupError(step_id)


def road_of(person_id: uuid.UUID, *, named: str | None = None) -> Road | None:
    """The latest `return_home` of this person with clocks, moves and steps, oldest first, or None.

    `named` is the person's name as it is shown, where the caller has read it before.
    """
    row = Journey.objects.filter(person_id=person_id).order_by("-opened_at").values_list(*TASK_COLUMNS).first()
    return None if row is None else _road(tasks_of([row], named=None if named is None else {person_id: named})[0])


def road_by_id(journey_id: uuid.UUID, *, named: str | None = None) -> Road | None:
    """One journey by its id, also an ended one, or None if it is not within reach; `named` as in `road_of`."""
    row = Journey.objects.filter(id=journey_id).values_list(*TASK_COLUMNS).first()
    return None if row is None else _road(tasks_of([row], named=None if named is None else {row[1]: named})[0])


def marks_found_only(journey_id: uuid.UUID) -> frozenset[str]:
    """The special circumstances that stand by an assessment alone: an officer may note them on their own."""
    rows = Circumstance.objects.filter(journey_id=journey_id, ended_at__isnull=True).values_list("mark", "source")
    return frozenset(mark for mark, source in rows if source == ASSESSMENT) - {
        mark for mark, source in rows if source != ASSESSMENT
    }


def _road(task: Task) -> Road:
    journey = Journey(
        id=task.journey_id,
        person_id=task.person_id,
        kind=task.kind,
        definition=task.definition,
        state=task.state,
        release_on=task.release_on,
        release_type=task.release_type,
        marks=list(task.marks),
        key_person=task.key_person,
        opened_at=task.opened_at,
        ended_at=task.ended_at,
        effective_on=task.effective_on,
        arrival_at=task.arrival_at,
        agreed_on=task.agreed_on,
    )
    definition = definitions.pinned(journey.kind, journey.definition)
    clocks = tuple(
        ClockView(
            clock.id,
            clock.rule,
            clock.state,
            clock.step,
            clock.round,
            clock.statutory_on,
            clock.statutory_at,
            clock.service_on,
            clock.service_at,
            clock.due_at,
            clock.provisional,
            clock.duty_unit_id,
            clock.started_at,
            clock.done_at,
            clock.voided_at,
            clock.void_reason,
        )
        for clock in Clock.objects.filter(journey=journey).order_by("started_at", "due_at")
    )
    moves = tuple(
        MoveView(move.code, move.from_state, move.to_state, move.at, move.unit_id, move.post_id)
        for move in Move.objects.filter(journey=journey).order_by("at")
    )
    answers = _answers(journey)
    standing = standing_of(journey, definition, None)
    steps = tuple(_step(step, journey, standing, clocks, answers) for step in definition.steps)
    return Road(task, definition, clocks, moves, steps, answers)


def _answers(journey: Journey) -> tuple[AnswerView, ...]:
    rows = list(Answer.objects.filter(journey=journey).order_by("at"))
    corrected = {row.corrects_id for row in rows}
    return tuple(
        AnswerView(
            row.id,
            row.step,
            row.round,
            row.outcome,
            row.kind,
            row.note,
            row.at,
            row.unit_id,
            row.post_id,
            row.id in corrected,
        )
        for row in rows
    )


def _step(
    step: Step,
    journey: Journey,
    standing: policy.Standing,
    clocks: tuple[ClockView, ...],
    answers: tuple[AnswerView, ...],
) -> StepView:
    running = next(
        (one for one in clocks if one.step == step.id and one.done_at is None and one.voided_at is None), None
    )
    last = next((one for one in reversed(answers) if one.step == step.id), None)
    if running is not None:
        return StepView(step, "open", running, last, "", "")
    if last is not None:
        return StepView(step, last.kind, None, last, "", "")
    if any(one.step == step.id and one.void_reason == MISSED for one in clocks):
        return StepView(step, "missed", None, None, "释放前没有办理", "Not done before release")
    if not standing.knows(step):
        return StepView(step, "no_part", None, None, "", "")
    why = policy.without_clock(step, standing) if OPENING in step.opens else None
    if why is not None:
        return StepView(step, "not_possible", None, None, why[0], why[1])
    return StepView(step, "no_part" if journey.ended_at else "to_come", None, None, "", "")
