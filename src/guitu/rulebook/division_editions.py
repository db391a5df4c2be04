"""A newer division list: checked against the present one, put in force in one step (docs/adr/0020)."""

from __future__ import annotations

from pathlib import Path

from guitu.rulebook.divisions import Division, Divisions, loaded_edition
from guitu.rulebook.errors import RulebookError


def lost_codes(new: Divisions, present: Divisions) -> tuple[Division, ...]:
    """Rows of the present edition whose code a new one does not know at all: then old numbers would lead nowhere."""
    known = {row.code for row in new}
    return tuple({row.code: row for row in present if row.code not in known}.values())


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
