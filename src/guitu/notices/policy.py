"""Pure decisions of notices: what may be switched off, what an address looks like, when a message is tried again."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from guitu.rulebook.notice import Notice

MESSAGE = "NEW_MATTERS"
"""The one text that leaves the house: how many new notices wait, nothing of what they say."""
_TELEPHONE = re.compile(r"\+?\d{7,15}")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST = 254


class NotToBeSwitchedOff(ValueError):
    """A statutory notice cannot be switched off, and an unknown one is none."""


class AddressRefused(ValueError):
    """This is no telephone number, or no mail address."""


def may_be_switched_off(notice: Notice, channel: str) -> bool:
    """Whether an account may do without this notice over this channel."""
    return not notice.statutory and channel in notice.channels


def address_of(channel: str, given: str) -> str:
    """The address as it is kept: digits of a telephone, or a mail address. Raises AddressRefused."""
    plain = unicodedata.normalize("NFKC", given).strip()
    if channel == "SMS":
        plain = re.sub(r"[\s\-()]", "", plain)
    pattern = {"SMS": _TELEPHONE, "EMAIL": _MAIL}.get(channel)
    if pattern is None or len(plain) > _LONGEST or not pattern.fullmatch(plain):
        raise AddressRefused(channel)
    return plain


def after_failure(tries: int, most: int, *, at: datetime, retry: timedelta) -> tuple[str, datetime]:
    """What becomes of a message that could not be sent for the `tries`-th time: its state, and when it is tried again.

    The wait doubles each time, from `retry` on.
    """
    if tries >= most:
        return "GIVEN_UP", at
    return "WAITING", at + retry * 2 ** (tries - 1)
