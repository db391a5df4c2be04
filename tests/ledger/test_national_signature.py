"""The log's second signature: SM2 with SM3 of the same checkpoint, passed over by whoever does not know the key."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guitu.ledger import log_key
from guitu.ledger.log import checkpoints, notes, policies
from guitu.ledger.log.checkpoints import Checkpoint
from guitu.ledger.log.notes import NoteWrong
from guitu.ledger.suites import GM, suite
from tests.factories.rings import SM2_PRIVATE, SM2_PUBLIC

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = notes.verifier_of("guitu/tests", KEY)
NATIONAL = notes.national_verifier("guitu/tests", SM2_PUBLIC)
STATED = Checkpoint("guitu/tests", 3, bytes(32))
WITH_BOTH = f"log {LOG}\n{policies.SM2_LINE} {NATIONAL}\nquorum none\n"


def published() -> str:
    return str(STATED.signed(KEY, suite(GM).signer(SM2_PRIVATE, SM2_PUBLIC)))


def test_the_second_line_stands_beside_the_first_and_both_hold() -> None:
    text = published()
    assert text.count("— guitu/tests ") == 2
    assert policies.judge(text, policies.read(WITH_BOTH)).national == policies.HOLDS
    stated = b"guitu/tests\n\xffsm2-with-sm3/v1\n" + SM2_PUBLIC
    assert NATIONAL.key_id == hashlib.sha256(stated).digest()[:4]
    assert notes.read_verifier(str(NATIONAL)) == NATIONAL


def test_who_does_not_know_the_key_passes_over_the_line() -> None:
    alone = policies.read(f"log {LOG}\nquorum none\n")
    assert policies.judge(published(), alone).national == policies.NOT_LOOKED_AT
    assert checkpoints.opened(published(), LOG)[0] == STATED


def test_a_checkpoint_without_the_line_is_said_to_have_none() -> None:
    assert policies.judge(str(STATED.signed(KEY)), policies.read(WITH_BOTH)).national == policies.ABSENT


def test_a_line_that_does_not_hold_spoils_the_note() -> None:
    first, second = published().split("\n\n")[1].splitlines()
    raw = bytearray(base64.b64decode(second.split()[-1]))
    raw[-1] ^= 1
    bent = f"{STATED.text}\n{first}\n— guitu/tests {base64.b64encode(bytes(raw)).decode()}\n"
    with pytest.raises(NoteWrong, match="does not hold"):
        policies.judge(bent, policies.read(WITH_BOTH))
    other_size = published().replace("guitu/tests\n3\n", "guitu/tests\n4\n", 1)
    with pytest.raises(NoteWrong):
        policies.judge(other_size, policies.read(WITH_BOTH))


def test_the_log_states_its_second_key_where_it_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = " ".join(base64.b64encode(part).decode() for part in (SM2_PRIVATE, SM2_PUBLIC))
    monkeypatch.setenv("GUITU_SECRET_LOG_KEY", base64.b64encode(bytes(range(32))).decode())
    monkeypatch.setenv("GUITU_LOG_ORIGIN", "guitu/tests")
    monkeypatch.setenv("GUITU_SECRET_LOG_KEY_GM", pair)
    log_key.log_key.cache_clear()
    log_key.national_key.cache_clear()
    try:
        assert policies.read(log_key.log_policy()).national == {"guitu/tests": NATIONAL}
    finally:
        log_key.log_key.cache_clear()
        log_key.national_key.cache_clear()
