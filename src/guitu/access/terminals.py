"""管理终端: the devices at which the three administrators do their work, each assessed by another office, with an end.

All goes through the database's functions (sql/terminals.sql): guitu_app neither reads nor writes the tables. There too
it is decided at every act whether a session may administer; a passkey made on the terminal tells which device it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from guitu.access.acting import actor
from guitu.access.operations import require
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.rulebook.attempts import AttemptRefused

_OUTSIDE = "GU007"
_WHY_NOT = {
    "UNKNOWN": ("没有找到这台终端，或已停用", "there is no such terminal in use"),
    "HOLDER": ("专用人要是本单位范围内在任的管理员", "the holder must be an administrator in office in your range"),
    "TAKEN": ("这个资产编号在该单位已登记", "this asset number is registered in that unit already"),
    "WORDS": ("请写明：编号、名称、理由，不符合的要说明", "say it in words: number, name, reason, what does not hold"),
    "OWN": ("本人（或同名的人）不能评估自己的终端", "nobody assesses their own terminal, nor a namesake's"),
    "OFFICE": (
        "三员分立：终端由安全管理员评估；安全管理员自己的终端由系统管理员评估",
        "the security administrator assesses; the security administrator's own terminals the system administrator",
    ),
    "ITEMS": ("每一项都要判定", "judge each item"),
    "NO_PASSKEY": (
        "先请专用人在这台终端上建立通行密钥（“我的账号”），再评估",
        "first the holder makes a passkey on this terminal (My account), then it is assessed",
    ),
    "CHANGED": (
        "显示之后，这台终端的通行密钥有增减；请重新核对",
        "the passkeys of this terminal have changed since they were shown; look again",
    ),
    "NOTHING": ("没有可以撤销的评估", "there is no assessment to withdraw"),
    "OUTSIDE": ("这个单位不归您的单位管", "this unit is outside the range of yours"),
}


class TerminalRefused(AttemptRefused, ValueError):
    """Nothing was registered, recorded or withdrawn; `zh` and `en` say why, `code` which of the reasons."""

    of_the_form = frozenset({"HOLDER", "TAKEN", "WORDS", "ITEMS", "NO_PASSKEY", "NOTHING"})

    def __init__(self, code: str) -> None:
        self.code = code
        self.zh, self.en = _WHY_NOT[code]
        super().__init__(self.en)


@dataclass(frozen=True)
class TerminalLine:
    """A terminal as the administrators see it; moments are aware (UTC).

    `state` is empty while its latest assessment stands, else NOT_ASSESSED, WITHDRAWN, FAILED, LAPSED or (out of use)
    NO_TERMINAL; `ends_at` the end of the latest assessment; `keys` the passkeys in use made on it.
    """

    id: uuid.UUID
    unit: str
    unit_en: str
    holder_account: uuid.UUID
    holder: str
    offices: list[str]
    asset_number: str
    name: str
    registered_at: datetime
    ended_at: datetime | None
    state: str
    ends_at: datetime | None
    keys: list[uuid.UUID]


@dataclass(frozen=True)
class Assessment:
    """One assessment of a terminal; `ends_at` None where it was not passed."""

    id: uuid.UUID
    at: datetime
    assessed_name: str
    assessed_role: str
    findings: Mapping[str, bool]
    words: str
    ends_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_name: str
    reason: str


@dataclass(frozen=True)
class TerminalKey:
    """A passkey made on a terminal, by the name its holder gave it."""

    id: uuid.UUID
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class HolderPost:
    """An administrator's post, whose holder can be given a terminal."""

    id: uuid.UUID
    holder: str
    title: str
    unit: str
    unit_en: str


@dataclass(frozen=True)
class OwnTerminal:
    """A terminal of the own account; `keys`: how many passkeys in use were made on it."""

    id: uuid.UUID
    asset_number: str
    name: str
    state: str
    ends_at: datetime | None
    keys: int


