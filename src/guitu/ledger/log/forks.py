"""The proof that a log has signed two histories: whoever holds it can show it to anybody, without the log's consent.

One JSON object: ``log`` (its key), ``older`` and ``newer`` (two checkpoints that the log has signed) and ``subtrees``:
the hashes that lead to the newer root and yet not to the older one. For two checkpoints of one size there are none.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guitu.ledger.log import checkpoints, notes
from guitu.ledger.log.checkpoints import Checkpoint, CheckpointWrong
from guitu.ledger.log.notes import ED25519, NoteWrong, Verifier
from guitu.ledger.log.objects import read_object
from guitu.ledger.log.tree import HASH_BYTES, Subtree, node_hash, perfect_subtrees, root

FORMAT = "guitu-fork/1"


class ForkWrong(ValueError):
    """The text is no proof of a fork; the text of the fault says why."""


@dataclass(frozen=True)
class Fork:
    """What a proof shows: two checkpoints, both signed by the log, that cannot be of one history."""

    log: Verifier
    older: Checkpoint
    newer: Checkpoint


def write(log: Verifier, older: str, newer: str, subtrees: Sequence[bytes] = ()) -> str:
    """The proof as text; the notes as the log published them."""
    proof = {
        "format": FORMAT,
        "log": str(log),
        "older": older,
        "newer": newer,
        "subtrees": [base64.b64encode(one).decode() for one in subtrees],
    }
    return json.dumps(proof, ensure_ascii=False, indent=1) + "\n"


def shown_by(subtree: Subtree, old: int, new: int) -> list[bytes]:
    """The hashes that a proof about these two sizes holds, read from the newer tree."""
    return [subtree(level, index) for level, index in _pieces(old, new)]


def is_one(text: str) -> bool:
    """Whether the text says of itself that it is such a proof."""
    try:
        return bool(read_object(text).get("format") == FORMAT)
    except ValueError:
        return False


def verify(text: str, *, logs: Mapping[str, Verifier] | None = None) -> Fork:
    """What the proof shows; with `logs` (keys by origin) only about a log that is known. Raises ForkWrong."""
    try:
        stated = read_object(text)
        if stated["format"] != FORMAT:
            raise ForkWrong("not a proof of a fork")
        log = notes.read_verifier(stated["log"])
        if log.kind != ED25519 or (logs is not None and logs.get(log.name) != log):
            raise ForkWrong(f"the log {log.name} is not known")
        older, newer = (checkpoints.opened(stated[name], log)[0] for name in ("older", "newer"))
        hashes = [base64.b64decode(one, validate=True) for one in stated["subtrees"]]
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        if isinstance(fault, ForkWrong):
            raise
        said = str(fault) if isinstance(fault, NoteWrong | CheckpointWrong) else "not a proof of a fork"
        raise ForkWrong(said) from fault
    if not contradict(older, newer, hashes):
        raise ForkWrong("the two checkpoints may be of one history")
    return Fork(log, older, newer)


def contradict(older: Checkpoint, newer: Checkpoint, hashes: Sequence[bytes]) -> bool:
    """Whether the hashes show that no tree can have both roots."""
    if older.size == newer.size:
        return older.root != newer.root
    places = _pieces(older.size, newer.size)
    if older.size > newer.size or len(places) != len(hashes) or any(len(one) != HASH_BYTES for one in hashes):
        return False
    subtree = _joined(dict(zip(places, hashes, strict=True)))
    return root(subtree, newer.size) == newer.root and root(subtree, older.size) != older.root


def _pieces(old: int, new: int) -> list[tuple[int, int]]:
    return perfect_subtrees(0, old) + perfect_subtrees(old, new)


def _joined(known: Mapping[tuple[int, int], bytes]) -> Subtree:
    """Reads the hash of any perfect subtree that the known ones make up."""

    def subtree(level: int, index: int) -> bytes:
        held = known.get((level, index))
        if held is not None:
            return held
        return node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))

    return subtree
