"""Facts of a journey that clocks hang on: each is written once known, and opens the steps that waited for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from guitu.access.rule_packs import active_book
from guitu.journeys import definitions, policy
from guitu.journeys.models import MISSED, Clock, Journey
from guitu.journeys.operations.stepping import open_steps
from guitu.rulebook.steps import MARKS


def note_effective(journey: Journey, on: date, *, at: datetime) -> None:
    """The legal day on which the ruling or decision took effect (parole, temporary execution)."""
    journey.effective_on = on
    journey.save(update_fields=["effective_on"])
    open_steps(journey, "effective_noted", at=at)


def note_marks(journey: Journey, marks: Collection[str], *, at: datetime) -> None:
    """Add special circumstances (codes of road_mark); what they ask for opens. Raises MoveNotAllowed: unknown one."""
    known = {code.code for code in active_book().codes[MARKS].codes}
    unknown = sorted(set(marks) - known)
    if unknown:
        raise policy.MoveNotAllowed(f"没有这种特别情形：{unknown[0]}", f"No such circumstance: {unknown[0]}")
    journey.marks = sorted({*journey.marks, *marks})
    journey.save(update_fields=["marks"])
    open_steps(journey, "mark_noted", at=at)


def note_arrival(journey: Journey, arrival_at: datetime | None) -> None:
    """The planned moment of arrival, or none any more."""
    journey.arrival_at = arrival_at
    journey.save(update_fields=["arrival_at"])


def note_agreement(journey: Journey, on: date) -> None:
    """The legal day on which help was agreed."""
    journey.agreed_on = on
    journey.save(update_fields=["agreed_on"])


def note_release(journey: Journey, released_at: datetime) -> None:
    """The moment of release: the certificate handed over, else the end of the release day.

    What could only be done before it and was not is missed: its clock ends, and the file says so for ever.
    """
    journey.released_at = released_at
    journey.save(update_fields=["released_at"])
    definition = definitions.pinned(journey.kind, journey.definition)
    moot = [step.id for step in definition.steps if step.before_release]
    Clock.objects.filter(journey=journey, step__in=moot, done_at__isnull=True, voided_at__isnull=True).update(
        voided_at=released_at, void_reason=MISSED
    )
