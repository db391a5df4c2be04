"""Counting clocks anew: after a changed release day, and when a calendar year has been loaded."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from guitu.access.rule_packs import active_book
from guitu.journeys import definitions, policy
from guitu.journeys.clocks import clock_row, set_due
from guitu.journeys.models import Clock, Journey
from guitu.journeys.operations.opening import standing
from guitu.journeys.operations.stepping import open_steps
from guitu.journeys.tellings import tell_release_day
from guitu.ledger.operations import Act, Fact, record_many
from guitu.rulebook.book import Rulebook
from guitu.rulebook.journey import Journey as Definition
from guitu.rulebook.steps import OPENING

_ON_RELEASE = {"release", "term_end"}


def _face(book: Rulebook, definition: Definition, journey: Journey, clock: Clock) -> policy.ClockFace | None:
    """The clock as it comes out now; None if it was made from a text that no longer holds it."""
    found = policy.due_moment_of(definition, rule=clock.rule, state=clock.state, step=clock.step)
    if found is None:
        return None
    moment, anchor_name = found
    known = standing(journey)
    anchor = policy.anchor_of(book, anchor_name, known, event_at=clock.anchor_at)
    if anchor is None:
        return None
    facts = definition.step(clock.step).words_of_round(clock.round) if clock.step else moment.facts
    if moment.rule != clock.rule:
        facts = ()
    face = policy.clock(book, clock.rule, anchor, facts=facts, province=known.province)
    return policy.on_step(face, clock.step, clock.round)


def change_release_day(journey: Journey, release_on: date, *, at: datetime) -> None:
    """Move the release day of a locked journey: clocks that hang on it are voided and counted again from there.

    A step that was not possible because its time had passed opens if the new day leaves room for it.
    """
    definition = definitions.pinned(journey.kind, journey.definition)
    book = active_book()
    former, journey.release_on = journey.release_on, release_on
    running = Clock.objects.filter(journey=journey, done_at__isnull=True, voided_at__isnull=True)
    hanging = []
    for clock in running.select_for_update(no_key=True):
        found = policy.due_moment_of(definition, rule=clock.rule, state=clock.state, step=clock.step)
        if found is not None and found[1] in _ON_RELEASE:
            hanging.append(clock)
    running.filter(id__in=[clock.id for clock in hanging]).update(voided_at=at, void_reason="RELEASE_DAY_CHANGED")
    rows, shown = [], []
    for clock in hanging:
        face = _face(book, definition, journey, clock)
        if face is None:
            continue
        rows.append(clock_row(journey, face, clock.duty_unit_id, state=clock.state, at=at))
        if clock.state:
            shown.append(face)
    Clock.objects.bulk_create(rows)
    if shown:
        set_due(journey, shown)
    journey.save(update_fields=["release_on", "due_at", "due_rule"])
    if definition.state(journey.state).kind not in {"end", "rest"}:
        open_steps(journey, OPENING, at=at)
    received = definition.state(journey.state).kind != "start"
    tell_release_day(
        journey.person_id,
        journey_id=journey.id,
        units=(journey.sending_unit_id, journey.receiving_unit_id if received else None),
        former=former,
        release_on=release_on,
        at=at,
    )


def replan_arrival(journey: Journey, *, at: datetime) -> None:
    """Count the open clocks anew that hang on the planned arrival of a locked journey."""
    definition = definitions.pinned(journey.kind, journey.definition)
    book = active_book()
    for clock in Clock.objects.filter(journey=journey, done_at__isnull=True, voided_at__isnull=True).exclude(step=""):
        found = policy.due_moment_of(definition, rule=clock.rule, state=clock.state, step=clock.step)
        face = _face(book, definition, journey, clock) if found is not None and found[1] == "arrival" else None
        if face is not None:
            Clock.objects.filter(id=clock.id).update(voided_at=at, void_reason="ARRIVAL_CHANGED")
            Clock.objects.bulk_create([clock_row(journey, face, clock.duty_unit_id, state=clock.state, at=at)])


def recount_provisional(*, at: datetime, most: int) -> int:
    """Count open provisional clocks anew under the rulebook in force; returns how many were looked at.

    The old moment stays in the clock's history (voided, CALENDAR_LOADED). A clock that comes out the same is only
    marked with the rulebook it was counted by, so that it is not looked at again; one that comes out otherwise is
    recorded. Runs inside the caller's transaction.
    """
    book = active_book()
    # Asked for alone first: joined to the journeys at once, the row policy lets the planner begin with every journey.
    stale = list(
        Clock.objects.filter(provisional=True, done_at__isnull=True, voided_at__isnull=True)
        # Not `exclude`: an index finds what lies before and behind a value, not what differs from it.
        .filter(Q(pack__lt=book.sha256) | Q(pack__gt=book.sha256))
        .values_list("id", flat=True)[:most]
    )
    if not stale:
        return 0
    clocks = (
        Clock.objects.select_related("journey")
        .filter(id__in=stale, done_at__isnull=True, voided_at__isnull=True)
        .select_for_update(no_key=True, of=("self",))
        .order_by("id")
    )
    looked_at, recounted = 0, []
    for clock in clocks:
        looked_at += 1
        journey = clock.journey
        definition = definitions.pinned(journey.kind, journey.definition)
        face = _face(book, definition, journey, clock)
        if face is None or (face.due_at, face.provisional) == (clock.due_at, clock.provisional):
            Clock.objects.filter(id=clock.id).update(pack=book.sha256)
            continue
        Clock.objects.filter(id=clock.id).update(voided_at=at, void_reason="CALENDAR_LOADED")
        Clock.objects.bulk_create([clock_row(journey, face, clock.duty_unit_id, state=clock.state, at=at)])
        if clock.state and journey.due_rule == clock.rule:
            set_due(journey, [face])
            journey.save(update_fields=["due_at", "due_rule"])
        facts: dict[str, Fact | list[str]] = {"rule": clock.rule, "former": clock.due_at, "due_at": face.due_at}
        recounted.append(Act(clock.id, (clock.person_id,), clock.division, facts))
    record_many("journey:clock:recomputed", recounted, at=at)
    return looked_at
