"""Where a page stands: the address that shows it again."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.template.context import Context

from guitu.web.refusals import came_from

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: Context) -> str:
    """The path and query that show this page again, in another language say; words of a search in it stay sealed.

    A page that answers what was sent has no address of its own: there it is the page that it was sent from, or the
    one that it says it shows.
    """
    request = context["request"]
    if hasattr(request, "shown_at"):
        return str(request.shown_at)
    if request.method in {"GET", "HEAD"}:
        return str(request.get_full_path())
    sent_from = urlsplit(came_from(request))
    return f"{sent_from.path or '/'}{'?' if sent_from.query else ''}{sent_from.query}"
