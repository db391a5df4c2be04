"""Sign-in with lock-out, the choice of post and purpose, sign-out, language, health."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _

from guitu.access import entering, signing_in, slowing
from guitu.access.acting import acting
from guitu.access.looking import choose_purpose
from guitu.access.roles import PURPOSES, ROLES
from guitu.web import demonstration, refusals
from guitu.web.clock import now
from guitu.web.entrance.coming_in import (
    NoPost,
    enter,
    network_address,
    next_url,
    onwards,
    passkey_words,
    plain_page,
    rules,
    too_many,
    wrong,
)
from guitu.web.gate import set_cookie, token_cookie
from guitu.web.permits import public
from guitu.web.shell import say

DESKS = {
    "prison_desk": "prison-desk",
    "county_desk": "county-desk",
    "worker_desk": "worker-desk",
    "partner_desk": "partner-desk",
    "supervisor_desk": "board",
    "evaluator_desk": "evaluator-desk",
    "identity_desk": "identity",
    "administration": "units",
    "audit": "audit",
    "my_road": "my-road",
    "letters_desk": "letters",
    "asked": "asked",
}


@public
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers; for the supervisor process and load balancers. Tells nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@public
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the desk of the acting post, or to the sign-in; an administrator away from a terminal to the account."""
    session = getattr(request, "acting_session", None)
    if session is None:
        return redirect("sign-in")
    if session.confined:
        return redirect("account")
    return redirect(DESKS[ROLES[session.role].desk])


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form; after too many failures in a row the account is locked for a while, without saying so."""
    error, status, login = "", 200, ""
    if request.method == "POST":
        login = request.POST.get("login", "").strip()
        try:
            token = entering.begin(
                login,
                request.POST.get("password", ""),
                address=network_address(request),
                at=now(),
                rules=rules(),
            )
            return onwards(request, token)
        except signing_in.SignInRefused:
            error, status = wrong(), 422
        except slowing.TooManyFailures:
            error, status = too_many(), 429
        except NoPost:
            error, status = _("这个账号现在没有岗位。请联系系统管理员。"), 422
    words = {
        "page": plain_page(_("登录")),
        "error": error,
        "login": login,
        "passkey": passkey_words(request),
        "next": next_url(request),
        "demonstration": demonstration.all_sign_ins(at=now()) if settings.GUITU_DEMONSTRATION else (),
    }
    return render(request, "entrance/sign_in.html", words, status=status)


@public
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One-click sign-in of a demonstration; does not exist in a real installation. POST only."""
    if not settings.GUITU_DEMONSTRATION:
        return refusals.not_found(request)
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    chosen = next((one for one in demonstration.all_sign_ins(at=now()) if one.key == request.POST.get("key")), None)
    if chosen is None:
        return refusals.not_found(request)
    try:
        entered = enter(request, chosen.account_id, chosen.post_id, next_url(request))
    except signing_in.SignInRefused:  # the post that the demonstration began with has ended since
        return refusals.not_found(request)
    entering.note_entry(chosen.account_id, address=network_address(request), at=now())
    return entered


@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the acting session in the database, then forget the cookie. POST only."""
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    token = request.COOKIES.get(token_cookie(), "")
    if token:
        signing_in.end(token)
    response = redirect("sign-in")
    response.delete_cookie(token_cookie())
    response["Clear-Site-Data"] = '"cache", "storage"'  # pages are never stored; this is for a browser that did
    return response


@public
def post(request: HttpRequest) -> HttpResponse:
    """Choose the post to act in and the purpose of the work; changing the post ends the session and begins another."""
    session = getattr(request, "acting_session", None)
    if session is None:
        return redirect("sign-in")
    posts = signing_in.posts_of(session.account_id, at=now())
    if request.method == "POST":
        chosen = next((one for one in posts if str(one.id) == request.POST.get("post")), None)
        if chosen is None:
            return refusals.not_found(request)
        if chosen.id != session.post_id:
            if entering.lacks_factor(session.account_id, chosen.role, rules=rules()):
                return refusals.factor_demanded(request)
            return enter(request, session.account_id, chosen.id, "/", network=session.network, goes_on=True)
        purpose = request.POST.get("purpose", "")
        if purpose in session.purposes:
            with acting(session, session.chosen or session.purposes[0]):
                choose_purpose(purpose)
        return redirect(next_url(request))
    page = plain_page(_("岗位与目的"))
    purposes = [
        {"value": code, "label": say(PURPOSES[code]), "chosen": code == (session.chosen or session.purposes[0])}
        for code in session.purposes
    ]
    options = [
        {"value": str(one.id), "label": f"{one.title} · {one.unit}", "chosen": one.id == session.post_id}
        for one in posts
    ]
    return render(
        request,
        "entrance/post.html",
        {
            "page": page,
            "posts": options,
            "purposes": purposes,
            "undecided": len(session.purposes) > 1 and not session.chosen,
            "next": next_url(request),
            "home": reverse("home"),
        },
    )


@public
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the pages in a cookie. POST only."""
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    response = HttpResponseRedirect(next_url(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        set_cookie(response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response
