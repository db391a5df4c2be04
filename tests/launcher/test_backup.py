"""The restore drill: made, backed up, destroyed, restored from the two copies; and every file that must be refused."""

import base64
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from guitu.launcher import backup, demonstrating, doctor, key_copies, keys, preparation, processes, sealing
from guitu.launcher.home import Home, tree_root
from guitu.launcher.restoring import restore
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError
from guitu.rulebook.divisions import OFFICIAL
from tests.launcher import drill
from tests.launcher.drill import Kept, counts_of, execute, repacked, sealed_values, stand_apart, type_in

PASSPHRASE = "回家的路 lantern 7"


@pytest.fixture(autouse=True)
def as_an_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_apart(monkeypatch)


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with tempfile.TemporaryDirectory(prefix="guitu kept ") as place, pytest.MonkeyPatch.context() as patch:
        stand_apart(patch)
        home, away = Home(Path(place) / "a home"), Path(place) / "away"
        away.mkdir()
        assert demonstrating.load(home) == 0
        (home.at / "divisions.csv").write_bytes(OFFICIAL.read_bytes())
        assert key_copies.set_recipient(home, to=away / "private.txt", public=None, replace=False) == 0
        type_in(patch, PASSPHRASE)
        assert key_copies.export(home, to=away / "keys.age") == 0
        assert backup.back_up(home, to=away) == 0
        (file,) = away.glob("*.backup.age")
        data_keys = key_copies.data_keys(home)
        assert data_keys is not None
        made = Kept(file, away / "private.txt", away / "keys.age", counts_of(home), data_keys)
        destroyed = processes.run(["rm", "-rf", str(home.at)])
        assert destroyed.returncode == 0
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Home:
    return Home(tmp_path / "another home")


@pytest.fixture(scope="module")
def opened(kept: Kept) -> Iterator[Home]:
    """A home into which the kept keys were brought; opening them takes a second on purpose, so it is done once."""
    with tempfile.TemporaryDirectory(prefix="guitu opened ") as place, pytest.MonkeyPatch.context() as patch:
        home = Home(Path(place) / "home")
        type_in(patch, PASSPHRASE)
        assert key_copies.bring_in(home, kept.keys) == 0
        yield home


@pytest.fixture
def fresh_with_keys(opened: Home, fresh: Home) -> Home:
    shutil.copytree(opened.at, fresh.at)
    return fresh


@pytest.fixture(scope="module")
def standing(kept: Kept, opened: Home) -> Iterator[Home]:
    """A restored home; no test may change it."""
    with tempfile.TemporaryDirectory(prefix="guitu standing ") as place, pytest.MonkeyPatch.context() as patch:
        stand_apart(patch)
        home = Home(Path(place) / "home")
        shutil.copytree(opened.at, home.at)
        assert restore(home, kept.file, identity=kept.identity, replace=False) == 0
        yield home


@pytest.fixture
def restored(standing: Home, tmp_path: Path) -> Home:
    """A restored home of one test: that one again, file by file, while its server is down."""
    assert EmbeddedServer(standing).running_pid() is None
    home = Home(tmp_path / "a restored home")
    shutil.copytree(standing.at, home.at, ignore=shutil.ignore_patterns("*.s.PGSQL.*"))
    return home


def test_a_destroyed_installation_comes_back_with_every_row_and_its_sealed_values_open(
    kept: Kept, standing: Home
) -> None:
    assert counts_of(standing) == kept.restored
    assert kept.counts["people_person"] > 50
    assert (standing.at / "divisions.csv").read_bytes() == OFFICIAL.read_bytes()  # back with it
    tried, unopened = sealed_values(standing)
    assert (tried, unopened) == (50, 0)


