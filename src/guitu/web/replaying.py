"""Before anything is served: what the register of erasures names is done again where the database went back.

``python -m guitu.web.replaying`` is run as guitu_owner by ``./guitu restore`` on the restored database, and by every
start (``up``, ``prepare``). GUITU_REPLAY=MISSING replays only where the database does not know what the register tells;
GUITU_ERASURES (a JSON list) names registers kept elsewhere; GUITU_ERASURES_LOST are the words with which somebody goes
on without the register; GUITU_RESTORED is the moment of the backup, whose restore is recorded.
"""

from __future__ import annotations

import getpass
import json
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
from guitu.rights.replaying import replay_all, went_back
from guitu.web.clock import now


def main() -> int:
    """Replay; returns the exit code. The last line is JSON: what was done; or STANDS: nothing was missing."""
    named = [Path(one) for one in json.loads(os.environ.get("GUITU_ERASURES", "[]"))]
    lost = os.environ.get("GUITU_ERASURES_LOST", "").strip()
    for path in named:
        if not path.is_file():
            sys.stdout.write(f"没有删除登记 {path} · there is no register of erasures {path}\n")
            return 1
    try:
        if os.environ.get("GUITU_REPLAY") == "MISSING" and not lost and not went_back():
            sys.stdout.write("STANDS\n")
            return 0
        with transaction.atomic():
            done = replay_all(named, at=now(), lost=lost, done_by=getpass.getuser())
            if made_at := os.environ.get("GUITU_RESTORED"):
                told = {"made_at": made_at, "done_by": getpass.getuser()}
                record_at_machine("ledger:backup:restored", event_id=uuid.uuid4(), at=now(), **told)
    except RegisterUnreadable as fault:
        sys.stdout.write(f"删除登记不能用 · the register of erasures cannot be used: {fault}\n")
        return 1
    until = done.whole_until.isoformat(timespec="seconds") if done.whole_until else ""
    numbers = {"persons": len(done.erased.of), "rows": done.erased.rows.total(), "sealed": done.sealed}
    sys.stdout.write(f"{json.dumps(numbers | {'until': until})}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
