"""One cell to one normalised value, by the kind of its field. Whatever is changed or cannot be read is told."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from guitu.people.identity_numbers import normalise_number
from guitu.people.names import check_name, normalise_name
from guitu.prison.roster.catalogue import Catalogue, Field, plain
from guitu.prison.roster.dates import read_date
from guitu.prison.roster.report import Value

_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff\ud800-\udfff]")
_FULLWIDTH: Final = re.compile(r"[０-９Ａ-Ｚａ-ｚ]")
_SEPARATORS: Final = re.compile(r"[、,，;；:：/|+()（）\s]+")
_DIVISION: Final = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")
_PHONE: Final = re.compile(
    r"(\+?86)?(1[3-9][0-9]{9}|0[0-9]{2,3}[0-9]{7,8}|[2-9][0-9]{6,7}|400[0-9]{7})([转x][0-9]{1,6})?"
)
_PHONE_NOISE: Final = re.compile(r"[\s\-—()（）]+")
_PLACEHOLDER: Final = re.compile(r"[?？*＊□■○×◇△_#＃]")


@dataclass(frozen=True, slots=True)
class Told:
    """A code and the other value its text names."""

    code: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell read: its normalised value, its text as written, and what is to be told about it."""

    value: Value
    raw: str
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads cells of one file; `epoch` is the day that its Excel day numbers count from."""

    catalogue: Catalogue
    epoch: datetime.date

    def read(self, field: Field, value: object) -> Reading:
        """Read a stored value as this field. An empty cell reads as None and tells nothing."""
        raw = cell_text(value)
        if not _INVISIBLE.sub("", raw).strip():
            return Reading(None, raw)
        if len(raw) > self.catalogue.limits.text_length:
            return Reading(None, raw, (Told("TEXT_TOO_LONG"),))
        if _CONTROL.search(raw):
            return Reading(None, raw, (Told("TEXT_UNREADABLE"),))
        return _READERS[field.kind](self, field, value, raw)

    def _name(self, field: Field, value: object, raw: str) -> Reading:
        if _PLACEHOLDER.search(raw):
            return Reading(None, raw, (Told("NAME_HAS_PLACEHOLDER"),))
        check = check_name(raw)
        told = [*_told_about_spaces(raw, check.normalised), *(Told(code) for code in check.codes)]
        if not isinstance(value, str) and "NAME_CHARACTER" not in check.codes:
            told.append(Told("NAME_CHARACTER"))
        unreadable = any(one.code == "NAME_CHARACTER" for one in told)
        return Reading(None if unreadable else check.normalised, raw, tuple(told))

    def _other_name(self, field: Field, value: object, raw: str) -> Reading:
        if plain(raw) in {"无", "none", ""}:
            return Reading(None, raw)
        name = normalise_name(raw)
        return Reading(name or None, raw, _told_about_spaces(raw, name))

    def _id_number(self, field: Field, value: object, raw: str) -> Reading:
        if isinstance(value, bool | datetime.date | datetime.time | datetime.timedelta):
            return Reading(None, raw, (Told("ID_CHARACTER"),))
        if isinstance(value, int | float):
            if abs(value) >= 10**self.catalogue.limits.exact_digits or value != value // 1:
                return Reading(None, raw, (Told("ID_ROUNDED"),))
            return Reading(str(int(value)), raw, (Told("NUMBER_AS_NUMBER"),))
        if plain(raw) in self.catalogue.no_document_words:
            return Reading(None, raw, (Told("NO_IDENTITY_DOCUMENT"),))
        return Reading(normalise_number(raw), raw, _told_about_form(raw))

    def _date(self, field: Field, value: object, raw: str) -> Reading:
        reading = read_date(value, epoch=self.epoch, limits=self.catalogue.limits)
        told = [Told(reading.code, reading.detail)] if reading.code else []
        if reading.day is not None and isinstance(value, str):
            # The space before a time of day is no stray one.
            told.extend(one for one in _told_about_form(raw) if one.code != "SPACES_REMOVED" or ":" not in raw)
        return Reading(reading.day.isoformat() if reading.day else None, raw, tuple(told))

    def _code(self, field: Field, value: object, raw: str) -> Reading:
        table = self._table(field)
        code = table.get(plain(raw))
        if code is None and field.code == "prison_grade" and plain(raw) in self.catalogue.not_assessed_words:
            return Reading(None, raw)
        if code is None:
            possible = "、".join(self.catalogue.labels[field.table or ""])
            return Reading(None, raw, (Told("CODE_UNKNOWN", possible),))
        return Reading(code, raw)

    def _open_code(self, field: Field, value: object, raw: str) -> Reading:
        code = self._table(field).get(plain(raw))
        if code is not None:
            return Reading(code, raw)
        return Reading(_tidy_text(raw), raw, (Told("CODE_KEPT_AS_TEXT"),))

    def _flags(self, field: Field, value: object, raw: str) -> Reading:
        known, no = self._table(field), self.catalogue.tables["not_key_person"]
        flags: list[str] = []
        told: list[Told] = []
        for word in _SEPARATORS.split(raw):
            key = plain(word)
            if not key or key in no:
                continue
            if key not in known:
                told.append(Told("CODE_KEPT_AS_TEXT"))
            flag = known.get(key, _tidy_text(word))
            if flag not in flags:
                flags.append(flag)
        return Reading(flags, raw, tuple(dict.fromkeys(told)))

    def _division(self, field: Field, value: object, raw: str) -> Reading:
        text = _tidy_text(raw)
        digits = "".join(unicodedata.normalize("NFKC", text).split())
        if not re.fullmatch(r"[0-9]+", digits):
            return Reading(text, raw)
        if not _DIVISION.fullmatch(digits):
            return Reading(digits, raw, (Told("DIVISION_UNREADABLE"),))
        return Reading(digits, raw, _told_about_form(raw))

    def _address(self, field: Field, value: object, raw: str) -> Reading:
        return Reading(_tidy_text(raw), raw)

    def _phone(self, field: Field, value: object, raw: str) -> Reading:
        if plain(raw) in {"无", "none", ""}:
            return Reading(None, raw)
        parts = [_PHONE_NOISE.sub("", part) for part in re.split(r"[、,，;；/\n]+", unicodedata.normalize("NFKC", raw))]
        numbers = [part for part in parts if part]
        if not numbers or not all(_PHONE.fullmatch(number) for number in numbers):
            return Reading(_tidy_text(raw), raw, (Told("PHONE_UNREADABLE"),))
        return Reading("、".join(numbers), raw)

    def _number(self, field: Field, value: object, raw: str) -> Reading:
        return Reading("".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", raw)).split()), raw)

    def _text(self, field: Field, value: object, raw: str) -> Reading:
        return Reading(_tidy_text(raw), raw)

    def _table(self, field: Field) -> Mapping[str, str]:
        return self.catalogue.tables[field.table or ""]


_READERS: Final[dict[str, Callable[[CellReader, Field, object, str], Reading]]] = {
    "name": CellReader._name,
    "other_name": CellReader._other_name,
    "id_number": CellReader._id_number,
    "date": CellReader._date,
    "code": CellReader._code,
    "open_code": CellReader._open_code,
    "flags": CellReader._flags,
    "division": CellReader._division,
    "address": CellReader._address,
    "phone": CellReader._phone,
    "number": CellReader._number,
    "text": CellReader._text,
}


def cell_text(value: object) -> str:
    """A stored value as the text a reader of the sheet would call it: 12.0 is 12, a day is its ISO date."""
    if isinstance(value, float) and value == value // 1 and abs(value) < 1e300:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ") if value.time() != datetime.time() else value.date().isoformat()
    return str(value)


def _told_about_form(raw: str) -> tuple[Told, ...]:
    told: list[Told] = []
    if raw.lstrip().startswith("'"):
        told.append(Told("APOSTROPHE_REMOVED"))
    if _FULLWIDTH.search(raw):
        told.append(Told("FULLWIDTH_READ"))
    if _INVISIBLE.search(raw) or "".join(raw.split()) != raw:
        told.append(Told("SPACES_REMOVED"))
    return tuple(told)


def _told_about_spaces(raw: str, name: str) -> tuple[Told, ...]:
    def blanks(text: str) -> int:
        return sum(character.isspace() for character in text) + len(_INVISIBLE.findall(text))

    return (Told("SPACES_REMOVED"),) if blanks(raw) != blanks(name) else ()


def _tidy_text(raw: str) -> str:
    return " ".join(_INVISIBLE.sub("", raw).split())
