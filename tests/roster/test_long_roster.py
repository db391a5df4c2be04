"""A roster too long for a page: the worker checks it and takes it in; the page shows how far; a kill leaves no half."""

import os
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from guitu.access import errands
from guitu.prison import at_length, operations
from guitu.prison.roster import RosterRefusedError
from guitu.prison.told import from_text, told_of
from guitu.web import worker
from tests.factories import rosters
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.reading import body, persons_linked

RELEASE = date(2026, 12, 20)
ROWS = [
    rosters.row(name, release=RELEASE, order=str(901 + 2 * one))
    for one, name in enumerate(("苏望舒", "江南乔", "穆清扬"))
]
BAD = (*ROWS[0][:1], "陈白鹭", ROWS[0][2], "910121198503129990", *ROWS[0][4:])


@pytest.fixture
def long(fresh):  # noqa: F811
    with override_settings(GUITU_ROSTER_AT_ONCE=2):
        yield fresh


def hand_in(browser, *rows):
    file = SimpleUploadedFile("大名册.xlsx", rosters.workbook(*rows))
    return browser.post("/prison/roster/check/", {"file": file})["Location"]


def work() -> str | None:
    with errands.worker() as hand:
        return worker.run_once(hand)


def counts(house) -> list[int]:
    with house.role("guitu_owner") as door:
        tables = ("people_person", "journeys_journey", "prison_roster", "ledger_entry")
        return [door.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_a_long_roster_is_checked_and_taken_in_by_the_worker_and_shown_where_it_was_left(long) -> None:
    browser, before = long.client("prison"), counts(long)
    report = hand_in(browser, *ROWS, BAD)
    waiting = browser.get(report)
    assert waiting["Refresh"] == "2"
    assert "正在读文件" in body(waiting)
    assert work() == errands.DONE
    told = browser.get(report)
    assert not told.has_header("Refresh")
    assert "导入这3行" in body(told)
    assert "910121198503129990" not in body(told)
    assert counts(long) == before
    assert browser.post(f"{report}take-in/")["Location"] == report
    assert browser.post(f"{report}take-in/")["Location"] == report  # twice is once
    assert "大名册.xlsx" in body(browser.get("/prison/roster/"))
    assert work() == errands.DONE
    assert work() is None
    after = counts(long)
    assert [later - earlier for later, earlier in zip(after, before, strict=True)][:3] == [3, 3, 1]
    result = browser.get(report)
    assert "读到4行，写入3行：新建3人" in body(result)
    assert len(persons_linked(result)) == 3
    assert "要更正的行" in body(result)
    assert browser.post(f"{report}take-in/")["Location"] == report
    assert work() is None
    assert counts(long) == after


def test_the_ledger_names_the_post_and_purpose_that_handed_it_over(long) -> None:
    browser = long.client("prison")
    report = hand_in(browser, *ROWS)
    work()
    browser.post(f"{report}take-in/")
    work()
    with long.role("guitu_owner") as door:
        told = door.execute(
            "SELECT DISTINCT p.title, u.name, y.purpose FROM ledger_payload y JOIN ledger_entry e ON e.id = y.entry_id"
            " JOIN access_post p ON p.id = y.post_id JOIN access_unit u ON u.id = p.unit_id"
            " WHERE e.act = 'prison:person:expected' AND y.canonical LIKE '%%\"row\":%%'"
            " AND y.post_id = (SELECT post_id FROM access_errand LIMIT 1)"
        ).fetchall()
    assert told == [("监地协作专员", "桐岭监狱", "PREPARE_RETURN")]


def test_a_short_roster_is_shown_at_once(fresh) -> None:  # noqa: F811 - control: without the limit no worker is asked
    report = hand_in(fresh.client("prison"), *ROWS)
    assert "导入这3行" in body(fresh.client("prison").get(report))
    assert work() is None


def test_a_correction_has_a_long_roster_checked_anew(long) -> None:
    browser = long.client("prison")
    report = hand_in(browser, *ROWS[1:], BAD)
    work()
    assert "导入这2行" in body(browser.get(report))
    right = rosters.number("910121", "19850312", "951")
    assert browser.post(f"{report}correct/", {"fix:4:id_number:名册": right})["Location"] == report
    assert browser.get(report)["Refresh"] == "2"
    work()
    assert "导入这3行" in body(browser.get(report))


def test_what_cannot_be_done_says_why_and_can_be_tried_again(long, monkeypatch) -> None:
    browser, before = long.client("prison"), counts(long)
    report = hand_in(browser, *ROWS)
    work()
    browser.post(f"{report}take-in/")

    def broken(*_args, **_named):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(operations, "start_journeys", broken)
    assert [work() for _ in range(4)] == ["", "", "", None]
    assert counts(long) == before
    stopped = browser.get(report)
    assert "几次都没有办成" in body(stopped)
    assert not stopped.has_header("Refresh")
    monkeypatch.undo()
    assert browser.post(f"{report}again/")["Location"] == report
    with override_settings(GUITU_ROSTER_AT_ONCE=2):
        assert work() == errands.DONE
    assert "导入这3行" in body(browser.get(report))


def test_another_prison_finds_nothing_at_the_address(long) -> None:
    report = hand_in(long.client("prison"), *ROWS)
    work()
    other = long.client("other-prison")
    assert other.get(report).status_code == 404
    assert other.post(f"{report}take-in/").status_code == 404
    assert other.post(f"{report}again/").status_code == 404


@pytest.mark.parametrize("signals", [1, 2])
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_everything(long, signals) -> None:
    browser, before = long.client("prison"), counts(long)
    report = hand_in(browser, *ROWS)
    work()
    browser.post(f"{report}take-in/")
    for _ in range(signals):
        kill_in_the_middle(long.database)
        assert counts(long)[:3] == before[:3]
    assert work() == errands.DONE
    assert [later - earlier for later, earlier in zip(counts(long), before, strict=True)][:3] == [3, 3, 1]
    assert "写入3行：新建3人" in body(browser.get(report))


KILLED = """
import time
from guitu.web import worker
from guitu.access import errands
from guitu.prison import operations
from tests.web.peopled import MOMENT
worker.now = lambda: MOMENT
def waiting(*_args, **_named):
    print("in the middle", flush=True)
    time.sleep(60)
operations.start_journeys = waiting
with errands.worker() as hand:
    worker.run_once(hand)
"""


def kill_in_the_middle(database: str) -> None:
    """Start a worker on this database and kill it when the persons are written and their journeys are not."""
    env = os.environ | {"GUITU_DB_NAME": database}
    with subprocess.Popen([sys.executable, "-c", KILLED], env=env, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout.readline().strip() == "in the middle"
        one.send_signal(signal.SIGKILL)
    time.sleep(0.2)  # the server notices that its client is gone


def test_what_the_page_tells_survives_being_kept(house) -> None:
    with house.acting("prison"):
        found = operations.check(rosters.workbook(*ROWS, BAD), file_name="x.xlsx", today=date(2026, 9, 1))
    told = told_of(found)
    assert from_text(told.as_text()) == told
    assert told.to_correct == 1


def test_whether_a_roster_is_long_is_a_matter_of_its_lines() -> None:
    data = rosters.workbook(*ROWS)
    assert at_length.is_long(data, file_name="x.xlsx", at_once=3, bytes_at_once=10**6)
    assert not at_length.is_long(data, file_name="x.xlsx", at_once=4, bytes_at_once=10**6)


def test_a_roster_of_too_many_bytes_is_not_even_read_by_the_page_and_the_errand_says_what_is_wrong(fresh) -> None:  # noqa: F811
    assert at_length.is_long(b"no workbook", file_name="x.xlsx", at_once=1, bytes_at_once=10)
    browser = fresh.client("prison")
    with override_settings(GUITU_ROSTER_BYTES_AT_ONCE=10):
        file = SimpleUploadedFile("坏.xlsx", b"this is no workbook")
        report = browser.post("/prison/roster/check/", {"file": file})["Location"]
    assert work().startswith("NOT_READ:")
    with pytest.raises(RosterRefusedError) as refused:
        at_length.is_long(b"this is no workbook", file_name="x.xlsx", at_once=1, bytes_at_once=10**6)
    assert refused.value.message_zh in body(browser.get(report))