def test_in_what_was_restored_no_process_takes_a_lock_under_a_number_and_the_owners_functions_do(
    standing: Home,
) -> None:
    asked = "has_function_privilege('guitu_{}', 'pg_advisory_lock(bigint)', 'EXECUTE')"
    with EmbeddedServer(standing).in_use():
        roles = ("app", "job", "signin", "seq", "load", "owner")
        (held,) = execute(standing, "SELECT " + ", ".join(asked.format(role) for role in roles))
    assert held == (False, False, False, False, False, True)


def test_control_with_other_field_keys_no_sealed_value_opens(standing: Home, tmp_path: Path) -> None:
    other = Home(tmp_path)
    keys.make_keys(other, database_exists=False)
    assert sealed_values(standing, other_keys=key_copies.data_keys(other)) == (50, 50)


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


def test_what_stands_is_not_pushed_out_unless_asked_for(kept: Kept, standing: Home) -> None:
    before = counts_of(standing)
    with pytest.raises(LauncherError, match="add --replace"):
        restore(standing, kept.file, identity=kept.identity, replace=False)
    assert counts_of(standing) == before


@pytest.mark.parametrize("what", ["a dump that is none", "rows that are not those described"])
def test_a_restore_that_fails_late_leaves_the_former_state(
    kept: Kept, standing: Home, tmp_path: Path, what: str
) -> None:
    if what == "a dump that is none":
        file = repacked(kept, tmp_path, dump=b"PGDMP and then nothing")
    else:
        file = repacked(kept, tmp_path, counts=kept.counts | {"people_person": 1})
    before = counts_of(standing)
    with pytest.raises(LauncherError, match="former state is unchanged"):
        restore(standing, file, identity=kept.identity, replace=True)
    assert counts_of(standing) == before
    with EmbeddedServer(standing).in_use():
        names = {row[0] for row in execute(standing, "SELECT datname FROM pg_database", "postgres")}
    assert names == {"guitu", "postgres", "template0", "template1"}


def test_a_restore_that_fails_in_a_fresh_home_leaves_no_database(
    kept: Kept, fresh_with_keys: Home, tmp_path: Path
) -> None:
    file = repacked(kept, tmp_path, counts=kept.counts | {"people_person": 1})
    with pytest.raises(LauncherError, match="Rows differ"):
        restore(fresh_with_keys, file, identity=kept.identity, replace=False)
    assert not fresh_with_keys.data.exists()


def test_a_killed_restore_leaves_the_former_state_and_the_next_one_succeeds(kept: Kept, restored: Home) -> None:
    home = restored
    with EmbeddedServer(home).in_use():
        execute(home, "CREATE TABLE mark (n int)")
    command = [sys.executable, "-P", "-m", "guitu.launcher", "restore", str(kept.file), "--replace"]
    child = subprocess.Popen(
        [*command, "--identity", str(kept.identity)], env=os.environ | {"GUITU_HOME": str(home.at)}, cwd=tree_root()
    )
    deadline = time.monotonic() + 60
    server = EmbeddedServer(home)
    beside = "SELECT 1 FROM pg_database WHERE datname = 'guitu_restoring'"
    while not (server.is_ready() and execute(home, beside, "postgres")):
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    with server.in_use():
        assert execute(home, "SELECT count(*) FROM mark") == [(0,)]
    assert restore(home, kept.file, identity=kept.identity, replace=True) == 0
    assert counts_of(home) == kept.restored


def test_another_public_key_of_backups_takes_two_hands_and_copies_are_recorded(restored: Home, tmp_path: Path) -> None:
    held = restored.keys / key_copies.RECIPIENT  # not in the backup; the ledger knows that there was one
    with pytest.raises(LauncherError, match="No two administrators"):
        key_copies.set_recipient(restored, to=tmp_path / "private.txt", public=None, replace=True)
    assert not held.exists()
    other = (tmp_path / "private.txt").read_text().splitlines()[1].removeprefix("# ")
    assert key_copies.set_recipient(restored, to=None, public=other, replace=True, emergency="私钥遗失") == 0
    assert str(key_copies.recipient(restored)) == other
    done = drill.acts_of_the_machine(restored)  # a backup that died in a test before has its entry too
    assert done[:4] == ["recipient:set", "keys:copied", "backup:made", "backup:restored"]
    assert (done[-1], done.count("recipient:set")) == ("recipient:set", 2)


