"""How long processing records are kept: which rule each class follows, and what has ended at a moment. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.counting import LEGAL_TIME
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.records import Limit, Sentence

DATA = Path(__file__).parent / "data" / "retention" / "records.yaml"
MONTHS = {"month": 1, "year": 12}
NATION = "CN"


@dataclass(frozen=True)
class RecordClass:
    """A class of processing records: by which rule it is kept, and which rule says the law's least ('' if none)."""

    code: str
    rule: str
    least: str
    words: Sentence


@lru_cache(maxsize=1)
def record_classes() -> Mapping[str, RecordClass]:
    """The classes by code (rulebook/data/retention/records.yaml; PIPL 19, 56). Raises RulebookError where a class is
    kept for a shorter time than the law's least."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    found = {
        line["code"]: RecordClass(line["code"], line["rule"], line["least"], Sentence(line["zh"], line["en"]))
        for line in record["classes"]
    }
    for one in found.values():
        if one.least and kept_months(one) < _months(load_national(), one.least):
            zh = f"{one.code} 的保存期限短于法律的最短期限"
            raise RulebookError(str(DATA), 1, zh, f"{one.code} is kept for less than the law's least")
    return found


def kept_months(of: RecordClass) -> int:
    """For how many months the national rule keeps a class at least; a pack may only lengthen it."""
    return _months(load_national(), of.rule)


def ended_before(book: Rulebook, of: RecordClass, *, at: datetime) -> datetime:
    """The moment (aware) before which records of this class have ended at `at`: the first legal day still kept begins.

    Where packs of several places lengthen the term, the longest holds.
    """
    places = {None, *(pack.jurisdiction for pack in book.packs if pack.jurisdiction != NATION)}
    first = min(value.from_ for value in book.rules[of.rule].values)
    days = [first + timedelta(number) for number in range((legal_day(at) - first).days + 1)]

    def still_kept(day: date, *, place: str | None) -> bool:
        due = book.due(of.rule, day, province=place)
        limit = due.service or due.statutory
        return limit is None or limit.due_at > at

    kept = min(bisect_left(days, True, key=partial(still_kept, place=place)) for place in places)
    return datetime.combine(days[kept], time.min, LEGAL_TIME)


def _months(book: Rulebook, rule: str) -> int:
    limits: list[Limit] = [limit for value in book.rules[rule].values if (limit := value.service or value.statutory)]
    if not limits or any(limit.unit not in MONTHS for limit in limits):
        raise RulebookError(str(DATA), 1, f"{rule} 的期限须以月或者年计", f"the term of {rule} is in months or years")
    return min(limit.value * MONTHS[limit.unit] for limit in limits)
