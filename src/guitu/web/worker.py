"""The worker: does what a page would take too long for, in the post and purpose of whoever handed it over.

It is the application to the database and nobody by itself: it takes errands as guitu_job and is given the token of the
post behind each (access/errands.py). Safe to kill at any moment; what was under way is taken again.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

os.environ["GUITU_ROLE"] = "app"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.production")

import logging
from collections.abc import Callable
from datetime import timedelta

import django

django.setup()

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection

from guitu.access import errands, queries
from guitu.access.acting import acting
from guitu.access.operations import NotAllowed
from guitu.handover import exports
from guitu.prison import at_length
from guitu.prison.roster import RosterRefusedError
from guitu.rights import copies, deciding, erasures
from guitu.rulebook.holding import one_reading
from guitu.web.clock import now
from guitu.web.memory import settle
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

log = logging.getLogger("guitu.worker")
DUTIES: dict[str, Callable[..., bool]] = {
    at_length.CHECK: at_length.check_draft,
    at_length.IMPORT: at_length.import_draft,
    deciding.BUILD: copies.build,
    deciding.ERASE: erasures.carry_out,
    exports.ASK: exports.make,
}
"""What it can be asked for: permission → the operation behind it."""


def run_once(hand: errands.Worker) -> str | None:
    """Take one errand and do it; how it ended, "" when it is to be tried again, None when nothing waits.

    Whatever an errand dies of is logged and tried again; it never stops the worker.
    """
    taken = hand.take()
    if taken is None:
        return None
    try:
        outcome = _done(taken, hand)
    except Exception:
        log.exception("errand %s (%s) failed; it is tried again", taken.id, taken.action)
        connection.close()
        outcome = ""
    if outcome:
        hand.end(taken.id, outcome)
    hand.leave(taken.id)
    return outcome


def _done(taken: errands.Taken, hand: errands.Worker) -> str:
    try:
        session = queries.session_of(taken.token)
        if session is None:
            return "POST_ENDED"
        moment = now()
        with one_reading(), acting(session, taken.purpose):
            found = DUTIES[taken.action](
                taken.about,
                today=moment.astimezone(LEGAL_ZONE).date(),
                at=moment,
                noted=lambda done, of_all: hand.note(taken.id, done, of_all),
            )
    except RosterRefusedError as refusal:
        return at_length.not_read(refusal)
    except (NotAllowed, queries.SessionEnded):
        return "POST_ENDED"
    return errands.DONE if found else "GONE"


def _work(hand: errands.Worker, stop: threading.Event) -> None:
    """Take errands until asked to stop, and say once in a while that somebody is there."""
    said, done = None, 0
    while not stop.is_set():
        ended = run_once(hand) == errands.DONE
        done += ended
        moment = now()
        if said is None or moment - said >= timedelta(seconds=settings.GUITU_TICK_SECONDS):
            hand.beat(at=moment, done=done)
            said, done = moment, 0
        if not ended:
            stop.wait(settings.GUITU_ERRAND_SECONDS)


def main() -> int:
    """Work until asked to stop; what is under way is finished first. A lost database is waited for."""
    settle()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            with errands.worker() as hand:
                _work(hand, stop)
        except (psycopg.Error, DatabaseError):
            log.exception("the worker has lost its database; it goes on when it is back")
            connection.close()
            stop.wait(settings.GUITU_ERRAND_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
