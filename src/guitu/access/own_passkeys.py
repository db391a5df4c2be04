"""The passkeys of one's own account: seen, added and ended after the password or a one-time code once more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from guitu.access import entering, passkeys, second_factors
from guitu.access.acting import ActingSession, proved
from guitu.access.entering import Rules
from guitu.access.own_account import FactorDemanded
from guitu.access.passkeys import Made, Site, Use
from guitu.access.signing_in import SignInRefused


class TooManyPasskeys(PermissionError):
    """The account holds as many passkeys as it may."""


class NotOfTheDevice(PermissionError):
    """A passkey for a terminal must stay in the device itself; this one is synced, can be, or lies in a key apart."""


class PasskeyUnknown(LookupError):
    """The own account has no passkey in use by this id."""


@dataclass(frozen=True)
class OwnPasskey:
    """A passkey of the own account in use; `used_at` is None until it is first used."""

    id: uuid.UUID
    name: str
    created_at: datetime
    used_at: datetime | None

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)


def own_passkeys() -> list[OwnPasskey]:
    """The passkeys of whoever acts, within their transaction, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_own_passkeys()")
        return [OwnPasskey(*row) for row in cursor.fetchall()]


def offer_passkey(
    session: ActingSession,
    given: str,
    *,
    login: str,
    site: Site,
    address: str,
    at: datetime,
    rules: Rules,
    terminal: bool = False,
) -> str:
    """What the browser needs to make a passkey, as JSON, after the password or a one-time code (`given`).

    `terminal`: one that stays in the device. Raises SignInRefused (it counts as at the door), TooManyFailures,
    TooManyPasskeys.
    """
    with entering.hand() as at_door:
        proven = entering.prove_either(at_door, session.account_id, given, address=address, at=at, rules=rules)
        full = passkeys.count(at_door, session.account_id) >= rules.passkey.most
        options = ""
        if proven and not full:
            options = passkeys.creation_options(
                at_door,
                session.account_id,
                login=login,
                token=session.token,
                site=site,
                at=at,
                rules=rules.passkey,
                terminal=terminal,
            )
    if not proven:
        raise SignInRefused
    if full:
        raise TooManyPasskeys
    return options


def add_passkey(
    session: ActingSession,
    credential: str,
    *,
    name: str,
    site: Site,
    address: str,
    at: datetime,
    terminal: uuid.UUID | None = None,
) -> list[str]:
    """Keep the passkey the browser made for the challenge of this session, on one of the own terminals if it is named.

    One transaction, with the line of the ledger that says that it was made on a terminal (sql/keeping.sql). Returns
    recovery codes, shown this once, if it is the account's first second factor; else nothing. Raises
    SignInRefused if the answer is not right, came too late or for the second time, NotOfTheDevice for a terminal.
    """
    with entering.hand() as at_door:
        challenge = passkeys.spend_challenge(at_door, Use.ADD, session.token, at=at)
        first = not second_factors.has_one(at_door, session.account_id)
        made = Made.REFUSED
        if challenge is not None and (terminal is None or _holds(at_door, session.account_id, terminal)):
            made = passkeys.add(
                at_door,
                session.account_id,
                credential,
                name=name,
                challenge=challenge,
                site=site,
                at=at,
                terminal=terminal,
            )
        added = proved(made is Made.ADDED)
        if added:
            entering.note(at_door, "PASSKEY_ADDED", account_id=session.account_id, address=address, at=at)
        codes = second_factors.new_recovery_codes(at_door, session.account_id, at=at) if added and first else []
    if made is Made.NOT_OF_THE_DEVICE:
        raise NotOfTheDevice
    if not added:
        raise SignInRefused
    return codes


def _holds(at_door: entering.Hand, account_id: uuid.UUID, terminal: uuid.UUID) -> bool:
    """Whether this is a terminal of the account, in use."""
    at_door.execute(
        "SELECT 1 FROM access_terminal WHERE id = %s AND account_id = %s AND ended_at IS NULL", (terminal, account_id)
    )
    return at_door.fetchone() is not None


def end_passkey(
    session: ActingSession, passkey_id: uuid.UUID, given: str, *, address: str, at: datetime, rules: Rules
) -> None:
    """Stop taking a passkey, after the password or a one-time code (`given`); with the last factor the codes end too.

    Raises FactorDemanded if a post demands a second factor and no other would be left, PasskeyUnknown, SignInRefused,
    TooManyFailures.
    """
    with entering.hand() as at_door:
        proven = entering.prove_either(at_door, session.account_id, given, address=address, at=at, rules=rules)
        last = passkeys.count(at_door, session.account_id) == 1 and not second_factors.has_generator(
            at_door, session.account_id
        )
        kept = last and entering.demanded(at_door, session.account_id, at=at, rules=rules)
        ended = proven and not kept and passkeys.end(at_door, session.account_id, passkey_id, at=at)
        if ended:
            entering.note(at_door, "PASSKEY_REMOVED", account_id=session.account_id, address=address, at=at)
            if last:
                second_factors.end(at_door, session.account_id, at=at)
    if not proven:
        raise SignInRefused
    if kept:
        raise FactorDemanded
    if not ended:
        raise PasskeyUnknown
