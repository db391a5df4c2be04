"""A backup older than an erasure brings the person back; the register takes them away again, from every room."""

import uuid
from pathlib import Path

import pytest

from guitu.ledger import erasing
from guitu.ledger.erasing import Registered, RegisterUnreadable
from guitu.rights.replaying import replay_all
from tests.ledger.test_the_log import AT, act, as_role, recheck


def test_whom_the_register_names_is_gone_again_from_every_room_and_nobody_else(
    house, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUITU_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    elsewhere = tmp_path / "kept elsewhere.jsonl"
    act(house, 2)  # the restored database: both are there
    with house.role("guitu_owner") as door:
        gone, stays = [row[0] for row in door.execute("SELECT id FROM people_person ORDER BY id").fetchall()]
        decided = uuid.uuid4()  # the backup is of a moment between the decision and the worker
        door.execute(
            "INSERT INTO rights_erasure (id, person_id, division, unit_id, number, ground, decided_at, decided_by,"
            " counts) SELECT %s, id, division, responsible_unit_id, 'Q-1', 'CONSENT', %s, %s, '{}' FROM people_person"
            " WHERE id = %s",
            (decided, AT, uuid.uuid4(), gone),
        )
    erasing.append(elsewhere, [Registered(decided, gone, "CONSENT", uuid.uuid4(), AT)])

    def held(person: uuid.UUID) -> list[int]:
        tables = ("people_person WHERE id", "people_fact WHERE person_id", "journeys_journey WHERE person_id")
        with house.role("guitu_owner") as door:
            found = [door.execute(f"SELECT count(*) FROM {one} = %s", (person,)).fetchone()[0] for one in tables]
            of = "SELECT count(*) FROM ledger_payload WHERE subjects @> ARRAY[%s::uuid]"
            return [*found, door.execute(of, (person,)).fetchone()[0]]

    with as_role("guitu_owner"):
        assert replay_all([], at=AT).erased.of == {}
    assert all(held(gone))  # control: without the register the person is back
    with as_role("guitu_owner"):
        done = replay_all([elsewhere], at=AT).erased
        assert (list(done.of), done.rows["people_person"]) == ([gone], 1)
        assert replay_all([], at=AT).erased.rows.total() == 0  # the lines are in the home now
    assert held(gone) == [0, 0, 0, 0]
    assert all(held(stays))
    with house.role("guitu_owner") as door:
        proof = "SELECT person_id, done_at, counts FROM rights_erasure WHERE id = %s"
        whom, done_at, counts = door.execute(proof, (decided,)).fetchone()
    assert (whom, done_at, counts["people_person"], counts["ledger_payload"] > 0) == (None, AT, 1, True)
    assert [one.person for one in erasing.read_register(erasing.register_file())] == [gone]
    found = recheck()
    assert found.wrong == []
    with house.role("guitu_owner") as door:
        acts = door.execute("SELECT count(*) FROM ledger_entry WHERE act = 'ledger:erasures:replayed'").fetchone()
    assert acts[0] == 3
    elsewhere.write_text("nonsense\n")
    with as_role("guitu_owner"), pytest.raises(RegisterUnreadable):
        replay_all([elsewhere], at=AT)
