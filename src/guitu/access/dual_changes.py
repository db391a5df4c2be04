"""双人变更: what binds everybody is proposed by one administrator and confirmed by one of another of the three offices.

Rule packs (with calendar years), the division list, keys. The database refuses the same account, a namesake or the same
office on both sides (sql/dual_changes.sql, a check constraint). What is confirmed is what was shown: the content by its
digest, the differences by computing them anew. At the machine: `dual_changes_at_machine`.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guitu.access import rule_packs
from guitu.access.acting import actor
from guitu.access.models import DualChange, RoleEdition
from guitu.access.operations import require
from guitu.ledger import suites
from guitu.ledger.operations import record
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.pack_differences import PackDifference
from guitu.rulebook.packs import read_pack
from guitu.rulebook.records import Sentence

RULE_PACK, DIVISION_LIST, KEY_ROTATION, KEY_RETIREMENT = "RULE_PACK", "DIVISION_LIST", "KEY_ROTATION", "KEY_RETIREMENT"
BACKUP_RECIPIENT = "BACKUP_RECIPIENT"
CONFIRMED, REFUSED, WITHDRAWN = "CONFIRMED", "REFUSED", "WITHDRAWN"
_RECIPIENT = re.compile("age1[02-9ac-hj-np-z]{58}")
_WHY_NOT = {
    "UNKNOWN": ("没有找到这项变更", "no such change"),
    "OPEN": ("同样内容的变更已经提出，还在等审核", "the same change is proposed already and waits"),
    "DECIDED": ("这项变更已经决定了", "this change is decided already"),
    "OWN": ("提出的人（或同名的人）不能自己审核", "whoever proposed it, or a namesake, does not decide on it"),
    "OFFICE": (
        "三员分立：同一类管理员提出的，须由另一类管理员审核",
        "one office proposes, another of the three offices decides",
    ),
    "NOT_YOURS": ("只有提出的人可以撤回", "only whoever proposed it takes it back"),
    "CHANGED": (
        "内容与提出时、显示时不一致，没有生效；请重新提出",
        "the content is not what was proposed and shown; propose it anew",
    ),
    "DIFFERENCES": (
        "现行规则在提出之后变了，显示的差别不再成立；请重新提出",
        "the rules in force have changed since: the differences shown no longer hold; propose it anew",
    ),
    "DIGEST": ("内容与校验码不一致", "content and digest do not agree"),
    "WORDS": ("请写明理由", "say why"),
    "SUITE": ("没有这个密码套件", "there is no such suite"),
    "KEY": ("请写密钥编号，如 k1", "name the key, such as k1"),
    "RECIPIENT": ("请写备份公钥，以 age1 开头", "name the public key of backups, which begins with age1"),
}


class ChangeRefused(AttemptRefused, ValueError):
    """The change is not proposed or not decided; `code` says which of the reasons, `zh` and `en` say it."""

    of_the_form = frozenset({"WORDS", "SUITE", "KEY", "RECIPIENT", "DIGEST"})

    def __init__(self, code: str) -> None:
        self.code = code
        self.zh, self.en = _WHY_NOT[code]
        super().__init__(self.en)


@dataclass(frozen=True)
class Hand:
    """One of the two: name, administrator's role, moment (aware, UTC). Empty name: nobody yet."""

    name: str
    role: str
    at: datetime | None


@dataclass(frozen=True)
class ChangeView:
    """A change with both hands, what it says and what became of it; `done_at` when the machine acted on it."""

    id: uuid.UUID
    kind: str
    named: str
    sha256: str
    content: str
    differences: tuple[PackDifference, ...]
    words: str
    proposed: Hand
    decision: str
    decided: Hand
    reason: str
    done_at: datetime | None
    done_by: str
    proposed_account: uuid.UUID | None


@dataclass(frozen=True)
class EditionLine:
    """Roles that a start brought: digests of the role table and of what was deployed, and those before."""

    at: datetime
    roles: str
    deployed: str
    roles_before: str
    deployed_before: str


def digest_of(content: str) -> str:
    """The SHA-256 of a text, by which a change is recognised."""
    return hashlib.sha256(content.encode()).hexdigest()


