"""The restore drill: made, backed up, destroyed, restored from the two copies; and a restore that does not succeed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guitu.launcher import backup, demonstrating, doctor, key_copies, keys, preparation
from guitu.launcher.home import Home, tree_root
from guitu.launcher.restoring import restore
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError
from guitu.rulebook.divisions import OFFICIAL
from tests.launcher import drill
from tests.launcher.drill import PASSPHRASE, Kept, counts_of, execute, repacked, sealed_values, stand_apart, type_in


@pytest.fixture(autouse=True)
def as_an_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_apart(monkeypatch)


def test_a_destroyed_installation_comes_back_with_every_row_and_its_sealed_values_open(
    kept: Kept, standing: Home
) -> None:
    assert counts_of(standing) == kept.restored()
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
    assert counts_of(home) == kept.restored(with_register=True)


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
