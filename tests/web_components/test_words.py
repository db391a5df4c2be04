"""Clock words and dates in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from guitu.web.templatetags import guitu_words as words
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, clock_words
from tests.web_components.rendering import NOW


def at(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=LEGAL_ZONE)


@pytest.mark.parametrize(
    ("due", "state", "text", "line"),
    [
        (dt.date(2026, 11, 16), "late", "逾期2天", "应于11-16"),
        (dt.date(2026, 11, 17), "late", "逾期1天", "应于11-17"),
        (dt.date(2026, 11, 18), "today", "今天", "11-18"),
        (dt.date(2026, 11, 19), "soon", "还有1天", "11-19"),
        (dt.date(2026, 11, 25), "soon", "还有7天", "11-25"),
        (dt.date(2026, 11, 26), "ok", "还有8天", "11-26"),
        (dt.date(2027, 1, 5), "ok", "还有48天", "2027-01-05"),
        (at(11, 15, 10), "late", "逾期2天23小时", "应于11-15 10:00"),
        (at(11, 18, 8), "late", "逾期1小时", "应于11-18 08:00"),
        (at(11, 18, 9), "late", "逾期不到1小时", "应于11-18 09:00"),
        (at(11, 18, 16), "today", "今天16:00前", "11-18 16:00"),
        (at(11, 23, 8, 30), "soon", "还有5天", "11-23 08:30"),
        (None, "open", "等待中，未起算", ""),
    ],
)
def test_a_due_moment_is_said_in_words(due: dt.date | None, state: str, text: str, line: str) -> None:
    said = clock_words(due, NOW)
    assert (said.state, said.text, said.due) == (state, text, line)


@pytest.mark.parametrize(
    ("due", "text", "line"),
    [
        (dt.date(2026, 11, 16), "2 days late", "was due 16 Nov"),
        (dt.date(2026, 11, 17), "1 day late", "was due 17 Nov"),
        (at(11, 18, 16), "Today by 16:00", "18 Nov 16:00"),
        (dt.date(2026, 11, 19), "1 day left", "19 Nov"),
        (dt.date(2026, 11, 23), "5 days left", "23 Nov"),
    ],
)
def test_a_due_moment_is_said_in_english(english: None, due: dt.date, text: str, line: str) -> None:
    said = clock_words(due, NOW)
    assert (said.text, said.due) == (text, line)


def test_the_last_legal_day_is_not_late_until_it_is_over_in_shanghai() -> None:
    due = dt.date(2026, 11, 18)
    last_second = dt.datetime(2026, 11, 18, 15, 59, 59, tzinfo=dt.UTC)
    assert clock_words(due, last_second).state == "today"
    assert clock_words(due, last_second + dt.timedelta(seconds=1)).state == "late"


def test_a_met_duty_is_quiet_and_says_how_early_or_late_it_was() -> None:
    due = dt.date(2026, 11, 12)
    early = clock_words(due, NOW, done=dt.date(2026, 11, 10))
    late = clock_words(due, NOW, done=dt.date(2026, 11, 14))
    assert (early.state, early.due) == ("done", "11-10，提前2天")
    assert (late.state, late.due) == ("done", "11-14，晚2天")
    assert clock_words(due, NOW, done=due).due == "11-12，按时"


def test_a_duty_met_on_the_day_but_after_the_hour_is_not_called_on_time() -> None:
    assert clock_words(at(11, 12, 10), NOW, done=at(11, 12, 11)).due == "11-12，当天晚于10:00"
    assert clock_words(at(11, 12, 10), NOW, done=at(11, 12, 10)).due == "11-12，按时"


def test_a_due_moment_on_an_unpublished_calendar_is_never_late() -> None:
    said = clock_words(dt.date(2026, 11, 16), NOW, provisional=True)
    assert (said.state, said.text) == ("open", "暂定 2026-11-16")


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock_words(dt.datetime(2026, 11, 18, 9), NOW)  # noqa: DTZ001 - the refusal is what is tested


def test_days_are_written_as_tables_and_sentences_write_them() -> None:
    moment = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)  # already the 23rd in Shanghai
    assert words.iso_day(moment) == "2026-11-23"
    assert words.sentence_day(moment) == "11月23日 星期一"
    assert words.full_day(moment) == "2026年11月23日 星期一"
    assert words.clock_time(moment) == "00:30"
    assert words.short_moment(moment, NOW) == "11-23 00:30"


def test_days_are_written_in_english_too(english: None) -> None:
    assert words.full_day(dt.date(2026, 11, 23)) == "Mon 23 Nov 2026"
    assert words.iso_day(dt.date(2026, 11, 23)) == "2026-11-23"


@pytest.mark.parametrize(
    ("recorded", "age"),
    [
        (dt.date(2026, 11, 18), "今天"),
        (dt.date(2026, 11, 17), "昨天"),
        (dt.date(2026, 10, 28), "21天前"),
        (dt.date(2026, 9, 19), "60天前"),
        (dt.date(2026, 9, 18), "2个月前"),
        (dt.date(2026, 5, 18), "6个月前"),
        (dt.date(2025, 11, 19), "11个月前"),
        (dt.date(2025, 11, 18), "2025-11-18"),
        (dt.date(2026, 11, 19), "2026-11-19"),
    ],
)
def test_the_age_of_a_value_is_said(recorded: dt.date, age: str) -> None:
    assert words.age_words(recorded, NOW) == age


def test_the_eight_steps_keep_their_statutory_names(english: None) -> None:
    assert words.road_step_name(3) == "Pick-up and handover (接送交接)"
    assert words.road_step_name(3, "circle") == "③ Pick-up and handover"
    with pytest.raises(IndexError):
        words.road_step_name(0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "周一至周五 08:30–12:00、14:00–17:30；周六 09:00–12:00；节假日照常开放"),
        ("en", "Mon–Fri 08:30–12:00, 14:00–17:30; Sat 09:00–12:00; also on holidays"),
    ],
)
def test_opening_hours_are_said_as_on_a_door(language: str, said: str) -> None:
    with translation.override(language):
        assert words.opening_words("mon-fri 08:30-12:00,14:00-17:30; sat 09:00-12:00; holidays") == said
