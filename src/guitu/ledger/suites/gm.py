"""Suite ``gm`` (国密): SM4-GCM (GB/T 32907, RFC 8998), HMAC-SM3 (GB/T 32905), SM2 with SM3 (GB/T 32918.2 and .5).

SM3 and SM4 come with `cryptography`, SM2 with the optional extra ``gm`` (gmssl-pyx); nothing is computed here. Without
the extra nothing can be signed or verified, and an installation of this suite does not start.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from guitu.ledger.suites import GM, SIGNATURE_BYTES, TAG_BYTES, Signer, Signing, SuiteMissing, Tampered

LIBRARY = "gmssl_pyx"
_HALF = 32
_PUBLIC_BYTES = 64


@lru_cache(maxsize=1)
def _sm2() -> Any:
    try:
        return importlib.import_module(LIBRARY)
    except ImportError as error:
        raise SuiteMissing(
            "国密套件缺少 SM2:请安装附加依赖 gm(gmssl-pyx) · suite gm has no SM2 here: install the extra gm (gmssl-pyx)"
        ) from error


@lru_cache(maxsize=8)
def _pair(private: bytes, public: bytes) -> Signer:
    """The pair, once it has been seen that the one verifies what the other signs."""
    library, said = _sm2(), b"guitu"
    try:
        fits = library.sm2_verify(public, said, library.sm2_sign(private, public, said))
    except library.GmsslInnerError as error:
        raise ValueError("not an SM2 key pair") from error
    if not fits:
        raise ValueError("the public key does not fit the private one")
    return Signer(private, public)


def is_there() -> bool:
    """Whether this machine can sign and verify with SM2."""
    try:
        _sm2()
    except SuiteMissing:
        return False
    return True


class GuoMi:
    """The national suite. The signer's identity is the default of GB/T 32918.2: 1234567812345678."""

    name = GM
    algorithms = ("SM4-GCM", "HMAC-SM3")
    signing: Signing = "SM2-with-SM3"
    key_bytes = 16

    def seal(self, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """As Suite.seal."""
        try:
            sealing = Cipher(SM4(key), GCM(nonce)).encryptor()
        except UnsupportedAlgorithm as error:
            raise SuiteMissing("此处的密码库没有 SM4-GCM · the library here offers no SM4-GCM") from error
        sealing.authenticate_additional_data(bound)
        return sealing.update(plain) + sealing.finalize() + sealing.tag

    def open(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """As Suite.open."""
        if len(sealed) < TAG_BYTES:
            raise Tampered("the value is cut short")
        opening = Cipher(SM4(key), GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        opening.authenticate_additional_data(bound)
        try:
            return opening.update(sealed[:-TAG_BYTES]) + opening.finalize()
        except InvalidTag as error:
            raise Tampered("the tag does not hold") from error

    def mac(self, key: bytes, message: bytes) -> bytes:
        """As Suite.mac."""
        made = HMAC(key, SM3())
        made.update(message)
        return made.finalize()

    def signer(self, private: bytes, public: bytes | None) -> Signer:
        """As Suite.signer; SM2 keys are kept with their public part. Raises SuiteMissing without the extra."""
        if public is None:
            raise ValueError("an SM2 key is kept with its public part")
        return _pair(private, public)

    def sign(self, signer: Signer, message: bytes) -> bytes:
        """As Suite.sign. Raises SuiteMissing without the extra."""
        r, s = decode_dss_signature(_sm2().sm2_sign(signer.private, signer.public, message))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    def holds(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """As Suite.holds. Raises SuiteMissing without the extra."""
        library = _sm2()
        if len(signature) != SIGNATURE_BYTES or len(public) != _PUBLIC_BYTES:
            return False
        r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
        try:
            return bool(library.sm2_verify(public, message, encode_dss_signature(r, s)))
        except library.GmsslInnerError:  # a key that is no point of the curve has signed nothing
            return False
