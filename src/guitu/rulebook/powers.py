"""Powers that a county agency may commission a township office with: by which rule, and who has them without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from guitu.rulebook.book import load_national
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.reading import open_text
from guitu.rulebook.units import DATA


@dataclass(frozen=True, slots=True)
class Power:
    """A power by code: the rule it rests on, who has it when commissioned, and who otherwise."""

    code: str
    zh: str
    en: str
    rule: str
    commissioned: str
    otherwise: str


@cache
def commission_powers() -> Mapping[str, Power]:
    """All powers by code. Raises RulebookError where data, code table, rules and offices do not agree."""
    path = DATA / "powers.yaml"
    book = load_national()
    words = {entry.code: entry for entry in book.code_table("commission_power").codes}
    offices = {entry.code for entry in book.code_table("office").codes}
    top = open_text(path.name, path.read_text(encoding="utf-8"))
    powers: dict[str, Power] = {}
    for part in top.sections("powers", required=True):
        code = part.choice("power", words)
        powers[code] = Power(
            code,
            words[code].zh,
            words[code].en,
            part.choice("rule", book.rules),
            part.choice("commissioned", offices),
            part.choice("otherwise", offices),
        )
        part.done()
    top.done()
    if set(powers) != set(words):
        missing = ", ".join(sorted(set(words) ^ set(powers)))
        raise RulebookError(path.name, 1, f"与代码表不一致：{missing}", f"differs from the code table: {missing}")
    return powers
