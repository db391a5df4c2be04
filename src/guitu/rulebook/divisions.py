"""行政区划: the official division codes, present and past, with what became of each.

Source and edition: data/divisions/source.yaml. Changes are known to the year, so in the year of a change the old and
the new row both count as valid. Codes are held with twelve digits, as the database does; six digits are accepted.
"""

import csv
import datetime
import gzip
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from guitu.rulebook.errors import RulebookError

_DATA: Final = Path(__file__).parent / "data" / "divisions"
OFFICIAL: Final = _DATA / "official.csv"
FICTIONAL: Final = _DATA / "fictional.yaml"
TOWNSHIPS: Final = _DATA / "townships.csv.gz"
NATION: Final = "000000000000"
_COLUMNS: Final = ["code", "name", "level", "parent", "valid_from", "valid_to", "successors", "basis"]
_LEVELS: Final = ("province", "city", "county", "township")
_BASES: Final = frozenset({"", "change", "name", "superior"})
_CODE: Final = re.compile(r"[0-9]{6}([0-9]{3}|[0-9]{6})?")
_PROVINCE_ENDING: Final = re.compile(r"(省|市|特别行政区|(壮族|回族|维吾尔)?自治区)$")
_CITY_ENDING: Final = re.compile(r"(市|地区|盟)$")
_LONGEST_NAME: Final = 16


class Division(NamedTuple):
    """One code under one name. Years: `valid_from` None = 1980 or before, `valid_to` None = living.

    `successors` are the codes that followed directly, on the ground of a recorded `change`, the `name`, or, where
    neither tells, the `superior` division.
    """

    code: str
    name: str
    level: str
    parent: str
    valid_from: int | None = None
    valid_to: int | None = None
    successors: tuple[str, ...] = ()
    basis: str = ""

    @property
    def living(self) -> bool:
        """True while the division stands in the present list."""
        return self.valid_to is None

    @property
    def short(self) -> str:
        """The six-digit code; for townships that of the county."""
        return self.code[:6]

    def valid_in(self, year: int) -> bool:
        """Whether the row counted in that year; in the year of a change both rows do."""
        return (self.valid_from or 0) <= year and (self.valid_to is None or year <= self.valid_to)


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A living division that a text may mean; `written` is the row whose name was used (perhaps a past one)."""

    division: Division
    written: Division
    rest: str


def normalise_code(code: str) -> str:
    """The twelve-digit form of a code of 6, 9 or 12 digits. Raises ValueError for anything else."""
    if _CODE.fullmatch(code) is None:
        raise ValueError("a division code has 6, 9 or 12 digits")
    return code.ljust(12, "0")


def province_code(code: str) -> str:
    """The six digits of a division's province: packs and calendars are named by it. Raises ValueError for no code."""
    return f"{normalise_code(code)[:2]}0000"


def bounds(code: str) -> tuple[str, str]:
    """First and last twelve-digit code inside a division, both included: the range of the row policy.

    The nation (000000000000) spans all. Raises ValueError for what is no code.
    """
    full = normalise_code(code)
    if full == NATION:
        return NATION, "9" * 12
    for significant in (2, 4, 6, 9):
        if not full[significant:].strip("0"):
            return full, full[:significant].ljust(12, "9")
    return full, full


