"""Pure decisions about journeys: which move is possible, which clocks a state starts. No Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from guitu.rulebook.book import Rulebook

Owner = Literal["sending_unit", "receiving_unit"]


class MoveNotAllowed(ValueError):
    """The journey cannot make this move: from its state, or by this unit."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


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

    @property
    def due_at(self) -> datetime:
        """The earlier of the two ends, exclusive."""
        return min(moment for moment in (self.statutory_at, self.service_at) if moment is not None)


@dataclass(frozen=True)
class Step:
    """Where a journey stands after a move: the new state, who owns it, which clocks begin."""

    state: str
    owner: Owner
    ended: bool
    clocks: tuple[ClockFace, ...]


def first_step(book: Rulebook, kind: str, *, release_on: date, at: datetime) -> Step:
    """The opening state of a journey of `kind` that opens at `at` for a release on the legal day `release_on`."""
    journey = book.journeys[kind]
    start = next(state for state in journey.states if state.kind == "start")
    return _step(book, kind, start.id, release_on=release_on, at=at)


def step(book: Rulebook, kind: str, state: str, move: str, *, by: Owner, release_on: date, at: datetime) -> Step:
    """What `move`, made by the unit in position `by` at `at`, leads to. Raises MoveNotAllowed, reason in words."""
    journey = book.journeys[kind]
    wanted = next(found for found in journey.moves if found.id == move)
    here = next(found for found in journey.states if found.id == state)
    if state not in wanted.from_ and "*" not in wanted.from_:
        raise MoveNotAllowed(
            f"现在是“{here.zh}”，不能“{wanted.zh}”",
            f"The matter stands at “{here.en}”; “{wanted.en}” is not possible now",
        )
    if by not in wanted.by:
        raise MoveNotAllowed(f"“{wanted.zh}”须由承办单位办理", f"“{wanted.en}” belongs to the unit in charge")
    return _step(book, kind, wanted.to, release_on=release_on, at=at)


def _step(book: Rulebook, kind: str, state_id: str, *, release_on: date, at: datetime) -> Step:
    state = next(found for found in book.journeys[kind].states if found.id == state_id)
    anchors: dict[str, date | datetime] = {"release": release_on, "state_since": at}
    clocks = tuple(clock(book, due.rule, anchors[due.anchor]) for due in state.due)
    owner: Owner = "sending_unit" if state.owner == "sending_unit" else "receiving_unit"
    return Step(state=state.id, owner=owner, ended=state.kind == "end", clocks=clocks)


def clock(book: Rulebook, rule: str, anchor: date | datetime) -> ClockFace:
    """The clock of `rule` from `anchor`, both layers (CAL-7: a service clock never overwrites the statutory one)."""
    due = book.due(rule, anchor)
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
