"""Late clocks, found set-wise and told once for each step: the duty unit reminded, late, and up its ladder.

Nothing of lateness is stored here: which step a clock has reached is computed (ladder.py), and what has been told is
the published fact of notices (`pub_notices_told`). Run by the tick.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from guitu.access.rule_packs import active_book
from guitu.access.tree import desk, tree_above
from guitu.journeys.ladder import TOLD_LATE, TOLD_SOON, Cutoff, cutoffs, soon_until
from guitu.notices import operations as notices
from guitu.rulebook.book import Rulebook

_NEWLY_LAPSED = """
SELECT * FROM journeys_newly_lapsed(%(rules)s::text[], %(steps)s::smallint[], %(due)s::timestamptz[],
  %(begun)s::timestamptz[], %(soon)s::timestamptz, %(at)s::timestamptz, %(late)s::smallint, %(reminder)s::smallint,
  %(most)s::integer)
"""


@dataclass(frozen=True)
class Lapsed:
    """A step that an open clock has reached and nobody has been told of. `part` is the
    state or step of the journey it belongs to; `due_at` is aware (UTC), exclusive.
    """

    clock_id: uuid.UUID
    journey_id: uuid.UUID
    person_id: uuid.UUID
    rule: str
    part: str
    step: int
    due_at: datetime
    duty_unit_id: uuid.UUID
    sending_unit_id: uuid.UUID
    receiving_unit_id: uuid.UUID | None

    @property
    def other_unit_id(self) -> uuid.UUID | None:
        """The other side of the matter."""
        return self.receiving_unit_id if self.duty_unit_id == self.sending_unit_id else self.sending_unit_id


def newly_lapsed(as_of: datetime, most: int) -> list[Lapsed]:
    """The steps that open clocks have reached at `as_of` and that have not been told, the longest late first.

    One query whatever the number, inside the cage (access/sql/lapsing.sql); in the caller's transaction and acting
    session (the tick's sees all).
    """
    book = active_book()
    with connection.cursor() as cursor:
        cursor.execute(_NEWLY_LAPSED, _asked(book, as_of, most))
        return [Lapsed(*row) for row in cursor.fetchall()]


def _asked(book: Rulebook, as_of: datetime, most: int) -> dict[str, Any]:
    rungs: Sequence[Cutoff] = cutoffs(book, as_of)
    return {
        "rules": [rung.rule for rung in rungs],
        "steps": [rung.step for rung in rungs],
        "due": [rung.due_to for rung in rungs],
        "begun": [rung.anchor_before for rung in rungs],
        "soon": max(soon_until(book, as_of), as_of),
        "at": as_of,
        "late": TOLD_LATE,
        "reminder": TOLD_SOON,
        "most": most,
    }


def tell_lateness(*, at: datetime, most: int, retry: timedelta) -> tuple[int, int]:
    """Tell every newly reached step to the desk that bears it, once; returns how many were told and how many failed.

    In one transaction of its own; a second call at the same moment tells none.
    """
    with transaction.atomic():
        found = newly_lapsed(at, most)
        if not found:
            return 0, 0
        book = active_book()
        tree = tree_above(
            {unit for one in found for unit in (one.duty_unit_id, one.other_unit_id) if unit is not None}, at=at
        )
        notices.forget_failures({one.clock_id for one in found}, at=at)
        tellings = []
        for one in found:
            facts = {"rule": one.rule, "part": one.part, "due_at": one.due_at.isoformat()}
            code, bearer = "CLOCK_LAPSED" if one.step == TOLD_LATE else "CLOCK_DUE_SOON", desk(one.duty_unit_id)
            overdue = book.rule(one.rule).when_overdue
            if one.step > TOLD_LATE and overdue is not None:
                office = overdue.ladder[one.step - 1]
                code, bearer = "CLOCK_ESCALATED", tree.bearer(office, one.duty_unit_id, one.other_unit_id)
                facts |= {"unit": str(one.duty_unit_id), "step": str(one.step), "office": office}
            tellings.append(notices.Telling(bearer, code, one.clock_id, facts, str(one.step), one.step, one.person_id))
        return notices.tell_each(tellings, at=at, retry=retry)
