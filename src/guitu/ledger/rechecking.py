"""The recheck of the whole ledger: every payload against its commitment, every leaf, tile and root against the acts.

Reads everything and changes nothing; runs as guitu_owner, every night and on `./guitu ledger audit`.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guitu.ledger.log import checkpoints, tiles
from guitu.ledger.log.checkpoints import CheckpointWrong
from guitu.ledger.log.entries import Recorded
from guitu.ledger.log.notes import NoteWrong, Verifier
from guitu.ledger.log.tree import HASH_BYTES, Frontier

_AT_ONCE = 5_000


@dataclass
class Rechecked:
    """What was looked at and what is wrong; `wrong` holds (what, entry id or size or tile) in the order found."""

    entries: int = 0
    leaves: int = 0
    checkpoints: int = 0
    erased: int = 0
    waiting: int = 0
    oldest_waiting: datetime | None = None
    wrong: list[tuple[str, str]] = field(default_factory=list)


def recheck(log: Verifier) -> Rechecked:
    """Recompute everything from the acts themselves, in one snapshot.

    Codes in `wrong`: CONTENT_CHANGED and LEAF_CHANGED name an entry, LEAF_MISSING and LEAF_WITHOUT_ENTRY an index or
    entry, TILE_CHANGED a tile, ROOT_CHANGED, CHECKPOINT_UNSIGNED and CHECKPOINT_MISSING a size. Rows beside the log:
    CONTENT_MISSING, CONTENT_MOVED, ENDING_DIFFERS and TRACES_DIFFER name an entry, TRACE_MISSING and TRACE_CHANGED a
    line of the trace.
    """
    found = Rechecked()
    with _one_snapshot(), transaction.atomic(), connection.cursor() as cursor:
        _contents(found)
        _rows_beside(found)
        _tree(found, log)
        cursor.execute(
            "SELECT count(*), min(e.at) FROM ledger_entry e"
            " WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id)"
        )
        found.waiting, found.oldest_waiting = cursor.fetchone()
        cursor.execute(
            "SELECT e.id FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id)"
            " AND NOT EXISTS (SELECT FROM ledger_pending p WHERE p.entry_id = e.id)"
        )
        found.wrong += [("LEAF_MISSING", str(row[0])) for row in cursor.fetchall()]
    return found


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Transactions of this connection see one moment and change nothing; a session's setting, since each begins with a
    statement of the acting backend."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows


def _contents(found: Rechecked) -> None:
    for entry_id, commitment, salt, canonical in _rows(
        "SELECT e.id, e.commitment, p.salt, p.canonical FROM ledger_entry e"
        " LEFT JOIN ledger_payload p ON p.entry_id = e.id"
    ):
        found.entries += 1
        if salt is None:
            found.erased += 1
        elif hashlib.sha256(bytes(salt) + canonical.encode()).digest() != bytes(commitment):
            found.wrong.append(("CONTENT_CHANGED", str(entry_id)))


def _rows_beside(found: Rechecked) -> None:
    """Contents and lines of the trace against what their entries committed to, so many entries at a time."""
    entries = _rows("SELECT id FROM ledger_entry ORDER BY at, id")
    with connection.cursor() as cursor:
        while batch := [entry_id for (entry_id,) in itertools.islice(entries, _AT_ONCE)]:
            cursor.execute("SELECT code, which FROM ledger_rows_differ(%s::uuid[]) ORDER BY 1, 2", [batch])
            found.wrong += cursor.fetchall()


def _tree(found: Rechecked, log: Verifier) -> None:
    signed = _signed(found, log)
    last = max(signed, default=0)
    frontier, rows = Frontier(), _Rows(found)
    for index, entry_id, stored, *act in _rows(
        "SELECT l.index, l.entry_id, l.leaf_hash, e.act, e.event_id, e.at, e.unit_id, e.other_unit_id, e.commitment"
        " FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.id = l.entry_id ORDER BY l.index"
    ):
        while frontier.size < index:
            found.wrong.append(("LEAF_MISSING", str(frontier.size)))
            frontier.append(bytes(HASH_BYTES))
            rows.add(bytes(HASH_BYTES))
        leaf = bytes(stored)
        if act[0] is None:
            found.wrong.append(("LEAF_WITHOUT_ENTRY", str(entry_id)))
        elif Recorded(*act).leaf != leaf:
            found.wrong.append(("LEAF_CHANGED", str(entry_id)))
        frontier.append(leaf)
        rows.add(leaf)
        found.leaves += 1
        if frontier.size in signed and frontier.root() != signed.pop(frontier.size):
            found.wrong.append(("ROOT_CHANGED", str(frontier.size)))
    rows.finish()
    found.wrong += [("ROOT_CHANGED", str(size)) for size in signed]
    if frontier.size > last:
        found.wrong.append(("CHECKPOINT_MISSING", str(frontier.size)))


def _signed(found: Rechecked, log: Verifier) -> dict[int, bytes]:
    roots = {}
    for size, root, note in _rows("SELECT size, root, note FROM ledger_checkpoint ORDER BY size"):
        found.checkpoints += 1
        try:
            stated, _ = checkpoints.opened(note, log)
        except (NoteWrong, CheckpointWrong):
            stated = None
        if stated is None or (stated.size, stated.root) != (size, bytes(root)):
            found.wrong.append(("CHECKPOINT_UNSIGNED", str(size)))
        roots[int(size)] = bytes(root)
    return roots


class _Rows:
    """The tiles as they must be, made level by level from the leaves and compared with what is stored."""

    def __init__(self, found: Rechecked) -> None:
        self._found = found
        self._open: list[bytearray] = []
        self._closed: list[int] = []

    def add(self, one: bytes, level: int = 0) -> None:
        """The next hash of a level; a full tile is compared, and its top is the next hash above."""
        if level == len(self._open):
            self._open.append(bytearray())
            self._closed.append(0)
        row = self._open[level]
        row += one
        if len(row) == tiles.WIDTH * HASH_BYTES:
            self._compare(level)
            self.add(tiles.top(bytes(row)), level + 1)
            row.clear()
            self._closed[level] += 1

    def finish(self) -> None:
        """Compare the tiles that are not full."""
        for level, row in enumerate(self._open):
            if row:
                self._compare(level)

    def _compare(self, level: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT hashes FROM ledger_tile WHERE level = %s AND index = %s", [level, self._closed[level]]
            )
            held = cursor.fetchone()
        if held is None or bytes(held[0]) != bytes(self._open[level]):
            self._found.wrong.append(("TILE_CHANGED", tiles.path(level, self._closed[level])))
