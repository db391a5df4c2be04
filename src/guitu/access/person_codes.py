"""One-time codes for persons, and mandates: what an officer issues and records, what the person sees (decision 28)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from guitu.access import impact
from guitu.access import operations as access
from guitu.access.senders import NotSent, Sender
from guitu.access.stretching import stretched
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.sign_in import PersonSignIn

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_NUMBER_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SCOPES = ("READ", "SPEAK", "ATTEND")
"""See the road, speak as well, or neither: only be asked to attend (a guardian, a member of the group)."""


class TooManyCodes(AttemptRefused, PermissionError):
    """Too many codes were issued for this person lately; wait, or hand over the last one."""


class MandateRefused(ValueError):
    """A mandate needs a name, a document, a scope and an end after its beginning."""


@dataclass(frozen=True)
class IssuedCode:
    """A code just issued: the number to sign in with and, this once, the code; `code` is empty the second time."""

    login: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class CodeLine:
    """A code as officer and person see it: never the code itself."""

    login: str
    mandate_id: uuid.UUID | None
    channel: str
    told_to: str
    issued_at: datetime
    unit_id: uuid.UUID
    post_title: str
    expires_at: datetime
    bound_at: datetime | None
    used_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class MandateView:
    """A mandate: who may see or speak for the person, from when to when (`to_at` exclusive), on which paper."""

    id: uuid.UUID
    login: str
    name: str
    relation: str
    scope: str
    document: str
    from_at: datetime
    to_at: datetime
    recorded_at: datetime
    unit_id: uuid.UUID
    ended_at: datetime | None


@dataclass(frozen=True)
class LookSeen:
    """A look at the person's file as the person sees it: no name of the officer, all else; `id` names it to us."""

    at: datetime
    unit: str
    unit_en: str
    post: str
    purpose: str
    action: str
    fields: tuple[str, ...]
    outcome: str
    reason: str
    glass: bool
    id: uuid.UUID
    post_id: uuid.UUID
    unit_id: uuid.UUID


@dataclass(frozen=True)
class OwnPerson:
    """Whose road the acting session may see; `mandate_id` is None for the person themself."""

    person_id: uuid.UUID
    mandate_id: uuid.UUID | None
    scope: str
    representative: str
    ends_at: datetime | None


def digest_of(code_id: uuid.UUID, code: str) -> bytes:
    """The keyed digest under which a code is kept; other signs are left out, small letters count as large."""
    plain = "".join(sign for sign in code.upper() if sign in SIGNS)
    return keys.mark(f"sign-in-code:{code_id}", stretched(plain, code_id))


def shown(code: str) -> str:
    """A code in two groups, as it is printed."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def issue_code(
    person_id: uuid.UUID,
    *,
    code_id: uuid.UUID,
    division: str,
    at: datetime,
    rules: PersonSignIn,
    mandate_id: uuid.UUID | None = None,
    telephone: str = "",
    sender: Sender | None = None,
) -> IssuedCode:
    """Issue a code for the person, or for the holder of `mandate_id`: on a slip, or by `sender` to `telephone`.

    `code_id` is the mark of the form: a second time the code is not told again. Raises NotAllowed, PersonUnknown (also
    for a mandate that is over), TooManyCodes, NotSent (then the code is void), impact.NotAssessed for a message.
    """
    access.require("sign_in:issue", [person_id])
    code = "".join(secrets.choice(SIGNS) for _ in range(rules.code_length))
    expires_at = at + (rules.code_lasts if sender is None else rules.message_lasts)
    channel = "SMS" if sender is not None else "SLIP"
    end = telephone[-4:] if sender is not None else ""
    with transaction.atomic(), _refusals(), connection.cursor() as cursor:
        if sender is not None:
            impact.require_assessed(impact.TEXT_MESSAGES, at=at)
        cursor.execute(
            "SELECT * FROM access_issue_code(%s::uuid, %s::uuid, %s::uuid, %s::bytea, %s::text, %s::text,"
            " %s::timestamptz, %s::timestamptz, %s::integer, %s::timestamptz)",
            [
                *(code_id, person_id, mandate_id, digest_of(code_id, code), channel, end),
                *(at, expires_at, rules.codes_most, at - rules.codes_within),
            ],
        )
        row = cursor.fetchone()
        if row is None:
            raise access.PersonUnknown
        login, fresh = row
        if fresh:
            record(
                "access:code:issued",
                subjects=[person_id],
                division=division,
                at=at,
                event_id=code_id,
                channel=channel,
                for_mandate=str(mandate_id or ""),
            )
    if not fresh:
        return IssuedCode(login, "", expires_at)
    if sender is not None:
        _send(sender, telephone, code, person_id, code_id, division=division, rules=rules, at=at)
    return IssuedCode(login, shown(code), expires_at)


def _send(
    sender: Sender,
    telephone: str,
    code: str,
    person_id: uuid.UUID,
    code_id: uuid.UUID,
    *,
    division: str,
    rules: PersonSignIn,
    at: datetime,
) -> None:
    minutes = int(rules.message_lasts.total_seconds()) // 60
    text = f"归途：您的一次性登录码 {shown(code)}，{minutes}分钟内用一次有效。请勿告诉他人。"
    try:
        sender.send(channel="SMS", address=telephone, text=text, at=at)
    except NotSent:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT access_void_code(%s::uuid, %s::uuid, %s::timestamptz)", [code_id, person_id, at])
            record("access:code:voided", subjects=[person_id], division=division, at=at, event_id=code_id)
        raise


def codes_of(person_id: uuid.UUID, *, most: int) -> list[CodeLine]:
    """The codes issued for this person and their representatives, newest first."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_codes_of(%s::uuid, %s::integer)", [person_id, most])
        return [CodeLine(*row) for row in cursor.fetchall()]


