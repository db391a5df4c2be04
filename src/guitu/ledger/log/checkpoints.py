"""Checkpoints (C2SP tlog-checkpoint): the signed statement "at this size the root is this"."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guitu.ledger.log import notes
from guitu.ledger.log.notes import Note, Verifier
from guitu.ledger.log.tree import EMPTY_ROOT, HASH_BYTES
from guitu.ledger.suites import Signer

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_HEAD_LINES = 3


class CheckpointWrong(ValueError):
    """A text is not the checkpoint of the log that was expected."""


@dataclass(frozen=True)
class Checkpoint:
    """The log's name (`origin`), its number of leaves and the root of them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, key: Ed25519PrivateKey, national: Signer | None = None) -> Note:
        """The note that the log publishes: signed under the name of its origin, with SM2 too if it has such a key."""
        lines = [notes.sign(self.text, self.origin, key)]
        if national is not None:
            lines.append(notes.sign_nationally(self.text, self.origin, national))
        return Note(self.text, tuple(lines))


def read(text: str) -> Checkpoint:
    """The checkpoint that a note's text states; further lines are let pass. Raises CheckpointWrong."""
    lines = text.split("\n")
    if len(lines) <= _HEAD_LINES or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise CheckpointWrong("not a checkpoint")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as fault:
        raise CheckpointWrong("the root is not base64") from fault
    if len(root) != HASH_BYTES:
        raise CheckpointWrong("the root has another length")
    if lines[1] == "0" and root != EMPTY_ROOT:
        raise CheckpointWrong("a tree of no leaves has one root")
    return Checkpoint(lines[0], int(lines[1]), root)


def opened(published: str, log: Verifier) -> tuple[Checkpoint, Note]:
    """The checkpoint in a published note, which must be signed by the log itself. Raises NoteWrong, CheckpointWrong."""
    note = notes.read(published)
    if note.signed_by(log) is None:
        raise CheckpointWrong(f"not signed by {log.name}")
    checkpoint = read(note.text)
    if checkpoint.origin != log.name:
        raise CheckpointWrong(f"the checkpoint of another log: {checkpoint.origin}")
    return checkpoint, note
