"""Coming in at the door, step by step: password, code, new password if one is due; then a session can be minted.

Between the steps a token stands for what was shown so far (access_entering); it opens nothing by itself. Every attempt
leaves a line. Whoever is turned away is told the same, whatever the reason.
"""

from __future__ import annotations

import enum
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.contrib.auth.hashers import check_password, make_password

from guitu.access import acting, passwords, second_factors
from guitu.access.signing_in import TOKEN_BYTES, SignInRefused, door, hashed
from guitu.access.slowing import slow_down
from guitu.rulebook.sign_in import PasskeyRules, PasswordProfile, PersonSignIn, Surroundings

NOBODY = make_password(None)
_LEGAL = ZoneInfo("Asia/Shanghai")
_ACCOUNT = (
    "SELECT id, login, password, active, failed_count, locked_until, password_set_at, must_change, for_person"
    " FROM access_account WHERE (id = %s OR login = %s) FOR UPDATE"
)
Hand = psycopg.Cursor[tuple[Any, ...]]


class StepOver(LookupError):
    """The sign-in under way is unknown, used up or took too long: begin again."""


class Need(enum.StrEnum):
    """What is still asked for before a session can be minted."""

    CODE = "CODE"
    NEW_PASSWORD = "NEW_PASSWORD"  # nosec B105 # noqa: S105 - the name of a step
    ENROL = "ENROL"
    NOTHING = "NOTHING"


@dataclass(frozen=True)
class Rules:
    """How this installation lets people in.

    After `tries` failures in a row an account is locked for `lock_for`; after `address_tries` failures from one network
    address within `address_window` nothing is tried from there; a sign-in under way lasts `step_lasts`; whoever holds a
    post in `code_roles` must have a second factor. Persons come in by `person`, everybody else by `profile`; passkeys
    of both follow `passkey`. What is unusual about a sign-in of staff is judged by `surroundings`.
    """

    tries: int
    lock_for: timedelta
    address_tries: int
    address_window: timedelta
    step_lasts: timedelta
    profile: PasswordProfile
    code_roles: frozenset[str]
    person: PersonSignIn
    passkey: PasskeyRules
    surroundings: Surroundings

    def profile_for(self, *, for_person: bool) -> PasswordProfile:
        """What the password of such an account must be."""
        return self.person.pin if for_person else self.profile


@dataclass(frozen=True)
class Step:
    """A sign-in under way: whose, what is asked next, and which second factors its account has."""

    account_id: uuid.UUID
    login: str
    need: Need
    for_person: bool
    by_generator: bool
    by_passkey: bool


@dataclass(frozen=True)
class Account:
    id: uuid.UUID
    login: str
    password: str
    active: bool
    failed_count: int
    locked_until: datetime | None
    password_set_at: datetime | None
    must_change: bool
    for_person: bool

    def is_closed(self, at: datetime) -> bool:
        return not self.active or (self.locked_until is not None and self.locked_until > at)


@contextmanager
def hand() -> Iterator[Hand]:
    """A cursor of guitu_signin in one transaction of its own."""
    with door() as held, held.transaction(), held.cursor() as cursor:
        yield cursor


def note(at_door: Hand, outcome: str, *, account_id: uuid.UUID | None, address: str, at: datetime) -> None:
    """Leave a line of what happened at the door."""
    at_door.execute(
        "INSERT INTO access_sign_in (id, at, account_id, outcome, address) VALUES (%s, %s, %s, %s, %s)",
        (uuid.uuid4(), at, account_id, outcome, address),
    )


def note_entry(account_id: uuid.UUID, *, address: str, at: datetime) -> None:
    """Leave the line of a one-click sign-in of a demonstration."""
    with hand() as at_door:
        note(at_door, "SUCCEEDED", account_id=account_id, address=address, at=at)


def lacks_factor(account_id: uuid.UUID, role: str, *, rules: Rules) -> bool:
    """Whether a post of this role demands a second factor that the account does not have."""
    if role not in rules.code_roles:
        return False
    with hand() as at_door:
        return not second_factors.has_one(at_door, account_id)


