"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid
from functools import lru_cache

from guitu.journeys.models import Answer, Circumstance, Clock, Journey, Move
from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    TOLD,
    Decision,
    Holding,
    Row,
    TableCopy,
    copied,
    tell,
)
from guitu.rulebook.book import load_national

INQUIRING = frozenset({"verification_ask", "verification"})
"""Steps whose note tells what family, neighbours and village committee said when an office asked about the person."""


def _part(column: str) -> Decision:
    """A state or step of a journey, told with its name."""
    return tell(lambda row: part_names().get(getattr(row, column), ""))


@lru_cache(maxsize=1)
def part_names() -> dict[str, str]:
    """The Chinese names of all states and steps, by their codes."""
    found: dict[str, str] = {}
    for journey in load_national().journeys.values():
        found |= {state.id: state.zh for state in journey.states}
        found |= {step.id: step.zh for step in journey.steps}
    return found


def _rule(column: str) -> Decision:
    """A rule, told with its name."""
    rules = load_national().rules
    return tell(lambda row: rules[getattr(row, column)].name_zh if getattr(row, column) in rules else "")


def _outcome(row: Row) -> str:
    for journey in load_national().journeys.values():
        for step in journey.steps:
            if step.id == row.step:
                return next((one.zh for one in step.outcomes if one.id == row.outcome), "")
    return ""


def _inquired(row: Row) -> bool:
    return row.step in INQUIRING


HOLDINGS = (
    Holding(
        Journey,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            "pack": TECHNICAL,
            "state": _part("state"),
            "duty_unit_id": TELL_UNIT,
            "first_desk_id": TELL_UNIT,
            "sending_unit_id": TELL_UNIT,
            "receiving_unit_id": TELL_UNIT,
            "local_unit_id": TELL_UNIT,
            "superior_unit_id": TELL_UNIT,
            "worker_post_id": TELL_POST,
            "definition": TECHNICAL,
            "release_on": TELL,
            "effective_on": TELL,
            "arrival_at": TELL,
            "agreed_on": TELL,
            "released_at": TELL,
            "release_type": TELL,
            "key_person": TELL,
            "key_grounds": TELL,
            "marks": TELL,
            "state_since": TELL,
            "opened_at": TELL,
            "ended_at": TELL,
            "due_at": TELL,
            "due_rule": _rule("due_rule"),
        },
    ),
    Holding(
        Clock,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "rule": _rule("rule"),
            "state": _part("state"),
            "step": _part("step"),
            "round": TELL,
            "anchor_at": TELL,
            "statutory_on": TELL,
            "statutory_at": TELL,
            "service_on": TELL,
            "service_at": TELL,
            "due_at": TELL,
            "pack": TECHNICAL,
            "provisional": TELL,
            "duty_unit_id": TELL_UNIT,
            "started_at": TELL,
            "done_at": TELL,
            "voided_at": TELL,
            "void_reason": TELL,
        },
    ),
    Holding(
        Move,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "from_state": _part("from_state"),
            "to_state": _part("to_state"),
            "code": TELL,
            "at": TELL,
            "post_id": TELL_POST,
            "unit_id": TELL_UNIT,
        },
    ),
    Holding(
        Answer,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "step": _part("step"),
            "round": TELL,
            "outcome": tell(_outcome),
            "kind": TELL,
            "note": Decision(TOLD, "STATEMENTS", unless=_inquired, written=True),
            "at": TELL,
            "post_id": TELL_POST,
            "unit_id": TELL_UNIT,
            "corrects_id": TECHNICAL,
        },
    ),
    Holding(
        Circumstance,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "mark": TELL,
            "source": TELL,
            "event_id": TECHNICAL,
            "at": TELL,
            "post_id": TELL_POST,
            "unit_id": TELL_UNIT,
            "ended_at": TELL,
            "ended_event_id": TECHNICAL,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
