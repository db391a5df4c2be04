"""Who is a juvenile on a day: the age from the rulebook, counted as the law counts years of age."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "juveniles" / "age.yaml"
MARK = "juvenile"
"""The code of road_mark and key_person."""
AT_OFFENCE = "minor_at_offence"
"""The code of road_mark for somebody of age now who was under eighteen at the offence."""
SHELTERED = (MARK, AT_OFFENCE)
"""The marks by which somebody stands apart in lists, and by which their file is sealed in time (G-10)."""


@lru_cache(maxsize=1)
def age_of_majority() -> int:
    """The age in years from which nobody is a juvenile, read once."""
    years = yaml.safe_load(DATA.read_text(encoding="utf-8"))["years"]
    if not isinstance(years, int):
        raise ValueError(f"{DATA}: years")
    return years


def is_juvenile(born_on: dt.date, on: dt.date) -> bool:
    """Whether somebody born on that legal day is a juvenile on `on`; on the birthday itself they still are.

    Where the year has no 29 February the birthday is the last day of the month.
    """
    year = born_on.year + age_of_majority()
    birthday = dt.date(year, born_on.month, min(born_on.day, monthrange(year, born_on.month)[1]))
    return on <= birthday


def is_sheltered(marks: Iterable[str]) -> bool:
    """Whether somebody of these marks (codes of road_mark) was a juvenile on the road or at the offence."""
    return not set(SHELTERED).isdisjoint(marks)
