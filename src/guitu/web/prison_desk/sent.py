"""What the acting unit sent, with its receipts, for ever: newest first, a page that stays where it is."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.exchange import queries as parcels
from guitu.handover.policy import REFUSAL_GROUNDS
from guitu.web.form_fields import written_moment
from guitu.web.listed_names import listed_names
from guitu.web.permits import Request, reads
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, say, show

PAGE = 25


@reads("person:list")
def sent(request: Request) -> HttpResponse:
    """The dossiers that the acting unit sent and how each was answered."""
    after, waiting = _after(request), request.GET.get("waiting") == "yes"
    found = parcels.parcels_listed("sender", waiting=waiting, after=after, most=PAGE + 1)
    shown, more = found[:PAGE], len(found) > PAGE
    names = access.units_named({parcel.receiver_id for parcel in shown})
    people = listed_names({parcel.person_id for parcel in shown})
    address = reverse("sent")
    page = frame(
        request, _("我发出的和回执"), current="prison-desk", crumbs=((_("释放工作台"), reverse("prison-desk")),)
    )
    rows = [_row(parcel, people, unit_name(names.get(parcel.receiver_id))) for parcel in shown]
    kept = {"waiting": "yes"} if waiting else {}
    older = ""
    if more:
        last = shown[-1]
        older = f"{address}?{urlencode({**kept, 'after': last.sent_at.isoformat(), 'id': str(last.id)})}"
    tabs = [
        {"label": _("全部"), "url": address, "count": None, "current": not waiting},
        {"label": _("还没有回执"), "url": f"{address}?waiting=yes", "count": None, "current": waiting},
    ]
    newest = f"{address}?{urlencode(kept)}" if kept else address
    return show(request, "prison/sent.html", page, rows=rows, older=older, tabs=tabs, newest=newest if after else "")


def _after(request: Request) -> parcels.Ended | None:
    """Where the page before ended; None for the first page and for an address that makes no sense."""
    try:
        moment = written_moment(request.GET.get("after", ""))
        return (moment, uuid.UUID(request.GET.get("id", ""))) if moment.tzinfo is not None else None
    except ValueError:
        return None


def _row(parcel: parcels.ParcelView, people: dict[uuid.UUID, str], receiver: str) -> dict[str, Any]:
    states = {"ACKNOWLEDGED": _("已签收"), "REFUSED": _("已退回")}
    return {
        "url": reverse("person", args=[parcel.person_id]),
        "name": people.get(parcel.person_id, ""),
        "number": parcel.number,
        "receiver": receiver,
        "sent_at": parcel.sent_at,
        "state": states.get(parcel.outcome, _("等对方签收或退回")),
        "ground": say(REFUSAL_GROUNDS[parcel.ground]) if parcel.ground else "",
        "receipt": parcel.receipt_number,
        "answered_at": parcel.answered_at,
    }
