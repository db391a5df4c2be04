"""My notices: unread first, narrowed by kind, page by page; marked as read here, done elsewhere."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.roles import ROLES
from guitu.notices import operations, queries
from guitu.web.clock import now
from guitu.web.notices.words import kind_words, sentences
from guitu.web.pages import page_number, uncounted, with_words
from guitu.web.permits import Request, own
from guitu.web.shell import frame, show

ROWS = 30


def _asked(given: dict[str, str]) -> dict[str, str]:
    """What of an address or a form this list understands, but for its page."""
    asked = {}
    if given.get("show") == "all":
        asked["show"] = "all"
    if given.get("kind") in kind_words():
        asked["kind"] = given["kind"]
    return asked


def _address(asked: dict[str, str], **changed: str) -> str:
    return with_words(reverse("notices"), asked, **changed)


@own("GET")
def notices(request: Request) -> HttpResponse:
    """The own list; what a notice is about opens from its row."""
    asked = _asked(request.GET.dict())  # type: ignore[arg-type]
    number, everything = page_number(request), asked.get("show") == "all"
    with transaction.atomic(durable=True):
        found, more = queries.own_notices(
            code=asked.get("kind", ""), only_unread=not everything, first=(number - 1) * ROWS, most=ROWS
        )
        if not found and number > 1:
            return redirect(_address(asked))  # the last page went with its last unread notice
        may = ROLES[request.acting_session.role].may
        words = kind_words()
        rows = [
            {
                "id": row.id,
                "sentence": sentence,
                "kind": words[row.code],
                "late": row.code in {"CLOCK_LAPSED", "CLOCK_ESCALATED"},
                "at": row.at,
                "read_at": row.read_at,
                "url": _matter(row.person_id, may),
            }
            for row, sentence in zip(found, sentences(request, found), strict=True)
        ]
        return show(
            request,
            "notices/list.html",
            frame(request, _("通知"), current="notices"),
            rows=rows,
            unread=[row["id"] for row in rows if row["read_at"] is None],
            newest=rows[0]["id"] if rows and number == 1 and not asked.get("kind") else "",
            **uncounted(number, len(rows) + more, asked, most=ROWS),
            tabs=[
                {
                    "label": _("未读"),
                    "url": _address(asked, show=""),
                    "current": not everything,
                    "count": None,
                },
                {"label": _("全部"), "url": _address(asked, show="all"), "current": everything, "count": None},
            ],
            kinds=[{"value": code, "label": word} for code, word in words.items()],
            asked=asked,
            kept={**asked, "page": str(number)} if number > 1 else asked,
            failures=queries.failures() if "unit:list" in may else 0,
        )


def _matter(person_id: uuid.UUID | None, may: frozenset[str]) -> str:
    if person_id is not None and "person:open" in may:
        return reverse("person", args=[person_id])
    return reverse("board") if "board:read" in may else ""


@own("POST")
def mark_read(request: Request) -> HttpResponse:
    """Mark the chosen notices as read, or all up to the newest shown, and go back to the list as it was."""
    asked = _asked(request.POST.dict())  # type: ignore[arg-type]
    newest = _ids(request.POST.getlist("up_to"))
    if newest:
        settles = timedelta(minutes=settings.GUITU_NOTICE_SETTLES_MINUTES)
        operations.mark_all_read(newest[0], at=now(), settles=settles)
        return redirect(_address(asked))
    operations.mark_read(_ids(request.POST.getlist("notice")), at=now())
    return redirect(_address(asked, page=request.POST.get("page", "")))


def _ids(given: list[str]) -> list[uuid.UUID]:
    chosen = []
    for one in given:
        try:
            chosen.append(uuid.UUID(one))
        except ValueError:
            continue  # no notice is called so; there is nothing to mark
    return chosen
