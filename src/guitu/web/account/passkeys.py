"""The passkeys of one's own account: making one in two steps by the page's script, ending one."""

from __future__ import annotations

import json
import uuid

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.access import own_account, own_passkeys
from guitu.access.signing_in import SignInRefused
from guitu.access.slowing import TooManyFailures
from guitu.web import refusals
from guitu.web.account.views import account_page, factor_page
from guitu.web.clock import now
from guitu.web.entrance.coming_in import network_address, passkey_site, rules, too_many
from guitu.web.form_fields import row_of
from guitu.web.permits import Request, own


def not_here() -> str:
    """The sentence for an address of the site at which passkeys cannot be used."""
    return _("通行密钥在这个网址下不能用。")


def _not_proven() -> str:
    return _("验证码或口令不对、已用过，或账号暂时锁定。")


@own("POST")
def options(request: Request) -> HttpResponse:
    """After the password or a one-time code: what the browser needs to make a passkey, as JSON."""
    site = passkey_site(request)
    if site is None:
        return JsonResponse({"problem": not_here()}, status=422)
    with transaction.atomic():
        held = own_account.own_account()
    try:
        told = own_passkeys.offer_passkey(
            request.acting_session,
            request.POST.get("given", ""),
            login=held.login,
            site=site,
            address=network_address(request),
            at=now(),
            rules=rules(),
            terminal=bool(request.POST.get("terminal")),
        )
    except SignInRefused:
        return JsonResponse({"problem": _not_proven()}, status=422)
    except own_passkeys.TooManyPasskeys:
        most = rules().passkey.most
        return JsonResponse({"problem": _("最多%(most)s个，先停用一个不用的。") % {"most": most}}, status=422)
    except TooManyFailures:
        return JsonResponse({"problem": too_many()}, status=429)
    return JsonResponse({"options": json.loads(told)})


@own("POST")
def add(request: Request) -> HttpResponse:
    """Keep the passkey the browser has made; with the first second factor its recovery codes are shown this once.

    With a terminal named it is made on that one of the own terminals for administration; the database leaves its line.
    """
    site, terminal = passkey_site(request), row_of(request, "terminal") if request.POST.get("terminal") else None
    section = "terminals" if terminal else "passkeys"
    name = " ".join(request.POST.get("name", "").split())
    if site is None:
        return account_page(request, status=422, section=section, problems=[not_here()])
    if not 0 < len(name) <= rules().passkey.name_length_max:
        problem = _("名称要填，最多%(most)s个字。") % {"most": rules().passkey.name_length_max}
        return account_page(request, status=422, section=section, problems=[problem])
    try:
        codes = own_passkeys.add_passkey(
            request.acting_session,
            request.POST.get("credential", ""),
            name=name,
            site=site,
            address=network_address(request),
            at=now(),
            terminal=terminal,
        )
    except own_passkeys.NotOfTheDevice:
        problem = _("这个通行密钥会同步到别处，或者在手机、外接钥匙里，不能证明是这台终端。请用终端自带的。")
        return account_page(request, status=422, section=section, problems=[problem])
    except SignInRefused:
        problem = _("通行密钥没有建立：等得太久，或这台设备的已经建立过。请再试一次。")
        return account_page(request, status=422, section=section, problems=[problem])
    if codes:
        return factor_page(request, "account/recovery_codes.html", codes=codes)
    return redirect("account")


@own("POST")
def end(request: Request, passkey_id: uuid.UUID) -> HttpResponse:
    """Stop taking one of the own passkeys; somebody else's is not found."""
    try:
        own_passkeys.end_passkey(
            request.acting_session,
            passkey_id,
            request.POST.get("given", ""),
            address=network_address(request),
            at=now(),
            rules=rules(),
        )
    except own_account.FactorDemanded:
        problem = _("您的岗位必须使用第二重验证，最后一个不能停用。")
        return account_page(request, status=422, section="passkeys", problems=[problem])
    except SignInRefused:
        return account_page(request, status=422, section="passkeys", problems=[_not_proven()])
    except TooManyFailures:
        return account_page(request, status=429, section="passkeys", problems=[too_many()])
    except own_passkeys.PasskeyUnknown:
        return refusals.not_found(request)
    return redirect("account")
