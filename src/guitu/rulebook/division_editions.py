"""A newer division list: checked against the present one, put in force in one step (docs/adr/0020)."""

from __future__ import annotations

from pathlib import Path

from guitu.rulebook.divisions import Division, Divisions, loaded_edition
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.pack_differences import PackDifference
from guitu.rulebook.records import Sentence


def lost_codes(new: Divisions, present: Divisions) -> tuple[Division, ...]:
    """Rows of the present edition whose code a new one does not know at all: then old numbers would lead nowhere."""
    known = {row.code for row in new}
    return tuple({row.code: row for row in present if row.code not in known}.values())


def edition_differences(new: Divisions, present: Divisions, *, most: int) -> tuple[PackDifference, ...]:
    """The rows that one edition has otherwise than another, at most `most` of them and a line that counts the rest."""
    held = {(row.code, row.name): row for row in present}
    wanted = {(row.code, row.name): row for row in new}
    keys = sorted(key for key in held.keys() | wanted.keys() if held.get(key) != wanted.get(key))
    basis = Sentence("所载的行政区划表", "the division list of the file")
    told = [
        PackDifference(
            Sentence(" ".join(key), " ".join(key)), "", _row_told(held.get(key)), _row_told(wanted.get(key)), basis
        )
        for key in keys[:most]
    ]
    if len(keys) > most:
        left = len(keys) - most
        rest = Sentence(f"另有{left}行", f"{left} more rows")
        told.append(PackDifference(rest, "", Sentence("", ""), Sentence("", ""), basis))
    return tuple(told)


def _row_told(row: Division | None) -> Sentence:
    if row is None:
        return Sentence("没有", "none")
    if row.living:
        return Sentence("存续", "living")
    to = " ".join(row.successors)
    return Sentence(f"{row.valid_to}年止，后继 {to}", f"ended {row.valid_to}, followed by {to}")


def load_edition(path: Path) -> Divisions:
    """Check a new edition and put it in force, in one step or not at all; the same file twice changes nothing.

    Raises RulebookError, naming file and line, for a file that may not be used or forgets a code that is known now.
    """
    new = Divisions.from_csv(path)
    lost = lost_codes(new, Divisions.load())
    if lost:
        codes = ", ".join(row.short for row in lost[:10])
        zh = f"缺少现有的{len(lost)}个代码，如 {codes}；撤销的代码要留下并写明后继"
        en = f"{len(lost)} known codes are missing, such as {codes}; an ended code stays, with its successors"
        raise RulebookError(path.name, 1, zh, en)
    target = loaded_edition()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_bytes(path.read_bytes())
    fresh.replace(target)
    return Divisions.load()
