"""The register of erasures replayed after a restore: whom it names is forgotten again by every room, what was sealed
stands behind every range again, and no session or interface token of the former time opens anything."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from guitu.ledger import erasing, registers
from guitu.ledger.ending import replay_endings
from guitu.ledger.erasing import Registered, Replayed
from guitu.ledger.operations import record_at_machine
from guitu.rights import sealed_register
from guitu.rights.erasures import close, forget


@dataclass(frozen=True)
class Back:
    """What a replay has done: whom it erased, how many files it sealed and sessions it ended; up to when (UTC) the
    registers are known to be whole, None where they do not say."""

    erased: Replayed
    sealed: int
    sessions: int
    whole_until: datetime | None


def went_back() -> bool:
    """Whether the database does not know what the register of this installation tells: it is older than that.

    As guitu_owner. Raises RegisterUnreadable, also where the register is gone, another one, or older than the database.
    """
    here = erasing.register_file()
    lines = erasing.read_register(here)
    with connection.cursor() as cursor:
        registers.require_whole([here], cursor)
        held = {one.erasure for one in erasing.stored_register(cursor)} if lines else set()
        return (
            any(one.erasure not in held for one in lines)
            or bool(sealed_register.missing([here], cursor))
            or registers.reaches_beyond(here, cursor)
        )


def replay_all(brought: Sequence[Path], *, at: datetime, lost: str = "", done_by: str = "") -> Back:
    """Do again what any register names, record it at `at`, and complete the lines in GUITU_HOME; as guitu_owner.

    Persons are erased, processing records that had ended are ended, sealed files are sealed, every session and token
    ends. A decision that the restored copy still holds as not carried out is closed with what was erased for it. The
    registers are the database's own, the lines in GUITU_HOME and `brought`, those kept elsewhere. `lost` are the words
    with which somebody at the machine goes on without the register; the ledger keeps them. All or nothing. Raises
    RegisterUnreadable, with nothing done.
    """
    here = erasing.register_file()
    files = [here, *brought]
    lines = erasing.read_register(here)
    from_elsewhere = [one for path in brought for one in erasing.read_register(path)]
    with transaction.atomic(), connection.cursor() as cursor:
        if lost:
            record_at_machine("ledger:register:lost", event_id=uuid.uuid4(), at=at, words=lost, done_by=done_by)
        else:
            registers.require_whole(files, cursor)
        whole_until = registers.last_mark(files)
        stored = erasing.stored_register(cursor)
        register: dict[uuid.UUID, Registered] = {one.erasure: one for one in (*stored, *lines, *from_elsewhere)}
        done = erasing.replay(register.values(), forget=forget, cursor=cursor)
        for one in register.values():
            close(one.erasure, done.of[one.person], at=at, cursor=cursor)
        registers.go_on_with(here, at=at, cursor=cursor)
        replay_endings(brought, cursor=cursor)
        sealed = sealed_register.seal_again(files, at=at, cursor=cursor)
        cursor.execute("SELECT access_end_all(%s::timestamptz)", [at])
        sessions: int = cursor.fetchone()[0]
        event = uuid.uuid4()
        told = {"persons": len(done.of), "rows": done.rows.total(), "sealed": sealed, "sessions": sessions}
        record_at_machine("ledger:erasures:replayed", event_id=event, at=at, **told)
        _complete(here, [one for one in register.values() if one not in lines], brought)
        if lost:
            registers.give_up_endings(here, cursor)
        registers.mark(event, at=at)
    return Back(done, sealed, sessions, whole_until)


def _complete(here: Path, erasures: Iterable[Registered], brought: Iterable[Path]) -> None:
    known = {one.erasure for one in erasing.read_register(here)}
    lines: list[object] = [one for one in erasures if one.erasure not in known]
    lines += sealed_register.not_in(here, brought)
    if lines:
        erasing.append(here, lines)
