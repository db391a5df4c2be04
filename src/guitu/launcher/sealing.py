"""Backup files and copies of keys in the age format (age-encryption.org/v1).

A backup is sealed from its first byte to a public key whose private half is elsewhere. Inside lie a line that names the
format, a description, the dump, and a code over all three that only the holder of the field keys could have made: a
file by anybody else is refused before a word of it reaches the database.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, TypeAlias

import pyrage  # type: ignore[import-untyped]

from guitu.launcher.speech import LauncherError

FORMAT = 1
SealingFailed = pyrage.EncryptError
PublicKey: TypeAlias = Any  # pyrage.x25519.Recipient and Identity: the library comes without types
PrivateKey: TypeAlias = Any
_MAGIC = b"GUITU BACKUP 1\n"
_LENGTH_BYTES = 8
_CODE_BYTES = 32
_LONGEST_DESCRIPTION = 32 * 1024 * 1024


@dataclass(frozen=True)
class Description:
    """What a backup says about itself: no name and no number of a person.

    ``kind`` DEMONSTRATION or REAL, ``migrations`` as ``room/name``, ``counts`` rows of each table at that moment,
    ``files`` the texts that the installation keeps beside its database.
    """

    format: int
    made_at: str
    kind: str
    version: str
    postgres: int
    keys: str
    rooms: list[str]
    migrations: list[str]
    counts: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)


def fingerprint(data_keys: str) -> str:
    """Return a digest by which a set of field keys is recognised and nothing is learnt of them."""
    return hashlib.sha256(b"guitu field keys\0" + _canonical(data_keys)).hexdigest()[:32]


def lineage(data_keys: str) -> str:
    """Return a digest by which an installation's keys are recognised whatever rotations came since."""
    return hashlib.sha256(b"guitu lineage\0" + base64.b64decode(json.loads(data_keys)["seal"])).hexdigest()[:32]


def proof_key(data_keys: str) -> bytes:
    """Return the key of the code that closes a backup, derived from the installation's seal."""
    return hashlib.sha256(b"guitu backup\0" + base64.b64decode(json.loads(data_keys)["seal"])).digest()


def _canonical(data_keys: str) -> bytes:
    return json.dumps(json.loads(data_keys), sort_keys=True).encode()


class _Packing:
    """A stream of the description, the dump and the code, to be read once. ``ended`` is called at the dump's end and
    raises if the dump is not whole."""

    def __init__(self, description: Description, dump: IO[bytes], key: bytes, ended: Callable[[], None]) -> None:
        text = json.dumps(asdict(description), ensure_ascii=False).encode()
        self._waiting = _MAGIC + len(text).to_bytes(_LENGTH_BYTES, "big") + text
        self._code = hmac.new(key, self._waiting, hashlib.sha256)
        self._dump: IO[bytes] | None = dump
        self._ended = ended

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; empty when everything has been read."""
        if not self._waiting and self._dump is not None:
            block = self._dump.read(65536)
            self._code.update(block)
            self._waiting = block
            if not block:
                self._ended()
                self._dump = None
                self._waiting = self._code.digest()
        size = len(self._waiting) if size < 0 else size
        given, self._waiting = self._waiting[:size], self._waiting[size:]
        return given


class _Unpacking:
    """Takes the opened stream: keeps the description, hands the dump on, keeps the code apart."""

    def __init__(self, dump: IO[bytes] | None, key: bytes | None) -> None:
        self.description: Description | None = None
        self.readable = True
        self._dump = dump
        self._held = b""
        self._code = None if key is None else hmac.new(key, b"", hashlib.sha256)

    def write(self, block: bytes) -> int:
        """Take the next bytes."""
        self._held += block
        if self.description is None:
            if not self.readable:
                self._held = b""
                return len(block)
            self._read_description()
        if self.description is not None and len(self._held) > _CODE_BYTES:
            ready, self._held = self._held[:-_CODE_BYTES], self._held[-_CODE_BYTES:]
            self._count(ready)
            if self._dump is not None:
                self._dump.write(ready)
        return len(block)

    def flush(self) -> None:
        """Nothing waits here that could be passed on."""

    def proven(self) -> bool:
        """Say whether the code at the end is that of everything before it."""
        return self._code is not None and hmac.compare_digest(self._code.digest(), self._held)

    def _count(self, block: bytes) -> None:
        if self._code is not None:
            self._code.update(block)

    def _read_description(self) -> None:
        start = len(_MAGIC) + _LENGTH_BYTES
        if len(self._held) < start:
            return
        length = int.from_bytes(self._held[len(_MAGIC) : start], "big")
        if not self._held.startswith(_MAGIC) or length > _LONGEST_DESCRIPTION:
            self.readable = False
            return
        if len(self._held) < start + length:
            return
        facts = json.loads(self._held[start : start + length])
        self._count(self._held[: start + length])
        self._held = self._held[start + length :]
        self.description = Description(**facts)


def new_pair() -> tuple[str, str]:
    """Return a new private key and its public half, as text."""
    pair = pyrage.x25519.Identity.generate()
    return str(pair), str(pair.to_public())


def read_recipient(text: str) -> PublicKey:
    """Return the public key in the text. Raises LauncherError when it is none."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise LauncherError(
            "备份公钥无法识别,应以 age1 开头。", "That is no public key for backups; one begins with age1.", exit_code=2
        ) from error