def record_mandate(
    person_id: uuid.UUID,
    *,
    mandate_id: uuid.UUID,
    division: str,
    name: str,
    relation: str,
    scope: str,
    document: str,
    from_at: datetime,
    to_at: datetime,
    at: datetime,
) -> None:
    """Record that `name` may see (READ), also speak for (SPEAK), or only be asked to attend (ATTEND).

    It holds from `from_at` to `to_at`, exclusive; one for a juvenile no longer than until they are of age, whatever the
    paper says: it rests on guardianship, which ends then.

    `mandate_id` is the mark of the form: a second time changes nothing. Raises NotAllowed, PersonUnknown,
    MandateRefused.
    """
    access.require("mandate:record", [person_id])
    if not name.strip() or not document.strip() or scope not in SCOPES or not from_at < to_at or to_at <= at:
        raise MandateRefused
    body = "".join(secrets.choice(_NUMBER_SIGNS) for _ in range(10))
    with transaction.atomic(), _refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_record_mandate(%s::uuid, %s::uuid, %s::text, %s::bytea, %s::text, %s::text, %s::text,"
            " %s::timestamptz, %s::timestamptz, %s::timestamptz)",
            [
                *(mandate_id, person_id, f"DL-{body[:5]}-{body[5:]}"),
                *(keys.encrypt(name, belongs_to=_place(mandate_id)), relation, scope, document, from_at, to_at, at),
            ],
        )
        row = cursor.fetchone()
        if row is None:
            raise MandateRefused
        fresh, holds_until = row
        if fresh:
            record(
                "access:mandate:recorded",
                subjects=[person_id],
                division=division,
                at=at,
                event_id=mandate_id,
                scope=scope,
                document=document,
                from_at=from_at,
                to_at=holds_until,
            )


def end_mandate(
    person_id: uuid.UUID, mandate_id: uuid.UUID, *, division: str, permission: str, event_id: uuid.UUID, at: datetime
) -> bool:
    """End a mandate before its day, with its sessions; False if it is over already.

    `permission` is ``mandate:record`` for an officer, ``my_road:speak`` for the person who gave it; the database knows
    which of the two is asked of whom. Raises NotAllowed, PersonUnknown.
    """
    access.require(permission, [person_id])
    with transaction.atomic(), _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT access_end_mandate(%s::uuid, %s::uuid, %s::timestamptz)", [mandate_id, person_id, at])
        ended = bool(cursor.fetchone()[0])
        if ended:
            record(
                "access:mandate:ended",
                subjects=[person_id],
                division=division,
                at=at,
                event_id=event_id,
                mandate=str(mandate_id),
            )
    return ended


def mandates_of(person_id: uuid.UUID) -> list[MandateView]:
    """All mandates of this person, the latest first; names in the clear for whoever may see them."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_mandates_of(%s::uuid)", [person_id])
        rows = cursor.fetchall()
    return [MandateView(row[0], row[1], mandate_name(row[2], row[0]), *row[3:]) for row in rows]


def looks_by_others(person_id: uuid.UUID, *, first: int, most: int) -> tuple[list[LookSeen], int]:
    """Who but the person looked at the file, newest first, from `first` on; and how many looks there are."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_looks_by_others(%s::uuid, %s::integer, %s::integer)", [person_id, first, most]
        )
        rows = cursor.fetchall()
    shown = [
        LookSeen(at, unit, unit_en, post, purpose, action, tuple(fields), outcome, reason, glass, *ids)
        for at, unit, unit_en, post, purpose, action, fields, outcome, reason, glass, _, *ids in rows
    ]
    return shown, (rows[0][10] if rows else 0)


def look_names(person_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Who looked, by the requests on which the name was granted. For the person or who speaks for them."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_look_names(%s::uuid)", [person_id])
        return dict(cursor.fetchall())


def own_person() -> OwnPerson | None:
    """Whose road the acting session may see as the person or their representative; None for all other posts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_own_person()")
        row = cursor.fetchone()
    if row is None:
        return None
    person_id, mandate_id, scope, sealed, ends_at = row
    name = mandate_name(sealed, mandate_id) if mandate_id else ""
    return OwnPerson(person_id, mandate_id, scope or "SPEAK", name, ends_at)


def mandate_name(sealed: bytes, mandate_id: uuid.UUID) -> str:
    """The name that a mandate keeps encrypted."""
    return keys.decrypt(sealed, belongs_to=_place(mandate_id))


def _place(mandate_id: uuid.UUID) -> str:
    return f"{mandate_id}:representative"


@contextmanager
def _refusals() -> Iterator[None]:
    """The database's refusals in the words of this room."""
    try:
        yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state == "GU020":
            raise TooManyCodes from error
        if state == "GU006":
            raise access.NotAllowed("sign_in:issue") from error
        if state == "GU005":
            raise access.PersonUnknown from error
        raise
