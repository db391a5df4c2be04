"""Words for dates and clocks, as screens, papers and messages say them.

Nothing here reads the clock: the moment to compare with is always handed in (templates pass their
context variable `now`). Moments are aware datetimes; a plain date is a whole legal day in Asia/Shanghai.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from guitu.rulebook.opening_hours import DAYS

register = template.Library()

LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
SOON = dt.timedelta(weeks=1)
"""How far ahead a chip gets its thin frame and a list its group 7天内. A matter of looks, not of law."""

_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ICONS = {"late": "late", "today": "half", "soon": "clock", "ok": "clock", "done": "check", "open": "dots"}

_ROAD = (
    gettext_noop("出监评估"),
    gettext_noop("信息推送"),
    gettext_noop("接送交接"),
    gettext_noop("接收登记"),
    gettext_noop("安置"),
    gettext_noop("帮扶"),
    gettext_noop("跟进"),
    gettext_noop("评价"),
    gettext_noop("已走完"),
)

_NEEDED = "a date or an aware datetime is needed, not {!r}"


@dataclass(frozen=True)
class ClockWords:
    """What a clock chip shows: `state` (late, today, soon, ok, done, open), `icon`, `text` and the `due` line."""

    state: str
    icon: str
    text: str
    due: str


def _english() -> bool:
    return (get_language() or "zh-hans").startswith("en")


def legal_day(value: dt.date | dt.datetime) -> dt.date:
    """Return the legal day (Asia/Shanghai) of a date or an aware datetime.

    Raises TypeError for anything else and ValueError for a datetime without time zone.
    """
    if isinstance(value, dt.datetime):
        return _local(value).date()
    if isinstance(value, dt.date):
        return value
    raise TypeError(_NEEDED.format(value))


def _local(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ValueError(_NEEDED.format(value))
    return value.astimezone(LEGAL_ZONE)


def iso_day(value: dt.date | dt.datetime) -> str:
    """Return the legal day as tables write it, `2026-11-23`, in both languages."""
    return legal_day(value).isoformat()


def iso_minute(value: dt.datetime) -> str:
    """Return an aware datetime as tables write it, `2026-11-23 08:30`, Asia/Shanghai."""
    return _local(value).strftime("%Y-%m-%d %H:%M")


def sentence_day(value: dt.date | dt.datetime) -> str:
    """Return the legal day as sentences write it: `11月23日 星期一`, in English `Mon 23 Nov`."""
    day = legal_day(value)
    if _english():
        return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}"
    return f"{day.month}月{day.day}日 {_WEEKDAYS[day.weekday()]}"


def full_day(value: dt.date | dt.datetime) -> str:
    """Return the legal day with its year: `2026年11月23日 星期一`, in English `Mon 23 Nov 2026`."""
    day = legal_day(value)
    if _english():
        return f"{sentence_day(day)} {day.year}"
    return f"{day.year}年{sentence_day(day)}"


def clock_time(value: dt.datetime) -> str:
    """Return hour and minute of an aware datetime in Asia/Shanghai, `08:30`."""
    return _local(value).strftime("%H:%M")


def short_day(value: dt.date | dt.datetime, now: dt.datetime) -> str:
    """Return `11-23` (English `23 Nov`) within the legal year of `now`, else the whole date."""
    day = legal_day(value)
    if day.year != legal_day(now).year:
        return day.isoformat()
    return f"{day.day} {_MONTHS_EN[day.month - 1]}" if _english() else day.strftime("%m-%d")


def short_moment(value: dt.date | dt.datetime, now: dt.datetime) -> str:
    """Return `11-23 08:30` for a datetime and `11-23` for a date; see short_day for the year."""
    day = short_day(value, now)
    return f"{day} {clock_time(value)}" if isinstance(value, dt.datetime) else day


def age_words(value: dt.date | dt.datetime, now: dt.datetime) -> str:
    """Return how long ago a value was recorded: 今天, 昨天, 21天前, 6个月前; from one year on the date itself."""
    day, today = legal_day(value), legal_day(now)
    days = (today - day).days
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    if days < 0 or months >= 12:
        return iso_day(day)
    if days == 0:
        return gettext("今天")
    if days == 1:
        return gettext("昨天")
    if months > 1:
        return gettext("%(months)d个月前") % {"months": months}
    return ngettext("%(days)d天前", "%(days)d天前", days) % {"days": days}


def _late_text(due: dt.date | dt.datetime, now: dt.datetime) -> str:
    if isinstance(due, dt.datetime):
        hours = int((now - due).total_seconds() // 3600)
        days, hours = divmod(hours, 24)
    else:
        days, hours = (legal_day(now) - due).days, 0
    if days and hours:
        return gettext("逾期%(days)d天%(hours)d小时") % {"days": days, "hours": hours}
    if days:
        return ngettext("逾期%(days)d天", "逾期%(days)d天", days) % {"days": days}
    if hours:
        return ngettext("逾期%(hours)d小时", "逾期%(hours)d小时", hours) % {"hours": hours}
    return gettext("逾期不到1小时")


def _done_due(due: dt.date | dt.datetime | None, done: dt.date | dt.datetime, now: dt.datetime) -> str:
    day = short_day(done, now)
    if due is None:
        return day
    days = (legal_day(due) - legal_day(done)).days
    if days > 0:
        return ngettext("%(day)s，提前%(days)d天", "%(day)s，提前%(days)d天", days) % {"day": day, "days": days}
    if days < 0:
        return ngettext("%(day)s，晚%(days)d天", "%(day)s，晚%(days)d天", -days) % {"day": day, "days": -days}
    if isinstance(due, dt.datetime) and isinstance(done, dt.datetime) and done > due:
        return gettext("%(day)s，当天晚于%(time)s") % {"day": day, "time": clock_time(due)}
    return gettext("%(day)s，按时") % {"day": day}


def clock_words(
    due: dt.date | dt.datetime | None,
    now: dt.datetime,
    *,
    done: dt.date | dt.datetime | None = None,
    provisional: bool = False,
) -> ClockWords:
    """Say how a duty stands at `now`.

    `due` is the last legal day (date) or the last moment (aware datetime); None means the moment is not
    known yet. `done` is when it was met. `provisional` marks a due moment that rests on a calendar not yet
    published. Raises TypeError or ValueError on anything that is not a date or an aware datetime.
    """
    if done is not None:
        return ClockWords("done", _ICONS["done"], gettext("已办"), _done_due(due, done, now))
    if due is None:
        return ClockWords("open", _ICONS["open"], gettext("等待中，未起算"), "")
    words = short_moment(due, now)
    if provisional:
        return ClockWords("open", _ICONS["open"], gettext("暂定 %(day)s") % {"day": iso_day(due)}, "")
    days = (legal_day(due) - legal_day(now)).days
    late = due < now if isinstance(due, dt.datetime) else days < 0
    if late:
        return ClockWords("late", _ICONS["late"], _late_text(due, now), gettext("应于%(due)s") % {"due": words})
    if days == 0:
        text = gettext("今天")
        if isinstance(due, dt.datetime):
            text = gettext("今天%(time)s前") % {"time": clock_time(due)}
        return ClockWords("today", _ICONS["today"], text, words)
    state = "soon" if dt.timedelta(days=days) <= SOON else "ok"
    text = ngettext("还有%(days)d天", "还有%(days)d天", days) % {"days": days}
    return ClockWords(state, _ICONS[state], text, words)


@register.simple_tag(name="clock_words")
def clock_words_tag(
    due: dt.date | dt.datetime | str | None,
    now: dt.datetime | str,
    done: dt.date | dt.datetime | str | None = None,
    provisional: bool | str = False,
) -> ClockWords:
    """Template form of clock_words: `{% clock_words due now done=… provisional=… as words %}`.

    An empty string (an attribute not given) counts as None. Raises TypeError when `now` is missing.
    """
    moment = _moment(now)
    if not isinstance(moment, dt.datetime):
        raise TypeError(_NEEDED.format(now))
    return clock_words(_moment(due), moment, done=_moment(done), provisional=bool(provisional))


def _moment(value: dt.date | dt.datetime | str | None) -> dt.date | dt.datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, dt.date):
        return value
    raise TypeError(_NEEDED.format(value))


@register.filter(name="clock_state")
def clock_state(due: dt.date | dt.datetime | None, now: dt.datetime) -> str:
    """Return late, today, soon, ok or open for a due moment at `now`."""
    return clock_words(due, now).state


@register.filter(name="clock_text")
def clock_text(due: dt.date | dt.datetime | None, now: dt.datetime) -> str:
    """Return the chip's sentence for a due moment at `now`, such as 逾期2天 or 还有5天."""
    return clock_words(due, now).text


