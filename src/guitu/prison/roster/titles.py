"""Whose roster a sheet says it is: units named in its own name and in what stands above its header."""

from collections.abc import Mapping
from dataclasses import dataclass

from guitu.prison.roster.catalogue import plain
from guitu.prison.roster.grid import Grid, column_letter
from guitu.prison.roster.lines import filled_cells


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands the roster in: its key, and the written forms of all units that could, each with the unit's key."""

    key: object
    forms: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """Another unit named as the one whose roster this is: where (row from 0; None: the sheet's own name), and whom."""

    row: int | None
    column: str
    name: str


def other_unit_named(grid: Grid, header_row: int, sender: Sender) -> OtherUnit | None:
    """The first other unit that a sheet names above its header (row from 0); None where it names the sender too, or
    nobody.
    """
    found: OtherUnit | None = None
    cells: list[tuple[int | None, str, str]] = [(None, "", grid.name)]
    cells += [
        (row, column_letter(column), text)
        for row in range(header_row)
        for column, text in filled_cells(grid, row).items()
    ]
    for row, column, text in cells:
        for form in _named(text, sender.forms):
            if sender.forms[form] == sender.key:
                return None
            found = found or OtherUnit(row, column, form)
    return found


def _named(text: str, forms: Mapping[str, object]) -> list[str]:
    """The forms that stand in a text, the longest first; one that stands only within a longer one is not named."""
    rest = plain(text)
    named = []
    for form, word in sorted(((form, plain(form)) for form in forms), key=lambda one: -len(one[1])):
        if word in rest:
            named.append(form)
            rest = rest.replace(word, "\n")
    return named
