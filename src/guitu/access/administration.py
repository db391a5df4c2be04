"""What the three administrators do on their pages: propose, confirm and end posts, keep accounts, read what was done.

All of it goes through the database's own functions (sql/administration.sql), which ask for the permission, keep to the
range of the administrator's unit and leave the line of change; guitu_app writes none of these tables itself.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction

from guitu.access.models import Post, Proposal, Unit
from guitu.access.operations import require
from guitu.access.roles import ROLES
from guitu.access.staffing import StaffingRefused
from guitu.rulebook.sign_in import PasswordProfile

_OUTSIDE = "GU007"
_SIGNS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789")
"""Signs of a printed password; those that are easily mistaken for one another are left out."""
_GROUPS, _GROUP = 4, 4
_AT_THE_ACCOUNT = frozenset({"ACCOUNT", "HELD", "OWN", "SEPARATED"})
_REFUSED = {
    "TAKEN": ("这个登录名已有人用", "this login is taken"),
    "ACCOUNT": ("没有这个可用的账号", "there is no such open account"),
    "UNIT": ("没有这个存续的单位", "there is no such living unit"),
    "HELD": ("这个账号在这段时间已任这个岗位", "this account holds this post in that time already"),
    "OWN": ("不能给自己（或同名的人）办", "nobody does this for themselves, or for a namesake"),
    "UNKNOWN": ("没有找到，或已经办过", "not found, or done already"),
    "DECIDED": ("这个提议已经决定了", "this proposal is decided already"),
    "SEPARATED": (
        "三员分立：这个账号已任另一个管理员",
        "one account never holds two of the three administrators' posts",
    ),
    "OTHER_HAND": (
        "三员分立：系统管理员和审计管理员的口令只在本机命令行重设（access set-password）",
        "the system and audit administrators' passwords are set at the machine only (access set-password)",
    ),
    "OUTSIDE": ("这个单位不归您的单位管", "this unit is outside the range of yours"),
}


@dataclass(frozen=True)
class PostLine:
    """A post of a unit, now, before or to come; moments are aware (UTC)."""

    id: uuid.UUID
    holder: str
    title: str
    role: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True)
class ProposalLine:
    """A proposed post and what was decided."""

    id: uuid.UUID
    holder: str
    unit_id: uuid.UUID
    unit: str
    unit_en: str
    role: str
    title: str
    from_at: datetime
    to_at: datetime | None
    proposed_by: str
    proposed_at: datetime
    decision: str
    decided_by: str
    reason: str


@dataclass(frozen=True)
class AccountLine:
    """An account of an officer; never its password."""

    id: uuid.UUID
    login: str
    name: str
    active: bool
    locked_until: datetime | None
    has_password: bool
    posts: tuple[str, ...]


@dataclass(frozen=True)
class ChangeLine:
    """A change and whose hand it was; `by_title` is empty for the command line."""

    at: datetime
    what: str
    done_by: str
    by_title: str
    account: str
    login: str
    role: str
    unit: str


@dataclass(frozen=True)
class SignInLine:
    """Something that happened at the door; without account where the login does not exist."""

    at: datetime
    outcome: str
    account: str
    login: str
    address: str


@dataclass(frozen=True)
class RefusalLine:
    """A request that was turned away: whose hand, for what, about how many persons; never about whom."""

    at: datetime
    outcome: str
    action: str
    purpose: str
    holder: str
    title: str
    unit: str
    persons: int


def add_account(account_id: uuid.UUID, *, login: str, name: str, at: datetime) -> None:
    """Add an account without a password; the same id twice is one account. Raises NotAllowed, StaffingRefused."""
    require("account:add")
    if not login.strip() or not name.strip():
        raise StaffingRefused("登录名和姓名都要填", "login and name are both needed")
    _do("access_add_account", account_id, login.strip(), name.strip(), at)


def propose_post(
    proposal_id: uuid.UUID,
    *,
    account_id: uuid.UUID,
    unit_id: uuid.UUID,
    role: str,
    title: str,
    from_at: datetime,
    to_at: datetime | None,
    at: datetime,
) -> None:
    """Propose a post; it is filled when a security administrator confirms it. The same id twice is one proposal.

    Raises NotAllowed, StaffingRefused.
    """
    require("post:propose")
    with transaction.atomic():
        kind = Unit.objects.filter(id=unit_id).values_list("kind", flat=True).first()
    if role not in ROLES or kind not in ROLES[role].seats:
        raise StaffingRefused("这类单位不设这个角色", "a unit of this kind has no such role", "role")
    if not title.strip():
        raise StaffingRefused("要填岗位名称", "the post needs a title", "title")
    if to_at is not None and to_at <= from_at:
        raise StaffingRefused("止日早于起日", "it ends before it begins", "to_on")
    _do("access_propose_post", proposal_id, account_id, unit_id, role, title.strip(), from_at, to_at, at)


def decide_proposal(proposal_id: uuid.UUID, *, confirmed: bool, reason: str, at: datetime) -> None:
    """Confirm a proposed post, which fills it, or refuse it with a reason. Raises NotAllowed, StaffingRefused."""
    require("post:confirm")
    if not confirmed and not reason.strip():
        raise StaffingRefused("不同意要写理由", "a refusal needs a reason")
    _do("access_decide_post", proposal_id, confirmed, reason.strip(), at)


def end_post(post_id: uuid.UUID, *, at: datetime) -> None:
    """End a post and, at once, its open sessions. Raises NotAllowed, StaffingRefused."""
    require("post:end")
    _do("access_end_post", post_id, at)


def lock_account(account_id: uuid.UUID, *, locked: bool, at: datetime) -> None:
    """Close an account with all its sessions, or open it again and forget its failures.

    Raises NotAllowed, StaffingRefused.
    """
    require("account:lock")
    _do("access_lock_account", account_id, locked, at)


def hand_out_password(account_id: uuid.UUID, *, profile: PasswordProfile, at: datetime) -> str:
    """Give an account a new password, to be changed at the next sign-in; it is returned this once, for the slip.

    Raises NotAllowed, StaffingRefused.
    """
    require("account:reset")
    made = _new_password(profile)
    _do("access_give_password", account_id, make_password(made), at)
    return made


def _new_password(profile: PasswordProfile) -> str:
    while True:
        groups = ["".join(secrets.choice("".join(_SIGNS)) for _ in range(_GROUP)) for _ in range(_GROUPS)]
        made = "-".join(groups)
        if not profile.problems(made, login=""):
            return made


def _do(function: str, *arguments: Any) -> None:
    marks = ", ".join(["%s"] * len(arguments))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}({marks})", list(arguments))
            answer = cursor.fetchone()[0]
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) != _OUTSIDE:
            raise
        answer = "OUTSIDE"
    if answer:
        raise StaffingRefused(*_REFUSED[answer], field="account" if answer in _AT_THE_ACCOUNT else "", code=answer)


def posts_of_unit(unit_id: uuid.UUID, *, at: datetime) -> tuple[list[PostLine], list[PostLine]]:
    """The posts of a unit in office or to come, and those that are over. Inside the caller's transaction."""
    rows = Post.objects.filter(unit_id=unit_id).order_by("title", "-from_at", "id")
    lines = [PostLine(*row) for row in rows.values_list("id", "account__name", "title", "role", "from_at", "to_at")]
    over = [line for line in lines if line.to_at is not None and line.to_at <= at]
    return [line for line in lines if line not in over], over