@register.simple_tag
def clock_icon(state: str) -> str:
    """Return the icon of a clock state. Raises KeyError for a state that is none of the six."""
    return _ICONS[state]


@register.simple_tag
def road_step_name(number: int | str, circle: str = "") -> str:
    """Return the statutory name of step 1 to 8 of the way home; 9 says that the road has been walked.

    With `circle` the circled number stands before the short name; without it the English page keeps the
    Chinese term in brackets. Raises IndexError for any other number.
    """
    step = int(number)
    if not 1 <= step <= len(_ROAD):
        raise IndexError(number)
    term = _ROAD[step - 1]
    name = gettext(term)
    if step == len(_ROAD):
        return name
    if circle:
        return f"{circled(step)} {name}"
    return name if name == term else f"{name} ({term})"


@register.filter(name="circled")
def circled(number: int) -> str:
    """Return ① to ⑳ for 1 to 20 and the plain number beyond. Raises ValueError below one."""
    if number < 1:
        raise ValueError(number)
    return chr(ord("①") + number - 1) if number <= 20 else str(number)


@register.filter(name="thousands")
def thousands(count: int) -> str:
    """Return a whole number with thousands marks, `1,882`."""
    return f"{count:,}"


def opening_words(written: str) -> str:
    """Return opening hours as a door says them: `周一至周五 08:30–12:00、14:00–17:30`, in English `Mon–Fri …`."""
    said = written.replace("; holidays", gettext("；节假日照常开放"))
    for place, day in enumerate(DAYS):
        said = re.sub(rf"\b{day}\b", _WEEKDAYS_EN[place] if _english() else f"周{'一二三四五六日'[place]}", said)
    said = re.sub(r"(\d\d:\d\d)-(\d\d:\d\d)", r"\1–\2", said)
    if _english():
        return said.replace("-", "–").replace(",", ", ")
    return said.replace("-", "至").replace(",", "、").replace("; ", "；")


_FILTERS: dict[str, Callable[..., str]] = {
    "iso_day": iso_day,
    "iso_minute": iso_minute,
    "sentence_day": sentence_day,
    "full_day": full_day,
    "clock_time": clock_time,
    "short_day": short_day,
    "short_moment": short_moment,
    "age_words": age_words,
    "opening_words": opening_words,
}
for _name, _function in _FILTERS.items():
    register.filter(_name, _function)
