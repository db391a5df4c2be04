"""运行情况: what the system administrator sees of processes and queues; a process that fell silent is named."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access import beats, errands
from guitu.web import worker
from tests.web.peopled import MOMENT
from tests.web.reading import body


def noted(house, process: str, at: datetime, fault: str = "") -> None:
    with house.role("guitu_job") as door:
        door.execute(beats.WRITE, (process, at, '{"told": 3, "passed": 2}', fault))


def test_processes_at_work_and_silent_ones_are_told_apart(fresh) -> None:
    noted(fresh, "tick", MOMENT)
    noted(fresh, "worker", MOMENT - timedelta(hours=1))
    page = body(fresh.client("system").get("/installation/"))
    assert page.count("没有动静") == 2  # the worker since an hour, the sequencer for ever
    assert page.count("正常") == 1
    noted(fresh, "worker", MOMENT)
    noted(fresh, "sequencer", MOMENT, fault="LOG_BROKEN")
    page = body(fresh.client("system").get("/installation/"))
    assert page.count("没有动静") == 0
    assert page.count("上一轮出错 · 日志与已签的检查点不符".replace(" · ", "</strong> · ")) == 1


def test_the_queues_are_counted_and_name_nobody(fresh) -> None:
    with fresh.acting("system"), transaction.atomic():
        lines = {line.what: line for line in beats.running()}
    assert (lines["time_left"].number, lines["time_left"].at, lines["time_no_superior"].number) == (0, None, 0)
    with fresh.role("guitu_job") as door:
        door.execute(beats.WRITE, ("tick", MOMENT, '{"told": 3, "left": 4, "no_superior": 1, "untold": 2}', ""))
    with fresh.acting("system"), transaction.atomic():
        lines = {line.what: line for line in beats.running()}
    with fresh.role("guitu_owner") as door:
        waiting = door.execute("SELECT count(*) FROM ledger_pending").fetchone()[0]
    assert lines["log_waiting"].number == waiting
    assert [lines[what].number for what in ("tick", "time_left", "time_no_superior")] == [3, 4, 1]
    assert lines["database_bytes"].number > 0
    assert "log_signed" not in lines


@pytest.mark.parametrize("login", ["county", "audit", "security", "province"])
def test_nobody_else_watches(fresh, login: str) -> None:
    assert fresh.client(login).get("/installation/").status_code == 403
    with fresh.acting(login), pytest.raises(Exception, match="installation:watch"), transaction.atomic():
        beats.running()


def test_the_application_writes_no_beat(fresh) -> None:
    with fresh.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(beats.WRITE, ("tick", datetime(2026, 9, 1, tzinfo=UTC), "{}", ""))


def test_a_process_without_a_name_of_ours_is_refused(fresh) -> None:
    with fresh.role("guitu_job") as door, pytest.raises(psycopg.errors.CheckViolation):
        door.execute(beats.WRITE, ("other", datetime(2026, 9, 1, tzinfo=UTC), "{}", ""))


def test_a_worker_that_finds_nothing_to_do_says_that_it_is_there(fresh) -> None:
    stop = threading.Event()
    with errands.worker() as hand:
        asker = threading.Timer(1.5, stop.set)
        asker.start()
        worker._work(hand, stop)
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT process, done FROM access_beat").fetchall() == [("worker", {"errands": 0})]
