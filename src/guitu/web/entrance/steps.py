"""The steps between the password and the house: a one-time code, a new password, setting up the second factor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import entering, second_factors
from guitu.access.entering import Need, Step, StepOver
from guitu.access.passwords import PasswordRefused
from guitu.access.signing_in import SignInRefused
from guitu.access.slowing import TooManyFailures
from guitu.rulebook.records import Sentence
from guitu.web.account.pictures import picture
from guitu.web.clock import now
from guitu.web.entrance.coming_in import (
    NoPost,
    entering_cookie,
    network_address,
    next_url,
    onwards,
    passkey_words,
    plain_page,
    rules,
    too_many,
    wrong_code,
    wrong_first_code,
)
from guitu.web.permits import public
from guitu.web.shell import english


@public
def step(request: HttpRequest) -> HttpResponse:
    """Show and take whatever this sign-in still needs; a sign-in that took too long begins again."""
    token = request.COOKIES.get(entering_cookie(), "")
    try:
        reached = entering.step(token, at=now(), rules=rules())
        if request.method != "POST":
            return show_step(request, token, reached)
        return _take(request, token, reached)
    except (StepOver, NoPost):
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': next_url(request)})}")


def _take(request: HttpRequest, token: str, reached: Step) -> HttpResponse:
    where = {"address": network_address(request), "at": now(), "rules": rules()}
    code = request.POST.get("code", "")
    try:
        if reached.need is Need.CODE:
            entering.give_code(token, code, **where)  # type: ignore[arg-type]
        elif reached.need is Need.NEW_PASSWORD:
            new = request.POST.get("new", "")
            if new != request.POST.get("again", ""):
                return show_step(request, token, reached, problems=[_("两次填写的不一样")])
            entering.give_new_password(token, new, **where)  # type: ignore[arg-type]
        elif reached.need is Need.ENROL:
            codes = entering.confirm_factor(token, code, **where)  # type: ignore[arg-type]
            words = {"page": plain_page(_("恢复码")), "codes": codes, "next": next_url(request)}
            return render(request, "entrance/recovery_codes.html", words)
        return onwards(request, token)
    except PasswordRefused as refusal:
        return show_step(request, token, reached, problems=[said(problem) for problem in refusal.problems])
    except SignInRefused:
        problem = wrong_first_code() if reached.need is Need.ENROL else wrong_code()
        return show_step(request, token, reached, problems=[problem])
    except TooManyFailures:
        return show_step(request, token, reached, problems=[too_many()], status=429)


def said(sentence: Sentence) -> str:
    """A bilingual sentence in the language of the page."""
    return sentence.en if english() else sentence.zh


def show_step(
    request: HttpRequest, token: str, reached: Step, *, problems: list[str] | None = None, status: int = 422
) -> HttpResponse:
    """The page of what is asked next, with why the last answer was not taken."""
    new = _("设定您的PIN") if reached.for_person else _("设定新口令")
    code = _("输入验证码") if reached.by_generator else _("第二重验证")
    titles = {Need.CODE: code, Need.NEW_PASSWORD: new, Need.ENROL: _("启用第二重验证")}
    context: dict[str, Any] = {
        "page": plain_page(titles.get(reached.need, _("登录"))),
        "need": reached.need.value,
        "problems": problems or [],
        "next": next_url(request),
        "login": reached.login,
        "asks": said(rules().profile_for(for_person=reached.for_person).asks),
        "for_person": reached.for_person,
        "by_generator": reached.by_generator,
        "passkey": passkey_words(request) if reached.by_passkey else None,
    }
    if reached.need is Need.ENROL:
        secret = entering.offer_factor(token, at=now(), rules=rules())
        context |= {
            "secret": secret,
            "picture": picture(second_factors.address_of(secret, login=reached.login)),
        }
    return render(request, "entrance/step.html", context, status=status if problems else 200)
