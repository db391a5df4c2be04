"""Checking a folder of rulebook texts: a whole rulebook, or packs over the national one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.loading import FOLDERS, TOP_FILES, all_are_read, read_folder, read_text


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the texts read, the rules they hold, the problems, and the sha256 of a clean rulebook."""

    files: int
    rules: int
    sha256: str | None
    problems: tuple[RulebookError, ...]


def check_folder(folder: Path) -> Checked:
    """Checks a folder: with ``sources.yaml`` or one of the rulebook's folders as a whole rulebook, else as packs."""
    whole = any((folder / name).exists() for name in (*TOP_FILES, *FOLDERS))
    texts: dict[str, str] = {}
    try:
        if whole:
            texts = read_folder(folder)
            book = Rulebook.from_texts(texts)
            return Checked(len(texts), len(book.rules), book.sha256, ())
        all_are_read(folder, told_from=folder)
        texts = {path.name: read_text(path) for path in sorted(folder.glob("*.yaml"))}
        if not texts:
            raise RulebookError(str(folder), 1, "目录中没有规则文件", "the folder holds no rulebook file")
        book = load_national().with_packs(texts)
        return Checked(len(texts), sum(len(pack.rules) for pack in book.packs), book.sha256, ())
    except RulebookError as error:
        return Checked(len(texts), 0, None, error.problems)
