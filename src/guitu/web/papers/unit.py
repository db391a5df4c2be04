"""The documents of the acting unit: the list with its filters, and several of them as one file for the printer."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.exports import Printed, print_together
from guitu.access.operations import ask
from guitu.handover import documents
from guitu.papers import printing, queries, reading
from guitu.papers.catalogue import kinds
from guitu.rulebook.looking import export_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import written_day
from guitu.web.pages import page_number, paged, with_words
from guitu.web.papers import rows
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import iso_minute, legal_day

PAGE = 50


def _filters(request: Request) -> queries.Filters:
    kind = request.GET.get("kind", "")
    try:
        day = written_day(request.GET.get("day", ""))
    except ValueError:
        day = None
    return queries.Filters(kind if kind in kinds() else "", day, by_hand=request.GET.get("by_hand") == "yes")


def _asked(filters: queries.Filters) -> dict[str, str]:
    asked = {"kind": filters.kind, "day": filters.day.isoformat() if filters.day else ""}
    return {key: value for key, value in asked.items() if value} | ({"by_hand": "yes"} if filters.by_hand else {})


@reads("paper:read")
def listed(request: Request) -> HttpResponse:
    """The unit's own documents, newest first; those with characters to write in by hand are a queue of their own."""
    filters = _filters(request)
    number = page_number(request)
    found, total = queries.issued_by_own_unit(filters, first=(number - 1) * PAGE, most=PAGE)
    waiting = queries.waiting_for_a_hand()
    address, today = reverse("unit-papers"), legal_day(now())
    printed_day = filters.day or today
    day_count = queries.issued_by_own_unit(queries.Filters(filters.kind, printed_day), first=0, most=1)[1]
    asked = _asked(filters)
    page = frame(request, _("文书"), current="unit-papers")
    return show(
        request,
        "papers/unit.html",
        page,
        documents=rows.documents(found),
        **paged(number, total, asked, most=PAGE),
        kinds=[{"value": one.code, "label": one.en if english() else one.zh} for one in kinds().values()],
        kind=filters.kind,
        day=filters.day.isoformat() if filters.day else "",
        tabs=[
            {
                "label": _("全部"),
                "url": with_words(address, asked, by_hand=""),
                "current": not filters.by_hand,
                "count": None,
            },
            {
                "label": _("待手写补全"),
                "url": with_words(address, asked, by_hand="yes"),
                "current": filters.by_hand,
                "count": None if filters.kind or filters.day else waiting,
            },
        ],
        by_hand=filters.by_hand,
        filtered=bool(asked),
        printed_day=printed_day,
        day_count=day_count,
        most=printing.MOST,
        print_day_url=f"{reverse('papers-print')}?{urlencode(_asked(queries.Filters(filters.kind, printed_day)))}",
    )


def _chosen(request: Request) -> list[uuid.UUID] | None:
    """The documents that were ticked, or all of the day that may be opened; None if what was asked cannot be read."""
    try:
        ids = [uuid.UUID(text) for text in request.GET.getlist("document")]
    except ValueError:
        return None
    filters = _filters(request)
    if not ids and filters.day:
        found, _total = queries.issued_by_own_unit(filters, first=0, most=printing.MOST + 1)
        ids = [one.id for one in reversed(found) if not one.closed]
    return list(dict.fromkeys(ids))


def _too_many(request: Request, counted: Printed, persons: int) -> HttpResponse:
    """Which limit is reached, how much of it is left, and what can be done."""
    hours = int(export_rules().within.total_seconds() // 3600)
    told = {"count": persons, "hours": hours, "most": counted.most, "left": counted.left}
    said = [
        _("这些文书涉及%(count)s人；一人%(hours)s小时内合并打印的合计不超过%(most)s人，您还可打印%(left)s人。") % told
    ]
    if counted.free_at is not None:
        said.append(_("等到%(moment)s以后这些可以一并打印。") % {"moment": iso_minute(counted.free_at)})
    said.append(_("现在要用，可以少选几份，或者逐份打开打印。"))
    between = " " if english() else ""
    return refusals.unprocessable(request, _("合并打印涉及的人太多"), between.join(said))


@reads("paper:read")
def printed(request: Request) -> HttpResponse:
    """Several documents in one PDF. Everybody they are about is asked for: a line for each set of items shown."""
    ids = _chosen(request)
    if ids is None:
        return refusals.bad_request(request)
    if not ids:
        return refusals.unprocessable(request, _("没有可打印的文书"), _("请先勾选文书，或者选一个有文书的日子。"))
    if len(ids) > printing.MOST:
        return refusals.unprocessable(
            request,
            _("一次打印太多"),
            _("一次最多合并%(most)s份，以免久等。请按种类或者勾选分几次打印。") % {"most": printing.MOST},
        )
    about = queries.persons_of(ids)
    if set(about) != set(ids):
        ask("paper:read", ids)
        return refusals.not_found(request)
    concerned = {one for one in about.values() if one} if len(ids) > 1 else set()
    counted = print_together(concerned)
    if not counted.allowed:
        return _too_many(request, counted, len(concerned))
    shown: dict[tuple[str, ...], set[uuid.UUID]] = {}
    for one, person in about.items():
        shown.setdefault(reading.items_in(one) if person else (), set()).update({person} if person else ())
    for items, persons in shown.items():
        told = ask("paper:read", sorted(persons, key=str), seen=items)
        if told != "ALLOWED":
            return refusals.closed(request) if told == "DENIED" else refusals.not_found(request)
    session, at = request.acting_session, now()
    name = _("合并打印%(count)s份") % {"count": len(ids)}
    who = (session.unit_name, session.post_title, session.account_name, documents.moment(at))
    return rows.pdf(printing.joined(ids, line=" · ".join((*who, name, _("不得外传"))), at=at), name)
