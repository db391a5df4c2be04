"""Reads of referrals: those addressed to the acting unit, in panic order; those of one person, with the consents."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.support.models import Consent, Referral
from guitu.support.policy import ENDED, LIVE, NOT_TAKEN, STARTED, TAKEN_ON, WAITING, Particulars
from guitu.support.referrals import particulars_of, speaker_of, words_of

LATE = "LATE"
"""Asked for beside the states: waiting, and past the day."""
QUEUES = (LATE, WAITING, TAKEN_ON, STARTED, NOT_TAKEN, ENDED)
"""How a partner's list is asked for; what was taken back is in no queue, since the partner does not see it."""


@dataclass(frozen=True)
class ReferralView:
    """A referral; `told` is None where it is not to be opened: once it is over. Moments are aware, days legal days."""

    id: uuid.UUID
    person_id: uuid.UUID
    offer_id: uuid.UUID
    from_unit_id: uuid.UUID
    referred_by: uuid.UUID
    referred_at: datetime
    state: str
    state_at: datetime
    due_at: datetime
    due_rule: str
    started_on: date | None
    ended_on: date | None
    reason: str
    words: str
    told: Particulars | None


@dataclass(frozen=True)
class ConsentView:
    """A consent as it was given and perhaps taken back; `told` are names of `policy.TOLD`."""

    spoken_by: str
    speaker: str
    way: str
    said_at: datetime
    told: tuple[str, ...]
    recorded_by: uuid.UUID
    withdrawn_at: datetime | None
    withdrawn_by: str


def referrals_here(queue: str, *, now: datetime, first: int, most: int) -> tuple[list[ReferralView], int]:
    """One page of the referrals to the acting unit; waiting ones by how long they wait, the others newest first."""
    found = _here().filter(_of(queue, now))
    order = ("referred_at", "id") if queue in {LATE, WAITING} else ("-state_at", "id")
    return [_view(row) for row in found.order_by(*order)[first : first + most]], found.count()


def referral_counts(*, now: datetime) -> Mapping[str, int]:
    """How many of the referrals to the acting unit stand in each of `QUEUES`."""
    return _here().aggregate(**{queue: Count("id", filter=_of(queue, now)) for queue in QUEUES})


def referral_here(person_id: uuid.UUID, referral_id: uuid.UUID) -> ReferralView | None:
    """One referral to the acting unit, or None: also once the person has taken the consent back."""
    found = _here().filter(id=referral_id, person_id=person_id).first()
    return _view(found) if found else None


def referrals_of(person_id: uuid.UUID, *, from_unit_id: uuid.UUID | None = None) -> list[ReferralView]:
    """The referrals of one person, the newest first; `from_unit_id` narrows to those that one unit made."""
    found = Referral.objects.filter(person_id=person_id)
    if from_unit_id is not None:
        found = found.filter(from_unit_id=from_unit_id)
    return [_view(row, whole=True) for row in found.order_by("-referred_at", "id")]


def consents_of(person_id: uuid.UUID) -> Mapping[uuid.UUID, ConsentView]:
    """The consents of one person's referrals, by referral; a partner sees none."""
    referral_of = dict(Referral.objects.filter(person_id=person_id).values_list("consent_id", "id"))
    return {
        referral_of[row.id]: ConsentView(
            row.spoken_by,
            keys.decrypt(row.speaker, belongs_to=speaker_of(row.id)),
            row.way,
            row.said_at,
            tuple(row.told),
            row.recorded_by,
            row.withdrawn_at,
            row.withdrawn_by,
        )
        for row in Consent.objects.filter(person_id=person_id)
    }


def _here() -> QuerySet[Referral]:
    return Referral.objects.filter(addressee_id=actor().session.unit_id)


def _of(queue: str, now: datetime) -> Q:
    if queue == LATE:
        return Q(state=WAITING, due_at__lte=now)
    return Q(state=queue) if queue in QUEUES else Q(state__in=LIVE)


def _view(row: Referral, *, whole: bool = False) -> ReferralView:
    told = None
    if whole or row.state in LIVE:
        told = Particulars(**json.loads(keys.decrypt(row.particulars, belongs_to=particulars_of(row.id))))
    return ReferralView(
        row.id,
        row.person_id,
        row.offer_id,
        row.from_unit_id,
        row.referred_by,
        row.referred_at,
        row.state,
        row.state_at,
        row.due_at,
        row.due_rule,
        row.started_on,
        row.ended_on,
        row.reason,
        keys.decrypt(row.words, belongs_to=words_of(row.id)) if row.words else "",
        told,
    )