def proposals_listed(
    *, open_only: bool, unit_id: uuid.UUID | None = None, first: int, most: int
) -> tuple[list[ProposalLine], int]:
    """Proposals, newest first, and how many there are. Inside the caller's transaction."""
    found = Proposal.objects.select_related("account", "unit", "proposed_by__account", "decided_by__account")
    if open_only:
        found = found.filter(decision="")
    if unit_id is not None:
        found = found.filter(unit_id=unit_id)
    page = found.only(
        *("role", "title", "from_at", "to_at", "proposed_at", "decision", "reason", "account__name", "unit__name"),
        *("unit__name_en", "proposed_by__account__name", "decided_by__account__name"),
    ).order_by("-proposed_at", "id")[first : first + most]
    lines = [
        ProposalLine(
            row.id,
            row.account.name,
            row.unit_id,
            row.unit.name,
            row.unit.name_en,
            row.role,
            row.title,
            row.from_at,
            row.to_at,
            row.proposed_by.account.name,
            row.proposed_at,
            row.decision,
            row.decided_by.account.name if row.decided_by else "",
            row.reason,
        )
        for row in page
    ]
    return lines, found.count()


def accounts_listed(words: str, *, first: int, most: int) -> tuple[list[AccountLine], int]:
    """Officers' accounts in the range by login, narrowed by words in login or name, and how many there are."""
    rows = _rows("access_accounts", words, first, most)
    return [AccountLine(*(*row[:6], tuple(row[6]))) for row in rows], rows[0][7] if rows else 0


def account(account_id: uuid.UUID) -> AccountLine:
    """An officer's account in the range. Raises LookupError. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_accounts('', 0, 2147483647) WHERE id = %s", [account_id])
        row = cursor.fetchone()
    if row is None:
        raise LookupError(account_id)
    return AccountLine(*(*row[:6], tuple(row[6])))


COUNTED = 1000
"""How many lines a list of the audit counts at most; beyond, a page says which lines it shows and not of how many."""


def changes_listed(
    since: datetime, until: datetime, who: str, *, first: int, most: int
) -> tuple[list[ChangeLine], int | None]:
    """Changes of accounts, posts and units from `since` until before `until`, newest first.

    With them how many there are; None for more than are counted, and then some follow the page.
    """
    rows = _rows("access_changes", since, until, who, first, most, COUNTED)
    return [ChangeLine(*row[:-1]) for row in rows], counted_in(rows, first + most)


def sign_ins_listed(
    since: datetime, until: datetime, who: str, *, failed: bool, first: int, most: int
) -> tuple[list[SignInLine], int | None]:
    """What happened at the door with officers' accounts, newest first; how many as in `changes_listed`."""
    rows = _rows("access_sign_ins", since, until, who, failed, first, most, COUNTED)
    return [SignInLine(*row[:-1]) for row in rows], counted_in(rows, first + most)


def refusals_listed(
    since: datetime, until: datetime, who: str, *, first: int, most: int
) -> tuple[list[RefusalLine], int | None]:
    """Requests that were turned away, newest first; how many as in `changes_listed`."""
    rows = _rows("access_refusals", since, until, who, first, most, COUNTED)
    return [RefusalLine(*row[:-1]) for row in rows], counted_in(rows, first + most)


def counted_in(rows: Sequence[tuple[Any, ...]], shown: int) -> int | None:
    """How many lines there are, from rows that end with how many were found up to one more than `COUNTED` or `shown`.

    None where there are more than that.
    """
    total = rows[0][-1] if rows else 0
    return total if total <= max(COUNTED, shown) else None


def _rows(function: str, *arguments: Any) -> list[tuple[Any, ...]]:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({marks})", list(arguments))  # nosec B608 # noqa: S608 - names of our own functions
        return list(cursor.fetchall())
