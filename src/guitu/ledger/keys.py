"""The keyring: field encryption, blind index and seal keys, read once from the environment or GUITU_HOME/keys.

Suite ``intl``: AES-256-GCM for values, HMAC-SHA-256 for the blind index, Ed25519 for seals (decisions 9, 12).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_NONCE_BYTES = 12


class KeyMissing(RuntimeError):
    """A key that this installation needs is in neither of its two places."""


class ValueTampered(ValueError):
    """An encrypted value does not belong to this person and item, or was changed."""


@lru_cache(maxsize=1)
def _keyring() -> dict[str, Any]:
    text = os.environ.get("GUITU_DATA_KEYS")
    if not text:
        path = Path(os.environ.get("GUITU_HOME", "var")) / "keys" / "data-keys.json"
        if not path.is_file():
            raise KeyMissing(f"the data keys: set GUITU_DATA_KEYS or provide {path}")
        text = path.read_text(encoding="ascii")
    ring: dict[str, Any] = json.loads(text)
    return ring


def _key(name: str) -> bytes:
    try:
        return base64.b64decode(_keyring()[name])
    except KeyError as error:
        raise KeyMissing(f"the keyring holds no {name!r}") from error


def _field_key(key_id: str) -> bytes:
    try:
        return base64.b64decode(_keyring()["keys"][key_id])
    except KeyError as error:
        raise KeyMissing(f"the keyring holds no field key {key_id!r}") from error


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt(plain: str, *, belongs_to: str) -> bytes:
    """`plain` encrypted under the current field key; `belongs_to` (person and item) is bound as associated data.

    Returns the key id (length first), the nonce and the ciphertext.
    """
    return encrypt_bytes(plain.encode(), belongs_to=belongs_to)


def encrypt_bytes(plain: bytes, *, belongs_to: str) -> bytes:
    """What `encrypt` does, for the bytes of a document."""
    key_id: str = _keyring()["current"]
    nonce = os.urandom(_NONCE_BYTES)
    body = _cipher(_field_key(key_id)).encrypt(nonce, plain, belongs_to.encode())
    return bytes([len(key_id)]) + key_id.encode() + nonce + body


def decrypt(sealed: bytes | memoryview, *, belongs_to: str) -> str:
    """The text that `encrypt` was given. Raises ValueTampered if the value was moved to another person or changed."""
    return decrypt_bytes(sealed, belongs_to=belongs_to).decode()


def decrypt_bytes(sealed: bytes | memoryview, *, belongs_to: str) -> bytes:
    """The bytes that `encrypt_bytes` was given. Raises ValueTampered as `decrypt` does."""
    sealed = bytes(sealed)
    start = 1 + sealed[0]
    key_id, nonce, body = sealed[1:start].decode(), sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
    try:
        return _cipher(_field_key(key_id)).decrypt(nonce, body, belongs_to.encode())
    except InvalidTag as error:
        raise ValueTampered("encrypted value does not belong here") from error


def blind_index(kind: str, value: str) -> bytes:
    """A keyed digest by which equal values are found without being readable (HMAC-SHA-256, 32 bytes)."""
    return hmac.new(_key("blind_index"), f"{kind}\x1f{value}".encode(), hashlib.sha256).digest()


def sign(message: bytes) -> bytes:
    """This installation's Ed25519 signature of `message` (64 bytes)."""
    return _seal_key().sign(message)


def verify(message: bytes, signature: bytes) -> bool:
    """Whether `signature` is this installation's own signature of `message`."""
    public: Ed25519PublicKey = _seal_key().public_key()
    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key() -> bytes:
    """The raw 32-byte Ed25519 public key of this installation."""
    return _seal_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _seal_key() -> Ed25519PrivateKey:
    return _signer(_key("seal"))


@lru_cache(maxsize=8)
def _signer(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key)
