"""``guitu-witness --home DIR --name NAME [--listen HOST:PORT]``: serves add-checkpoint over HTTP until told to stop.

Needs the standard library and ``cryptography``; no database, no Django. ``GET /`` answers its key, for a policy.
"""

from __future__ import annotations

import argparse
import re
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from guitu.ledger.log.notes import NoteWrong
from guitu.witness.judging import CONFLICT, MALFORMED, OK, Answer, Witness
from guitu.witness.keeping import FolderTaken, FolderWrong, Kept

MOST_BYTES = 64_000
_LENGTH, _PORT, MOST_PORT = re.compile(r"[0-9]{1,9}"), re.compile(r"[0-9]{1,5}"), 65_535
TOO_LARGE, NOT_FOUND = 413, 404
PATIENCE_SECONDS = 10


def handler_of(kept: Kept) -> type[BaseHTTPRequestHandler]:
    """The handler of requests for this witness."""
    witness = Witness(kept)

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE_SECONDS
        server_version, sys_version = "guitu-witness", ""

        def do_GET(self) -> None:
            """The witness's key."""
            self._answer(Answer(OK, f"{kept.verifier}\n") if self.path == "/" else Answer(NOT_FOUND))

        def do_POST(self) -> None:
            """add-checkpoint."""
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                self._answer(Answer(NOT_FOUND))
            elif not _LENGTH.fullmatch(length) or int(length) > MOST_BYTES:
                self._answer(Answer(TOO_LARGE))
            else:
                try:
                    body = self.rfile.read(int(length)).decode("utf-8")
                except UnicodeDecodeError:
                    self._answer(Answer(MALFORMED))
                    return
                self._answer(witness.add_checkpoint(body, seconds=int(time.time())))

        def _answer(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            kind = "text/x.tlog.size" if answer.status == CONFLICT else "text/plain; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 2, in words, for a name that cannot stand in a note, an address that is none or
    is taken, a list of logs or a key that cannot be read, or a folder in which another witness is at work."""
    parser = argparse.ArgumentParser(prog="guitu-witness", allow_abbrev=False)
    parser.add_argument(
        "--home", type=Path, required=True, help="密钥与所见的存放处 · where key and last sizes are kept"
    )
    parser.add_argument("--name", required=True, help="见证方名称，不含空格和加号 · name without spaces or plus signs")
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 8481), metavar="HOST:PORT", help="监听地址")
    given = parser.parse_args(arguments)
    try:
        kept = Kept(given.home, given.name)
        stated = str(kept.verifier)
        kept.logs()
        with kept.held():
            _serve(kept, given.listen, stated)
    except (NoteWrong, FolderTaken, FolderWrong, OSError) as fault:
        sys.stderr.write(f"见证方没有启动 · the witness was not started: {fault}\n")
        return 2
    return 0


def address(stated: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``, an IPv6 host in square brackets. Raises ArgumentTypeError, in words."""
    host, _, port = stated.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    sound = bare and (bare != host or ":" not in host) and not any(sign.isspace() for sign in bare)
    if not sound or not _PORT.fullmatch(port) or int(port) > MOST_PORT:
        raise argparse.ArgumentTypeError(
            f"{stated!r} 不是地址，应为 主机:端口，如 127.0.0.1:8481 或 [::1]:8481 · is no address; HOST:PORT is"
        )
    return bare, int(port)


class _Server(ThreadingHTTPServer):
    """Listens on IPv4 or IPv6, as the address is."""

    def __init__(self, place: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        super().__init__(place, handler)


def _serve(kept: Kept, place: tuple[str, int], stated: str) -> None:
    server = _Server(place, handler_of(kept))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f"{stated}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.5)


if __name__ == "__main__":
    sys.exit(main())
