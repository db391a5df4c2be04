"""The database server is killed while acts are recorded and the log grows: what was acknowledged is there afterwards.

And the tree is what its leaves make. A server of its own that syncs every commit, with the ledger's tables alone.
"""

import contextlib
import os
import signal
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection

from guitu.launcher import keys
from guitu.launcher.home import Home
from guitu.launcher.server import PORT, EmbeddedServer
from guitu.ledger import models, proving
from guitu.ledger.log.checkpoints import opened
from guitu.ledger.log.tree import Frontier, root
from guitu.ledger.sequencing import sequence, stored_tree
from tests.ledger.test_the_log import KEY, LOG

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
RECORD = (
    "WITH made AS (INSERT INTO ledger_entry (id, act, event_id, at, commitment) VALUES (%(id)s, 'tests:row:made',"
    " %(id)s, clock_timestamp(), sha256(uuid_send(%(id)s))) RETURNING id)"
    " INSERT INTO ledger_pending (entry_id) SELECT id FROM made"
)
SECONDS = 0.8


class Crashing:
    """A lasting server, and what its clients were told had happened."""

    def __init__(self, home: Home) -> None:
        home.make()
        keys.make_keys(home, database_exists=False)
        self.server = EmbeddedServer(home)
        self.server.start()
        password = keys.read_password(home, keys.SUPERUSER)
        self.door = {"host": str(home.socket_directory()), "port": PORT, "user": "postgres", "password": password}
        self.acknowledged: set[uuid.UUID] = set()
        self.signed: dict[int, bytes] = {}

    def record_until_it_dies(self) -> None:
        """One act after the other, each in its own transaction; an act counts when its commit was answered."""
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(**self.door, dbname="postgres", autocommit=True) as door,
        ):
            while True:
                number = uuid.uuid4()
                door.execute(RECORD, {"id": number})
                self.acknowledged.add(number)

    def sequence_until_it_dies(self) -> None:
        """Grow the log in small batches; a checkpoint counts when its commit was answered."""
        with contextlib.suppress(DatabaseError, psycopg.Error):
            while True:
                sequence(KEY, LOG, at=AT, most=40)
                latest = proving.published()
                if latest is not None:
                    self.signed[latest.size] = latest.root

    def crash(self) -> None:
        """Kill the server while all are at work, and start it again."""
        pid = self.server.running_pid()
        assert pid is not None
        clients = [threading.Thread(target=self.record_until_it_dies) for _ in range(2)]
        killer = threading.Timer(SECONDS, os.kill, (pid, signal.SIGKILL))
        for one in [*clients, killer]:
            one.start()
        self.sequence_until_it_dies()
        for one in [*clients, killer]:
            one.join()
        connection.close()
        self.server.start()

    def held(self) -> set[uuid.UUID]:
        """The entries that are there."""
        with psycopg.connect(**self.door, dbname="postgres") as door:
            return {row[0] for row in door.execute("SELECT id FROM ledger_entry")}


@pytest.fixture
def crashing(tmp_path: Path, monkeypatch) -> Iterator[Crashing]:
    """The server, Django's connection on it, and the tables."""
    made = Crashing(Home(tmp_path))
    connection.close()
    for name, value in (("HOST", "host"), ("PORT", "port"), ("USER", "user"), ("PASSWORD", "password")):
        monkeypatch.setitem(connection.settings_dict, name, made.door[value])
    monkeypatch.setitem(connection.settings_dict, "NAME", "postgres")
    with connection.schema_editor() as editor:
        for model in (models.Entry, models.Pending, models.Leaf, models.Tile, models.Checkpoint, models.Cosignature):
            editor.create_model(model)
        editor.create_model(models.Recheck)  # whoever sequences holds a lock on it
    yield made
    connection.close()
    made.server.stop()


def test_what_was_acknowledged_outlives_a_crash_and_the_tree_is_what_its_leaves_make(crashing, repetitions) -> None:
    for _ in range(repetitions(1, full=5)):
        crashing.crash()
        assert len(crashing.acknowledged) > 20
        assert crashing.acknowledged <= crashing.held()
        with psycopg.connect(**crashing.door, dbname="postgres") as door:
            signed = {
                size: (bytes(top), note)
                for size, top, note in door.execute("SELECT size, root, note FROM ledger_checkpoint ORDER BY size")
            }
            leaves = [bytes(one) for (one,) in door.execute("SELECT leaf_hash FROM ledger_leaf ORDER BY index")]
            nowhere = door.execute(
                "SELECT count(*) FROM ledger_entry e WHERE (EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id))"
                " = (EXISTS (SELECT FROM ledger_pending p WHERE p.entry_id = e.id))"
            ).fetchone()
        assert nowhere == (0,)  # each entry waits or is in the log, never both, never neither
        assert {size: top for size, (top, _) in signed.items()}.items() >= crashing.signed.items()
        frontier = Frontier()
        for leaf in leaves:
            frontier.append(leaf)
        assert frontier.size == max(signed)
        assert frontier.root() == signed[frontier.size][0] == opened(signed[frontier.size][1], LOG)[0].root
        with connection.cursor() as cursor:
            assert root(stored_tree(cursor), frontier.size) == frontier.root()
    while sequence(KEY, LOG, at=AT, most=4096).more:  # and it goes on
        pass
    assert proving.published().size == len(crashing.held())
    # The control: an act lost from the database is noticed.
    with psycopg.connect(**crashing.door, dbname="postgres") as door:
        door.execute("DELETE FROM ledger_entry WHERE id = %s", (next(iter(crashing.acknowledged)),))
        door.commit()
    assert not crashing.acknowledged <= crashing.held()