def register(terminal_id: uuid.UUID, *, post_id: uuid.UUID, asset_number: str, name: str, at: datetime) -> None:
    """Register a device for the holder of an administrator's post, in that post's unit; it opens nothing yet.

    The same id twice is one. Raises NotAllowed, TerminalRefused.
    """
    require("terminal:keep")
    with transaction.atomic():
        _ask(
            "SELECT access_register_terminal(%s::uuid, %s::uuid, %s, %s)",
            [terminal_id, post_id, asset_number.strip(), name.strip()],
        )
        if not is_recorded("access:terminal:registered", terminal_id):
            record(
                "access:terminal:registered",
                subjects=[],
                division=actor().session.division,
                at=at,
                event_id=terminal_id,
                terminal=terminal_id,
                post=post_id,
                asset_number=asset_number.strip(),
            )


def assess(
    assessment_id: uuid.UUID,
    terminal_id: uuid.UUID,
    findings: Mapping[str, bool],
    *,
    seen: Sequence[uuid.UUID],
    words: str = "",
    at: datetime,
) -> None:
    """Record what was found at the device, each item of the checklist; it stands from now on only if all hold.

    `seen` are the passkeys that were shown at the device. The database counts the term, and refuses the holder's own
    hand. The same id twice is one. Raises NotAllowed, TerminalRefused.
    """
    require("terminal:keep")
    with transaction.atomic():
        _ask(
            "SELECT access_assess_terminal(%s::uuid, %s::uuid, %s::jsonb, %s::uuid[], %s)",
            [assessment_id, terminal_id, json.dumps(dict(findings)), list(seen), words.strip()],
        )
        if not is_recorded("access:terminal:assessed", assessment_id):
            record(
                "access:terminal:assessed",
                subjects=[],
                division=actor().session.division,
                at=at,
                event_id=assessment_id,
                terminal=terminal_id,
                passed=all(findings.values()),
                passkeys=sorted(str(one) for one in seen),
            )


def withdraw(terminal_id: uuid.UUID, event: uuid.UUID, *, reason: str, for_good: bool = False, at: datetime) -> None:
    """Withdraw the assessment of a terminal at once; `for_good` takes the terminal and its passkeys out of use.

    A second time changes nothing. Raises NotAllowed, TerminalRefused.
    """
    require("terminal:keep")
    with transaction.atomic():
        _ask("SELECT access_withdraw_terminal(%s::uuid, %s, %s)", [terminal_id, reason.strip(), for_good])
        if not is_recorded("access:terminal:withdrawn", event):
            record(
                "access:terminal:withdrawn",
                subjects=[],
                division=actor().session.division,
                at=at,
                event_id=event,
                terminal=terminal_id,
                for_good=for_good,
            )


def _ask(sql: str, values: Sequence[Any]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            answer: str = cursor.fetchone()[0]
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == _OUTSIDE:
            raise TerminalRefused("OUTSIDE") from error
        raise
    if answer:
        raise TerminalRefused(answer)


def terminals_listed(*, first: int, most: int) -> tuple[list[TerminalLine], int]:
    """Terminals in use in the range, those that open nothing first, then by the end of their assessment; how many.

    Inside the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_terminals(NULL, %s::integer, %s::integer)", [first, most])
        rows = cursor.fetchall()
    return [TerminalLine(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def terminal_or_none(terminal_id: uuid.UUID) -> TerminalLine | None:
    """One terminal in the range, in use or not. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_terminals(%s::uuid, 0, 1)", [terminal_id])
        row = cursor.fetchone()
    return TerminalLine(*row[:-1]) if row else None


def assessments_of(terminal_id: uuid.UUID, *, most: int) -> list[Assessment]:
    """The assessments of a terminal in the range, newest first. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_terminal_history(%s::uuid, %s::integer)", [terminal_id, most])
        rows = [list(row) for row in cursor.fetchall()]
    for row in rows:
        row[4] = json.loads(row[4])
    return [Assessment(*row) for row in rows]


def keys_of(terminal_id: uuid.UUID) -> list[TerminalKey]:
    """The passkeys in use made on a terminal in the range. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_terminal_passkeys(%s::uuid)", [terminal_id])
        return [TerminalKey(*row) for row in cursor.fetchall()]


def holder_posts(login: str) -> list[HolderPost]:
    """The administrators' posts in the range of the account that signs in so; none where it holds none there.

    Inside the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_terminal_posts(%s)", [login.strip()])
        return [HolderPost(*row) for row in cursor.fetchall()]


def own_terminals() -> list[OwnTerminal]:
    """The terminals of the acting account. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_own_terminals()")
        return [OwnTerminal(*row) for row in cursor.fetchall()]
