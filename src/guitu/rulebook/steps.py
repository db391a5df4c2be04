"""Steps of a journey as data: what is done beside its state, each with an owner, a clock and an answer of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.reading import Section

POSITIONS = ("sending_unit", "receiving_unit", "local_unit", "superior_unit")
"""Where a unit stands in a journey: who sends, the county, the office it allots to, the common superior."""
CLOCK = "clock"
"""What time alone brings about: a mover beside the positions, never an owner."""
ANCHORS = ("opened", "release", "state_since", "event", "effective", "arrival", "agreement", "term_end")
OUTCOME_KINDS = ("done", "declined", "not_possible")
OPENING, REQUEST = "opening", "request"
RELEASE_TYPES, MARKS = "release_type", "road_mark"


@dataclass(frozen=True, slots=True)
class IfPassed:
    """What holds when a clock's end had passed before it could begin: another clock, or no clock (not possible).

    ``release_types`` empty means every kind of release; for the others the clock simply is late.
    """

    release_types: tuple[str, ...]
    rule: str | None
    anchor: str | None
    zh: str | None
    en: str | None

    def holds(self, release_type: str) -> bool:
        """Whether it holds for this kind of release."""
        return not self.release_types or release_type in self.release_types


@dataclass(frozen=True, slots=True)
class DueMoment:
    """A clock: the rule, the anchor (a named moment of the journey) it starts from, the facts that choose a variant."""

    rule: str
    anchor: str
    facts: tuple[tuple[str, str], ...]
    if_passed: IfPassed | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer a step can have: done, declined by the person, or not possible."""

    id: str
    kind: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Impossible:
    """Kinds of release for which a step cannot be taken at all, and why."""

    release_types: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done on the road beside its state; ``before_release`` means that after release it is moot,
    ``key_person`` that it is for those alone who are met at the gate (RS-16).
    """

    id: str
    stage: str
    matter: str
    zh: str
    en: str
    owner: str
    by: tuple[str, ...]
    opens: tuple[str, ...]
    repeats: bool
    release_types: tuple[str, ...]
    marks: tuple[str, ...]
    key_person: bool
    in_states: tuple[str, ...]
    before_release: bool
    due: DueMoment
    impossible: Impossible | None
    rounds: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    line: int

    def applies(self, release_type: str, marks: Iterable[str], *, key_person: bool) -> bool:
        """Whether the step belongs to a journey of this kind of release with these marks, of a key person or not."""
        if (self.release_types and release_type not in self.release_types) or (self.key_person and not key_person):
            return False
        return not self.marks or not set(self.marks).isdisjoint(marks)

    def impossible_for(self, release_type: str) -> Impossible | None:
        """Why this kind of release allows no such step, or None."""
        found = self.impossible
        return found if found is not None and release_type in found.release_types else None

    def outcome(self, outcome_id: str) -> Outcome:
        """An answer by id; raises RefusalError("unknown")."""
        for found in self.outcomes:
            if found.id == outcome_id:
                return found
        raise RefusalError(
            "unknown", f"“{self.zh}”没有结果 {outcome_id}", f"the step {self.id} has no outcome {outcome_id}"
        )

    def round_after(self, round_id: str) -> str | None:
        """The round after `round_id`; the last one repeats with a number behind it. None if there are no rounds."""
        if not self.rounds:
            return None
        last = self.rounds[-1]
        if round_id in self.rounds[:-1]:
            return self.rounds[self.rounds.index(round_id) + 1]
        number = int(round_id.partition("-")[2] or "1")
        return f"{last}-{number + 1}"

    def words_of_round(self, round_id: str) -> tuple[tuple[str, str], ...]:
        """The facts that choose the rule's variant in this round."""
        return (*self.due.facts, ("round", round_id.partition("-")[0])) if round_id else self.due.facts


def read_due(entry: Section) -> DueMoment:
    """A due moment with what holds if it had passed before it could begin."""
    passed = entry.optional_section("if_passed")
    made = DueMoment(
        rule=entry.text("rule"),
        anchor=entry.choice("anchor", ANCHORS),
        facts=entry.pairs("facts") if entry.has("facts") else (),
        if_passed=_read_if_passed(passed) if passed is not None else None,
    )
    entry.done()
    return made


