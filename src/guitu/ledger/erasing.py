"""Erasure at the bottom: a person's payloads go, the log stays valid; the register outlives what was erased.

The register stands in the database, in every backup of it, and as lines in ``GUITU_HOME/erasures.jsonl``: a backup that
is older than an erasure brings the person back, and the lines take them away again (`replay`). Ids alone are in it.
Each line is proven by a key of the house together with the line before it: none is forged, changed or taken out of the
middle unseen (adr/0060). What the database knows and the lines lack is asked in `ledger.registers`.
A room forgets by ``erase(person_id, cursor)`` (holdings); what all rooms forget together is handed in as `forget`.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from guitu.ledger import keys
from guitu.ledger.holdings import Cursor, erased

FILE = "erasures.jsonl"
_PROOF = ', "proof": "'


class RegisterUnreadable(ValueError):
    """A line of the register is none: a register that may lack somebody is not gone on with."""


@dataclass(frozen=True)
class Registered:
    """One line of the register: the decision, whom it is about, ground, the post that approved it, moment (UTC)."""

    erasure: uuid.UUID
    person: uuid.UUID
    ground: str
    approved_by: uuid.UUID
    at: datetime

    def __str__(self) -> str:
        stated = {name: str(value) for name, value in vars(self).items()} | {"at": self.at.isoformat()}
        return json.dumps(stated, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Begun:
    """That a register begins: its id, and those of the registers that it goes on from."""

    register: uuid.UUID
    after: tuple[uuid.UUID, ...] = ()

    def __str__(self) -> str:
        return json.dumps({"after": [str(one) for one in self.after], "register": str(self.register)}, sort_keys=True)


@dataclass(frozen=True)
class Kept:
    """That a backup was made at a moment (UTC): so far the register is whole. Its event stands in the ledger."""

    event: uuid.UUID
    at: datetime

    def __str__(self) -> str:
        return json.dumps({"at": self.at.isoformat(), "kept": str(self.event)}, sort_keys=True)


@dataclass(frozen=True)
class GivenUp:
    """Endings that the database knows and whose lines went with a register that was lost: they are not asked for."""

    endings: tuple[uuid.UUID, ...]

    def __str__(self) -> str:
        return json.dumps({"given_up": [str(one) for one in self.endings]})


@dataclass(frozen=True)
class Replayed:
    """Of each person that a register names, how many rows were there again and are gone, by table."""

    of: Mapping[uuid.UUID, Mapping[str, int]]

    @property
    def rows(self) -> Counter[str]:
        """The rows of all of them, by table."""
        return sum((Counter(gone) for gone in self.of.values()), Counter())


def register_file() -> Path:
    """Where the lines stand: GUITU_ERASURE_REGISTER, else in GUITU_HOME."""
    named = os.environ.get("GUITU_ERASURE_REGISTER")
    return Path(named) if named else Path(os.environ.get("GUITU_HOME", "var")) / FILE


def register_erasure(
    person_id: uuid.UUID, *, erasure_id: uuid.UUID, ground: str, approved_by: uuid.UUID, at: datetime, cursor: Cursor
) -> None:
    """Note an erasure in the database and, on disk before this returns, in the file. First step of the transaction that
    erases, as guitu_job under the errand's token; a repetition is noted once.

    Should that transaction fail, the file names a person who was to be erased and still is there: the errand is tried
    again, and a replay erases them. Raises DatabaseError GU006 where no decision is being carried out.
    """
    one = Registered(erasure_id, person_id, ground, approved_by, at)
    _insert(one, cursor)
    path = register_file()
    if one.erasure not in {held.erasure for held in read_register(path)}:
        append(path, [one])


def erase_payloads(person_id: uuid.UUID, cursor: Cursor) -> dict[str, int]:
    """Delete content and salt of the ledger's entries about a registered person; how many. Entries and leaves stay.

    An entry that is about others too keeps its content until all of them are in the register. Raises DatabaseError
    GU006 where no decision is being carried out or the person is not in the register.
    """
    return erased("ledger", person_id, cursor)


def replay(
    register: Iterable[Registered], *, forget: Callable[[uuid.UUID, Cursor], Mapping[str, int]], cursor: Cursor
) -> Replayed:
    """Erase again whom the register names, after a restore, as guitu_owner in the caller's transaction. Idempotent."""
    known = list(register)
    for one in known:
        _insert(one, cursor)
    persons = sorted({one.person for one in known})
    return Replayed({one: {**forget(one, cursor), **erase_payloads(one, cursor)} for one in persons})


