"""Commissions of township offices: issued and revoked by the county, and who approves by them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from guitu.access.acting import actor
from guitu.access.models import Commission, Unit
from guitu.access.operations import require
from guitu.access.policy import Approver, Commissioned, approver_of
from guitu.ledger.operations import record
from guitu.rulebook.powers import commission_powers


class CommissionRefused(ValueError):
    """The commission cannot be kept; `zh` and `en` say why, `field` which value of it is at fault."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.field, self.zh, self.en = field, zh, en


@dataclass(frozen=True)
class CommissionLine:
    """A commission as the county's list shows it."""

    commission: Commissioned
    office: str
    office_en: str


@dataclass(frozen=True)
class Office:
    """A township office that the acting county may commission."""

    id: uuid.UUID
    name: str
    name_en: str


def offices() -> list[Office]:
    """The living township offices under the acting unit, by code. Inside the caller's transaction."""
    session = actor().session
    rows = Unit.objects.filter(
        kind="judicial_office", to_at__isnull=True, division__gte=session.low, division_end__lte=session.high
    ).order_by("code")
    return [Office(row.id, row.name, row.name_en) for row in rows]


def issue_commission(
    unit_id: uuid.UUID,
    *,
    number: str,
    powers: Iterable[str],
    from_on: date,
    to_on: date | None,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Keep a commission of one of the acting county's township offices; the same event twice is one commission.

    Legal days, both included; without `to_on` it has no end. Raises NotAllowed, CommissionRefused.
    """
    require("commission:keep")
    session = actor().session
    wanted = sorted(set(powers))
    with transaction.atomic():
        if Commission.objects.filter(id=event_id).exists():
            return
        if unit_id not in {office.id for office in offices()}:
            raise CommissionRefused(
                "office", "这不是本县存续的司法所", "this is no living township office of the county"
            )
        if not number.strip():
            raise CommissionRefused("number", "要填委托文号", "a document number is needed")
        if not wanted or not set(wanted) <= set(commission_powers()):
            raise CommissionRefused("powers", "至少选一项委托事项", "choose at least one power")
        if to_on is not None and to_on < from_on:
            raise CommissionRefused("to_on", "止日早于起日", "it ends before it begins")
        if Commission.objects.filter(issued_by_unit_id=session.unit_id, number=number.strip()).exists():
            raise CommissionRefused(
                "number", f"文号{number.strip()}已登记", f"the number {number.strip()} is kept already"
            )
        Commission.objects.create(
            id=event_id,
            unit_id=unit_id,
            issued_by_unit_id=session.unit_id,
            number=number.strip(),
            powers=wanted,
            from_on=from_on,
            to_on=to_on,
            issued_at=at,
            issued_by=session.post_id,
        )
        record(
            "access:commission:issued",
            subjects=[],
            division=session.division,
            at=at,
            event_id=event_id,
            other_unit_id=unit_id,
            number=number.strip(),
            powers=wanted,
            from_on=from_on,
            to_on=to_on,
        )


def revoke_commission(commission_id: uuid.UUID, *, on: date, at: datetime) -> bool:
    """Revoke a commission of the acting county: from the legal day `on` it holds no more.

    False if there is no such commission in force or to come. Raises NotAllowed.
    """
    require("commission:keep")
    session = actor().session
    with transaction.atomic():
        held = (
            Commission.objects.select_for_update(no_key=True)
            .filter(id=commission_id, issued_by_unit_id=session.unit_id, revoked_on__isnull=True)
            .first()
        )
        if held is None or (held.to_on is not None and held.to_on < on):
            return False
        held.revoked_on, held.revoked_at, held.revoked_by = on, at, session.post_id
        held.save(update_fields=["revoked_on", "revoked_at", "revoked_by"])
        record(
            "access:commission:revoked",
            subjects=[],
            division=session.division,
            at=at,
            event_id=commission_id,
            other_unit_id=held.unit_id,
            number=held.number,
            revoked_on=on,
        )
    return True


def commissions_listed(*, first: int, most: int) -> tuple[list[CommissionLine], int]:
    """The acting county's commissions, newest first, and how many there are. Inside the caller's transaction."""
    found = Commission.objects.filter(issued_by_unit_id=actor().session.unit_id).select_related("unit")
    page = found.order_by("-from_on", "-issued_at", "id")[first : first + most]
    return [CommissionLine(_commissioned(row), row.unit.name, row.unit.name_en) for row in page], found.count()


def commissions_of(unit_id: uuid.UUID) -> list[Commissioned]:
    """Every commission that this township office was ever given. Inside the caller's transaction."""
    return [_commissioned(row) for row in Commission.objects.filter(unit_id=unit_id).order_by("from_on", "id")]


def approver(power: str, unit_id: uuid.UUID, *, on: date) -> Approver:
    """Who approves for the matters of this township office on a legal day. Inside the caller's transaction."""
    return approver_of(power, unit_id, commissions_of(unit_id), on=on)


def _commissioned(row: Commission) -> Commissioned:
    powers = frozenset(row.powers)
    return Commissioned(row.id, row.unit_id, row.number, powers, row.from_on, row.to_on, row.revoked_on)
