"""A CSV file: its encoding, its separator, its cells; a formula in a CSV is text that begins with an equals sign."""

import codecs
import csv
import io
import re
from typing import Final

from guitu.prison.roster.grid import Grid
from guitu.prison.roster.report import RosterRefusedError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS: Final = (",", "\t", ";")
_QUOTED_FORMULA: Final = re.compile(r'="([^"]*)"')
_MARKUP: Final = re.compile(r"\s*<(\?xml|!doctype|html|table|meta|head)", re.IGNORECASE)


def read_text_file(data: bytes, name: str, most: int) -> Grid:
    """The one sheet of a CSV in UTF-8, UTF-16 with mark, or GB18030; at most `most` cells, an empty line as one.

    Raises RosterRefusedError.
    """
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8", b"{\\rtf", b"\x1f\x8b")):
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    text = _decode(data)
    if "\0" in text:
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    if not text.strip():
        raise RosterRefusedError("FILE_EMPTY")
    if _MARKUP.match(text):
        raise RosterRefusedError("FORMAT_NOT_TAKEN")
    separator = max(_SEPARATORS, key=lambda mark: (text[: 1 << 16].count(mark), -_SEPARATORS.index(mark)))
    if separator not in text:
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    grid = Grid(name)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            most -= max(len(line), 1)
            if most < 0:
                raise RosterRefusedError("AREA_TOO_LARGE")
            grid.rows.append(list(line))
    except csv.Error as error:  # a cell beyond csv's bound: an opening quotation mark that is never closed
        raise RosterRefusedError("FILE_DAMAGED") from error
    for row_index, row in enumerate(grid.rows):
        for column_index, value in enumerate(row):
            if isinstance(value, str) and value.startswith("=") and len(value) > 1:
                grid.formulas.add((row_index, column_index))
                quoted = _QUOTED_FORMULA.fullmatch(value)
                row[column_index] = quoted.group(1) if quoted else value
    return grid


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RosterRefusedError("NOT_A_SPREADSHEET" if b"\0" in data else "TEXT_ENCODING")
