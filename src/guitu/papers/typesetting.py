"""Setting a document with typst: plain facts in, a PDF/A-2b out, the same bytes from the same facts.

typst is imported at the first document, not at start-up (decisions.md 25). Nothing is loaded over a network: the
templates import no packages, and only the fonts of this installation are known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from guitu.papers import glyphs, policy
from guitu.papers.catalogue import TEMPLATES, Kind, Version
from guitu.papers.verification import picture

if TYPE_CHECKING:
    import typst

_SHANGHAI = ZoneInfo("Asia/Shanghai")
STANDARD: Literal["a-2b"] = "a-2b"
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Head:
    """What stands around the fields: number, unit, moment of issue, verification code and where it is looked up."""

    number: str
    unit: str
    issued_at: datetime
    code: str
    address: str


@dataclass(frozen=True)
class Set:
    """A document as set: its bytes, and the characters left open for a hand."""

    data: bytes
    by_hand: tuple[str, ...]


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(glyphs.FOLDER)])
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts)


def _pieces(text: str, held: frozenset[int]) -> list[dict[str, object]]:
    """Runs of text, and each character for a hand on its own, with its code point."""
    made: list[dict[str, object]] = []
    for piece in policy.pieces_of(text, held):
        if piece.by_hand:
            characters = policy.characters_of(piece.text)
            made += [{"by_hand": True, "points": policy.code_points(character)} for character in characters]
        else:
            made.append({"by_hand": False, "text": piece.text})
    return made


def told(
    kind: Kind, version: Version, facts: Mapping[str, str], head: Head
) -> tuple[dict[str, object], tuple[str, ...]]:
    """What the template is told, and the characters that the fonts cannot show."""
    held = glyphs.held()
    codes = [field.code for field in version.fields if facts.get(field.code, "").strip()]
    missing = policy.by_hand([facts[code] for code in codes], held)
    day = head.issued_at.astimezone(_SHANGHAI).date()
    return {
        "title": kind.zh,
        "number": head.number,
        "unit": head.unit,
        "day": policy.chinese_day(day),
        "code": policy.shown_code(head.code),
        "address": head.address,
        "picture": picture(head.address, head.code),
        "by_hand": [policy.code_points(character) for character in missing],
        "fields": {code: _pieces(facts[code], held) for code in codes},
    }, missing


def typeset(kind: Kind, version: Version, facts: Mapping[str, str], head: Head) -> Set:
    """Set a document. Raises glyphs.FontMissing, or typst's own error for a template that cannot be set."""
    document, missing = told(kind, version, facts, head)
    return Set(compiled_from(_template(kind, version), document, head.issued_at), missing)


def drawn(kind: Kind, version: Version, facts: Mapping[str, str], head: Head) -> list[bytes]:
    """The pages of the same document as PNG pictures, for looking at them."""
    document, _ = told(kind, version, facts, head)
    made = _compile(_template(kind, version), document, head.issued_at, "png")
    return made if isinstance(made, list) else [made]


def _template(kind: Kind, version: Version) -> str:
    return str(kind.folder / f"{version.number}.typ")


def compiled_from(template: str, document: Mapping[str, object], at: datetime) -> bytes:
    """A PDF/A-2b of a template, which need be no kind of document: what it is told, as it says. See `typeset`."""
    made = _compile(template, document, at, "pdf")
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single file")
    return made


def _compile(
    template: str, document: Mapping[str, object], at: datetime, form: Literal["pdf", "png"]
) -> bytes | list[bytes]:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    # One compiler per process; it cannot be entered twice.
    with _one_at_a_time:
        made = _compiler().compile(
            input=str(TEMPLATES / template),
            format=form,
            ppi=110,
            sys_inputs={"document": text},
            pdf_standards=STANDARD if form == "pdf" else [],
            timestamp=int(at.timestamp()),
        )
    if made is None:
        raise TypeError("typst returned nothing")
    return made
