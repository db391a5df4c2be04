"""Whether a witness co-signs (C2SP tlog-witness): growth of a log that it knows, never a fork or a rollback."""

from __future__ import annotations

import base64
import binascii
import re
import sys
import threading
from dataclasses import dataclass

from guitu.ledger.log import checkpoints, forks, notes
from guitu.ledger.log.checkpoints import CheckpointWrong
from guitu.ledger.log.notes import Note, NoteWrong, Verifier
from guitu.ledger.log.tree import ProofWrong, verify_consistency
from guitu.witness.keeping import FolderWrong, Kept, Seen

MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
OK, MALFORMED, UNSIGNED, UNKNOWN_LOG, CONFLICT, UNPROVED, BROKEN = 200, 400, 403, 404, 409, 422, 500


@dataclass(frozen=True)
class Answer:
    """The status, and the co-signature line or, with CONFLICT, the size that the witness holds."""

    status: int
    body: str = ""


class Witness:
    """Judges one checkpoint after the other."""

    def __init__(self, kept: Kept) -> None:
        self._kept, self._one_at_a_time = kept, threading.Lock()

    def add_checkpoint(self, body: str, *, seconds: int) -> Answer:
        """The answer: co-signed, as of `seconds` since 1970-01-01T00:00Z, once size and root are on disk. Where they
        cannot be written, or what was seen last cannot be read, nothing is signed."""
        try:
            return self._judged(body, seconds=seconds)
        except (FolderWrong, OSError) as fault:
            sys.stderr.write(f"见证方的文件夹有误，没有签署 · its folder is not sound, nothing signed: {fault}\n")
            return Answer(BROKEN)

    def _judged(self, body: str, *, seconds: int) -> Answer:
        try:
            old, proof, note = _read(body)
            stated = checkpoints.read(notes.read(note).text)
        except (NoteWrong, CheckpointWrong, ValueError):
            return Answer(MALFORMED)
        try:
            log = self._kept.logs().get(stated.origin)
        except NoteWrong as fault:
            sys.stderr.write(f"日志名单读不懂 · the list of logs cannot be read: {fault}\n")
            return Answer(BROKEN)
        if log is None:
            return Answer(UNKNOWN_LOG)
        try:
            checkpoints.opened(note, log)
        except (NoteWrong, CheckpointWrong):
            return Answer(UNSIGNED)
        if old > stated.size:
            return Answer(MALFORMED)
        with self._one_at_a_time:
            seen = self._kept.seen(stated.origin)
            same = seen.size == stated.size and seen.root != stated.root
            if seen.size and same:
                self._expose(log, seen, note)
            if old != seen.size or (seen.size and same):
                return Answer(CONFLICT, f"{seen.size}\n")
            try:
                if seen.size:
                    verify_consistency(seen.size, stated.size, seen.root, stated.root, proof)
                elif proof:
                    raise ProofWrong("nothing precedes the first checkpoint")
            except ProofWrong:
                return Answer(UNPROVED)
            self._kept.keep(stated.origin, Seen(stated.size, stated.root, _bare(note, log)))
            line = notes.cosign(notes.read(note).text, self._kept.name, self._kept.key, seconds=seconds)
        return Answer(OK, str(line))

    def _expose(self, log: Verifier, seen: Seen, note: str) -> None:
        """Two checkpoints of one size, both signed by the log: what shows it is kept for whoever runs the witness."""
        if not seen.note:
            return
        place = self._kept.expose(forks.write(log, seen.note, _bare(note, log)))
        sys.stderr.write(f"日志分叉 · the log {log.name} has forked: {place}\n")


def _bare(note: str, log: Verifier) -> str:
    """The note with the log's signature alone."""
    whole = notes.read(note)
    line = whole.signed_by(log)
    return str(Note(whole.text, (line,) if line else ()))


def _read(body: str) -> tuple[int, list[bytes], str]:
    """The old size, the proof and the note of a request. Raises ValueError."""
    head, mark, note = body.partition("\n\n")
    lines = head.split("\n")
    old = _OLD.fullmatch(lines[0])
    if not mark or old is None or len(lines) - 1 > MOST_HASHES:
        raise ValueError("not a request")
    try:
        return int(old[1]), [base64.b64decode(line, validate=True) for line in lines[1:]], note
    except binascii.Error as fault:
        raise ValueError("a hash is not base64") from fault
