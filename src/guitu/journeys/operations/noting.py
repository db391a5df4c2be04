"""Facts of a journey that clocks hang on: each is written once known, and opens the steps that waited for it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.journeys import definitions, policy
from guitu.journeys.models import ASSESSMENT, MISSED, OFFICER, Circumstance, Clock, Journey
from guitu.journeys.operations.opening import standing as standing_of
from guitu.journeys.operations.stepping import open_steps
from guitu.rulebook.steps import MARKS


def note_effective(journey: Journey, on: date, *, at: datetime) -> None:
    """The legal day on which the ruling or decision took effect (parole, temporary execution)."""
    journey.effective_on = on
    journey.save(update_fields=["effective_on"])
    open_steps(journey, "effective_noted", at=at)


def note_marks(
    journey: Journey,
    marks: Collection[str],
    *,
    event_id: uuid.UUID,
    at: datetime,
    source: str = OFFICER,
    key: Collection[str] = (),
) -> None:
    """Add special circumstances (codes of road_mark) by an officer's word or an ``ASSESSMENT``; their steps open.

    Those of ``key`` make somebody a key person, met at the gate (RS-16). Who noted each is kept. What stands already
    an officer may note on their own; an assessment adds only what is new.
    Raises MoveNotAllowed: unknown one.
    """
    known = {code.code for code in active_book().codes[MARKS].codes}
    unknown = sorted(set(marks) - known)
    if unknown:
        raise policy.MoveNotAllowed(f"没有这种特别情形：{unknown[0]}", f"No such circumstance: {unknown[0]}")
    session = actor().session
    new_key = set(key) - set(journey.key_grounds)
    noted = set(marks) - set(journey.marks) | new_key if source == ASSESSMENT else set(marks)
    Circumstance.objects.bulk_create(
        [
            Circumstance(
                journey=journey,
                person_id=journey.person_id,
                division=journey.division,
                mark=mark,
                source=source,
                event_id=event_id,
                at=at,
                post_id=session.post_id,
                unit_id=session.unit_id,
            )
            for mark in sorted(noted)
        ],
        ignore_conflicts=True,
    )
    journey.marks = sorted({*journey.marks, *marks})
    journey.key_grounds = [*journey.key_grounds, *sorted(new_key)]
    journey.key_person = bool(journey.key_grounds)
    journey.save(update_fields=["marks", "key_grounds", "key_person"])
    open_steps(journey, "mark_noted", at=at)


def take_back_marks(
    journey: Journey, *, keep: Collection[str], key: Collection[str] = (), event_id: uuid.UUID, at: datetime
) -> tuple[str, ...]:
    """Take back what earlier assessments of a locked journey added and the corrected one (`event_id`) no longer finds.

    What the roster named or an officer noted stays. Open steps that only these circumstances asked for end, their
    clocks voided; answers stay. A ground of RS-16 that an assessment gave and that is not in `key` any more falls; who
    has none left is no key person. Returns the circumstances that no longer stand.
    """
    standing = Circumstance.objects.filter(journey=journey, ended_at__isnull=True)
    _take_back_key(journey, set(standing.filter(source=ASSESSMENT).values_list("mark", flat=True)) - set(key))
    lost = standing.filter(source=ASSESSMENT).exclude(mark__in=list(keep))
    found = sorted(lost.values_list("mark", flat=True))
    if not found:
        _end_groundless(journey, at=at)
        return ()
    lost.update(ended_at=at, ended_event_id=event_id)
    confirmed = set(standing.filter(mark__in=found).values_list("mark", flat=True))
    gone = tuple(mark for mark in found if mark not in confirmed)
    journey.marks = [mark for mark in journey.marks if mark not in gone]
    journey.save(update_fields=["marks"])
    _end_groundless(journey, at=at)
    return gone


def _end_groundless(journey: Journey, *, at: datetime) -> None:
    """Void the open clocks of steps that only what was taken back asked for: a circumstance, or being a key person."""
    known = standing_of(journey)
    definition = definitions.pinned(journey.kind, journey.definition)
    groundless = [step.id for step in definition.steps if not known.knows(step)]
    Clock.objects.filter(journey=journey, step__in=groundless, done_at__isnull=True, voided_at__isnull=True).update(
        voided_at=at, void_reason="MARK_TAKEN_BACK"
    )


def _take_back_key(journey: Journey, fallen: Collection[str]) -> None:
    left = [ground for ground in journey.key_grounds if ground not in fallen]
    if left != journey.key_grounds:
        journey.key_grounds, journey.key_person = left, bool(left)
        journey.save(update_fields=["key_grounds", "key_person"])


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
