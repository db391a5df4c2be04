"""Sealings in the register of erasures: a database that went back behind a sealing seals again before it is served.

Ids and numbers alone; which organ and document it was sealed on stays with the office's papers.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from guitu.ledger.erasing import RegisterUnreadable, append, register_file, whole_lines
from guitu.ledger.holdings import Cursor


@dataclass(frozen=True)
class Sealed:
    """One sealing: its file first, then those joined into it; by which office and post, when (UTC)."""

    sealing: uuid.UUID
    files: tuple[uuid.UUID, ...]
    unit: uuid.UUID
    number: str
    ground: str
    decided_on: date
    sealed_by: uuid.UUID
    at: datetime

    def __str__(self) -> str:
        stated = {"sealed": str(self.sealing), "files": [str(one) for one in self.files], "unit": str(self.unit)}
        stated |= {"number": self.number, "ground": self.ground, "decided_on": self.decided_on.isoformat()}
        return json.dumps(stated | {"sealed_by": str(self.sealed_by), "at": self.at.isoformat()}, sort_keys=True)


@dataclass(frozen=True)
class Unsealed:
    """That a sealing was corrected: it is not done again."""

    sealing: uuid.UUID

    def __str__(self) -> str:
        return json.dumps({"unsealed": str(self.sealing)})


def note(one: Sealed | Unsealed) -> None:
    """Write it into the register, on disk on return, before the transaction that does it ends. A repetition is noted
    once. Raises OSError, RegisterUnreadable: then it is not done."""
    path = register_file()
    if str(one) not in {str(held) for held in _lines(path)}:
        append(path, [one])


def missing(paths: Sequence[Path], cursor: Cursor) -> list[Sealed]:
    """The sealings that stand in the registers and that the database does not know, though it holds the file."""
    corrected = {one.sealing for one in _of(paths) if isinstance(one, Unsealed)}
    sealed = {one.sealing: one for one in _of(paths) if isinstance(one, Sealed) and one.sealing not in corrected}
    cursor.execute("SELECT id FROM rights_sealing WHERE id = ANY (%s)", [list(sealed)])
    known = {row[0] for row in cursor.fetchall()}
    files = [file for one in sealed.values() for file in one.files]
    cursor.execute("SELECT id FROM people_person WHERE id = ANY (%s) AND sealed_at IS NULL", [files])
    open_now = {row[0] for row in cursor.fetchall()}
    return [one for one in sealed.values() if one.sealing not in known and open_now & {*one.files}]


def seal_again(paths: Sequence[Path], *, at: datetime, cursor: Cursor) -> int:
    """Seal again what is `missing`, as guitu_owner in the caller's transaction; how many."""
    found = missing(paths, cursor)
    for one in found:
        cursor.execute(
            "SELECT rights_seal_again(%s::uuid, %s::uuid[], %s::uuid, %s::text, %s::text, %s::date, %s::timestamptz,"
            " %s::uuid, %s::timestamptz)",
            [one.sealing, list(one.files), one.unit, one.number, one.ground, one.decided_on, one.at, one.sealed_by, at],
        )
    return len(found)


def not_in(here: Path, brought: Iterable[Path]) -> list[object]:
    """The lines about sealings in the files `brought` that `here` lacks."""
    held = {str(one) for one in _lines(here)}
    return [one for path in brought for one in _lines(path) if str(one) not in held]


def _of(paths: Sequence[Path]) -> list[Sealed | Unsealed]:
    return [one for path in paths for one in _lines(path)]


def _lines(path: Path) -> list[Sealed | Unsealed]:
    found: list[Sealed | Unsealed] = []
    for number, held in whole_lines(path):
        try:
            if "unsealed" in held:
                found.append(Unsealed(uuid.UUID(held["unsealed"])))
            elif "sealed" in held:
                ids = (uuid.UUID(held[name]) for name in ("sealed", "unit", "sealed_by"))
                sealing, unit, by = ids
                files = tuple(uuid.UUID(one) for one in held["files"])
                day, at = date.fromisoformat(held["decided_on"]), datetime.fromisoformat(held["at"])
                found.append(Sealed(sealing, files, unit, held["number"], held["ground"], day, by, at))
        except (ValueError, KeyError, TypeError) as fault:
            raise RegisterUnreadable(f"{path}, line {number}") from fault
    return found
