"""After a restore and before anything is opened: whom the register of erasures names is erased again.

``python -m guitu.web.replaying`` is run by ``./guitu restore`` as guitu_owner on the restored database. The register is
what the backup itself holds together with the lines in GUITU_HOME and in the file that GUITU_ERASURES names.
"""

from __future__ import annotations

import os
import sys

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import json
import uuid
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction

from guitu.ledger import erasing
from guitu.ledger.erasing import Registered, RegisterUnreadable, Replayed
from guitu.rights.erasures import forget
from guitu.web.clock import now


def replay_all(brought: Path | None) -> Replayed:
    """Erase again whom any register names, record it, and complete the lines in GUITU_HOME.

    `brought` is a register from elsewhere. Raises RegisterUnreadable, with nothing erased.
    """
    here = erasing.register_file()
    lines = erasing.read_register(here)
    from_elsewhere = erasing.read_register(brought) if brought else []
    with transaction.atomic(), connection.cursor() as cursor:
        stored = erasing.stored_register(cursor)
        register: dict[uuid.UUID, Registered] = {one.erasure: one for one in (*stored, *lines, *from_elsewhere)}
        done = erasing.replay(register.values(), forget=forget, cursor=cursor)
        if done.persons:
            facts = {"persons": done.persons, "rows": sum(done.rows.values())}
            cursor.execute(
                "SELECT ledger_keep('ledger:erasures:replayed', %s::uuid, %s::timestamptz, NULL, NULL, NULL, '', '{}',"
                " %s::jsonb)",
                [uuid.uuid4(), now(), json.dumps(facts)],
            )
        known = {one.erasure for one in lines}
        erasing.append(here, [one for one in register.values() if one.erasure not in known])
    return done


def main() -> int:
    """Replay; returns the exit code."""
    named = os.environ.get("GUITU_ERASURES")
    if named and not Path(named).is_file():
        sys.stdout.write(f"没有删除登记 {named} · there is no register of erasures {named}\n")
        return 1
    try:
        done = replay_all(Path(named) if named else None)
    except RegisterUnreadable as fault:
        sys.stdout.write(f"删除登记读不了 · the register of erasures cannot be read: {fault}\n")
        return 1
    sys.stdout.write(f"{done.persons} {sum(done.rows.values())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
