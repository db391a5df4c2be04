"""Sealing a file, and the correction of a sealing: the rows move behind every unit's range (access/sql/sealing.sql)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.ledger.operations import record
from guitu.people import queries as persons
from guitu.rights import policy, sealed_decisions
from guitu.rights.sealed_register import Sealed, Unsealed, note
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.sealing import sealing_rules

SEAL, ASK, DECIDE = "sealing:seal", "sealed:ask", sealed_decisions.DECIDE


class SealingRefused(AttemptRefused, ValueError):
    """Cannot be sealed or corrected so; `reason` says why.

    ``GROUND``, ``ORGAN``, ``DOCUMENT``, ``DAY``, ``WORDS`` of the form; ``IN_HAND``: something waits to be done for
    the person; ``NOT_OURS``: another unit is responsible; ``OPEN``: asked and not decided; ``SAME``: one's own asking.
    """

    of_the_form = frozenset({"GROUND", "ORGAN", "DOCUMENT", "DAY", "WORDS", "SAME"})

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SealingUnknown(AttemptRefused, LookupError):
    """No such sealing, or correction of one, by the acting office."""


@dataclass(frozen=True)
class SealWish:
    """What a file is sealed on: ground, who decided it, the number and legal day of the decision."""

    ground: str
    organ: str
    document: str
    decided_on: date | None


@dataclass(frozen=True)
class SealingView:
    """A sealing in the register of its office, without a name; a correction that waits stands in `proposal`.

    `met`: how often the person's number was registered anew since. `total`: how many lines the register has.
    """

    id: uuid.UUID
    number: str
    ground: str
    organ: str
    document: str
    decided_on: date
    sealed_at: datetime
    unsealed_at: datetime | None
    met: int
    proposal: uuid.UUID | None
    proposed_ground: str | None
    proposed_document: str | None
    proposed_words: str | None
    proposed_at: datetime | None
    decidable: bool
    total: int


@dataclass(frozen=True)
class OwnSealing:
    """The own file's sealing, for the person: office, ground, document, how often a lawful query opened something."""

    number: str
    unit: str
    unit_en: str
    phone: str
    ground: str
    document: str
    sealed_at: datetime
    looks: int


def number_of(event_id: uuid.UUID) -> str:
    """The number of a sealing; the same for a repeated press."""
    return f"FC-{event_id.hex[:12].upper()}"


def seal(person_id: uuid.UUID, wish: SealWish, *, event_id: uuid.UUID, at: datetime) -> str:
    """Seal a file of the own unit, with those joined into it; its number. The same `event_id` again changes nothing.

    Afterwards nobody but the person sees it. Raises NotAllowed, PersonUnknown, SealingRefused.
    """
    with transaction.atomic():
        if sealing(event_id) is not None:
            return number_of(event_id)
    access.require(SEAL, [person_id])
    fault = policy.sealing_fault(
        sealing_rules(),
        ground=wish.ground,
        organ=wish.organ,
        document=wish.document,
        decided_on=wish.decided_on,
        today=legal_day(at),
    )
    if fault or wish.decided_on is None:
        raise SealingRefused(fault or "DAY")
    number = number_of(event_id)
    with transaction.atomic(), refusals(SEAL):
        division = persons.file_of(person_id).division
        told = told_by(
            "SELECT rights_seal(%s::uuid, %s::uuid, %s, %s, %s, %s, %s::date, %s::timestamptz)",
            [event_id, person_id, number, wish.ground, wish.organ.strip(), wish.document.strip(), wish.decided_on, at],
        )
        if told in {"NOT_OURS", "IN_HAND"}:
            raise SealingRefused(told)
        outcome, _, files = told.partition(" ")
        if outcome == "SEALED":
            record(
                "people:file:sealed",
                subjects=[person_id],
                division=told_by("SELECT people_sealed_division(%s)", [division]),
                at=at,
                event_id=event_id,
                number=number,
                ground=wish.ground,
                document=wish.document.strip(),
            )
            whole = [person_id, *(one for one in map(uuid.UUID, files.split(",")) if one != person_id)]
            own = actor().session
            # Into the register beside the database: where it cannot be written, nothing is sealed.
            note(Sealed(event_id, tuple(whole), own.unit_id, number, wish.ground, wish.decided_on, own.post_id, at))
    return number


