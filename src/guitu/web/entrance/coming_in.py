"""What every step at the entrance shares: the installation's rules, whose network address it is, the way onwards."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guitu.access import entering, signing_in
from guitu.access.entering import Need
from guitu.access.passkeys import Site
from guitu.web import whereabouts
from guitu.web.clock import now
from guitu.web.form_fields import is_own_address
from guitu.web.gate import set_cookie, token_cookie
from guitu.web.whereabouts import network_address, rules


class NoPost(LookupError):
    """The account is right and holds no post."""


def entering_cookie() -> str:
    """The name of the cookie that carries the token of a sign-in under way."""
    return "__Host-guitu_entering" if settings.GUITU_COOKIES_SECURE else "guitu_entering"


def passkey_site(request: HttpRequest) -> Site | None:
    """Where passkeys are good, if this page stands there: the host named in the settings, over a safe connection.

    Browsers know passkeys by host names only, never by an IP address, and only over https or on the machine itself.
    """
    host = settings.GUITU_PASSKEY_HOST
    name = split_domain_port(request.get_host())[0]
    safe = request.is_secure() or host == "localhost"
    if not host or name != host or not safe or _is_ip_address(host):
        return None
    return Site(host, f"{request.scheme}://{request.get_host()}")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def passkey_words(request: HttpRequest) -> dict[str, object]:
    """What a page says of passkeys: whether they can be used here, and under which host name they can."""
    return {"offered": passkey_site(request) is not None, "host": settings.GUITU_PASSKEY_HOST}


def next_url(request: HttpRequest) -> str:
    """Where to go afterwards: an address of our own, or the desk."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if is_own_address(request, wanted) else "/"


def plain_page(title: str) -> dict[str, str]:
    """The context of a page that stands alone."""
    return {
        "title": title,
        "unit_name": _("监地协作一件事"),
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
    }


def enter(
    request: HttpRequest,
    account_id: UUID,
    post_id: UUID,
    to: str,
    *,
    network: str = "",
    unusual: Collection[str] = (),
    passkey: UUID | None = None,
    goes_on: bool = False,
) -> HttpResponse:
    """Mint an acting session for this post and lead to the page asked for; the one this browser had before ends.

    Where something was unusual about the sign-in the session is shorter, and the post is told. `passkey` is the one of
    a device that was shown; a session that `goes_on` in another post stays at the terminal of the former.
    """
    former = request.COOKIES.get(token_cookie(), "")
    token = signing_in.mint(
        account_id,
        post_id,
        lasts=timedelta(hours=settings.GUITU_SESSION_HOURS),
        idle=timedelta(minutes=settings.GUITU_IDLE_MINUTES),
    )
    if passkey:
        signing_in.place(token, passkey=passkey)
        whereabouts.remind_of_terminal(token, at=now())
    elif goes_on:
        signing_in.follow(token, former)
    if former:
        signing_in.end(former)
    if unusual:
        whereabouts.shorten_and_tell(token, network, at=now())
    elif network:
        signing_in.move(token, network)
    response = HttpResponseRedirect(to)
    set_cookie(response, token_cookie(), token)
    response.delete_cookie(entering_cookie())
    return response


def onwards(request: HttpRequest, token: str) -> HttpResponse:
    """The next step of a sign-in under way, or into the house. Raises NoPost, StepOver."""
    reached = entering.step(token, at=now(), rules=rules())
    if reached.need is not Need.NOTHING:
        response = redirect(f"{reverse('sign-in-step')}?{urlencode({'next': next_url(request)})}")
        set_cookie(response, entering_cookie(), token)
        return response
    entered = entering.finish(token, address=network_address(request), at=now(), rules=rules())
    posts = signing_in.posts_of(entered.account_id, at=now())
    if not posts:
        raise NoPost
    to, unusual = next_url(request), entered.unusual
    return enter(
        request,
        entered.account_id,
        posts[0].id,
        to,
        network=entered.network,
        unusual=unusual,
        passkey=entered.passkey,
    )


def wrong() -> str:
    """The one sentence for whoever is turned away, whatever the reason."""
    return _("登录名或口令不对，或账号暂时锁定。请稍后再试，或联系系统管理员。")


def too_many() -> str:
    """The sentence for a network address that is to wait."""
    return _("从这个网络地址失败的次数太多。请过一会儿再试。")


def wrong_first_code() -> str:
    """The sentence for a first code of a generator that was not taken."""
    return _("验证码不对或已用过。%(how)s") % {"how": _next_code()}


def wrong_code() -> str:
    """The sentence for a code that was not taken: the same whatever the reason."""
    return _("验证码不对、已用过，或账号暂时锁定。%(how)s") % {"how": _next_code()}


def _next_code() -> str:
    clock = timezone.localtime(now()).strftime("%H:%M:%S")
    return _("请等下一个再试；还不行，请把手机时间调成自动。服务器现在是%(clock)s。") % {"clock": clock}
