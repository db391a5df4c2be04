"""Lateness of requests, complaints and reviews of emergency looks: told up the ladder of the rule that ran out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from guitu.access.looking import glasses_late
from guitu.access.rule_packs import active_book
from guitu.access.tree import Tree, desk, procuratorate_above, tree_above
from guitu.journeys.ladder import rungs
from guitu.notices.operations import Person, Telling, tell_all
from guitu.rights.models import Request
from guitu.rulebook.book import Rulebook
from guitu.rulebook.looking import emergency_rules


def tell_late_requests(*, at: datetime, most: int) -> int:
    """Tell of requests past their day, each step of the ladder once; how many were told of. Run by the tick."""
    with transaction.atomic():
        late = list(
            Request.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(decided_at__isnull=True, climbs_at__lte=at)
            .order_by("climbs_at", "id")[:most]
        )
        if not late:
            return 0
        book = active_book()
        tree = tree_above({one.duty_unit_id for one in late}, at=at)
        tellings: list[Telling] = []
        for one in late:
            steps = sorted(_steps(one, book, tree, at=at), key=lambda step: step[0])
            tellings += [telling for reached_at, telling in steps if reached_at <= at]
            one.climbs_at = next((reached_at for reached_at, _ in steps if reached_at > at), None)
            one.save(update_fields=["climbs_at"])
        tell_all(tellings, at=at)
    return len(late)


def _steps(one: Request, book: Rulebook, tree: Tree, *, at: datetime) -> Iterator[tuple[datetime, Telling]]:
    facts = {"unit": str(one.duty_unit_id), "number": one.number}
    yield one.due_at, Telling(desk(one.duty_unit_id), "RIGHT_LATE", one.id, facts, "", None, one.person_id)
    yield one.due_at, Telling(Person(one.person_id), "OWN_RIGHT_LATE", one.id, facts, "", None, one.person_id)
    for rung in rungs(book, one.due_rule, anchor_at=one.asked_at, due_at=one.due_at, at=at):
        said = facts | {"rule": one.due_rule, "step": str(rung.number), "office": rung.office}
        bearer = tree.bearer(rung.office, one.duty_unit_id)
        yield rung.from_at, Telling(bearer, "RIGHT_ESCALATED", one.id, said, str(rung.number), None, one.person_id)


def tell_late_complaints(*, at: datetime, most: int) -> int:
    """Tell the procuratorate, then the one above, of complaints past their day, each step once; how many. By the tick.

    No notice names the person or the number: it may stand where a unit of the same range reads it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_complaints_late(%s, %s)", [at, most])
        late = cursor.fetchall()
        if not late:
            return 0
        book = active_book()
        tellings: list[Telling] = []
        for complaint_id, addressee, taken_at, due_at, rule in late:
            steps = rungs(book, rule, anchor_at=taken_at, due_at=due_at, at=at)
            reached = [rung for rung in steps if rung.from_at <= at]
            tellings += [_complaint_told(complaint_id, addressee, due_at, rung.number, at=at) for rung in reached]
            following = next((rung.from_at for rung in steps if rung.from_at > at), None)
            cursor.execute("SELECT rights_complaint_climbs(%s, %s)", [complaint_id, following])
        tell_all(tellings, at=at)
    return len(late)


def _complaint_told(
    complaint_id: uuid.UUID, addressee: uuid.UUID, due_at: datetime, step: int, *, at: datetime
) -> Telling:
    facts = {"due_at": due_at.isoformat()}
    if step == 1:
        return Telling(desk(addressee), "COMPLAINT_LATE", complaint_id, facts, str(step))
    bearer = procuratorate_above(addressee, at=at)
    return Telling(bearer, "COMPLAINT_ESCALATED", complaint_id, facts | {"unit": str(addressee)}, str(step))


def tell_late_reviews(*, at: datetime, most: int) -> int:
    """Tell those above of emergency looks that nobody has reviewed in time, each step once; how many notices were new.

    Whoever is told may review the look from then on (`access_glasses`). Run by the tick.
    """
    with transaction.atomic():
        late = glasses_late(at=at, most=most)
        if not late:
            return 0
        book, rule = active_book(), emergency_rules().review_rule
        tree = tree_above({one.unit_id for one in late}, at=at)
        tellings = [
            Telling(
                tree.bearer(rung.office, one.unit_id),
                "GLASS_REVIEW_LATE",
                one.id,
                {"unit": str(one.unit_id), "review_by": one.review_by.isoformat()},
                str(rung.number),
            )
            for one in late
            for rung in rungs(book, rule, anchor_at=one.opened_at, due_at=one.review_by, at=at)
            if rung.from_at <= at
        ]
        return tell_all(tellings, at=at)


def forget_copies(*, at: datetime) -> int:
    """Delete the copies that have expired; how many. Answered complaints of erased persons too. Run by the tick."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rights_forget_copies(%s::timestamptz)", [at])
        return int(cursor.fetchone()[0])
