"""The register of erasures replayed after a restore: whom it names is forgotten again by every room."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from guitu.ledger import erasing
from guitu.ledger.ending import replay_endings
from guitu.ledger.erasing import Registered, Replayed
from guitu.ledger.operations import record_at_machine
from guitu.rights.erasures import close, forget


def is_missing() -> bool:
    """Whether the database does not know of an erasure in the register of this installation: it is older than that.

    As guitu_owner. Raises RegisterUnreadable.
    """
    lines = erasing.read_register(erasing.register_file())
    with connection.cursor() as cursor:
        held = {one.erasure for one in erasing.stored_register(cursor)} if lines else set()
    return any(one.erasure not in held for one in lines)


def replay_all(brought: Path | None, *, at: datetime) -> Replayed:
    """Erase again whom any register names, record it at `at`, and complete the lines in GUITU_HOME; as guitu_owner.
    Processing records that had ended are ended again.

    A decision that the restored copy still holds as not carried out is closed with what was erased for it. The
    registers are the database's own, the lines in GUITU_HOME and `brought`, one kept elsewhere. All or nothing.
    Raises RegisterUnreadable, with nothing erased.
    """
    here = erasing.register_file()
    lines = erasing.read_register(here)
    from_elsewhere = erasing.read_register(brought) if brought else []
    with transaction.atomic(), connection.cursor() as cursor:
        stored = erasing.stored_register(cursor)
        register: dict[uuid.UUID, Registered] = {one.erasure: one for one in (*stored, *lines, *from_elsewhere)}
        done = erasing.replay(register.values(), forget=forget, cursor=cursor)
        for one in register.values():
            close(one.erasure, done.of[one.person], at=at, cursor=cursor)
        replay_endings(brought, cursor=cursor)
        if done.of:
            told = {"persons": len(done.of), "rows": done.rows.total()}
            record_at_machine("ledger:erasures:replayed", event_id=uuid.uuid4(), at=at, **told)
        known = {one.erasure for one in lines}
        missing = [one for one in register.values() if one.erasure not in known]
        if missing:
            erasing.append(here, missing)
    return done
