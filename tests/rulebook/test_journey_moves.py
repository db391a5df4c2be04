"""Moves of a journey: only from the state, only by the role, one for each event."""

from __future__ import annotations

import pytest

from guitu.rulebook import RefusalError, Rulebook, load_national, move
from tests.rulebook.texts import texts

JOURNEY = Rulebook.from_texts(texts()).journey("small")


def test_an_event_moves_the_journey_to_the_state_of_the_table() -> None:
    assert JOURNEY.start.id == "open"
    assert move(JOURNEY, "open", "asked", role="receiving_unit").to == "wait"
    assert move(JOURNEY, "wait", "answered").needs == ("reply",)


def test_a_move_from_any_state_is_open_everywhere_but_in_an_end() -> None:
    assert move(JOURNEY, "open", "died", role="sending_unit").to == "dead"
    assert move(JOURNEY, "wait", "died", role="receiving_unit").to == "dead"
    assert JOURNEY.moves_from("done") == ()


@pytest.mark.parametrize(
    ("state", "event", "role", "reason"),
    [
        ("open", "answered", "sending_unit", "not_a_move"),
        ("wait", "answered", "receiving_unit", "not_a_move"),
        ("done", "died", "sending_unit", "not_a_move"),
        ("nowhere", "asked", "receiving_unit", "unknown"),
    ],
)
def test_what_the_table_does_not_hold_is_refused_with_a_reason(state: str, event: str, role: str, reason: str) -> None:
    with pytest.raises(RefusalError) as caught:
        move(JOURNEY, state, event, role=role)

    assert caught.value.reason == reason


def test_every_waiting_state_of_the_shipped_journeys_has_an_owner_and_a_due_moment() -> None:
    journeys = load_national().journeys.values()

    assert journeys
    for journey in journeys:
        assert all(state.owner and state.due for state in journey.states if state.kind == "waiting")
