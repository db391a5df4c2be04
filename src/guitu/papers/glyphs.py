"""Which characters the fonts of the documents can show: their character maps, read once per process."""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Noto Serif SC"
FILES = ("NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf")


class FontMissing(RuntimeError):
    """The fonts of the documents are not there; they come with the assets: `./guitu up` or `./guitu test` lays them."""


def _character_map(data: bytes) -> frozenset[int]:
    """The code points of a TrueType font's format 12 map (OpenType, table cmap)."""
    (tables,) = struct.unpack_from(">H", data, 4)
    offsets = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    start = offsets[b"cmap"]
    (count,) = struct.unpack_from(">H", data, start + 2)
    for place in range(count):
        at = start + struct.unpack_from(">I", data, start + 4 + 8 * place + 4)[0]
        if struct.unpack_from(">H", data, at)[0] != 12:
            continue
        (groups,) = struct.unpack_from(">I", data, at + 12)
        held: set[int] = set()
        for group in range(groups):
            first, last, _ = struct.unpack_from(">III", data, at + 16 + 12 * group)
            held.update(range(first, last + 1))
        return frozenset(held)
    raise FontMissing("a font without a full character map")


@lru_cache(maxsize=1)
def held() -> frozenset[int]:
    """The code points that both weights can show. Raises FontMissing."""
    maps = []
    for name in FILES:
        path = FOLDER / name
        if not path.is_file():
            raise FontMissing(f"{name} is missing from {FOLDER}")
        maps.append(_character_map(path.read_bytes()))
    return frozenset.intersection(*maps)
