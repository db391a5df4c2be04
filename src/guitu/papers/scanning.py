"""Shows a file to the virus scanner of the machine, if the operator has named one: clamd at its socket (INSTREAM)."""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from guitu.papers.policy import AttachmentRefused

_PIECE = 1 << 16


def is_named() -> bool:
    """Whether the operator has named a scanner."""
    return bool(settings.GUITU_SCANNER)


def scan(data: bytes) -> None:
    """Let the scanner look at a file, where one is named.

    Raises AttachmentRefused: INFECTED where it finds something, SCANNER_SILENT where it does not answer: what cannot be
    looked at is not taken in.
    """
    if not is_named():
        return
    try:
        answer = _asked(data)
    except OSError as silent:
        raise AttachmentRefused("SCANNER_SILENT") from silent
    if answer.endswith(b" FOUND"):
        raise AttachmentRefused("INFECTED")
    if not answer.endswith(b" OK"):
        raise AttachmentRefused("SCANNER_SILENT")


def _asked(data: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(settings.GUITU_SCANNER_SECONDS)
        line.connect(settings.GUITU_SCANNER)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").strip()
