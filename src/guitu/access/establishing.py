"""Founding an installation: what kind it is, its units and posts. Runs as guitu_owner, before anybody signs in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guitu.access.models import Account, Installation, Post, Unit
from guitu.access.roles import ROLES
from guitu.rulebook.terminals import terminal_rules

MACHINE = "MACHINE"
OWN = "OWN"
"""The unit of persons and representatives, who act for themselves: it spans nobody and is founded by a migration."""
# Units and posts of a demonstration have ids that follow from their codes: the same province every time.
_NAMES = uuid.UUID("b0a3b2b5-6f0c-5d2e-8a44-9a2b1c7d0e55")


class InstallationMismatch(RuntimeError):
    """Settings of one kind meet an installation of the other."""


@dataclass(frozen=True)
class NewUnit:
    """A unit to be founded; `parent` is the code of its superior, `division` and `division_end` bound its range.

    Latitude and longitude in degrees; opening hours as rulebook/opening_hours.py reads them.
    """

    code: str
    kind: str
    name: str
    name_en: str
    parent: str | None
    division: str
    division_end: str
    phone: str
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    opening_hours: str = ""


@dataclass(frozen=True)
class NewPost:
    """A post to be filled: login and name of the holder, unit code, role, title."""

    login: str
    name: str
    unit: str
    role: str
    title: str


def unit_id(code: str) -> uuid.UUID:
    """The id of the founded unit with this code."""
    return uuid.uuid5(_NAMES, f"unit:{code}")


def post_id(login: str, unit: str, role: str) -> uuid.UUID:
    """The id of the founded post."""
    return uuid.uuid5(_NAMES, f"post:{login}:{unit}:{role}")


def account_id(login: str) -> uuid.UUID:
    """The id of the founded account."""
    return uuid.uuid5(_NAMES, f"account:{login}")


def declare(kind: str, *, at: datetime) -> None:
    """Write once what this installation is: ``DEMONSTRATION`` or ``REAL``.

    In a real one administration needs an assessed terminal from the end of the grace of the rulebook on, counted from
    the first start that knows of it. Raises InstallationMismatch if it is the other.
    """
    held = Installation.objects.filter(id=1).values_list("kind", flat=True).first()
    if held is None:
        Installation.objects.create(id=1, kind=kind, created_at=at)
    elif held != kind:
        raise InstallationMismatch(f"this installation is {held}, the settings are for {kind}")
    if kind == "REAL":
        Installation.objects.filter(id=1, terminals_from__isnull=True).update(
            terminals_from=at + terminal_rules().grace
        )


def found_machine(*, at: datetime) -> None:
    """Found the machine post of the tick, once; its unit spans every division and nobody can sign in to it."""
    if Unit.objects.filter(code=MACHINE).exists():
        return
    unit = NewUnit(MACHINE, "machine", "归途时钟", "Guitu clock", None, "000000000000", "999999999999", "")
    with transaction.atomic():
        _write([unit], [NewPost(MACHINE, "时钟", MACHINE, "TICK", "时钟")], at=at)


def found(units: Iterable[NewUnit], posts: Iterable[NewPost], *, at: datetime) -> None:
    """Found units (superiors first) and fill posts, in one transaction. Accounts get no usable password here."""
    units, posts = list(units), list(posts)
    unknown = {post.role for post in posts} - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        _write(units, posts, at=at)


def _write(units: list[NewUnit], posts: list[NewPost], *, at: datetime) -> None:
    Unit.objects.bulk_create(
        [
            Unit(
                id=unit_id(unit.code),
                code=unit.code,
                kind=unit.kind,
                name=unit.name,
                name_en=unit.name_en,
                parent_id=unit_id(unit.parent) if unit.parent else None,
                division=unit.division,
                division_end=unit.division_end,
                phone=unit.phone,
                latitude=unit.latitude,
                longitude=unit.longitude,
                opening_hours=unit.opening_hours,
                from_at=at,
            )
            for unit in units
        ]
    )
    logins = {post.login: post.name for post in posts}
    Account.objects.bulk_create(
        [
            Account(id=account_id(login), login=login, name=name, password=make_password(None))
            for login, name in logins.items()
        ]
    )
    Post.objects.bulk_create(
        [
            Post(
                id=post_id(post.login, post.unit, post.role),
                account_id=account_id(post.login),
                unit_id=unit_id(post.unit),
                role=post.role,
                title=post.title,
                from_at=at,
            )
            for post in posts
        ]
    )


def has_units() -> bool:
    """Whether units were founded already."""
    return Unit.objects.exclude(code__in=[MACHINE, OWN]).exists()


def beginning() -> datetime:
    """From when the units and posts of a demonstration exist: before anything that its people went through."""
    return datetime(2020, 7, 1, tzinfo=UTC)


def first_day(today: date) -> date:
    """The day (Asia/Shanghai) on which the demonstration began to be filled: `today` at first, and that day ever after.

    An interrupted filling is so gone on with as it was begun, on whatever day. Raises Installation.DoesNotExist before
    `declare`.
    """
    Installation.objects.filter(id=1, filled_from__isnull=True).update(filled_from=today)
    began = Installation.objects.values_list("filled_from", flat=True).get(id=1)
    return began or today


def is_filled() -> bool:
    """Whether the people of the demonstration are complete."""
    return Installation.objects.filter(id=1, filled_at__isnull=False).exists()


def mark_filled(*, at: datetime) -> None:
    """Note that the people of the demonstration are complete."""
    Installation.objects.filter(id=1).update(filled_at=at)
