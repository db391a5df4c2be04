"""An .xls file before its values are read: encryption, macros, external links, hidden rows, formulas, merged cells.

Sources: [MS-CFB] for the compound file, [MS-XLS] for the records. Only what the roster check asks for is read.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guitu.prison.roster.catalogue import Limits
from guitu.prison.roster.grid import SheetMarks
from guitu.prison.roster.report import RosterRefusedError
from guitu.prison.roster.shared_texts import SharedTexts

_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN: Final = 0xFFFFFFFE
_LAST_SECTOR: Final = 0xFFFFFFF9
_DIRECTORY_ENTRY: Final = 128
_STREAM, _ROOT = 2, 5

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET, _SUPBOOK = 0x809, 0x0A, 0x2F, 0x22, 0x85, 0x1AE
_ROW, _FORMULA, _COLINFO, _MERGECELLS, _BOOLERR, _MULRK = 0x208, 0x06, 0x7D, 0xE5, 0x205, 0xBD
_CELLS: Final = frozenset({0xFD, 0x203, 0x27E, 0x204, 0xD6, _BOOLERR, _FORMULA})
_SST, _CONTINUE, _LABELSST = 0xFC, 0x3C, 0xFD
_BIFF8: Final = 0x0600
_OWN_BOOK, _ADD_IN = 0x0401, 0x3A01
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def is_compound_file(data: bytes) -> bool:
    """True for the container that .xls and password-protected .xlsx share."""
    return data.startswith(_SIGNATURE)


def scan_compound_file(data: bytes, limits: Limits) -> tuple[list[SheetMarks], bool]:
    """The marks of every worksheet in order, and whether days count from 1904. Raises RosterRefusedError."""
    try:
        streams = _CompoundFile(data)
        names = {name.lower() for name in streams.names}
        if "encryptedpackage" in names or "encryptioninfo" in names:
            raise RosterRefusedError("ENCRYPTED")
        if names & {"_vba_project_cur", "vba", "_vba_project"}:
            raise RosterRefusedError("MACROS")
        if "workbook" not in names:
            raise RosterRefusedError("FORMAT_NOT_TAKEN" if "book" in names else "NOT_A_SPREADSHEET")
        return _scan_book(streams.read("workbook"), limits)
    except (struct.error, IndexError, OverflowError, UnicodeDecodeError) as error:
        raise RosterRefusedError("FILE_DAMAGED") from error


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class _CompoundFile:
    """The streams of a compound file by name."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._shift, self._mini_shift = struct.unpack_from("<HH", data, 30)
        if self._shift not in {9, 12} or self._mini_shift != 6:
            raise RosterRefusedError("FILE_DAMAGED")
        directory, _, self._cutoff, mini_fat, _, extra, extra_count = struct.unpack_from("<7I", data, 48)
        sectors = list(struct.unpack_from("<109I", data, 76))
        per_sector = (1 << self._shift) // 4
        for _ in range(min(extra_count, len(data) >> self._shift)):
            block = struct.unpack(f"<{per_sector}I", self._sector(extra))
            sectors.extend(block[:-1])
            extra = block[-1]
        self._fat: list[int] = []
        for sector in sectors:
            if sector <= _LAST_SECTOR:
                self._fat.extend(struct.unpack(f"<{per_sector}I", self._sector(sector)))
        raw = self._chain(directory)
        self._entries = [self._entry(raw, at) for at in range(0, len(raw), _DIRECTORY_ENTRY)]
        root = next((entry for entry in self._entries if entry.kind == _ROOT), None)
        if root is None:
            raise RosterRefusedError("FILE_DAMAGED")
        self._mini_stream = self._chain(root.start) if root.start <= _LAST_SECTOR else b""
        mini = self._chain(mini_fat) if mini_fat <= _LAST_SECTOR else b""
        self._mini_fat = list(struct.unpack(f"<{len(mini) // 4}I", mini))

    @property
    def names(self) -> list[str]:
        """The names of all storages and streams."""
        return [entry.name for entry in self._entries if entry.kind]

    def read(self, name: str) -> bytes:
        """The bytes of the stream of this name, whichever its case."""
        entry = next((e for e in self._entries if e.kind == _STREAM and e.name.lower() == name), None)
        if entry is None:
            raise RosterRefusedError("NOT_A_SPREADSHEET")
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        size = 1 << self._mini_shift
        pieces = [self._mini_stream[at * size : (at + 1) * size] for at in self._follow(entry.start, self._mini_fat)]
        return b"".join(pieces)[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) << self._shift
        block = self._data[start : start + (1 << self._shift)]
        if not block:
            raise RosterRefusedError("FILE_DAMAGED")
        return block.ljust(1 << self._shift, b"\0")

    def _follow(self, start: int, table: list[int]) -> Iterator[int]:
        seen: set[int] = set()
        while start != _END_OF_CHAIN:
            if start in seen or start >= len(table):
                raise RosterRefusedError("FILE_DAMAGED")
            seen.add(start)
            yield start
            start = table[start]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._follow(start, self._fat))

    @staticmethod
    def _entry(raw: bytes, at: int) -> _Entry:
        length, kind = struct.unpack_from("<HB", raw, at + 64)
        start, size = struct.unpack_from("<II", raw, at + 116)
        return _Entry(raw[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace"), kind, start, size)


def _records(book: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, from its beginning to its end, without those of charts inside it.

    It ends before `end`, where the next one begins, so that no byte is read for two. Raises RosterRefusedError.
    """
    depth = 0
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", book, at)
        body = book[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _BOF:
            depth += 1
        if depth == 1:
            yield kind, body
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
    if end < len(book):
        raise RosterRefusedError("FILE_DAMAGED")


def _scan_book(book: bytes, limits: Limits) -> tuple[list[SheetMarks], bool]:
    sheets: list[tuple[str, bool, int]] = []
    from_1904, before = False, 0
    shared: list[bytes] = []
    for kind, body in _records(book, 0, len(book)):
        if kind == _SST or (kind == _CONTINUE and before == _SST):
            shared.append(body)
        before = _SST if kind == _CONTINUE and before == _SST else kind
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            raise RosterRefusedError("FORMAT_NOT_TAKEN")
        if kind == _FILEPASS:
            raise RosterRefusedError("ENCRYPTED")
        if kind == _DATEMODE:
            from_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == _SUPBOOK and struct.unpack_from("<HH", body)[1] not in {_OWN_BOOK, _ADD_IN}:
            raise RosterRefusedError("EXTERNAL_LINKS")
        elif kind == _BOUNDSHEET:
            start, state, sheet_kind, length, wide = struct.unpack_from("<IBBBB", body)
            if sheet_kind == 1:
                raise RosterRefusedError("MACROS")
            if sheet_kind == 0:
                text = (
                    body[8 : 8 + length * 2].decode("utf-16-le") if wide & 1 else body[8 : 8 + length].decode("latin-1")
                )
                sheets.append((text, state & 3 == 0, start))
    if not sheets:
        raise RosterRefusedError("NOT_A_SPREADSHEET")
    starts = sorted(start for _, _, start in sheets)
    if len(set(starts)) < len(starts):
        raise RosterRefusedError("FILE_DAMAGED")
    ends = dict(zip(starts, [*starts[1:], len(book)], strict=True))
    texts = SharedTexts(_lengths(shared), limits)
    return [_scan_sheet(book, sheet, ends[sheet[2]], texts) for sheet in sheets], from_1904


def _lengths(chunks: list[bytes]) -> list[int]:
    """The number of signs of each shared text; one may go on in the next record, under a flag of its own."""
    found: list[int] = []
    place, at = 0, 8
    for _ in range(struct.unpack_from("<I", chunks[0], 4)[0] if chunks else 0):
        if at >= len(chunks[place]):
            place, at = place + 1, 0
        signs, flags = struct.unpack_from("<HB", chunks[place], at)
        at += 3
        rest = struct.unpack_from("<H", chunks[place], at)[0] * 4 if flags & 8 else 0
        at += 2 if flags & 8 else 0
        rest += struct.unpack_from("<I", chunks[place], at)[0] if flags & 4 else 0
        at += 4 if flags & 4 else 0
        left, width = signs, 1 + (flags & 1)
        while left > (room := max(len(chunks[place]) - at, 0) // width):
            left -= room
            place, at = place + 1, 1
            width = 1 + (chunks[place][0] & 1)
        at += left * width
        while at + rest > len(chunks[place]) and place + 1 < len(chunks):
            rest -= max(len(chunks[place]) - at, 0)
            place, at = place + 1, 0
        at += rest
        found.append(signs)
    return found


def _scan_sheet(book: bytes, sheet: tuple[str, bool, int], end: int, texts: SharedTexts) -> SheetMarks:
    name, visible, start = sheet
    marks = SheetMarks(name, visible)
    for kind, body in _records(book, start, end):
        if kind in _CELLS or kind == _MULRK:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MULRK else column
            marks.last_row, marks.last_column = max(marks.last_row, row), max(marks.last_column, last)
        if kind == _LABELSST:
            texts.take(struct.unpack_from("<I", body, 6)[0])
        elif kind == _FORMULA:
            marks.formulas.add((row, column))
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                marks.errors[row, column] = _ERRORS.get(body[8], "#ERROR")
        elif kind == _BOOLERR and body[7]:
            marks.errors[row, column] = _ERRORS.get(body[6], "#ERROR")
        elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            marks.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            marks.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == _MERGECELLS:
            for index in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", body, 2 + index * 8)
                marks.merged.append((top, left, bottom, right))
    return marks
