"""Processing records that have been kept for their term are ended, each class by its rule of the rulebook."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access.rule_packs import active_book
from guitu.ledger import ending
from guitu.rulebook.retention import RecordClass, ended_before, kept_months, record_classes

TRACES, SIGN_INS = "TRACES", "SIGN_INS"


@dataclass(frozen=True)
class Kept:
    """For how many months a class is kept at least by the national rule; and before when (UTC) what was older has been
    deleted, on which day (UTC moment) and by which rule; None before the first ending."""

    months: int
    before: datetime | None
    ended_at: datetime | None
    rule: str


@dataclass(frozen=True)
class EndedView:
    """One ending as the audit reads it: class, rule, how many records, of which time, when done (UTC), the digest."""

    id: uuid.UUID
    record_class: RecordClass
    rule: str
    lines: int
    first_at: datetime
    last_at: datetime
    at: datetime
    digest: str


def end_records(*, at: datetime, most: int) -> dict[str, int]:
    """End what has ended at `at`, of each class up to about `most` records; how many. Run by the tick at night."""
    with transaction.atomic():
        book = active_book()
    return {
        one.code: ending.end(ending.Due(one.code, one.rule, ended_before(book, one, at=at), at), most=most)
        for one in record_classes().values()
    }


def kept(record_class: str) -> Kept:
    """Until when records of a class are kept, and what has been deleted of it. Inside the caller's transaction."""
    of = record_classes()[record_class]
    last = ending.last_ended(record_class)
    if last is None:
        return Kept(kept_months(of), None, None, of.rule)
    return Kept(kept_months(of), last.before, last.at, last.rule)


def endings(since: datetime, until: datetime, *, first: int, most: int) -> tuple[list[EndedView], int]:
    """What was ended in the half-open time, newest first: `most` from `first` on; how many. In the open transaction."""
    found, total = ending.endings(since, until, first=first, most=most)
    classes = record_classes()
    views = [
        EndedView(
            one.id, classes[one.record_class], one.rule, one.lines, one.first_at, one.last_at, one.at,
            bytes(one.digest).hex(),
        )
        for one in found
    ]  # fmt: skip
    return views, total
