"""Asking witnesses to co-sign: each is shown how the log has grown since it signed last, and its line is kept.

Runs in the sequencer's process, as guitu_seq, outside any transaction of the tree: a witness that does not answer
holds up nothing.
"""

from __future__ import annotations

import base64
import http.client
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.db import connection

from guitu.ledger import proving
from guitu.ledger.log import notes
from guitu.ledger.log.notes import Note, NoteWrong
from guitu.ledger.log.policies import Policy, Witness
from guitu.ledger.proving import Published

OK, CONFLICT = 200, 409
MOST_BYTES = 10_000
Post = Callable[[str, bytes], tuple[int, str]]
"""Sends a body to an address and returns status and text. Raises OSError where nobody answers."""


@dataclass(frozen=True)
class Asked:
    """What became of asking one witness: OK, SILENT, REFUSED, AHEAD (it holds more than we do), WRONG (a bad line)."""

    witness: str
    outcome: str


def post(address: str, body: bytes, *, seconds: float = 5.0) -> tuple[int, str]:
    """POST over HTTP or HTTPS to an address of the policy; no redirect is followed. Raises OSError."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    door = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        door.request("POST", parts.path, body=body, headers={"Content-Type": "text/plain; charset=utf-8"})
        answer = door.getresponse()
        return answer.status, answer.read(MOST_BYTES).decode("utf-8", "replace")
    except http.client.HTTPException as fault:
        raise ConnectionError(str(fault)) from fault
    finally:
        door.close()


def ask_all(policy: Policy, *, send: Post = post) -> list[Asked]:
    """Show the latest checkpoint to every witness with an address that has not co-signed it; what became of each."""
    latest = proving.published()
    if latest is None:
        return []
    signed = _signed(latest.size)
    waiting = [one for one in policy.witnesses.values() if one.address and one.name not in signed]
    return [Asked(one.name, _ask(one, latest, send)) for one in waiting]


def note_quorum(policy: Policy, *, at: datetime, own_machine: bool) -> bool:
    """Note, as of `at`, that the latest checkpoint has the co-signatures that the policy asks for; whether it has.

    A policy without witnesses asks for nothing and so shows nothing. `own_machine`: the witnesses of a demonstration.
    """
    latest = proving.published()
    if latest is None:
        return False
    signed = _signed(latest.size)
    if not signed or not policy.witnessed(policy.quorum, signed):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_witnessed (size, at, own_machine) VALUES (%s, %s, %s) ON CONFLICT (size) DO NOTHING",
            [latest.size, at, own_machine],
        )
    return True


def _signed(size: int) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT witness FROM ledger_cosignature WHERE size = %s", [size])
        return {row[0] for row in cursor.fetchall()}


def _ask(witness: Witness, latest: Published, send: Post) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(size), 0) FROM ledger_cosignature WHERE witness = %s", [witness.name])
        old = int(cursor.fetchone()[0])
    address = witness.address.rstrip("/") + "/add-checkpoint"
    try:
        status, text = send(address, _request(old, latest))
        if status == CONFLICT and text.strip().isdecimal():
            held = int(text)
            if held > latest.size:
                return "AHEAD"
            if held != old:
                status, text = send(address, _request(held, latest))
    except OSError:
        return "SILENT"
    return _keep(witness, latest, text) if status == OK else "REFUSED"


def _request(old: int, latest: Published) -> bytes:
    hashes = proving.growth(old, latest.size) if old else []
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in hashes)]
    own = notes.read(latest.note)
    bare = Note(own.text, own.signatures[:1])  # the log's signature alone
    return ("\n".join(lines) + "\n\n" + str(bare)).encode()


def _keep(witness: Witness, latest: Published, text: str) -> str:
    try:
        lines = notes.read_signatures(text.splitlines())
        line = Note(notes.read(latest.note).text, tuple(lines)).signed_by(witness.verifier)
    except NoteWrong:
        return "WRONG"
    if line is None:
        return "WRONG"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_cosignature (id, size, witness, line, at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (size, witness) DO NOTHING",
            [
                uuid.uuid4(),
                latest.size,
                witness.name,
                str(line),
                datetime.fromtimestamp(notes.moment_of(line.body), UTC),
            ],
        )
    return "OK"
