"""The sequencer's process: as guitu_seq, every few seconds, until it is told to stop. It reads no person.

``python -m guitu.web.sequencer``; its own keys are the database password of guitu_seq and the key of the log.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

os.environ["GUITU_ROLE"] = "seq"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.production")

import django

django.setup()

from django.conf import settings
from django.db import DatabaseError, connection

from guitu.access.beats import beat
from guitu.ledger.log import policies
from guitu.ledger.log.notes import NoteWrong
from guitu.ledger.log.policies import PolicyWrong
from guitu.ledger.log_key import log_key, log_policy, log_verifier
from guitu.ledger.sequencing import LogBroken, sequence
from guitu.ledger.witnessing import Asked, ask_all, note_quorum
from guitu.web.clock import now
from guitu.web.demonstration_witnesses import introduce

log = logging.getLogger("guitu.sequencer")


def _tell(taken: int, asked: list[Asked]) -> None:
    """Note the round, and in the journal each witness that has not co-signed. One that holds more than this log means
    that this log is an older copy of itself."""
    unwell = [one for one in asked if one.outcome != "OK"]
    for one in unwell:
        log.error("witness %s: %s", one.witness, one.outcome)
    fault = "ROLLED_BACK" if any(one.outcome == "AHEAD" for one in unwell) else "WITNESS" if unwell else ""
    beat("sequencer", at=now(), done={"taken": taken, "cosigned": len(asked) - len(unwell)}, fault=fault)


def main() -> int:
    """Run until asked to stop. A failed round is logged and tried again; over a broken tree nothing is signed."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    key, verifier = log_key(), log_verifier()
    if settings.GUITU_DEMONSTRATION and os.environ.get("GUITU_DEMO_WITNESSES"):
        introduce(verifier, os.environ["GUITU_DEMO_WITNESSES"], settings.HOME)
    while not stop.is_set():
        more = False
        try:
            grown = sequence(key, verifier, at=now(), most=settings.GUITU_LOG_MOST)
            more = grown.more
            asked: list[Asked] = []
            if not more:
                policy = policies.read(log_policy())
                asked = ask_all(policy)
                note_quorum(policy, at=now(), own_machine=settings.GUITU_DEMONSTRATION)
            _tell(grown.taken, asked)
        except (PolicyWrong, NoteWrong):
            log.exception("the witness policy cannot be read: nobody is asked to co-sign")
            beat("sequencer", at=now(), done={}, fault="POLICY")
        except LogBroken:
            log.exception("the log is not signed any more: run ./guitu ledger audit")
            beat("sequencer", at=now(), done={}, fault="LOG_BROKEN")
        except DatabaseError:
            log.exception("this round of the sequencer failed; the next one tries again")
            connection.close()
        if not more:
            stop.wait(settings.GUITU_LOG_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
