"""What a posted form holds: its mark, and the fields that must be filled in.

`NotReadable` need not be caught by a view: `permits.writes` answers it, alike for unknown and for foreign persons.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import date, datetime

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from guitu.web.templatetags.guitu_words import LEGAL_ZONE

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""No matter of this house lies outside; at the ends of the calendar a day more, or another time zone, is no day."""


def written_day(text: str) -> date:
    """The day that a form or an address states as 2026-01-31. Raises ValueError for any other text, and for a day that
    no matter can have.
    """
    found = date.fromisoformat(text)
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(text)
    return found


def written_moment(text: str) -> datetime:
    """The moment that a form or an address states; without an offset, and so without tzinfo, it is one of ours.

    Raises ValueError as `written_day` does.
    """
    found = datetime.fromisoformat(text)
    if not FIRST_DAY <= found.date() <= LAST_DAY:
        raise ValueError(text)
    return found


def is_own_address(request: HttpRequest, wanted: str) -> bool:
    """Whether somebody can be led to this address: a path of this very site, nothing that merely looks like one.

    ``//here//elsewhere`` names this site and then a path that, taken by itself, names another.
    """
    return is_ours(request, wanted) and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address, with its host or without, is one of this very site."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


class NotReadable(ValueError):
    """The form lacks something or holds what cannot be read; `label` names the field, or is empty: no form of ours."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


def mark_of(request: HttpRequest) -> uuid.UUID:
    """The mark of the form, which makes a second press harmless. Raises NotReadable."""
    return row_of(request, "mark")


def row_of(request: HttpRequest, name: str) -> uuid.UUID:
    """A field that our own form fills with the id of a row. Raises NotReadable."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError as fault:
        raise NotReadable("") from fault


def rows_of(request: HttpRequest, name: str) -> list[uuid.UUID]:
    """The ids of the rows that were ticked. Raises NotReadable."""
    try:
        return [uuid.UUID(value) for value in request.POST.getlist(name)]
    except ValueError as fault:
        raise NotReadable("") from fault


def text(request: HttpRequest, name: str, label: str) -> str:
    """A field that must hold words. Raises NotReadable."""
    found = request.POST.get(name, "").strip()
    if not found:
        raise NotReadable(label)
    return found


def day(request: HttpRequest, name: str, label: str) -> date:
    """A field that must hold a day. Raises NotReadable."""
    try:
        return written_day(request.POST.get(name, ""))
    except ValueError as fault:
        raise NotReadable(label) from fault


def day_or_wrong(request: HttpRequest, name: str, wrong: MutableMapping[str, str]) -> date | None:
    """A field that must hold a day; where it does not, `wrong` says so at its name and None is given."""
    try:
        return written_day(request.POST.get(name, ""))
    except ValueError:
        wrong[name] = _("把日期写成 2026-01-31 的样子")
        return None


def row_or_wrong(request: HttpRequest, name: str, problem: str, wrong: MutableMapping[str, str]) -> uuid.UUID | None:
    """A choice of a row; where nothing of ours was chosen, `wrong` holds `problem` at its name and None is given."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        wrong[name] = problem
        return None


def problems_of(wrong: Mapping[str, str], order: Iterable[str]) -> list[dict[str, str]]:
    """What stands above a form: each problem with its field to go to, in the order of the fields; a general one first.

    `wrong` may hold "" for what concerns no single field.
    """
    return [{"text": wrong[name], "target": name} for name in ("", *order) if name in wrong]


def moment(request: HttpRequest, name: str, label: str) -> datetime:
    """A field that must hold a day and an hour of Asia/Shanghai; aware. Raises NotReadable."""
    try:
        found = written_moment(request.POST.get(name, ""))
    except ValueError as fault:
        raise NotReadable(label) from fault
    return found if found.tzinfo is not None else found.replace(tzinfo=LEGAL_ZONE)
