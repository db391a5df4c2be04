"""Both suites: the examples of the standards, and the same tests of sealing, finding and signing for each."""

import importlib
import json

import pytest

from guitu.ledger import keys
from guitu.ledger.keyring import KeyMissing, ring
from guitu.ledger.suites import GM, INTL, NAMES, SuiteMissing, gm, suite
from tests.factories.rings import SM2_PRIVATE, SM2_PUBLIC, ring_of

PLACE = "019a0000-0000-7000-8000-000000000001:health"


@pytest.fixture(params=NAMES)
def named(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation with one key of the suite."""
    monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(request.param))
    return str(request.param)


@pytest.mark.parametrize(
    ("said", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_digests_of_gb_t_32905(said: bytes, digest: str) -> None:
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    made = Hash(SM3())
    made.update(said)
    assert made.finalize().hex() == digest


def test_sm4_gives_the_block_of_gb_t_32907() -> None:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    sealing = Cipher(SM4(block), ECB()).encryptor()
    assert sealing.update(block).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_seals_as_in_rfc_8998() -> None:
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = suite(GM).seal(key, nonce, plain, bound)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert suite(GM).open(key, nonce, sealed, bound) == plain


def test_sm2_accepts_the_signature_of_gb_t_32918_5_and_no_other() -> None:
    signature = bytes.fromhex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )
    assert suite(GM).holds(SM2_PUBLIC, b"message digest", signature)
    assert not suite(GM).holds(SM2_PUBLIC, b"message digesu", signature)
    assert not suite(GM).holds(SM2_PUBLIC, b"message digest", signature[:-1])
    assert not suite(GM).holds(SM2_PUBLIC, b"message digest", bytes(64))
    assert not suite(GM).holds(b"\x01" * 64, b"message digest", signature)


def test_ed25519_and_hmac_sha_256_give_the_results_of_rfc_8032_and_rfc_4231() -> None:
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    signer = suite(INTL).signer(private, None)
    assert signer.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert suite(INTL).sign(signer, b"").hex().startswith("e5564300c360ac729086e2cc806e828a")
    told = suite(INTL).mac(b"Jefe", b"what do ya want for nothing?").hex()
    assert told == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_a_value_is_sealed_names_its_suite_and_key_and_opens_only_in_its_place(named: str) -> None:
    sealed = keys.encrypt("高血压", belongs_to=PLACE)
    assert keys.label_of(sealed) == f"{named}/k1"
    assert "高血压".encode() not in sealed
    assert keys.decrypt(sealed, belongs_to=PLACE) == "高血压"
    assert sealed != keys.encrypt("高血压", belongs_to=PLACE)
    with pytest.raises(keys.ValueTampered):
        keys.decrypt(sealed, belongs_to=PLACE.replace("health", "religion"))
    with pytest.raises(keys.ValueTampered):
        keys.decrypt(sealed, belongs_to=PLACE.replace("1:", "2:"))


def test_a_value_with_any_byte_changed_or_cut_is_refused(named: str) -> None:
    sealed = keys.encrypt("高血压", belongs_to=PLACE)
    for at in range(len(sealed)):
        with pytest.raises((keys.ValueTampered, KeyMissing)):
            keys.decrypt(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], belongs_to=PLACE)
    with pytest.raises(keys.ValueTampered):
        keys.decrypt(sealed[:-1], belongs_to=PLACE)
    with pytest.raises(keys.ValueTampered):
        keys.decrypt(b"", belongs_to=PLACE)


def test_equal_values_are_found_and_nothing_else_is_equal(named: str) -> None:
    found = keys.blind_index("resident_id", "910101199001010013")
    assert found == keys.blind_index("resident_id", "910101199001010013")
    assert len(found) == 32
    others = {keys.blind_index("passport", "910101199001010013"), keys.mark("resident_id", "910101199001010013")}
    assert found not in others | {keys.blind_index("resident_id", "910101199001010021")}


def test_a_signature_holds_for_its_message_alone(named: str) -> None:
    signature = keys.sign("回执".encode())
    assert len(signature) == 64
    assert keys.verify("回执".encode(), signature)
    assert keys.signed_with("回执".encode(), signature) == keys.public_key()
    assert not keys.verify("回执!".encode(), signature)
    assert not keys.verify("回执".encode(), bytes([signature[0] ^ 1]) + signature[1:])


@pytest.mark.parametrize(("first", "then"), [(INTL, GM), (GM, INTL)])
def test_after_a_rotation_both_suites_are_read_searched_and_verified(
    first: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(first))
    old, signature = keys.encrypt("高血压", belongs_to=PLACE), keys.sign(b"receipt")
    index, mark, signer = keys.blind_index("kind", "1"), keys.mark("kind", "1"), keys.public_key()
    monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(first, then))
    assert keys.label_of(keys.encrypt("x", belongs_to=PLACE)) == f"{then}/k2"
    assert keys.decrypt(old, belongs_to=PLACE) == "高血压"
    assert keys.blind_index("kind", "1") != index
    assert index in keys.blind_indexes("kind", "1")
    assert keys.mark("kind", "1") == mark
    assert keys.signed_with(b"receipt", signature) == signer
    assert keys.public_key() != signer


def test_a_retired_key_opens_nothing_and_still_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(GM))
    old, signature = keys.encrypt("高血压", belongs_to=PLACE), keys.sign(b"receipt")
    held = json.loads(ring_of(GM, INTL, without=("k1",)))
    monkeypatch.setenv("GUITU_DATA_KEYS", json.dumps(held))
    assert not keys.verify(b"receipt", signature)  # control: nothing is left of the key
    public = json.loads(ring_of(GM))["keys"]["k1"]["public"]
    monkeypatch.setenv("GUITU_DATA_KEYS", json.dumps(held | {"retired": {"k1": {"suite": GM, "public": public}}}))
    assert keys.verify(b"receipt", signature)
    with pytest.raises(KeyMissing, match="k1"):
        keys.decrypt(old, belongs_to=PLACE)


def test_a_label_that_names_another_suite_than_its_keys_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(INTL))
    sealed = keys.encrypt("x", belongs_to=PLACE)
    forged = bytes([len(b"gm/k1")]) + b"gm/k1" + sealed[1 + sealed[0] :]
    with pytest.raises(keys.ValueTampered, match="suite"):
        keys.decrypt(forged, belongs_to=PLACE)


def test_the_ring_and_the_values_of_an_older_installation_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    held = json.loads(ring_of(INTL))
    stated = held["keys"]["k1"]
    older = {"current": "k1", "keys": {"k1": stated["value"]}, "blind_index": stated["index"], "seal": stated["seal"]}
    monkeypatch.setenv("GUITU_DATA_KEYS", json.dumps(held))
    sealed, index = keys.encrypt("高血压", belongs_to=PLACE), keys.blind_index("kind", "1")
    bare = bytes([2]) + b"k1" + sealed[1 + sealed[0] :]
    monkeypatch.setenv("GUITU_DATA_KEYS", json.dumps(older))
    assert keys.decrypt(bare, belongs_to=PLACE) == keys.decrypt(sealed, belongs_to=PLACE) == "高血压"
    assert keys.blind_index("kind", "1") == keys.mark("kind", "1") == index


def test_without_the_library_of_sm2_suite_gm_refuses_with_a_clear_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gm, "LIBRARY", "gmssl_pyx_that_is_not_installed")
    gm._sm2.cache_clear()
    gm._pair.cache_clear()
    try:
        monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(GM) + " ")
        assert not gm.is_there()
        with pytest.raises(SuiteMissing, match="extra gm"):
            ring()
        monkeypatch.setenv("GUITU_DATA_KEYS", ring_of(INTL))
        assert ring().current.suite.name == INTL  # control: the other suite does not need it
    finally:
        gm._sm2.cache_clear()
    importlib.invalidate_caches()


def test_sm2_keys_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="fit"):
        suite(GM).signer(bytes(31) + b"\x05", SM2_PUBLIC)
    assert suite(GM).signer(SM2_PRIVATE, SM2_PUBLIC).public == SM2_PUBLIC
