"""Signed notes (C2SP signed-note) with Ed25519, and the co-signatures of witnesses (tlog-cosignature, version 1).

A log may sign a second time with SM2 and SM3 (kind 0xff, which the format keeps for kinds without a number, then the
name of this one): the same text, the key's id made as for the others; who does not know the key passes over the line.

A note is a text that ends with a line break, an empty line, and lines ``— <name> <base64(key id ‖ signature)>``. A key
is named by a text without spaces or plus signs; its id is the first four bytes of SHA-256(name ‖ LF ‖ kind ‖ key).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guitu.ledger.suites import GM, Signer, suite

ED25519, COSIGNATURE, UNNUMBERED = 1, 4, 0xFF
SM2_SM3 = b"sm2-with-sm3/v1\n"
_DASH = "— "
_ID_BYTES, _KEY_BYTES, _SM2_BYTES, _TIME_BYTES = 4, 32, 64, 8
MOST_BYTES, MOST_LINES = 1_000_000, 100


class NoteWrong(ValueError):
    """A note is not well formed, or a signature that had to hold does not."""

    names_no_person = True
    """The journal may have its words: they tell of a file of the installation."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its name and kind; its text form is ``name+hex(key id)+base64(kind ‖ public key)``."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names this key."""
        stated = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(stated).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        body = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{body}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether `signature` (without the key id) is this key's signature of the note's text."""
        message = text.encode()
        if self.kind == UNNUMBERED:
            return suite(GM).holds(self.public.removeprefix(SM2_SM3), message, signature)
        if self.kind == COSIGNATURE:
            if len(signature) <= _TIME_BYTES:
                return False
            message, signature = _timed(text, moment_of(signature)), signature[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signature:
    """One line below a note: the name and id of the key, and the signature."""

    name: str
    key_id: bytes
    body: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.body).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text and the signatures below it, not yet judged."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signed_by(self, verifier: Verifier) -> Signature | None:
        """The first signature of this key that holds. None when the key has not signed; raises NoteWrong when it has
        a line that does not hold (signed-note: a known key with a bad signature spoils the note)."""
        for one in self.signatures:
            if (one.name, one.key_id) == (verifier.name, verifier.key_id):
                if not verifier.holds(self.text, one.body):
                    raise NoteWrong(f"the signature of {verifier.name} does not hold")
                return one
        return None


def read_verifier(stated: str) -> Verifier:
    """The key that `stated` writes as text. Raises NoteWrong."""
    parts = stated.strip().split("+", 2)
    if len(parts) != 3 or not _is_name(parts[0]):
        raise NoteWrong(f"not a key: {stated!r}")
    body = _base64(parts[2])
    if not _is_key(body):
        raise NoteWrong(f"a key of an unknown kind: {stated!r}")
    verifier = Verifier(parts[0], body[0], body[1:])
    if verifier.key_id.hex() != parts[1]:
        raise NoteWrong(f"the key id does not fit the key: {stated!r}")
    return verifier


def read(text: str) -> Note:
    """The note that `text` holds. Raises NoteWrong for anything that is not a note (signed-note, section Format)."""
    if len(text.encode()) > MOST_BYTES:
        raise NoteWrong("the note is too long")
    if any(ord(sign) < ord(" ") and sign != "\n" for sign in text):
        raise NoteWrong("the note holds control characters")
    head, mark, tail = text.rpartition("\n\n")
    if not mark or not tail.endswith("\n"):
        raise NoteWrong("the note has no signatures")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_LINES:
        raise NoteWrong("the note has too many signatures")
    return Note(head + "\n", tuple(read_signatures(lines)))


def read_signatures(lines: Iterable[str]) -> list[Signature]:
    """The signature lines, read one by one. Raises NoteWrong."""
    found = []
    for line in lines:
        name, space, body = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not space or not _is_name(name):
            raise NoteWrong(f"not a signature line: {line!r}")
        raw = _base64(body)
        if len(raw) <= _ID_BYTES:
            raise NoteWrong(f"the signature of {name} is too short")
        found.append(Signature(name, raw[:_ID_BYTES], raw[_ID_BYTES:]))
    return found


def verifier_of(name: str, key: Ed25519PrivateKey, *, kind: int = ED25519) -> Verifier:
    """The public side of `key` under this name. Raises NoteWrong for a name that cannot stand in a note."""
    if not _is_name(name):
        raise NoteWrong(f"not a name of a key: {name!r}")
    return Verifier(name, kind, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def national_verifier(name: str, public: bytes) -> Verifier:
    """The verifier of a log's SM2 key (x and y, 64 bytes) under the log's name."""
    return Verifier(name, UNNUMBERED, SM2_SM3 + public)


def sign_nationally(text: str, name: str, signer: Signer) -> Signature:
    """The log's second signature of the note's text, with SM2 and SM3. Raises SuiteMissing without the library."""
    return Signature(name, national_verifier(name, signer.public).key_id, suite(GM).sign(signer, text.encode()))


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """The signature of a log under the note's text."""
    if not text.endswith("\n"):
        raise NoteWrong("the text of a note ends with a line break")
    return Signature(name, verifier_of(name, key).key_id, key.sign(text.encode()))


def cosign(text: str, name: str, key: Ed25519PrivateKey, *, seconds: int) -> Signature:
    """The co-signature of a witness that saw this checkpoint at `seconds` since 1970-01-01T00:00Z."""
    verifier = verifier_of(name, key, kind=COSIGNATURE)
    return Signature(name, verifier.key_id, struct.pack(">Q", seconds) + key.sign(_timed(text, seconds)))


def moment_of(cosignature: bytes) -> int:
    """The seconds since 1970-01-01T00:00Z that a co-signature states."""
    return int(struct.unpack(">Q", cosignature[:_TIME_BYTES])[0])


def _timed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _is_key(body: bytes) -> bool:
    if body[:1] == bytes([UNNUMBERED]):
        return body[1:].startswith(SM2_SM3) and len(body) == 1 + len(SM2_SM3) + _SM2_BYTES
    return len(body) == 1 + _KEY_BYTES and body[0] in {ED25519, COSIGNATURE}


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoteWrong("not base64") from fault
