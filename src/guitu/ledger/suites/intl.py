"""Suite ``intl``: AES-256-GCM (NIST SP 800-38D), HMAC-SHA-256 (FIPS 198-1), Ed25519 (RFC 8032)."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guitu.ledger.suites import INTL, Signer, Signing, Tampered


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=8)
def _private(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key)


class International:
    """The suite of foreign verifiers."""

    name = INTL
    algorithms = ("AES-256-GCM", "HMAC-SHA-256")
    signing: Signing = "Ed25519"
    key_bytes = 32

    def seal(self, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """As Suite.seal."""
        return _cipher(key).encrypt(nonce, plain, bound)

    def open(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """As Suite.open."""
        try:
            return _cipher(key).decrypt(nonce, sealed, bound)
        except InvalidTag as error:
            raise Tampered("the tag does not hold") from error

    def mac(self, key: bytes, message: bytes) -> bytes:
        """As Suite.mac."""
        return hmac.new(key, message, hashlib.sha256).digest()

    def signer(self, private: bytes, public: bytes | None) -> Signer:
        """As Suite.signer."""
        derived = _private(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        if public is not None and public != derived:
            raise ValueError("the public key does not fit the private one")
        return Signer(private, derived)

    def sign(self, signer: Signer, message: bytes) -> bytes:
        """As Suite.sign."""
        return _private(signer.private).sign(message)

    def holds(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """As Suite.holds."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True
