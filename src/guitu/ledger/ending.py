"""The end of processing records: deleted when their term is over, with a proof in the register and in the ledger.

The register (`ledger_ending`) outlives what was deleted. Its lines also stand in the file of erasures: a backup that is
older than an ending brings the records back, and `replay_endings` takes them away again. Decision: adr/0045.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from guitu.ledger.erasing import RegisterUnreadable, append, register_file, whole_lines
from guitu.ledger.models import Ending

ALL_OF_THEM = 2**31 - 1


@dataclass(frozen=True)
class Due:
    """What is to end: a class, by which rule, what is from before when (aware), as of when."""

    record_class: str
    rule: str
    before: datetime
    at: datetime


@dataclass(frozen=True)
class Ended:
    """One ending: what was due, from when to when its records were (UTC); of the trace of looks the batches of that
    time that were spared, because something needed them. Opaque ids alone."""

    ending: uuid.UUID
    due: Due
    first_at: datetime
    last_at: datetime
    spared: tuple[uuid.UUID, ...]

    def __str__(self) -> str:
        of, moments = self.due, {"first_at": self.first_at, "last_at": self.last_at}
        moments |= {"before": of.before, "at": of.at}
        stated = {"ending": str(self.ending), "class": of.record_class, "rule": of.rule}
        stated |= {name: moment.isoformat() for name, moment in moments.items()}
        return json.dumps({**stated, "spared": [str(one) for one in self.spared]}, sort_keys=True)


def end(due: Due, *, most: int) -> int:
    """Delete up to about `most` of the records that are due and that nothing needs any more; how many.

    As guitu_job in the clock's post, in one transaction: proof, register and deletion, or nothing. The line of the file
    is on disk before the transaction ends; should that fail, a replay ends what has ended anyway. Raises DatabaseError
    GU010 where the national rule keeps the class longer.
    """
    ending = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        lines, first_at, last_at, spared = _end(cursor, ending, due, most=most)
        if lines:
            done = Ended(ending, due, first_at, last_at, tuple(spared))
            append(register_file(), [done])
    return lines


def replay_endings(brought: Sequence[Path], *, cursor: CursorWrapper) -> int:
    """End again what the files say was ended and the restored database does not know of; how many records.

    As guitu_owner in the caller's transaction. What something in the restored copy still needs stays until that is
    concluded. Raises RegisterUnreadable.
    """
    files = [register_file(), *brought]
    known = {one.ending: one for file in files for one in read_endings(file)}
    here = {one.ending for one in read_endings(register_file())}
    gone = 0
    for one in sorted(known.values(), key=lambda one: one.due.at):
        within = (one.first_at, one.last_at)
        again = _end(cursor, one.ending, one.due, most=ALL_OF_THEM, spared=one.spared, within=within)
        gone += again[0]
    if missing := [one for key, one in known.items() if key not in here]:
        append(register_file(), missing)
    return gone


def read_endings(path: Path) -> list[Ended]:
    """The endings that a file names; none where there is no file. Raises RegisterUnreadable."""
    found = []
    for number, held in whole_lines(path):
        if "ending" not in held:
            continue
        try:
            before, at, first_at, last_at = (
                datetime.fromisoformat(held[name]) for name in ("before", "at", "first_at", "last_at")
            )
            spared = tuple(uuid.UUID(one) for one in held["spared"])
            due = Due(held["class"], held["rule"], before, at)
            found.append(Ended(uuid.UUID(held["ending"]), due, first_at, last_at, spared))
        except (ValueError, KeyError, TypeError) as fault:
            raise RegisterUnreadable(f"{path}, line {number}") from fault
    return found


def _end(
    cursor: CursorWrapper,
    ending: uuid.UUID,
    due: Due,
    *,
    most: int,
    spared: tuple[uuid.UUID, ...] = (),
    within: tuple[datetime | None, datetime | None] = (None, None),
) -> tuple[int, datetime, datetime, list[uuid.UUID]]:
    cursor.execute(
        "SELECT * FROM ledger_end(%s::uuid, %s::text, %s::text, %s::timestamptz, %s::timestamptz, %s::integer,"
        " %s::uuid[], %s::timestamptz, %s::timestamptz)",
        [ending, due.record_class, due.rule, due.before, due.at, most, list(spared), *within],
    )
    row = cursor.fetchone()
    return row or (0, due.before, due.before, [])


def endings(since: datetime, until: datetime, *, first: int, most: int) -> tuple[list[Ending], int]:
    """The endings of the half-open time, newest first: `most` from `first` on; how many. In the open transaction."""
    found = Ending.objects.filter(at__gte=since, at__lt=until)
    return list(found.order_by("-at", "record_class", "id")[first : first + most]), found.count()


def last_ended(record_class: str) -> Ending | None:
    """The newest ending of a class, by what had ended; None before the first. Inside the caller's transaction."""
    return Ending.objects.filter(record_class=record_class).order_by("-before", "-at", "id").first()
