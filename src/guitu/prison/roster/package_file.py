"""An .xlsx package before its values are read: is it safe to read, and what do its sheets say beside the values?

Hidden rows and sheets, merged cells, formulas and error cells stand in the sheet's XML; macros, external links and
inflation in the package. Every part is unpacked under a bound, because the sizes written in a package may lie.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from guitu.prison.roster.catalogue import Limits
from guitu.prison.roster.grid import SheetMarks, parse_area, parse_reference
from guitu.prison.roster.report import RosterRefusedError
from guitu.prison.roster.shared_texts import SharedTexts

_MEGABYTE: Final = 1024 * 1024
_CHUNK: Final = 1 << 18
_MACRO_PARTS: Final = ("xl/vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "xl/activex/")
_LINK_PARTS: Final = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
_STRINGS: Final = "xl/sharedstrings.xml"
_DIGITS: Final = 7
_OTHER_FORMATS: Final = ("xl/workbook.bin", "content.xml", "index/document.iwa")


def scan_package(data: bytes, limits: Limits) -> tuple[list[SheetMarks], bool]:
    """The marks of every worksheet in order, and whether days count from 1904. Raises RosterRefusedError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = _unpack(package, len(data), limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise RosterRefusedError("FILE_DAMAGED") from error
    except RuntimeError as error:  # zipfile's word for a part under a password
        raise RosterRefusedError("ENCRYPTED") from error
    _refuse_other_packages(parts)
    return _sheets(parts, limits)


def _unpack(package: zipfile.ZipFile, packed_size: int, limits: Limits) -> dict[str, bytes]:
    allowed = min(limits.inflation * packed_size, limits.unpacked_megabytes * _MEGABYTE)
    parts: dict[str, bytes] = {}
    total = 0
    for info in package.infolist():
        if info.is_dir():
            continue
        # A part is read whole before the next one starts, in pieces, so that no bomb unfolds beyond the bound.
        pieces: list[bytes] = []
        with package.open(info) as part:
            while piece := part.read(_CHUNK):
                total += len(piece)
                if total > allowed:
                    by_ratio = allowed < limits.unpacked_megabytes * _MEGABYTE
                    limit = f"{limits.inflation} ×" if by_ratio else f"{limits.unpacked_megabytes} MB"
                    raise RosterRefusedError("INFLATION", limit=limit)
                pieces.append(piece)
        name = info.filename.replace("\\", "/").lstrip("/").lower()
        if name in parts:
            raise RosterRefusedError("FILE_DAMAGED")
        parts[name] = b"".join(pieces) if _is_needed(name) else b""
    return parts


def _is_needed(name: str) -> bool:
    return name.endswith((".rels", "[content_types].xml", "xl/workbook.xml", _STRINGS)) or "worksheets/" in name


def _refuse_other_packages(parts: dict[str, bytes]) -> None:
    if any(name in parts for name in _OTHER_FORMATS):
        raise RosterRefusedError("FORMAT_NOT_TAKEN")
    if "xl/workbook.xml" not in parts or "[content_types].xml" not in parts:
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    kinds = parts["[content_types].xml"].lower()
    if b"macroenabled" in kinds or b"vbaproject" in kinds or any(name.startswith(_MACRO_PARTS) for name in parts):
        raise RosterRefusedError("MACROS")
    if any(name.startswith(_LINK_PARTS) for name in parts):
        raise RosterRefusedError("EXTERNAL_LINKS")
    for name, content in parts.items():
        if name.endswith(".rels"):
            _refuse_external_targets(content)


def _refuse_external_targets(content: bytes) -> None:
    def start(tag: str, attributes: dict[str, str]) -> None:
        outside = attributes.get("TargetMode", "").lower() == "external"
        if outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise RosterRefusedError("EXTERNAL_LINKS")

    _parse(content, start)


def _sheets(parts: dict[str, bytes], limits: Limits) -> tuple[list[SheetMarks], bool]:
    targets: dict[str, tuple[str, str]] = {}
    sheets: list[tuple[str, bool, str]] = []
    from_1904 = False

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    def book(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif tag == "sheet":
            visible = attributes.get("state", "visible") == "visible"
            sheets.append((attributes.get("name", ""), visible, attributes.get("id", "")))

    _parse(parts.get("xl/_rels/workbook.xml.rels", b""), relation)
    _parse(parts["xl/workbook.xml"], book)
    marks: list[SheetMarks] = []
    bounds = _Bounds(limits, SharedTexts(_lengths(parts.get(_STRINGS, b"")), limits))
    for name, visible, relation_id in sheets:
        kind, target = targets.get(relation_id, ("", ""))
        if not kind.endswith("/worksheet"):
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        content = parts.pop(path.lower(), None)  # a part is one sheet: under a second name it would be read again
        if content is None:
            raise RosterRefusedError("FILE_DAMAGED")
        marks.append(_scan_sheet(name, visible, content, bounds))
    if not marks:
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    return marks, from_1904


@dataclass(slots=True)
class _Bounds:
    """What few bytes may ask for: a text that many cells share, and cells that array formulas fill."""

    limits: Limits
    texts: SharedTexts
    compared: int = 0

    def share(self, index: str) -> None:
        """A cell names a shared text by its number. Raises RosterRefusedError."""
        if not (index.isascii() and index.isdigit() and len(index) <= _DIGITS):
            raise RosterRefusedError("FILE_DAMAGED")
        self.texts.take(int(index))

    def filled(self, place: tuple[int, int], arrays: list[tuple[int, int, int, int]]) -> bool:
        """Whether one of the array formulas fills this cell. Raises RosterRefusedError after too many comparisons."""
        self.compared += len(arrays)
        if self.compared > self.limits.area_cells:
            raise RosterRefusedError("AREA_TOO_LARGE")
        row, column = place
        return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in arrays)


def _lengths(content: bytes) -> list[int]:
    """The number of signs of each shared text."""
    found: list[int] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si":
            found.append(0)

    def text(piece: str) -> None:
        if found:
            found[-1] += len(piece)

    _parse(content, start, text)
    return found


def _scan_sheet(name: str, visible: bool, content: bytes, bounds: _Bounds) -> SheetMarks:
    marks = SheetMarks(name, visible)
    row, column, kind, index = -1, -1, "", ""
    arrays: list[tuple[int, int, int, int]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, index, arrays
        if tag == "c":
            place = parse_reference(attributes["r"]) if "r" in attributes else (row, column + 1)
            if place is None:
                raise RosterRefusedError("FILE_DAMAGED")
            row, column = place
            kind = attributes.get("t", "")
        elif tag in {"v", "is"}:
            marks.last_row = max(marks.last_row, row)
            marks.last_column = max(marks.last_column, column)
            index = ""
            if kind == "e":
                marks.errors[row, column] = ""
            if arrays and bounds.filled((row, column), arrays):
                marks.formulas.add((row, column))
        elif tag == "f":
            marks.formulas.add((row, column))
            if "ref" in attributes and attributes.get("t") in {"array", "dataTable"}:
                area = parse_area(attributes["ref"])
                # It stands in its first cell, before the others; a formula of one cell is marked already.
                arrays += [area] if area is not None and area[:2] != area[2:] else []
        elif tag == "row":
            number = attributes.get("r", str(row + 2))
            if not number.isdecimal() or len(number) > _DIGITS:
                raise RosterRefusedError("FILE_DAMAGED")
            row, column = int(number) - 1, -1
            arrays = [area for area in arrays if area[2] >= row]
            if _is_on(attributes.get("hidden")) or attributes.get("ht") == "0":
                marks.hidden_rows.add(row)
        elif tag == "col" and (_is_on(attributes.get("hidden")) or attributes.get("width") == "0"):
            first, last = attributes.get("min", "0"), attributes.get("max", "0")
            if first.isdecimal() and last.isdecimal():
                marks.hidden_columns.update(range(int(first) - 1, min(int(last), 1024)))
        elif tag == "mergeCell":
            area = parse_area(attributes.get("ref", ""))
            if area is not None:
                marks.merged.append(area)

    def text(piece: str) -> None:
        nonlocal index
        if kind == "e" and (row, column) in marks.errors:
            marks.errors[row, column] += piece
        elif kind == "s" and len(index) <= _DIGITS:
            index += piece

    def end(tag: str) -> None:
        if kind == "s" and tag == "v":
            bounds.share(index.strip())

    _parse(content, start, text, end)
    return marks


_Start = Callable[[str, dict[str, str]], None]
_Told = Callable[[str], None]


def _is_on(value: str | None) -> bool:
    return value in {"1", "true"}


def _parse(content: bytes, start: _Start, text: _Told | None = None, end: _Told | None = None) -> None:
    """Feed XML to a handler that is given tag names without their namespace. No document type is allowed."""
    if not content:
        return
    parser = expat.ParserCreate(namespace_separator=" ")

    def without_namespace(tag: str, attributes: dict[str, str]) -> None:
        if " " in tag:
            tag = tag.rsplit(" ", 1)[1]
        if tag == "sheet":
            attributes = {key.rsplit(" ", 1)[-1]: value for key, value in attributes.items()}
        start(tag, attributes)

    def refuse_document_type(*_: object) -> None:
        raise RosterRefusedError("FILE_DAMAGED")

    parser.StartElementHandler = without_namespace
    parser.StartDoctypeDeclHandler = refuse_document_type
    if text is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rsplit(" ", 1)[-1])
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise RosterRefusedError("FILE_DAMAGED") from error
