"""Lateness of the matters that counters took: told to both desks, then up the ladder of the rule that ran out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access.rule_packs import active_book
from guitu.access.tree import Tree, counter_desk, tree_above
from guitu.handover import policy
from guitu.handover.models import PassedMatter, Request
from guitu.journeys.ladder import rungs
from guitu.notices.operations import Person, Telling, tell_all
from guitu.rulebook.book import Rulebook


@dataclass(frozen=True)
class _Due:
    """One clock of a matter that can run out: the rule and its end; `climbs` unless a step's own clock does."""

    rule: str
    due_at: datetime
    climbs: bool


def tell_late_requests(*, at: datetime, most: int) -> int:
    """Tell of matters past a due moment, each step of the ladder once; how many were told of. Run by the tick.

    At the end both desks are told; then each office of the rule's ladder at its moment. Where a step of the road
    answers, that step's own clock climbs, and only the first desk is told here that its slip's day has passed.
    """
    with transaction.atomic():
        late: list[Request | PassedMatter] = [
            *Request.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(answered_at__isnull=True, climbs_at__lte=at)
            .order_by("climbs_at", "id")[:most],
            *PassedMatter.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(answered_at__isnull=True, linked_at__isnull=True, climbs_at__lte=at)
            .order_by("climbs_at", "id")[:most],
        ]
        if not late:
            return 0
        book = active_book()
        tree = tree_above({_duty_of(one) for one in late} | {one.first_desk_id for one in late}, at=at)
        slips = PassedMatter.objects.filter(request_id__in={_subject(one) for one in late}, side=policy.TAKEN)
        named = dict(slips.values_list("request_id", "handed_to_id"))
        tellings: list[Telling] = []
        for one in late:
            steps = sorted(_steps(one, book, tree, named.get(_subject(one)), at=at), key=lambda step: step[0])
            tellings += [telling for reached_at, telling in steps if reached_at <= at]
            one.climbs_at = next((reached_at for reached_at, _ in steps if reached_at > at), None)
            one.save(update_fields=["climbs_at"])
        tell_all(tellings, at=at)
    return len(late)


def _duty_of(one: Request | PassedMatter) -> uuid.UUID:
    return one.duty_unit_id if isinstance(one, Request) else one.unit_id


def _subject(one: Request | PassedMatter) -> uuid.UUID:
    return one.id if isinstance(one, Request) else one.request_id


def _clocks(one: Request | PassedMatter) -> Sequence[_Due]:
    by_step = isinstance(one, Request) and bool(one.step)
    running = [_Due(one.due_rule, one.due_at, not by_step)]
    if one.first_due_at is not None and one.first_answered_at is None:
        running.insert(0, _Due(policy.FIRST_ANSWER_RULE, one.first_due_at, climbs=True))
    return running


def _steps(
    one: Request | PassedMatter, book: Rulebook, tree: Tree, named: uuid.UUID | None, *, at: datetime
) -> Iterator[tuple[datetime, Telling]]:
    """Every step of the matter's lateness with its moment: the desks at the end of a clock, then its ladder.

    The first desk of a matter passed on in words is told of the county on its slip (`named`) and of no other unit.
    """
    duty, first = _duty_of(one), one.first_desk_id
    person_id = one.person_id if isinstance(one, Request) else None
    facts = {"unit": str(duty), "number": one.number}
    for clock in _clocks(one):
        told = [counter_desk(first)] if first == duty or not clock.climbs else [counter_desk(first), counter_desk(duty)]
        for which in told:
            said = facts | {"unit": str(named)} if named and which.unit_id == first else facts
            yield clock.due_at, Telling(which, "REQUEST_LATE", _subject(one), said, clock.rule, None, person_id)
        if person_id is not None:
            yield (
                clock.due_at,
                Telling(Person(person_id), "OWN_REQUEST_LATE", _subject(one), facts, clock.rule, None, person_id),
            )
        ladder = rungs(book, clock.rule, anchor_at=one.taken_at, due_at=clock.due_at, at=at) if clock.climbs else ()
        for rung in ladder:
            bearer = tree.bearer(rung.office, duty, first)
            said = facts | {"rule": clock.rule, "step": str(rung.number), "office": rung.office}
            key = f"{clock.rule}:{rung.number}"
            yield rung.from_at, Telling(bearer, "REQUEST_ESCALATED", _subject(one), said, key, None, person_id)
