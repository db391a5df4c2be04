"""Sends the journal's lines to the system that the operator names: syslog over TLS (RFC 5425), nothing else.

A line waits in a queue for a thread of its own and holds up no request. The server's chain and name are verified, TLS
is 1.2 or newer, and nothing is ever sent in plain. Syslog confirms no line: one that was under way when the connection
broke can be lost there; the local journal has it.
"""

from __future__ import annotations

import logging
import os
import queue
import select
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from guitu.web.journal import Line

log = logging.getLogger("guitu.sending")

_LOCAL0 = 16
_SEVERITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6}
_SECONDS_TO_ANSWER = 10
_SECONDS_TO_REFUSE = 0.5
_SECONDS_AT_THE_END = 2


class Sent(logging.Handler):
    """Sends every line of one process; while the place does not answer, keeps up to `most` and counts the others."""

    def __init__(self, to: str, ca: str, certificate: str, *, most: int, again: float) -> None:
        """`to` is ``tls://host:port``, `ca` and `certificate` (with its key) PEM files or empty, `again` seconds.

        Raises SystemExit with words for the operator where one of them cannot be read: nothing starts without it.
        """
        super().__init__()
        self.setFormatter(Line())
        self._host, self._port = _place(to)
        self._context = _context(ca, certificate)
        self._most, self._again = most, again
        self._at = socket.gethostname() or "-"
        self._begin()

    def _begin(self) -> None:
        """Begin with an empty queue: what waits at a fork is the parent's to send."""
        self._process = os.getpid()
        self._waiting: queue.Queue[bytes] = queue.Queue(self._most)
        self._lost = 0
        self._ended = threading.Event()
        self._connected: ssl.SSLSocket | None = None
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Put the line into the queue; where that is full, count it. Called under the lock of this handler."""
        if self._process != os.getpid():
            self._begin()
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_all, name="guitu-journal", daemon=True)
            self._thread.start()
        try:
            if self._lost:
                words = "%d lines of the journal were not sent: too many waited"
                told = logging.LogRecord(log.name, logging.ERROR, __file__, 0, words, (self._lost,), None)
                self._waiting.put_nowait(self._framed(told))
                self._lost = 0
            self._waiting.put_nowait(self._framed(record))
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Leave what waits a moment to be sent, then end the thread."""
        if self._process == os.getpid() and self._thread is not None:
            until = time.monotonic() + _SECONDS_AT_THE_END
            while self._waiting.unfinished_tasks and time.monotonic() < until:
                time.sleep(0.01)
            self._ended.set()
        super().close()

    def _framed(self, record: logging.LogRecord) -> bytes:
        """The line as a message of RFC 5424, its octets counted before it."""
        priority = _LOCAL0 * 8 + _SEVERITIES.get(record.levelno, 5)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        header = f"<{priority}>1 {at} {self._at[:255]} guitu {record.process} {record.name[:32]} -"
        message = f"{header} {self.format(record)}".encode("ascii", "replace")
        return b"%d %s" % (len(message), message)

    def _send_all(self) -> None:
        """The thread: one line after the other, each until it has been handed over."""
        waiting, ended, silent = self._waiting, self._ended, False
        while not ended.is_set():
            try:
                line = waiting.get(timeout=1)
            except queue.Empty:
                continue
            while not ended.is_set():
                try:
                    self._hand_over(line)
                except (OSError, ValueError) as error:  # ValueError: a host that is no name
                    self._hang_up()
                    if not silent:
                        log.error("the journal cannot be sent, it is tried again: %s", type(error).__qualname__)
                    silent = True
                    ended.wait(self._again)
                else:
                    silent = False
                    break
            waiting.task_done()
        self._hang_up()

    def _hand_over(self, line: bytes) -> None:
        """Send one line, over the connection that stands or a new one; raises OSError (ssl.SSLError is one)."""
        if self._connected is not None and _hung_up(self._connected):
            self._hang_up()
        if self._connected is None:
            plain = socket.create_connection((self._host, self._port), timeout=_SECONDS_TO_ANSWER)
            try:
                self._connected = self._context.wrap_socket(plain, server_hostname=self._host)
            except BaseException:
                plain.close()
                raise
            select.select([self._connected], [], [], _SECONDS_TO_REFUSE)
            if _hung_up(self._connected):  # since TLS 1.3 a refused certificate is told after the handshake
                raise ConnectionRefusedError
        self._connected.sendall(line)

    def _hang_up(self) -> None:
        if self._connected is not None:
            self._connected.close()
        self._connected = None


def _hung_up(connected: ssl.SSLSocket) -> bool:
    """Whether the other side has ended the connection: a syslog server says nothing as long as it listens."""
    connected.settimeout(0)
    try:
        return not connected.recv(1)
    except ssl.SSLWantReadError:
        return False
    except OSError:
        return True
    finally:
        connected.settimeout(_SECONDS_TO_ANSWER)


def _place(to: str) -> tuple[str, int]:
    """Host and port of ``tls://host:port``; 6514 is the port of RFC 5425 where none is named."""
    try:
        parts = urlsplit(to)
        port = 6514 if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not port or parts.scheme != "tls" or not parts.hostname or parts.netloc.count("@") or parts.path.strip("/"):
        raise SystemExit(
            "GUITU_LOG_TO 应写成 tls://主机:端口；日志只用 TLS 发送，未启动。\n"
            "GUITU_LOG_TO must read tls://host:port; the journal is sent over TLS alone. Nothing was started."
        )
    return parts.hostname, port


def _context(ca: str, certificate: str) -> ssl.SSLContext:
    """TLS 1.2 or newer; chain and name are verified against `ca`, or against the system's authorities."""
    try:
        context = ssl.create_default_context(cafile=ca or None)
        if certificate:
            context.load_cert_chain(certificate, password=str)  # a key under a password is refused, not asked about
    except OSError as error:
        raise SystemExit(
            f"GUITU_LOG_CA 或 GUITU_LOG_CERTIFICATE 读不了（{type(error).__name__}），未启动。\n"
            f"GUITU_LOG_CA or GUITU_LOG_CERTIFICATE cannot be read ({type(error).__name__}). Nothing was started."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
