"""Files of units, CSV or YAML: read and checked as a whole before anything is written. No database, no clock.

A file may bring new units, change known ones and end them; each problem names its row, field and remedy.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import yaml

from guitu.rulebook.divisions import Divisions, normalise_code
from guitu.rulebook.opening_hours import read_opening_hours
from guitu.rulebook.units import Place, Range, end_of, place_problem, unit_kinds

FIELDS = (
    "code", "kind", "name", "name_en", "parent", "division", "division_end", "phone", "latitude", "longitude",
    "opening_hours", "from_on", "to_on", "successor",
)  # fmt: skip
_NEEDED = ("code", "kind", "name", "name_en", "from_on")
_LISTED = {"province", "city", "county"}
"""Kinds whose division must stand in the division list."""


@dataclass(frozen=True)
class UnitRow:
    """One unit as a file or the installation has it; `to_on` is the first day on which it is no more."""

    code: str
    kind: str
    name: str
    name_en: str
    parent: str
    division: str
    division_end: str
    phone: str
    latitude: Decimal | None
    longitude: Decimal | None
    opening_hours: str
    from_on: dt.date
    to_on: dt.date | None
    successor: str

    @property
    def place(self) -> Place:
        """What the range rules ask of it."""
        return Place(self.code, self.kind, self.division, self.division_end)


@dataclass(frozen=True)
class UnitProblem:
    """Why a file is not taken: row (the line of a CSV, the number of a YAML entry; 0: the file), field, remedy."""

    row: int
    field: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class CheckedUnits:
    """A file of units after the check: its rows in order, superiors first, and what is wrong with it."""

    rows: tuple[UnitRow, ...]
    problems: tuple[UnitProblem, ...]


Told = Callable[[str, str, str, str, str], None]
"""Field, message and remedy in both languages."""


def check_units(
    data: bytes, file_name: str, held: Mapping[str, UnitRow], divisions: Divisions, *, on: dt.date
) -> CheckedUnits:
    """Read a file and check it against the units `held` (by code) and the division list as of the legal day `on`."""
    problems: list[UnitProblem] = []
    read: dict[str, tuple[int, UnitRow]] = {}
    for number, cells in _cells(data, file_name, problems):
        row = _row(number, cells, problems)
        if row is None:
            continue
        if row.code in read:
            _teller(number, problems)(
                "code",
                f"编码 {row.code} 在文件中重复",
                f"the code {row.code} is in the file twice",
                "只留一行",
                "keep one row",
            )
            continue
        read[row.code] = (number, row)
    whole = {**held, **{code: row for code, (_, row) in read.items()}}
    filled = {code: (number, _inherit(row, whole)) for code, (number, row) in read.items()}
    whole |= {code: row for code, (_, row) in filled.items()}
    beside = _Beside(row for row in whole.values() if row.to_on is None and row.division)
    for number, row in filled.values():
        told = _teller(number, problems)
        _check_known(row, held.get(row.code), told)
        _check_end(row, whole, told, on=on)
        _check_division(row, divisions, told, on=on)
        _check_place(row, whole, beside, told)
    return CheckedUnits(tuple(_superiors_first(row for _, row in filled.values())), tuple(problems))


def _teller(number: int, problems: list[UnitProblem]) -> Told:
    def told(field: str, message_zh: str, message_en: str, remedy_zh: str, remedy_en: str) -> None:
        problems.append(UnitProblem(number, field, message_zh, message_en, remedy_zh, remedy_en))

    return told


def _cells(data: bytes, file_name: str, problems: list[UnitProblem]) -> list[tuple[int, dict[str, str]]]:
    told = _teller(0, problems)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        told("", "文件不是 UTF-8 文本", "the file is not UTF-8 text", "另存为 UTF-8", "save it as UTF-8")
        return []
    if file_name.lower().endswith((".yaml", ".yml")):
        return _yaml_cells(text, told)
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        found = [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        told("", "不是有效的 CSV", f"not valid CSV: {error}", "检查引号和分隔符", "look at quotes and separators")
        return []
    names = [name for name in rows.fieldnames or () if name]
    if not _names_known(names, told):
        return []
    return [
        (number, {name: (value or "").strip() for name, value in row.items() if name in FIELDS})
        for number, row in found
    ]


def _yaml_cells(text: str, told: Told) -> list[tuple[int, dict[str, str]]]:
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)  # nosec B506 # noqa: S506 - builds words, lists and mappings only
    except yaml.YAMLError:
        told("", "不是有效的 YAML", "not valid YAML", "检查缩进和引号", "look at indents and quotes")
        return []
    units = content.get("units") if isinstance(content, dict) else None
    if not isinstance(units, list) or not all(isinstance(unit, dict) for unit in units):
        told(
            "units",
            "没有 units 列表",
            "there is no list called units",
            "写作 units: - code: …",
            "write units: - code: …",
        )
        return []
    names = sorted({str(name) for unit in units for name in unit})
    if not _names_known(names, told, needed=False):
        return []
    return [
        (number, {name: str(value).strip() for name, value in unit.items()}) for number, unit in enumerate(units, 1)
    ]


def _names_known(names: list[str], told: Told, *, needed: bool = True) -> bool:
    strangers = [name for name in names if name not in FIELDS]
    missing = [name for name in _NEEDED if name not in names] if needed else []
    known = ", ".join(FIELDS)
    for name in strangers:
        told(name, f"不认识的列“{name}”", f"unknown column {name!r}", f"可用的列：{known}", f"columns are: {known}")
    for name in missing:
        told(name, f"缺少列“{name}”", f"the column {name!r} is missing", f"可用的列：{known}", f"columns are: {known}")
    return not strangers and not missing


def _row(number: int, cells: Mapping[str, str], problems: list[UnitProblem]) -> UnitRow | None:
    before = len(problems)
    told = _teller(number, problems)
    kinds = unit_kinds()
    for name in _NEEDED:
        if not cells.get(name):
            told(name, "不能为空", "must not be empty", "补填", "fill it in")
    kind = cells.get("kind", "")
    if kind and kind not in kinds:
        known = ", ".join(kinds)
        told("kind", f"没有这类单位：{kind}", f"no such kind: {kind}", f"可用：{known}", f"kinds are: {known}")
    division = _division(cells.get("division", ""), "division", told)
    end = _division(cells.get("division_end", ""), "division_end", told)
    if division and not end:
        end = end_of(division)
    elif end and end <= division:
        told(
            "division_end", "上界不大于区划", "the end is not after the division", "留空即取整个区划", "leave it empty"
        )
    hours = cells.get("opening_hours", "")
    if hours:
        try:
            read_opening_hours(hours)
        except ValueError as error:
            remedy = "mon-fri 08:30-12:00,14:00-17:30; sat 09:00-12:00"
            told("opening_hours", f"开放时间看不明白：{hours}", f"not understood: {error}", f"写作 {remedy}", remedy)
    from_on, to_on = _day(cells.get("from_on", ""), "from_on", told), _day(cells.get("to_on", ""), "to_on", told)
    latitude = _degrees(cells.get("latitude", ""), "latitude", 90, told)
    longitude = _degrees(cells.get("longitude", ""), "longitude", 180, told)
    if (latitude is None) != (longitude is None) and len(problems) == before:
        told(
            "longitude",
            "经纬度要同时填写",
            "latitude and longitude go together",
            "两个都填或都空",
            "fill both or neither",
        )
    if len(problems) > before or from_on is None:
        return None
    return UnitRow(
        cells["code"], kind, cells["name"], cells["name_en"], cells.get("parent", ""), division, end,
        cells.get("phone", ""), latitude, longitude, hours, from_on, to_on, cells.get("successor", ""),
    )  # fmt: skip


def _division(text: str, field: str, told: Told) -> str:
    if not text:
        return ""
    try:
        return normalise_code(text)
    except ValueError:
        told(
            field, f"不是区划代码：{text}", f"not a division code: {text}", "填6、9或12位数字", "give 6, 9 or 12 digits"
        )
        return ""


def _day(text: str, field: str, told: Told) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        told(field, f"不是日期：{text}", f"not a day: {text}", "写作 2026-01-31", "write 2026-01-31")
        return None


def _degrees(text: str, field: str, most: int, told: Told) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > most:
        told(field, f"不是度数：{text}", f"no degrees: {text}", f"填 -{most} 到 {most}", f"give -{most} to {most}")
        return None
    return value.quantize(Decimal("0.00001"))


def _inherit(row: UnitRow, whole: Mapping[str, UnitRow]) -> UnitRow:
    """Where the range is the superior's or the nation's it need not be written."""
    if row.division:
        return row
    kind, superior = unit_kinds()[row.kind], whole.get(row.parent)
    if kind.range is Range.WHOLE:
        return replace(row, division="0" * 12, division_end=end_of("0" * 12))
    if kind.range is Range.SAME and superior is not None:
        return replace(row, division=superior.division, division_end=superior.division_end)
    return row


def _check_known(row: UnitRow, held: UnitRow | None, told: Told) -> None:
    if held is None:
        return
    for field, zh in (("kind", "类别"), ("division", "区划"), ("division_end", "区划上界"), ("from_on", "启用日")):
        if getattr(row, field) != getattr(held, field):
            told(
                field,
                f"已有单位的{zh}不能改（现为 {getattr(held, field)}）",
                f"a known unit keeps its {field} ({getattr(held, field)})",
                "新设一个单位，旧单位填停用日和承接单位",
                "found another unit and end this one with to_on and successor",
            )
    if held.to_on is not None and row.to_on != held.to_on:
        told("to_on", "已停用的单位不能恢复", "an ended unit stays ended", "新设一个单位", "found another unit")


def _check_end(row: UnitRow, whole: Mapping[str, UnitRow], told: Told, *, on: dt.date) -> None:
    if row.to_on is None:
        if row.successor:
            told(
                "successor", "未停用的单位没有承接单位", "only an ended unit has a successor", "填停用日", "give to_on"
            )
        return
    if row.to_on > on:
        told("to_on", "停用日在将来", "it ends in the future", "到那一天再装载", "load it on that day")
    if row.to_on <= row.from_on:
        told("to_on", "停用日不晚于启用日", "it ends before it begins", "核对日期", "look at the days")
    successor = whole.get(row.successor)
    if successor is None or successor.code == row.code or successor.to_on is not None:
        told(
            "successor",
            "停用的单位要有存续的承接单位",
            "an ended unit needs a living successor",
            "填承接单位的编码",
            "give the code of the unit that takes over",
        )
    elif successor.kind != row.kind:
        told(
            "successor", "承接单位应为同一类别", "the successor is of another kind", "换一个单位", "choose another unit"
        )
    below = [other.code for other in whole.values() if other.parent == row.code and other.to_on is None]
    if below:
        told(
            "to_on",
            f"下面还有存续的单位：{'、'.join(below[:5])}",
            f"living units stand below it: {', '.join(below[:5])}",
            "先把它们改到承接单位之下，或一并停用",
            "give them another superior, or end them too",
        )


def _check_division(row: UnitRow, divisions: Divisions, told: Told, *, on: dt.date) -> None:
    if not row.division:
        told("division", "不能为空", "must not be empty", "补填区划代码", "give the division code")
        return
    if row.kind not in _LISTED or row.to_on is not None or divisions.lookup(row.division) is not None:
        return
    later = [found for found in divisions.successors(row.division) if found.code != row.division]
    if later:
        names = "、".join(f"{found.short} {found.name}" for found in later)
        told(
            "division",
            f"区划 {row.division[:6]} 已撤销，现为：{names}",
            f"the division {row.division[:6]} has ended; it is now {', '.join(found.short for found in later)}",
            "用现行区划新设单位，旧单位填停用日和承接单位",
            "found a unit for the present division and end the old one with a successor",
        )
        return
    told(
        "division",
        f"区划表里没有 {row.division[:6]}（{on.isoformat()}）",
        f"the division list has no {row.division[:6]} ({on.isoformat()})",
        "核对代码，或先装载新的区划表",
        "look at the code, or load a newer division list first",
    )


def _check_place(row: UnitRow, whole: Mapping[str, UnitRow], beside: _Beside, told: Told) -> None:
    if not row.division or row.to_on is not None:
        return
    superior = whole.get(row.parent)
    if row.parent and (superior is None or superior.to_on is not None):
        told(
            "parent",
            f"没有这个存续的上级：{row.parent}",
            f"no such living superior: {row.parent}",
            "核对编码",
            "look at it",
        )
        return
    problem = place_problem(row.place, superior.place if superior else None, beside.of(row))
    if problem is not None:
        told("division", problem.zh, problem.en, "核对上级和区划", "look at superior and division")


class _Beside:
    """The living units by superior, and those with a reserved range in order, so that overlaps are found quickly."""

    def __init__(self, rows: Iterable[UnitRow]) -> None:
        self._under: dict[str, list[UnitRow]] = {}
        self._reserved: list[tuple[str, str, UnitRow]] = []
        for row in rows:
            self._under.setdefault(row.parent, []).append(row)
            if unit_kinds()[row.kind].range is Range.RESERVED:
                self._reserved.append((row.division, row.code, row))
        self._reserved.sort(key=lambda entry: entry[:2])

    def of(self, row: UnitRow) -> list[Place]:
        """The places that this unit's range may not overlap; of reserved ones the two next to it are enough."""
        if unit_kinds()[row.kind].range is not Range.RESERVED:
            return [other.place for other in self._under[row.parent] if other.code != row.code]
        at = bisect_left(self._reserved, (row.division, row.code), key=lambda entry: entry[:2])
        near = self._reserved[max(0, at - 1) : at + 2]
        return [other.place for _, code, other in near if code != row.code]


def _superiors_first(rows: Iterable[UnitRow]) -> list[UnitRow]:
    waiting = {row.code: row for row in rows}
    ordered: list[UnitRow] = []
    while waiting:
        ready = [row for row in waiting.values() if row.parent not in waiting or row.parent == row.code]
        if not ready:
            ready = list(waiting.values())  # a ring: already named as a problem by its kinds
        for row in ready:
            ordered.append(waiting.pop(row.code))
    return ordered
