"""The nightly recheck, in batches of tiles: payloads, leaves, tiles and checkpoints, without holding up the sequencer.

Runs in the sequencer's process, as guitu_seq, which reads no payload and no trace: the database is asked which payloads
do not hold their commitment, and which rows beside the log are not what was committed to. `rechecking` recomputes
everything at once, at the machine.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from guitu.ledger.log import checkpoints, tiles
from guitu.ledger.log.checkpoints import CheckpointWrong
from guitu.ledger.log.entries import Recorded
from guitu.ledger.log.notes import NoteWrong, Verifier
from guitu.ledger.log.tree import HASH_BYTES, root
from guitu.ledger.sequencing import alone, leaves_taken, stored_tree

FULL = tiles.WIDTH * HASH_BYTES
Found = tuple[str, str]
"""What is wrong and where: the codes of `rechecking`."""


@dataclass
class Batch:
    """What one batch looked at; `ended`: the pass is over."""

    leaves: int = 0
    ended: bool = False
    wrong: list[Found] = field(default_factory=list)


@dataclass(frozen=True)
class Pass:
    """The last pass over the log; `ended_at` is None while it is under way."""

    begun_at: datetime
    ended_at: datetime | None
    leaves: int
    wrong: int


def last_pass() -> Pass | None:
    """The pass that began last; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT begun_at, ended_at, leaves, wrong FROM ledger_recheck ORDER BY begun_at DESC LIMIT 1")
        row = cursor.fetchone()
    return Pass(*row) if row else None


def recheck_batch(log: Verifier, *, at: datetime, most: int) -> Batch:
    """Recheck up to `most` tiles of 256 leaves from where the last batch ended; a new pass begins when none is open.

    What is wrong is kept as findings, as of `at`. Does nothing while the sequencer works in another process.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not alone(cursor):
            return Batch()
        cursor.execute("SELECT id, next_tile FROM ledger_recheck WHERE ended_at IS NULL ORDER BY begun_at DESC LIMIT 1")
        open_pass = cursor.fetchone()
        number, first = open_pass or (uuid.uuid4(), 0)
        if open_pass is None:
            cursor.execute(
                "INSERT INTO ledger_recheck (id, begun_at, next_tile, leaves, wrong) VALUES (%s, %s, 0, 0, 0)",
                [number, at],
            )
        cursor.execute("SELECT coalesce(max(size), 0) FROM ledger_checkpoint")
        size = int(cursor.fetchone()[0])
        batch = _tiles(cursor, log, first, min(first + most, -(-size // tiles.WIDTH)), size)
        if (first + most) * tiles.WIDTH >= size:
            batch.ended = True
            batch.wrong += _lost(cursor)
            if (taken := leaves_taken(cursor)) > size:
                batch.wrong.append(("CHECKPOINT_MISSING", str(taken)))
        note_findings(batch.wrong, at=at)
        cursor.execute(
            "UPDATE ledger_recheck SET next_tile = %s, leaves = leaves + %s, wrong = wrong + %s, ended_at = %s"
            " WHERE id = %s",
            [first + most, batch.leaves, len(batch.wrong), at if batch.ended else None, number],
        )
    return batch


def note_findings(found: Iterable[Found], *, at: datetime, since: datetime | None = None) -> None:
    """Keep what the administrators must know, each once, in the caller's transaction."""
    pairs = list(found)
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_finding (id, at, code, which, since)"
            " SELECT gen_random_uuid(), %s, f.code, f.which, %s FROM unnest(%s::text[], %s::text[]) AS f (code, which)"
            " ON CONFLICT (code, which) DO NOTHING",
            [at, since, [code for code, _ in pairs], [which for _, which in pairs]],
        )


