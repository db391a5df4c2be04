"""Journeys as data: stages, states with owner and due moments, and the one table of moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guitu.rulebook.catalogues import CodeTable
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.reading import Findings, Section
from guitu.rulebook.records import Rule
from guitu.rulebook.steps import (
    CLOCK,
    MARKS,
    POSITIONS,
    RELEASE_TYPES,
    DueMoment,
    Step,
    check_steps,
    read_due,
    read_step,
)

STATE_KINDS = ("start", "waiting", "rest", "end")
"""A rest is an open door: nothing is owed and no clock runs, and the journey can go on from there."""
ANY_STATE = "*"
RETURN_HOME = "return_home"
"""The journey from prison home, the one that is opened here."""
NO_RECEIVER = "no_receiver"
"""The state in which a journey opens whose receiver is not known."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the stages (环节) of a journey."""

    id: str
    zh: str
    en: str
    number: int


@dataclass(frozen=True, slots=True)
class State:
    """Where a journey can be; a waiting state always has an owner and at least one due moment."""

    id: str
    zh: str
    en: str
    stage: str
    kind: str
    owner: str | None
    first_desk: str | None
    due: tuple[DueMoment, ...]
    documents: tuple[str, ...]
    tell: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a state (or from any state that is not an end) to another."""

    id: str
    zh: str
    en: str
    from_: tuple[str, ...]
    to: str
    by: tuple[str, ...]
    needs: tuple[str, ...]
    event: str
    line: int


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey (流程) with its version; a running case stays with the version it began under."""

    id: str
    zh: str
    en: str
    pack_version: str | None
    stages: tuple[Stage, ...]
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    steps: tuple[Step, ...]
    term: str
    file: str

    def step(self, step_id: str) -> Step:
        """A step by id; raises RefusalError("unknown")."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise RefusalError(
            "unknown", f"流程“{self.zh}”没有步骤 {step_id}", f"the journey {self.id} has no step {step_id}"
        )

    def state(self, state_id: str) -> State:
        """A state by id; raises RefusalError("unknown")."""
        for state in self.states:
            if state.id == state_id:
                return state
        raise RefusalError(
            "unknown", f"流程“{self.zh}”没有状态 {state_id}", f"the journey {self.id} has no state {state_id}"
        )

    @property
    def start(self) -> State:
        """The one state in which the journey opens."""
        return next(state for state in self.states if state.kind == "start")

    def moves_from(self, state_id: str) -> tuple[Move, ...]:
        """The moves that are open in a state, in the order of the table."""
        state = self.state(state_id)
        if state.kind == "end":
            return ()
        return tuple(move for move in self.moves if state_id in move.from_ or move.from_ == (ANY_STATE,))


def move(journey: Journey, state: str, event: str, *, role: str | None = None) -> Move:
    """The move that an event makes in a state.

    ``role``: who acts; left out, the role is not asked. A move that names the state goes before one from any state.
    Raises RefusalError: unknown (state), not_a_move (no such move here, or not by this role).
    """
    fitting = [entry for entry in journey.moves_from(state) if entry.event == event]
    if not fitting:
        raise RefusalError(
            "not_a_move",
            f"“{journey.state(state).zh}”状态下不能发生 {event}",
            f"{event} is no move from the state {state} of {journey.id}",
        )
    chosen = min(fitting, key=lambda entry: entry.from_ == (ANY_STATE,))
    if role is not None and role not in chosen.by:
        raise RefusalError(
            "not_a_move",
            f"“{chosen.zh}”只能由{'、'.join(chosen.by)}办理，不能由 {role} 办理",
            f"{chosen.id} is made by {', '.join(chosen.by)}, not by {role}",
        )
    return chosen


def read_journey(section: Section) -> Journey:
    """One ``journeys/*.yaml``; raises RulebookError for a waiting state without owner or due moment and dead ends."""
    findings = Findings()
    stages: list[Stage] = []
    states: list[State] = []
    moves: list[Move] = []
    steps: list[Step] = []
    journey_id, zh, en = section.text("id"), section.text("zh"), section.text("en")
    version = section.optional_text("pack_version")
    term = section.optional_text("term") or ""
    section.optional_text("source")
    section.optional_date("checked_on")
    findings.each(section.sections("stages", required=True), lambda part: stages.append(_read_stage(part)))
    findings.each(section.sections("states", required=True), lambda part: states.append(_read_state(part)))
    findings.each(section.sections("moves", required=True), lambda part: moves.append(_read_move(part)))
    findings.each(section.sections("steps"), lambda part: steps.append(read_step(part)))
    findings.attempt(section.done)
    findings.stop_if_any()
    journey = Journey(
        journey_id, zh, en, version, tuple(stages), tuple(states), tuple(moves), tuple(steps), term, section.file
    )
    for name, ids in (
        ("stages", [stage.id for stage in stages]),
        ("states", [state.id for state in states]),
        ("moves", [entry.id for entry in moves]),
    ):
        for doubled in sorted({entry for entry in ids if ids.count(entry) > 1}):
            findings.add(section.error(f"{name} 的 id {doubled} 重复", f"duplicate id {doubled} in {name}", name))
    if [state.kind for state in states].count("start") != 1:
        findings.add(section.error("须有且只有一个开始状态", "a journey has exactly one start state", "states"))
    findings.stop_if_any()
    for found in _check_table(journey):
        findings.add(found)
    events = {entry.event for entry in moves}
    lines = {step.id: step.line for step in steps}
    stage_ids = {stage.id for stage in stages}
    for found in check_steps(journey.steps, file=section.file, stages=stage_ids, events=events, at_line=lines):
        findings.add(found)
    findings.stop_if_any()
    return journey


def check_rules(journey: Journey, rules: Mapping[str, Rule], codes: Mapping[str, CodeTable]) -> Iterable[RulebookError]:
    """Due moments that name no rule or one without a clock; kinds of release and marks that no code table has."""
    if journey.term and (journey.term not in rules or rules[journey.term].kind != "term"):
        yield RulebookError(
            journey.file, 1, f"期间规则 {journey.term} 不存在或者不是期间", f"{journey.term} is no term"
        )
    clocks = [(state.id, due, state.line) for state in journey.states for due in state.due]
    clocks += [(step.id, step.due, step.line) for step in journey.steps]
    for owner, due, line in clocks:
        for name in (due.rule, due.if_passed.rule if due.if_passed else None):
            if name is None:
                continue
            rule = rules.get(name)
            if rule is None or rule.kind == "norm":
                why = ("不存在", "does not exist") if rule is None else ("没有时限", "has no clock")
                yield RulebookError(
                    journey.file,
                    line,
                    f"{owner} 的时限规则 {name} {why[0]}",
                    f"{owner} names the rule {name}, which {why[1]}",
                )
        kinds = due.if_passed.release_types if due.if_passed else ()
        yield from _unknown_codes(kinds, codes, RELEASE_TYPES, f"{journey.file}:{owner}", line)
    for step in journey.steps:
        if step.due.anchor == "term_end" and not journey.term:
            yield RulebookError(
                journey.file,
                step.line,
                f"{step.id} 以期间届满起算，流程没有写 term",
                f"{step.id} needs the journey's term",
            )
        barred = step.impossible.release_types if step.impossible else ()
        owner, named = f"{journey.file}:{step.id}", (*step.release_types, *barred)
        yield from _unknown_codes(named, codes, RELEASE_TYPES, owner, step.line)
        yield from _unknown_codes(step.marks, codes, MARKS, owner, step.line)


def _unknown_codes(
    names: Iterable[str], codes: Mapping[str, CodeTable], table: str, place: str, line: int
) -> Iterable[RulebookError]:
    """The names that a code table does not have; `place` is the file and, after a colon, who names them."""
    file, _, owner = place.partition(":")
    held = {entry.code for entry in codes[table].codes} if table in codes else set()
    for name in names:
        if name not in held:
            yield RulebookError(
                file,
                line,
                f"{owner} 的 {name} 不在代码表 {table}",
                f"{owner} names {name}, which {table} does not have",
            )


def _read_stage(part: Section) -> Stage:
    stage = Stage(part.text("id"), part.text("zh"), part.text("en"), part.integer("number"))
    part.done()
    return stage


def _read_state(part: Section) -> State:
    due = [read_due(entry) for entry in part.sections("due")]
    state = State(
        id=part.text("id"),
        zh=part.text("zh"),
        en=part.text("en"),
        stage=part.text("stage"),
        kind=part.choice("kind", STATE_KINDS),
        owner=part.optional_text("owner"),
        first_desk=part.optional_text("first_desk"),
        due=tuple(due),
        documents=part.texts("documents"),
        tell=part.texts("tell"),
        line=part.line,
    )
    part.done()
    if state.kind == "waiting" and state.owner is None:
        raise part.error(f"等待状态 {state.id} 没有责任人 owner", f"the waiting state {state.id} has no owner")
    if state.kind == "waiting" and not state.due:
        raise part.error(f"等待状态 {state.id} 没有到期时刻 due", f"the waiting state {state.id} has no due moment")
    return state


def _read_move(part: Section) -> Move:
    from_ = (ANY_STATE,) if part.is_word("from", ANY_STATE) else part.texts("from", required=True)
    entry = Move(
        id=part.text("id"),
        zh=part.text("zh"),
        en=part.text("en"),
        from_=from_,
        to=part.text("to"),
        by=part.texts("by", required=True),
        needs=part.texts("needs"),
        event=part.text("event"),
        line=part.line,
    )
    part.done()
    return entry


def _check_table(journey: Journey) -> Iterable[RulebookError]:
    """References to nothing, two moves for one event, states that cannot be reached or left."""
    kinds = {state.id: state.kind for state in journey.states}
    stages = {stage.id for stage in journey.stages}
    taken: set[tuple[str, str]] = set()

    def at(line: int, zh: str, en: str) -> RulebookError:
        return RulebookError(journey.file, line, zh, en)

    for state in journey.states:
        if state.owner is not None and state.owner not in POSITIONS:
            yield at(
                state.line, f"状态 {state.id} 的责任方 {state.owner} 不存在", f"no position is called {state.owner}"
            )
        if state.stage not in stages:
            yield at(state.line, f"状态 {state.id} 的环节 {state.stage} 不存在", f"unknown stage {state.stage}")
    for entry in journey.moves:
        for mover in entry.by:
            if mover not in (*POSITIONS, CLOCK):
                yield at(entry.line, f"流转 {entry.id} 的办理方 {mover} 不存在", f"no position is called {mover}")
        for name in (*(name for name in entry.from_ if name != ANY_STATE), entry.to):
            if name not in kinds:
                yield at(entry.line, f"流转 {entry.id} 指向不存在的状态 {name}", f"{entry.id} names no state: {name}")
        for name in entry.from_:
            if kinds.get(name) == "end":
                yield at(
                    entry.line, f"流转 {entry.id} 从终止状态 {name} 出发", f"{entry.id} leaves the end state {name}"
                )
            if (name, entry.event) in taken:
                yield at(
                    entry.line, f"{name} 状态下事件 {entry.event} 有两条流转", f"two moves for {entry.event} in {name}"
                )
            taken.add((name, entry.event))
    targets = {entry.to for entry in journey.moves}
    for state in journey.states:
        if state.kind != "start" and state.id not in targets:
            yield at(state.line, f"没有流转到达状态 {state.id}", f"no move leads to the state {state.id}")
        if state.kind != "end" and not journey.moves_from(state.id):
            yield at(state.line, f"状态 {state.id} 没有出路", f"no move leaves the state {state.id}")
