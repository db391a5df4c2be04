"""Documents and files as the pages list them, and as a browser is given them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.acting import ActingSession
from guitu.access.roles import ROLES
from guitu.exchange import queries as parcels
from guitu.handover import issuing
from guitu.journeys.queries import Road, Task
from guitu.papers import queries
from guitu.papers.catalogue import kind_of
from guitu.rulebook.book import load_national
from guitu.rulebook.clocks import legal_day
from guitu.support.agreement_papers import AGREEMENT, IN_FORCE
from guitu.web import queue_rows
from guitu.web.shell import english


def kind_word(kind: str) -> str:
    """The name of a kind of document in the language of the page."""
    found = kind_of(kind)
    return found.en if english() else found.zh


def _units(ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    names = access.units_named(ids)
    return {found.id: found.name_en if english() else found.name for found in names.values()}


def closed_words(items: Sequence[str]) -> str:
    """Why a document or file is not opened: which items the decision table keeps from this post; else empty."""
    if not items:
        return ""
    held = load_national().items
    named = _("、").join(held[item].en if english() else held[item].zh for item in items)
    return _("按决定表，您的岗位现在不看：%(items)s") % {"items": named}


def methods() -> list[dict[str, str]]:
    """The ways in which a document is served, for a choice."""
    words = {
        "IN_PERSON": _("当面送交"),
        "BY_POST": _("邮寄"),
        "BY_PLATFORM": _("经本平台"),
        "LEFT_BEHIND": _("留置送达"),
    }
    return [{"value": code, "label": label} for code, label in words.items()]


def documents(found: Sequence[queries.DocumentView]) -> list[dict[str, Any]]:
    """Rows of documents: names, unit, what is open, how served, where they are opened."""
    units = _units({one.unit_id for one in found})
    ways = {way["value"]: way["label"] for way in methods()}
    return [
        {
            "id": one.id,
            "title": kind_word(one.kind),
            "number": one.number,
            "unit": units[one.unit_id],
            "on": one.issued_at,
            "by_hand": [{"character": character, "points": _points(character)} for character in one.by_hand],
            "completed_at": one.completed_at,
            "superseded": one.superseded,
            "services": [{"to": s.served_to, "how": ways[s.method], "at": s.at} for s in one.services],
            "person_id": one.person_id,
            "closed": closed_words(one.closed),
            "url": reverse("paper", args=[one.person_id, one.id]) if one.person_id and not one.closed else "",
        }
        for one in found
    ]


def lacking(
    found: Sequence[queries.DocumentView],
    session: ActingSession,
    road: Road | None,
    sent: Sequence[parcels.ParcelView],
) -> dict[str, Any]:
    """Which documents of a sending were not kept: those that the acting unit can make, and whether none was; and
    whether the agreed help still lacks its document.

    `found` are the documents held, `sent` the parcels of the road, newest first.
    """
    if road is None or "paper:issue" not in ROLES[session.role].may:
        return {"sent_without": bool(sent) and not found}
    own = {one.kind for one in found if one.unit_id == session.unit_id}
    mine = issuing.lacking_documents(sent, road.task.release_type, unit_id=session.unit_id, held=own)
    return {
        "unkept": [kind_word(one.kind) for one in mine],
        "sent_without": bool(sent) and not found,
        "unkept_mark": uuid.uuid4(),
        "agreement_unmade": AGREEMENT if _agreement_unmade(found, session, road.task) else "",
        "agreement_paper_mark": uuid.uuid4(),
    }


def _agreement_unmade(found: Sequence[queries.DocumentView], session: ActingSession, task: Task) -> bool:
    """Whether help goes on as agreed and nobody of the side that helps has made the agreement as a document since."""
    agreed_on = task.agreed_on if task.state == IN_FORCE else None
    if agreed_on is None or session.unit_id not in {task.receiving_unit_id, task.local_unit_id}:
        return False
    return not any(one.kind == AGREEMENT and legal_day(one.issued_at) >= agreed_on for one in found)


def _points(character: str) -> str:
    return " ".join(f"U+{ord(part):04X}" for part in character)


def attachments(person_id: uuid.UUID, found: Sequence[queries.AttachmentView]) -> list[dict[str, Any]]:
    """Rows of received files."""
    units = _units({one.unit_id for one in found})
    return [
        {
            "title": queue_rows.code_word("document_type", one.kind),
            "file_name": one.file_name,
            "source": one.source,
            "unit": units[one.unit_id],
            "on": one.at,
            "kilobytes": max(1, one.size // 1024),
            "closed": closed_words(one.closed),
            "url": "" if one.closed else reverse("attachment", args=[person_id, one.id]),
        }
        for one in found
    ]


def pdf(data: bytes, name: str) -> HttpResponse:
    """A PDF to be looked at and printed in the browser."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
    return answer
