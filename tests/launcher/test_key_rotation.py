"""Rotation as the files see it: waiting until it is recorded, whole or not at all, carried by the copies."""

import json
from pathlib import Path

import pytest

from guitu.launcher import key_copies, key_rotation, keys, sealing
from guitu.launcher.home import Home
from guitu.launcher.speech import LauncherError
from guitu.ledger import keyring
from guitu.ledger import keys as house_keys
from tests.launcher.drill import type_in


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    monkeypatch.delenv("GUITU_DATA_KEYS", raising=False)
    monkeypatch.setenv("GUITU_HOME", str(made.at))
    keys.make_keys(made, database_exists=False)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the house was asked to record; it answers 0."""
    told: list[list[str]] = []
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: told.append(words) or 0)
    return told


def ring_in(home: Home) -> dict[str, object]:
    return json.loads((home.keys / keys.DATA_KEYS).read_text())


def test_a_rotation_is_recorded_put_to_use_and_seen_by_a_running_process(home: Home, asked: list[list[str]]) -> None:
    old = house_keys.encrypt("高血压", belongs_to="x")
    assert house_keys.label_of(old) == "intl/k1"
    log_key = (home.keys / keys.LOG_KEY).read_text()
    assert key_rotation.rotate(home, suite="gm") == 0
    (_, first, kind, named, event), (_, verb, key, suite, recorded, emergency) = asked
    assert (first, kind, named) == ("ordered", "KEY_ROTATION", "gm"), "asked before anything is made"
    assert (verb, key, suite, recorded, emergency) == ("record-rotation", "k2", "gm", event, "")
    assert house_keys.label_of(house_keys.encrypt("x", belongs_to="x")) == "gm/k2"
    assert house_keys.decrypt(old, belongs_to="x") == "高血压"
    assert (home.keys / keys.LOG_KEY).read_text() == log_key  # the same log goes on
    assert keys.open_files(home) == []


def test_a_key_waits_until_the_rotation_is_recorded_and_the_next_run_goes_on_with_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: asked.append(words) or words[1] != "ordered")
    with pytest.raises(LauncherError, match="waits"):
        key_rotation.rotate(home, suite="intl")
    assert keyring.ring().current.id == "k1"
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: asked.append(words) or 0)
    assert key_rotation.rotate(home, suite="intl") == 0
    assert asked[:2] == asked[2:]  # the same key and event: recorded once
    assert keyring.ring().current.id == "k2"
    assert "waiting" not in ring_in(home)


def test_a_key_is_retired_when_nothing_names_it_and_its_signatures_still_hold(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    signature = house_keys.sign(b"receipt")
    key_rotation.rotate(home, suite="gm")
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: words[1] != "ordered")
    with pytest.raises(LauncherError, match="still name"):
        key_rotation.retire(home, "k1")
    assert "k1" in keyring.ring().keys
    with pytest.raises(LauncherError, match="current"):
        key_rotation.retire(home, "k2")
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: 0)
    assert key_rotation.retire(home, "k1") == 0
    assert set(keyring.ring().keys) == {"k2"}
    assert house_keys.verify(b"receipt", signature)


def test_without_two_hands_no_key_is_made_or_retired_and_in_an_emergency_the_words_are_recorded(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: told.append(words) or 2 * (words[1] == "ordered"))
    before = ring_in(home)
    with pytest.raises(LauncherError, match="No two administrators") as refusal:
        key_rotation.rotate(home, suite="intl")
    assert (refusal.value.exit_code, ring_in(home)) == (2, before)
    assert key_rotation.rotate(home, suite="intl", emergency="密钥外泄，管理员联系不上") == 0
    assert told[-1][-1] == "密钥外泄，管理员联系不上"
    with pytest.raises(LauncherError, match="No two administrators"):
        key_rotation.retire(home, "k1")
    assert key_rotation.retire(home, "k1", emergency="密钥外泄") == 0


def test_where_the_two_hands_cannot_be_asked_for_it_is_not_said_that_nobody_agreed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ring_in(home)
    monkeypatch.setattr(key_rotation, "pass_on", lambda home, words: 1)
    with pytest.raises(LauncherError, match="could not be asked") as refusal:
        key_rotation.rotate(home, suite="intl")
    assert (refusal.value.exit_code, ring_in(home)) == (1, before)


def test_the_copy_of_the_keys_carries_all_and_goes_on_from_an_older_one(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]], tmp_path: Path
) -> None:
    passphrase = "lantern on the road 7"
    older, newer = tmp_path / "older.age", tmp_path / "newer.age"
    type_in(monkeypatch, passphrase)
    key_copies.export(home, to=older)
    before = key_copies.data_keys(home)
    key_rotation.rotate(home, suite="gm")
    assert not key_copies.is_exported(home)
    type_in(monkeypatch, passphrase)
    key_copies.export(home, to=newer)
    after = key_copies.data_keys(home)
    assert before is not None
    assert after is not None
    assert sealing.lineage(before) == sealing.lineage(after)  # older backups are recognised
    fresh = Home(tmp_path / "fresh")
    for copy in (older, newer):
        type_in(monkeypatch, passphrase)
        assert key_copies.bring_in(fresh, copy) == 0
    assert ring_in(fresh) == ring_in(home)
    type_in(monkeypatch, passphrase)
    with pytest.raises(LauncherError, match="other field keys"):  # the older copy lacks a key that is here
        key_copies.bring_in(fresh, older)


def test_an_installation_is_founded_with_the_suite_it_asks_for_and_refused_without_its_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GUITU_DATA_KEYS", raising=False)
    monkeypatch.setenv("GUITU_SUITE", "gm")
    home = Home(tmp_path / "gm")
    home.make()
    keys.make_keys(home, database_exists=False)
    monkeypatch.setenv("GUITU_HOME", str(home.at))
    assert (keyring.ring().current.label, keyring.ring().mark_suite.name) == ("gm/k1", "gm")
    assert (home.keys / keys.LOG_KEY_GM).is_file()
    before = ring_in(home)
    keys.make_keys(home, database_exists=True)
    assert ring_in(home) == before
    monkeypatch.setattr(keys.importlib, "import_module", _nothing_there)
    with pytest.raises(LauncherError, match="extra gm"):
        keys.make_keys(home, database_exists=True)


def _nothing_there(name: str) -> object:
    raise ImportError(name)


def test_keys_of_the_environment_are_not_rotated_here(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_DATA_KEYS", "{}")
    with pytest.raises(LauncherError, match="GUITU_DATA_KEYS"):
        key_rotation.rotate(home, suite="gm")
