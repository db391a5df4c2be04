"""The register of erasures gone, cut short, forged or older: nothing is served until somebody has said so."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guitu.launcher import backup, replaying
from guitu.launcher import database as databases
from guitu.launcher.database import Database
from guitu.launcher.home import Home
from guitu.launcher.restoring import restore
from guitu.launcher.speech import LauncherError
from guitu.ledger import erasing
from tests.bad_days.test_the_start import home, start

__all__ = ["home"]
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def replayed(house, home: Home, **wishes) -> bool:
    """A start; whether it found that the database had gone back."""
    superuser = house.server.dsn("postgres", house.database)
    held = Database(house.server.host, int(house.server.port), house.database, superuser)
    return replaying.replay(home, held, databases.process_environment(home, held), **wishes)


def erased() -> erasing.Registered:
    return erasing.Registered(uuid.uuid4(), uuid.uuid4(), "CONSENT", uuid.uuid4(), THEN)


def known(house) -> set[uuid.UUID]:
    with house.role("guitu_owner") as door:
        return {one for (one,) in door.execute("SELECT id FROM ledger_erasure").fetchall()}


def acts(house, act: str) -> int:
    with house.role("guitu_owner") as door:
        return door.execute("SELECT count(*) FROM ledger_entry WHERE act = %s", (act,)).fetchone()[0]


@pytest.fixture
def one(house, home, tmp_path) -> erasing.Registered:
    """An erasure that the register names and the database knows; a copy of that register lies elsewhere."""
    start(house, home)
    made = erased()
    erasing.append(home.at / backup.ERASURES, [made])
    assert replayed(house, home)
    assert not replayed(house, home), "control: with its whole register a start has nothing to do"
    assert known(house) == {made.erasure}
    (tmp_path / "copy.jsonl").write_bytes((home.at / backup.ERASURES).read_bytes())
    return made


def test_a_register_that_is_gone_stops_the_start_until_a_copy_is_brought_or_the_loss_is_said(
    house, home, tmp_path, one
) -> None:
    register = home.at / backup.ERASURES
    register.unlink()
    with pytest.raises(LauncherError, match="it is gone"):
        replayed(house, home)
    erasing.append(register, [erased()])  # the worker went on, in a register that begins of itself
    with pytest.raises(LauncherError, match="not the one this database goes by"):
        replayed(house, home)
    assert replayed(house, home, brought=tmp_path / "copy.jsonl")
    assert not replayed(house, home)
    assert len(known(house)) == len(erasing.read_register(register)) == 2, "nothing of either is lost"

    with house.role("postgres") as door:  # as it is after any night: processing records have ended
        door.execute("SET session_replication_role = replica")
        door.execute(
            "INSERT INTO ledger_ending (id, record_class, rule, before, at, first_at, last_at, lines, digest,"
            " in_transaction) VALUES (%s, 'SIGN_INS', 'RK-SIGN-IN', %s, %s, %s, %s, 1, '', 1)",
            (uuid.uuid4(), THEN, THEN, THEN, THEN),
        )
    register.unlink()
    assert replayed(house, home, lost="磁盘损坏，没有副本")
    assert acts(house, "ledger:register:lost") == 1
    assert not replayed(house, home)
    assert len(erasing.read_register(register)) == 2, "what the database knows stands in the new one"


def test_a_register_cut_short_or_older_than_the_database_stops_the_start(house, home, one) -> None:
    register = home.at / backup.ERASURES
    whole = register.read_text(encoding="utf-8")
    place = next(n for n, line in enumerate(whole.splitlines()) if str(one.erasure) in line)
    register.write_text("".join(whole.splitlines(keepends=True)[:place]), encoding="utf-8")
    with pytest.raises(LauncherError, match="1 lines are missing"):
        replayed(house, home)


def test_a_line_that_was_forged_changed_or_taken_out_stops_the_start_and_erases_nobody(
    house, home, tmp_path, one
) -> None:
    register = home.at / backup.ERASURES
    whole = register.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    victim = json.loads(str(erased()))
    proofless = json.dumps(victim) + "\n"
    copied = json.dumps(victim | {"proof": "0" * 64}) + "\n"
    changed = whole.replace(str(one.person), str(uuid.uuid4()))
    for bent in (whole + proofless, whole + copied, changed, "".join(lines[1:]), "".join([lines[0], *lines[2:]])):
        register.write_text(bent, encoding="utf-8")
        with pytest.raises(LauncherError, match=r"erasures\.jsonl, line \d"):
            replayed(house, home)
    assert known(house) == {one.erasure}
    register.rename(tmp_path / "evidence.jsonl")  # as the runbook says: kept, and out of the way
    assert replayed(house, home, brought=tmp_path / "copy.jsonl")
    assert not replayed(house, home), "control: with a whole one the start goes on"


def test_a_database_behind_the_last_mark_has_gone_back_and_its_sessions_and_codes_end(house, home, one) -> None:
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_session SET ended_at = NULL")
        door.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    with house.acting("prison"):
        ...  # a session is open
    opened = "SELECT count(*) FROM access_session WHERE ended_at IS NULL"
    with house.role("guitu_owner") as door:
        assert door.execute(opened).fetchone()[0] > 0
    assert not replayed(house, home), "control: at the mark nothing is ended"
    with house.role("guitu_owner") as door:
        assert door.execute(opened).fetchone()[0] > 0
        door.execute("DELETE FROM ledger_entry WHERE act = 'ledger:erasures:replayed'")  # as before that moment
    assert replayed(house, home)
    with house.role("guitu_owner") as door:
        assert door.execute(opened).fetchone()[0] == 0
    assert not replayed(house, home)


def test_a_restore_without_a_register_outside_the_backup_is_refused_unless_its_loss_is_said(
    tmp_path: Path, monkeypatch
) -> None:
    from guitu.launcher import restoring

    monkeypatch.setattr(restoring, "_refuse_other_kind", lambda description: None)
    monkeypatch.setattr(restoring, "_refuse_other_version", lambda description: None)
    monkeypatch.setattr(restoring, "_proven", lambda home, file, private: (None, b""))
    monkeypatch.setattr(restoring.sealing, "read_identity", lambda path: None)

    class GoesOn(Exception):
        pass

    def on(home: Home) -> None:
        raise GoesOn

    monkeypatch.setattr(restoring.preparation, "own_server", on)
    file, fresh = tmp_path / "away" / "x.backup.age", Home(tmp_path / "fresh")
    file.parent.mkdir()
    with pytest.raises(LauncherError, match="whoever was erased since would be back"):
        restore(fresh, file, identity=tmp_path, replace=False)
    with pytest.raises(GoesOn):
        restore(fresh, file, identity=tmp_path, replace=False, lost="没有副本")
    (file.parent / backup.ERASURES).touch()
    with pytest.raises(GoesOn):  # the one beside the backup is taken without being named
        restore(fresh, file, identity=tmp_path, replace=False)


def test_a_backup_does_not_write_a_shorter_register_over_the_copy_that_knows_more(house, home, tmp_path, one) -> None:
    register, folder = home.at / backup.ERASURES, tmp_path / "backups"
    folder.mkdir()
    backup._copy_register(register, folder)
    assert (folder / backup.ERASURES).read_bytes() == register.read_bytes()
    erasing.append(register, [erased()])
    backup._copy_register(register, folder)
    assert [path.name for path in folder.iterdir()] == [backup.ERASURES], "control: one that goes on takes its place"
    longer = register.read_bytes()
    register.unlink()
    erasing.append(register, [])
    backup._copy_register(register, folder)
    (former,) = (path for path in folder.iterdir() if path.name != backup.ERASURES)
    assert former.read_bytes() == longer


def _as_before(path: Path) -> list[dict]:
    """The lines as the version before kept them, without proof and without a beginning."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [{key: one for key, one in line.items() if key != "proof"} for line in lines if "register" not in line]
    path.write_text("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in kept), encoding="utf-8")
    return kept


def test_a_register_of_the_former_version_is_proven_once_and_never_where_the_database_goes_by_one(house, home) -> None:
    register = home.at / backup.ERASURES
    made = [erased(), erased()]
    erasing.append(register, made)
    former = _as_before(register)
    assert len(former) == 2
    start(house, home)
    assert erasing.read_register(register) == made
    assert replayed(house, home)
    assert known(house) == {one.erasure for one in made}, "what it names is done"
    held = [line for _, line in erasing.whole_lines(register)]
    assert [line for line in held if not line.keys() & {"register", "kept"}] == former
    assert not replayed(house, home)
    register.write_text("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in former), encoding="utf-8")
    start(house, home)
    with pytest.raises(LauncherError, match="line 1"):  # the control: lines that nothing proves
        replayed(house, home)
    assert "proof" not in register.read_text(encoding="utf-8")
