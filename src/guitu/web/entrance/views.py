"""Sign-in with lock-out, the choice of post and purpose, sign-out, language, health."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import Signer
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language
from django.utils.translation import gettext as _

from guitu.access import signing_in
from guitu.access.roles import PURPOSES, ROLES
from guitu.web import demonstration, refusals
from guitu.web.clock import now
from guitu.web.gate import PURPOSE_COOKIE, set_cookie, token_cookie
from guitu.web.permits import public
from guitu.web.shell import say

DESKS = {
    "prison_desk": "prison-desk",
    "county_desk": "county-desk",
    "supervisor_desk": "board",
    "identity_desk": "identity",
    "administration": "units",
}


@public
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers; for the supervisor process and load balancers. Tells nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@public
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the desk of the acting post, or to the sign-in."""
    session = getattr(request, "acting_session", None)
    if session is None:
        return redirect("sign-in")
    return redirect(DESKS[ROLES[session.role].desk])


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


def _page(title: str) -> dict[str, str]:
    return {
        "title": title,
        "unit_name": _("监地协作一件事"),
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
    }


def _enter(account_id: UUID, post_id: UUID, next_url: str) -> HttpResponse:
    token = signing_in.mint(
        account_id,
        post_id,
        lasts=timedelta(hours=settings.GUITU_SESSION_HOURS),
        idle=timedelta(minutes=settings.GUITU_IDLE_MINUTES),
    )
    response = HttpResponseRedirect(next_url)
    set_cookie(response, token_cookie(), token)
    response.delete_cookie(PURPOSE_COOKIE)
    return response


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form; after too many failures in a row the account is locked for a while, without saying so."""
    error, login = "", ""
    if request.method == "POST":
        login = request.POST.get("login", "").strip()
        try:
            account_id = signing_in.verify(
                login,
                request.POST.get("password", ""),
                at=now(),
                tries=settings.GUITU_SIGN_IN_TRIES,
                lock_for=timedelta(minutes=settings.GUITU_LOCK_MINUTES),
            )
        except signing_in.SignInRefused:
            error = _("登录名或口令不对，或账号暂时锁定。请稍后再试，或联系系统管理员。")
        else:
            posts = signing_in.posts_of(account_id, at=now())
            if posts:
                return _enter(account_id, posts[0].id, _next(request))
            error = _("这个账号现在没有岗位。请联系系统管理员。")
    words = {
        "page": _page(_("登录")),
        "error": error,
        "login": login,
        "next": _next(request),
        "demonstration": demonstration.sign_ins() if settings.GUITU_DEMONSTRATION else (),
    }
    return render(request, "entrance/sign_in.html", words, status=422 if error else 200)


@public
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One-click sign-in of a demonstration; does not exist in a real installation. POST only."""
    if not settings.GUITU_DEMONSTRATION:
        return refusals.not_found(request)
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    chosen = next((one for one in demonstration.sign_ins() if one.key == request.POST.get("key")), None)
    if chosen is None:
        return refusals.not_found(request)
    return _enter(chosen.account_id, chosen.post_id, _next(request))


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
    response.delete_cookie(PURPOSE_COOKIE)
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
            signing_in.end(session.token)
            return _enter(session.account_id, chosen.id, "/")
        response = redirect("home")
        if request.POST.get("purpose") in session.purposes:
            set_cookie(response, PURPOSE_COOKIE, Signer(salt=PURPOSE_COOKIE).sign(request.POST["purpose"]))
        return response
    page = _page(_("岗位与目的"))
    purposes = [
        {"value": code, "label": say(PURPOSES[code]), "chosen": code == getattr(request, "purpose", "")}
        for code in session.purposes
    ]
    options = [
        {"value": str(one.id), "label": f"{one.title} · {one.unit}", "chosen": one.id == session.post_id}
        for one in posts
    ]
    return render(
        request, "entrance/post.html", {"page": page, "posts": options, "purposes": purposes, "home": reverse("home")}
    )


@public
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the pages in a cookie. POST only."""
    if request.method != "POST":
        return refusals.method_not_allowed(request, ("POST",))
    response = HttpResponseRedirect(_next(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        set_cookie(response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response
