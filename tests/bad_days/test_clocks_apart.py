"""The machine's clock and the database's are apart: nothing is done at a wrong moment, and it is said what to do."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guitu.web.clocks_apart import clocks_are_apart, seconds_apart
from guitu.web.gate import token_cookie
from tests.factories import rosters
from tests.web.peopled import serve_from_source, stop_clock


def taken_in(house, patch, moment):
    """What the prison's page says to a roster that is taken in at this moment of the machine."""
    serve_from_source(patch)
    stop_clock(patch, moment)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = house.token("prison")
    browser.cookies["django_language"] = "zh-hans"
    release = moment.date() + timedelta(weeks=15)
    handed_in = SimpleUploadedFile("名册.xlsx", rosters.workbook(rosters.row("陈柏舟", release=release)))
    report = browser.post("/prison/roster/check/", {"file": handed_in})
    return report if report.status_code != 302 else browser.post(f"{report['Location']}take-in/")


@pytest.mark.parametrize(("ahead", "status"), [(timedelta(days=1), 503), (timedelta(0), 302)])
def test_a_page_says_that_the_clocks_are_apart_and_that_nothing_was_done(house, monkeypatch, ahead, status):
    with house.role("guitu_owner") as door:  # a demonstration that is still filled lives through days that are over
        door.execute("UPDATE access_installation SET filled_at = now()")
    told = taken_in(house, monkeypatch, datetime.now(UTC) + ahead)
    assert told.status_code == status
    with house.role("guitu_owner") as door:
        held = door.execute("SELECT count(*) FROM people_person").fetchone()
    if status == 503:
        words = told.content.decode()
        assert "服务器和数据库的时钟不一致" in words
        assert "请告诉系统管理员核对两边的时钟" in words
        assert held == (0,)
    else:
        assert held == (1,), "control: with clocks that agree it is taken in"


def test_how_far_the_clocks_are_apart_is_counted_in_seconds_and_clocks_that_agree_are_not(house):
    assert seconds_apart(datetime.now(UTC)) is None
    ahead = seconds_apart(datetime.now(UTC) + timedelta(minutes=10))
    assert ahead is not None
    assert 590 < ahead <= 600
    behind = seconds_apart(datetime.now(UTC) - timedelta(hours=2))
    assert behind is not None
    assert behind < -7190


def test_control_another_refusal_is_not_called_a_wrong_clock():
    apart = psycopg.errors.RaiseException("guitu: not the present moment")
    apart.sqlstate = "GU026"
    assert clocks_are_apart(apart)
    assert not clocks_are_apart(psycopg.errors.UniqueViolation("duplicate key"))
