"""From where somebody comes in and goes on: the rules of the door, the address, and what an unusual network changes.

Nobody is turned away: a session from an unusual network, or begun at an unusual hour, is shorter, its holder is told,
and a line stays for the audit (rulebook/data/sign_in/surroundings.yaml).
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from guitu.access import going_on, signing_in
from guitu.access.acting import ActingSession, acting
from guitu.access.entering import Rules
from guitu.access.queries import session_of
from guitu.notices.operations import Post, tell
from guitu.rulebook.sign_in import passkey_rules, password_profile, person_sign_in, surroundings


def rules() -> Rules:
    """How this installation lets people in, from its settings."""
    return Rules(
        tries=settings.GUITU_SIGN_IN_TRIES,
        lock_for=timedelta(minutes=settings.GUITU_LOCK_MINUTES),
        address_tries=settings.GUITU_ADDRESS_TRIES,
        address_window=timedelta(minutes=settings.GUITU_ADDRESS_MINUTES),
        step_lasts=timedelta(minutes=settings.GUITU_ENTERING_MINUTES),
        profile=password_profile(settings.GUITU_PASSWORD_PROFILE),
        code_roles=frozenset(settings.GUITU_SECOND_FACTOR_ROLES),
        person=person_sign_in(),
        passkey=passkey_rules(),
        surroundings=surroundings(),
    )


def network_address(request: HttpRequest) -> str:
    """The browser's network address; behind a proxy the last one in X-Forwarded-For, the one the proxy has written."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.GUITU_BEHIND_PROXY:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return ""


def shorten_and_tell(token: str, network: str, *, at: datetime, key: str = "") -> None:
    """Make a session no longer than an unusual one may be, and tell its post that somebody acts under it so.

    Under one `key` it is told once; without one, each time.
    """
    session = session_of(token)
    if session is None:
        raise LookupError("no such session")
    signing_in.move(token, network, lasts=surroundings().lasts, idle=surroundings().idle)
    with acting(session, session.chosen or session.purposes[0]), transaction.atomic():
        own, moment = Post(session.unit_id, session.post_id, session.role), at.isoformat()
        tell(own, "SIGN_IN_UNUSUAL", {"at": moment}, at, subject_id=session.account_id, key=key or moment)


def follow(request: HttpRequest, session: ActingSession, *, at: datetime) -> None:
    """Notice that a session goes on from another network than before; from one that is not known it is shorter.

    A browser may change between two networks with each request (IPv4 and IPv6): the post is told of each
    network once in a session, by a key that names neither.
    """
    address = network_address(request)
    here = surroundings().network_of(address)
    if not session.network or here in {"", session.network}:
        return
    if going_on.noted_if_unusual(session.account_id, address=address, at=at, rules=rules()):
        key = hashlib.sha256(f"{session.token} {here}".encode()).hexdigest()
        shorten_and_tell(session.token, here, at=at, key=key)
    else:
        signing_in.move(session.token, here)
