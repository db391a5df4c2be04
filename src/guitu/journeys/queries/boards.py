"""What a board shows of the units in range: numbers of matters in hand and late, no person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Load:
    """How many matters stand at `state`, and how many of them are late; of one unit, or of all in range (None)."""

    unit_id: uuid.UUID | None
    state: str
    in_hand: int
    late: int


@dataclass(frozen=True)
class Board:
    """The units in range at one moment.

    `states` counts all of them by state; `units_late` says how many units have late matters. `in_hand` and `late` count
    the matters of what was asked for, `units` how many units those lie with; `page` holds some of these units, the most
    late first, then the most in hand, each with its states.
    """

    states: tuple[Load, ...]
    units_late: int
    units: int
    in_hand: int
    late: int
    page: tuple[Load, ...]


def board_of_units(*, now: datetime, states: list[str] | None, only_late: bool, first: int, most: int) -> Board:
    """The units in the acting post's range at `now` (aware), in one statement.

    ``states``: only matters that stand there (None: all). `only_late` keeps a unit's states that have late matters.
    Raises DatabaseError GU006 where the post may not read boards.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT what, unit_id, state, in_hand, late"
            " FROM journeys_load(%s::timestamptz, %s::text[], %s::boolean, %s::integer, %s::integer)",
            [now, states, only_late, first, most],
        )
        rows = [(row[0], Load(*row[1:])) for row in cursor.fetchall()]
    number = {what: load for what, load in rows if what not in {"state", "unit"}}
    return Board(
        states=tuple(load for what, load in rows if what == "state"),
        units_late=number["units"].late,
        units=number["chosen_units"].in_hand,
        in_hand=number["chosen"].in_hand,
        late=number["chosen"].late,
        page=tuple(load for what, load in rows if what == "unit"),
    )
