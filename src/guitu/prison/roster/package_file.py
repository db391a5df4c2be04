"""An .xlsx package before its values are read: is it safe to read, and what do its sheets say beside the values?

Hidden rows and sheets, merged cells, formulas and error cells stand in the sheet's XML; macros, external links and
inflation in the package. Every part is unpacked under a bound, because the sizes written in a package may lie.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from guitu.prison.roster.catalogue import Limits
from guitu.prison.roster.grid import SheetMarks, parse_area, parse_reference
from guitu.prison.roster.report import RosterRefusedError

_MEGABYTE: Final = 1024 * 1024
_CHUNK: Final = 1 << 18
_MACRO_PARTS: Final = ("xl/vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "xl/activex/")
_LINK_PARTS: Final = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
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
    return _sheets(parts)


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
    return name.endswith((".rels", "[content_types].xml", "xl/workbook.xml")) or "worksheets/" in name


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


def _sheets(parts: dict[str, bytes]) -> tuple[list[SheetMarks], bool]:
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
    for name, visible, relation_id in sheets:
        kind, target = targets.get(relation_id, ("", ""))
        if not kind.endswith("/worksheet"):
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        content = parts.get(path.lower())
        if content is None:
            raise RosterRefusedError("FILE_DAMAGED")
        marks.append(_scan_sheet(name, visible, content))
    if not marks:
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    return marks, from_1904


def _scan_sheet(name: str, visible: bool, content: bytes) -> SheetMarks:
    marks = SheetMarks(name, visible)
    row, column, is_error = -1, -1, False
    arrays: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, is_error
        if tag == "c":
            place = parse_reference(attributes["r"]) if "r" in attributes else (row, column + 1)
            if place is None:
                raise RosterRefusedError("FILE_DAMAGED")
            row, column = place
            is_error = attributes.get("t") == "e"
        elif tag in {"v", "is"}:
            marks.last_row = max(marks.last_row, row)
            marks.last_column = max(marks.last_column, column)
            if is_error:
                marks.errors[row, column] = ""
        elif tag == "f":
            marks.formulas.add((row, column))
            if "ref" in attributes and attributes.get("t") in {"array", "dataTable"}:
                arrays.append(attributes["ref"])
        elif tag == "row":
            number = attributes.get("r", str(row + 2))
            if not number.isdecimal():
                raise RosterRefusedError("FILE_DAMAGED")
            row, column = int(number) - 1, -1
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
        if is_error and (row, column) in marks.errors:
            marks.errors[row, column] += piece

    _parse(content, start, text)
    # An array formula stands in its first cell and fills all cells of its area that hold values.
    for top, left, bottom, right in filter(None, map(parse_area, arrays)):
        for at in range(top, min(bottom, marks.last_row) + 1):
            marks.formulas.update((at, each) for each in range(left, min(right, marks.last_column) + 1))
    return marks


_Start = Callable[[str, dict[str, str]], None]


def _is_on(value: str | None) -> bool:
    return value in {"1", "true"}


def _parse(content: bytes, start: _Start, text: Callable[[str], None] | None = None) -> None:
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
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise RosterRefusedError("FILE_DAMAGED") from error