def _tiles(cursor: CursorWrapper, log: Verifier, first: int, beyond: int, size: int) -> Batch:
    """Recheck the leaves under the tiles [first, beyond) of the lowest level, and what is made of them above."""
    batch = Batch()
    begin, end = first * tiles.WIDTH, min(beyond * tiles.WIDTH, size)
    if begin >= end:
        return batch
    cursor.execute(
        "SELECT l.index, l.entry_id, l.leaf_hash, e.act, e.event_id, e.at, e.unit_id, e.other_unit_id, e.commitment"
        " FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.id = l.entry_id WHERE l.index >= %s AND l.index < %s"
        " ORDER BY l.index",
        [begin, end],
    )
    leaves: dict[int, bytes] = {}
    entries = []
    for index, entry_id, stored, *act in cursor.fetchall():
        leaves[index] = bytes(stored)
        entries.append(entry_id)
        if act[0] is None:
            batch.wrong.append(("LEAF_WITHOUT_ENTRY", str(entry_id)))
        elif Recorded(*act).leaf != leaves[index]:
            batch.wrong.append(("LEAF_CHANGED", str(entry_id)))
    batch.leaves = len(leaves)
    batch.wrong += [("LEAF_MISSING", str(index)) for index in range(begin, end) if index not in leaves]
    cursor.execute("SELECT ledger_contents_changed(%s::uuid[])", [entries])
    batch.wrong += [("CONTENT_CHANGED", str(entry_id)) for (entry_id,) in cursor.fetchall()]
    cursor.execute("SELECT code, which FROM ledger_rows_differ(%s::uuid[]) ORDER BY 1, 2", [entries])
    batch.wrong += cursor.fetchall()
    for index in range(first, beyond):
        places = range(index * tiles.WIDTH, min((index + 1) * tiles.WIDTH, size))
        made = b"".join(leaves.get(place, bytes(HASH_BYTES)) for place in places)
        batch.wrong += _upward(cursor, index, made)
    batch.wrong += _roots(cursor, log, begin, end)
    return batch


def _upward(cursor: CursorWrapper, index: int, made: bytes) -> list[Found]:
    """Compare a tile with what its leaves make, and each full tile with its place in the tile above."""
    level, held = 0, _tile(cursor, 0, index)
    if held != made:
        return [("TILE_CHANGED", tiles.path(level, index))]
    while len(held) == FULL:
        above = _tile(cursor, level + 1, index // tiles.WIDTH)
        place = index % tiles.WIDTH * HASH_BYTES
        if above[place : place + HASH_BYTES] != tiles.top(held):
            return [("TILE_CHANGED", tiles.path(level + 1, index // tiles.WIDTH))]
        if index % tiles.WIDTH != tiles.WIDTH - 1:
            break
        level, index, held = level + 1, index // tiles.WIDTH, above
    return []


def _tile(cursor: CursorWrapper, level: int, index: int) -> bytes:
    cursor.execute("SELECT hashes FROM ledger_tile WHERE level = %s AND index = %s", [level, index])
    row = cursor.fetchone()
    return bytes(row[0]) if row else b""


def _roots(cursor: CursorWrapper, log: Verifier, begin: int, end: int) -> list[Found]:
    """The checkpoints of the sizes (begin, end]: signed by the log, and what the tiles lead to."""
    cursor.execute(
        "SELECT size, root, note FROM ledger_checkpoint WHERE size > %s AND size <= %s ORDER BY size", [begin, end]
    )
    wrong: list[Found] = []
    subtree = stored_tree(cursor)
    for size, stored, note in cursor.fetchall():
        try:
            stated, _ = checkpoints.opened(note, log)
            signed = (stated.size, stated.root) == (size, bytes(stored))
        except (NoteWrong, CheckpointWrong):
            signed = False
        if not signed:
            wrong.append(("CHECKPOINT_UNSIGNED", str(size)))
        try:
            leads = root(subtree, size) == bytes(stored)
        except tiles.TileMissing:
            leads = False
        if not leads:
            wrong.append(("ROOT_CHANGED", str(size)))
    return wrong


def _lost(cursor: CursorWrapper) -> list[Found]:
    """Entries that are neither in the log nor waiting for it."""
    cursor.execute(
        "SELECT e.id FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id)"
        " AND NOT EXISTS (SELECT FROM ledger_pending p WHERE p.entry_id = e.id)"
    )
    return [("LEAF_MISSING", str(entry_id)) for (entry_id,) in cursor.fetchall()]
