"""Following a log from outside: is what it publishes now the continuation of what it published before?

Whoever follows needs the log's key, its address and the checkpoint seen last; no database and no consent of the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from guitu.ledger.log import checkpoints, forks, notes, tiles
from guitu.ledger.log.checkpoints import Checkpoint, CheckpointWrong
from guitu.ledger.log.notes import NoteWrong, Verifier
from guitu.ledger.log.objects import read_object
from guitu.ledger.log.tree import HASH_BYTES, ProofWrong, consistency_proof, root, verify_consistency

FORMAT = "guitu-followed/1"
Fetch = Callable[[str], bytes]
"""The bytes at a path below the log's prefix. Raises OSError where nothing is answered."""


class FollowWrong(ValueError):
    """What the log publishes cannot be read, is not signed by it, or does not lead to what it has signed."""


@dataclass(frozen=True)
class Followed:
    """FIRST, SAME, GROWN, ROLLED_BACK (a smaller tree than before) or FORKED; the checkpoint published now, whole.

    `fork` is the proof that anybody can verify, with FORKED.
    """

    outcome: str
    checkpoint: Checkpoint
    note: str
    fork: str = ""


def remembered(text: str) -> tuple[Verifier, str]:
    """The log's key and the checkpoint seen last, from what `to_remember` wrote. Raises FollowWrong."""
    try:
        held = read_object(text)
        if held["format"] != FORMAT:
            raise FollowWrong("not a file of what was followed")
        return notes.read_verifier(held["log"]), str(held["checkpoint"])
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        raise FollowWrong("not a file of what was followed") from fault


def to_remember(log: Verifier, note: str) -> str:
    """What to keep until the next time."""
    return json.dumps({"format": FORMAT, "log": str(log), "checkpoint": note}, ensure_ascii=False, indent=1) + "\n"


def follow(fetch: Fetch, log: Verifier, *, last: str | None) -> Followed:
    """What has become of the log since `last`, a checkpoint of it (None at first). Raises FollowWrong, OSError."""
    try:
        note = fetch("checkpoint").decode()
        checkpoint, _ = checkpoints.opened(note, log)
        before = checkpoints.opened(last, log)[0] if last is not None else None
    except (NoteWrong, CheckpointWrong, UnicodeDecodeError) as fault:
        raise FollowWrong(str(fault)) from fault
    if before is not None and checkpoint.size == before.size:
        if checkpoint.root == before.root:
            return Followed("SAME", checkpoint, note)
        return Followed("FORKED", checkpoint, note, forks.write(log, last or "", note))
    if before is not None and checkpoint.size < before.size:
        return Followed("ROLLED_BACK", checkpoint, note)
    subtree = tiles.reader(_published(fetch, checkpoint.size))
    try:
        if root(subtree, checkpoint.size) != checkpoint.root:
            raise FollowWrong("the tiles do not lead to the root that was signed")
        if before is None or before.size == 0:
            return Followed("FIRST" if before is None else "GROWN", checkpoint, note)
        proof = consistency_proof(subtree, before.size, checkpoint.size)
        verify_consistency(before.size, checkpoint.size, before.root, checkpoint.root, proof)
    except ProofWrong as fault:
        hashes = forks.shown_by(subtree, before.size, checkpoint.size) if before else []
        if before is None or not forks.contradict(before, checkpoint, hashes):
            raise FollowWrong("the tiles do not lead to the root that was signed") from fault
        return Followed("FORKED", checkpoint, note, forks.write(log, last or "", note, hashes))
    except tiles.TileMissing as fault:
        raise FollowWrong(str(fault)) from fault
    return Followed("GROWN", checkpoint, note)


def _published(fetch: Fetch, size: int) -> tiles.TileReader:
    """Reads the tiles of a tree of `size` leaves as they are published."""

    def tile(level: int, index: int) -> bytes:
        width = min((size >> (tiles.HEIGHT * level)) - index * tiles.WIDTH, tiles.WIDTH)
        hashes = fetch(tiles.path(level, index, width))
        if len(hashes) != width * HASH_BYTES:
            raise FollowWrong(f"{tiles.path(level, index, width)} has another length than it must have")
        return hashes

    return tile
