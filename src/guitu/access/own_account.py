"""One's own account: open sessions, what happened at the door, password, second factor.

What is shown and ended goes by the acting session's token, so that nobody can name another account. What is changed
goes through the door, after the holder has shown the password or a code once more.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from guitu.access import entering, passwords, second_factors
from guitu.access.acting import ActingSession, proved
from guitu.access.entering import Rules
from guitu.access.signing_in import SignInRefused, hashed
from guitu.rulebook.attempts import AttemptRefused


class FactorDemanded(AttemptRefused, PermissionError):
    """A post of this account demands the second factor; it cannot be given up."""


@dataclass(frozen=True)
class OwnAccount:
    """The acting session's account: moments are None where there is no such thing."""

    login: str
    has_password: bool
    password_set_at: datetime | None
    code_since: datetime | None
    recovery_left: int
    for_person: bool


@dataclass(frozen=True)
class OpenSession:
    """An open session of the own account; `this` is the one that asks."""

    id: uuid.UUID
    post: str
    unit: str
    since: datetime
    seen_at: datetime
    ends_at: datetime
    this: bool

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)


@dataclass(frozen=True)
class AtTheDoor:
    """A line of the own sign-in history."""

    at: datetime
    outcome: str
    address: str


def own_account() -> OwnAccount:
    """The account of whoever acts, within their transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_own_account()")
        return OwnAccount(*cursor.fetchone())


def open_sessions() -> list[OpenSession]:
    """The open sessions of the own account, this one first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_own_sessions()")
        return [OpenSession(*row) for row in cursor.fetchall()]


def at_the_door(*, most: int) -> list[AtTheDoor]:
    """What last happened at the door with the own account, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_own_sign_ins(%s::integer)", [most])
        return [AtTheDoor(*row) for row in cursor.fetchall()]


def prove(session: ActingSession, given: str, *, address: str, at: datetime, rules: Rules) -> None:
    """Have the holder show the password, the PIN or a one-time code of now (`given`) before something is ended.

    Raises SignInRefused (it counts as at the door), TooManyFailures.
    """
    with entering.hand() as at_door:
        proven = entering.prove_either(at_door, session.account_id, given, address=address, at=at, rules=rules)
    if not proven:
        raise SignInRefused


def end_session(session_id: uuid.UUID) -> bool:
    """End one of the own open sessions, after `prove`; False if it is none of them, whether it exists or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_end_own_session(%s::uuid)", [session_id])
        return bool(cursor.fetchone()[0])


def end_other_sessions() -> int:
    """End all own sessions but the acting one, after `prove`; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_end_other_sessions()")
        return int(cursor.fetchone()[0])


def change_password(
    session: ActingSession, present: str, new: str, *, held: OwnAccount, address: str, at: datetime, rules: Rules
) -> None:
    """Replace the own password and end all other sessions.

    Raises SignInRefused if `present` is wrong (it counts as at the door), PasswordRefused, TooManyFailures.
    """
    with entering.hand() as at_door:
        proven = entering.prove(at_door, session.account_id, present, address=address, at=at, rules=rules)
        if proven:
            profile = rules.profile_for(for_person=held.for_person)
            passwords.take(at_door, session.account_id, new, login=held.login, profile=profile, at=at)
            at_door.execute("SELECT access_end_account_sessions(%s, %s)", (session.account_id, hashed(session.token)))
            entering.note(at_door, "PASSWORD_CHANGED", account_id=session.account_id, address=address, at=at)
    if not proven:
        raise SignInRefused


def offer_factor(session: ActingSession, present: str, *, address: str, at: datetime, rules: Rules) -> str:
    """The secret of a second factor to be confirmed. Raises SignInRefused if the password is wrong, TooManyFailures."""
    with entering.hand() as at_door:
        proven = entering.prove(at_door, session.account_id, present, address=address, at=at, rules=rules)
        if proven and second_factors.has_generator(at_door, session.account_id):
            proven = False
        if proven:
            second_factors.end(at_door, session.account_id, at=at)  # an earlier offer that nobody confirmed
        secret = second_factors.offered(at_door, session.account_id, at=at) if proven else ""
    if not proven:
        raise SignInRefused
    return secret


def confirm_factor(session: ActingSession, code: str, *, address: str, at: datetime) -> list[str]:
    """Put the offered second factor to use; returns the recovery codes, shown this once. Raises SignInRefused."""
    with entering.hand() as at_door:
        codes = second_factors.confirm(at_door, session.account_id, code, at=at)
        if proved(bool(codes)):
            entering.note(at_door, "FACTOR_ADDED", account_id=session.account_id, address=address, at=at)
    if not codes:
        raise SignInRefused
    return codes


def give_up_factor(session: ActingSession, code: str, *, address: str, at: datetime, rules: Rules) -> None:
    """Stop using the generator of codes, shown once more; passkeys stay.

    Raises FactorDemanded if a post demands a second factor and no passkey would be left, SignInRefused,
    TooManyFailures.
    """
    with entering.hand() as at_door:
        if not second_factors.has_passkey(at_door, session.account_id) and entering.demanded(
            at_door, session.account_id, at=at, rules=rules
        ):
            raise FactorDemanded
        proven = entering.prove_code(at_door, session.account_id, code, address=address, at=at, rules=rules)
        if proven:
            second_factors.end(at_door, session.account_id, at=at)
            entering.note(at_door, "FACTOR_REMOVED", account_id=session.account_id, address=address, at=at)
    if not proven:
        raise SignInRefused


def renew_recovery_codes(session: ActingSession, given: str, *, address: str, at: datetime, rules: Rules) -> list[str]:
    """A fresh set of recovery codes, shown this once; the earlier set is void.

    `given` is a one-time code of now or the password. Raises SignInRefused (it counts as at the door; also without a
    second factor, to which the codes belong), TooManyFailures.
    """
    with entering.hand() as at_door:
        proven = entering.prove_either(at_door, session.account_id, given, address=address, at=at, rules=rules)
        codes = []
        if proven and second_factors.has_one(at_door, session.account_id):
            codes = second_factors.new_recovery_codes(at_door, session.account_id, at=at)
            entering.note(at_door, "RECOVERY_RENEWED", account_id=session.account_id, address=address, at=at)
    if not codes:
        raise SignInRefused
    return codes
