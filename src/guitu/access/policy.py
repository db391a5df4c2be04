"""Who may approve, by the commissions of a township office; what is unusual reading. Pure: no Django, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from guitu.rulebook.powers import commission_powers
from guitu.rulebook.watching import VOLUME, Indicator, WatchRules


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


@dataclass(frozen=True)
class Reading:
    """What one post did in a window: counts by indicator, and what `peers` of the same role mostly do not exceed."""

    counts: Mapping[str, int]
    peers: int
    peers_most: int


@dataclass(frozen=True)
class Sign:
    """An indicator that speaks: the count and the figure it is above; `peers` is 0 where it was not a comparison."""

    indicator: Indicator
    count: int
    above: int
    peers: int


def signs(reading: Reading, rules: WatchRules) -> tuple[Sign, ...]:
    """The indicators that speak. The volume must be above the dated figure and above enough peers."""
    found = []
    for one in rules.indicators:
        count = reading.counts[one.code]
        compared = one.code == VOLUME
        if compared and reading.peers < rules.peers_min:
            continue
        above = max(one.over, reading.peers_most) if compared else one.over
        if count > above:
            found.append(Sign(one, count, above, reading.peers if compared else 0))
    return tuple(found)


def rank_of(found: Iterable[Sign], rules: WatchRules) -> float:
    """How far up a post stands: each sign's weight times how many times its figure was reached, up to `times_most`."""
    return sum(sign.indicator.weight * min(sign.count / sign.above, float(rules.times_most)) for sign in found)


@dataclass(frozen=True)
class Tuning:
    """How an indicator fared: of `reviewed` lines `wrong` were unjustified or need training; `proposed` may be None."""

    indicator: Indicator
    reviewed: int
    wrong: int
    proposed: int | None


def tuned(indicator: Indicator, reviews: Iterable[tuple[int, bool]], rules: WatchRules) -> Tuning:
    """The hit rate from (count, was it wrong), and the least higher figure above which enough was found wrong.

    Nothing is proposed before enough reviews, nor where the present figure does well or no other one would do better.
    Nothing is proposed below the present figure: what lies there was never reviewed.
    """
    lines = list(reviews)
    wrong = sum(bad for _, bad in lines)
    good_enough = 100 * wrong >= rules.right_percent * len(lines)
    proposed = None
    if len(lines) >= rules.tuning_least and not good_enough:
        for figure in sorted({count for count, _ in lines}):
            rest = [bad for count, bad in lines if count > figure]
            if rest and 100 * sum(rest) >= rules.right_percent * len(rest):
                proposed = figure
                break
    return Tuning(indicator, len(lines), wrong, proposed)
