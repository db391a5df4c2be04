"""Sealing, finding, marking and signing with the installation's keyring (decisions 9, 12; adr/0038).

A sealed value names suite and key; so values of several keys stand beside each other until they are sealed anew.
Signatures do not: each key of the ring is tried. Suites: guitu.ledger.suites.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from guitu.ledger.keyring import Key, KeyMissing, ring
from guitu.ledger.suites import NONCE_BYTES, Signing, Tampered

__all__ = ["KeyMissing", "SealKey", "ValueTampered"]


class ValueTampered(ValueError):
    """An encrypted value does not belong to this person and item, or was changed."""


@dataclass(frozen=True)
class SealKey:
    """The public side of a key that signs: its algorithm, id in the ring, and raw bytes."""

    algorithm: Signing
    key_id: str
    public: bytes


def encrypt(plain: str, *, belongs_to: str) -> bytes:
    """`plain` encrypted under the current key; `belongs_to` (person and item) is bound as associated data.

    Returns the label of suite and key (length first), the nonce and the ciphertext.
    """
    return encrypt_bytes(plain.encode(), belongs_to=belongs_to)


def encrypt_bytes(plain: bytes, *, belongs_to: str) -> bytes:
    """What `encrypt` does, for the bytes of a document."""
    key, nonce = ring().current, os.urandom(NONCE_BYTES)
    label = key.label.encode()
    return bytes([len(label)]) + label + nonce + key.suite.seal(key.value, nonce, plain, belongs_to.encode())


def decrypt(sealed: bytes | memoryview, *, belongs_to: str) -> str:
    """The text that `encrypt` was given. Raises ValueTampered if the value was moved to another person or changed,
    KeyMissing if its key is not in the ring."""
    return decrypt_bytes(sealed, belongs_to=belongs_to).decode()


def decrypt_bytes(sealed: bytes | memoryview, *, belongs_to: str) -> bytes:
    """The bytes that `encrypt_bytes` was given. Raises as `decrypt` does."""
    sealed = bytes(sealed)
    label = label_of(sealed)
    key = _named(label)
    start = 1 + sealed[0]
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return key.suite.open(key.value, nonce, body, belongs_to.encode())
    except Tampered as error:
        raise ValueTampered("encrypted value does not belong here") from error


def label_of(sealed: bytes | memoryview) -> str:
    """The suite and key that a sealed value names, ``suite/key id``. Raises ValueTampered when it names none."""
    sealed = bytes(sealed)
    try:
        return sealed[1 : 1 + sealed[0]].decode("ascii")
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueTampered("not an encrypted value") from error


def current_label() -> str:
    """The label under which values are sealed now."""
    return ring().current.label


def _named(label: str) -> Key:
    """The key of a label; one without a suite is of an older installation and means its key id alone."""
    stated, _, key_id = label.rpartition("/")
    try:
        key = ring().keys[key_id]
    except KeyError as error:
        raise KeyMissing(f"the keyring holds no key {key_id!r}") from error
    if stated not in {"", key.suite.name}:
        raise ValueTampered(f"key {key_id!r} is not of suite {stated!r}")
    return key


def blind_index(kind: str, value: str) -> bytes:
    """A keyed digest (32 bytes) by which equal values are found without being readable, under the current key."""
    return _digest(ring().current, kind, value)


def blind_indexes(kind: str, value: str) -> list[bytes]:
    """The digest under every key of the ring, the current one first: a value is sought under all of them."""
    held = ring()
    others = [key for key in held.keys.values() if key.id != held.current.id]
    return [_digest(key, kind, value) for key in (held.current, *others)]


def mark(kind: str, value: str) -> bytes:
    """A keyed digest (32 bytes) that never changes: for codes on paper, handles and one-time codes, whose text is kept
    nowhere and could not be digested anew."""
    held = ring()
    return held.mark_suite.mac(held.mark, f"{kind}\x1f{value}".encode())


def _digest(key: Key, kind: str, value: str) -> bytes:
    return key.suite.mac(key.index, f"{kind}\x1f{value}".encode())


def sign(message: bytes) -> bytes:
    """This installation's signature of `message` under the current key (64 bytes)."""
    key = ring().current
    return key.suite.sign(key.signer, message)


def verify(message: bytes, signature: bytes) -> bool:
    """Whether `signature` is this installation's own signature of `message`, by any key it has or had."""
    return signed_with(message, signature) is not None


def signed_with(message: bytes, signature: bytes) -> SealKey | None:
    """The key of this installation, retired ones too, whose signature of `message` this is; None when it is none's."""
    held = ring()
    live = sorted(held.keys.values(), key=lambda key: key.id != held.current.id)
    known = [(key.suite, key.id, key.signer.public) for key in live]
    known += [(gone.suite, gone.id, gone.public) for gone in held.retired]
    for suite, key_id, public in known:
        if suite.holds(public, message, signature):
            return SealKey(suite.signing, key_id, public)
    return None


def public_key() -> SealKey:
    """The public side of the key that signs now."""
    key = ring().current
    return SealKey(key.suite.signing, key.id, key.signer.public)
