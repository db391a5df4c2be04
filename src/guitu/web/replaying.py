"""Before anything is served: whom the register of erasures names is erased again.

``python -m guitu.web.replaying`` is run as guitu_owner by ``./guitu restore`` on the restored database, and by every
start (``up``, ``prepare``) of an installation that has a register. GUITU_REPLAY=MISSING replays only where the database
does not know of an erasure in it; GUITU_ERASURES names a register kept elsewhere; GUITU_RESTORED is the moment of the
backup, whose restore is recorded.
"""

from __future__ import annotations

import getpass
import os
import sys
import uuid

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

from pathlib import Path

import django

django.setup()

from django.db import transaction

from guitu.ledger.erasing import RegisterUnreadable
from guitu.ledger.operations import record_at_machine
from guitu.rights.replaying import is_missing, replay_all
from guitu.web.clock import now


def main() -> int:
    """Replay; returns the exit code. The last line says how many persons and rows, or STANDS: nothing was missing."""
    named = os.environ.get("GUITU_ERASURES")
    if named and not Path(named).is_file():
        sys.stdout.write(f"没有删除登记 {named} · there is no register of erasures {named}\n")
        return 1
    try:
        if os.environ.get("GUITU_REPLAY") == "MISSING" and not is_missing():
            sys.stdout.write("STANDS\n")
            return 0
        with transaction.atomic():
            done = replay_all(Path(named) if named else None, at=now())
            if made_at := os.environ.get("GUITU_RESTORED"):
                told = {"made_at": made_at, "done_by": getpass.getuser()}
                record_at_machine("ledger:backup:restored", event_id=uuid.uuid4(), at=now(), **told)
    except RegisterUnreadable as fault:
        sys.stdout.write(f"删除登记读不了 · the register of erasures cannot be read: {fault}\n")
        return 1
    sys.stdout.write(f"{len(done.of)} {done.rows.total()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
