"""An export as a file: CSV or XLSX, safe against formulas, with a watermark on it and a mark in it (docs/trust.md).

Three marks: the printed line (unit, post, account, moment, number); the number in the properties of an XLSX; and 0 to
3 spaces at the end of the unit's name, chosen for each row by a keyed digest of export and row. No row is invented.
Whoever trims the cells or types the list anew removes the last one.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for a formula at the beginning of a cell."""
MARKED = -1
"""The column whose cells carry the spaces: the last."""
Digest = Callable[[str, str], int]
"""From an export's id and a row's first cell to 0–3."""


@dataclass(frozen=True)
class Sheet:
    """What is written: number of the export, its id, the printed line, the headings and the rows, as text."""

    number: str
    export_id: str
    watermark: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.lstrip(" \u00a0\u3000").startswith(DANGEROUS) else text


def marked_rows(sheet: Sheet, digest: Digest) -> list[list[str]]:
    """The rows with formulas disarmed and the spaces of this export at their ends."""
    return [
        [*(safe(cell) for cell in row[:MARKED]), safe(row[MARKED]) + " " * digest(sheet.export_id, row[0])]
        for row in sheet.rows
    ]


def as_csv(sheet: Sheet, digest: Digest) -> bytes:
    """UTF-8 with a byte-order mark, the printed line first and last."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(sheet.watermark)])
    writer.writerow(sheet.headings)
    writer.writerows(marked_rows(sheet, digest))
    writer.writerow([safe(sheet.watermark)])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet, digest: Digest) -> bytes:
    """One sheet; the printed line above the list and at the head and foot of each printed page, text cells only."""
    import openpyxl  # type: ignore[import-untyped]  # the package ships no types; few requests need it
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet.number[:31])
    page.oddHeader.center.text = sheet.watermark.replace("&", "&&")
    page.oddFooter.center.text = sheet.watermark.replace("&", "&&")
    for row in ([safe(sheet.watermark)], list(sheet.headings), *marked_rows(sheet, digest)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(page, value=text)
            cell.data_type = "s"
            cells.append(cell)
        page.append(cells)
    book.properties.identifier = sheet.number
    book.properties.title = sheet.watermark
    book.properties.creator = sheet.watermark
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class Leaked:
    """A file found somewhere: its cells and what its properties say."""

    rows: list[list[str]]
    property_number: str


def read_leaked(data: bytes) -> Leaked:
    """The cells of a CSV or XLSX file. Raises ValueError if it is neither."""
    if data.startswith(b"PK"):
        try:
            import openpyxl  # as above

            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        except (KeyError, OSError, zipfile.BadZipFile) as error:
            raise ValueError("not an XLSX file") from error
        rows = [["" if cell is None else str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
        return Leaked(rows, book.properties.identifier or "")
    try:
        return Leaked(list(csv.reader(io.StringIO(data.decode("utf-8-sig")))), "")
    except csv.Error as error:
        raise ValueError("not a CSV file") from error


def matching_rows(leaked: Leaked, export_id: str, digest: Digest) -> tuple[int, int]:
    """How many rows of the file end with the spaces of this export, and how many rows begin with a number."""
    numbered = [row for row in leaked.rows if len(row) > 1 and any(sign.isdigit() for sign in row[0])]
    rows = [row for row in numbered if row[MARKED].strip()]
    fits = sum(
        len(row[MARKED]) - len(row[MARKED].rstrip(" ")) == digest(export_id, row[0].removeprefix("'")) for row in rows
    )
    return fits, len(rows)
