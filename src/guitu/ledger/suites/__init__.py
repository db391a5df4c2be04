"""The two cryptographic suites behind one interface: ``intl`` and ``gm`` (国密).

A suite seals values, makes keyed digests and signs. Which suite a value, a digest or a signature is of follows from the
key it was made with; every key belongs to one suite (keyring).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

INTL, GM = "intl", "gm"
NAMES = (INTL, GM)
Signing = Literal["Ed25519", "SM2-with-SM3"]
NONCE_BYTES, TAG_BYTES, MAC_BYTES, SIGNATURE_BYTES = 12, 16, 32, 64


class SuiteMissing(RuntimeError):
    """A suite is asked for that cannot work here; the text says what is lacking."""


class Tampered(ValueError):
    """A sealed value was changed, or belongs to another place."""


@dataclass(frozen=True)
class Signer:
    """A key that signs: its private part (32 bytes) and its public one (Ed25519 32 bytes, SM2 64: x and y)."""

    private: bytes
    public: bytes


class Suite(Protocol):
    """What a suite can do. All keys, nonces and results are bytes of fixed length."""

    name: str
    algorithms: tuple[str, str]
    """What seals and what makes keyed digests, as the standards name them."""
    signing: Signing
    key_bytes: int
    """Length of a key that seals values."""

    def seal(self, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """`plain` encrypted, its tag behind it; `bound` is authenticated with it and not contained."""
        ...

    def open(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """What `seal` was given. Raises Tampered."""
        ...

    def mac(self, key: bytes, message: bytes) -> bytes:
        """A keyed digest of 32 bytes."""
        ...

    def signer(self, private: bytes, public: bytes | None) -> Signer:
        """The key pair; Ed25519 derives the public part, SM2 must be given it. Raises ValueError if they do not fit."""
        ...

    def sign(self, signer: Signer, message: bytes) -> bytes:
        """A signature of 64 bytes (SM2: r and s, 32 bytes each)."""
        ...

    def holds(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is that key's signature of `message`."""
        ...


def suite(name: str) -> Suite:
    """The suite of that name. Raises SuiteMissing for an unknown one."""
    from guitu.ledger.suites.gm import GuoMi
    from guitu.ledger.suites.intl import International

    known: dict[str, Suite] = {INTL: International(), GM: GuoMi()}
    try:
        return known[name]
    except KeyError as error:
        raise SuiteMissing(f"there is no suite {name!r}; known are {', '.join(NAMES)}") from error
