"""Reads of evaluation: what a commission covers, its figures, sample, one matter, findings, the comparison, requests.

All inside the caller's transaction; `wanted` is the permission for which the acting post reads.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from guitu.access.acting import actor
from guitu.evaluation.calling import page, rows
from guitu.evaluation.models import Contact, Reply
from guitu.ledger import keys


@dataclass(frozen=True)
class EvaluationView:
    """A commissioned evaluation. Divisions `low` to `high` (exclusive); releases by legal days, both included.

    `drawn` matters stand in its sample, about `verified` of them something was found.
    """

    id: uuid.UUID
    title: str
    commissioner_id: uuid.UUID
    evaluator_id: uuid.UUID
    scope_id: uuid.UUID
    low: str
    high: str
    released_from: date
    released_to: date
    questions: tuple[str, ...]
    least_group: int
    sample_most: int
    sample_share: int
    from_at: datetime
    to_at: datetime
    commissioned_at: datetime
    ended_at: datetime | None
    seed: str
    frame_size: int | None
    frame_digest: str
    drawn_at: datetime | None
    drawn: int
    verified: int


@dataclass(frozen=True)
class FigureLine:
    """What one county reported for a question; without a county the total. Hidden ones have no numbers."""

    question: str
    county_id: uuid.UUID | None
    matters: int | None
    held: int | None


@dataclass(frozen=True)
class SampledMatter:
    """One line of the sample: code and stratum (None: small counties pooled), what is done, how a talk stands."""

    code: str
    county_id: uuid.UUID | None
    asked: int
    found: int
    differs: int
    contact_answer: str | None
    contact_way: str | None
    contact_at: datetime | None
    contact_asked_at: datetime | None


@dataclass(frozen=True)
class StepLine:
    """A step on record of a matter: days count from the release day (0), negative before it; `done` None if open."""

    part: str
    round: str
    rule: str
    due: int
    done: int | None
    in_time: bool | None
    outcome: str | None


@dataclass(frozen=True)
class MatterView:
    """One matter under its code: stratum, the answers on record by question, the steps."""

    code: str
    county_id: uuid.UUID | None
    recorded: Mapping[str, bool]
    steps: tuple[StepLine, ...]


@dataclass(frozen=True)
class FindingView:
    """One finding, opened."""

    question: str
    verdict: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Compared:
    """Recorded against verified in one stratum for one question: how many matters.

    `checked` agree or differ; `checked_recorded_yes` and `verified_yes` are the yeses among them, before and after.
    """

    question: str
    county_id: uuid.UUID | None
    drawn: int
    recorded_yes: int
    checked: int
    agrees: int
    unverifiable: int
    checked_recorded_yes: int
    verified_yes: int


@dataclass(frozen=True)
class ContactView:
    """A request to bring about a talk, as whoever has to answer sees it."""

    id: uuid.UUID
    person_id: uuid.UUID
    code: str
    evaluator_id: uuid.UUID
    asked_at: datetime
    answer: str
    way: str
    meet_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class ReplyView:
    """What a county said to its result, opened."""

    county_id: uuid.UUID
    words: str
    at: datetime


def note_of(event_id: uuid.UUID) -> str:
    """What the ciphertext of a finding's note is bound to."""
    return f"evaluation:{event_id}:note"


def words_of(reply_id: uuid.UUID) -> str:
    """What the ciphertext of a county's reply is bound to."""
    return f"evaluation:{reply_id}:words"


RUNNING, OVER = "running", "over"
_STANDS = {
    "": "true",
    RUNNING: "ended_at IS NULL AND to_at > %s::timestamptz",
    OVER: "(ended_at IS NOT NULL OR to_at <= %s::timestamptz)",
}


def evaluations(
    wanted: str, *, words: str = "", state: str = "", now: datetime, first: int, most: int
) -> tuple[list[EvaluationView], int]:
    """One page of the evaluations open to the acting post, the newest first, and how many there are.

    Narrowed to those whose title holds `words`, and to `RUNNING` (not ended, its last day not past at `now`) or `OVER`.
    """
    found, total = page(
        "evaluation_seen",
        ("text", wanted),
        ("uuid", None),
        first=first,
        most=most,
        where=f"{_STANDS[state]} AND position(lower(%s) in lower(title)) > 0",
        given=[*([now] if state else []), words],
    )
    return [_evaluation(row) for row in found], total


