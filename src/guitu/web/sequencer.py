"""The sequencer's process: as guitu_seq, every few seconds, until it is told to stop. It reads no person.

``python -m guitu.web.sequencer``; its own keys are the database password of guitu_seq and the key of the log.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import datetime, timedelta

os.environ["GUITU_ROLE"] = "seq"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.production")

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from guitu.access.beats import beat
from guitu.ledger.log import policies
from guitu.ledger.log.checkpoints import CheckpointWrong
from guitu.ledger.log.notes import NoteWrong, Verifier
from guitu.ledger.log.policies import Policy, PolicyWrong
from guitu.ledger.log.tiles import TileMissing
from guitu.ledger.log_key import log_key, log_policy, log_verifier, national_key
from guitu.ledger.nightly import last_pass, note_findings, recheck_batch
from guitu.ledger.policy import recheck_due
from guitu.ledger.sequencing import Grown, LogBroken, note_policy, note_traces, sequence
from guitu.ledger.witnessing import Asked, Post, Standing, ask_all, note_ailing, note_quorum, post
from guitu.web.clock import now
from guitu.web.demonstration_witnesses import introduce

log = logging.getLogger("guitu.sequencer")
BROKEN = (LogBroken, CheckpointWrong, NoteWrong, TileMissing)
"""What is stored is not what this key has signed, or cannot be read, wherever in a round it is met."""


class Sequencer:
    """One process's rounds: what it has heard from the witnesses since it began decides whether it signs on."""

    def __init__(self, key: Ed25519PrivateKey, verifier: Verifier, *, send: Post = post) -> None:
        self._key, self._verifier, self._send = key, verifier, send
        self._standing = Standing()
        self._noted = ""

    def round(self, *, at: datetime) -> Grown:
        """Sign what waits as of `at` unless the witnesses hold it up, have it co-signed, and note how it went."""
        policy = self._policy(at)
        if policy is None:
            beat("sequencer", at=at, done={}, fault="POLICY")
            return Grown(0, more=False)
        asked: list[Asked] = []
        if self._standing.fault(policy):
            asked = self._ask(policy, again=True)
        held_up = self._standing.fault(policy)
        grown = Grown(0, more=False) if held_up else self._grow(at)
        if not held_up and not grown.more:
            asked = self._ask(policy, again=False)
            note_quorum(policy, at=at, own_machine=settings.GUITU_DEMONSTRATION)
        if not grown.more:
            note_ailing(policy, asked, at=at, stale=timedelta(minutes=settings.GUITU_WITNESS_MINUTES))
        self._tell(grown.taken, asked, held_up or self._standing.fault(policy), at)
        return grown

    def _policy(self, at: datetime) -> Policy | None:
        """Whom the log goes by in this round: read once, and noted in the ledger before anything is done by it.

        None where it cannot be read: then nobody is asked, and nothing is signed, since nobody can say whether the
        witnesses hold the log up. Raises DatabaseError where a changed one cannot be noted: nothing is done by it.
        """
        try:
            stated = log_policy()
            policy = policies.read(stated)
        except (PolicyWrong, NoteWrong, UnicodeDecodeError, OSError):
            log.exception("the witness policy cannot be read: nobody is asked to co-sign, and nothing is signed")
            return None
        if stated != self._noted:
            note_policy(stated, at=at)
            self._noted = stated
        return policy

    def _grow(self, at: datetime) -> Grown:
        return sequence(self._key, self._verifier, at=at, most=settings.GUITU_LOG_MOST, national=national_key())

    def _ask(self, policy: Policy, *, again: bool) -> list[Asked]:
        asked = ask_all(policy, send=self._send, again=again)
        self._standing.heard(asked)
        return asked

    @staticmethod
    def _tell(taken: int, asked: list[Asked], held_up: str, at: datetime) -> None:
        """Note the round, and in the journal each witness that has not co-signed and why nothing is signed."""
        unwell = [one for one in asked if one.outcome != "OK"]
        for one in unwell:
            log.error("witness %s: %s", one.witness, one.outcome)
        if held_up:
            log.error("the log is not signed on: %s", held_up)
        fault = held_up or ("WITNESS" if unwell else "")
        beat("sequencer", at=at, done={"taken": taken, "cosigned": len(asked) - len(unwell)}, fault=fault)


def recheck(verifier: Verifier, *, at: datetime) -> None:
    """Recheck a batch of the log if it is the hour for it; when it has been through, note what stands in no batch."""
    last = last_pass()
    begun = timezone.localtime(last.begun_at) if last else None
    hour, lasts = settings.GUITU_RECHECK_HOUR, settings.GUITU_RECHECK_HOURS
    ended = last is None or last.ended_at is not None
    if recheck_due(timezone.localtime(at), hour=hour, lasts=lasts, begun=begun, ended=ended):
        batch = recheck_batch(verifier, at=at, most=settings.GUITU_RECHECK_TILES)
        for code, which in batch.wrong:
            log.error("recheck: %s %s", code, which)
        if batch.ended:
            note_traces(at=at, most=settings.GUITU_LOG_MOST, whole=True)


def turn(sequencer: Sequencer, verifier: Verifier, *, at: datetime) -> bool:
    """One turn as of `at`; whether more waits. A failed one is logged and tried again. Over a log that is broken, or
    not of this key, nothing is signed and that is told; the night's recheck, which names the place, goes on."""
    try:
        try:
            note_traces(at=at, most=settings.GUITU_LOG_MOST)
            more = sequencer.round(at=at).more
        except BROKEN:
            log.exception("the log is not signed any more: run ./guitu ledger audit")
            note_findings([("LOG_BROKEN", f"{at:%Y%m%d}")], at=at)
            beat("sequencer", at=at, done={}, fault="LOG_BROKEN")
            more = False
        if not more:
            recheck(verifier, at=at)
    except DatabaseError:
        log.exception("this round of the sequencer failed; the next one tries again")
        connection.close()
        return False
    return more


def main() -> int:
    """Run until asked to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    key, verifier = log_key(), log_verifier()
    if settings.GUITU_DEMONSTRATION and os.environ.get("GUITU_DEMO_WITNESSES"):
        introduce(verifier, os.environ["GUITU_DEMO_WITNESSES"], settings.HOME)
    sequencer = Sequencer(key, verifier)
    while not stop.is_set():
        if not turn(sequencer, verifier, at=now()):
            stop.wait(settings.GUITU_LOG_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
