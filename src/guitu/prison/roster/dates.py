"""A date as prisons write it, read without guessing: what has two readings, or none, is told and left empty."""

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from guitu.prison.roster.catalogue import Limits

_CHINESE_DIGITS: Final = str.maketrans("〇○Oo零一二三四五六七八九", "00000123456789")
_FULL: Final = re.compile(r"([0-9]{4})[-./·年,，、。]([0-9]{1,2})[-./·月,，、。]([0-9]{1,2})[日号.。]?")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_WITH_TIME: Final = re.compile(r"(.*[0-9日号])[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9:]+)?")
_INCOMPLETE: Final = re.compile(r"[0-9]{4}([-./年]([0-9]{1,2}月?)?)?|[0-9]{6}|[0-9]{1,2}月[0-9]{1,2}[日号]?")
_SHORT_YEAR: Final = re.compile(r"[0-9]{2}[-./年][0-9]{1,2}[-./月][0-9]{1,2}[日号]?")
_YEAR_LAST: Final = re.compile(r"[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}")
_SERIAL: Final = re.compile(r"[0-9]{3,5}(\.0*)?")
_CHINESE_DATE: Final = re.compile(
    r"([〇○Oo零一二三四五六七八九0-9]{4})年([一二三四五六七八九十0-9]{1,3})月([一二三四五六七八九十0-9]{1,3})[日号]"
)


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says: a day or none, and the code of what is to be told about it ("" for nothing)."""

    day: datetime.date | None
    code: str = ""
    detail: str = ""


def read_date(value: object, *, epoch: datetime.date, limits: Limits) -> DateReading:
    """Read a stored value as a day. `epoch` is the day that Excel's day numbers of this file count from."""
    if isinstance(value, datetime.datetime):
        return _in_range(value.date(), limits)
    if isinstance(value, datetime.date):
        return _in_range(value, limits)
    if isinstance(value, bool | datetime.time | datetime.timedelta):
        return DateReading(None, "DATE_UNREADABLE")
    if isinstance(value, int | float):
        return _from_number(float(value), epoch, limits)
    return _from_text(str(value), epoch, limits)


def _from_number(number: float, epoch: datetime.date, limits: Limits) -> DateReading:
    if limits.serial_first <= number <= limits.serial_last + 1:
        if limits.earliest_year <= number < limits.latest_year + 1:  # 1985, or 1985.3 for March of that year
            return DateReading(None, "DATE_INCOMPLETE")
        day = epoch + datetime.timedelta(days=int(number))
        return DateReading(day, "DATE_SERIAL_READ", day.isoformat())
    if number == number // 1 and 1e5 <= number < 1e8:
        return _from_text(str(int(number)), epoch, limits)
    return DateReading(None, "DATE_UNREADABLE")


def _from_text(text: str, epoch: datetime.date, limits: Limits) -> DateReading:
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
    timed = _WITH_TIME.fullmatch(plain)
    if timed is not None:
        if timed.group(4):  # an instant of another time zone may be another legal day
            return DateReading(None, "DATE_AMBIGUOUS")
        plain = timed.group(1)
    chinese = _CHINESE_DATE.fullmatch("".join(plain.split()))
    if chinese is not None:
        year, month, day = chinese.groups()
        plain = f"{year.translate(_CHINESE_DIGITS)}-{_chinese_number(month)}-{_chinese_number(day)}"
    if re.fullmatch(r"[0-9 ]*[0-9] +[0-9][0-9 ]*", plain):
        return DateReading(None, "DATE_AMBIGUOUS")
    plain = "".join(plain.split())
    found = _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is not None:
        try:
            return _in_range(datetime.date(*(int(part) for part in found.groups())), limits)
        except ValueError:
            return DateReading(None, "DATE_NOT_REAL")
    if _SHORT_YEAR.fullmatch(plain) or _YEAR_LAST.fullmatch(plain):
        return DateReading(None, "DATE_AMBIGUOUS")
    if _INCOMPLETE.fullmatch(plain):
        return DateReading(None, "DATE_INCOMPLETE")
    if _SERIAL.fullmatch(plain):
        return _from_number(float(plain), epoch, limits)
    return DateReading(None, "DATE_UNREADABLE")


def _chinese_number(text: str) -> int:
    """A month or day in Chinese numerals up to 99 (十二, 二十一, 三一); 0 when it is no such number."""
    if text.isdigit() and text.isascii():
        return int(text)
    if "十" not in text:
        return int(text.translate(_CHINESE_DIGITS))
    tens, _, ones = text.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return 0
    return (int(tens.translate(_CHINESE_DIGITS)) if tens else 1) * 10 + (
        int(ones.translate(_CHINESE_DIGITS)) if ones else 0
    )


def _in_range(day: datetime.date, limits: Limits) -> DateReading:
    if limits.earliest_year <= day.year <= limits.latest_year:
        return DateReading(day)
    return DateReading(None, "DATE_OUT_OF_RANGE")
