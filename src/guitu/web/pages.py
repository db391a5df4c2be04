"""Which page of a list is asked for."""

from __future__ import annotations

from django.http import HttpRequest

_MOST_DIGITS = 6


def page_number(request: HttpRequest) -> int:
    """The page asked for, from one on; anything that is no number is the first page."""
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) <= _MOST_DIGITS else 1
