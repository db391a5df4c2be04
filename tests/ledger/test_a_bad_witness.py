"""A witness that answers nonsense, or byte by byte, holds up nothing but its own line; one folder has one witness."""

import http.client
import socket
import struct
import threading
import time
from http.server import ThreadingHTTPServer

import pytest

from guitu.ledger.log import notes
from guitu.ledger.witnessing import post
from guitu.witness.__main__ import address, handler_of, main
from guitu.witness.judging import Witness
from guitu.witness.keeping import KEY, LOGS, FolderTaken, Kept
from tests.ledger.test_the_log import act, grow
from tests.ledger.test_the_witness import LOG, SECONDS, asked
from tests.ledger.test_witnessing import NAMES, Bench

TOO_LATE = 2**63


def line_of_no_moment(kept: Kept, body: str) -> str:
    """A co-signature that holds and states a moment that no calendar has."""
    text = notes.read(body.partition("\n\n")[2]).text
    return str(notes.cosign(text, kept.name, kept.key, seconds=TOO_LATE))


def test_what_a_witness_answers_cannot_stop_the_sequencer(house, tmp_path) -> None:
    bench = Bench(tmp_path)
    act(house, 2)
    grow()
    honest = bench.send
    for status, answer in (
        (409, "9" * 5000),
        (409, "-1"),
        (409, "٩"),
        (200, "9" * 5000),
        (200, ""),
        (500, "\x00" * 9000),
    ):
        bench.send = lambda address, body, told=(status, answer): told
        assert set(bench.ask().values()) <= {"REFUSED", "WRONG"}, (status, answer[:5])
    bench.send = lambda address, body: (
        200,
        line_of_no_moment(bench.kept[address.removeprefix("http://").removesuffix("/add-checkpoint")], body.decode()),
    )
    assert set(bench.ask().values()) == {"WRONG"}
    assert notes.moment_of(struct.pack(">Q", TOO_LATE)) == TOO_LATE
    bench.send = honest
    assert bench.ask() == dict.fromkeys(NAMES, "OK")  # the control: nothing of it was kept


def test_a_witness_that_answers_byte_by_byte_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            one, _ = door.accept()
            with one:
                try:
                    for _ in range(200):
                        one.sendall(b"H")
                        time.sleep(0.05)
                except OSError:
                    return  # cut off, as it should be

        slow = threading.Thread(target=drip)
        slow.start()
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            post(f"http://127.0.0.1:{door.getsockname()[1]}/add-checkpoint", b"x", seconds=0.2)
        assert time.monotonic() - began < 5  # dripping would have gone on for ten seconds, each byte in time
        slow.join()


def test_a_list_of_logs_that_cannot_be_read_is_told_and_signs_nothing(tmp_path, capsys) -> None:
    kept = Kept(tmp_path, "bureau.example")
    (tmp_path / LOGS).write_text(f"nonsense\n{LOG}\n", encoding="utf-8")
    assert main(["--home", str(tmp_path), "--name", "bureau.example", "--listen", "127.0.0.1:0"]) == 2
    assert Witness(kept).add_checkpoint(asked(0, 3), seconds=SECONDS).status == 500
    assert "nonsense" in capsys.readouterr().err
    (tmp_path / LOGS).write_text(f"{LOG}\n", encoding="utf-8")
    assert Witness(kept).add_checkpoint(asked(0, 3), seconds=SECONDS).status == 200


def test_a_folder_has_one_witness_at_a_time(tmp_path, capsys) -> None:
    kept = Kept(tmp_path, "bureau.example")
    with kept.held():
        assert main(["--home", str(tmp_path), "--name", "bureau.example", "--listen", "127.0.0.1:0"]) == 2
        assert "another guitu-witness" in capsys.readouterr().err
        with pytest.raises(FolderTaken), Kept(tmp_path, "bureau.example").held():
            pass
    with kept.held():  # free again
        pass


def test_a_length_of_any_number_of_figures_is_answered(tmp_path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(Kept(tmp_path, "bureau.example"))) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            for length in ("9" * 5000, "-1", "²"):
                door = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
                door.putrequest("POST", "/add-checkpoint")
                door.putheader("Content-Length", length)
                door.endheaders()
                assert door.getresponse().status == 413
                door.close()
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    "listen",
    ["nonsense", "127.0.0.1", "127.0.0.1:", ":8481", "127.0.0.1:x", "127.0.0.1:99999", "127.0.0.1:²", "::1:84"],
)
def test_an_address_that_is_none_is_refused_in_words(tmp_path, capsys, listen) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--home", str(tmp_path / "home"), "--name", "bureau.example", "--listen", listen])
    assert refused.value.code == 2
    assert "HOST:PORT is" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_an_address_that_is_taken_and_a_folder_that_is_not_sound_are_told_in_words(tmp_path, capsys) -> None:
    assert (address("[::1]:8481"), address("localhost:0")) == (("::1", 8481), ("localhost", 0))  # the control
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main(["--home", str(tmp_path / "a"), "--name", "bureau.example", "--listen", place]) == 2
    assert main(["--home", str(tmp_path / "a"), "--name", "bureau.example", "--listen", "192.0.2.1:8481"]) == 2
    (tmp_path / "a" / KEY).write_text("nonsense\n")
    assert main(["--home", str(tmp_path / "a"), "--name", "bureau.example", "--listen", "127.0.0.1:0"]) == 2
    (tmp_path / "file").write_text("")
    assert main(["--home", str(tmp_path / "file"), "--name", "bureau.example", "--listen", "127.0.0.1:0"]) == 2
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / LOGS).write_bytes(b"\xff\n")
    assert main(["--home", str(tmp_path / "b"), "--name", "bureau.example", "--listen", "127.0.0.1:0"]) == 2
    assert capsys.readouterr().err.count("the witness was not started") == 5


@pytest.mark.parametrize(
    "held", ["nonsense", "[]", '{"size": 3}', '{"size": 3, "root": "QQ=="}', '{"size": -1, "root": ""}']
)
def test_over_a_last_size_that_cannot_be_read_nothing_is_signed(tmp_path, capsys, held) -> None:
    kept = Kept(tmp_path, "bureau.example")
    (tmp_path / LOGS).write_text(f"{LOG}\n", encoding="utf-8")
    assert Witness(kept).add_checkpoint(asked(0, 3), seconds=SECONDS).status == 200
    (seen,) = tmp_path.glob("seen-*.json")
    sound = seen.read_text(encoding="utf-8")
    seen.write_text(held, encoding="utf-8")
    for old in (0, 3):
        assert Witness(kept).add_checkpoint(asked(old, 5), seconds=SECONDS).status == 500
    assert "nothing signed" in capsys.readouterr().err
    seen.write_text(sound, encoding="utf-8")
    assert Witness(kept).add_checkpoint(asked(3, 5), seconds=SECONDS).status == 200  # the control
