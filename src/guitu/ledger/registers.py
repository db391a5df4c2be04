"""Whether the register of erasures that is at hand is the one this database goes by: begun with it, and not older.

A database that went back cannot tell by itself what was erased since. What it does know must stand in the register; and
a register that is gone, is another one, or lacks what the database knows, is never gone on with in silence. Decision:
adr/0060.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from guitu.ledger.erasing import (
    Begun,
    GivenUp,
    Kept,
    RegisterUnreadable,
    append,
    prove_once,
    register_file,
    whole_lines,
)
from guitu.ledger.holdings import Cursor
from guitu.ledger.operations import record_at_machine

BEGUN = "ledger:register:begun"


class RegisterMissing(RegisterUnreadable):
    """No register at hand is the one that this database goes by."""

    def __init__(self) -> None:
        super().__init__("不见了，或者不是本库所用的 · it is gone, or is not the one this database goes by")


class RegisterOlder(RegisterUnreadable):
    """The database knows what the registers at hand lack: they are older than it, or were cut short."""

    def __init__(self, lacking: int) -> None:
        super().__init__(f"比数据库旧，缺 {lacking} 行 · older than the database: {lacking} lines are missing")


def begin_once(*, at: datetime) -> None:
    """At the first preparation of a database: let a register begin, and note which one the database goes by; as
    guitu_owner. Where one stands already, as beside a database made anew or one of the former version, it is that.
    Raises RegisterUnreadable."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not known(cursor):
            prove_once(register_file())
            go_on_with(register_file(), at=at, cursor=cursor)


def go_on_with(path: Path, *, at: datetime, cursor: Cursor) -> None:
    """Let the register in `path` go on as the one that the database goes by; nothing where it is. A line in it and an
    entry of the ledger say so. Raises RegisterUnreadable."""
    begun = known(cursor)
    if ids_in(path) & begun:
        return
    one = Begun(uuid.uuid4(), tuple(sorted(begun)))
    append(path, [one])
    record_at_machine(BEGUN, event_id=one.register, at=at)


def known(cursor: Cursor) -> set[uuid.UUID]:
    """The registers that the database has gone by."""
    cursor.execute("SELECT event_id FROM ledger_entry WHERE act = %s", [BEGUN])
    return {row[0] for row in cursor.fetchall()}


def ids_in(path: Path) -> set[uuid.UUID]:
    """The registers that a file is, or goes on from. Raises RegisterUnreadable."""
    begun = [held for _, held in whole_lines(path) if "register" in held]
    return {uuid.UUID(one) for held in begun for one in (held["register"], *held["after"])}


def require_whole(paths: Iterable[Path], cursor: Cursor) -> None:
    """Raise RegisterMissing where none of the files is the database's register, RegisterOlder where they lack what it
    knows, RegisterUnreadable where one cannot be read. As guitu_owner."""
    files = list(paths)
    begun = known(cursor)
    if begun and not any(ids_in(path) & begun for path in files):
        raise RegisterMissing
    cursor.execute("SELECT id FROM ledger_erasure UNION ALL SELECT id FROM ledger_ending")
    if begun and (lacking := {row[0] for row in cursor.fetchall()} - _told_in(files)):
        raise RegisterOlder(len(lacking))


def give_up_endings(path: Path, cursor: Cursor) -> None:
    """Note which endings the database knows and a register without its former lines lacks: what they had spared is told
    nowhere else, so they are never replayed, and not asked for either."""
    cursor.execute("SELECT id FROM ledger_ending ORDER BY at, id")
    there = _told_in([path])
    if lacking := [row[0] for row in cursor.fetchall() if row[0] not in there]:
        append(path, [GivenUp(tuple(lacking))])


def _told_in(files: Iterable[Path]) -> set[uuid.UUID]:
    """The erasures and endings that these registers know of."""
    lines = [held for path in files for _, held in whole_lines(path)]
    single = {uuid.UUID(held[name]) for held in lines for name in ("erasure", "ending") if name in held}
    return single | {uuid.UUID(one) for held in lines for one in held.get("given_up", ())}


def reaches_beyond(path: Path, cursor: Cursor) -> bool:
    """Whether the register was marked last at a moment that the database does not know: it has gone back behind it."""
    marks = [uuid.UUID(held["kept"]) for _, held in whole_lines(path) if "kept" in held]
    cursor.execute("SELECT 1 FROM ledger_entry WHERE event_id = ANY (%s) LIMIT 1", [marks[-1:]])
    return bool(marks) and not cursor.fetchall()


def last_mark(paths: Iterable[Path]) -> datetime | None:
    """Up to when the registers are known to be whole (UTC): the newest mark in them."""
    marks = [datetime.fromisoformat(held["at"]) for path in paths for _, held in whole_lines(path) if "kept" in held]
    return max(marks, default=None)


def mark(event_id: uuid.UUID, *, at: datetime) -> None:
    """Mark the register with an act that stands in the ledger: a backup, a replay."""
    append(register_file(), [Kept(event_id, at)])
