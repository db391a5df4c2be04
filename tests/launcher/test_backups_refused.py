"""What of a backup stays closed, and every file and key that must be refused."""

import base64
import io
from pathlib import Path

import pytest

from guitu.launcher import backup, key_copies, keys, sealing
from guitu.launcher.home import Home
from guitu.launcher.restoring import restore
from guitu.launcher.speech import LauncherError
from tests.launcher.drill import PASSPHRASE, Kept, repacked, stand_apart, type_in


@pytest.fixture(autouse=True)
def as_an_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_apart(monkeypatch)


def test_without_the_field_keys_a_restore_says_that_sealed_values_would_not_open(kept: Kept, fresh: Home) -> None:
    with pytest.raises(LauncherError, match="sealed values would not open") as refused:
        restore(fresh, kept.file, identity=kept.identity, replace=False)
    assert refused.value.exit_code == 2
    assert not fresh.data.exists()


def test_with_other_field_keys_a_restore_is_refused_and_they_are_not_overwritten(
    kept: Kept, fresh: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.make()
    keys.make_keys(fresh, database_exists=False)
    held = key_copies.data_keys(fresh)
    with pytest.raises(LauncherError, match="other field keys"):
        restore(fresh, kept.file, identity=kept.identity, replace=False)
    type_in(monkeypatch, PASSPHRASE)
    with pytest.raises(LauncherError, match="holds other field keys"):
        key_copies.bring_in(fresh, kept.keys)
    assert key_copies.data_keys(fresh) == held


def test_the_passphrase_of_the_copy_of_keys_is_made_costly_before_it_is_a_key(kept: Kept) -> None:
    head = base64.b64decode("".join(kept.keys.read_text().splitlines()[1:-1])).split(b"\n---")[0].decode()
    kind, salt, cost = head.splitlines()[1].removeprefix("-> ").split(" ")
    assert (kind, len(salt) >= 22, int(cost) >= 15) == ("scrypt", True, True), "salt, and logarithm of the cost"


def test_a_wrong_passphrase_brings_no_keys_in(kept: Kept, fresh: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, PASSPHRASE + "x")
    with pytest.raises(LauncherError, match="passphrase is wrong"):
        key_copies.bring_in(fresh, kept.keys)
    assert key_copies.data_keys(fresh) is None


def test_the_private_half_and_the_copy_of_the_keys_are_not_left_in_the_home(fresh: Home, tmp_path: Path) -> None:
    fresh.make()
    keys.make_keys(fresh, database_exists=False)
    with pytest.raises(LauncherError, match="lies in GUITU_HOME"):
        key_copies.set_recipient(fresh, to=fresh.at / "private.txt", public=None, replace=False)
    with pytest.raises(LauncherError, match="lies in GUITU_HOME"):
        key_copies.export(fresh, to=fresh.at / "keys" / "copy.age")
    assert key_copies.set_recipient(fresh, to=tmp_path / "private.txt", public=None, replace=False) == 0
    private = (tmp_path / "private.txt").read_text().splitlines()[2]
    assert private.startswith("AGE-SECRET-KEY-1")
    assert not [path for path in fresh.at.rglob("*") if path.is_file() and private.encode() in path.read_bytes()]


def test_nothing_of_a_backup_can_be_read_without_the_private_key(kept: Kept) -> None:
    sealed = kept.file.read_bytes()
    held = io.BytesIO()
    sealing.unpack(kept.file, sealing.read_identity(kept.identity), dump=held, key=None)
    assert held.getvalue().startswith(b"PGDMP")
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert b"PGDMP" not in sealed
    assert b"DEMONSTRATION" not in sealed
    assert kept.file.stat().st_mode & 0o077 == 0


def test_no_backup_is_made_without_a_public_key(standing: Home, tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="no backup is written in clear"):
        backup.back_up(standing, to=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_dies_half_way_leaves_no_file(
    kept: Kept, standing: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "pg_dump"
    dying.write_text("#!/bin/sh\nhead -c 200000 /dev/zero\necho 'out of breath' >&2\nexit 3\n")
    dying.chmod(0o700)
    public = kept.identity.read_text().splitlines()[1].removeprefix("# ")
    monkeypatch.setattr(key_copies, "recipient", lambda home: sealing.read_recipient(public))
    monkeypatch.setattr(backup, "client_program", lambda name: dying)
    with pytest.raises(LauncherError) as failed:
        backup.back_up(standing, to=tmp_path)
    assert "out of breath" in failed.value.zh
    assert [path.name for path in tmp_path.iterdir()] == ["pg_dump"]


def test_a_file_changed_cut_or_for_another_key_is_refused(kept: Kept, fresh_with_keys: Home, tmp_path: Path) -> None:
    whole = kept.file.read_bytes()
    inside, at_the_end = bytearray(whole), bytearray(whole)
    inside[300] ^= 1
    at_the_end[-1] ^= 1
    for number, content in enumerate((whole[:-1], whole[: len(whole) // 2], at_the_end, b"", b"PGDMP", inside)):
        broken = tmp_path / f"{number}.age"
        broken.write_bytes(content)
        with pytest.raises(LauncherError) as refused:
            restore(fresh_with_keys, broken, identity=kept.identity, replace=False)
        assert refused.value.exit_code == 2
    other = tmp_path / "other.txt"
    other.write_text(sealing.new_pair()[0])
    with pytest.raises(LauncherError, match="not for this private key"):
        restore(fresh_with_keys, kept.file, identity=other, replace=False)
    assert not fresh_with_keys.data.exists()


def test_a_file_that_somebody_with_only_the_public_key_made_reaches_no_database(
    kept: Kept, fresh_with_keys: Home, tmp_path: Path
) -> None:
    stranger = Home(tmp_path / "stranger")
    stranger.make()
    keys.make_keys(stranger, database_exists=False)
    forged = repacked(kept, tmp_path, data_keys=key_copies.data_keys(stranger))
    with pytest.raises(LauncherError, match="was not made by an installation with these field keys"):
        restore(fresh_with_keys, forged, identity=kept.identity, replace=False)
    assert not fresh_with_keys.data.exists()


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("DEMONSTRATION", "guitu.settings.production", "backup of a demonstration"),
        ("REAL", "guitu.settings.demo", "backup of a real installation"),
    ],
)
def test_a_backup_of_one_kind_does_not_come_into_an_installation_of_the_other(
    kept: Kept, fresh_with_keys: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    kind: str, settings: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", settings)
    with pytest.raises(LauncherError, match=said):
        restore(fresh_with_keys, repacked(kept, tmp_path, kind=kind), identity=kept.identity, replace=False)
    assert not fresh_with_keys.data.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"migrations": ["people/0999_from_next_year"]},
        {"rooms": ["people", "twin"]},
        {"format": 2},
    ],
)
def test_a_backup_of_a_newer_version_is_refused_with_words(
    kept: Kept, fresh_with_keys: Home, tmp_path: Path, change: dict[str, object]
) -> None:
    with pytest.raises(LauncherError, match="comes from a newer version"):
        restore(fresh_with_keys, repacked(kept, tmp_path, **change), identity=kept.identity, replace=False)
