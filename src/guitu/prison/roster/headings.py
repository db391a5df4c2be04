"""Finding the header of a sheet and what each of its columns means.

Title rows above, headers of two or three lines, merged header cells and remarks in brackets are usual. A column is
understood by a synonym or by the mapping handed in, never by likeness: likeness only makes suggestions.
"""

import datetime
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from guitu.prison.roster.catalogue import Catalogue, plain, plain_heading
from guitu.prison.roster.grid import Grid, column_letter
from guitu.prison.roster.report import Column

_NUMBER_LIKE: Final = re.compile(r"[0-9０-９]{15,}")
_JOIN: Final = "｜"
_FEWEST_FIELDS: Final = 3
_SUGGESTIONS: Final = 3
_LIKENESS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (rows from 0, inclusive) and the columns by their index."""

    first: int
    last: int
    columns: Mapping[int, Column]
    fields: Mapping[str, int]
    duplicates: Mapping[int, str]


def find_header(grid: Grid, catalogue: Catalogue, mapping: Mapping[str, str]) -> Header | None:
    """The header in the first rows of the sheet that explains most columns; None when nothing looks like one.

    `mapping` gives a field code, or "" for a column not to be read, by heading; it stands above the synonyms.
    """
    known = _known_headings(catalogue, mapping)
    spread = _merged_sources(grid)
    best: tuple[int, int] | None = None
    best_score = (0, 0)
    for first in range(min(len(grid.rows), catalogue.limits.header_search_rows)):
        for depth in range(1, catalogue.limits.header_lines + 1):
            last = first + depth - 1
            if last >= len(grid.rows) or _looks_like_data(grid.rows[last]):
                break
            found = {
                field
                for texts in _heading_texts(grid, first, last, spread)
                if (field := _field_of(texts, known, catalogue)) is not None and field
            }
            # Of equal finds the one with fewer lines counts, so that a title row is no part of the header.
            score = (len(found), -depth)
            if score > best_score and len(found) >= _FEWEST_FIELDS and found & {"name", "id_number"}:
                best, best_score = (first, last), score
    if best is None:
        return None
    last = _end_of_merges(grid, best[0], best[1], catalogue.limits.header_lines)
    return _header(grid, (best[0], last), spread, catalogue, mapping)


def _header(
    grid: Grid,
    lines: tuple[int, int],
    spread: Mapping[tuple[int, int], tuple[int, int]],
    catalogue: Catalogue,
    mapping: Mapping[str, str],
) -> Header:
    columns: dict[int, Column] = {}
    fields: dict[str, int] = {}
    duplicates: dict[int, str] = {}
    first, last = lines
    known = _known_headings(catalogue, mapping)
    mapped = {plain_heading(heading) for heading in mapping}
    texts = _heading_texts(grid, first, last, spread)
    headings = [_JOIN.join(text for text in lines if text) for lines in texts]
    # What was mapped by a person comes before what is understood by a synonym, wherever it stands.
    for index in sorted(range(len(texts)), key=lambda at: (plain_heading(headings[at]) not in mapped, at)):
        heading, letter = headings[index], column_letter(index)
        if not heading:
            continue
        field = _field_of(texts[index], known, catalogue)
        if field is None and any(plain_heading(text) in catalogue.ignored for text in (heading, texts[index][-1])):
            columns[index] = Column(letter, heading, "", "ignored")
        elif field is None:
            columns[index] = Column(letter, heading, "", "unknown", _suggest(heading, catalogue))
        elif not field:
            columns[index] = Column(letter, heading, "", "ignored")
        elif field in fields:
            columns[index] = Column(letter, heading, field, "duplicate")
            duplicates[index] = field
        else:
            how = "mapping" if plain_heading(heading) in mapped else "synonym"
            columns[index] = Column(letter, heading, field, how)
            fields[field] = index
    return Header(first, last, columns, fields, duplicates)


def _known_headings(catalogue: Catalogue, mapping: Mapping[str, str]) -> dict[str, str]:
    return {**catalogue.synonyms, **{plain_heading(heading): field for heading, field in mapping.items()}}


def _field_of(texts: list[str], known: Mapping[str, str], catalogue: Catalogue) -> str | None:
    """The field of a column by its heading lines, top first: all lines together, then the lowest alone."""
    filled = [text for text in texts if text]
    if not filled:
        return None
    together = known.get(plain_heading("".join(filled)))
    if together is not None:
        return together
    for start in range(1, len(filled)):
        above = "".join(plain(text) for text in filled[:start])
        if any(word in above for word in catalogue.other_person_words):
            return None
        below = known.get(plain_heading("".join(filled[start:])))
        if below is not None:
            return below
    return None


def _heading_texts(
    grid: Grid, first: int, last: int, spread: Mapping[tuple[int, int], tuple[int, int]]
) -> list[list[str]]:
    """For each column its heading lines, top first; a cell merged downward gives its text once.

    A group title written over the first of its columns without merging counts for the columns right of it too,
    as long as both stand over a lower line.
    """
    width = max((len(row) for row in grid.rows[first : last + 1]), default=0)
    columns: list[list[str]] = []
    left: dict[int, str] = {}
    for column in range(width):
        lines: dict[int, str] = {}
        for row in range(first, last + 1):
            source = spread.get((row, column), (row, column))
            if source[0] < row and source[0] >= first:
                lines[row] = ""
                continue
            lines[row] = _text_at(grid, *source)
            under_a_group = row < last and _text_at(grid, row + 1, column) and _text_at(grid, row + 1, column - 1)
            if not lines[row] and column and under_a_group:
                lines[row] = left[row]
        columns.append(list(lines.values()))
        left = lines
    return columns


def _text_at(grid: Grid, row: int, column: int) -> str:
    if row >= len(grid.rows) or column >= len(grid.rows[row]):
        return ""
    value = grid.rows[row][column]
    return "".join(value.split()) if isinstance(value, str) else ""


def _merged_sources(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    sources: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in grid.merged:
        height = min(bottom, top + 10, len(grid.rows) - 1)
        for row in range(top, height + 1):
            for column in range(left, min(right, left + 512) + 1):
                sources[row, column] = (top, left)
    return sources


def _end_of_merges(grid: Grid, first: int, last: int, most_lines: int) -> int:
    """The last header row, counting cells of the first header row that are merged downward."""
    for top, left, bottom, _right in grid.merged:
        if top == first and first <= bottom < first + most_lines and _text_at(grid, top, left):
            last = max(last, bottom)
    return min(last, len(grid.rows) - 1)


def _looks_like_data(row: list[object]) -> bool:
    return any(
        isinstance(value, datetime.date | float | int)
        or (isinstance(value, str) and _NUMBER_LIKE.search("".join(value.split())))
        for value in row
    )


def _suggest(heading: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three field codes whose headings resemble this one, the nearest first."""
    word = plain_heading(heading.replace(_JOIN, ""))
    scores: dict[str, float] = {}
    for synonym, field in catalogue.synonyms.items():
        score = difflib.SequenceMatcher(None, word, synonym).ratio()
        if len(synonym) > 1 and (synonym in word or word in synonym):
            score = max(score, 0.6)
        scores[field] = max(scores.get(field, 0.0), score)
    ranked = sorted((-score, field) for field, score in scores.items() if score >= _LIKENESS)
    return tuple(field for _, field in ranked[:_SUGGESTIONS])
