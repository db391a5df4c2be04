"""Coming in with a passkey: what the browser needs for it, and what it shows; after the password, or alone."""

from __future__ import annotations

import json
import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import entering, passkeys_at_the_door
from guitu.access.entering import Need, StepOver
from guitu.access.passkeys import Site
from guitu.access.signing_in import TOKEN_BYTES, SignInRefused
from guitu.access.slowing import TooManyFailures
from guitu.web import refusals
from guitu.web.account.passkeys import not_here
from guitu.web.clock import now
from guitu.web.entrance.coming_in import (
    NoPost,
    entering_cookie,
    network_address,
    next_url,
    onwards,
    passkey_site,
    passkey_words,
    plain_page,
    rules,
    too_many,
)
from guitu.web.entrance.steps import show_step
from guitu.web.gate import set_cookie
from guitu.web.permits import public

AFTER_PASSWORD = "after-password"  # nosec B105 # noqa: S105 - the name of a step


def passkey_cookie() -> str:
    """The name of the cookie that binds a challenge to the browser that asked for it; it opens nothing by itself."""
    return "__Host-guitu_passkey" if settings.GUITU_COOKIES_SECURE else "guitu_passkey"


@public
def options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show a passkey, as JSON: of the account under way, or of any. POST only."""
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    site = passkey_site(request)
    if site is None:
        return JsonResponse({"problem": not_here()}, status=422)
    try:
        if request.POST.get("use") == AFTER_PASSWORD:
            token = request.COOKIES.get(entering_cookie(), "")
            told = passkeys_at_the_door.ask_after_password(token, site=site, at=now(), rules=rules())
            return JsonResponse({"options": json.loads(told)})
        token = secrets.token_urlsafe(TOKEN_BYTES)
        told = passkeys_at_the_door.ask_alone(
            token, site=site, address=network_address(request), at=now(), rules=rules()
        )
    except StepOver:
        return JsonResponse({"problem": _("这次登录等得太久，请重新登录。")}, status=422)
    except TooManyFailures:
        return JsonResponse({"problem": too_many()}, status=429)
    response = JsonResponse({"options": json.loads(told)})
    set_cookie(response, passkey_cookie(), token)
    return response


@public
def passkey(request: HttpRequest) -> HttpResponse:
    """Take the passkey that the browser shows; whatever is wrong, the answer is the same. POST only."""
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    site = passkey_site(request)
    if site is None:
        return _again(request, not_here(), 422)
    if request.POST.get("use") == AFTER_PASSWORD:
        return _after_password(request, site)
    try:
        token = passkeys_at_the_door.begin(
            request.COOKIES.get(passkey_cookie(), ""),
            request.POST.get("credential", ""),
            site=site,
            address=network_address(request),
            at=now(),
            rules=rules(),
        )
        response = onwards(request, token)
    except (SignInRefused, StepOver):
        return _again(request, _("通行密钥没有通过，或账号暂时锁定。请再试一次，或用口令登录。"), 422)
    except TooManyFailures:
        return _again(request, too_many(), 429)
    except NoPost:
        return _again(request, _("这个账号现在没有岗位。请联系系统管理员。"), 422)
    response.delete_cookie(passkey_cookie())
    return response


def _after_password(request: HttpRequest, site: Site) -> HttpResponse:
    token = request.COOKIES.get(entering_cookie(), "")
    try:
        reached = entering.step(token, at=now(), rules=rules())
        if reached.need is not Need.CODE:
            raise StepOver
        try:
            passkeys_at_the_door.show_after_password(
                token,
                request.POST.get("credential", ""),
                site=site,
                address=network_address(request),
                at=now(),
                rules=rules(),
            )
        except SignInRefused:
            problem = _("通行密钥没有通过，或账号暂时锁定。请再试一次，或用验证码、恢复码。")
            return show_step(request, token, reached, problems=[problem])
        except TooManyFailures:
            return show_step(request, token, reached, problems=[too_many()], status=429)
        return onwards(request, token)
    except (StepOver, NoPost):
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': next_url(request)})}")


def _again(request: HttpRequest, error: str, status: int) -> HttpResponse:
    words = {
        "page": plain_page(_("用通行密钥登录")),
        "error": error,
        "passkey": passkey_words(request),
        "next": next_url(request),
    }
    return render(request, "entrance/passkey.html", words, status=status)
