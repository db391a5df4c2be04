"""A device with passkeys, in software: makes ES256 credentials and answers challenges as a browser would hand them on.

What it says can be bent (origin, host, counter, verification), so that every refusal is tried with a right signature.
"""

import hashlib
import json
import secrets
import struct

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "http://localhost"
HOST = "localhost"
PRESENT, VERIFIED, SYNCABLE, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class Device:
    """One credential with its private key; `handle` is the account's, given when it was made.

    `attachment` is where the browser says it lies; `flags` what the device says of it besides (able to be synced).
    """

    def __init__(self, *, attachment="platform", flags=0) -> None:
        self.attachment, self.flags = attachment, flags
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.count = 0
        self.handle = b""

    def make(self, options, *, origin=ORIGIN, host=None) -> str:
        """The answer to a registration, as the browser's JSON."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        point = self.private_key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", 32) + self.credential_id + cbor2.dumps(key)
        data = self._data(host or options["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = _client_data("webauthn.create", options["challenge"], origin)
        return self._told({"clientDataJSON": client, "attestationObject": attestation})

    def show(self, options, *, origin=ORIGIN, host=None, verified=True, count=None, handle=None, **bent) -> str:
        """The answer to a sign-in, as the browser's JSON; the counter goes up by one unless `count` names it."""
        self.count = self.count + 1 if count is None else count
        data = self._data(host or options["rpId"], PRESENT | (VERIFIED if verified else 0))
        client = _client_data("webauthn.get", bent.get("challenge", options["challenge"]), origin)
        signature = self.private_key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {"clientDataJSON": client, "authenticatorData": data, "signature": bent.get("signature", signature)}
        return self._told(answer | {"userHandle": self.handle if handle is None else handle})

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags | self.flags]) + struct.pack(">I", self.count)

    def _told(self, answer) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {key: bytes_to_base64url(value) for key, value in answer.items()}
        told = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps(told | {"authenticatorAttachment": self.attachment})


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()
