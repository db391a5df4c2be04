"""Opening journeys, set-wise."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from guitu.access.acting import actor
from guitu.access.roles import Tick
from guitu.journeys import definitions, policy
from guitu.journeys.clocks import clock_row, province_of, set_due
from guitu.journeys.models import Clock, Journey
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.journey import NO_RECEIVER, RETURN_HOME
from guitu.rulebook.journey import Journey as Definition
from guitu.rulebook.steps import CLOCK, OPENING, POSITIONS

_BATCH = 2000


class JourneyUnknown(AttemptRefused, LookupError):
    """No such open journey within the acting post's reach."""


@dataclass(frozen=True)
class NewJourney:
    """A journey to be opened: whose, from where to where, for which release, under which special circumstances.

    ``release_on`` and ``effective_on`` are legal days in Asia/Shanghai; ``key_grounds`` are always among the marks.
    """

    person_id: uuid.UUID
    division: str
    sending_unit_id: uuid.UUID
    receiving_unit_id: uuid.UUID | None
    release_on: date
    release_type: str
    key_grounds: tuple[str, ...] = field(default=())
    marks: tuple[str, ...] = field(default=())
    effective_on: date | None = None


def start_many(news: Sequence[NewJourney], *, at: datetime) -> list[uuid.UUID]:
    """Open one `return_home` for each of `news` at `at`, with its first clocks and steps; returns the ids in order.

    One without a known receiver opens at the state that says so. Runs inside the caller's transaction and acting
    session. The database holds one open journey of a kind per person.
    """
    book, definition, digest = definitions.in_force(RETURN_HOME)
    provinces = province_of({new.sending_unit_id for new in news})
    journeys, clocks = [], []
    for new in news:
        journey = Journey(
            person_id=new.person_id,
            division=new.division,
            kind=RETURN_HOME,
            pack=book.sha256,
            definition=digest,
            first_desk_id=new.sending_unit_id,
            sending_unit_id=new.sending_unit_id,
            duty_unit_id=new.sending_unit_id,
            receiving_unit_id=new.receiving_unit_id,
            release_on=new.release_on,
            release_type=new.release_type,
            effective_on=new.effective_on,
            key_person=bool(new.key_grounds),
            key_grounds=list(new.key_grounds),
            marks=sorted({*new.marks, *new.key_grounds}),
            state_since=at,
            opened_at=at,
        )
        known = standing_of(journey, definition, provinces[new.sending_unit_id])
        landing = policy.first_landing(book, definition, known, state="" if new.receiving_unit_id else NO_RECEIVER)
        journey.state = landing.state
        set_due(journey, landing.clocks)
        journeys.append(journey)
        clocks += [
            clock_row(journey, face, journey.duty_unit_id, state=landing.state, at=at) for face in landing.clocks
        ]
        events = [OPENING, "effective_noted"] if new.effective_on else [OPENING]
        held: set[str] = set()
        for event in events:
            for opened in policy.steps_opened(book, definition, event, known, state=landing.state, held=held, at=at):
                owner = owner_unit(journey, opened.definition.owner)
                if owner is not None:
                    held.add(opened.definition.id)
                    clocks.append(clock_row(journey, opened.clock, owner, state="", at=at))
    Journey.objects.bulk_create(journeys, batch_size=_BATCH)
    Clock.objects.bulk_create(clocks, batch_size=_BATCH)
    return [journey.id for journey in journeys]


def standing(journey: Journey) -> policy.Standing:
    """What is known of one journey, with the province of the side that is to receive; one query."""
    unit = journey.receiving_unit_id or journey.sending_unit_id
    return standing_of(journey, definitions.pinned(journey.kind, journey.definition), province_of({unit})[unit])


def standing_of(journey: Journey, definition: Definition, province: str | None) -> policy.Standing:
    """What is known of a journey under its definition, for counting its clocks."""
    return policy.Standing(
        release_type=journey.release_type,
        marks=frozenset(journey.marks),
        release_on=journey.release_on,
        opened_at=journey.opened_at,
        key_person=journey.key_person,
        effective_on=journey.effective_on,
        arrival_at=journey.arrival_at,
        agreed_on=journey.agreed_on,
        province=province,
        term=definition.term,
    )


def positions(journey: Journey) -> set[str]:
    """In which positions the acting unit stands in this journey; the tick stands for time alone."""
    session = actor().session
    if session.role == Tick.code:
        return {CLOCK}
    return {name for name in POSITIONS if owner_unit(journey, name) == session.unit_id}


def owner_unit(journey: Journey, position: str) -> uuid.UUID | None:
    """The unit that stands in a position of this journey; None while it is not known."""
    units: dict[str, uuid.UUID | None] = {
        "sending_unit": journey.sending_unit_id,
        "receiving_unit": journey.receiving_unit_id,
        "local_unit": journey.local_unit_id or journey.receiving_unit_id,
        "superior_unit": journey.superior_unit_id,
    }
    return units[position]
