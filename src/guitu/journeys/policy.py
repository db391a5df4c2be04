"""Pure decisions about journeys: which move is possible, which clocks and steps begin. No Django, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import Due, Rulebook
from guitu.rulebook.journey import Journey, State
from guitu.rulebook.journey import Move as MoveDefinition
from guitu.rulebook.steps import OPENING, DueMoment, Outcome, Step

Facts = tuple[tuple[str, str], ...]


class MoveNotAllowed(AttemptRefused, ValueError):
    """The journey cannot make this move or take this step: from its state, or by this unit."""

    of_the_form = frozenset({"MISSING"})

    def __init__(self, zh: str, en: str, code: str = "") -> None:
        super().__init__(zh)
        self.zh, self.en, self.code = zh, en, code


@dataclass(frozen=True)
class Standing:
    """What is known of a journey when clocks are counted: days are legal days in Asia/Shanghai, moments aware.

    ``key_person``: met at the gate (RS-16). ``province`` is the six-digit code whose packs apply to the unit on duty;
    ``term`` is the rule that the journey names for the term of help.
    """

    release_type: str
    marks: frozenset[str]
    release_on: date
    opened_at: datetime
    key_person: bool = False
    effective_on: date | None = None
    arrival_at: datetime | None = None
    agreed_on: date | None = None
    province: str | None = None
    term: str = ""

    def knows(self, step: Step) -> bool:
        """Whether this road has such a step: its kind of release, its circumstances, a key person or not."""
        return step.applies(self.release_type, self.marks, key_person=self.key_person)


@dataclass(frozen=True)
class ClockFace:
    """A clock as it is stored: rule, anchor (aware), both layers (legal days in Asia/Shanghai, moments aware)."""

    rule: str
    anchor: date | datetime
    statutory_on: date | None
    statutory_at: datetime | None
    service_on: date | None
    service_at: datetime | None
    provisional: bool
    pack: str
    step: str = ""
    round: str = ""

    @property
    def due_at(self) -> datetime:
        """The earlier of the two ends, exclusive."""
        return min(moment for moment in (self.statutory_at, self.service_at) if moment is not None)

    @property
    def last_day(self) -> date | None:
        """The last legal day of the stricter layer, where the rule counts days."""
        return self.service_on or self.statutory_on


@dataclass(frozen=True)
class Landing:
    """Where a journey stands after a move: the new state, who owns it, which clocks begin."""

    state: str
    owner: str
    kind: str
    event: str
    clocks: tuple[ClockFace, ...]

    @property
    def ended(self) -> bool:
        """Whether the journey is over."""
        return self.kind == "end"

    @property
    def nothing_owed(self) -> bool:
        """Whether the journey is over or rests with its door open: no step stays open."""
        return self.kind in {"end", "rest"}


@dataclass(frozen=True)
class OpenedStep:
    """A step that begins: whose it is, and its clock."""

    definition: Step
    clock: ClockFace


def first_landing(book: Rulebook, journey: Journey, standing: Standing, *, state: str = "") -> Landing:
    """Where a journey opens: its start, or the named state (no receiver is known)."""
    return _land(book, journey.state(state) if state else journey.start, OPENING, standing, standing.opened_at)


def landing(
    book: Rulebook,
    journey: Journey,
    standing: Standing,
    *,
    state: str,
    move: str,
    by: Collection[str],
    at: datetime,
) -> Landing:
    """What `move`, made at `at` by a unit in the positions `by`, leads to. Raises MoveNotAllowed, reason in words."""
    wanted = next(found for found in journey.moves if found.id == move)
    here = journey.state(state)
    if here.kind == "end" or (state not in wanted.from_ and "*" not in wanted.from_):
        raise MoveNotAllowed(
            f"现在是“{here.zh}”，不能“{wanted.zh}”",
            f"The matter stands at “{here.en}”; “{wanted.en}” is not possible now",
        )
    _require_position(wanted, by)
    return _land(book, journey.state(wanted.to), wanted.event, standing, at)


def _require_position(wanted: MoveDefinition | Step, by: Collection[str]) -> None:
    if set(by).isdisjoint(wanted.by):
        raise MoveNotAllowed(f"“{wanted.zh}”须由承办单位办理", f"“{wanted.en}” belongs to the unit in charge")


def _land(book: Rulebook, state: State, event: str, standing: Standing, at: datetime) -> Landing:
    clocks = []
    for due in state.due:
        face = begin(book, due, due.facts, standing, event_at=at)
        if face is not None:
            clocks.append(face)
    return Landing(state.id, state.owner or "sending_unit", state.kind, event, tuple(clocks))


def steps_opened(
    book: Rulebook,
    journey: Journey,
    event: str,
    standing: Standing,
    *,
    state: str,
    held: Collection[str],
    at: datetime,
) -> tuple[OpenedStep, ...]:
    """The steps that `event` opens in a journey standing at `state`; `held` are steps opened or answered before.

    A step whose clock had passed before it could begin, and that says so, is not possible and does not open.
    """
    opened = []
    for definition in journey.steps:
        if event not in definition.opens or not standing.knows(definition):
            continue
        if definition.in_states and state not in definition.in_states:
            continue
        if definition.impossible_for(standing.release_type) or (definition.id in held and not definition.repeats):
            continue
        face = step_clock(book, definition, standing, round_id=first_round(definition, held), at=at)
        if face is not None:
            opened.append(OpenedStep(definition, face))
    return tuple(opened)


def first_round(definition: Step, held: Collection[str]) -> str:
    """The round in which a step begins: its first one; where it repeats on request, the number of the request."""
    if definition.rounds:
        return definition.rounds[0]
    return str(sum(1 for step in held if step == definition.id) + 1) if definition.repeats else ""


def step_clock(
    book: Rulebook,
    definition: Step,
    standing: Standing,
    *,
    round_id: str,
    at: datetime,
    from_day: date | None = None,
) -> ClockFace | None:
    """The clock of a step that begins at `at`, or from `from_day` (the end of the round before). None: not possible."""
    facts = definition.words_of_round(round_id)
    if from_day is not None:
        face: ClockFace | None = clock(book, definition.due.rule, from_day, facts=facts, province=standing.province)
    else:
        face = begin(book, definition.due, facts, standing, event_at=at)
    if face is None:
        return None
    return on_step(face, definition.id, round_id)


def on_step(face: ClockFace, step: str, round_id: str) -> ClockFace:
    """The same clock as one of a step and round."""
    return ClockFace(
        face.rule,
        face.anchor,
        face.statutory_on,
        face.statutory_at,
        face.service_on,
        face.service_at,
        face.provisional,
        face.pack,
        step,
        round_id,
    )


def next_round(
    book: Rulebook, definition: Step, standing: Standing, *, after: str, from_day: date | None, at: datetime
) -> ClockFace | None:
    """The clock of the round after `after`: in the listed rounds counted from the step's anchor, later ones from the
    end of the round before. None when there is none, or when it would end after the term of help.
    """
    round_id = definition.round_after(after)
    if round_id is None:
        return None
    listed = round_id in definition.rounds and round_id != definition.rounds[-1]
    face = step_clock(book, definition, standing, round_id=round_id, at=at, from_day=None if listed else from_day)
    last = term_of_help(book, standing)
    return None if face is None or (face.last_day is not None and face.last_day > last) else face


def term_of_help(book: Rulebook, standing: Standing) -> date:
    """The last day of the term of help, by the rule that the journey names."""
    end = book.due(standing.term, standing.release_on, province=standing.province).statutory
    if end is None or end.due_on is None:
        raise LookupError(f"{standing.term} has no length")
    return end.due_on


def begin(book: Rulebook, due: DueMoment, facts: Facts, standing: Standing, *, event_at: datetime) -> ClockFace | None:
    """The clock that begins at `event_at`; None if its anchor is unknown or its time had passed (not possible)."""
    anchor = anchor_of(book, due.anchor, standing, event_at=event_at)
    if anchor is None:
        return None
    face = clock(book, due.rule, anchor, facts=facts, province=standing.province)
    passed = due.if_passed
    if passed is None or face.due_at > event_at or not passed.holds(standing.release_type):
        return face
    if passed.rule is None or passed.anchor is None:
        return None
    instead = anchor_of(book, passed.anchor, standing, event_at=event_at)
    return None if instead is None else clock(book, passed.rule, instead, province=standing.province)


def anchor_of(book: Rulebook, name: str, standing: Standing, *, event_at: datetime) -> date | datetime | None:
    """The moment or legal day that an anchor names; None while it is not known."""
    if name == "term_end":
        return term_of_help(book, standing)
    known: dict[str, date | datetime | None] = {
        "opened": standing.opened_at,
        "release": standing.release_on,
        "state_since": event_at,
        "event": event_at,
        "effective": standing.effective_on,
        "arrival": standing.arrival_at,
        "agreement": standing.agreed_on,
    }
    return known[name]


@lru_cache(maxsize=8192)
def clock(
    book: Rulebook, rule: str, anchor: date | datetime, *, facts: Facts = (), province: str | None = None
) -> ClockFace:
    """The clock of `rule` from `anchor`, both layers (CAL-7: a service clock never overwrites the statutory one)."""
    due: Due = book.due(rule, anchor, facts=dict(facts) or None, province=province)
    return ClockFace(
        rule=rule,
        anchor=due.anchor,
        statutory_on=due.statutory.due_on if due.statutory else None,
        statutory_at=due.statutory.due_at if due.statutory else None,
        service_on=due.service.due_on if due.service else None,
        service_at=due.service.due_at if due.service else None,
        provisional=due.provisional,
        pack=due.pack,
    )


def due_moment_of(journey: Journey, *, rule: str, state: str, step: str) -> tuple[DueMoment, str] | None:
    """The due moment a stored clock was made from, and the name of its anchor."""
    moments: Iterable[DueMoment] = (journey.step(step).due,) if step else journey.state(state).due
    for due in moments:
        if due.rule == rule:
            return due, due.anchor
        passed = due.if_passed
        if passed is not None and passed.rule == rule and passed.anchor is not None:
            return due, passed.anchor
    return None


def answer(definition: Step, outcome: str, *, by: Collection[str]) -> Outcome:
    """The outcome of a step as a unit in the positions `by` gives it. Raises MoveNotAllowed."""
    _require_position(definition, by)
    found = next((entry for entry in definition.outcomes if entry.id == outcome), None)
    if found is None:
        raise MoveNotAllowed(f"“{definition.zh}”没有这个结果", f"“{definition.en}” has no such outcome")
    return found


def without_clock(definition: Step, standing: Standing) -> tuple[str, str] | None:
    """Why a step that began with the journey has no clock, in both languages; None where it simply is open."""
    barred = definition.impossible_for(standing.release_type)
    if barred is not None:
        return barred.zh, barred.en
    passed = definition.due.if_passed
    if passed is not None and passed.rule is None and passed.zh and passed.en and passed.holds(standing.release_type):
        return passed.zh, passed.en
    return None