def evaluation(wanted: str, evaluation_id: uuid.UUID) -> EvaluationView | None:
    """One evaluation, or None where it is not open to the acting post."""
    found = rows("evaluation_seen", ("text", wanted), ("uuid", evaluation_id))
    return _evaluation(found[0]) if found else None


def _evaluation(row: tuple[Any, ...]) -> EvaluationView:
    columns = list(row)
    columns[9], columns[19] = tuple(row[9]), bytes(row[19] or b"").hex()
    return EvaluationView(*columns)


def figures(wanted: str, evaluation_id: uuid.UUID) -> list[FigureLine]:
    """The figures by question and county; small groups, and what would betray them, without numbers."""
    found = rows("evaluation_figures", ("uuid", evaluation_id), ("text", wanted))
    return [FigureLine(*row[:4]) for row in found]


def sample(
    evaluation_id: uuid.UUID, *, unfinished: bool = False, first: int, most: int
) -> tuple[list[SampledMatter], int]:
    """One page of the sample by stratum and code, all or what is not verified whole, and how many matters that is.

    Empty before the drawing.
    """
    found, total = page(
        "evaluation_sample",
        ("uuid", evaluation_id),
        first=first,
        most=most,
        where="found < asked" if unfinished else "true",
    )
    return [SampledMatter(*row) for row in found], total


def sampled(evaluation_id: uuid.UUID, code: str) -> SampledMatter | None:
    """The line of one matter in the sample, or None."""
    found, _total = page("evaluation_sample", ("uuid", evaluation_id), first=0, most=1, where="code = %s", given=[code])
    return SampledMatter(*found[0]) if found else None


def matter(evaluation_id: uuid.UUID, code: str) -> MatterView | None:
    """One matter of the sample, or None; the look is traced to the person whom it is about."""
    found = rows("evaluation_matter_seen", ("uuid", evaluation_id), ("text", code))
    if not found:
        return None
    county, recorded, steps = found[0]
    lines = [StepLine(**line) for line in _opened(steps)]
    return MatterView(code, county, _opened(recorded), tuple(lines))


def _opened(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def findings(evaluation_id: uuid.UUID, code: str) -> list[FindingView]:
    """Everything found about one matter, the newest first."""
    return [
        FindingView(question, verdict, keys.decrypt(bytes(note), belongs_to=note_of(event)), at)
        for event, question, verdict, note, at in rows("evaluation_findings", ("uuid", evaluation_id), ("text", code))
    ]


def comparison(wanted: str, evaluation_id: uuid.UUID) -> list[Compared]:
    """Recorded against verified by question and stratum; a county reads its own stratum only."""
    return [Compared(*row) for row in rows("evaluation_comparison", ("uuid", evaluation_id), ("text", wanted))]


def contacts(*, waiting: bool, first: int, most: int) -> tuple[list[ContactView], int]:
    """The requests for talks that the acting unit has to answer, or has answered; and how many there are."""
    session = actor().session
    own = Contact.objects.filter(
        Q(duty_unit_id=session.unit_id) | Q(duty_unit__division__gte=session.low, duty_unit__division__lt=session.high)
    ).filter(answered_at__isnull=waiting)
    shown = own.order_by("asked_at" if waiting else "-answered_at", "id")[first : first + most]
    return [
        ContactView(
            row.id,
            row.person_id,
            row.code,
            row.evaluator_id,
            row.asked_at,
            row.answer,
            row.way,
            row.meet_at,
            row.answered_at,
        )
        for row in shown
    ], own.count()


def replies(evaluation_id: uuid.UUID) -> list[ReplyView]:
    """What counties within sight said to the result, the newest first."""
    return [
        ReplyView(row.county_id, keys.decrypt(bytes(row.words), belongs_to=words_of(row.id)), row.at)
        for row in Reply.objects.filter(evaluation_id=evaluation_id).order_by("-at", "id")
    ]
