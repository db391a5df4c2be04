"""The key with which this installation's log signs its checkpoints, and the log's name; held by the sequencer alone."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guitu.ledger.keys import KeyMissing
from guitu.ledger.log import notes
from guitu.ledger.log.notes import Verifier
from guitu.ledger.log.policies import SM2_LINE
from guitu.ledger.suites import GM, Signer, suite

FILE, NATIONAL, WITNESSES = "log-key", "log-key-gm", "witness-policy"
_NAMED_BY = 12


@lru_cache(maxsize=1)
def log_key() -> Ed25519PrivateKey:
    """The signing key, from GUITU_SECRET_LOG_KEY or GUITU_HOME/keys/log-key (base64 of 32 bytes). Raises KeyMissing."""
    text = os.environ.get("GUITU_SECRET_LOG_KEY")
    if not text:
        path = Path(os.environ.get("GUITU_HOME", "var")) / "keys" / FILE
        if not path.is_file():
            raise KeyMissing(f"the key of the log: set GUITU_SECRET_LOG_KEY or provide {path}")
        text = path.read_text(encoding="ascii")
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))


def log_verifier() -> Verifier:
    """The public side of the log's key under the log's name: GUITU_LOG_ORIGIN, else one that follows from the key."""
    key = log_key()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    origin = os.environ.get("GUITU_LOG_ORIGIN") or f"guitu/{hashlib.sha256(public).hexdigest()[:_NAMED_BY]}"
    return notes.verifier_of(origin, key)


@lru_cache(maxsize=1)
def national_key() -> Signer | None:
    """The SM2 pair of the log's second signature, from GUITU_SECRET_LOG_KEY_GM or GUITU_HOME/keys/log-key-gm (private
    and public part in base64); None where the installation has none. Raises SuiteMissing without the library."""
    text = os.environ.get("GUITU_SECRET_LOG_KEY_GM")
    if not text:
        path = Path(os.environ.get("GUITU_HOME", "var")) / "keys" / NATIONAL
        if not path.is_file():
            return None
        text = path.read_text(encoding="ascii")
    private, public = (base64.b64decode(part) for part in text.split())
    return suite(GM).signer(private, public)


def log_policy() -> str:
    """Whom to believe about this log, as a text (C2SP tlog-policy): its key, then what GUITU_WITNESS_POLICY, or else
    GUITU_HOME/witness-policy, says of witnesses; without either nobody is asked to co-sign. Its SM2 key, if any, stands
    in a remark that foreign readers pass over."""
    place = os.environ.get("GUITU_WITNESS_POLICY")
    path = Path(place) if place else Path(os.environ.get("GUITU_HOME", "var")) / WITNESSES
    stated = path.read_text(encoding="utf-8") if path.is_file() else "quorum none\n"
    log, national = log_verifier(), national_key()
    beside = f"{SM2_LINE} {notes.national_verifier(log.name, national.public)}\n" if national else ""
    return f"log {log}\n{beside}{stated}"
