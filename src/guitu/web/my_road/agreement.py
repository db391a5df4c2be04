"""The drafted help agreement on My road: read it, then accept, ask for a change, or say no without a reason."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import person_codes
from guitu.access import queries as access
from guitu.journeys.queries import Road
from guitu.support import proposals
from guitu.support.policy import ACCEPTED, CHANGE_ASKED, DECLINED, RecordIncomplete
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.permits import Request, writes
from guitu.web.person_file.sight import RECEIVERS, Sight, unit_name


def of_road(road: Road | None) -> dict[str, Any] | None:
    """The newest draft of a road for My road and the file: who proposes, what stands in it, how it was answered."""
    found = proposals.latest_proposal(road.task.journey_id) if road else None
    if found is None or found.state == "REPLACED":
        return None
    words = {
        "OPEN": _("等您看"),
        ACCEPTED: _("已经同意"),
        DECLINED: _("不要"),
        CHANGE_ASKED: _("要求修改，等重新拟好"),
    }
    speakers = {
        "SELF": _("本人说的"),
        "REPRESENTATIVE": _("受托人代说"),
        "OFFICER": _("经办人代记，有本人签字"),
        "": "",
    }
    names = access.units_named({found.unit_id})
    return {
        "one": found,
        "unit": unit_name(names.get(found.unit_id)),
        "state": words[found.state],
        "speaker": speakers[found.spoken_by],
        "open": found.state == "OPEN",
        "contacts": [line for line in found.contacts.splitlines() if line.strip()],
    }


HELP_STATES = frozenset({"registered", "help_declined", "in_help"})


def of_file(sight: Sight) -> dict[str, Any]:
    """The same for the file of the side that helps, with what an officer needs to record the answer."""
    if sight.positions.isdisjoint(RECEIVERS) or sight.road.task.state not in HELP_STATES:
        return {}
    drafted = of_road(sight.road)
    if drafted is not None and drafted["open"]:
        drafted["state"] = _("等本人答复")
    choices = {ACCEPTED: _("同意"), CHANGE_ASKED: _("要改"), DECLINED: _("不要")}
    return {
        "agreement": drafted,
        "agreement_mark": uuid.uuid4(),
        "agreement_answers": [{"value": code, "label": word} for code, word in choices.items()],
    }


@writes("my_road:speak")
def answer(request: Request, proposal_id: uuid.UUID) -> HttpResponse:
    """Answer the draft; a second press changes nothing, and only the draft that was read can be accepted."""
    mark = mark_of(request)
    with transaction.atomic():
        held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    try:
        proposals.answer_proposal(
            held.person_id,
            proposal_id,
            answer=request.POST.get("answer", ""),
            words=request.POST.get("words", ""),
            event_id=mark,
            at=now(),
        )
    except RecordIncomplete:
        return refusals.unprocessable(request, _("还没有记下"), _("请写下想怎么改。"))
    except proposals.ProposalUnknown:
        return refusals.conflict(
            request,
            "这份协议已经答复过，或者换了新的一份，请看“我的路”。",
            "This draft has been answered or replaced by a newer one; please look at My road.",
        )
    return redirect(f"{reverse('my-road')}#agreement")
