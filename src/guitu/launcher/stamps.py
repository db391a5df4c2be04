"""Stamps: a step is skipped while the hash of everything it depends on is unchanged. Standard library only."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def files_hash(root: Path, files: Iterable[Path]) -> str:
    """Return the sha256 over names (relative to root) and contents, independent of order and of where root lies."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def tree_files(root: Path, *, without: frozenset[str]) -> list[Path]:
    """Return every file below root, leaving out folders with the given names."""
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in without]
        found.extend(Path(folder) / name for name in names)
    return found


def sources_hash(package: Path) -> str:
    """Return the hash of the package's code and data: all that migrations, policies and demonstration depend on."""
    left_out = frozenset({"__pycache__", "static", "templates", "locale", "launcher"})
    return files_hash(package, tree_files(package, without=left_out))


def read_stamp(path: Path) -> str | None:
    """Return what the stamp holds, or None when it was never written."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def write_stamp(path: Path, value: str) -> None:
    """Write the stamp whole or not at all."""
    building = path.with_name(path.name + ".new")
    building.write_text(value + "\n", encoding="utf-8")
    building.replace(path)