def read_identity(path: Path) -> PrivateKey:
    """Return the private key in the file (lines that begin with # are left out). Raises LauncherError."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        return pyrage.x25519.Identity.from_str(next(line for line in lines if line and not line.startswith("#")))
    except (OSError, UnicodeDecodeError, StopIteration, pyrage.IdentityError) as error:
        raise LauncherError(
            f"{path} 中没有可用的备份私钥。", f"{path} holds no private key for backups.", exit_code=2
        ) from error


def pack(
    description: Description,
    dump: IO[bytes],
    into: IO[bytes],
    *,
    recipient: PublicKey,
    key: bytes,
    ended: Callable[[], None],
) -> None:
    """Seal description and dump into the file. Raises what ``ended`` raises, as pyrage.EncryptError or OSError."""
    pyrage.encrypt_io(_Packing(description, dump, key, ended), into, [recipient])


def unpack(path: Path, identity: PrivateKey, *, dump: IO[bytes] | None, key: bytes | None) -> Description:
    """Open a backup, hand the dump on when ``dump`` is given, and return its description.

    With ``key`` the code at the end is proven. Raises LauncherError when the file is not for this private key, is cut
    short or changed, or was not made by the holder of the field keys.
    """
    taken = _Unpacking(dump, key)
    try:
        with path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, taken, [identity])
    except FileNotFoundError as error:
        raise LauncherError(f"没有文件 {path}。", f"There is no file {path}.", exit_code=2) from error
    except pyrage.DecryptError as error:
        raise LauncherError(
            f"{path} 打不开:不是备份,或不是为这把私钥加密的。",
            f"{path} does not open: it is no backup, or it is not for this private key.",
            exit_code=2,
        ) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise LauncherError(
            f"{path} 不完整或被改动过,未作任何恢复。",
            f"{path} is cut short or was changed; nothing was restored.",
            exit_code=2,
        ) from error
    if taken.description is None:
        raise LauncherError(
            f"{path} 不是本版本能读的归途备份;若由较新的版本制作,请用那个版本恢复。",
            f"{path} is no backup that this version can read; if a newer version made it, restore it with that one.",
            exit_code=2,
        )
    if key is not None and not taken.proven():
        raise LauncherError(
            f"{path} 不是由持有这套数据密钥的归途制作的,未作任何恢复。",
            f"{path} was not made by an installation with these field keys; nothing was restored.",
            exit_code=2,
        )
    return taken.description


def lock_with_passphrase(text: str, passphrase: str) -> bytes:
    """Return the text under a passphrase (scrypt, age format, readable armour)."""
    sealed: bytes = pyrage.passphrase.encrypt(text.encode(), passphrase, armored=True)
    return sealed


def open_with_passphrase(sealed: bytes, passphrase: str) -> str:
    """Return what ``lock_with_passphrase`` was given. Raises LauncherError for a wrong passphrase or another file."""
    try:
        text: str = pyrage.passphrase.decrypt(sealed, passphrase).decode()
    except (pyrage.DecryptError, OSError, UnicodeDecodeError) as error:
        raise LauncherError(
            "口令不对,或文件不是密钥副本。", "The passphrase is wrong, or the file is no copy of keys.", exit_code=2
        ) from error
    return text