class Divisions:
    """One edition of the division list."""

    def __init__(self, rows: Iterable[Division], townships: Path | None = None) -> None:
        """Keep the rows of one edition; `townships` is a gzip file of code and name, read when first needed."""
        self._rows: dict[str, list[Division]] = defaultdict(list)
        for row in rows:
            self._rows[row.code].append(row)
        self._townships_file = townships

    @staticmethod
    def load() -> "Divisions":
        """The edition in force: the one that this installation has loaded, else the official one shipped.

        Read once per process and again when the file has changed. Raises RulebookError for a file that may not be used.
        """
        path = installed_edition()
        stat = path.stat()
        return _edition(path, stat.st_mtime_ns, stat.st_size)

    @classmethod
    def from_csv(cls, path: Path) -> "Divisions":
        """An edition from a file with the columns of the shipped list.

        Raises RulebookError, naming file and line, for a wrong column, code, year or level, an unknown parent or
        an ended division that leads nowhere.
        """
        rows = _read_checked(path)
        edition = cls((row for _, row in rows), TOWNSHIPS if path in {OFFICIAL, installed_edition()} else None)
        for line, row in rows:
            if not edition._follow(row):
                zh, en = f"{row.short} 的后继最终不存续", f"{row.short} leads to no living division"
                raise RulebookError(path.name, line, zh, en)
        return edition

    def extended(self, rows: Iterable[Division]) -> "Divisions":
        """This edition and further rows beside it, such as the fictional province of a demonstration."""
        return Divisions([*self, *rows], self._townships_file)

    def __iter__(self) -> Iterator[Division]:
        """All rows down to the county, present and past, in the order of the list."""
        for rows in self._rows.values():
            yield from rows

    @cached_property
    def identity_prefixes(self) -> frozenset[str]:
        """Six-digit codes with which an identity number may begin, present and past.

        Beside the listed places these are the city codes ending in 00 and the old common code of the urban
        districts ending in 01, under which numbers were issued too.
        """
        codes = {code[:6] for code in self._rows}
        cities = {code[:4] for code in codes if code[2:4] != "00"}
        return frozenset(codes | {city + ending for city in cities for ending in ("00", "01")})

    def history(self, code: str) -> tuple[Division, ...]:
        """Every row of a code, oldest first; empty for an unknown code."""
        full = normalise_code(code)
        if full[6:] != "000000" and full in self._townships:
            return (self._townships[full],)
        return tuple(self._rows.get(full, ()))

    def lookup(self, code: str, on: datetime.date | None = None) -> Division | None:
        """The division of a code on a legal day, or in the present list without one; None where it had no bearer."""
        rows = self.history(code)
        valid = [row for row in rows if (row.living if on is None else row.valid_in(on.year))]
        return valid[-1] if valid else None

    def successors(self, code: str, on: datetime.date | None = None) -> tuple[Division, ...]:
        """The living divisions that a code leads to; the division itself while it lives.

        With `on` the bearer of the code on that day is followed, for codes that passed to another place. Empty only
        for an unknown code.
        """
        start = self.lookup(code, on)
        if start is None:
            rows = self.history(code)
            if not rows:
                return ()
            start = rows[-1]
        return self._follow(start)

    def find_by_name(self, text: str) -> tuple[NameCandidate, ...]:
        """The living divisions that a written address may begin with, such as 江西省南昌县 or 南昌县.

        Past names lead to their successors. More than one candidate means that the text is ambiguous: nothing is
        preferred. The longest reading counts; what follows it is given back as `rest`.
        """
        written = re.sub(r"\s+", "", text)
        readings = list(self._readings(written))
        if not readings:
            return ()
        shortest_rest = min(len(rest) for _, rest in readings)
        found: dict[str, NameCandidate] = {}
        for row, rest in readings:
            if len(rest) > shortest_rest:
                continue
            for division in self._follow(row):
                known = found.get(division.code)
                if known is None or (row.living and not known.written.living):
                    found[division.code] = NameCandidate(division, row, rest)
        return tuple(found[code] for code in sorted(found))

    def resolve(self, text: str) -> Division | None:
        """The one living division that a text can mean; None when there is none or more than one."""
        candidates = self.find_by_name(text)
        return candidates[0].division if len(candidates) == 1 else None

    def path(self, division: Division) -> tuple[Division, ...]:
        """A division below its superiors, province first."""
        chain = [division]
        while chain[0].parent:
            above = [row for row in self.history(chain[0].parent) if row.living] or self.history(chain[0].parent)
            chain.insert(0, above[-1])
        return tuple(chain)

    def children(self, code: str) -> tuple[Division, ...]:
        """The living divisions directly below one, in the order of their codes."""
        full = normalise_code(code)
        below = [row for row in self if row.living and row.parent == full]
        townships = [township for township in self._townships.values() if township.parent == full]
        return tuple(sorted([*below, *townships], key=lambda row: row.code))

    def _follow(self, start: Division) -> tuple[Division, ...]:
        waiting, living, seen = [start], {}, {start}
        while waiting:
            row = waiting.pop()
            if row.valid_to is None:
                living[row.code] = row
                continue
            for code in row.successors:
                bearers = [later for later in self._rows[code] if later.valid_in(row.valid_to) and later not in seen]
                seen.update(bearers[-1:])
                waiting.extend(bearers[-1:])
        return tuple(living[code] for code in sorted(living))

    @cached_property
    def _townships(self) -> dict[str, Division]:
        if self._townships_file is None:
            return {}
        with gzip.open(self._townships_file, "rt", encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            next(rows)
            return {code: Division(code, name, "township", code[:6] + "000000") for code, name in rows}

    @cached_property
    def _by_name(self) -> dict[str, dict[str, list[Division]]]:
        """Level, then name or accepted short form, then rows."""
        index: dict[str, dict[str, list[Division]]] = {level: defaultdict(list) for level in _LEVELS}
        endings = {"province": _PROVINCE_ENDING, "city": _CITY_ENDING}
        for row in self:
            names = {row.name}
            if row.level in endings and len(short := endings[row.level].sub("", row.name)) > 1:
                names.add(short)
            for name in names:
                index[row.level][name].append(row)
        return index

    def _readings(self, text: str) -> Iterator[tuple[Division, str]]:
        for province, after_province in self._prefixes("province", text, None):
            yield province, after_province
            yield from self._below(after_province, province)
        yield from self._below(text, None)

    def _below(self, text: str, province: Division | None) -> Iterator[tuple[Division, str]]:
        for city, after_city in self._prefixes("city", text, province):
            yield city, after_city
            yield from self._prefixes("county", after_city, city)
        yield from self._prefixes("county", text, province)

    def _prefixes(self, level: str, text: str, above: Division | None) -> Iterator[tuple[Division, str]]:
        significant = above.code[: 2 if above.level == "province" else 4] if above else ""
        for length in range(2, min(len(text), _LONGEST_NAME) + 1):
            for row in self._by_name[level].get(text[:length], ()):
                if row.code.startswith(significant):
                    yield row, text[length:]


def _read_checked(path: Path) -> list[tuple[int, Division]]:
    """The rows of a list with their lines, each checked by itself and against the others."""
    rows: list[tuple[int, Division]] = []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        if next(reader, None) != _COLUMNS:
            names = ", ".join(_COLUMNS)
            raise RulebookError(path.name, 1, f"列名应为 {names}", f"the columns must be {names}")
        for cells in reader:
            try:
                rows.append((reader.line_num, _row_from(cells)))
            except ValueError as error:
                en = f"a code, year or number of columns is wrong: {error}"
                raise RulebookError(path.name, reader.line_num, "代码、年份或列数有误", en) from error
    known = {row.code for _, row in rows}
    living: set[str] = set()
    for line, row in rows:
        problem = _problem_of(row, known, living)
        if problem:
            raise RulebookError(path.name, line, f"{row.short} {problem[0]}", f"{row.short} {problem[1]}")
        if row.living:
            living.add(row.code)
    return rows


def _row_from(cells: list[str]) -> Division:
    code, name, level, parent, valid_from, valid_to, successors, basis = cells
    return Division(
        code=normalise_code(code),
        name=name,
        level=level,
        parent=normalise_code(parent) if parent else "",
        valid_from=int(valid_from) if valid_from else None,
        valid_to=int(valid_to) if valid_to else None,
        successors=tuple(normalise_code(successor) for successor in successors.split()),
        basis=basis,
    )


def _problem_of(row: Division, known: set[str], living: set[str]) -> tuple[str, str] | None:
    if row.level not in _LEVELS or row.basis not in _BASES or not row.name:
        return "缺少名称，或层级、依据不在列", "has no name, or a level or ground that is not known"
    if (row.level == "province") != (row.parent == "") or (row.parent and row.parent not in known):
        return "的上级不在表中", "has no superior in the list"
    if row.valid_from is not None and row.valid_to is not None and row.valid_from > row.valid_to:
        return "的终止早于起始", "ends before it begins"
    if row.living == bool(row.successors) or not known.issuperset(row.successors):
        return "终止时须有表中的后继，存续时不得有", "must lead to successors in the list exactly when it has ended"
    if row.living and row.code in living:
        return "重复列为现行", "is listed twice as living"
    return None


@lru_cache(maxsize=2)
def _edition(path: Path, _changed_at: int, _size: int) -> Divisions:
    return Divisions.from_csv(path)


def loaded_edition() -> Path:
    """Where an installation keeps the edition that it has loaded (docs/adr): ``GUITU_HOME/divisions.csv``."""
    return Path(os.environ.get("GUITU_HOME", "var")) / "divisions.csv"


def installed_edition() -> Path:
    """The file of the edition in force."""
    loaded = loaded_edition()
    return loaded if loaded.is_file() else OFFICIAL


@dataclass(frozen=True, slots=True)
class FictionalUnit:
    """One invented office, house or firm of the demonstration; `x` and `y` in kilometres, `hours` names a schedule."""

    code: str
    zh: str
    en: str
    kind: str
    parent: str
    division: str
    phone: str
    x: float
    y: float
    hours: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Opening hours: ISO weekdays, whether open on legal holidays, and spans such as 08:30-12:00 (Asia/Shanghai)."""

    days: tuple[int, ...]
    holidays: bool
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FictionalProvince:
    """The invented province of demonstrations: its places, the English of each, its units and their hours."""

    divisions: tuple[Division, ...]
    english: dict[str, str]
    units: tuple[FictionalUnit, ...]
    schedules: dict[str, Schedule]


@cache
def fictional_province() -> FictionalProvince:
    """The province shipped for demonstrations, read once per process; `Divisions.extended` adds its places."""
    with FICTIONAL.open(encoding="utf-8") as text:
        content: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # nosec B506 # noqa: S506 - both are safe readers
    places = content["divisions"]
    return FictionalProvince(
        divisions=tuple(Division(place["code"], place["zh"], place["level"], place["parent"]) for place in places),
        english={place["code"]: place["en"] for place in places},
        units=tuple(FictionalUnit(**unit) for unit in content["units"]),
        schedules={
            name: Schedule(tuple(hours["days"]), hours["holidays"], tuple(hours["open"]))
            for name, hours in content["schedules"].items()
        },
    )
