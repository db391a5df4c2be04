"""A process that does one act in a forked child and can kill that child, as by kill -9, at any point of the act.

``python -m tests.bad_days.killable`` reads one JSON line per act (database, act, given, kill_at, wait_at, until) and
answers one: ``{"killed"}`` or ``{"points", "refused"}``. Points are counted before each statement, and before and after
each commit, from the moment somebody acts.
"""

import json
import os
import signal
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from tests.conftest import House  # sets up Django with the settings of the tests

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)
RELEASE = date(2026, 10, 15)
RELEASED = datetime(2026, 10, 15, 16, 0, tzinfo=UTC)  # 24:00 in Shanghai


class FaultPoints:
    """Counts the points of an act on the connection; dies at the one it was told, or waits there for a file."""

    def __init__(self, kill_at: int = 0, wait_at: int = 0, until: str = "") -> None:
        self.kill_at, self.wait_at, self.until = kill_at, wait_at, until
        self.passed = []

    def reach(self, what: str) -> None:
        """One more point; perhaps the last."""
        self.passed.append(what)
        if len(self.passed) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        while len(self.passed) == self.wait_at and not os.path.exists(self.until):
            time.sleep(0.01)

    def statement(self, execute, sql, params, many, context):
        """An execute wrapper."""
        self.reach("statement")
        return execute(sql, params, many, context)

    @contextmanager
    def on(self, connection):
        """Count on this connection inside the block."""
        commit = connection._commit

        def counted_commit():
            self.reach("before commit")
            result = commit()
            self.reach("after commit")
            return result

        connection._commit = counted_commit
        try:
            with connection.execute_wrapper(self.statement):
                yield
        finally:
            del connection._commit


def take_in(house, given, points):
    """The prison takes in a roster."""
    from django.db import connection

    from guitu.prison import operations as prison

    data = bytes.fromhex(given["data"])
    with house.acting("prison"), points.on(connection):
        prison.import_roster(data, file_name="名册.xlsx", today=TODAY, at=AT)


def hand_over(house, given, points):
    """One step of the hand-over, by the one whose step it is."""
    from django.db import connection

    from guitu.handover import operations as handover

    person_id, mark = uuid.UUID(given["person"]), uuid.UUID(given["mark"])
    steps = {
        "send": ("prison", lambda: handover.send_dossier(person_id, sending=mark, at=AT)),
        "acknowledge": ("county", lambda: handover.acknowledge_dossier(person_id, parcel_id=mark, at=AT)),
        "refuse": (
            "county",
            lambda: handover.refuse_dossier(
                person_id, parcel_id=mark, ground="DOCUMENTS_MISSING", remark="缺判决书", at=AT
            ),
        ),
        "register": ("county", lambda: handover.register_return(person_id, event_id=mark, at=RELEASED)),
    }
    login, step = steps[given["step"]]
    login = given.get("login", login)
    with house.acting(login), points.on(connection):
        step()


def tick(house, given, points):
    """The clock passes responsibility at the end of the release day."""
    from django.db import connection

    from guitu.access import queries, signing_in
    from guitu.access.acting import acting
    from guitu.handover import releases

    connection.settings_dict["USER"] = "guitu_job"
    session = queries.session_of(signing_in.mint_tick(lasts=timedelta(minutes=5)))
    with acting(session, "CLOCK"), points.on(connection):
        releases.pass_responsibility_at_release(at=RELEASED + timedelta(hours=1), most=100)


def begin(house, given, points):
    """Somebody is taken in, at the beginning of a road."""
    from tests.bad_days import moves

    moves.begin(house, given["kind"])


def move(house, given, points):
    """One act of the road, by the one whose act it is."""
    from django.db import connection

    from tests.bad_days import moves

    with points.on(connection):
        moves.ACTS[given["move"]].do(moves.walk_of(house, uuid.UUID(given["person"])))


ACTS = {"take_in": take_in, "hand_over": hand_over, "tick": tick, "begin": begin, "move": move}


def do(job):
    """Do one act in this process; what was passed, and how it was refused."""
    from django.db import connection

    connection.settings_dict["NAME"] = job["database"]
    points = FaultPoints(job["kill_at"], job["wait_at"], job["until"])
    refused = None
    try:
        ACTS[job["act"]](House(None, job["database"]), job.get("given", {}), points)
    except Exception as error:  # told to the test, which knows which refusals are right
        refused = f"{type(error).__name__}: {error}"
    connection.close()
    return {"points": points.passed, "refused": refused}


def main():
    """Answer until the input ends."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w") as told:
                json.dump(do(json.loads(line)), told)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            answer = told.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            answer = json.dumps({"killed": os.WTERMSIG(status)})
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
