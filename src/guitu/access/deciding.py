"""What the acting post sees of persons, by the decision table: asked once for all of them, answered item by item."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection

from guitu.access.acting import actor
from guitu.rulebook.book import load_national
from guitu.rulebook.decision_table import NOTHING, Decision, DecisionTable, decision_table
from guitu.rulebook.masking import COVER, MASKS


class Standing(NamedTuple):
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
        return self.by_standing(self.standings.get(person_id), item)

    def by_standing(self, held: Standing | None, item: str) -> Decision:
        """What the table says about one item of whoever stands so; None is out of sight."""
        if held is None:
            return NOTHING
        return self.table.decide(self.role, self.purpose, item, relation=held.relation, state=held.state, on=held.on)

    def knows(self, person_id: uuid.UUID, mark: str) -> bool:
        """Whether the post may know of a special circumstance (code of road_mark): by the item that it tells."""
        item = item_told_by(mark)
        return item is None or self.of(person_id, item).effect in {"allow", "reveal"}

    def shown(self, person_id: uuid.UUID, item: str, value: str) -> str | None:
        """The value as it may be shown: itself, masked, or None where it is not (or not yet) to be seen."""
        return as_shown(self.of(person_id, item), value)


def item_told_by(mark: str) -> str | None:
    """The core item that a special circumstance (code of road_mark) tells something of; None where it tells none."""
    return next((code.item for code in load_national().codes["road_mark"].codes if code.code == mark), None)


def as_shown(decision: Decision, value: str) -> str | None:
    """A value as a decision lets it be shown."""
    if decision.effect == "allow":
        return value
    return MASKS[decision.mask](value) if decision.effect == "mask" else None


_looked: ContextVar[dict[uuid.UUID, Standing | None] | None] = ContextVar("guitu_looked", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Inside, how the post stands to a person is asked once: for a page that only reads, in one transaction."""
    mark = _looked.set({})
    try:
        yield
    finally:
        _looked.reset(mark)


def sight_of(persons: Iterable[uuid.UUID]) -> Sight:
    """What the acting post sees of these persons; one statement for those about whom `one_look` does not know it."""
    now, wanted, held = actor(), list(persons), _looked.get()
    unasked = [one for one in wanted if one not in held] if held else wanted
    found: dict[uuid.UUID, Standing | None] = dict(held or {})
    if unasked:
        found |= dict.fromkeys(unasked)
        for standing, alike in _standing(unasked):
            found |= dict.fromkeys(alike, standing)
    if held is not None:
        held |= found
    standings = {one: how for one in wanted if (how := found[one]) is not None}
    return Sight(now.session.role, now.purpose, standings, decision_table())


def _standing(persons: list[uuid.UUID]) -> Iterator[tuple[Standing, list[uuid.UUID]]]:
    """How the post stands to these persons: each way once, since of many persons few differ. Out of sight: in none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.relation, s.state, s.on_day, array_agg(s.person_id) FROM access_standing(%b::uuid[]) s"
            " GROUP BY s.relation, s.state, s.on_day",
            [persons],
        )
        for relation, state, on, alike in cursor.fetchall():
            yield Standing(relation, state, on), alike


class Held(NamedTuple):
    """What is held of one person: core items, special circumstances, whether anything was said or noted in words."""

    items: list[str]
    marks: list[str]
    words: bool


WORDS = "plan_consent"
"""The core item that words of a matter count as: what the person said and was answered, notes of steps, minutes."""


def sight_and_held(person_id: uuid.UUID) -> tuple[Sight, Held]:
    """What the acting post sees of one person, and what of it is held at present; in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.relation, s.state, s.on_day, ARRAY(SELECT f.item FROM people_fact f"
            " WHERE f.person_id = s.person_id AND f.to_at IS NULL),"
            " ARRAY(SELECT unnest(j.marks) FROM journeys_journey j WHERE j.person_id = s.person_id),"
            " EXISTS(SELECT 1 FROM people_statement t WHERE t.person_id = s.person_id)"
            " OR EXISTS(SELECT 1 FROM journeys_answer a WHERE a.person_id = s.person_id AND a.note <> '')"
            " FROM access_standing(ARRAY[%s::uuid]) s",
            [person_id],
        )
        row = cursor.fetchone()
    held = _looked.get()
    if held is not None:
        held[person_id] = Standing(*row[:3]) if row else None
    standings = {person_id: Standing(*row[:3])} if row else {}
    now, found = actor(), Held(*row[3:]) if row else Held([], [], False)
    return Sight(now.session.role, now.purpose, standings, decision_table()), found


def shown_names(persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of a list's persons as the acting post may see them, else covered. One statement, or none."""
    wanted = list(dict.fromkeys(persons))
    return dict.fromkeys(wanted, COVER) | names_in_sight(wanted)


def names_in_sight(persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The same without those of whom the acting post sees no row."""
    wanted = list(persons)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, coalesce(name, %s) FROM people_names_shown(%b::uuid[])", [COVER, wanted])
        return dict(cursor.fetchall())
