"""Proofs out of the stored tree: the latest checkpoint, the bundle of an act, growth between two sizes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from guitu.ledger.log import bundles
from guitu.ledger.log.bundles import Content
from guitu.ledger.log.entries import Recorded
from guitu.ledger.log.tree import HASH_BYTES, consistency_proof, inclusion_proof
from guitu.ledger.sequencing import stored_tree
from guitu.ledger.told import WITHHELD_FACTS, is_secret


class NotInTheLog(LookupError):
    """No such act stands in the ledger, or the sequencer has not taken it in yet (`waiting`)."""

    def __init__(self, *, waiting: bool) -> None:
        super().__init__("not taken into the log yet" if waiting else "not in the ledger")
        self.waiting = waiting


@dataclass(frozen=True)
class Published:
    """A checkpoint as it is handed out: the note with the co-signatures that have come in, signed at `at` (UTC)."""

    size: int
    root: bytes
    at: datetime
    note: str


def published(size: int | None = None) -> Published | None:
    """The checkpoint of that size, or the latest one; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, root, at, note FROM ledger_checkpoint WHERE size = coalesce(%s, size)"
            " ORDER BY size DESC LIMIT 1",
            [size],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute("SELECT line FROM ledger_cosignature WHERE size = %s ORDER BY witness", [row[0]])
        lines = [line for (line,) in cursor.fetchall()]
    return Published(row[0], bytes(row[1]), row[2], row[3] + "".join(lines))


def published_tile(level: int, index: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile (C2SP tlog-tiles); None while the log has not grown so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(hashes FROM 1 FOR %s) FROM ledger_tile WHERE level = %s AND index = %s",
            [width * HASH_BYTES, level, index],
        )
        row = cursor.fetchone()
    hashes = bytes(row[0]) if row else b""
    return hashes if len(hashes) == width * HASH_BYTES else None


def entries_of(event_id: uuid.UUID) -> list[uuid.UUID]:
    """The ids of the entries about this event, oldest first; for the machine's verbs, as guitu_owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_entry WHERE event_id = %s ORDER BY at, id", [event_id])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Vouched:
    """Who vouches for an act, and since when (UTC): since it was recorded, or since a quorum had signed; its entry."""

    word: str
    since: datetime
    entry_id: uuid.UUID | None = None


def vouched_for(event_ids: Collection[uuid.UUID], act: str) -> dict[uuid.UUID, Vouched]:
    """Who vouches that this act about each of these events is in the log.

    WAITING: nobody but this installation yet; DEMONSTRATION: witnesses on this very machine; WITNESSED: as many other
    agencies as the policy asks for. Events without such an act are left out. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_vouched(%s::uuid[], %s)", [list(event_ids), act])
        words = {None: "WAITING", True: "DEMONSTRATION", False: "WITNESSED"}
        return {event: Vouched(words[own], since, entry) for event, entry, own, since in cursor.fetchall()}


def bundle(entry_id: uuid.UUID, *, policy: str) -> str:
    """The bundle by which anybody can verify this act offline (log/bundles), without its content.

    `policy` is the log's own. For the machine's verbs, as guitu_owner. Raises NotInTheLog.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.act, e.event_id, e.at, e.unit_id, e.other_unit_id, e.commitment, l.index"
            " FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_id = e.id WHERE e.id = %s",
            [entry_id],
        )
        return _bundled(cursor, cursor.fetchone(), None, policy)


def bundle_of_line(person_id: uuid.UUID, entry_id: uuid.UUID, *, to_the_person: bool, with_content: bool) -> str:
    """The bundle of a line about the person that the acting session sees, if asked for with what was recorded.

    The content of a line that names somebody else too, or repeats what its room withholds, is in none. `to_the_person`:
    a paper of which they are not told even that it is there has no line. The policy is that which the log has noted
    last. Raises NotInTheLog.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_policy_noted()")
        (policy,) = cursor.fetchone()
        cursor.execute("SELECT * FROM ledger_line_to_prove(%s::uuid, %s::uuid)", [person_id, entry_id])
        held: tuple[Any, ...] = cursor.fetchone() or (None, None)
        *entry, salt, canonical = held
        content = None
        if canonical is not None:
            act = entry[0]
            if to_the_person and is_secret(act, canonical):
                raise NotInTheLog(waiting=False)
            if with_content and act not in WITHHELD_FACTS:
                content = Content(bytes(salt), canonical)
        return _bundled(cursor, tuple(entry) or None, content, policy)


def _bundled(cursor: CursorWrapper, row: tuple[Any, ...] | None, content: Content | None, policy: str | None) -> str:
    *entry, index = row or (None,)
    cursor.execute("SELECT max(size) FROM ledger_witnessed WHERE size > %s", [index])
    latest = published(cursor.fetchone()[0])  # what a quorum has signed proves more than what is newer
    if index is None or latest is None or policy is None:
        raise NotInTheLog(waiting=bool(entry))
    hashes = inclusion_proof(stored_tree(cursor), index, latest.size)
    return bundles.write(Recorded(*entry).text, content, index=index, hashes=hashes, note=latest.note, policy=policy)


def growth(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves continues that of `old` (> 0)."""
    with connection.cursor() as cursor:
        return consistency_proof(stored_tree(cursor), old, new)
