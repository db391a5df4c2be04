"""The disk fills up while a roster is taken in: the server's own refusal, said in words, and nothing half done.

The limit on the size of files is put on the one server process that works for us, as a full disk would meet it: it
cannot make a table longer. The table is first filled to just below the limit, with rows that nobody sees.
"""

import resource
from contextlib import contextmanager
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client

from guitu.web import full_disk as rules
from guitu.web.full_disk import disk_is_full
from guitu.web.gate import token_cookie
from tests.bad_days.pictures import differing, picture
from tests.factories import rosters
from tests.factories.taking_in import take_in
from tests.web.peopled import serve_from_source, stop_clock

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
RELEASE = date(2026, 12, 14)
PAGE = 8192
LIMIT = 16 * 1024 * 1024  # a segment of the journal of changes is as long; it must still be written
HELD = rosters.row("陈柏舟", release=RELEASE)
NEW = rosters.row("龙龚", release=RELEASE, order="117")


def fill_to_the_limit(house, table="people_fact"):
    """Make the table as long as a file may be: one row a page, of nobody."""
    long = "value" if table == "people_fact" else "words"
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        door.execute(f"ALTER TABLE {table} ALTER COLUMN {long} SET STORAGE PLAIN")
        door.execute(f"ALTER TABLE {table} SET (fillfactor = 10)")  # a new row begins a new page
        columns = [
            row[0]
            for row in door.execute(
                f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0"
                " AND NOT attisdropped"
            )
        ]
        chosen = {
            "id": "gen_random_uuid()",
            "division": "'999999999999'",
            "item": "'filler'",
            "value": "repeat('x', 7800)",
            "sealed_value": "NULL",
            "to_at": "clock_timestamp()",
            "words": "repeat('x', 7950)",
            "subjects": "'{}'",
        }
        missing = LIMIT // PAGE - door.execute(f"SELECT pg_relation_size('{table}')").fetchone()[0] // PAGE
        door.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(chosen.get(c, c) for c in columns)}"
            f" FROM (SELECT * FROM {table} LIMIT 1) one, generate_series(1, {missing})"
        )
        assert door.execute(f"SELECT pg_relation_size('{table}')").fetchone()[0] == LIMIT


@contextmanager
def full_disk():
    """Inside the block the server process of our connection cannot make any file longer than the limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    free = resource.prlimit(pid, resource.RLIMIT_FSIZE, (LIMIT + PAGE // 2, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, free)


@pytest.fixture
def nearly_full(house):
    """A house with one person held, whose table of items has come to the end of the disk."""
    take_in(house, HELD)
    fill_to_the_limit(house)
    return house


def test_a_disk_that_fills_up_during_the_import_leaves_nothing_half_done(nearly_full):
    dsn = nearly_full.server.dsn("postgres", nearly_full.database)
    before = picture(dsn)
    with full_disk(), pytest.raises(DatabaseError) as refused:
        take_in(nearly_full, HELD, NEW)
    assert isinstance(refused.value.__cause__, psycopg.Error)
    assert "could not extend file" in str(refused.value)
    assert differing(picture(dsn), before) == set()
    taken = take_in(nearly_full, HELD, NEW)
    assert [row.fields["name"] for row in taken.comparison.new] == ["龙龚"]


def test_control_with_room_on_the_disk_the_same_import_is_taken_in(nearly_full):
    assert len(take_in(nearly_full, HELD, NEW).comparison.new) == 1


def test_the_page_says_that_the_disk_is_full_and_the_draft_can_be_taken_in_later(nearly_full, monkeypatch):
    serve_from_source(monkeypatch)
    stop_clock(monkeypatch, AT)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = nearly_full.token("prison")
    browser.cookies["django_language"] = "zh-hans"
    handed_in = SimpleUploadedFile("名册.xlsx", rosters.workbook(HELD, NEW))
    report = browser.post("/prison/roster/check/", {"file": handed_in})
    assert report.status_code == 302
    taking_in = f"{report['Location']}take-in/"
    with full_disk():
        told = browser.post(taking_in)
        assert browser.get("/prison/").status_code == 200  # reading goes on while its line can be written
    assert told.status_code == 507
    words = told.content.decode()
    assert "服务器的磁盘满了" in words
    assert "这一步没有保存，原来的记录没有变。" in words
    assert "InternalError" not in words
    assert browser.post(taking_in).status_code == 302
    with nearly_full.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM people_person").fetchone() == (2,)


def test_where_no_look_can_be_recorded_nothing_is_shown_and_the_page_says_why_and_that_nothing_is_lost(
    house, monkeypatch
):
    take_in(house, HELD)
    fill_to_the_limit(house, "access_trace")
    serve_from_source(monkeypatch)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = house.token("prison")
    browser.cookies["django_language"] = "zh-hans"
    dsn = house.server.dsn("postgres", house.database)
    before = picture(dsn)
    with full_disk():
        answers = [browser.get("/prison/") for _ in range(60)]  # the last page of the trace has room for some lines
    told = answers[-1]
    assert told.status_code == 503
    words = told.content.decode()
    assert "现在记不下，所以没有打开。什么也没有丢。" in words
    assert "陈柏舟" not in words
    assert differing(picture(dsn), before) == set()
    assert "陈柏舟" in browser.get("/prison/").content.decode()  # the control: with room it is shown


@pytest.mark.parametrize(("free", "low"), [(99, True), (100, False)])
def test_a_disk_is_nearly_full_below_its_hundredths(free, low):
    assert rules.nearly_full(free=free, whole=1000, percent=10) is low


def test_control_another_failure_is_not_called_a_full_disk():
    assert disk_is_full(psycopg.errors.DiskFull("no space left on device"))
    assert not disk_is_full(psycopg.errors.UniqueViolation("duplicate key"))
    assert not disk_is_full(ValueError("could not extend file"))
    assert not disk_is_full(None)
