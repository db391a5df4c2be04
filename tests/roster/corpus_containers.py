"""Files made byte by byte for the corpus: compound files, a small .xls, and changes inside an .xlsx package."""

import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence

FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams, each filled up to the size from which no mini stream is used."""
    names = list(streams)
    bodies = [content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\0") for content in streams.values()]
    directory_sectors = -(-(len(names) + 1) * 128 // SECTOR)
    data_sectors = sum(len(body) // SECTOR for body in bodies)
    fat_sectors = 1
    while fat_sectors * 128 < fat_sectors + directory_sectors + data_sectors:
        fat_sectors += 1
    assert fat_sectors <= 109
    fat = [FAT_SECTOR] * fat_sectors
    first_directory = len(fat)
    fat += [*range(len(fat) + 1, len(fat) + directory_sectors), END]
    starts = []
    for body in bodies:
        starts.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + len(body) // SECTOR), END]
    fat += [FREE] * (fat_sectors * 128 - len(fat))
    entries = [_entry("Root Entry", 5, END, 0, child=1 if names else FREE)]
    for index, (name, body) in enumerate(zip(names, bodies, strict=True)):
        right = index + 2 if index + 1 < len(names) else FREE
        entries.append(_entry(name, 2, starts[index], len(body), right=right))
    entries += [bytes(128)] * (directory_sectors * 4 - len(entries))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, fat_sectors, first_directory, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *[*range(fat_sectors), *[FREE] * (109 - fat_sectors)])
    return header + struct.pack(f"<{len(fat)}I", *fat) + b"".join(entries) + b"".join(bodies)


def _entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, FREE, right, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(value: str, length_format: str) -> bytes:
    return struct.pack(length_format + "B", len(value), 1) + value.encode("utf-16-le")


class XlsSheet:
    """One sheet of a small .xls: rows of texts and numbers, with what the corpus plants beside them."""

    def __init__(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        self.name = name
        self.rows = rows
        self.state = 0
        self.hidden_rows: set[int] = set()
        self.formulas: set[tuple[int, int]] = set()
        self.merged: list[tuple[int, int, int, int]] = []

    def stream(self) -> bytes:
        out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))
        for row in range(len(self.rows)):
            flags = 0x20 if row in self.hidden_rows else 0
            out += _record(0x208, struct.pack("<HHHHHHI", row, 0, len(self.rows[row]), 0xFF, 0, 0, 0x100 | flags))
        for row, values in enumerate(self.rows):
            for column, value in enumerate(values):
                out += self._cell(row, column, value)
        if self.merged:
            body = struct.pack("<H", len(self.merged))
            for top, left, bottom, right in self.merged:
                body += struct.pack("<4H", top, bottom, left, right)
            out += _record(0xE5, body)
        return out + _record(0x0A)

    def _cell(self, row: int, column: int, value: object) -> bytes:
        place = struct.pack("<HHH", row, column, 0)
        if value is None or value == "":
            return b""
        if (row, column) in self.formulas:
            assert isinstance(value, int | float)
            tokens = b"\x1e" + struct.pack("<H", 1)
            return _record(0x06, place + struct.pack("<dHIH", float(value), 0, 0, len(tokens)) + tokens)
        if isinstance(value, int | float):
            return _record(0x203, place + struct.pack("<d", float(value)))
        return _record(0x204, place + _text(str(value), "<H"))


def xls(sheets: Sequence[XlsSheet], *, extra: bytes = b"") -> bytes:
    """A BIFF8 workbook of these sheets; `extra` are records put among the workbook's own."""
    start = (
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0x0DBB, 0x07CC, 0, 6)) + _record(0x42, b"\xb0\x04") + extra
    )
    bounds = [_text(sheet.name, "<B") for sheet in sheets]
    position = len(start) + sum(4 + 6 + len(bound) for bound in bounds) + 4
    book, bodies = start, b""
    for sheet, bound in zip(sheets, bounds, strict=True):
        book += _record(0x85, struct.pack("<IBB", position + len(bodies), sheet.state, 0) + bound)
        bodies += sheet.stream()
    return compound_file({"Workbook": book + _record(0x0A) + bodies})


def xls_record(kind: int, body: bytes) -> bytes:
    """One record to be planted among a workbook's own."""
    return _record(kind, body)


def changed_package(
    data: bytes, change: Mapping[str, bytes | None], *, add: Mapping[str, bytes] | None = None
) -> bytes:
    """An .xlsx with parts replaced, left out (None) or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = change.get(info.filename, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def with_stored_values(data: bytes, values: Mapping[str, object], *, sheet: int = 1) -> bytes:
    """The package with a stored value beside each of these formula cells, as Excel would have written it."""
    name = f"xl/worksheets/sheet{sheet}.xml"
    xml = part(data, name).decode()
    for reference, value in values.items():
        kind = "str" if isinstance(value, str) else "n"
        xml, count = re.subn(
            rf'<c r="{reference}"([^>]*?)( t="[a-z]+")?><f>(.*?)</f><v ?/></c>',
            rf'<c r="{reference}"\1 t="{kind}"><f>\3</f><v>{value}</v></c>',
            xml,
        )
        assert count == 1, reference
    return changed_package(data, {name: xml.encode()})