def read_if_passed(step: Section) -> IfPassed | None:
    """The ``if_passed`` of a step; None where a passed clock simply is late."""
    section = step.optional_section("if_passed")
    return _read_if_passed(section) if section is not None else None


def _read_if_passed(section: Section) -> IfPassed:
    rule = section.optional_text("rule")
    made = IfPassed(
        release_types=section.texts("release_type"),
        rule=rule,
        anchor=section.choice("anchor", ANCHORS) if rule is not None else None,
        zh=section.text("zh") if rule is None else section.optional_text("zh"),
        en=section.text("en") if rule is None else section.optional_text("en"),
    )
    section.done()
    return made


def read_step(part: Section) -> Step:
    """One step; raises RulebookError for a step without owner, due moment, opening or outcomes."""
    when = part.optional_section("when")
    kinds = when.texts("release_type") if when is not None else ()
    marks = when.texts("mark") if when is not None else ()
    key_person = when.flag("key_person", default=False) if when is not None else False
    if when is not None:
        when.done()
    barred = part.optional_section("impossible")
    impossible = None
    if barred is not None:
        impossible = Impossible(barred.texts("release_type", required=True), barred.text("zh"), barred.text("en"))
        barred.done()
    due = read_due(part.section("due"))
    passed = read_if_passed(part)
    if passed is not None:
        due = DueMoment(due.rule, due.anchor, due.facts, passed)
    outcomes = []
    for entry in part.sections("outcomes", required=True):
        outcomes.append(
            Outcome(entry.text("id"), entry.choice("kind", OUTCOME_KINDS), entry.text("zh"), entry.text("en"))
        )
        entry.done()
    step = Step(
        id=part.text("id"),
        stage=part.text("stage"),
        matter=part.text("matter"),
        zh=part.text("zh"),
        en=part.text("en"),
        owner=part.choice("owner", POSITIONS),
        by=part.texts("by", required=True),
        opens=part.texts("opens", required=True),
        repeats=part.flag("repeats", default=False),
        release_types=kinds,
        marks=marks,
        key_person=key_person,
        in_states=part.texts("in_states"),
        before_release=part.flag("before_release", default=False),
        due=due,
        impossible=impossible,
        rounds=part.texts("rounds"),
        outcomes=tuple(outcomes),
        line=part.line,
    )
    part.done()
    return step


def check_steps(
    steps: tuple[Step, ...], *, file: str, stages: set[str], events: set[str], at_line: Mapping[str, int]
) -> Iterable[RulebookError]:
    """Steps that name a stage, an opening event or a mover that does not exist; an outcome or a step named twice."""

    def at(step: Step, zh: str, en: str) -> RulebookError:
        return RulebookError(file, at_line.get(step.id, step.line), zh, en)

    answers = {f"{step.id}:{outcome.id}" for step in steps for outcome in step.outcomes}
    known = events | answers | {OPENING, REQUEST, "effective_noted", "mark_noted"}
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            yield at(step, f"steps 的 id {step.id} 重复", f"duplicate id {step.id} in steps")
        seen.add(step.id)
        if step.stage not in stages:
            yield at(step, f"步骤 {step.id} 的环节 {step.stage} 不存在", f"unknown stage {step.stage}")
        for event in step.opens:
            if event not in known:
                yield at(step, f"步骤 {step.id} 由不存在的事件 {event} 开启", f"{step.id} opens on no event: {event}")
        for mover in step.by:
            if mover not in (*POSITIONS, CLOCK):
                yield at(step, f"步骤 {step.id} 的办理方 {mover} 不存在", f"{step.id} names no position: {mover}")
        ids = [outcome.id for outcome in step.outcomes]
        for doubled in sorted({entry for entry in ids if ids.count(entry) > 1}):
            yield at(step, f"步骤 {step.id} 的结果 {doubled} 重复", f"{step.id} has the outcome {doubled} twice")
