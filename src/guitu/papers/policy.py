"""Pure decisions of papers: numbers, codes, what a file is, what must be written in by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

ATTACHMENT_LIMIT = 10 * 1024 * 1024
"""Bytes of one attachment (decisions.md 11)."""

LONGEST_SOURCE = 200
"""Characters of what a received file is said to come from: an office or somebody's name, no account of it."""

ATTACHMENT_TYPES: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
}
"""Kinds of file that are taken in, with the endings they may carry."""

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
"""Symbols of a verification code: 30 to the power of 12, about 58 bits."""

_UNIT_WORDS = {"prison": "监", "detention_house": "看", "judicial_office": "所"}
_SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_BREAKS = frozenset("\n\t")


class AttachmentRefused(ValueError):
    """A file that is not taken in.

    `reason` is EMPTY, TOO_LARGE, NOT_ALLOWED, NOT_WHAT_IT_SAYS, INFECTED, SCANNER_SILENT, NO_SOURCE where it is not
    said from whom it is, or SOURCE_LONG where in more than LONGEST_SOURCE characters.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Piece:
    """A run of text that the font can show, or one that it cannot and that is written in by hand."""

    text: str
    by_hand: bool


def unit_sign(name: str, kind: str) -> str:
    """The sign of an office in its numbers: the first character of its name and a word for its kind, 桐监 or 青司."""
    return name[:1] + _UNIT_WORDS.get(kind, "司")


def number_of(sign: str, kind_sign: str, year: int, sequence: int) -> str:
    """The number as it is printed: 〔2026〕桐监释通字第0001号."""
    return f"〔{year}〕{sign}{kind_sign}字第{sequence:04d}号"


def code_of(digest: bytes) -> str:
    """A verification code of `CODE_LENGTH` symbols out of a keyed digest of at least 16 bytes; no look-alikes."""
    number = int.from_bytes(digest[:16], "big")
    symbols = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(_CODE_ALPHABET))
        symbols.append(_CODE_ALPHABET[place])
    return "".join(symbols)


def shown_code(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def typed_code(text: str) -> str:
    """A code as somebody typed it: without spaces and hyphens, capital; empty if it cannot be one."""
    code = re.sub(r"[\s\-–—]", "", text).upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(_CODE_ALPHABET) else ""


def chinese_day(day: date) -> str:
    """A day as a document is dated: 2026年11月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def missing_facts(needed: Sequence[str], facts: Mapping[str, str]) -> tuple[str, ...]:
    """The needed fields that `facts` leaves out or empty, in the template's order."""
    return tuple(code for code in needed if not facts.get(code, "").strip())


def characters_of(text: str) -> list[str]:
    """`text` character by character; a variation selector stays with the character it belongs to."""
    found: list[str] = []
    for character in text:
        if found and ord(character) in _SELECTORS:
            found[-1] += character
        else:
            found.append(character)
    return found


def pieces_of(text: str, held: Set[int]) -> list[Piece]:
    """`text` in runs that the font (`held`: its code points) can show and runs that it cannot.

    Nothing is dropped: the runs together are the text. A character with a variation selector counts as not shown.
    """
    pieces: list[Piece] = []
    for character in characters_of(text):
        by_hand = character not in _BREAKS and not (len(character) == 1 and ord(character) in held)
        if pieces and pieces[-1].by_hand == by_hand:
            pieces[-1] = Piece(pieces[-1].text + character, by_hand)
        else:
            pieces.append(Piece(character, by_hand))
    return pieces


def by_hand(texts: Sequence[str], held: Set[int]) -> tuple[str, ...]:
    """The characters of `texts` that have to be written in by hand, each once, in the order of their appearance."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in pieces_of(text, held):
            if piece.by_hand:
                found |= dict.fromkeys(characters_of(piece.text))
    return tuple(found)


def code_points(text: str) -> str:
    """The code points of `text` as a clerk looks them up: U+20000."""
    return " ".join(f"U+{ord(character):04X}" for character in text)


def sniffed(data: bytes) -> str | None:
    """What a file is by its own first bytes, among `ATTACHMENT_TYPES`; None for anything else."""
    if data[:5] == b"%PDF-":
        return "application/pdf"
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    return None


def said_source(source: str) -> str:
    """From whom a file is, as it is kept. Raises AttachmentRefused where nothing is said or too much."""
    said = source.strip()
    if not said:
        raise AttachmentRefused("NO_SOURCE")
    if len(said) > LONGEST_SOURCE:
        raise AttachmentRefused("SOURCE_LONG")
    return said


def accepted_type(data: bytes, file_name: str) -> str:
    """The type of a file that is taken in. Raises AttachmentRefused with the reason.

    The ending must belong to the content: a program that calls itself .pdf is refused, and so is a .jpg that is a PDF.
    """
    if not data:
        raise AttachmentRefused("EMPTY")
    if len(data) > ATTACHMENT_LIMIT:
        raise AttachmentRefused("TOO_LARGE")
    ending = file_name.rpartition(".")[2].lower()
    if all(ending not in endings for endings in ATTACHMENT_TYPES.values()):
        raise AttachmentRefused("NOT_ALLOWED")
    kind = sniffed(data)
    if kind is None or ending not in ATTACHMENT_TYPES[kind]:
        raise AttachmentRefused("NOT_WHAT_IT_SAYS")
    return kind
