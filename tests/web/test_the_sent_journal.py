"""The journal is sent over TLS to the one place that the operator names, framed, and to nobody else."""

import json
import logging
import os
import queue
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guitu.web.sent_journal import Sent

AGAIN = 0.02


def certificate(folder: Path, name: str) -> str:
    """A certificate for the host `name` that is its own authority, with its key, in one PEM file."""
    key, said = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder(said, said, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    sealed = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    path = folder / f"{name}-{made.serial_number}.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return str(path)


class Listening:
    """A server of one connection after the other; `heard` are the octets that got through, `lines` the messages."""

    def __init__(self, pem: str, *, port: int = 0, known: str = "") -> None:
        self.heard: queue.Queue[bytes] = queue.Queue()
        self.turned_away = threading.Event()
        self._context = None
        if pem:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(pem)
            if known:
                self._context.verify_mode = ssl.CERT_REQUIRED
                self._context.load_verify_locations(known)
        self._door = socket.create_server(("127.0.0.1", port), reuse_port=False)
        self.port = self._door.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            line.settimeout(5)
            try:
                if self._context:
                    line = self._context.wrap_socket(line, server_side=True)
                self._open.append(line)
                while more := line.recv(65536):
                    self.heard.put(more)
            except OSError:
                pass
            self.turned_away.set()
            line.close()

    def lines(self, number: int) -> list[str]:
        held, found = b"", []
        while len(found) < number:
            held += self.heard.get(timeout=5)
            while (count := re.match(rb"(\d+) ", held)) and len(held) >= count.end() + int(count[1]):
                found.append(held[count.end() : count.end() + int(count[1])].decode("ascii"))
                held = held[count.end() + int(count[1]) :]
        assert held == b""
        return found

    def end(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for line in self._open:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def record(words: str) -> logging.LogRecord:
    return logging.LogRecord("guitu.worker", logging.ERROR, __file__, 1, words, (), None)


def sending(port: int, ca: str, *, host: str = "localhost", most: int = 100) -> Sent:
    return Sent(f"tls://{host}:{port}", ca, "", most=most, again=AGAIN)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("guitu.web.sent_journal._SECONDS_AT_THE_END", 0.05)


def said(line: str) -> str:
    return json.loads(line[line.index("{") :])["said"]


def test_lines_arrive_framed_and_what_waited_is_sent_when_the_server_comes_back(tmp_path) -> None:
    pem = certificate(tmp_path, "localhost")
    first = Listening(pem)
    sent = sending(first.port, pem)
    for words in ("one", "陈柏舟\r\ntwo"):
        sent.handle(record(words))
    lines = first.lines(2)
    header = r"<131>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ guitu \d+ guitu\.worker - \{"
    assert [bool(re.match(header, line)) for line in lines] == [True, True]
    assert [said(line) for line in lines] == ["one", "陈柏舟\r\ntwo"]
    first.end()
    first.turned_away.wait(5)
    for words in ("three", "four"):
        sent.handle(record(words))
    again = Listening(pem, port=first.port)
    assert [said(line) for line in again.lines(2)] == ["three", "four"]
    sent.close()
    again.end()


def test_who_is_not_the_place_named_hears_nothing(tmp_path) -> None:
    pem, other, elsewhere = (certificate(tmp_path, name) for name in ("localhost", "localhost", "log.example.org"))
    wrong = {
        "authority": (Listening(other), pem),
        "name": (Listening(elsewhere), elsewhere),
        "plain": (Listening(""), pem),
        "stranger": (Listening(pem, known=other), pem),
    }
    for why, (server, ca) in wrong.items():
        sent = sending(server.port, ca)
        begun = time.monotonic()
        sent.handle(record("a line"))
        assert time.monotonic() - begun < 1, "a request waited"
        if why != "plain":
            assert server.turned_away.wait(5), why
            assert server.heard.empty(), why
        else:
            assert server.heard.get(timeout=5)[:1] == b"\x16", "a handshake, no word"
            assert b"a line" not in b"".join(server.heard.queue)
        sent.close()
        server.end()
    right = Listening(pem, known=other)
    control = Sent(f"tls://localhost:{right.port}", pem, other, most=1, again=AGAIN)
    assert control._context.minimum_version is ssl.TLSVersion.TLSv1_2
    control.handle(record("a line"))
    assert said(right.lines(1)[0]) == "a line"
    control.close()
    right.end()


def test_lines_beyond_the_bound_are_counted_and_told(tmp_path) -> None:
    pem = certificate(tmp_path, "localhost")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sent = sending(port, pem, most=3)
    for number in range(8):
        sent.handle(record(str(number)))
        time.sleep(0.02)  # the thread has taken the first one
    server = Listening(pem, port=port)
    assert [said(line) for line in server.lines(4)] == ["0", "1", "2", "3"]
    sent.handle(record("last"))
    assert [said(line) for line in server.lines(2)] == ["4 lines of the journal were not sent: too many waited", "last"]
    sent.close()
    server.end()


@pytest.mark.parametrize("to", ["", "tcp://host:6514", "host:6514", "tls://", "tls://host:x", "tls://host:0"])
def test_a_place_that_cannot_be_read_stops_the_start_in_words(to, tmp_path) -> None:
    with pytest.raises(SystemExit, match="GUITU_LOG_TO 应写成"):
        Sent(to, "", "", most=1, again=AGAIN)


def started(ca: str, port: int) -> subprocess.CompletedProcess[str]:
    """A process of the house that writes two lines and ends."""
    asked = {**os.environ, "GUITU_LOG_TO": f"tls://localhost:{port}", "GUITU_LOG_CA": ca}
    asked["DJANGO_SETTINGS_MODULE"] = "guitu.settings.test"
    writes = "import django, logging; django.setup(); logging.getLogger('guitu.tick').error('one')"
    writes += "; logging.getLogger('django.security.csrf').error('two')"
    return subprocess.run([sys.executable, "-c", writes], env=asked, capture_output=True, text=True, check=False)


def test_a_process_sends_and_writes_its_lines_or_does_not_start_where_the_authorities_cannot_be_read(tmp_path) -> None:
    pem = certificate(tmp_path, "localhost")
    server = Listening(pem)
    ended = started(pem, server.port)
    assert [said(line) for line in server.lines(2)] == ["one", "two"]
    assert [said(line) for line in ended.stderr.splitlines()] == ["one", "two"]
    assert ended.returncode == 0
    ended = started(str(tmp_path / "none.pem"), server.port)
    assert ended.returncode == 1
    assert "GUITU_LOG_CA or GUITU_LOG_CERTIFICATE cannot be read (FileNotFoundError)" in ended.stderr
    assert "Traceback" not in ended.stderr
    server.end()