def propose_pack(
    change_id: uuid.UUID, *, name: str, text: str, words: str, replaces: uuid.UUID | None, at: datetime
) -> None:
    """Prove a rule pack and propose it with its differences; nothing is in force yet. The same id twice is one.

    Raises NotAllowed, PackLoadedAlready, ChangeRefused, RulebookError with file and line of every problem.
    """
    require("rule:load")
    with transaction.atomic():
        differences = rule_packs.proved(name, text, replaces=replaces)
        _propose(
            change_id,
            RULE_PACK,
            named=name,
            content=text,
            digest=digest_of(text),
            differences=differences,
            replaces=replaces,
            words=words,
            at=at,
        )


def propose_divisions(
    change_id: uuid.UUID, *, name: str, digest: str, differences: Sequence[PackDifference], words: str, at: datetime
) -> None:
    """Propose a division list by its file's digest; it is put in force at the machine once confirmed.

    Raises NotAllowed, ChangeRefused.
    """
    require("rule:load")
    with transaction.atomic():
        _propose(
            change_id,
            DIVISION_LIST,
            named=name,
            content="",
            digest=digest,
            differences=differences,
            replaces=None,
            words=words,
            at=at,
        )


def propose_key(change_id: uuid.UUID, kind: str, *, named: str, words: str, at: datetime) -> None:
    """Propose a rotation of keys (`named`: the suite), to retire a key (`named`: the key), or another public key of
    backups (`named`: that key).

    Raises NotAllowed, ChangeRefused.
    """
    require("key:change")
    named = named.strip()
    if kind == KEY_ROTATION and named not in suites.NAMES:
        raise ChangeRefused("SUITE")
    if kind == BACKUP_RECIPIENT and not _RECIPIENT.fullmatch(named):
        raise ChangeRefused("RECIPIENT")
    if kind != KEY_ROTATION and not named:
        raise ChangeRefused("KEY")
    told = [_told_of_key(kind, named)]
    with transaction.atomic():
        digest = digest_of(f"{kind} {named}")
        _propose(
            change_id,
            kind,
            named=named,
            content="",
            digest=digest,
            differences=told,
            replaces=None,
            words=words,
            at=at,
        )


def _told_of_key(kind: str, named: str) -> PackDifference:
    basis = Sentence("密码管理制度、docs/runbooks/keys.md", "the rules for keys, docs/runbooks/keys.md")
    if kind == KEY_ROTATION:
        what, new = (
            Sentence("现用数据密钥", "the current data key"),
            Sentence(f"新密钥，套件 {named}", f"a new key of {named}"),
        )
        return PackDifference(
            what, "", Sentence("原来的现用密钥，只用于解密", "the present one, which still opens"), new, basis
        )
    if kind == BACKUP_RECIPIENT:
        what, new = Sentence("备份公钥", "the public key of backups"), Sentence(named, named)
        return PackDifference(
            what, "", Sentence("原来的公钥，只用于打开旧备份", "the former one, for older backups alone"), new, basis
        )
    what = Sentence(f"密钥 {named}", f"the key {named}")
    return PackDifference(
        what, "", Sentence("可以解密", "opens values"), Sentence("销毁，只留验签", "destroyed; verifies only"), basis
    )


def _propose(
    change_id: uuid.UUID,
    kind: str,
    *,
    named: str,
    content: str,
    digest: str,
    differences: Sequence[PackDifference],
    replaces: uuid.UUID | None,
    words: str,
    at: datetime,
) -> None:
    if not words.strip():
        raise ChangeRefused("WORDS")
    if DualChange.objects.filter(id=change_id).exists():
        return
    told = json.dumps([asdict(one) for one in differences], ensure_ascii=False)
    _ask(
        "SELECT access_propose_change(%s::uuid, %s, %s, %s, %s, %s::jsonb, %s::uuid, %s, %s::timestamptz)",
        [change_id, kind, named, content, digest, told, replaces, words.strip(), at],
    )
    record(
        "access:change:proposed",
        subjects=[],
        division=actor().session.division,
        at=at,
        event_id=change_id,
        kind=kind,
        named=named,
        sha256=digest,
    )


