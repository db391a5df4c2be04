"""What the acting post sees of persons, by the decision table: asked once for all of them, answered item by item."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from guitu.access.acting import actor
from guitu.rulebook.decision_table import NOTHING, Decision, DecisionTable, decision_table
from guitu.rulebook.masking import COVER, MASKS


@dataclass(frozen=True, slots=True)
class Standing:
    """How the acting post stands to a person, and how the file stands, as words of the decision table."""

    relation: str
    state: str
    on: date
    """The legal day, by the database's clock."""


@dataclass(frozen=True)
class Sight:
    """What one role sees for one purpose of these persons; nothing of anybody else."""

    role: str
    purpose: str
    standings: Mapping[uuid.UUID, Standing]
    table: DecisionTable

    def of(self, person_id: uuid.UUID, item: str) -> Decision:
        """What the table says about one item of one person; a no without a line for somebody out of sight."""
        held = self.standings.get(person_id)
        if held is None:
            return NOTHING
        return self.table.decide(
            self.role, self.purpose, item, relation=held.relation, state=held.state, on=held.on
        )

    def shown(self, person_id: uuid.UUID, item: str, value: str) -> str | None:
        """The value as it may be shown: itself, masked, or None where it is not (or not yet) to be seen."""
        return as_shown(self.of(person_id, item), value)


def as_shown(decision: Decision, value: str) -> str | None:
    """A value as a decision lets it be shown."""
    if decision.effect == "allow":
        return value
    return MASKS[decision.mask](value) if decision.effect == "mask" else None


def sight_of(persons: Iterable[uuid.UUID]) -> Sight:
    """What the acting post sees of these persons; one statement whatever their number."""
    now = actor()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_standing(%s::uuid[])", [list(persons)])
        standings = {person_id: Standing(relation, state, on) for person_id, relation, state, on in cursor.fetchall()}
    return Sight(now.session.role, now.purpose, standings, decision_table())


def shown_names(named: Iterable[tuple[uuid.UUID, str]]) -> dict[uuid.UUID, str]:
    """The names of a list's persons as the acting post may see them; covered where it may not. One statement, or none."""
    names = dict(named)
    sight = sight_of(names) if names else None
    return {one: sight.shown(one, "name", name) or COVER for one, name in names.items()} if sight else {}
