"""Asking witnesses to co-sign: each is shown how the log has grown since it signed last, and its line is kept.

Runs in the sequencer's process, as guitu_seq, outside any transaction of the tree: a witness that does not answer
holds up nothing.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import re
import socket
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.db import connection

from guitu.ledger import proving
from guitu.ledger.log import notes
from guitu.ledger.log.notes import Note, NoteWrong
from guitu.ledger.log.policies import Policy, Witness
from guitu.ledger.nightly import note_findings
from guitu.ledger.proving import Published

OK, CONFLICT = 200, 409
MOST_BYTES = 10_000
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\s*")
OK_WORD, AHEAD, REFUSED = "OK", "AHEAD", "REFUSED"
AGAINST = frozenset({AHEAD, REFUSED})
Post = Callable[[str, bytes], tuple[int, str]]
"""Sends a body to an address and returns status and text. Raises OSError where nobody answers."""


@dataclass(frozen=True)
class Asked:
    """What became of asking one witness: OK, SILENT, REFUSED, AHEAD (it holds more than we do), WRONG (a bad line)."""

    witness: str
    outcome: str


def post(address: str, body: bytes, *, seconds: float = 5.0) -> tuple[int, str]:
    """POST over HTTP or HTTPS to an address of the policy; no redirect is followed. Raises OSError.

    Each step may take `seconds`, and all of them together three times as long: who answers byte by byte is cut off.
    """
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    door = kind(parts.hostname or "", parts.port, timeout=seconds)
    patience = threading.Timer(3 * seconds, _cut_off, [door])
    patience.start()
    try:
        door.request("POST", parts.path, body=body, headers={"Content-Type": "text/plain; charset=utf-8"})
        answer = door.getresponse()
        return answer.status, answer.read(MOST_BYTES).decode("utf-8", "replace")
    except http.client.HTTPException as fault:
        raise ConnectionError(str(fault)) from fault
    finally:
        patience.cancel()
        door.close()


def _cut_off(door: http.client.HTTPConnection) -> None:
    if door.sock is not None:
        with contextlib.suppress(OSError):  # it has just ended by itself
            door.sock.shutdown(socket.SHUT_RDWR)


class Standing:
    """Whether the log may be signed on: not before the witnesses that the policy asks for have confirmed, since this
    process began, that they have seen no more of it than it holds; nor while they say that they have, or refuse it.

    A log restored from an older copy, or a standby promoted with lag, so stops instead of signing another history. One
    witness that the quorum can do without holds up nothing.
    """

    def __init__(self) -> None:
        self._confirming: set[str] = set()
        self._against: set[str] = set()
        self._confirmed = False

    def heard(self, asked: Iterable[Asked]) -> None:
        """Take in what became of asking: silence and a bad line change nothing."""
        for one in asked:
            if one.outcome == OK_WORD:
                self._confirming.add(one.witness)
                self._against.discard(one.witness)
            elif one.outcome in AGAINST:
                self._against.add(one.witness)

    def fault(self, policy: Policy) -> str:
        """Why the log may not be signed on: ROLLED_BACK, UNCONFIRMED; empty when it may.

        A log without a checkpoint, and one whose policy asks for nobody, has nobody to wait for.
        """
        others = set(policy.witnesses) - self._against
        if not policy.witnessed(policy.quorum, others):
            return "ROLLED_BACK"
        if not self._confirmed:
            empty = proving.published() is None
            self._confirmed = empty or policy.witnessed(policy.quorum, self._confirming)
        return "" if self._confirmed else "UNCONFIRMED"


def note_ailing(policy: Policy, asked: Iterable[Asked], *, at: datetime, stale: timedelta) -> None:
    """Keep as findings, as of `at`: witnesses that refuse or have seen more, once a day each, and witnesses whose line
    some checkpoint has lacked for longer than `stale`, once for each checkpoint that they signed last."""
    for one in asked:
        if one.outcome in AGAINST:
            note_findings([(f"WITNESS_{one.outcome}", f"{one.witness}.{at:%Y%m%d}")], at=at)
    for witness in policy.witnesses.values():
        if not witness.address:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(max(size), 0) FROM ledger_cosignature WHERE witness = %s",
                [witness.name],
            )
            last = int(cursor.fetchone()[0])
            cursor.execute("SELECT min(at) FROM ledger_checkpoint WHERE size > %s", [last])
            since = cursor.fetchone()[0]
        if since is not None and at - since >= stale:
            note_findings([("WITNESS_STALE", f"{witness.name}.{last:04d}")], at=at, since=since)


def ask_all(policy: Policy, *, send: Post = post, again: bool = False) -> list[Asked]:
    """Show the latest checkpoint to every witness with an address that has not co-signed it, with `again` to those that
    have, too; what became of each."""
    latest = proving.published()
    if latest is None:
        return []
    answered = _answered(latest.size)
    waiting = [one for one in policy.witnesses.values() if one.address and (again or one.name not in answered)]
    return [Asked(one.name, _ask(one, latest, send)) for one in waiting]


def note_quorum(policy: Policy, *, at: datetime, own_machine: bool) -> bool:
    """Note, as of `at`, that the latest checkpoint has the co-signatures that the policy asks for; whether it has.

    A policy without witnesses asks for nothing and so shows nothing. A line counts by the key that the policy names for
    the witness now: a key taken out vouches for nothing more. `own_machine`: the witnesses of a demonstration.
    """
    latest = proving.published()
    if latest is None:
        return False
    signed = _signed(latest, policy)
    if not signed or not policy.witnessed(policy.quorum, signed):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_witnessed (size, at, own_machine) VALUES (%s, %s, %s) ON CONFLICT (size) DO NOTHING",
            [latest.size, at, own_machine],
        )
    return True


def _signed(latest: Published, policy: Policy) -> set[str]:
    """The witnesses of the policy whose line under this checkpoint holds."""
    note = notes.read(latest.note)
    return {one.name for one in policy.witnesses.values() if _holds(note, one)}


def _holds(note: Note, witness: Witness) -> bool:
    try:
        return note.signed_by(witness.verifier) is not None
    except NoteWrong:
        return False


def _answered(size: int) -> set[str]:
    """Who has a line under this checkpoint, of whichever key; one with another key now is asked about the next."""
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
        told = _SIZE.fullmatch(text)
        if status == CONFLICT and told:
            held = int(told[1])
            if held > latest.size:
                return AHEAD
            if held != old:
                status, text = send(address, _request(held, latest))
    except OSError:
        return "SILENT"
    return _keep(witness, latest, text) if status == OK else REFUSED


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
        moment = datetime.fromtimestamp(notes.moment_of(line.body), UTC) if line else None
    except (NoteWrong, ValueError, OverflowError):  # a line that does not hold, or of no moment that there is
        return "WRONG"
    if line is None or moment is None:
        return "WRONG"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_cosignature (id, size, witness, line, at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (size, witness) DO NOTHING",
            [uuid.uuid4(), latest.size, witness.name, str(line), moment],
        )
    return OK_WORD
