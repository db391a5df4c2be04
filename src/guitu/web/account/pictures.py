"""A text as a picture that a telephone reads, drawn inside the page: one path, no style, no image from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4
"""The empty border around the code, in modules (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Picture:
    """The width and height in modules, border included, and the path of its dark ones."""

    size: int
    path: str


def picture(text: str) -> Picture:
    """The QR code of `text`."""
    rows = segno.make_qr(text, error="m").matrix
    dark = [f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return Picture(len(rows) + 2 * QUIET, "".join(dark))
