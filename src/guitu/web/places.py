"""A division code in words, down from the province."""

from __future__ import annotations

from functools import cache

from guitu.rulebook.divisions import Division, Divisions, fictional_province
from guitu.web.shell import english


@cache
def _fictional() -> Divisions:
    return Divisions(fictional_province().divisions)


def division_words(code: str) -> str:
    """The names of the place with this code (six, nine or twelve digits) from the province down, abolished ones too.

    What is no code of any edition is returned as it was written.
    """
    written = code.strip()
    if not written.isdecimal() or len(written) not in {6, 9, 12}:
        return written
    for edition in (Divisions.load(), _fictional()):
        held = edition.history(written.ljust(12, "0"))
        if held:
            path = edition.path(edition.lookup(held[-1].code) or held[-1])
            return " · ".join(_english(one) for one in path) if english() else "".join(one.name for one in path)
    return written


def _english(one: Division) -> str:
    return fictional_province().english.get(one.code, one.name)
