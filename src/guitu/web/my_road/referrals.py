"""Taking back one's consent to a referral: one button, no reason, from now on."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from guitu.access import person_codes
from guitu.support import referrals
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.permits import Request, writes


@writes("my_road:speak")
def withdraw(request: Request, referral_id: uuid.UUID) -> HttpResponse:
    """Take the consent back; a second press changes nothing."""
    mark = mark_of(request)
    with transaction.atomic():
        held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    try:
        referrals.withdraw_consent(held.person_id, referral_id, event_id=mark, at=now())
    except referrals.ReferralUnknown:
        return refusals.not_found(request)
    return redirect(f"{reverse('my-road')}#referred")
