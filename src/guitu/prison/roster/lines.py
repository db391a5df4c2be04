"""Which rows below the header are persons, and which are totals, signatures, section titles or repeated headers."""

import re
from collections.abc import Mapping
from typing import Final

from guitu.prison.roster.catalogue import Catalogue, plain, plain_heading
from guitu.prison.roster.cells import cell_text
from guitu.prison.roster.grid import Grid
from guitu.prison.roster.headings import Header

_LONG_NUMBER: Final = re.compile(r"[0-9]{14,}[0-9xX]")
_PERSONS: Final = re.compile(r"(?:共|计|total)[^0-9]{0,8}([0-9]+)(?:人|名|persons|$)")
_SECTION_COLUMNS: Final = 3


def kind_of_line(
    row: int,
    filled: Mapping[int, str],
    header: Header,
    sections: frozenset[tuple[int, int]],
    catalogue: Catalogue,
) -> str:
    """ "" for a person's row, else the code that tells why it is skipped. `filled` holds its non-empty cells,
    `sections` what `section_rows` says of the sheet.
    """
    first = plain(next(iter(filled.values())))
    has_number = any(_LONG_NUMBER.search(plain(text)) for text in filled.values())
    if not has_number and (first.startswith(catalogue.footer_words) or _PERSONS.search(first)):
        return "ROW_SKIPPED_FOOTER"
    if _repeats_header(filled, header):
        return "ROW_SKIPPED_HEADER"
    if not has_number and len(filled) == 1 and (row, next(iter(filled))) in sections:
        return "ROW_SKIPPED_SECTION"
    read = set(header.fields.values()) | set(header.duplicates)
    return "" if read & set(filled) else "ROW_SKIPPED_EMPTY"


def stated_total(filled: Mapping[int, str], catalogue: Catalogue) -> int | None:
    """The number of persons that a footer row claims, or None when it claims none or several numbers stand there."""
    texts = [plain(text) for text in filled.values()]
    found = _PERSONS.findall("".join(texts)) if texts[0].startswith(catalogue.total_words) else []
    if len(found) == 1:
        return int(found[0])
    numbers = [text for text in texts[1:] if text.isdecimal() and text.isascii()]
    if texts[0] in catalogue.total_words and len(numbers) == 1 and len(numbers[0]) < 7:
        return int(numbers[0])
    return None


def filled_cells(grid: Grid, row: int) -> dict[int, str]:
    """The texts of the non-empty cells of a row by column."""
    return {
        column: text
        for column, value in enumerate(grid.rows[row])
        if value != "" and value is not None and (text := cell_text(value)).strip()
    }


def _repeats_header(filled: Mapping[int, str], header: Header) -> bool:
    same = 0
    for column, text in filled.items():
        own = header.columns.get(column)
        # The first character is compared before anything is normalised: this runs for every cell.
        if (
            own is not None
            and text[:1] in own.heading
            and plain_heading(text) in {plain_heading(part) for part in own.heading.split("｜")}
        ):
            same += 1
    return same >= 2 and same * 2 >= len(filled)


def section_rows(grid: Grid) -> frozenset[tuple[int, int]]:
    """The first cells (row, column) of merges within one row over three columns or more."""
    return frozenset(
        (top, left)
        for top, left, bottom, right in grid.merged
        if top == bottom and right - left + 1 >= _SECTION_COLUMNS
    )
