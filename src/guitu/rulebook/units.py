"""The kinds of units: under which superiors each may stand, and which range of divisions it takes (data/units)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guitu.rulebook.book import load_national
from guitu.rulebook.divisions import NATION, bounds
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.reading import Section, open_text
from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "units"
RESERVED = "99"
"""The third and fourth digit of every reserved division; no city of the official list has them."""
_LAST = "999999999999"


class Range(enum.StrEnum):
    """How a kind of unit takes its range of divisions."""

    WHOLE = "whole"
    INSIDE = "inside"
    SAME = "same"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit; `under` are the kinds its superior may be of, `top` says whether it may have none."""

    code: str
    zh: str
    en: str
    under: frozenset[str]
    top: bool
    range: Range


@dataclass(frozen=True, slots=True)
class Place:
    """What the range rules ask of a unit: its kind, and its divisions from `low` on, `high` excluded."""

    code: str
    kind: str
    low: str
    high: str


def end_of(division: str) -> str:
    """The exclusive end of a division's range; the nation ends at the last code there is. Raises ValueError."""
    last = bounds(division)[1]
    return _LAST if last == _LAST else str(int(last) + 1).zfill(12)


@cache
def unit_kinds() -> Mapping[str, UnitKind]:
    """All kinds by code. Raises RulebookError where data and code table do not agree."""
    path = DATA / "kinds.yaml"
    top = open_text(path.name, path.read_text(encoding="utf-8"))
    words = {entry.code: entry for entry in load_national().code_table("unit_kind").codes}
    kinds: dict[str, UnitKind] = {}
    for part in top.sections("kinds", required=True):
        kind = _read_kind(part, {code: Sentence(word.zh, word.en) for code, word in words.items()})
        if kind.code in kinds:
            raise part.error(f"{kind.code} 重复", f"{kind.code} is listed twice", "kind")
        kinds[kind.code] = kind
    top.done()
    strangers = {under for kind in kinds.values() for under in kind.under} - set(kinds)
    if strangers or set(words) != set(kinds):
        missing = ", ".join(sorted(strangers | (set(words) ^ set(kinds))))
        raise RulebookError(path.name, 1, f"与代码表 unit_kind 不一致：{missing}", f"differs from unit_kind: {missing}")
    return kinds


def _read_kind(part: Section, words: Mapping[str, Sentence]) -> UnitKind:
    code = part.choice("kind", words)
    kind = UnitKind(
        code,
        words[code].zh,
        words[code].en,
        frozenset(part.texts("under")),
        part.flag("top"),
        Range(part.choice("range", [one.value for one in Range])),
    )
    part.done()
    return kind


def place_problem(place: Place, superior: Place | None, others: Iterable[Place]) -> Sentence | None:
    """Why a unit cannot stand there, or None.

    `others` are the living units whose ranges it may not overlap: those under the same superior, and for a reserved
    range those with a reserved range.
    """
    kind = unit_kinds()[place.kind]
    if superior is None:
        if not kind.top:
            return Sentence(f"{kind.zh}要有上级单位", f"a {kind.en} needs a superior")
    elif superior.kind not in kind.under:
        allowed = [unit_kinds()[code] for code in sorted(kind.under)]
        zh = "、".join(one.zh for one in allowed)
        en = ", ".join(one.en for one in allowed)
        return Sentence(f"{kind.zh}的上级只能是：{zh}", f"the superior of a {kind.en} can only be: {en}")
    if kind.range is Range.WHOLE:
        whole = place.low == NATION and place.high == _LAST
        return None if whole else Sentence("国家主管部门的范围是全国", "the national department spans the nation")
    if kind.range is Range.SAME and superior is not None:
        same = (place.low, place.high) == (superior.low, superior.high)
        return None if same else Sentence("区划范围应与上级单位相同", "the range must be that of the superior")
    if kind.range is Range.INSIDE:
        return _inside_problem(place, superior, others)
    return _reserved_problem(place, superior, others)


def _inside_problem(place: Place, superior: Place | None, others: Iterable[Place]) -> Sentence | None:
    if superior is not None and not (superior.low <= place.low and place.high <= superior.high):
        return Sentence("区划范围不在上级单位之内", "the range is not inside the superior's")
    if place.low[2:4] == RESERVED:
        return Sentence("第三、四位为99的是保留段", "divisions with 99 at the third and fourth digit are reserved")
    return _overlap(place, others, Range.INSIDE)


def _reserved_problem(place: Place, superior: Place | None, others: Iterable[Place]) -> Sentence | None:
    if place.low[2:4] != RESERVED or place.high[:2] != place.low[:2]:
        return Sentence(
            "应取本省保留段的区划（第三、四位为99）", "a division of the province's reserved range is needed (99)"
        )
    if superior is not None and superior.low != NATION and place.low[:2] != superior.low[:2]:
        return Sentence("保留段应属上级单位所在的省", "the reserved division must be of the superior's province")
    return _overlap(place, others, Range.RESERVED)


def _overlap(place: Place, others: Iterable[Place], taken: Range) -> Sentence | None:
    for other in others:
        if unit_kinds()[other.kind].range is taken and place.low < other.high and other.low < place.high:
            return Sentence(f"区划范围与 {other.code} 重叠", f"the range overlaps with that of {other.code}")
    return None
