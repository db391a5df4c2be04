"""Units of a real installation from a file, as guitu_owner: founded, changed, ended; each with its line of change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from guitu.access.models import Change, Post, Session, Unit
from guitu.access.queries import is_demonstration
from guitu.access.unit_files import CheckedUnits, UnitProblem, UnitRow, check_units
from guitu.rulebook.divisions import Divisions, fictional_province
from guitu.rulebook.units import unit_kinds

_LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
_MAY_CHANGE = ("name", "name_en", "phone", "latitude", "longitude", "opening_hours")


@dataclass(frozen=True)
class LoadedUnits:
    """What a file of units did, by code; nothing at all where it has problems."""

    founded: tuple[str, ...]
    changed: tuple[str, ...]
    ended: tuple[str, ...]
    unchanged: int
    problems: tuple[UnitProblem, ...]


def divisions_in_force() -> Divisions:
    """The division list of this installation; a demonstration knows the fictional province too."""
    official = Divisions.load()
    return official.extended(fictional_province().divisions) if is_demonstration() else official


def check(data: bytes, file_name: str, *, on: date) -> CheckedUnits:
    """Check a file against the units held and the division list, as of the legal day `on`. Writes nothing."""
    return check_units(data, file_name, _held(), divisions_in_force(), on=on)


def load(data: bytes, file_name: str, *, done_by: str, at: datetime) -> LoadedUnits:
    """Take a file of units in as a whole, or, where anything is wrong with it, not at all. Idempotent.

    A unit that ends ends its posts and their sessions too; its matters follow the successor.
    """
    with transaction.atomic():
        units = {unit.code: unit for unit in Unit.objects.select_for_update().filter(kind__in=unit_kinds())}
        held = _held()
        checked = check_units(data, file_name, held, divisions_in_force(), on=at.astimezone(_LEGAL_ZONE).date())
        problems = [*checked.problems, *_waiting_posts(checked.rows, at=at)]
        if problems:
            return LoadedUnits((), (), (), 0, tuple(problems))
        founded = [row for row in checked.rows if row.code not in held]
        changed = [row for row in checked.rows if row.code in held and row != held[row.code]]
        ended = [row for row in changed if row.to_on is not None and held[row.code].to_on is None]
        for row in founded:
            units[row.code] = _found(row, units)
            _note("UNIT_FOUNDED", units[row.code], done_by=done_by, at=at)
        for row in changed:
            _change(row, units)
            if row not in ended:
                _note("UNIT_CHANGED", units[row.code], done_by=done_by, at=at)
        for row in [*ended, *(row for row in founded if row.to_on is not None)]:
            _end(row, units, done_by=done_by, at=at)
    kept = len(checked.rows) - len(founded) - len(changed)
    return LoadedUnits(_codes(founded), _codes([row for row in changed if row not in ended]), _codes(ended), kept, ())


def _waiting_posts(rows: tuple[UnitRow, ...], *, at: datetime) -> list[UnitProblem]:
    """A unit cannot end while somebody is to begin there."""
    ending = [row.code for row in rows if row.to_on is not None]
    waiting = Post.objects.filter(unit__code__in=ending, from_at__gte=at).values_list("unit__code", flat=True)
    return [
        UnitProblem(
            0,
            "to_on",
            f"{code} 有尚未开始的岗位",
            f"a post at {code} has yet to begin",
            "先结束或等它开始",
            "load the file after it has begun",
        )
        for code in sorted(set(waiting))
    ]


def _codes(rows: list[UnitRow]) -> tuple[str, ...]:
    return tuple(row.code for row in rows)


def _held() -> dict[str, UnitRow]:
    rows = Unit.objects.filter(kind__in=unit_kinds()).select_related("parent", "successor")
    return {
        unit.code: UnitRow(
            unit.code,
            unit.kind,
            unit.name,
            unit.name_en,
            unit.parent.code if unit.parent else "",
            unit.division,
            unit.division_end,
            unit.phone,
            unit.latitude,
            unit.longitude,
            unit.opening_hours,
            unit.from_at.astimezone(_LEGAL_ZONE).date(),
            unit.to_at.astimezone(_LEGAL_ZONE).date() if unit.to_at else None,
            unit.successor.code if unit.successor else "",
        )
        for unit in rows
    }


def _midnight(day: date) -> datetime:
    """The beginning of a legal day."""
    return datetime.combine(day, time(), _LEGAL_ZONE).astimezone(UTC)


def _found(row: UnitRow, units: Mapping[str, Unit]) -> Unit:
    return Unit.objects.create(
        id=uuid.uuid4(),
        code=row.code,
        kind=row.kind,
        division=row.division,
        division_end=row.division_end,
        parent=units[row.parent] if row.parent else None,
        from_at=_midnight(row.from_on),
        **{field: getattr(row, field) for field in _MAY_CHANGE},
    )


def _change(row: UnitRow, units: Mapping[str, Unit]) -> None:
    unit = units[row.code]
    for field in _MAY_CHANGE:
        setattr(unit, field, getattr(row, field))
    unit.parent = units[row.parent] if row.parent else None
    unit.save(update_fields=[*_MAY_CHANGE, "parent"])


def _end(row: UnitRow, units: Mapping[str, Unit], *, done_by: str, at: datetime) -> None:
    if row.to_on is None:
        return
    unit, to_at = units[row.code], _midnight(row.to_on)
    unit.to_at, unit.successor = to_at, units[row.successor]
    unit.save(update_fields=["to_at", "successor"])
    # Somebody may have worked there after the day that the file gives: the post then ends now, not before.
    for post in Post.objects.select_for_update().filter(Q(to_at__isnull=True) | Q(to_at__gt=at), unit=unit):
        post.to_at = at
        post.save(update_fields=["to_at"])
        Session.objects.filter(post=post, ended_at__isnull=True).update(ended_at=at)
        Change(at=at, done_by=done_by, what="POST_ENDED", account=post.account, post=post, unit=unit).save(
            force_insert=True
        )
    _note("UNIT_ENDED", unit, done_by=done_by, at=at)


def _note(what: str, unit: Unit, *, done_by: str, at: datetime) -> None:
    Change(at=at, done_by=done_by, what=what, unit=unit).save(force_insert=True)
