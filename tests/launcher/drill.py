"""What the restore drill is made of: a small demonstration that was kept, and looks into a home."""

import dataclasses
import io
import os
import shutil
import sys
from pathlib import Path

import psycopg
import pytest

from guitu.launcher import backup, database, processes, province, replaying, sealing
from guitu.launcher.home import Home, tree_root
from guitu.launcher.server import EmbeddedServer

PASSPHRASE = "回家的路 lantern 7"
REGISTER = (
    "import sys, uuid; from datetime import UTC, datetime; from pathlib import Path; import django; from guitu.ledger"
    " import erasing; line = erasing.Registered(uuid.uuid4(), uuid.UUID(sys.argv[2]), 'CONSENT', uuid.uuid4(),"
    " datetime(2026, 1, 1, tzinfo=UTC)); erasing.append(Path(sys.argv[1]), [line])"
)
COUNT_SEALED = (
    "import os; os.environ['GUITU_ROLE']='owner'; import django; django.setup();"
    "from guitu.people.sealed_values import unopened_values; print(*unopened_values(most=50))"
)


@dataclasses.dataclass
class Kept:
    """A small demonstration, destroyed; and what was kept elsewhere."""

    file: Path
    identity: Path
    keys: Path
    counts: dict[str, int]
    data_keys: str

    def restored(self, *, with_register: bool = False) -> dict[str, int]:
        """The rows of each table after a restore, which leaves its entries: restored, replayed, and in a home without
        register that one begins; and no code or half sign-in of the former time."""
        own = ("ledger_entry", "ledger_payload", "ledger_pending")
        gone = ("access_sign_in_code", "access_entering", "access_challenge")
        return {
            name: 0 if name in gone else rows + (3 - with_register) * (name in own)
            for name, rows in self.counts.items()
        }


def stand_apart(patch: pytest.MonkeyPatch) -> None:
    """The verbs see what an installation's own shell would, none of the suite's variables; no power is lost here."""
    for name in [name for name in os.environ if name.startswith("GUITU_") and name != "GUITU_PG_BINDIR"]:
        patch.delenv(name)
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        patch.delenv(name, raising=False)
    patch.setenv(province.SETTING, "0")  # the county alone: what is kept and comes back is the same
    patch.setattr(EmbeddedServer.__init__, "__defaults__", (False, False, None, None))  # lasting


def counts_of(home: Home) -> dict[str, int]:
    with EmbeddedServer(home).in_use(), psycopg.connect(database.embedded(home).superuser_dsn, dbname="guitu") as door:
        return backup.count_rows(door)


def execute(home: Home, statement: str, name: str = "guitu") -> list[tuple[object, ...]]:
    dsn = database.embedded(home).superuser_dsn
    with psycopg.connect(dsn, dbname=name, autocommit=True) as door:
        cursor = door.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def register_somebody(home: Home) -> str:
    """A line of the register about somebody whom the database holds: as if it had gone back behind the erasure."""
    with EmbeddedServer(home).in_use():
        ((person,),) = execute(home, "SELECT min(person_id::text) FROM people_fact")
    told = processes.run(
        [sys.executable, "-P", "-c", REGISTER, str(home.at / backup.ERASURES), str(person)],
        env=os.environ | {"GUITU_HOME": str(home.at)},
        cwd=tree_root(),
        capture=True,
    )
    assert told.returncode == 0, told.stdout
    return str(person)


def replayed(home: Home) -> bool:
    """Whether the database did not know of what the register names, and the register was replayed."""
    with EmbeddedServer(home).in_use():
        held = database.embedded(home)
        return replaying.replay(home, held, database.process_environment(home, held))


def acts_of_the_machine(home: Home) -> list[str]:
    """What the ledger holds of keys, backups and restores, oldest first."""
    found = "SELECT substr(act, 8) FROM ledger_entry WHERE act ~ '^ledger:(recipient|keys|backup):' ORDER BY at, id"
    with EmbeddedServer(home).in_use():
        return [str(act) for (act,) in execute(home, found)]


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def repacked(kept: Kept, into: Path, *, data_keys: str | None = None, dump: bytes | None = None, **changes) -> Path:
    """The backup packed again with another description, dump or maker."""
    private = sealing.read_identity(kept.identity)
    held = io.BytesIO()
    description = sealing.unpack(kept.file, private, dump=held, key=None)
    recipient = sealing.read_recipient(kept.identity.read_text().splitlines()[1].removeprefix("# "))
    place = into / "repacked.backup.age"
    shutil.copyfile(kept.file.parent / backup.ERASURES, into / backup.ERASURES)
    with place.open("wb") as file:
        sealing.pack(
            dataclasses.replace(description, **changes),
            io.BytesIO(held.getvalue() if dump is None else dump),
            file,
            recipient=recipient,
            key=sealing.proof_key(data_keys or kept.data_keys),
            ended=lambda: None,
        )
    return place


def sealed_values(home: Home, *, other_keys: str | None = None) -> tuple[int, int]:
    """How many sealed values were tried in a process of the house, and how many did not open."""
    with EmbeddedServer(home).in_use():
        env = database.process_environment(home, database.embedded(home))
        if other_keys:
            env["GUITU_DATA_KEYS"] = other_keys
        told = processes.run([sys.executable, "-P", "-c", COUNT_SEALED], env=env, cwd=tree_root(), capture=True)
    assert told.returncode == 0, told.stdout
    tried, unopened = told.stdout.split()
    return int(tried), int(unopened)
