"""Passwords of accounts: set under a profile of the rulebook, kept as digests, the last ones not taken again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.contrib.auth.hashers import check_password, make_password

from guitu.access import common_passwords
from guitu.rulebook.records import Sentence
from guitu.rulebook.sign_in import PasswordProfile


class Hand(Protocol):
    """A cursor inside an open transaction: of guitu_signin at the door, of guitu_owner on the command line."""

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> Any: ...


class PasswordRefused(ValueError):
    """The new password cannot be taken; `problems` says why."""

    def __init__(self, problems: Sequence[Sentence]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = tuple(problems)


def take(
    hand: Hand,
    account_id: uuid.UUID,
    new: str,
    *,
    login: str,
    profile: PasswordProfile,
    at: datetime,
    must_change: bool = False,
) -> None:
    """Make `new` the password of the account. Raises PasswordRefused and changes nothing."""
    problems = [
        *profile.problems(new, login=login),
        *common_passwords.problems(new, context=_context(hand, account_id)),
    ]
    if not problems and _taken_before(hand, account_id, new, profile.not_the_last):
        count = profile.not_the_last
        zh = f"不能与最近{count}次用过的口令相同" if count > 1 else "不能与现在的口令相同"
        en = f"none of the last {count} passwords can be taken again" if count > 1 else "this is the present password"
        problems = [Sentence(zh, en)]
    if problems:
        raise PasswordRefused(problems)
    digest = make_password(new)
    hand.execute(
        "UPDATE access_account SET password = %s, password_set_at = %s, must_change = %s WHERE id = %s",
        (digest, at, must_change, account_id),
    )
    hand.execute(
        "INSERT INTO access_past_password (id, account_id, password, set_at) VALUES (%s, %s, %s, %s)",
        (uuid.uuid4(), account_id, digest, at),
    )


def is_over(set_at: datetime | None, *, profile: PasswordProfile, at: datetime) -> bool:
    """Whether a password set at `set_at` must be replaced under this profile; one of unknown age counts as old."""
    if profile.expires_after_days is None:
        return False
    return set_at is None or set_at + timedelta(days=profile.expires_after_days) <= at


def _context(hand: Hand, account_id: uuid.UUID) -> list[str]:
    """The names that belong to an account: its own, and those of the units of its posts."""
    hand.execute(
        "SELECT a.name, u.name, u.name_en FROM access_account a LEFT JOIN access_post p ON p.account_id = a.id"
        " LEFT JOIN access_unit u ON u.id = p.unit_id WHERE a.id = %s",
        (account_id,),
    )
    return sorted({name for row in hand.fetchall() for name in row if name})


def _taken_before(hand: Hand, account_id: uuid.UUID, new: str, count: int) -> bool:
    hand.execute("SELECT password FROM access_account WHERE id = %s", (account_id,))
    digests = {row[0] for row in hand.fetchall()}
    hand.execute(
        "SELECT password FROM access_past_password WHERE account_id = %s ORDER BY set_at DESC, id LIMIT %s",
        (account_id, count),
    )
    digests |= {row[0] for row in hand.fetchall()}
    return any(check_password(new, digest) for digest in digests)
