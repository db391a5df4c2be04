"""Keyrings for tests: of one suite, or of several keys; the SM2 pair is the example of GB/T 32918.5."""

import base64
import hashlib
import json
from typing import Any

SM2_PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
SM2_PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)


def key_of(suite: str, salt: str) -> dict[str, str]:
    """One key of a ring as the file states it; another salt, other keys (the SM2 pair is always the example)."""

    def made(what: str, length: int) -> str:
        return base64.b64encode(hashlib.sha256(f"{salt}{what}".encode()).digest()[:length]).decode()

    key = {"suite": suite, "value": made("value", 16 if suite == "gm" else 32), "index": made("index", 32)}
    if suite == "gm":
        pair = {"seal": SM2_PRIVATE, "public": SM2_PUBLIC}
        return key | {name: base64.b64encode(part).decode() for name, part in pair.items()}
    return key | {"seal": made("seal", 32)}


def ring_of(*suites: str, without: tuple[str, ...] = ()) -> str:
    """A ring with keys k1, k2, … of these suites, the last one current; those in `without` left out."""
    keys: dict[str, Any] = {f"k{n}": key_of(suite, f"k{n}") for n, suite in enumerate(suites, start=1)}
    last = list(keys)[-1]
    founding = key_of("intl", "founding")
    return json.dumps(
        {
            "current": last,
            "founded": suites[0],
            "keys": {name: key for name, key in keys.items() if name not in without},
            "blind_index": founding["index"],
            "seal": founding["seal"],
        }
    )