def stored_register(cursor: Cursor) -> list[Registered]:
    """What the database's own register holds, oldest first; for the owner."""
    cursor.execute("SELECT id, person_id, ground, approved_by, at FROM ledger_erasure ORDER BY at, id")
    return [Registered(*row) for row in cursor.fetchall()]


def read_register(path: Path) -> list[Registered]:
    """The lines of a register file; none where there is no file. A last line without its end was never counted.

    Raises RegisterUnreadable.
    """
    found = []
    for number, held in whole_lines(path):
        if "erasure" not in held and _is_known(held):
            continue
        try:
            erasure, person, approved_by = (uuid.UUID(held[name]) for name in ("erasure", "person", "approved_by"))
            at = datetime.fromisoformat(held["at"])
            found.append(Registered(erasure, person, held["ground"], approved_by, at))
        except (ValueError, KeyError, TypeError) as fault:
            raise RegisterUnreadable(f"{path}, line {number}") from fault
    return found


def whole_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The whole lines of a register file with their numbers, whatever they register; none where there is no file.

    Raises RegisterUnreadable at a line that is none, or is not proven by this house to follow the one before it.
    """
    if not path.is_file():
        return
    *lines, _torn = path.read_text(encoding="utf-8").split("\n")
    before = ""
    for number, line in enumerate(lines, start=1):
        head, _, rest = line.rpartition(_PROOF)
        body, proof = f"{head}}}", rest.removesuffix('"}')
        if not head or not hmac.compare_digest(proof.encode(), _proof(before, body).encode()):
            raise RegisterUnreadable(f"{path}, line {number}")
        before = proof
        try:
            held = json.loads(body)
        except ValueError as fault:
            raise RegisterUnreadable(f"{path}, line {number}") from fault
        if not isinstance(held, dict):
            raise RegisterUnreadable(f"{path}, line {number}")
        yield number, held


def prove_once(path: Path) -> None:
    """Prove the lines of a register that was kept before lines were proven; a file that holds any proof stays as it is.

    For a database that goes by no register yet: one that does is never satisfied with lines that nothing proves. The
    proven file takes the place of the other at once. Raises RegisterUnreadable at a line that is none.
    """
    if not path.is_file():
        return
    *lines, _torn = path.read_text(encoding="utf-8").split("\n")
    if not lines or any(_PROOF in line for line in lines):
        return
    proven, before = [], ""
    for number, line in enumerate(lines, start=1):
        try:
            held = json.loads(line)
        except ValueError as fault:
            raise RegisterUnreadable(f"{path}, line {number}") from fault
        if not isinstance(held, dict) or not held:
            raise RegisterUnreadable(f"{path}, line {number}")
        before = _proof(before, line)
        proven.append(f'{line[:-1]}{_PROOF}{before}"}}\n')
    made = path.with_name(f"{path.name}.proven")
    made.write_text("".join(proven), encoding="utf-8")
    shutil.copymode(path, made)
    made.replace(path)


def append(path: Path, new: Iterable[object]) -> None:
    """Add proven lines to a register file, on disk on return; an unfinished line of a killed process is closed off
    first. Where there is no file a register begins that no database knows: the next start says so."""
    is_new = not path.exists()
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if is_new:
            shared = "GUITU_ERASURE_REGISTER" in os.environ  # the worker writes it, whoever restores completes it
            os.fchmod(file.fileno(), 0o660 if shared else 0o600)  # nosec B103 # named for several users of the machine
        file.seek(0)
        held = file.read()
        whole = held[: held.rfind(b"\n") + 1]
        file.truncate(len(whole))
        last = whole.decode().splitlines()[-1:]
        before = last[0].rpartition(_PROOF)[2].removesuffix('"}') if last else ""
        for one in new if last else _first(new):
            body = str(one)
            before = _proof(before, body)
            file.write(f'{body[:-1]}{_PROOF}{before}"}}\n'.encode())
        file.flush()
        os.fsync(file.fileno())


def _first(new: Iterable[object]) -> list[object]:
    lines = list(new)
    return lines if lines and isinstance(lines[0], Begun) else [Begun(uuid.uuid4()), *lines]


def _proof(before: str, body: str) -> str:
    return keys.mark("register of erasures", f"{before}\x1f{body}").hex()


def _is_known(held: Mapping[str, Any]) -> bool:
    return bool(held.keys() & {"ending", "register", "kept", "sealed", "unsealed", "given_up"})


def _insert(one: Registered, cursor: Cursor) -> None:
    cursor.execute(
        "SELECT ledger_register_erasure(%s::uuid, %s::uuid, %s::text, %s::uuid, %s::timestamptz)",
        [one.erasure, one.person, one.ground, one.approved_by, one.at],
    )
