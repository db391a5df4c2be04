"""What is done from a person's file: send the dossier, answer it, register the person at home."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.handover import operations as handover
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, row_of
from guitu.web.permits import Request, writes
from guitu.web.person_file.road import lacking_word


@writes("dossier:send")
def send(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Send the dossier; the mark of the form makes a second press harmless."""
    mark = mark_of(request)
    try:
        handover.send_dossier(person_id, sending=mark, at=now())
    except handover.DossierIncomplete as refusal:
        lacking = _("、").join(lacking_word(item) for item in refusal.items)
        return refusals.unprocessable(
            request, _("材料还不齐，没有发送"), _("缺：%(items)s。补齐后再发。") % {"items": lacking}
        )
    return redirect("person", person_id=person_id)


@writes("dossier:answer")
def answer(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Acknowledge or refuse the dossier that waits."""
    parcel_id, decision = row_of(request, "parcel"), request.POST.get("decision", "")
    if decision == "acknowledge":
        handover.acknowledge_dossier(person_id, parcel_id=parcel_id, at=now())
    else:
        try:
            handover.refuse_dossier(
                person_id,
                parcel_id=parcel_id,
                ground=decision,
                remark=request.POST.get("decision_reason", ""),
                at=now(),
            )
        except handover.RefusalWithoutGround:
            return refusals.unprocessable(request, _("还没有退回"), _("退回要选一个理由，并写明对方要补什么、怎么补。"))
    return redirect("person", person_id=person_id)


@writes("return:register")
def register(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Register the person at home: responsibility passes to the acting county."""
    mark = mark_of(request)
    handover.register_return(person_id, event_id=mark, at=now())
    return redirect("person", person_id=person_id)
