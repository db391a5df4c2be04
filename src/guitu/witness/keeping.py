"""What a witness keeps: its own key, the logs it knows, and of each the last size and root it has signed."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guitu.ledger.log import notes
from guitu.ledger.log.notes import COSIGNATURE, NoteWrong, Verifier

KEY, LOGS, LOCK = "witness-key", "logs", "lock"


class FolderTaken(RuntimeError):
    """Another process is the witness of this folder; two of them could each sign another growth."""


class FolderWrong(ValueError):
    """What the folder holds is not what a witness has written: nothing is signed over it."""


@dataclass(frozen=True)
class Seen:
    """The last checkpoint that was co-signed; `note` is what the log had signed, by which a fork can be shown."""

    size: int
    root: bytes
    note: str = ""


class Kept:
    """The folder of a witness; made on first use, its key with mode 0600. Raises FolderWrong for a key that is none."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        folder.mkdir(parents=True, exist_ok=True)
        self.key = self._own_key()

    @property
    def verifier(self) -> Verifier:
        """The public key under the witness's name: what a policy lists."""
        return notes.verifier_of(self.name, self.key, kind=COSIGNATURE)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """The folder for this process alone, as long as the block lasts. Raises FolderTaken."""
        with (self.folder / LOCK).open("w", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise FolderTaken(f"another guitu-witness is at work in {self.folder}") from fault
            yield

    def logs(self) -> dict[str, Verifier]:
        """The keys of the known logs by their names, from the file ``logs`` (a key a line). Raises NoteWrong."""
        path = self.folder / LOGS
        try:
            lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        except UnicodeDecodeError as fault:
            raise NoteWrong(f"{path} is not UTF-8") from fault
        known = [notes.read_verifier(line) for line in lines if line.strip() and not line.startswith("#")]
        return {verifier.name: verifier for verifier in known}

    def seen(self, origin: str) -> Seen:
        """How far this log had grown when it was co-signed last; nothing, the first time. Raises FolderWrong."""
        path = self._path(origin)
        if not path.is_file():
            return Seen(0, b"")
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            seen = Seen(int(held["size"]), base64.b64decode(held["root"], validate=True), str(held.get("note", "")))
        except (ValueError, KeyError, TypeError) as fault:
            raise FolderWrong(f"{path} cannot be read") from fault
        if seen.size < 0 or len(seen.root) != hashlib.sha256().digest_size:
            raise FolderWrong(f"{path} names no root that was signed")
        return seen

    def keep(self, origin: str, seen: Seen) -> None:
        """Remember before anything is signed: whole on disk, or not at all."""
        stated = {"origin": origin, "size": seen.size, "root": base64.b64encode(seen.root).decode(), "note": seen.note}
        self._write(self._path(origin), json.dumps(stated))

    def expose(self, proof: str) -> Path:
        """Keep the proof that a log has forked, once; the file that holds it."""
        path = self.folder / f"fork-{hashlib.sha256(proof.encode()).hexdigest()[:32]}.json"
        if not path.is_file():
            self._write(path, proof)
        return path

    def _write(self, path: Path, text: str) -> None:
        building = path.with_suffix(".building")
        with building.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        building.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, origin: str) -> Path:
        return self.folder / f"seen-{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"

    def _own_key(self) -> Ed25519PrivateKey:
        path = self.folder / KEY
        if not path.is_file():
            building = path.with_name(f".{KEY}.{os.getpid()}")
            handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # whoever was quicker has made the key
                os.link(building, path)
            building.unlink()
        try:
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text(encoding="ascii")))
        except ValueError as fault:
            raise FolderWrong(f"{path} holds no key") from fault
