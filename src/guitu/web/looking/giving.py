"""Giving the reason: kept with every look at this person until the session ends."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from guitu.access.looking import give_reason
from guitu.access.operations import PersonUnknown
from guitu.rulebook.looking import ReasonRefused, look_rules
from guitu.web import refusals
from guitu.web.looking import reasons
from guitu.web.permits import Request, own


@own("POST")
def give(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Keep the reason and go on to the page that asked; what lacks a word is asked again."""
    try:
        give_reason(person_id, request.POST.get("reason", ""), request.POST.get("words", ""), rules=look_rules())
    except PersonUnknown:
        return refusals.not_found(request)
    except ReasonRefused as refusal:
        return reasons.asked(
            request,
            person_id,
            session=request.acting_session,
            purpose=request.purpose,
            problem=refusal.en if refusals.english() else refusal.zh,
            to=reasons.back_to(request, person_id),
        )
    return reasons.sent_back(request, person_id)