def propose_correction(
    sealing_id: uuid.UUID, *, ground: str, document: str, words: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Say that a sealing of the own office is wrong; another post decides. The same `event_id` again changes nothing.

    Raises NotAllowed, SealingRefused, SealingUnknown.
    """
    access.require(ASK, [])
    rules = sealing_rules()
    fault = policy.correction_fault(rules, ground=ground, document=document, words=words, today=legal_day(at))
    if fault:
        raise SealingRefused(fault)
    with transaction.atomic(), refusals(ASK):
        told = told_by(
            "SELECT rights_propose_unsealing(%s::uuid, %s::uuid, %s, %s, %s, %s::timestamptz)",
            [event_id, sealing_id, ground, document.strip(), words.strip(), at],
        )
        if told == "PROPOSED":
            record(
                "rights:unsealing:proposed",
                subjects=[],
                division="",
                at=at,
                event_id=event_id,
                number=number_of(sealing_id),
                ground=ground,
            )
            sealed_decisions.tell_deciders(sealed_decisions.CORRECTION, event_id, number_of(sealing_id), at=at)
    _refused_as(told, ok={"PROPOSED", "HELD"})


def decide_correction(
    sealing_id: uuid.UUID, proposal_id: uuid.UUID, *, approved: bool, finding: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Decide a correction that somebody else proposed; a yes opens the file as it stood before. Decided once.

    Raises NotAllowed, SealingRefused, SealingUnknown.
    """
    access.require(DECIDE, [])
    if policy.words_fault(sealing_rules(), finding):
        raise SealingRefused("WORDS")
    with transaction.atomic(), refusals(DECIDE):
        told = told_by(
            "SELECT rights_decide_unsealing(%s::uuid, %s::boolean, %s, %s::timestamptz)",
            [proposal_id, approved, finding.strip(), at],
        )
        if told == "DECIDED":
            record(
                "rights:unsealing:decided",
                subjects=[],
                division="",
                at=at,
                event_id=event_id,
                number=number_of(sealing_id),
                approved=approved,
            )
            if approved:
                transaction.on_commit(lambda: note(Unsealed(sealing_id)))
    _refused_as(told, ok={"DECIDED", "HELD"})


def _refused_as(told: str, *, ok: set[str]) -> None:
    """Outside the transaction, so that the line of a refused attempt stays."""
    if told == "UNKNOWN":
        raise SealingUnknown
    if told not in ok:
        raise SealingRefused(told)


def sealing(sealing_id: uuid.UUID) -> SealingView | None:
    """One sealing of the acting office, or None."""
    found, _ = _sealings(sealing_id, first=0, most=1)
    return found[0] if found else None


def register(*, first: int, most: int) -> tuple[list[SealingView], int]:
    """What the acting office sealed, newest first; and how many there are."""
    return _sealings(None, first=first, most=most)


def _sealings(only: uuid.UUID | None, *, first: int, most: int) -> tuple[list[SealingView], int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_sealings(%s::uuid, %s::integer, %s::integer)", [only, first, most])
        found = [SealingView(*row) for row in cursor.fetchall()]
    return found, found[0].total if found else 0


def own_sealing() -> OwnSealing | None:
    """The sealing of the own file, for the person or their representative; None for every office."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_own_sealing()")
        row = cursor.fetchone()
    return OwnSealing(*row) if row else None


def told_by(statement: str, values: list[Any]) -> str:
    """The one word that a function of the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        told: str = cursor.fetchone()[0]
    return told


@contextmanager
def refusals(action: str) -> Iterator[None]:
    """The database's refusals in the words of access."""
    try:
        yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state == "GU006":
            raise access.NotAllowed(action) from error
        if state == "GU005":
            raise access.PersonUnknown from error
        raise
