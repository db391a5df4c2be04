"""What a journey has come through, as a newer definition must be able to tell it."""

from __future__ import annotations

import uuid

from guitu.journeys.models import Answer, Move
from guitu.rulebook.journey_differences import Walked


def walked(journey_id: uuid.UUID, state: str) -> Walked:
    """The states that this journey, now at `state`, was in, and the answers given to its steps; two queries."""
    moves = Move.objects.filter(journey_id=journey_id).values_list("from_state", "to_state")
    answers = Answer.objects.filter(journey_id=journey_id).values_list("step", "outcome")
    return Walked(state, frozenset(one for move in moves for one in move), frozenset(answers))
