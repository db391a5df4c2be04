"""My account: my open sessions, what happened at the door, my password, my second factor."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.access import own_account, own_passkeys, retention, second_factors, terminals
from guitu.access.passwords import PasswordRefused
from guitu.access.roles import SEPARATED
from guitu.access.signing_in import SignInRefused
from guitu.access.slowing import TooManyFailures
from guitu.web import refusals
from guitu.web.account import notice_choices
from guitu.web.account.pictures import picture
from guitu.web.administration.terminal_words import is_due, missing_word, state_word
from guitu.web.clock import now
from guitu.web.entrance.coming_in import network_address, passkey_words, rules, too_many, wrong_first_code
from guitu.web.entrance.steps import said
from guitu.web.permits import Request, own
from guitu.web.record_keeping import keeping
from guitu.web.shell import frame, show

HISTORY = 20


def outcome_words() -> dict[str, str]:
    """What happened at the door, in words."""
    return {
        "SUCCEEDED": _("登录成功"),
        "UNUSUAL": _("网络或者时间与平常不同，会话缩短"),
        "FAILED": _("口令不对"),
        "CODE_FAILED": _("验证码不对"),
        "CODE_USED": _("用了一次性登录码"),
        "LOCKED": _("失败次数过多，已锁定"),
        "REFUSED": _("账号停用或锁定期间又来登录"),
        "RECOVERY_USED": _("用了一个恢复码"),
        "PASSKEY_USED": _("用通行密钥验证了身份"),
        "PASSKEY_FAILED": _("通行密钥没有通过"),
        "PASSKEY_ADDED": _("建立了一个通行密钥"),
        "PASSKEY_REMOVED": _("停用了一个通行密钥"),
        "RECOVERY_RENEWED": _("换了一套恢复码"),
        "PASSWORD_CHANGED": _("更换了口令"),
        "FACTOR_ADDED": _("启用了第二重验证"),
        "FACTOR_REMOVED": _("停用了第二重验证"),
    }


@own("GET")
def account(request: Request) -> HttpResponse:
    """Everything about the own account on one page."""
    return account_page(request)


def account_page(
    request: Request, *, status: int = 200, section: str = "", problems: list[str] | None = None
) -> HttpResponse:
    """The page of the own account, with what went wrong beside the section where it did."""
    with transaction.atomic():
        words = outcome_words()
        held = own_account.own_account()
        answer = show(
            request,
            "account/account.html",
            frame(request, _("我的账号"), current="account"),
            account=held,
            passkeys=own_passkeys.own_passkeys(),
            passkey=passkey_words(request),
            passkey_name_max=rules().passkey.name_length_max,
            sessions=own_account.open_sessions(),
            keeping=keeping(retention.SIGN_INS),
            history=[
                {"at": line.at, "what": words[line.outcome], "address": line.address}
                for line in own_account.at_the_door(most=HISTORY)
            ],
            asks=said(rules().profile_for(for_person=held.for_person).asks),
            notices=notice_choices.shown(request),
            section=section,
            problems=problems or [],
            **_at_terminals(request),
        )
    answer.status_code = status
    return answer


def _at_terminals(request: Request) -> dict[str, Any]:
    """The own terminals of an administrator, and what this session lacks if it may not administer."""
    session = request.acting_session
    if session.role not in {role.code for role in SEPARATED}:
        return {"administers": False}
    held, at = terminals.own_terminals(), now()
    return {
        "administers": True,
        "terminals": [
            {"one": one, "state": state_word(one.state), "due": is_due(one.state, one.ends_at, at=at)} for one in held
        ],
        "terminal_choices": [{"value": str(one.id), "label": f"{one.name} {one.asset_number}"} for one in held],
        "terminal_missing": missing_word(session.confined) if session.confined else "",
    }


@own("POST")
def choose_notices(request: Request) -> HttpResponse:
    """Keep which notices the own account wants over which channel, and where it is reached."""
    problems = notice_choices.take(request)
    return account_page(request, status=422, section="notices", problems=problems) if problems else redirect("account")


@own("POST")
def end_session(request: Request, session_id: uuid.UUID) -> HttpResponse:
    """End one of the own sessions, after a factor was shown once more; somebody else's is not found."""
    unproven = _unproven(request)
    if unproven is not None:
        return unproven
    with transaction.atomic():
        ended = own_account.end_session(session_id)
    return redirect("account") if ended else refusals.not_found(request)


