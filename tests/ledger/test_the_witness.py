"""A witness co-signs growth of a log it knows; a fork, a rollback, a foreign log and nonsense are refused."""

import base64
import http.client
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guitu.ledger.log import checkpoints, notes
from guitu.ledger.log.checkpoints import Checkpoint
from guitu.ledger.log.tree import consistency_proof, leaf_hash, node_hash, root
from guitu.witness.__main__ import handler_of, main
from guitu.witness.judging import Answer, Witness
from guitu.witness.keeping import LOGS, Kept

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LOG = notes.verifier_of("guitu/tests", KEY)
SECONDS = 1_790_000_000


def tree(prefix: str = "", change_at: int = -1):
    """Perfect subtrees of a log's leaves; with `change_at` one leaf is another."""

    def subtree(level: int, index: int) -> bytes:
        if level:
            return node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))
        return leaf_hash(f"{prefix}{index}{'!' if index == change_at else ''}".encode())

    return subtree


def asked(old: int, size: int, *, log=None, key=KEY, origin="guitu/tests", proof_of=None) -> str:
    subtree = log or tree()
    note = Checkpoint(origin, size, root(subtree, size)).signed(key)
    hashes = consistency_proof(proof_of or subtree, old, size) if 0 < old < size else []
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in hashes)]
    return "\n".join(lines) + "\n\n" + str(note)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    made = Kept(tmp_path / "witness", "procuratorate.example")
    (made.folder / LOGS).write_text(f"# 示范省\n{LOG}\n", encoding="utf-8")
    return made


@pytest.fixture
def witness(kept: Kept) -> Witness:
    return Witness(kept)


def add(witness: Witness, body: str) -> Answer:
    return witness.add_checkpoint(body, seconds=SECONDS)


def test_growth_is_cosigned_step_by_step_and_the_line_holds(kept, witness) -> None:
    for old, new in ((0, 5), (5, 5), (5, 9), (9, 300)):
        body = asked(old, new)
        answer = add(witness, body)
        assert answer.status == 200
        note = notes.read(body.partition("\n\n")[2] + answer.body)
        line = note.signed_by(kept.verifier)
        assert line is not None
        assert notes.moment_of(line.body) == SECONDS
        assert checkpoints.opened(str(note), LOG)[0].size == new
    assert kept.seen("guitu/tests").size == 300


def test_a_fork_is_refused_and_what_was_seen_stays(kept, witness) -> None:
    assert add(witness, asked(0, 9)).status == 200
    forked = tree(change_at=3)
    assert add(witness, asked(9, 12, log=forked)).status == 422
    assert add(witness, asked(9, 9, log=forked)) == Answer(409, "9\n")
    assert kept.seen("guitu/tests").size == 9
    assert add(witness, asked(9, 12)).status == 200  # the control: the honest log goes on


def test_a_rollback_is_refused_and_the_size_is_told(kept, witness) -> None:
    assert add(witness, asked(0, 9)).status == 200
    for body in (asked(0, 5), asked(5, 7), asked(0, 9), asked(7, 12)):
        assert add(witness, body) == Answer(409, "9\n")
    assert kept.seen("guitu/tests").size == 9


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, asked(0, 3, origin="another/log")),
        (403, asked(0, 3, key=OTHER)),
        (400, asked(0, 3).replace("old 0", "old 4", 1)),
        (400, asked(0, 3).replace("old 0", "old -1", 1)),
        (400, asked(0, 3).replace("old 0", "old 00", 1)),
        (400, asked(0, 3).replace("old 0", "old 0\n!!", 1)),
        (400, asked(0, 3).replace("old 0", "old 0" + "\nAAAA" * 64, 1)),
        (422, asked(0, 3).replace("old 0", "old 0\nAAAA", 1)),
        (400, ""),
        (400, "old 0\n\n"),
        (400, "old 0\n\ntext\n\n— a AAAAAAAA\n"),
    ],
)
def test_nonsense_foreign_logs_and_unsigned_checkpoints_are_refused(witness, status: int, body: str) -> None:
    assert add(witness, body).status == status
    assert add(witness, asked(0, 3)).status == 200  # the control


def test_what_was_seen_outlives_the_process_and_half_a_file_is_never_read(kept) -> None:
    assert add(Witness(kept), asked(0, 9)).status == 200
    again = Kept(kept.folder, kept.name)
    assert str(again.verifier) == str(kept.verifier)
    assert add(Witness(again), asked(0, 5)) == Answer(409, "9\n")
    assert (kept.folder / "witness-key").stat().st_mode & 0o077 == 0


def test_nothing_is_signed_when_it_cannot_be_remembered(kept, monkeypatch) -> None:
    def full(*_) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(kept, "keep", full)
    assert add(Witness(kept), asked(0, 9)) == Answer(500)
    monkeypatch.undo()
    assert kept.seen("guitu/tests").size == 0


def test_of_two_at_once_one_grows_and_the_other_is_told(kept) -> None:
    witness, answers = Witness(kept), []
    threads = [
        threading.Thread(target=lambda size=size: answers.append(add(witness, asked(0, size)).status))
        for size in range(2, 12)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [200] + [409] * 9


def over_http(server: ThreadingHTTPServer, path: str, data: bytes | None = None) -> tuple[int, str, str]:
    """Status, kind and body of the answer; GET without data."""
    door = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    try:
        door.request("GET" if data is None else "POST", path, body=data)
        answer = door.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()
    finally:
        door.close()


def test_over_http_it_tells_its_key_and_cosigns(kept) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(kept)) as server:
        server.daemon_threads = False
        threading.Thread(target=server.serve_forever).start()
        try:
            assert over_http(server, "/")[2] == f"{kept.verifier}\n"
            status, _, line = over_http(server, "/add-checkpoint", asked(0, 4).encode())
            assert status == 200
            assert notes.read_signatures(line.splitlines())
            refused = over_http(server, "/add-checkpoint", asked(0, 2).encode())
            assert refused == (409, "text/x.tlog.size", "4\n")
            assert over_http(server, "/add-checkpoint", b"\xff")[0] == 400
            assert over_http(server, "/add-checkpoint", b"x" * 70_000)[0] == 413
            assert over_http(server, "/elsewhere", b"")[0] == 404
        finally:
            server.shutdown()


def test_a_name_that_cannot_stand_in_a_note_is_refused(tmp_path, capsys) -> None:
    assert main(["--home", str(tmp_path), "--name", "two words"]) == 2
    assert "name of a key" in capsys.readouterr().err
