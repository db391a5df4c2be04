"""Codes of a few signs are made costly before they are digested: who steals the database has to pay for each guess."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings

_BLOCK, _LANES = 8, 1


def stretched(code: str, salt: uuid.UUID) -> str:
    """The code after scrypt under a random salt (OWASP ASVS 5.0, 6.5.2), in hexadecimal; its cost is a setting."""
    made = hashlib.scrypt(
        code.encode(), salt=salt.bytes, n=settings.GUITU_CODE_COST, r=_BLOCK, p=_LANES, maxmem=2**26, dklen=32
    )
    return made.hex()
