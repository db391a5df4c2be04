"""A database of before a sealing and an erasure is put in place: the register closes and empties it again."""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from guitu.ledger import keys
from guitu.rights import sealing
from guitu.rights.replaying import Back, replay_all, went_back
from guitu.web.clock import now
from guitu.web.sealed_columns import SEALED
from tests.conftest import House, copied
from tests.ledger.test_the_log import as_role, grow, recheck
from tests.roads.test_a_sealed_file import ENDED, NUMBER, seal, seen, the_end
from tests.roads.test_how_long_a_sealed_file_is_kept import erase, work
from tests.roads.walking import Walk

NAME = "陈柏舟"


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUITU_ERASURE_REGISTER", str(tmp_path / "erasures.jsonl"))
    return tmp_path / "erasures.jsonl"


@pytest.fixture
def older(server, house) -> Iterator[tuple[Walk, str]]:
    """Somebody whose help has ended, and a copy of the database of this moment."""
    from guitu.launcher.roles import drop_database

    walk = the_end(house)
    name = f"guitu_test_{uuid.uuid4().hex[:12]}"
    connection.close()
    copied(server, house.database, name)
    yield walk, name
    connection.close()
    connection.settings_dict["NAME"] = house.database
    drop_database(server.dsn("postgres", "postgres"), name)


def put_in_place(house: House, name: str) -> House:
    connection.close()
    connection.settings_dict["NAME"] = name
    return House(house.server, name)


def replay(*brought: Path) -> Back:
    with as_role("guitu_owner"):
        assert went_back()
        done = replay_all(list(brought), at=now())
        assert not went_back()
    return done


def naming(house: House, *told: str) -> dict[str, int]:
    """In how many rows of each table one of these words stands, in clear or in a value that opens under the keys of the
    house. A line of the trace and the content of its entry are one."""
    found: Counter[str] = Counter()
    with house.role("postgres") as door:
        tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        for (table,) in door.execute(tables).fetchall():
            asked = f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY (%s)"
            found[table] += door.execute(asked, ([f"%{one}%" for one in told],)).fetchone()[0]
        of_looks = (
            "SELECT count(*) FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE e.act LIKE 'access:%%' AND p.canonical LIKE ANY (%s)"
        )
        found["ledger_payload"] -= door.execute(of_looks, ([f"%{one}%" for one in told],)).fetchone()[0]
        for one in SEALED:
            columns = ", ".join(f"{column}::text" for column in one.named)
            for sealed, *values in door.execute(
                f"SELECT {one.column}, {columns} FROM {one.table} WHERE {one.column} IS NOT NULL"
            ).fetchall():
                place = one.place.format(**dict(zip(one.named, values, strict=True)))
                plain = keys.decrypt_bytes(sealed, belongs_to=place)
                found[one.table] += any(word.encode() in plain for word in told)
    return {table: number for table, number in found.items() if number}


def words() -> list[str]:
    """By what somebody could be known: name, number, its blind index."""
    told = [NAME, NUMBER, NAME.encode().hex(), NUMBER.encode().hex()]
    return told + [one.hex() for one in keys.blind_indexes("resident_id", NUMBER)]


def test_a_file_sealed_after_the_backup_is_sealed_in_what_is_restored_and_nobody_is_signed_in(
    house, register, older
) -> None:
    walk, name = older
    mark, stranger = uuid.uuid4(), uuid.uuid4()
    seal(walk, mark=mark)
    lines = register.read_text(encoding="utf-8")
    assert not any(word in lines for word in (NAME, NUMBER, "青刑封")), "ids and the office's own number alone"
    walk.house = restored = put_in_place(house, name)
    assert seen(restored, "county", walk.person) != seen(restored, "county", stranger), "control: it came back open"
    token = restored.token("county")
    done = replay()
    assert (done.sealed, done.sessions > 0) == (1, True)
    for login in ("county", "county-head", "prison", "province", "procurator"):
        assert seen(restored, login, walk.person) == seen(restored, login, stranger), login
    with restored.role("guitu_owner") as door:
        ended = "SELECT ended_at IS NOT NULL FROM access_session WHERE token_hash = sha256(%s)"
        assert door.execute(ended, (token.encode(),)).fetchone() == (True,)
    with restored.acting("county-head"), transaction.atomic():
        ((held,), total) = sealing.register(first=0, most=10)
    assert (held.number, held.document, total) == (sealing.number_of(mark), "", 1)
    assert recheck().wrong == []
    with restored.role("guitu_owner") as door:
        said = "SELECT count(*) FROM ledger_entry WHERE act = %s"
        found = [door.execute(said, (act,)).fetchone()[0] for act in ("access:file:resealed", "access:write:unsaid")]
    assert found == [1, 0]


def test_a_sealing_that_was_corrected_since_is_not_done_again(house, register, older) -> None:
    walk, name = older
    mark, proposal = uuid.uuid4(), uuid.uuid4()
    seal(walk, mark=mark)
    at = ENDED + timedelta(days=3)
    with house.acting("county"):
        sealing.propose_correction(
            mark,
            ground="WRONG_PERSON",
            document="（2031）青刑更1号",
            words="文书上是另一个人，已经核对",
            event_id=proposal,
            at=at,
        )
    with house.acting("county-head"):
        sealing.decide_correction(
            mark, proposal, approved=True, finding="核对属实，确属封错了人", event_id=uuid.uuid4(), at=at
        )
    put_in_place(house, name)
    with as_role("guitu_owner"):
        assert not went_back()
        assert replay_all([], at=now()).sealed == 0


def test_whoever_was_erased_after_the_backup_is_nowhere_in_what_is_restored(house, register, older, tmp_path) -> None:
    walk, name = older
    mark = uuid.uuid4()
    seal(walk, mark=mark)
    assert erase(house, mark) == 1
    assert work() is not None
    restored = put_in_place(house, name)
    known = naming(restored, *words())
    assert len(known) >= 4, "control: in the older copy the person is known everywhere"
    assert len(naming(restored, str(walk.person))) > 12
    assert replay().erased.rows["people_person"] == 1
    for one in (house, restored):  # where the erasure was done, and where it was done again
        assert naming(one, *words()) == {}
        assert set(naming(one, str(walk.person))) == {"ledger_erasure", "access_trace"}, "an id that leads nowhere"
    grow()
    found = recheck()
    assert (found.wrong, found.erased > 0) == ([], True)


def test_where_the_register_cannot_be_written_nothing_is_sealed(house, register, tmp_path, monkeypatch) -> None:
    walk, stranger = the_end(house), uuid.uuid4()
    with monkeypatch.context() as patch:
        patch.setenv("GUITU_ERASURE_REGISTER", str(tmp_path / "gone" / "erasures.jsonl"))
        with pytest.raises(OSError, match="gone"):
            seal(walk)
    assert seen(house, "county", walk.person) != seen(house, "county", stranger)
    seal(walk)  # control
    assert seen(house, "county", walk.person) == seen(house, "county", stranger)
