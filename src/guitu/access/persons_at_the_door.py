"""The person at the door: their printed number with a one-time code, or with the PIN they have set (decision 28).

A code is good once: it opens the step in which the own PIN is set, only on the first device that has shown it, and is
used up when the PIN stands. From then on the PIN opens on that device, which the person has, as the PIN is what they
know (ASVS V6.3.3); on another one a new code is shown first. Wrong tries are counted on the code, on the account and on
the network address.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import check_password

from guitu.access import entering, person_codes
from guitu.access.entering import Hand, Rules
from guitu.access.signing_in import SignInRefused, hashed
from guitu.access.slowing import slow_down

_LETTERS = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class _OpenCode:
    id: uuid.UUID
    digest: bytes
    failed_count: int
    device: bytes | None

    def is_shown(self, secret: str, device: str) -> bool:
        """Whether `secret` is this code, and the device the first that has shown it."""
        right = hmac.compare_digest(person_codes.digest_of(self.id, secret), self.digest)
        return right and (self.device is None or hmac.compare_digest(self.device, hashed(device)))


_NO_CODE: Final = _OpenCode(uuid.UUID(int=0), b"", 0, None)
"""Nothing is this code; a number without an open one costs the same work as one that has it."""


def number_typed(text: str) -> str:
    """A printed number as it was typed, in its own form: ``gt 01abc o9xyz`` → ``GT-01ABC-09XYZ``."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    kind, body = plain[:2], plain[2:].translate(_LETTERS)
    half = len(body) // 2
    return f"{kind}-{body[:half]}-{body[half:]}" if body else text.strip()


def begin(number: str, secret: str, *, device: str, address: str, at: datetime, rules: Rules) -> str:
    """The token of a sign-in under way, if `secret` is this number's open one-time code, or its PIN on a known device.

    `device` names the browser; a code is bound to the first that shows it, which is then known. Raises SignInRefused,
    in the same way and after the same work whatever the reason; TooManyFailures if this address is to wait.
    """
    token = ""  # nosec B105 # none yet
    with entering.hand() as at_door:
        slow_down(at_door, address, at=at, rules=rules)
        account = entering.account_of(at_door, login=number_typed(number))
        if account is not None and not account.for_person:
            account = None
        pin_right = check_password(secret, account.password if account else entering.NOBODY)
        pin_right = _is_known(at_door, account.id if account else None, device, at=at, rules=rules) and pin_right
        code = _open_code(at_door, account.id, at=at) if account else None
        code_right = (code or _NO_CODE).is_shown(secret, device)
        if account is None:
            entering.note(at_door, "FAILED", account_id=None, address=address, at=at)
        elif entering.withstands(
            at_door, account, pin_right or code_right, "FAILED", address=address, at=at, rules=rules
        ):
            if code is not None and code_right:
                _bind(at_door, code, device, at=at)
                entering.note(at_door, "CODE_USED", account_id=account.id, address=address, at=at)
            held = code.id if code is not None and code_right else None
            token = entering.let_begin(at_door, account.id, at=at, rules=rules, sign_in_code=held)
        elif code is not None:
            _count_failure(at_door, code, at=at, rules=rules)
    if not token:
        raise SignInRefused
    return token


def _is_known(at_door: Hand, account_id: uuid.UUID | None, device: str, *, at: datetime, rules: Rules) -> bool:
    """Whether a PIN of this account was set on this device, not longer ago than a device is known."""
    at_door.execute(
        "SELECT 1 FROM access_sign_in_code WHERE account_id = %s AND device = %s AND used_at > %s",
        (account_id, hashed(device), at - rules.person.device_lasts),
    )
    return at_door.fetchone() is not None


def _open_code(at_door: Hand, account_id: uuid.UUID, *, at: datetime) -> _OpenCode | None:
    at_door.execute(
        "SELECT id, digest, failed_count, device FROM access_sign_in_code WHERE account_id = %s AND used_at IS NULL"
        " AND ended_at IS NULL AND expires_at > %s FOR UPDATE",
        (account_id, at),
    )
    row = at_door.fetchone()
    return _OpenCode(row[0], bytes(row[1]), row[2], bytes(row[3]) if row[3] is not None else None) if row else None


def _bind(at_door: Hand, code: _OpenCode, device: str, *, at: datetime) -> None:
    if code.device is None:
        at_door.execute(
            "UPDATE access_sign_in_code SET device = %s, bound_at = %s WHERE id = %s", (hashed(device), at, code.id)
        )


def _count_failure(at_door: Hand, code: _OpenCode, *, at: datetime, rules: Rules) -> None:
    failed = code.failed_count + 1
    at_door.execute(
        "UPDATE access_sign_in_code SET failed_count = %s, ended_at = %s WHERE id = %s",
        (failed, at if failed >= rules.person.code_tries else None, code.id),
    )
