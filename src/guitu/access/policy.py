"""Who may approve: computed from the commissions of a township office. Pure: no Django, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guitu.rulebook.powers import commission_powers


@dataclass(frozen=True)
class Commissioned:
    """A commission as the decision sees it: which office, which powers, from which legal day to which (both included).

    `revoked_on` is the first day on which it no longer holds.
    """

    id: uuid.UUID
    unit_id: uuid.UUID
    number: str
    powers: frozenset[str]
    from_on: date
    to_on: date | None
    revoked_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the document is in force on a legal day."""
        ended = (self.to_on is not None and self.to_on < day) or (
            self.revoked_on is not None and self.revoked_on <= day
        )
        return self.from_on <= day and not ended


@dataclass(frozen=True)
class Approver:
    """Who has a power on a day: an office of the rulebook's table, and the document that says so, if any."""

    office: str
    commission: Commissioned | None


def approver_of(power: str, unit_id: uuid.UUID, commissions: Iterable[Commissioned], *, on: date) -> Approver:
    """The approver of a power for the matters of a township office on a legal day.

    Of several documents in force the latest counts, by its first day and then by its number. Raises KeyError for an
    unknown power. Source: the rule that the power names (rulebook/data/units/powers.yaml).
    """
    known = commission_powers()[power]
    holding = [one for one in commissions if one.unit_id == unit_id and power in one.powers and one.holds_on(on)]
    if not holding:
        return Approver(known.otherwise, None)
    return Approver(known.commissioned, max(holding, key=lambda one: (one.from_on, one.number)))
