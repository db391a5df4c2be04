"""A file is shown to the scanner that the operator names, and not taken in without its word."""

import socket
import struct
import threading

import pytest

from guitu.papers import policy, scanning
from tests.papers.test_attaching import PDF, attach, held

BAD = PDF + b"EICAR"


class Scanner(threading.Thread):
    """A clamd of one answer: speaks INSTREAM as it does and keeps what it was shown."""

    def __init__(self, path, answer: bytes | None = None) -> None:
        super().__init__(daemon=True)
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(str(path))
        self.door.listen()
        self.answer, self.shown = answer, b""

    def run(self) -> None:
        line, _ = self.door.accept()
        with self.door, line, line.makefile("rb") as said:
            assert said.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", said.read(4))[0]:
                self.shown += said.read(size)
            found = b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in self.shown else b"stream: OK\0"
            line.sendall(found if self.answer is None else self.answer)


@pytest.fixture
def scanner(tmp_path, settings_of):
    """A scanner at a socket that the settings name."""
    made = Scanner(settings_of(tmp_path / "clamd"))
    made.start()
    yield made
    made.join(timeout=10)


@pytest.fixture
def settings_of(monkeypatch):
    """Name a socket in the settings."""

    def name(path):
        monkeypatch.setattr(scanning.settings, "GUITU_SCANNER", str(path))
        monkeypatch.setattr(scanning.settings, "GUITU_SCANNER_SECONDS", 5)
        return path

    return name


def test_a_file_the_scanner_finds_something_in_is_refused_and_nothing_is_kept(house, person, scanner):
    with pytest.raises(policy.AttachmentRefused, match="INFECTED"):
        attach(house, person, data=BAD)
    assert scanner.shown == BAD
    assert held(house, person) == []


def test_control_a_clean_file_is_taken_in_and_without_a_scanner_every_file(house, person, scanner, monkeypatch):
    attach(house, person)
    monkeypatch.setattr(scanning.settings, "GUITU_SCANNER", "")
    attach(house, person, data=BAD)
    assert len(held(house, person)) == 2


def test_a_long_file_is_shown_whole(scanner):
    data = b"%PDF-" + bytes(range(256)) * 1000
    scanning.scan(data)
    scanner.join(timeout=10)
    assert scanner.shown == data


def test_a_scanner_that_is_not_there_or_answers_nonsense_lets_nothing_in(tmp_path, settings_of):
    settings_of(tmp_path / "nobody")
    with pytest.raises(policy.AttachmentRefused, match="SCANNER_SILENT"):
        scanning.scan(PDF)
    for place, answer in enumerate((b"", b"INSTREAM size limit exceeded. ERROR\0")):
        Scanner(settings_of(tmp_path / f"clamd{place}"), answer).start()
        with pytest.raises(policy.AttachmentRefused, match="SCANNER_SILENT"):
            scanning.scan(PDF)