def begin(login: str, password: str, *, address: str, at: datetime, rules: Rules) -> str:
    """The token of a sign-in under way, if login and password are right and the account is open.

    Raises SignInRefused, in the same way and after the same work for an unknown login, a wrong password and a locked
    account; TooManyFailures if this address is to wait.
    """
    token = ""  # nosec B105 # none yet
    with hand() as at_door:
        slow_down(at_door, address, at=at, rules=rules)
        account = account_of(at_door, login=login)
        right = check_password(password, account.password if account else NOBODY)
        if account is None:
            note(at_door, "FAILED", account_id=None, address=address, at=at)
        elif withstands(at_door, account, right, "FAILED", address=address, at=at, rules=rules):
            token = let_begin(at_door, account.id, at=at, rules=rules)
    if not token:
        raise SignInRefused
    return token


def let_begin(
    at_door: Hand, account_id: uuid.UUID, *, at: datetime, rules: Rules, sign_in_code: uuid.UUID | None = None
) -> str:
    """The token of a sign-in under way for an account that has shown its password, or the one-time code named."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at_door.execute(
        "INSERT INTO access_entering (id, token_hash, account_id, created_at, expires_at, sign_in_code_id)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (uuid.uuid4(), hashed(token), account_id, at, at + rules.step_lasts, sign_in_code),
    )
    return token


def step(token: str, *, at: datetime, rules: Rules) -> Step:
    """What this sign-in still needs. Raises StepOver."""
    with hand() as at_door:
        account, shown = _under_way(at_door, token, at=at)
        need = _need(at_door, account, shown, at=at, rules=rules)
        generator = second_factors.has_generator(at_door, account.id)
        passkey = second_factors.has_passkey(at_door, account.id)
        return Step(account.id, account.login, need, account.for_person, generator, passkey)


def give_code(token: str, code: str, *, address: str, at: datetime, rules: Rules) -> None:
    """Show a one-time code or a recovery code. Raises SignInRefused (failures count as for passwords), StepOver."""
    with hand() as at_door:
        slow_down(at_door, address, at=at, rules=rules)
        account, _ = _under_way(at_door, token, at=at)
        right = second_factors.accepts(at_door, account.id, code, at=at)
        if not right and not account.is_closed(at) and second_factors.recovers(at_door, account.id, code, at=at):
            right = True
            note(at_door, "RECOVERY_USED", account_id=account.id, address=address, at=at)
        passed = withstands(at_door, account, right, "CODE_FAILED", address=address, at=at, rules=rules)
        if passed:
            factor_shown(at_door, token, at=at)
    if not passed:
        raise SignInRefused


def factor_shown(at_door: Hand, token: str, *, at: datetime, passkey: uuid.UUID | None = None) -> None:
    """Keep that this sign-in under way has shown its second factor, and the passkey that tells the device."""
    shown = "UPDATE access_entering SET code_at = %s, passkey_id = %s WHERE token_hash = %s"
    at_door.execute(shown, (at, passkey, hashed(token)))


def under_way(at_door: Hand, token: str, *, at: datetime) -> Account:
    """Whose sign-in this is, locked against a second attempt at the same moment. Raises StepOver."""
    return _under_way(at_door, token, at=at)[0]


def give_new_password(token: str, new: str, *, address: str, at: datetime, rules: Rules) -> None:
    """Replace a password that is due. Raises PasswordRefused, StepOver (also if none is due)."""
    with hand() as at_door:
        account, shown = _under_way(at_door, token, at=at)
        if _need(at_door, account, shown, at=at, rules=rules) is not Need.NEW_PASSWORD:
            raise StepOver
        profile = rules.profile_for(for_person=account.for_person)
        passwords.take(at_door, account.id, new, login=account.login, profile=profile, at=at)
        at_door.execute(
            "UPDATE access_sign_in_code SET used_at = %s"
            " WHERE account_id = %s AND used_at IS NULL AND ended_at IS NULL",
            (at, account.id),
        )
        at_door.execute("SELECT access_end_account_sessions(%s, NULL)", (account.id,))
        note(at_door, "PASSWORD_CHANGED", account_id=account.id, address=address, at=at)


def offer_factor(token: str, *, at: datetime, rules: Rules) -> str:
    """The secret for the telephone, where a second factor is demanded. Raises StepOver."""
    with hand() as at_door:
        account, shown = _under_way(at_door, token, at=at)
        if _need(at_door, account, shown, at=at, rules=rules) is not Need.ENROL:
            raise StepOver
        return second_factors.offered(at_door, account.id, at=at)


def confirm_factor(token: str, code: str, *, address: str, at: datetime, rules: Rules) -> list[str]:
    """Put the demanded second factor to use; returns the recovery codes. Raises SignInRefused, StepOver."""
    with hand() as at_door:
        account, shown = _under_way(at_door, token, at=at)
        if _need(at_door, account, shown, at=at, rules=rules) is not Need.ENROL:
            raise StepOver
        codes = second_factors.confirm(at_door, account.id, code, at=at)
        if codes:
            factor_shown(at_door, token, at=at)
            note(at_door, "FACTOR_ADDED", account_id=account.id, address=address, at=at)
    if not codes:
        raise SignInRefused
    return codes


@dataclass(frozen=True)
class Entered:
    """Who has come in, what was unusual, from which network (empty for a person), by which passkey of a device."""

    account_id: uuid.UUID
    unusual: frozenset[str]
    network: str
    passkey: uuid.UUID | None


def finish(token: str, *, address: str, at: datetime, rules: Rules) -> Entered:
    """The account, now proven; the token is used up, its failures are forgotten. Raises StepOver if more is needed."""
    with hand() as at_door:
        account, shown = _under_way(at_door, token, at=at)
        if _need(at_door, account, shown, at=at, rules=rules) is not Need.NOTHING:
            raise StepOver
        at_door.execute("UPDATE access_entering SET ended_at = %s WHERE token_hash = %s", (at, hashed(token)))
        at_door.execute("UPDATE access_account SET failed_count = 0, locked_until = NULL WHERE id = %s", (account.id,))
        unusual = frozenset() if account.for_person else unusual_of(at_door, account.id, address, at=at, rules=rules)
        note(at_door, "SUCCEEDED", account_id=account.id, address=address, at=at)
        if unusual:
            note(at_door, "UNUSUAL", account_id=account.id, address=address, at=at)
        network = "" if account.for_person else rules.surroundings.network_of(address)
        return Entered(account.id, unusual, network, shown.passkey)


def unusual_of(at_door: Hand, account_id: uuid.UUID, address: str, *, at: datetime, rules: Rules) -> frozenset[str]:
    """What is unusual about this account at this address and moment (`rulebook.sign_in`)."""
    at_door.execute(
        "SELECT DISTINCT address FROM access_sign_in WHERE account_id = %s AND outcome = 'SUCCEEDED' AND at > %s",
        (account_id, at - rules.surroundings.known_for),
    )
    before = [one for (one,) in at_door.fetchall()]
    return rules.surroundings.unusual(address, at.astimezone(_LEGAL).time(), before)


def prove(at_door: Hand, account_id: uuid.UUID, password: str, *, address: str, at: datetime, rules: Rules) -> bool:
    """Ask the holder of an account for its password once more; failures count and lock as at the door."""
    slow_down(at_door, address, at=at, rules=rules)
    account = account_of(at_door, account_id=account_id)
    if account is None:
        return False
    right = check_password(password, account.password)
    return acting.proved(withstands(at_door, account, right, "FAILED", address=address, at=at, rules=rules))


def prove_code(at_door: Hand, account_id: uuid.UUID, code: str, *, address: str, at: datetime, rules: Rules) -> bool:
    """Ask the holder of an account for a one-time or recovery code; failures count and lock as at the door."""
    slow_down(at_door, address, at=at, rules=rules)
    account = account_of(at_door, account_id=account_id)
    if account is None or account.is_closed(at):
        return False
    right = second_factors.accepts(at_door, account.id, code, at=at) or second_factors.recovers(
        at_door, account.id, code, at=at
    )
    return acting.proved(withstands(at_door, account, right, "CODE_FAILED", address=address, at=at, rules=rules))


def prove_either(at_door: Hand, account_id: uuid.UUID, given: str, *, address: str, at: datetime, rules: Rules) -> bool:
    """Ask the holder of an account for its password or a one-time code; failures count and lock as at the door."""
    slow_down(at_door, address, at=at, rules=rules)
    account = account_of(at_door, account_id=account_id)
    if account is None or account.is_closed(at):
        return False
    right = second_factors.accepts(at_door, account.id, given, at=at) or check_password(given, account.password)
    return acting.proved(withstands(at_door, account, right, "CODE_FAILED", address=address, at=at, rules=rules))


def account_of(at_door: Hand, *, account_id: uuid.UUID | None = None, login: str | None = None) -> Account | None:
    """The account, locked against a second attempt at the same moment."""
    at_door.execute(_ACCOUNT, (account_id, login))
    row = at_door.fetchone()
    return Account(*row) if row else None


def withstands(
    at_door: Hand, account: Account, right: bool, outcome: str, *, address: str, at: datetime, rules: Rules
) -> bool:
    """Whether the attempt is right; a wrong one is counted and may lock, one at a closed account is only noted."""
    if account.is_closed(at):
        note(at_door, "REFUSED", account_id=account.id, address=address, at=at)
        return False
    if right:
        return True
    failed = account.failed_count + 1
    until = at + rules.lock_for if failed >= rules.tries else None
    at_door.execute(
        "UPDATE access_account SET failed_count = %s, locked_until = %s WHERE id = %s",
        (0 if until else failed, until, account.id),
    )
    note(at_door, "LOCKED" if until else outcome, account_id=account.id, address=address, at=at)
    return False


@dataclass(frozen=True)
class _Shown:
    """What a sign-in under way has shown: a second factor at a moment; a one-time code that is not used up yet."""

    factor_at: datetime | None
    by_sign_in_code: bool
    passkey: uuid.UUID | None


def _under_way(at_door: Hand, token: str, *, at: datetime) -> tuple[Account, _Shown]:
    at_door.execute(
        "SELECT e.account_id, e.code_at, e.sign_in_code_id IS NOT NULL, coalesce(c.used_at IS NULL, false),"
        " coalesce(c.ended_at IS NULL, true), e.passkey_id FROM access_entering e"
        " LEFT JOIN access_sign_in_code c ON c.id = e.sign_in_code_id"
        " WHERE e.token_hash = %s AND e.ended_at IS NULL AND e.expires_at > %s FOR UPDATE OF e",
        (hashed(token), at),
    )
    row = at_door.fetchone()
    account = account_of(at_door, account_id=row[0]) if row and row[4] else None
    if row is None or account is None:
        raise StepOver
    return account, _Shown(row[1], row[2] and row[3], row[5])


def _need(at_door: Hand, account: Account, shown: _Shown, *, at: datetime, rules: Rules) -> Need:
    enrolled = second_factors.has_one(at_door, account.id)
    if enrolled and shown.factor_at is None:
        return Need.CODE
    profile = rules.profile_for(for_person=account.for_person)
    if (
        shown.by_sign_in_code
        or account.must_change
        or passwords.is_over(account.password_set_at, profile=profile, at=at)
    ):
        return Need.NEW_PASSWORD
    if not enrolled and demanded(at_door, account.id, at=at, rules=rules):
        return Need.ENROL
    return Need.NOTHING


def demanded(at_door: Hand, account_id: uuid.UUID, *, at: datetime, rules: Rules) -> bool:
    """Whether a post that the account holds demands a second factor."""
    at_door.execute(
        "SELECT 1 FROM access_post WHERE account_id = %s AND role = ANY (%s) AND from_at <= %s"
        " AND (to_at IS NULL OR to_at > %s)",
        (account_id, sorted(rules.code_roles), at, at),
    )
    return at_door.fetchone() is not None
