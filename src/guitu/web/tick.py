"""The tick: every minute, as guitu_job in its machine post, what time alone brings about. Safe to run twice.

Responsibility passes at the moment of release; provisional clocks are counted anew when a calendar year was loaded;
whoever bears a late clock is told, and what waits for other channels is sent.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import uuid

os.environ["GUITU_ROLE"] = "job"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.production")

import logging
from datetime import datetime, timedelta

import django

django.setup()

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from guitu.access import exports, kept_forms, queries, retention, signing_in
from guitu.access.acting import acting
from guitu.access.beats import beat
from guitu.handover import late_requests, letters, releases, rulings
from guitu.journeys import operations as journeys
from guitu.journeys.lapsing import tell_lateness
from guitu.ledger.policy import at_night
from guitu.notices import dispatching
from guitu.people import coming_of_age
from guitu.rights import breaches, late_breaches, sealed_decisions, sealing_due, worsening
from guitu.rights import late as late_rights
from guitu.rulebook.holding import one_reading
from guitu.support import operations as support
from guitu.support import referrals
from guitu.web import log_watch, speaking_signs
from guitu.web.clock import now

log = logging.getLogger("guitu.tick")
_left: dict[str, frozenset[uuid.UUID]] = {}
"""By kind, what the last round could not do; the journal names it."""


def run_once(*, at: datetime) -> dict[str, int]:
    """Do what is due at `at`; returns how many of each kind were done, and (`left`, `no_superior`) how many not."""
    token = signing_in.mint_tick(lasts=timedelta(minutes=settings.GUITU_TICK_TOKEN_MINUTES))
    session = queries.session_of(token)
    if session is None:
        raise RuntimeError("the machine post of the tick is missing")
    most = settings.GUITU_TICK_MOST
    with one_reading(), acting(session, session.purposes[0]):
        released = _said("released", releases.release_by_time(at=at, most=most))
        passed = _said("passed", releases.pass_responsibility_at_release(at=at, most=most))
        contested = _said("contested", rulings.open_lapsed_disputes(at=at, most=most))
        ended = _said("ended", support.end_terms(at=at, most=most))
        unanswered = late_requests.tell_late_requests(at=at, most=most)
        with transaction.atomic():
            exports_gone = exports.forget(at=at)
        reviews_late = late_rights.tell_late_reviews(at=at, most=most)
        referrals_late = referrals.tell_late_referrals(at=at, most=most)
        letters_late = letters.tell_late_letters(at=at, most=most)
        disk = shutil.disk_usage(settings.HOME)
        log_watch.tell_low_disk(at=at, free=disk.free, whole=disk.total, percent=settings.GUITU_DISK_PERCENT)
        findings = log_watch.tell_findings(at=at, lasts=timedelta(hours=settings.GUITU_FINDINGS_HOURS))
        rights_late = late_rights.tell_late_requests(at=at, most=most)
        complaints_late = late_rights.tell_late_complaints(at=at, most=most)
        sealed_late, to_seal = sealed_decisions.tell_late_decisions(at=at), sealing_due.tell_files_to_seal(at=at)
        worsened = _said("reviewed", worsening.put_before_superiors(at=at))
        breaches_told = breaches.tell_persons(at=at, most=most)
        late, of_age = late_breaches.tell_late_breaches(at=at), coming_of_age.tell_of_age(at=at, most=most)
        speaking = speaking_signs.tell_speaking(at=at)
        copies_gone = late_rights.forget_copies(at=at)
        with transaction.atomic():
            recounted = journeys.recount_provisional(at=at, most=most)
        retry = timedelta(minutes=settings.GUITU_NOTICE_RETRY_MINUTES)
        told, untold = tell_lateness(at=at, most=most, retry=retry)
        if untold:
            log.error("%d notices could not be told; they are kept and tried again", untold)
        with transaction.atomic():
            dispatched = dispatching.dispatch(at=at, most=most)
        sent = dispatching.send_waiting(at=at, most=most, tries=settings.GUITU_NOTICE_TRIES, retry=retry)
        records_ended, unregistered = _end_records(at)
    kept_forms.forget(at=at)
    done = {"released": released, "passed": passed, "contested": contested, "ended": ended, "recounted": recounted}
    done["findings"] = findings
    done["unanswered"], done["letters_late"] = unanswered, letters_late
    done["referrals_late"], done["reviews_late"] = referrals_late, reviews_late
    done["exports_gone"] = exports_gone
    done["records_ended"] = records_ended
    done["rights_late"], done["copies_gone"] = rights_late, copies_gone
    done |= {
        "sealed_late": sealed_late,
        "to_seal": to_seal,
        "breaches_told": breaches_told,
        "breaches_late": late,
        "of_age": of_age,
    }
    done["complaints_late"], done["worsened"], done["speaking"] = complaints_late, worsened, speaking
    done["no_superior"] = len(_left["reviewed"])
    done["left"] = sum(map(len, _left.values())) - done["no_superior"] + unregistered
    return {**done, "told": told, "untold": untold, "dispatched": dispatched, **sent}


def _said(what: str, done: tuple[int, list[uuid.UUID]]) -> int:
    """How many were done. What could not be is tried again every minute, and named in the journal at the first time.

    The page of the running installation says how many are left (`access_running`).
    """
    number, left = done
    for one in sorted(set(left) - _left.get(what, frozenset())):
        log.error("could not be %s by time: matter %s; it is tried again every minute", what, one)
    _left[what] = frozenset(left)
    return number


def _end_records(at: datetime) -> tuple[int, int]:
    """End processing records, at night; how many, and 1 where the register of erasures cannot be written: then none."""
    if not at_night(timezone.localtime(at), hour=settings.GUITU_ENDING_HOUR, lasts=settings.GUITU_ENDING_HOURS):
        return 0, 0
    try:
        return sum(retention.end_records(at=at, most=settings.GUITU_ENDING_MOST).values()), 0
    except OSError:
        log.exception("the register of erasures cannot be written: no processing record is ended")
        return 0, 1


def main() -> int:
    """Run until asked to stop. A failed round is logged and the next one tries again."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            at = now()
            done = run_once(at=at)
            beat("tick", at=at, done=done)  # of the day that the round was for, though it end after midnight
        except DatabaseError:
            log.exception("this round of the tick failed; the next one tries again")
            connection.close()
        stop.wait(settings.GUITU_TICK_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
