"""Reads of access: the acting post itself, units, who looked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q

from guitu.access.acting import ActingSession, actor
from guitu.access.models import Installation, Post, Unit
from guitu.access.roles import ROLES
from guitu.access.signing_in import acting_token, looks_minted
from guitu.rulebook.divisions import Divisions

_ENDED = "GU002"
_LONGEST_LINE = 16
"""No office was ended and taken over more often than this; a ring in the data ends here."""


class SessionEnded(PermissionError):
    """The acting session of this token was ended, stood idle too long, ran out, or its post or account is over."""


@dataclass(frozen=True)
class UnitView:
    """A unit as screens show it."""

    id: uuid.UUID
    code: str
    kind: str
    name: str
    name_en: str
    division: str
    division_end: str
    phone: str
    parent_id: uuid.UUID | None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    opening_hours: str = ""


@dataclass(frozen=True)
class Look:
    """One look at a person's file: when, from which unit and post, by whom, why, at what, with which outcome.

    `reason` is the code given for a look outside the post's caseload; `glass` marks an emergency look.
    """

    at: datetime
    unit: str
    post: str
    holder: str
    purpose: str
    action: str
    fields: tuple[str, ...]
    outcome: str
    reason: str
    glass: bool


def session_of(token: str) -> ActingSession | None:
    """The acting session behind a raw token, noted as used now, or None if the token is unknown or none of ours.

    Raises SessionEnded for a token whose session is over, whatever ended it.
    """
    if not looks_minted(token):
        return None
    try:
        with acting_token(token), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM access_whoami()")
            row = cursor.fetchone()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == _ENDED:
            raise SessionEnded from error
        raise
    if row is None:
        return None
    return ActingSession(
        token=token,
        account_id=row[0],
        account_name=row[1],
        post_id=row[2],
        post_title=row[3],
        role=row[4],
        unit_id=row[5],
        unit_name=row[6],
        unit_kind=row[7],
        division=row[8],
        low=row[9],
        high=row[10],
        purposes=tuple(row[11]),
        chosen=row[12],
        network=row[13],
        confined=row[14],
    )


def _view(unit: Unit) -> UnitView:
    return UnitView(
        unit.id,
        unit.code,
        unit.kind,
        unit.name,
        unit.name_en,
        unit.division,
        unit.division_end,
        unit.phone,
        unit.parent_id,
        unit.latitude,
        unit.longitude,
        unit.opening_hours,
    )


def is_demonstration() -> bool:
    """Whether this installation is a demonstration, where fictional divisions and numbers are known."""
    return Installation.objects.filter(id=1, kind="DEMONSTRATION").exists()


def terminals_from() -> datetime | None:
    """From when administration needs an assessed terminal (UTC); None where it never does: in a demonstration."""
    return Installation.objects.filter(id=1).values_list("terminals_from", flat=True).first()


def unit(unit_id: uuid.UUID) -> UnitView:
    """The unit with this id. Raises Unit.DoesNotExist."""
    return _view(Unit.objects.get(id=unit_id))


def units_named(ids: set[uuid.UUID]) -> dict[uuid.UUID, UnitView]:
    """The units with these ids, in one query."""
    return {found.id: _view(found) for found in Unit.objects.filter(id__in=ids)}


def unit_or_none(unit_id: uuid.UUID) -> UnitView | None:
    """The unit with this id, ended or not, but no machine's and no person's own; None where there is none."""
    found = Unit.objects.exclude(kind__in=["machine", "own"]).filter(id=unit_id).first()
    return _view(found) if found else None


def receiving_county(division: str) -> UnitView | None:
    """The county justice bureau in office for the twelve-digit `division`, or None where none is known for certain.

    A bureau that was ended leads to its successor, a division that was abolished to what the division list says became
    of it; where that is more than one county nobody is preferred.
    """
    found = _county_of(division)
    if found is None:
        county = f"{division[:6]}000000"
        later = {row.code for row in Divisions.load().successors(county)} - {county}
        counties = {bureau.id: bureau for code in later if (bureau := _county_of(code)) is not None}
        found = next(iter(counties.values())) if len(counties) == 1 and len(later) == 1 else None
    return _view(found) if found else None


def _county_of(division: str) -> Unit | None:
    counties = Unit.objects.filter(kind="county", division__lte=division, division_end__gt=division)
    found = counties.order_by(F("to_at").desc(nulls_first=True)).first()
    for _ in range(_LONGEST_LINE):
        if found is None or found.to_at is None:
            return found
        found = found.successor
    return None


def posts_named(ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Holder's name and title of these posts, in one query."""
    rows = Post.objects.filter(id__in=ids).values_list("id", "account__name", "title")
    return {post_id: (name, title) for post_id, name, title in rows}


def units_of_posts(ids: set[uuid.UUID]) -> dict[uuid.UUID, UnitView]:
    """The unit of each of these posts, in office or not, in one query."""
    return {post.id: _view(post.unit) for post in Post.objects.filter(id__in=ids).select_related("unit")}


