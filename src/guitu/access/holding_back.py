"""Holding looks back from the person (PIPL 18, 35): decided with ground and end, lengthened, reviewed; ended by time.

Whether a look is held back is asked by the database whenever looks are told (sql/holding_back.sql).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import DatabaseError, connection, transaction

from guitu.access.operations import require
from guitu.ledger.operations import record
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.clocks import end_of
from guitu.rulebook.counting import LEGAL_TIME
from guitu.rulebook.holding_back import HoldRules, hold_rules
from guitu.rulebook.looking import ReasonRefused, finding

RUNNING, ENDED = "RUNNING", "ENDED"
_REFUSED = {
    "NUMBER": ("没有这个编号的档案，请核对完整编号。", "There is no file with this number; check the whole number."),
    "UNIT": ("只能决定本单位范围和同级机关的查阅。", "Decide only about looks of your range and of organs beside it."),
    "POST": ("所选岗位不在所选单位。", "The chosen post is not one of the chosen unit."),
    "OWN": ("自己的查阅不能由自己决定不显示。", "Nobody holds back their own looks."),
    "FORMER": ("这个决定已经到期、终止或者延长过。", "This decision is over or has been lengthened already."),
}


class HoldRefused(AttemptRefused, ReasonRefused):
    """These looks cannot be held back by this post; `code` says which of the reasons."""

    of_the_form = frozenset({"NUMBER", "POST"})

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(*_REFUSED[code])


@dataclass(frozen=True)
class Hold:
    """One decision as it stands: whose looks at which file (by number) are held back, on which ground, until when.

    `post` is empty for all posts of the unit; `looks` counts the lines held back now; `until_at` is exclusive.
    """

    id: uuid.UUID
    number: str
    unit: str
    unit_en: str
    post: str | None
    case_number: str
    ground: str
    words: str
    looks_from: datetime
    until_at: datetime
    decided_at: datetime
    decider: str
    holder: str
    decided_unit: str
    lengthens: bool
    lengthened: bool
    running: bool
    looks: int
    reviewed_at: datetime | None
    upheld: bool | None
    finding: str
    reviewable: bool
    lengthenable: bool


@dataclass(frozen=True)
class Holdable:
    """A post whose looks the acting post may hold back, with its unit and holder; without a post, the whole unit."""

    unit_id: uuid.UUID
    unit: str
    unit_en: str
    post_id: uuid.UUID | None
    post: str
    holder: str


def hold_back(
    hold_id: uuid.UUID,
    *,
    number: str,
    unit_id: uuid.UUID,
    post_id: uuid.UUID | None,
    case_number: str,
    ground: str,
    words: str,
    first: date,
    last: date,
    today: date,
    at: datetime,
) -> None:
    """Hold back the looks of a unit, or of one of its posts, from `first` through `last` (legal days, included).

    `number` is that of the person's file. The same id twice is one decision. Raises NotAllowed, ReasonRefused.
    """
    require("looks:hold_back")
    rules = hold_rules(today)
    said = _said(rules, ground, words, last, today)
    case = " ".join(case_number.split())
    if not case:
        raise ReasonRefused("请写案号或者线索编号。", "Give the number of the case.")
    if not today - rules.back <= first <= today:
        days = rules.back.days
        raise ReasonRefused(f"起始日只能在最近{days}天之内。", f"The first day lies within the last {days} days.")
    begins = datetime.combine(first, time.min, LEGAL_TIME)
    until_at = end_of(last).due_at
    with transaction.atomic():
        if _fresh(hold_id, number.strip(), unit_id, post_id, case, ground, said, begins, until_at, None, at):
            record("access:looks:held_back", **_facts(hold_id, at), ground=ground, until=until_at)


def lengthen(
    hold_id: uuid.UUID, former: uuid.UUID, *, ground: str, words: str, last: date, today: date, at: datetime
) -> None:
    """Decide anew, before the end of `former`, that the same looks stay held back through `last` (legal day).

    The same id twice is one decision. Raises NotAllowed, ReasonRefused.
    """
    require("looks:hold_back")
    said = _said(hold_rules(today), ground, words, last, today)
    until_at = end_of(last).due_at
    with transaction.atomic():
        if _fresh(hold_id, "", None, None, "", ground, said, None, until_at, former, at):
            record("access:looks:lengthened", **_facts(hold_id, at), ground=ground, until=until_at)


def _said(rules: HoldRules, ground: str, words: str, last: date, today: date) -> str:
    if ground not in rules.grounds:
        raise ReasonRefused("请选法定依据。", "Choose the ground in law.")
    if not today <= last <= today + rules.most:
        days = rules.most.days
        raise ReasonRefused(
            f"截止日须在今天起{days}天之内；要更长的，到期前另作决定。",
            f"The last day lies within {days} days from today; for longer decide anew before the end.",
        )
    return finding(words, rules.words_min)


def _fresh(*arguments: Any) -> bool:
    """Whether the decision was kept now; False for one kept before under the same id. Raises ReasonRefused."""
    answer = _one("access_hold_looks", arguments)
    if answer in _REFUSED:
        raise HoldRefused(answer)
    return not answer


def _facts(event_id: uuid.UUID, at: datetime) -> dict[str, Any]:
    """An entry that names no person and stands under no division, so that no row policy tells it to anybody."""
    return {"subjects": [], "division": "", "at": at, "event_id": event_id}


def review(hold_id: uuid.UUID, *, upheld: bool, words: str, review_id: uuid.UUID, today: date, at: datetime) -> None:
    """Keep what the one review of a decision found; not upheld, the looks are shown at once.

    Raises NotAllowed, ReasonRefused, LookupError for a decision that the acting post may not review.
    """
    require("looks:hold_review")
    said = finding(words, hold_rules(today).words_min)
    with transaction.atomic():
        try:
            with transaction.atomic():
                fresh = _one("access_review_hold", (hold_id, upheld, said, at))
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None) == "GU007":
                raise LookupError(hold_id) from error
            raise
        if fresh:
            record("access:looks:hold_reviewed", **_facts(review_id, at), hold=str(hold_id), upheld=upheld)


def _one(function: str, arguments: Sequence[Any]) -> Any:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({marks})", list(arguments))
        return cursor.fetchone()[0]


def holds(which: str, *, first: int, most: int) -> tuple[list[Hold], int]:
    """One page of the decisions in the range, ``RUNNING`` or ``ENDED``, and how many there are of these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_look_holds(%s, %s, %s)", [which, first, most])
        rows = cursor.fetchall()
    return [Hold(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def holdable(words: str, *, first: int, most: int) -> list[Holdable]:
    """Whose looks the acting post may hold back: units by division, each before its posts; `most` from `first` on.

    Each of the words stands in the unit's name or code, in the post's title or in its holder's name.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_holdable(%s::text, %s::integer, %s::integer)", [words, first, most])
        return [Holdable(*row) for row in cursor.fetchall()]


def held_back_at(moment: datetime) -> int:
    """How many looks were held back at an aware moment in the whole installation. Needs no session, tells no person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_looks_held(%s::timestamptz)", [moment])
        return int(cursor.fetchone()[0])


def held_back_publicly(today: date) -> int:
    """How many looks were held back when this legal day began: the number that everybody may know.

    Exact, and of a moment that has passed: nobody can watch it move when they do something and somebody looks.
    """
    return held_back_at(datetime.combine(today, time(), LEGAL_TIME))
