"""Finding a person by name, pinyin, initials or printed number."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.people import queries as persons
from guitu.people.by_name import by_surname_alone
from guitu.web.pages import page_number, uncounted
from guitu.web.permits import Request, reads
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show

PAGE = 25
MOST_PAGES = 40
"""A search that finds more than these pages hold is asked to be narrower."""


@reads("person:search")
def search(request: Request) -> HttpResponse:
    """Persons in reach by name, pinyin, initials or printed number; juveniles for the units of their matter only.

    By the surname alone where no more of the name is seen.
    """
    words = request.GET.get("q", "").strip()
    number = page_number(request, most=MOST_PAGES)
    found = persons.find(words, first=(number - 1) * PAGE, most=PAGE + 1) if words else []
    foot = uncounted(number, len(found), {"q": words}, most=PAGE, last=MOST_PAGES)
    found = found[:PAGE]
    names = access.units_named({person.responsible_unit_id for person in found})
    rows = [
        {
            "url": reverse("person", args=[one.id]),
            "name": one.name,
            "number": one.number,
            "unit": unit_name(names[one.responsible_unit_id]),
        }
        for one in found
    ]
    page = frame(request, _("查找"), current="")
    page["search_words"] = words
    openable = "person:open" in ROLES[request.acting_session.role].may
    return show(
        request,
        "file/search.html",
        page,
        rows=rows,
        words=words,
        openable=openable,
        surname_alone=by_surname_alone(),
        narrower=number == MOST_PAGES,
        **foot,
    )
