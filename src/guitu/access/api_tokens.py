"""Tokens of other systems: registered, issued, ended, listed; and who stands behind one that calls."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction

from guitu.access import impact
from guitu.access.acting import ActingSession, actor
from guitu.access.models import Account, ApiClient, ApiToken, Session
from guitu.access.operations import require
from guitu.access.queries import SessionEnded
from guitu.access.signing_in import TOKEN_BYTES, acting_token, hashed
from guitu.access.staffing import StaffingRefused
from guitu.ledger.operations import record, record_at_machine

PREFIX = "guitu_"
"""With it a token that leaked into a file or a log can be recognised."""
_REFUSALS = {"GU003": "PURPOSE", "GU004": "POST"}
_ENDED = "GU002"


class TokenRefused(ValueError):
    """No token can be made: `reason` is POST (no registered system in office) or PURPOSE (none of its role's)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class IssuedToken:
    """A new token. `raw` is shown once and kept nowhere."""

    id: uuid.UUID
    raw: str
    expires_at: datetime


@dataclass(frozen=True)
class TokenLine:
    """A token as the administrator's list shows it; moments are aware (UTC). Never the token itself."""

    id: uuid.UUID
    name: str
    purpose: str
    post_id: uuid.UUID
    post: str
    holder: str
    unit: str
    role: str
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    last_used_at: datetime | None
    calls: int


@dataclass(frozen=True)
class HandedOut:
    """Whether an answer may go out, and what the rulebook leaves the post: so many persons of `most` within its time.

    `free_at`: when somebody is free again (aware, UTC); of a refused answer, when all of it would be; None where nobody
    is counted, or where it is about more persons than go out at all. `wait`: the seconds until then.
    """

    refused: bool
    most: int
    left: int
    free_at: datetime | None
    wait: int | None


@dataclass(frozen=True)
class Calling:
    """Who calls: the token, the acting session behind it, and how often it has called in this minute."""

    token_id: uuid.UUID
    minute_calls: int
    session: ActingSession


def issue_token(post_id: uuid.UUID, *, purpose: str, name: str, lasts: timedelta, at: datetime) -> IssuedToken:
    """Issue a token for a machine post within the acting administrator's range, for one purpose of its role.

    Raises NotAllowed, TokenRefused, NotAssessed.
    """
    require("token:issue")
    raw = _new()
    session = actor().session
    with transaction.atomic():
        impact.require_assessed(impact.API_TOKENS, at=at)
        made = _put(
            "SELECT access_issue_token(%s::bytea, %s::uuid, %s::text, %s::text, %s::interval, %s::timestamptz)",
            [hashed(raw), post_id, purpose, name, str(lasts), at],
        )
        record(
            "access:token:issued",
            subjects=[],
            division=session.division,
            at=at,
            event_id=made,
            post=post_id,
            token_purpose=purpose,
            name=name,
        )
    return IssuedToken(made, raw, at + lasts)


def end_token(token_id: uuid.UUID, *, at: datetime) -> bool:
    """End a token within the acting administrator's range; False if there is no such open token. Raises NotAllowed."""
    require("token:issue")
    session = actor().session
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_end_token(%s::uuid, %s::timestamptz)", [token_id, at])
            ended: bool = cursor.fetchone()[0]
        if ended:
            record("access:token:ended", subjects=[], division=session.division, at=at, event_id=token_id)
    return ended


def tokens() -> list[TokenLine]:
    """The tokens that the acting administrator may end, newest first. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_tokens()")
        return [TokenLine(*row) for row in cursor.fetchall()]


def caller(raw: str, *, minute: datetime) -> Calling | None:
    """Who stands behind a token that calls, the call counted in `minute`; None if no such token was ever issued.

    A token of the pages is none of the interface. Raises SessionEnded for a token that is over, whatever ended it.
    """
    try:
        with acting_token(raw), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM access_calling(%s::timestamptz)", [minute])
            row = cursor.fetchone()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == _ENDED:
            raise SessionEnded from error
        raise
    if row is None:
        return None
    token_id, minute_calls, *who, purposes = row
    account_id, account_name, post_id, post_title, role, unit_id, unit_name, unit_kind, division, low, high = who
    return Calling(
        token_id,
        minute_calls,
        ActingSession(
            token=raw,
            account_id=account_id,
            account_name=account_name,
            post_id=post_id,
            post_title=post_title,
            unit_id=unit_id,
            unit_name=unit_name,
            unit_kind=unit_kind,
            role=role,
            division=division,
            low=low,
            high=high,
            purposes=tuple(purposes),
        ),
    )


def hand_out(persons: Iterable[uuid.UUID]) -> HandedOut:
    """Note whom an answer of the interface is about, before it goes out; a refusal leaves its line too.

    In the caller's transaction, which keeps the line whatever the answer. The database counts each person once within
    the rulebook's time (rulebook/data/interface/limits.yaml), for all tokens of the post together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_hand_out(%s::uuid[])", [sorted(set(persons))])
        return HandedOut(*cursor.fetchone())


def add_client(login: str, *, name: str, done_by: str, at: datetime) -> uuid.UUID:
    """Register another system as an account that cannot sign in; its posts are filled like anybody's.

    As guitu_owner, from the command line. Returns the account's id. Raises StaffingRefused for a login that is taken.
    """
    with transaction.atomic():
        if Account.objects.filter(login=login).exists():
            raise StaffingRefused(f"已有这个登录名：{login}", f"this login is taken: {login}")
        account = Account.objects.create(login=login, name=name, password=make_password(None))
        ApiClient.objects.create(account=account, made_at=at, done_by=done_by)
        record_at_machine("access:client:registered", event_id=account.id, at=at, name=name, done_by=done_by)
    return account.id


def issue_at_machine(
    post_id: uuid.UUID, *, purpose: str, name: str, lasts: timedelta, done_by: str, at: datetime
) -> IssuedToken:
    """`issue_token` as guitu_owner from the command line, where nobody acts; the token's line names `done_by`.

    Raises TokenRefused, NotAssessed.
    """
    raw = _new()
    with transaction.atomic():
        impact.require_assessed(impact.API_TOKENS, at=at)
        made = _put(
            "SELECT access_put_token(%s::bytea, %s::uuid, %s::text, %s::text, %s::interval, %s::timestamptz, NULL, %s)",
            [hashed(raw), post_id, purpose, name, str(lasts), at, done_by],
        )
        record_at_machine(
            "access:token:issued",
            event_id=made,
            at=at,
            post=post_id,
            token_purpose=purpose,
            name=name,
            done_by=done_by,
        )
    return IssuedToken(made, raw, at + lasts)


def end_at_machine(token_id: uuid.UUID, *, done_by: str, at: datetime) -> None:
    """`end_token` as guitu_owner from the command line. Raises StaffingRefused if there is no such open token."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(id=token_id, session__ended_at__isnull=True).first()
        if token is None:
            raise StaffingRefused("没有这个有效的令牌", "no such token is open")
        Session.objects.filter(id=token.session_id).update(ended_at=at)
        token.ended_at_machine_by = done_by
        token.save(update_fields=["ended_at_machine_by"])
        record_at_machine("access:token:ended", event_id=token_id, at=at, done_by=done_by)


def tokens_at_machine() -> list[TokenLine]:
    """All tokens of the installation, newest first, as guitu_owner."""
    found = ApiToken.objects.select_related("session__post__account", "session__post__unit").order_by("-issued_at")
    return [
        TokenLine(
            token.id,
            token.name,
            token.purpose,
            token.session.post_id,
            token.session.post.title,
            token.session.post.account.name,
            token.session.post.unit.name,
            token.session.post.role,
            token.issued_at,
            token.session.expires_at,
            token.session.ended_at or token.session.post.to_at,
            token.session.last_seen_at if token.calls else None,
            token.calls,
        )
        for token in found
    ]


def _new() -> str:
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def _put(sql: str, values: Sequence[str | bytes | uuid.UUID | datetime]) -> uuid.UUID:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            made: uuid.UUID = cursor.fetchone()[0]
    except DatabaseError as error:
        reason = _REFUSALS.get(getattr(error.__cause__, "sqlstate", ""))
        if reason is None:
            raise
        raise TokenRefused(reason) from error
    return made
