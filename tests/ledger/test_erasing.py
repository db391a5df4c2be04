"""Erasure at the bottom: content goes and the log holds; the register outlives a backup and takes people away again."""

import uuid
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from guitu.ledger import erasing
from guitu.ledger.erasing import Registered, RegisterUnreadable
from tests.ledger.test_the_log import AT, act, grow, recheck

APPROVER = uuid.UUID(int=7)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_HOME", str(tmp_path))


def contents(house, person: uuid.UUID) -> int:
    with house.role("guitu_owner") as door:
        found = door.execute("SELECT count(*) FROM ledger_payload WHERE subjects @> ARRAY[%s::uuid]", (person,))
        return found.fetchone()[0]


def persons(house) -> list[uuid.UUID]:
    with house.role("guitu_owner") as door:
        found = door.execute("SELECT DISTINCT unnest(subjects) FROM ledger_payload ORDER BY 1").fetchall()
    return [one for (one,) in found]


def nobody_else(person: uuid.UUID, cursor: object) -> dict[str, int]:
    return {}


def test_content_and_salt_go_the_log_holds_and_a_restored_copy_is_erased_again(house) -> None:
    act(house, 2)
    grow()
    first, second = persons(house)[:2]
    with house.role("guitu_owner") as door:
        door.execute("CREATE TABLE backup AS TABLE ledger_payload")  # what a backup of this moment holds
        shared = door.execute("SELECT entry_id FROM ledger_payload WHERE subjects @> %s LIMIT 1", ([first],)).fetchone()
        door.execute("UPDATE ledger_payload SET subjects = %s WHERE entry_id = %s", ([first, second], shared[0]))
        held = contents(house, first)
        assert held > 0
        with pytest.raises(psycopg.Error) as refused, door.transaction(), door.cursor() as cursor:
            erasing.erase_payloads(first, cursor)
        assert refused.value.sqlstate == "GU006"  # not in the register: not erased
        with door.transaction(), door.cursor() as cursor:
            for _ in range(2):  # a repetition is noted once
                erasing.register_erasure(
                    first, erasure_id=uuid.UUID(int=1), ground="REVOKED", approved_by=APPROVER, at=AT, cursor=cursor
                )
            assert erasing.erase_payloads(first, cursor) == {"ledger_payload": held - 1}
        assert contents(house, first) == 1  # it is about somebody else too
        (line,) = erasing.read_register(erasing.register_file())
        assert (line.person, line.approved_by) == (first, APPROVER)
        with door.transaction(), door.cursor() as cursor:
            erasing.register_erasure(
                second, erasure_id=uuid.UUID(int=2), ground="REVOKED", approved_by=APPROVER, at=AT, cursor=cursor
            )
            erasing.erase_payloads(second, cursor)
        assert (contents(house, first), contents(house, second)) == (0, 0)
        found = recheck()
        assert found.wrong == []
        assert found.erased >= held
        # The older backup is restored: the register of the database is as it was then, the people are back.
        door.execute("ALTER TABLE ledger_erasure DISABLE TRIGGER USER")
        door.execute("DELETE FROM ledger_erasure")
        door.execute("DELETE FROM ledger_payload")
        door.execute("INSERT INTO ledger_payload TABLE backup")
        assert contents(house, first) == held  # control: without the replay the content is back
        register = erasing.read_register(erasing.register_file())
        with door.transaction(), door.cursor() as cursor:
            replayed = erasing.replay(register, forget=nobody_else, cursor=cursor)
        assert len(replayed.of) == 2
        assert replayed.rows["ledger_payload"] >= held
        assert (contents(house, first), contents(house, second)) == (0, 0)
        with door.transaction(), door.cursor() as cursor:
            assert erasing.replay(register, forget=nobody_else, cursor=cursor).rows == {}
            assert erasing.stored_register(cursor) == register


def test_neither_pages_nor_a_worker_without_a_decision_erase_or_touch_the_register(house) -> None:
    act(house, 1)
    person, held = persons(house)[0], contents(house, persons(house)[0])
    for role in ("guitu_app", "guitu_job", "guitu_seq", "guitu_signin"):
        with house.role(role) as door, door.cursor() as cursor:
            with pytest.raises(psycopg.Error) as refused:
                erasing.register_erasure(
                    person, erasure_id=uuid.uuid4(), ground="X", approved_by=APPROVER, at=AT, cursor=cursor
                )
            assert refused.value.sqlstate in ({"GU001", "GU006"} if role == "guitu_job" else {"42501"})
            with pytest.raises(psycopg.Error):
                erasing.erase_payloads(person, cursor)
            with pytest.raises(psycopg.Error, match="permission denied"):
                cursor.execute("SELECT 1 FROM ledger_erasure")
    assert contents(house, person) == held
    assert not erasing.register_file().exists()


def test_a_register_survives_a_killed_writer_and_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / erasing.FILE
    first, second = (Registered(uuid.uuid4(), uuid.uuid4(), "X", APPROVER, AT + timedelta(days=n)) for n in (0, 1))
    assert erasing.read_register(path) == []
    erasing.append(path, [first])
    with path.open("a") as file:
        file.write(str(second)[:40])  # killed in the middle of the line, before its transaction was committed
    assert erasing.read_register(path) == [first]
    erasing.append(path, [second])
    assert erasing.read_register(path) == [first, second]
    assert path.stat().st_mode & 0o007 == 0
    path.write_text("nonsense\n" + path.read_text())
    with pytest.raises(RegisterUnreadable, match="line 1"):
        erasing.read_register(path)
