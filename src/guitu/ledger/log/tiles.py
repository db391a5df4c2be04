"""Tiles of the tree (C2SP tlog-tiles): 256 hashes each, at levels of eight; where a hash lies, how a tile is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from guitu.ledger.log.tree import HASH_BYTES, Subtree, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
_DIGITS = 1000
_PLACE = re.compile(
    r"(?P<level>0|[1-9]|[1-5][0-9]|6[0-3])/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)

TileReader = Callable[[int, int], bytes]
"""The stored bytes of the tile (level, index): up to 256 hashes, one after the other."""


class TileMissing(LookupError):
    """A tile holds fewer hashes than the tree's size promises."""


def path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The address of a tile below the log's prefix: ``tile/<L>/<N>[.p/<W>]``, N in groups of three digits.

    `level` is a number, or ``"entries"`` for a bundle of entries.
    """
    groups, rest = [f"{index % _DIGITS:03d}"], index // _DIGITS
    while rest:
        groups.insert(0, f"x{rest % _DIGITS:03d}")
        rest //= _DIGITS
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def read_path(place: str) -> tuple[int, int, int] | None:
    """(level, index, width) of the place ``<L>/<N>[.p/<W>]`` of a tile; None for what is no place of one.

    One tile has one address: leading zeros, groups of nothing and a partial tile of 256 hashes are none.
    """
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    level, index = int(found["level"]), int(found["index"].replace("/", "").replace("x", ""))
    width = int(found["width"] or WIDTH)
    return (level, index, width) if path(level, index, width) == f"tile/{place}" else None


def widths(size: int) -> list[tuple[int, int, int]]:
    """The rightmost tile of every level of a tree of `size` leaves that is not empty, as (level, index, width)."""
    found, level, count = [], 0, size
    while count:
        found.append((level, (count - 1) // WIDTH, (count - 1) % WIDTH + 1))
        level, count = level + 1, count >> HEIGHT
    return found


def reader(tile: TileReader) -> Subtree:
    """Reads the hash of any perfect subtree from tiles; a tile is asked for once. Raises TileMissing."""
    held = lru_cache(maxsize=None)(tile)

    def subtree(level: int, index: int) -> bytes:
        stored, within = divmod(level, HEIGHT)
        first = index << within
        hashes = held(stored, first // WIDTH)
        begin = first % WIDTH * HASH_BYTES
        part = hashes[begin : begin + (HASH_BYTES << within)]
        if len(part) != HASH_BYTES << within:
            raise TileMissing(f"tile {stored}/{first // WIDTH} is too short for subtree {level}/{index}")
        row = [part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES)]
        while len(row) > 1:
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        return row[0]

    return subtree


def appended(size: int, right_edge: dict[int, bytes], leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaf hashes are appended to a tree of `size` leaves, whole, by (level, index).

    `right_edge` holds for each level the bytes of its rightmost tile if that is not full. A hash of a higher level is
    made as soon as the tile below it is full.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, count, fresh = 0, size, leaves
    while fresh:
        above: list[bytes] = []
        held = right_edge.get(level, b"") if count % WIDTH else b""
        if len(held) != count % WIDTH * HASH_BYTES:
            raise TileMissing(f"the right edge of level {level} does not fit a tree of {size} leaves")
        for one in fresh:
            held += one
            count += 1
            if count % WIDTH == 0:
                changed[level, count // WIDTH - 1] = held
                above.append(top(held))
                held = b""
        if held:
            changed[level, count // WIDTH] = held
        level, count, fresh = level + 1, size >> (HEIGHT * (level + 1)), above
    return changed


def top(hashes: bytes) -> bytes:
    """The hash of the perfect subtree whose row of hashes this is."""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