@own("POST")
def end_others(request: Request) -> HttpResponse:
    """End all own sessions but this one, after a factor was shown once more."""
    unproven = _unproven(request)
    if unproven is not None:
        return unproven
    with transaction.atomic():
        own_account.end_other_sessions()
    return redirect("account")


def _unproven(request: Request) -> HttpResponse | None:
    """The page that says so where neither the password nor a code was shown; None where one was."""
    given, address = request.POST.get("given", ""), network_address(request)
    try:
        own_account.prove(request.acting_session, given, address=address, at=now(), rules=rules())
    except SignInRefused:
        problem = _("验证码或口令不对、已用过，或账号暂时锁定。")
        return account_page(request, status=422, section="sessions", problems=[problem])
    except TooManyFailures:
        return account_page(request, status=429, section="sessions", problems=[too_many()])
    return None


@own("POST")
def password(request: Request) -> HttpResponse:
    """Replace the own password; all other sessions end."""
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return account_page(request, status=422, section="password", problems=[_("两次填写的新口令不一样")])
    with transaction.atomic():
        held = own_account.own_account()
    try:
        own_account.change_password(
            request.acting_session,
            request.POST.get("present", ""),
            new,
            held=held,
            address=network_address(request),
            at=now(),
            rules=rules(),
        )
    except PasswordRefused as refusal:
        return account_page(request, status=422, section="password", problems=[said(one) for one in refusal.problems])
    except SignInRefused:
        return account_page(request, status=422, section="password", problems=[_present_wrong()])
    except TooManyFailures:
        return account_page(request, status=429, section="password", problems=[too_many()])
    return redirect("account")


def _present_wrong() -> str:
    return _("现在的口令不对，或账号暂时锁定。")


@own("POST")
def offer_factor(request: Request) -> HttpResponse:
    """After the password, show the picture for the telephone once."""
    with transaction.atomic():
        held = own_account.own_account()
    try:
        secret = own_account.offer_factor(
            request.acting_session,
            request.POST.get("present", ""),
            address=network_address(request),
            at=now(),
            rules=rules(),
        )
    except SignInRefused:
        return account_page(request, status=422, section="factor", problems=[_present_wrong()])
    except TooManyFailures:
        return account_page(request, status=429, section="factor", problems=[too_many()])
    uri = second_factors.address_of(secret, login=held.login)
    return factor_page(request, "account/factor.html", secret=secret, picture=picture(uri))


@own("POST")
def confirm_factor(request: Request) -> HttpResponse:
    """Put the second factor to use with its first code; the recovery codes are shown this once."""
    try:
        codes = own_account.confirm_factor(
            request.acting_session, request.POST.get("code", ""), address=network_address(request), at=now()
        )
    except SignInRefused:
        problem = wrong_first_code()
        return factor_page(request, "account/factor.html", status=422, problems=[problem])
    return factor_page(request, "account/recovery_codes.html", codes=codes)


def factor_page(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of one step in setting up a second factor."""
    with transaction.atomic():
        answer = show(request, template, frame(request, _("第二重验证"), current="account"), **context)
    answer.status_code = status
    return answer


@own("POST")
def give_up_factor(request: Request) -> HttpResponse:
    """Stop using the second factor, shown once more."""
    try:
        own_account.give_up_factor(
            request.acting_session,
            request.POST.get("code", ""),
            address=network_address(request),
            at=now(),
            rules=rules(),
        )
    except own_account.FactorDemanded:
        return account_page(
            request, status=422, section="factor", problems=[_("您的岗位必须使用第二重验证，不能停用。")]
        )
    except SignInRefused:
        return account_page(request, status=422, section="factor", problems=[_("验证码不对、已用过，或账号暂时锁定。")])
    except TooManyFailures:
        return account_page(request, status=429, section="factor", problems=[too_many()])
    return redirect("account")


@own("POST")
def renew_recovery_codes(request: Request) -> HttpResponse:
    """A fresh set of recovery codes, shown this once, after a one-time code or the password."""
    try:
        codes = own_account.renew_recovery_codes(
            request.acting_session,
            request.POST.get("given", ""),
            address=network_address(request),
            at=now(),
            rules=rules(),
        )
    except SignInRefused:
        problem = _("验证码或口令不对、已用过，或账号暂时锁定。")
        return account_page(request, status=422, section="recovery", problems=[problem])
    except TooManyFailures:
        return account_page(request, status=429, section="recovery", problems=[too_many()])
    return factor_page(request, "account/recovery_codes.html", codes=codes)
