"""A road as one reader sees it: who reads, where the reader's unit stands in the matter, what the role may do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from guitu.access.deciding import WORDS, sight_of
from guitu.access.queries import UnitView
from guitu.access.roles import ROLES
from guitu.exchange.queries import ParcelView
from guitu.journeys.queries import Road, Task
from guitu.web.permits import Request
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import legal_day

Names = dict[uuid.UUID, UnitView]
Posts = dict[uuid.UUID, tuple[str, str]]
RECEIVERS = frozenset({"receiving_unit", "local_unit"})
"""The positions on the receiving side: the county, and the office it allotted to."""


@dataclass(frozen=True)
class Sight:
    """A road with the names on it, its parcels, the items held, and what the reader's post is and may do."""

    road: Road
    person_id: uuid.UUID
    held_items: frozenset[str]
    sent: list[ParcelView]
    names: Names
    posts: Posts
    positions: frozenset[str]
    may: frozenset[str]
    now: datetime

    @property
    def today(self) -> date:
        """The legal day of the page."""
        return legal_day(self.now)

    def unit(self, unit_id: uuid.UUID | None) -> str:
        """The name of a unit in the reader's language, or nothing."""
        return unit_name(self.names.get(unit_id)) if unit_id else ""


def unit_name(found: UnitView | None) -> str:
    """The name of a unit in the reader's language, or nothing."""
    if found is None:
        return ""
    return found.name_en if english() else found.name


def sees(person_id: uuid.UUID, item: str = WORDS) -> bool:
    """Whether the decision table shows the acting post this item of the person as it is; else the words of a matter."""
    return sight_of([person_id]).of(person_id, item).effect == "allow"


def known_marks(task: Task, marks: Iterable[str] | None = None) -> list[str]:
    """Of these special circumstances (else of those on the road) the ones that the table lets the post know of."""
    seen = sight_of([task.person_id])
    return [mark for mark in (task.marks if marks is None else marks) if seen.knows(task.person_id, mark)]


def positions_of(request: Request, task: Task) -> frozenset[str]:
    """In which positions the acting unit stands in this matter."""
    units = {
        "sending_unit": task.sending_unit_id,
        "receiving_unit": task.receiving_unit_id,
        "local_unit": task.local_unit_id or task.receiving_unit_id,
        "superior_unit": task.superior_unit_id,
    }
    return frozenset(name for name, unit_id in units.items() if unit_id == request.acting_session.unit_id)


def permissions_of(request: Request) -> frozenset[str]:
    """What the role of the acting post may do."""
    return ROLES[request.acting_session.role].may
