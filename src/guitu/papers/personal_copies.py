"""Setting the personal copy: everything that is told to the person as one readable PDF/A-2b; not stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guitu.papers import glyphs, policy
from guitu.papers.typesetting import compiled_from

TEMPLATE = "personal_copy-1.typ"
TITLE = "个人信息副本"


@dataclass(frozen=True)
class Chapter:
    """One room of the copy: its title and its tables, each with a title and rows of (label, value)."""

    title: str
    tables: Sequence[tuple[str, Sequence[Sequence[tuple[str, str]]]]]


def set_copy(
    *,
    number: str,
    unit: str,
    opening: Sequence[str],
    chapters: Sequence[Chapter],
    kept: Sequence[tuple[str, str, str]],
    at: datetime,
    day: str,
) -> bytes:
    """The copy as PDF/A-2b; a character that no font of ours has stands as its code point in brackets.

    `kept` says what was left out, why, and by which article. Raises glyphs.FontMissing.
    """
    held = glyphs.held()

    def shown(text: str) -> str:
        pieces = policy.pieces_of(text, held)
        return "".join(f"〔{policy.code_points(one.text)}〕" if one.by_hand else one.text for one in pieces)

    document: Mapping[str, object] = {
        "title": TITLE,
        "number": number,
        "unit": shown(unit),
        "day": day,
        "opening": [shown(line) for line in opening],
        "rooms": [
            {
                "title": chapter.title,
                "tables": [
                    {
                        "title": shown(title),
                        "rows": [[[shown(label), shown(value)] for label, value in row] for row in rows],
                    }
                    for title, rows in chapter.tables
                ],
            }
            for chapter in chapters
        ],
        "kept": [[shown(part) for part in line] for line in kept],
    }
    return compiled_from(TEMPLATE, document, at)