def decide(change_id: uuid.UUID, decision: str, *, shown: str, reason: str = "", at: datetime) -> None:
    """Confirm a change (a rule pack is in force at once), refuse it or take it back, the latter two with words.

    `shown` is the digest that was on the page. Raises NotAllowed, ChangeRefused, RulebookError for a pack that may no
    longer be used.
    """
    require("change:decide")
    if decision != CONFIRMED and not reason.strip():
        raise ChangeRefused("WORDS")
    with transaction.atomic():
        _alone()
        held = DualChange.objects.filter(id=change_id).first()
        if held is None:
            raise ChangeRefused("UNKNOWN")
        settled = bool(held.decision)
        pack_digest, place, kept = "", "", "[]"
        if decision == CONFIRMED and held.kind == RULE_PACK and not settled:
            if digest_of(held.content) != held.sha256:
                raise ChangeRefused("CHANGED")
            found = rule_packs.proved(held.named, held.content, replaces=held.replaces_id)
            if [asdict(one) for one in found] != held.differences:
                raise ChangeRefused("DIFFERENCES")
            pack_digest = rule_packs.digest(held.content)
            place = read_pack(held.named, held.content, pack_digest).jurisdiction
            kept = json.dumps(rule_packs.kept_files(held.named, held.content))
        _ask(
            "SELECT access_decide_change(%s::uuid, %s, %s, %s, %s, %s, %s::jsonb, %s::timestamptz)",
            [change_id, decision, shown, reason.strip(), pack_digest, place, kept, at],
        )
        if not settled:
            _record_decision(change_id, at=at)


def _record_decision(change_id: uuid.UUID, *, at: datetime) -> None:
    """The lines of a decision, both hands named by account."""
    held = DualChange.objects.get(id=change_id)
    event = uuid.uuid5(change_id, "decided")

    def line(act: str, mark: uuid.UUID) -> None:
        record(
            act,
            subjects=[],
            division=actor().session.division,
            at=at,
            event_id=mark,
            change=held.id,
            kind=held.kind,
            named=held.named,
            sha256=held.sha256,
            proposed_by=held.proposed_account,
            decided_by=held.decided_account,
        )

    if held.decision == REFUSED:
        line("access:change:refused", event)
    elif held.decision == WITHDRAWN:
        line("access:change:withdrawn", event)
    else:
        line("access:change:confirmed", event)
        if held.kind == RULE_PACK:
            line("access:pack:loaded", uuid.uuid5(change_id, "loaded"))


def _alone() -> None:
    """One decision at a time: a pack is proved over those put in force before, and two presses leave one line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_decide_alone()")


def _ask(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        answer: str = cursor.fetchone()[0]
    if answer:
        raise ChangeRefused(answer)


def changes_listed(*, open_only: bool, first: int, most: int) -> tuple[list[ChangeView], int]:
    """Changes, newest first, and how many there are; `open_only`: those that wait. Inside the caller's transaction."""
    found = DualChange.objects.filter(decision="") if open_only else DualChange.objects.all()
    rows = found.defer("content").order_by("-proposed_at", "id")[first : first + most]
    return [_view(row, content="") for row in rows], found.count()


def change_or_none(change_id: uuid.UUID) -> ChangeView | None:
    """One change with its content. Inside the caller's transaction."""
    row = DualChange.objects.filter(id=change_id).first()
    return None if row is None else _view(row, content=row.content)


def role_editions(*, most: int) -> list[EditionLine]:
    """Which roles starts have brought, newest first. Inside the caller's transaction."""
    rows = RoleEdition.objects.order_by("-at", "id")[:most]
    return [EditionLine(row.at, row.roles, row.deployed, row.roles_before, row.deployed_before) for row in rows]


def _view(row: DualChange, *, content: str) -> ChangeView:
    return ChangeView(
        id=row.id,
        kind=row.kind,
        named=row.named,
        sha256=row.sha256,
        content=content,
        differences=tuple(_difference(one) for one in row.differences),
        words=row.words,
        proposed=Hand(row.proposed_name, row.proposed_role, row.proposed_at),
        decision=row.decision,
        decided=Hand(row.decided_name, row.decided_role, row.decided_at),
        reason=row.reason,
        done_at=row.done_at,
        done_by=row.done_by,
        proposed_account=row.proposed_account,
    )


def _difference(told: dict[str, Any]) -> PackDifference:
    parts = {name: Sentence(**told[name]) for name in ("what", "old", "new", "basis")}
    return PackDifference(since=told["since"], **parts)