def unit_of_post(post_id: uuid.UUID, *, at: datetime) -> uuid.UUID | None:
    """The unit in which a post is in office at `at`, or None."""
    held = Post.objects.filter(id=post_id, from_at__lte=at).filter(Q(to_at__isnull=True) | Q(to_at__gt=at))
    return held.values_list("unit_id", flat=True).first()


def looks_at(person_id: uuid.UUID, *, most: int = 20) -> list[Look]:
    """Who looked at this person, newest first, for those who may see the person."""
    return looks_until(person_id, until=None, first=0, most=most)[0]


def looks_until(person_id: uuid.UUID, *, until: datetime | None, first: int, most: int) -> tuple[list[Look], int]:
    """Who looked at this person until that moment (None: until now), newest first: `most` from `first` on; how many.

    For those who may see the person; `until` keeps the pages still while the reader's own looks are added.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_looks_at(%s::uuid, %s::timestamptz, %s::integer, %s::integer)",
            [person_id, until, first, most],
        )
        rows = cursor.fetchall()
    looks = [
        Look(at, unit_, post, holder, purpose, action, tuple(fields), outcome, reason, glass)
        for at, unit_, post, holder, purpose, action, fields, outcome, reason, glass, _ in rows
    ]
    return looks, rows[0][-1] if rows else 0


@dataclass(frozen=True)
class ListedUnit:
    """A unit as the administrator's list shows it, with its posts in office."""

    unit: UnitView
    posts: tuple[tuple[str, str, str], ...]


def units_listed(
    words: str, *, kind: str = "", empty: bool = False, at: datetime | None = None, first: int, most: int
) -> tuple[list[ListedUnit], int]:
    """Living units by code with the posts in office, narrowed; and how many there are.

    `words` stand in name or code; `empty` keeps the units where a post could be and nobody is in office. Without `at`
    only posts without an end are told.
    """
    found = Unit.objects.exclude(kind__in=["machine", "own"]).filter(to_at__isnull=True).order_by("code")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__startswith=words))
    if kind:
        found = found.filter(kind=kind)
    in_office = Post.objects.filter(to_at__isnull=True)
    if at is not None:
        in_office = Post.objects.filter(Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at)
    if empty:
        seats = set().union(*(role.seats for role in ROLES.values()))
        found = found.filter(kind__in=seats).exclude(id__in=in_office.values("unit_id"))
    page = list(found[first : first + most])
    posts: dict[uuid.UUID, list[tuple[str, str, str]]] = {}
    rows = in_office.filter(unit__in=page).order_by("title", "account__name")
    for unit_id, name, title, role in rows.values_list("unit_id", "account__name", "title", "role"):
        posts.setdefault(unit_id, []).append((name, title, role))
    return [ListedUnit(_view(one), tuple(posts.get(one.id, ()))) for one in page], found.count()


def living_of_kind(kind: str) -> list[UnitView]:
    """Every living unit of a kind, by code: for kinds of which a choice can name each."""
    return [_view(one) for one in Unit.objects.filter(kind=kind, to_at__isnull=True).order_by("code")]


ALLOTTED_TO = ("judicial_office", "social_organisation", "correction_centre", "workstation")
"""Kinds of units below a county to which a matter can be allotted."""


@dataclass(frozen=True)
class Office:
    """A unit that matters can be allotted to, with the posts in office there: id, holder's name, title."""

    unit: UnitView
    posts: tuple[tuple[uuid.UUID, str, str], ...]


def regions_within(region: UnitView) -> list[UnitView]:
    """This unit and those below it with divisions of their own, by code: of a nation or province down to the counties,
    of a city or county down to the township offices.
    """
    kinds = ["province", "city", "county"] + (["judicial_office"] if region.kind in {"city", "county"} else [])
    found = Unit.objects.filter(
        kind__in=kinds, to_at__isnull=True, division__gte=region.division, division_end__lte=region.division_end
    )
    return [_view(one) for one in found.order_by("code")]


def offices_below(*, at: datetime) -> list[Office]:
    """The offices within the acting unit's range that matters can be allotted to at `at`, by code, with their posts."""
    session = actor().session
    found = list(
        Unit.objects.filter(
            kind__in=ALLOTTED_TO, to_at__isnull=True, division__gte=session.division, division__lt=session.high
        ).order_by("code")
    )
    in_office = Post.objects.filter(Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at, unit__in=found)
    posts: dict[uuid.UUID, list[tuple[uuid.UUID, str, str]]] = {}
    for unit_id, post_id, name, title in in_office.order_by("title", "account__name").values_list(
        "unit_id", "id", "account__name", "title"
    ):
        posts.setdefault(unit_id, []).append((post_id, name, title))
    return [Office(_view(one), tuple(posts.get(one.id, ()))) for one in found]
