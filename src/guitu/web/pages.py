"""Which page of a list is asked for, and what the foot of the list needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from guitu.web import asked

_MOST_DIGITS = 6


def page_number(request: HttpRequest, name: str = "page", *, most: int = 10**_MOST_DIGITS - 1) -> int:
    """The page asked for, from one on and at the utmost `most`; anything that is no number is the first page.

    `name` is another one where a page holds several lists.
    """
    text = request.GET.get(name, "1")
    return min(max(1, int(text)), most) if text.isdecimal() and len(text) <= _MOST_DIGITS else 1


def with_words(address: str, kept: Mapping[str, str], **changed: str) -> str:
    """`address` under the conditions `kept`, those of `changed` in their place; typed words sealed, empty ones out.

    What leads from a list to another view of it (a tab, a side) keeps in this way what was searched for.
    """
    words = asked.query({name: value for name, value in {**kept, **changed}.items() if value})
    return f"{address}?{words}" if words else address


def paged(
    number: int,
    total: int,
    kept: Mapping[str, str] | None = None,
    *,
    most: int,
    address: str = "",
    place: str = "",
    name: str = "page",
) -> dict[str, Any]:
    """What the foot of a list needs: how many rows, which are shown, where the pages beside this one are.

    `kept` are the conditions that the other pages keep; `address` is needed where the list also answers elsewhere,
    `place` (an id of the page) where the list is not the first thing on it, `name` where it is not the only one.
    """
    words = asked.query({name: value for name, value in (kept or {}).items() if value})
    beside = f"{address}?{words}&{name}=" if words else f"{address}?{name}="
    there = f"#{place}" if place else ""
    return {
        "total": total,
        "first": (number - 1) * most + 1 if total else 0,
        "last": min(number * most, total),
        "previous_url": f"{beside}{number - 1}{there}" if number > 1 else "",
        "next_url": f"{beside}{number + 1}{there}" if number * most < total else "",
    }


def uncounted(
    number: int,
    found: int,
    kept: Mapping[str, str] | None = None,
    *,
    most: int,
    place: str = "",
    name: str = "page",
    last: int = 0,
) -> dict[str, Any]:
    """The foot of a list that nobody counts: `found` are the rows read for this page, at most one more than `most`.

    The other conditions as in `paged`; the foot then says which rows are shown, not how many there are. Behind the page
    `last`, if there is one, no further page is offered.
    """
    before = (number - 1) * most
    made = paged(number, before + found, kept, most=most, place=place, name=name)
    beyond = {"next_url": ""} if number == last else {}
    return made | beyond | {"total": "" if number > 1 or found > most else found}


def counted_if_few(
    number: int, total: int | None, kept: Mapping[str, str] | None = None, *, most: int
) -> dict[str, Any]:
    """The foot of a list that is counted up to a bound: as `paged`, and as `uncounted` where `total` is None.

    None says that there are more rows than the bound and than this page, so that another one follows.
    """
    if total is None:
        return uncounted(number, most + 1, kept, most=most)
    return paged(number, total, kept, most=most)
