"""The keyring of an installation: which keys there are, of which suite, and which one is current.

Made and changed by the launcher alone (``./guitu keys``); read here from GUITU_DATA_KEYS or GUITU_HOME/keys. A process
sees a changed file at its next use: what is sealed after a rotation is sealed under the new key.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from guitu.ledger.suites import INTL, Signer, Suite, suite

FILE = "data-keys.json"


class KeyMissing(RuntimeError):
    """A key that this installation needs is in neither of its two places."""


@dataclass(frozen=True)
class Key:
    """One key of the ring: for values, for the blind index, for seals. All three are of its suite."""

    id: str
    suite: Suite
    value: bytes
    index: bytes
    signer: Signer

    @property
    def label(self) -> str:
        """How a sealed value names this key: ``suite/key id``."""
        return f"{self.suite.name}/{self.id}"


@dataclass(frozen=True)
class Retired:
    """What is left of a retired key: enough to verify what it has signed, nothing to open a value."""

    id: str
    suite: Suite
    public: bytes


@dataclass(frozen=True)
class Ring:
    """The current key, all keys by id, what is left of retired ones, and the key of marks, which never changes."""

    current: Key
    keys: Mapping[str, Key]
    retired: tuple[Retired, ...]
    mark_suite: Suite
    mark: bytes


def ring() -> Ring:
    """The ring as it is now. Raises KeyMissing without one, SuiteMissing when a suite cannot work here."""
    text = os.environ.get("GUITU_DATA_KEYS")
    if text:
        return _read(text)
    path = Path(os.environ.get("GUITU_HOME", "var")) / "keys" / FILE
    try:
        seen = path.stat()
    except FileNotFoundError as error:
        raise KeyMissing(f"the data keys: set GUITU_DATA_KEYS or provide {path}") from error
    return _read_file(path, seen.st_mtime_ns, seen.st_ino, seen.st_size)


@lru_cache(maxsize=4)
def _read_file(path: Path, _changed: int, _node: int, _size: int) -> Ring:
    return _read(path.read_text(encoding="ascii"))


@lru_cache(maxsize=4)
def _read(text: str) -> Ring:
    held: dict[str, Any] = json.loads(text)
    try:
        keys = {key_id: _key(key_id, stated, held) for key_id, stated in held["keys"].items()}
        retired = tuple(
            Retired(key_id, suite(stated["suite"]), base64.b64decode(stated["public"]))
            for key_id, stated in held.get("retired", {}).items()
        )
        founded = suite(held.get("founded", INTL))
        return Ring(keys[held["current"]], keys, retired, founded, base64.b64decode(held["blind_index"]))
    except KeyError as error:
        raise KeyMissing(f"the keyring holds no {error}") from error


def _key(key_id: str, stated: str | dict[str, str], held: Mapping[str, Any]) -> Key:
    """A key as the file states it; the first one of an older file is a bare text and shares the founding keys."""
    if isinstance(stated, str):
        stated = {"suite": INTL, "value": stated, "index": held["blind_index"], "seal": held["seal"]}
    of = suite(stated["suite"])
    public = base64.b64decode(stated["public"]) if "public" in stated else None
    return Key(
        key_id,
        of,
        base64.b64decode(stated["value"]),
        base64.b64decode(stated["index"]),
        of.signer(base64.b64decode(stated["seal"]), public),
    )
