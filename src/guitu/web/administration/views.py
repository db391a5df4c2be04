"""Units as the system administrator sees them; no person."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.web.permits import Request, reads
from guitu.web.shell import frame, say, show

PAGE = 50


@reads("unit:list")
def units(request: Request) -> HttpResponse:
    """All units with their ranges and how many posts each has, by code; a query narrows them."""
    words = request.GET.get("q", "").strip()
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
    found, total = access.units_listed(words, first=(number - 1) * PAGE, most=PAGE)
    page = frame(request, _("单位与岗位"), current="units")
    address = f"?q={words}&page=" if words else "?page="
    return show(
        request,
        "administration/units.html",
        page,
        units=found,
        total=total,
        first=(number - 1) * PAGE + 1 if total else 0,
        last=min(number * PAGE, total),
        words=words,
        previous_url=f"{address}{number - 1}" if number > 1 else "",
        next_url=f"{address}{number + 1}" if number * PAGE < total else "",
        roles={code: say(role.word) for code, role in ROLES.items()},
    )
