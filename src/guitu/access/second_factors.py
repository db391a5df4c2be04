"""One-time codes from a telephone (RFC 6238), and recovery codes of accounts with those or with passkeys.

Secrets are encrypted, recovery codes kept as digests; each is good once.
"""

from __future__ import annotations

import hmac
import secrets
import uuid
from datetime import datetime

import pyotp

from guitu.access.passwords import Hand
from guitu.access.stretching import stretched
from guitu.ledger import keys
from guitu.rulebook.sign_in import factor_rules

ISSUER = "Guitu"
RECOVERY_CODES = 10
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 28
_GROUP = 4


def has_one(hand: Hand, account_id: uuid.UUID) -> bool:
    """Whether the account has a second factor: a confirmed generator of codes, or a passkey."""
    return has_generator(hand, account_id) or has_passkey(hand, account_id)


def has_passkey(hand: Hand, account_id: uuid.UUID) -> bool:
    """Whether the account has a passkey in use."""
    hand.execute("SELECT 1 FROM access_passkey WHERE account_id = %s AND ended_at IS NULL", (account_id,))
    return hand.fetchone() is not None


def has_generator(hand: Hand, account_id: uuid.UUID) -> bool:
    """Whether the account has a confirmed generator of codes."""
    hand.execute(
        "SELECT 1 FROM access_second_factor WHERE account_id = %s AND confirmed_at IS NOT NULL AND ended_at IS NULL",
        (account_id,),
    )
    return hand.fetchone() is not None


def offered(hand: Hand, account_id: uuid.UUID, *, at: datetime) -> str:
    """The secret for the telephone: the one still unconfirmed, or a new one. The account has none in use."""
    hand.execute(
        "SELECT sealed_secret FROM access_second_factor"
        " WHERE account_id = %s AND confirmed_at IS NULL AND ended_at IS NULL",
        (account_id,),
    )
    row = hand.fetchone()
    if row is not None:
        return keys.decrypt(row[0], belongs_to=_place(account_id))
    secret = pyotp.random_base32()
    hand.execute(
        "INSERT INTO access_second_factor (id, account_id, sealed_secret, created_at, last_step)"
        " VALUES (%s, %s, %s, %s, 0)",
        (uuid.uuid4(), account_id, keys.encrypt(secret, belongs_to=_place(account_id)), at),
    )
    return secret


def address_of(secret: str, *, login: str) -> str:
    """What the picture says to the telephone (otpauth://…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm(hand: Hand, account_id: uuid.UUID, code: str, *, at: datetime) -> list[str] | None:
    """Put the offered generator to use if this is its code: returns the recovery codes, shown this once; else None."""
    if not _spend(hand, account_id, code, at=at, confirmed=False):
        return None
    hand.execute(
        "UPDATE access_second_factor SET confirmed_at = %s WHERE account_id = %s AND ended_at IS NULL", (at, account_id)
    )
    return new_recovery_codes(hand, account_id, at=at)


def accepts(hand: Hand, account_id: uuid.UUID, code: str, *, at: datetime) -> bool:
    """Whether this is the code of now (`rulebook.sign_in.factor_rules`), not used before. It is used up by asking."""
    return _spend(hand, account_id, code, at=at, confirmed=True)


def _spend(hand: Hand, account_id: uuid.UUID, code: str, *, at: datetime, confirmed: bool) -> bool:
    hand.execute(
        "SELECT id, sealed_secret, last_step FROM access_second_factor WHERE account_id = %s AND ended_at IS NULL"
        " AND (confirmed_at IS NOT NULL) = %s FOR UPDATE",
        (account_id, confirmed),
    )
    row = hand.fetchone()
    if row is None:
        return False
    generator = pyotp.TOTP(keys.decrypt(row[1], belongs_to=_place(account_id)))
    allowed, now = factor_rules(), int(at.timestamp()) // generator.interval
    given = "".join(sign for sign in code if not sign.isspace()).encode()
    for step in range(now - allowed.steps_late, now + allowed.steps_early + 1):
        if step > row[2] and hmac.compare_digest(generator.generate_otp(step).encode(), given):
            hand.execute("UPDATE access_second_factor SET last_step = %s WHERE id = %s", (step, row[0]))
            return True
    return False


def new_recovery_codes(hand: Hand, account_id: uuid.UUID, *, at: datetime) -> list[str]:
    """A fresh set of recovery codes, shown this once; what was left of an earlier set is void."""
    _void_recovery_codes(hand, account_id, at=at)
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        hand.execute(
            "INSERT INTO access_recovery_code (id, account_id, digest, made_at) VALUES (%s, %s, %s, %s)",
            (uuid.uuid4(), account_id, _digest(account_id, code), at),
        )
    return ["-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP)) for code in codes]


def recovers(hand: Hand, account_id: uuid.UUID, code: str, *, at: datetime) -> bool:
    """Whether this is a recovery code of the account not used before. It is used up by asking."""
    plain = "".join(sign for sign in code.upper() if sign in _SIGNS)
    hand.execute(
        "UPDATE access_recovery_code SET used_at = %s WHERE account_id = %s AND digest = %s AND used_at IS NULL"
        " RETURNING id",
        (at, account_id, _digest(account_id, plain)),
    )
    return hand.fetchone() is not None


def end(hand: Hand, account_id: uuid.UUID, *, at: datetime) -> None:
    """Stop using the generator of the account; an offer not confirmed ends too.

    With the last second factor its recovery codes are void.
    """
    hand.execute(
        "UPDATE access_second_factor SET ended_at = %s WHERE account_id = %s AND ended_at IS NULL", (at, account_id)
    )
    if not has_passkey(hand, account_id):
        _void_recovery_codes(hand, account_id, at=at)


def _void_recovery_codes(hand: Hand, account_id: uuid.UUID, *, at: datetime) -> None:
    hand.execute(
        "UPDATE access_recovery_code SET used_at = %s WHERE account_id = %s AND used_at IS NULL", (at, account_id)
    )


def _digest(account_id: uuid.UUID, code: str) -> bytes:
    return keys.mark(f"recovery:{account_id}", stretched(code, account_id))


def _place(account_id: uuid.UUID) -> str:
    return f"{account_id}:second-factor"