def test_a_database_that_went_back_loses_again_whom_the_register_names_before_it_is_served(restored: Home) -> None:
    assert not drill.replayed(restored)  # the control: nothing is registered
    person = drill.register_somebody(restored)
    facts = f"SELECT count(*) FROM people_fact WHERE person_id = '{person}'"
    with EmbeddedServer(restored).in_use():
        assert execute(restored, facts) != [(0,)]
    assert preparation.prepare_alone(restored, demo=True) == 0
    with EmbeddedServer(restored).in_use():
        assert execute(restored, facts) == [(0,)]
    assert not drill.replayed(restored)
    (restored.at / backup.ERASURES).write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(LauncherError, match="nothing is served"):
        preparation.prepare_alone(restored, demo=True)


def test_a_verb_that_borrows_the_database_of_a_running_installation_leaves_it_running(standing: Home) -> None:
    supervisor, verb = EmbeddedServer(standing), EmbeddedServer(standing)
    supervisor.keep()
    try:
        pid = supervisor.running_pid()
        with verb.in_use():
            assert verb.running_pid() == pid
        assert supervisor.running_pid() == pid
    finally:
        supervisor.stop()
    with verb.in_use():
        assert verb.is_ready()
    assert verb.running_pid() is None


def test_doctor_asks_for_a_copy_of_the_keys_and_a_backup_until_both_are_there(
    standing: Home, fresh: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.make()
    keys.make_keys(fresh, database_exists=False)
    assert "no copy of the field keys" in doctor.look_at_copies(fresh).en
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
    assert doctor.look_at_copies(fresh).level == "problem"
    type_in(monkeypatch, PASSPHRASE)
    key_copies.export(fresh, to=tmp_path / "copy.age")
    assert "never made" in doctor.look_at_copies(fresh).en
    (fresh.at / backup.LAST).write_text('{"at": "2026-01-01T00:00:00+00:00"}')
    assert "hours old" in doctor.look_at_copies(fresh).en
    monkeypatch.setattr(doctor, "OLDEST_BACKUP_HOURS", float("inf"))
    assert doctor.look_at_copies(fresh).level == "ok"


def test_a_reset_asks_first_makes_the_demonstration_anew_and_leaves_a_real_installation_alone(
    restored: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = restored
    with EmbeddedServer(home).in_use():
        execute(home, "CREATE TABLE mark (n int)")
        type_in(monkeypatch, "yes")
        with pytest.raises(LauncherError, match="Not confirmed"):
            demonstrating.reset(home, confirmed=False)
        execute(home, "UPDATE access_installation SET kind = 'REAL'")
    with pytest.raises(LauncherError, match="real installation"):
        demonstrating.reset(home, confirmed=True)
    with EmbeddedServer(home).in_use():
        assert execute(home, "SELECT count(*) FROM mark") == [(0,)]
        execute(home, "UPDATE access_installation SET kind = 'DEMONSTRATION'")
    with monkeypatch.context() as patch:
        patch.setenv("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
        with pytest.raises(LauncherError, match="real installation"):
            demonstrating.reset(home, confirmed=True)
    prepared = preparation.prepare_contents
    monkeypatch.setattr(
        preparation,
        "prepare_contents",
        lambda home, base, env, **rest: prepared(home, base, env | {"GUITU_DEMO": "0"}, **rest),
    )
    type_in(monkeypatch, demonstrating.WORD)
    assert demonstrating.reset(home, confirmed=False) == 0
    counts = counts_of(home)
    assert "mark" not in counts
    assert counts["people_person"] == 0
