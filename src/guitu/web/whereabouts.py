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
from guitu.access.roles import ROLES, SEPARATED
from guitu.access.terminals import own_terminals
from guitu.notices.operations import Post, tell
from guitu.rulebook.sign_in import factor_rules, passkey_rules, password_profile, person_sign_in, surroundings
from guitu.web.administration.terminal_words import is_due


def rules() -> Rules:
    """How this installation lets people in, from its settings."""
    return Rules(
        tries=settings.GUITU_SIGN_IN_TRIES,
        lock_for=timedelta(minutes=settings.GUITU_LOCK_MINUTES),
        address_tries=settings.GUITU_ADDRESS_TRIES,
        address_window=timedelta(minutes=settings.GUITU_ADDRESS_MINUTES),
        step_lasts=timedelta(minutes=settings.GUITU_ENTERING_MINUTES),
        profile=password_profile(settings.GUITU_PASSWORD_PROFILE),
        code_roles=roles_with_factor(),
        person=person_sign_in(),
        passkey=passkey_rules(),
        surroundings=surroundings(),
    )


def roles_with_factor() -> frozenset[str]:
    """The roles that need a second factor here: every role of staff, and what the setting adds.

    In a demonstration those of the setting alone. Source: rulebook/data/sign_in/factors.yaml.
    """
    added = frozenset(settings.GUITU_SECOND_FACTOR_ROLES)
    return added if settings.GUITU_DEMONSTRATION else added | (frozenset(ROLES) - factor_rules().exempt)


def network_address(request: HttpRequest) -> str:
    """The browser's network address; behind a proxy the last one in X-Forwarded-For, the one the proxy has written.

    One address, one spelling: without a zone, and IPv4 as IPv4 also where it comes in its IPv6 form.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.GUITU_BEHIND_PROXY:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    try:
        found = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


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


def remind_of_terminal(token: str, *, at: datetime) -> None:
    """Tell an administrator who has come in, once for each assessment, that the one of their terminal ends soon."""
    session = session_of(token)
    if session is None or session.role not in {role.code for role in SEPARATED}:
        return
    with acting(session, session.chosen or session.purposes[0]), transaction.atomic():
        own = Post(session.unit_id, session.post_id, session.role)
        for one in own_terminals():
            if one.ends_at is not None and is_due(one.state, one.ends_at, at=at):
                until = one.ends_at.isoformat()
                tell(own, "TERMINAL_DUE", {"due_at": until}, at, subject_id=one.id, key=until)


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
