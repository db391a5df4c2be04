"""The documents that are the person's to read: as rows of My road, and one of them as it was issued."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from guitu.access import person_codes
from guitu.access import queries as access
from guitu.papers import queries as papers
from guitu.papers import reading
from guitu.rulebook.my_road import my_road_words
from guitu.web import refusals
from guitu.web.papers.rows import closed_words, kind_word
from guitu.web.permits import Request, reads
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english


def rows(found: list[papers.DocumentView], names: dict[uuid.UUID, access.UnitView]) -> list[dict[str, Any]]:
    """Documents as rows; one that shows what the decision table keeps from a representative says so and opens not."""
    return [
        {
            "title": kind_word(one.kind),
            "number": one.number,
            "on": one.issued_at,
            "unit": unit_name(names.get(one.unit_id)),
            "url": "" if one.closed else reverse("my-paper", args=[one.id]),
            "closed": closed_words(one.closed),
            "note": _note(one.kind),
        }
        for one in found
    ]


def own() -> list[uuid.UUID]:
    """Whom the acting session's own pages are about: one person, or nobody."""
    held = person_codes.own_person()
    return [held.person_id] if held else []


def _shown(document_id: uuid.UUID) -> tuple[str, ...]:
    """What the look shows; nothing where the document stays closed."""
    items = reading.items_in(document_id)
    return () if any(reading.closed_of([(person_id, items) for person_id in own()])) else items


def _note(kind: str) -> dict[str, str] | None:
    """What stands beside a document of this kind: what law keeps out of it, with the article; mostly nothing."""
    held = my_road_words().document_notes.get(kind)
    if held is None:
        return None
    return {"words": held.words.en if english() else held.words.zh, "article": held.article}


@reads("my_road:read", about=own, seen=_shown)
def paper(request: Request, document_id: uuid.UUID) -> HttpResponse:
    """One of these documents as it was issued; the line of the look names the items it may show."""
    listed = [one for person_id in own() for one in papers.documents_of(person_id) if one.id == document_id]
    if not listed or listed[0].kind not in my_road_words().documents:
        return refusals.not_found(request)
    if listed[0].closed:
        return refusals.closed(request)
    answer = HttpResponse(papers.document_bytes(document_id), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="document.pdf"'
    return answer
