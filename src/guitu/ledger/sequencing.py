"""The sequencer: takes waiting entries into the tree and signs what the tree has become, all or nothing.

Runs as guitu_seq, one at a time: each holds a lock on a table of its own that no other role of a process may lock, so
that no page can hold up the log. Nobody else writes leaves, tiles or checkpoints.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from guitu.ledger.log import checkpoints, tiles
from guitu.ledger.log.checkpoints import Checkpoint
from guitu.ledger.log.entries import Recorded
from guitu.ledger.log.notes import Verifier
from guitu.ledger.log.tree import Subtree, root
from guitu.ledger.suites import Signer

_NOT_NOW = "55P03"
"""PostgreSQL's answer where a lock is held by somebody else."""


class LogBroken(RuntimeError):
    """The stored tree does not lead to the root that was signed last: nothing more is signed."""

    names_no_person = True
    """The journal may have its words: they tell of a file of the installation."""


@dataclass(frozen=True)
class Grown:
    """How many entries were taken in, and whether more are waiting."""

    taken: int
    more: bool


def sequence(
    key: Ed25519PrivateKey, log: Verifier, *, at: datetime, most: int, national: Signer | None = None
) -> Grown:
    """Take up to `most` waiting entries into the tree and sign the new checkpoint with `key` at `at` (aware).

    Does nothing while another sequencer works. Raises LogBroken when tiles and last checkpoint disagree.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not alone(cursor):
            return Grown(0, more=False)
        cursor.execute(
            "SELECT e.id, e.act, e.event_id, e.at, e.unit_id, e.other_unit_id, e.commitment"
            " FROM (SELECT entry_id FROM ledger_pending LIMIT %s) w JOIN ledger_entry e ON e.id = w.entry_id"
            " ORDER BY e.at, e.id",
            [most],
        )
        waiting = cursor.fetchall()
        if not waiting:
            return Grown(0, more=False)
        leaves = [Recorded(*row[1:]).leaf for row in waiting]
        size = _grow(cursor, [row[0] for row in waiting], leaves, log)
        checkpoint = Checkpoint(log.name, size, root(stored_tree(cursor), size))
        cursor.execute(
            "INSERT INTO ledger_checkpoint (size, root, at, note) VALUES (%s, %s, %s, %s)",
            [size, checkpoint.root, at, str(checkpoint.signed(key, national))],
        )
        cursor.execute("DELETE FROM ledger_pending WHERE entry_id = ANY(%s)", [[row[0] for row in waiting]])
        return Grown(len(waiting), more=len(waiting) == most)


def alone(cursor: CursorWrapper) -> bool:
    """Whether no other sequencer or recheck works; holds them off until the caller's transaction ends, waits for none.

    The table is one in which only guitu_seq writes and which no other role of a process may lock; reading it goes on.
    """
    try:
        with transaction.atomic():
            cursor.execute("LOCK TABLE ledger_recheck IN SHARE UPDATE EXCLUSIVE MODE NOWAIT")
    except DatabaseError as refusal:
        if getattr(refusal.__cause__, "sqlstate", None) != _NOT_NOW:
            raise
        return False
    return True


def stored_tree(cursor: CursorWrapper) -> Subtree:
    """Reads the hash of any perfect subtree from the stored tiles."""

    def tile(level: int, index: int) -> bytes:
        cursor.execute("SELECT hashes FROM ledger_tile WHERE level = %s AND index = %s", [level, index])
        row = cursor.fetchone()
        return bytes(row[0]) if row else b""

    return tiles.reader(tile)


def leaves_taken(cursor: CursorWrapper) -> int:
    """How far the leaves reach: as far as the last checkpoint, unless one has been taken out."""
    cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf")
    return int(cursor.fetchone()[0])


def note_traces(*, at: datetime, most: int, whole: bool = False) -> int:
    """Have up to `most` lines of the trace that no entry commits to yet noted in one entry, as of `at`; how many.

    Of the last hours, or of the `whole` trace, which takes longer: a line whose transaction was long comes late.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_note_traces(%s, %s, %s)", [at, most, whole])
        return int(cursor.fetchone()[0])


def note_policy(stated: str, *, at: datetime) -> bool:
    """Have the log's policy (a text) noted in an entry where it is not what was noted last; whether it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_note_policy(%s, %s)", [stated, at])
        return bool(cursor.fetchone()[0])


def _grow(cursor: CursorWrapper, entry_ids: list[uuid.UUID], leaves: list[bytes], log: Verifier) -> int:
    """Append the leaves and return the new size; first it is shown that the tree is still the one signed last."""
    cursor.execute("SELECT size, root, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
    last = cursor.fetchone()
    size = 0
    if last:
        size = int(last[0])
        stated, _ = checkpoints.opened(last[2], log)
        if (stated.size, stated.root) != (size, bytes(last[1])) or root(stored_tree(cursor), size) != stated.root:
            raise LogBroken(f"the tree of {size} leaves does not lead to the root that was signed")
    if (taken := leaves_taken(cursor)) != size:
        raise LogBroken(f"{taken} leaves stand in the tree, and {size} are signed")
    edge = {}
    for level, index, _ in tiles.widths(size):
        cursor.execute("SELECT hashes FROM ledger_tile WHERE level = %s AND index = %s", [level, index])
        row = cursor.fetchone()
        edge[level] = bytes(row[0]) if row else b""
    changed = tiles.appended(size, edge, leaves)
    cursor.execute(
        "INSERT INTO ledger_leaf (index, entry_id, leaf_hash)"
        " SELECT %s + n - 1, entry, hash FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY AS g (entry, hash, n)",
        [size, entry_ids, leaves],
    )
    cursor.execute(
        "INSERT INTO ledger_tile (level, index, hashes)"
        " SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])"
        " ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes",
        [[level for level, _ in changed], [index for _, index in changed], list(changed.values())],
    )
    return size + len(leaves)
