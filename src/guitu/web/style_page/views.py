"""The style page: every component in every state, from invented people and places. Development only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from guitu.web.style_page import samples

PAGES: dict[str, str] = {
    "desk": "style/desk.html",
    "phone": "style/phone.html",
    "person": "style/person.html",
    "sheet": "style/sheet.html",
    "slip": "style/slip.html",
}
"""The further sample pages, chosen with `?page=`."""


def style_page(request: HttpRequest) -> HttpResponse:
    """Show all components in all states, or with `?page=desk|phone|person|sheet|slip` one sample page.

    The moment shown is fixed (samples.NOW), so that two visits show the same page. Raises Http404 for an
    unknown page.
    """
    name = request.GET.get("page", "")
    if name and name not in PAGES:
        raise Http404
    context = samples.context(name, english=(get_language() or "").startswith("en"))
    return render(request, PAGES[name] if name else "style/components.html", context)
