"""The person's own sign-in: the printed number with a one-time code, or with the PIN they set on this device."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guitu.access import persons_at_the_door
from guitu.access.entering import StepOver
from guitu.access.signing_in import SignInRefused
from guitu.access.slowing import TooManyFailures
from guitu.web.clock import now
from guitu.web.entrance.coming_in import (
    NoPost,
    network_address,
    next_url,
    onwards,
    passkey_words,
    plain_page,
    rules,
    too_many,
)
from guitu.web.permits import public

DEVICE_BYTES = 32


def device_cookie() -> str:
    """The name of the cookie by which a browser is known again; it opens nothing without the PIN."""
    return "__Host-guitu_device" if settings.GUITU_COOKIES_SECURE else "guitu_device"


def refused() -> str:
    """The same words whatever is wrong."""
    return _("编号、登录码或PIN不对，这台设备没有用登录码登录过，或暂时锁定。请稍后再试，或到窗口要一个新的登录码。")


@public
def person_sign_in(request: HttpRequest) -> HttpResponse:
    """Number and code or PIN; whatever is wrong, the answer is the same."""
    error, status, number = "", 200, ""
    device = request.COOKIES.get(device_cookie(), "") or secrets.token_urlsafe(DEVICE_BYTES)
    answer: HttpResponse | None = None
    if request.method == "POST":
        number = request.POST.get("number", "").strip()
        try:
            token = persons_at_the_door.begin(
                number,
                request.POST.get("secret", ""),
                device=device,
                address=network_address(request),
                at=now(),
                rules=rules(),
            )
            answer = onwards(request, token)
        except (SignInRefused, StepOver):
            error, status = refused(), 422
        except TooManyFailures:
            error, status = too_many(), 429
        except NoPost:
            error, status = _("委托还没有开始，或已经结束。"), 422
    if answer is None:
        words = {
            "page": plain_page(_("本人登录")),
            "error": error,
            "number": number,
            "passkey": passkey_words(request),
            "next": next_url(request),
        }
        answer = render(request, "entrance/person_sign_in.html", words, status=status)
    answer.set_cookie(
        device_cookie(),
        device,
        max_age=int(rules().person.device_lasts.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.GUITU_COOKIES_SECURE,
        path="/",
    )
    return answer
