"""A start that prepares (``./guitu prepare``, an ``up`` after an upgrade), as the launcher makes it."""

import json
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guitu.launcher import backup, key_copies, key_rotation, keys, passing, preparation, replaying, sealing
from guitu.launcher import database as databases
from guitu.launcher.database import Database
from guitu.launcher.home import Home
from guitu.launcher.speech import LauncherError
from guitu.ledger import erasing

RECIPIENTS = (
    "SELECT p.canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
    " WHERE e.act = 'ledger:recipient:set' ORDER BY e.at, e.id"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with keys and no database of its own."""
    made = Home(tmp_path / "home")
    made.make()
    keys.make_keys(made, database_exists=False)
    monkeypatch.setenv("GUITU_HOME", str(made.at))
    return made


def start(house, home: Home) -> None:
    """Prepare the house's database as the launcher does; raises LauncherError where nothing may be served."""
    superuser = house.server.dsn("postgres", house.database)
    held = Database(house.server.host, int(house.server.port), house.database, superuser)
    env = databases.process_environment(home, held) | {"GUITU_DEMO": "0"}
    preparation.prepare_contents(home, held, env, demo=False, told_to_stop=lambda: False, begun=lambda _: None)


def put_the_database_clock(house, by: str) -> None:
    """Whoever prepares finds a database whose clock differs by so much from the machine's."""
    with house.role("postgres") as door:
        door.execute("CREATE SCHEMA shifted")
        door.execute("GRANT USAGE ON SCHEMA shifted TO public")
        told = f"SELECT pg_catalog.clock_timestamp() + interval '{by}'"
        door.execute(f"CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ {told} $$")
        path = "public, shifted, pg_catalog"
        door.execute(f"ALTER ROLE guitu_owner IN DATABASE {house.database} SET search_path = {path}")


@pytest.mark.parametrize(
    ("by", "told"), [("-10 minutes", "is 60[01] s ahead of"), ("2 hours", "is (7199|7200) s behind"), ("2 minutes", "")]
)
def test_a_start_with_clocks_apart_is_refused_and_says_by_how_much(house, home, by, told, capfd):
    put_the_database_clock(house, by)
    if not told:
        start(house, home)
        assert home.prepared_stamp.exists(), "control: clocks that differ by less are believed"
        assert recipients(house) == [], "control: without a key of backups there is nothing to record"
        return
    with pytest.raises(LauncherError, match="could not be prepared"):
        start(house, home)
    assert re.search(f"This clock {told} the database's", capfd.readouterr().err)
    assert not home.prepared_stamp.exists(), "nothing is served, and the next start prepares again"
    with house.role("guitu_owner") as door:
        noted = "SELECT count(*) FROM ledger_entry WHERE act = 'access:roles:changed'"
        assert door.execute(noted).fetchone() == (0,), "nothing was written at a wrong moment"


def recipients(house) -> list[dict[str, str]]:
    """What the ledger says of public keys of backups, oldest first."""
    with house.role("guitu_owner") as door:
        return [json.loads(row[0].splitlines()[-1]) for row in door.execute(RECIPIENTS).fetchall()]


def takes_two_hands(house, home: Home, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether another public key of backups would be refused until two administrators have confirmed it."""
    monkeypatch.setenv("GUITU_DB_NAME", house.database)
    asked = ["keys", "ordered", "BACKUP_RECIPIENT", sealing.new_pair()[1], str(uuid.uuid4())]
    return passing.pass_on(home, asked) == key_rotation.NOT_CONFIRMED


def test_a_backup_key_set_before_there_is_a_ledger_is_recorded_at_the_first_start_and_once(
    house, home, tmp_path, monkeypatch
):
    assert key_copies.set_recipient(home, to=tmp_path / "private.txt", public=None, replace=False) == 0
    key = str(key_copies.recipient(home))
    assert not takes_two_hands(house, home, monkeypatch), "control: the ledger knows of no key yet"
    start(house, home)
    (told,) = recipients(house)
    assert (told["key"], told["found"], told["done_by"] != "") == (key, "START", True)
    assert takes_two_hands(house, home, monkeypatch), "the next one does not pass for the first"
    home.prepared_stamp.unlink()
    start(house, home)
    assert len(recipients(house)) == 1
    # Another key that came to the home past the verb, as with a restore into a new one, is recorded likewise.
    other = sealing.new_pair()[1]
    (home.keys / key_copies.RECIPIENT).write_text(f"{other}\n", encoding="utf-8")
    home.prepared_stamp.unlink()
    start(house, home)
    assert [told["key"] for told in recipients(house)] == [key, other]


def test_a_start_erases_again_only_what_the_database_does_not_know_of_and_is_refused_without_a_readable_register(
    house, home
):
    def replayed() -> bool:
        superuser = house.server.dsn("postgres", house.database)
        held = Database(house.server.host, int(house.server.port), house.database, superuser)
        return replaying.replay(home, held, databases.process_environment(home, held))

    register = home.at / backup.ERASURES
    assert not replayed(), "control: without a register nothing is asked"
    who, whose, by = (uuid.uuid4() for _ in range(3))
    erasing.append(register, [erasing.Registered(whose, who, "CONSENT", by, datetime(2026, 1, 1, tzinfo=UTC))])
    assert [replayed(), replayed()] == [True, False]
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT person_id FROM ledger_erasure").fetchall() == [(who,)]
    with register.open("a", encoding="utf-8") as file:
        file.write('{"erasure": "torn')
    assert not replayed(), "a last line without its end was never counted"
    register.write_text(register.read_text(encoding="utf-8").replace('"torn', '"torn"\n'), encoding="utf-8")
    with pytest.raises(LauncherError, match=r"erasures\.jsonl, line 5"):
        replayed()
