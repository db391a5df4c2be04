"""``components``: what the tree is put together from, read from its lock files, and the list in CycloneDX.

The locks hold every package with version and hashes; what they lead to (the PostgreSQL inside its wheel, the operating
system) stands in docs/deploy.md.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from guitu.launcher.speech import LauncherError

PYPI, NPM = ECOSYSTEMS = ("pypi", "npm")
TOOLS = Path("src/guitu/launcher/locks")
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Component:
    """One locked package. `serves`: an installation needs it; otherwise it only builds or checks the tree."""

    ecosystem: str
    name: str
    version: str
    serves: bool
    hashes: tuple[tuple[str, str], ...]
    """Algorithm as CycloneDX writes it, and hexadecimal digest: one for each file of the package."""

    @property
    def purl(self) -> str:
        """The package's address among all packages (package-url)."""
        return f"pkg:{self.ecosystem}/{quote(self.name, safe='/')}@{quote(self.version, safe='')}"


def plain(ecosystem: str, name: str) -> str:
    """The name as its registry compares it."""
    return canonicalize_name(name) if ecosystem == PYPI else name


def locked(root: Path) -> tuple[Component, ...]:
    """Every package that the lock files of the tree name, by ecosystem and name."""
    direct = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*direct["dependencies"], *direct["optional-dependencies"].get("gm", ())]
    named = frozenset(plain(PYPI, Requirement(one).name) for one in wanted)
    found = [*_python((root / "requirements.lock").read_text(encoding="utf-8"), named)]
    for path in sorted((root / TOOLS).glob("*.txt")):
        found += _python(path.read_text(encoding="utf-8"), frozenset())
    found += _frontend(json.loads((root / "frontend" / "package-lock.json").read_text(encoding="utf-8")))
    return tuple(sorted(set(found), key=lambda one: (one.ecosystem, one.name, one.version)))


def _python(text: str, direct: frozenset[str]) -> Iterator[Component]:
    """The blocks of a compiled lock: the pin, its hashes, and by whom it is wanted ("via")."""
    blocks: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        pinned = _PINNED.match(line)
        if pinned:
            blocks.append((plain(PYPI, pinned["name"]), pinned["version"], []))
        elif blocks:
            blocks[-1][2].append(line)
    serving = set(direct)
    via = {name: set(_wanted_by(lines)) for name, _, lines in blocks}
    while more := {name for name, by in via.items() if name not in serving and by & serving}:
        serving |= more
    for name, version, lines in blocks:
        hashes = tuple(("SHA-256", digest) for digest in _HASH.findall("\n".join(lines)))
        yield Component(PYPI, name, version, name in serving, hashes)


def _wanted_by(lines: list[str]) -> Iterator[str]:
    for line in lines:
        word = line.strip().removeprefix("#").strip().removeprefix("via").strip()
        if line.strip().startswith("#") and word:
            yield plain(PYPI, word.split()[0])


def _frontend(lock: dict[str, Any]) -> Iterator[Component]:
    for place, entry in lock["packages"].items():
        if place:
            kind, _, digest = entry["integrity"].partition("-")
            hashes = ((kind.upper().replace("SHA", "SHA-"), base64.b64decode(digest).hex()),)
            name = place.rpartition("node_modules/")[2]
            yield Component(NPM, name, entry["version"], not entry.get("dev", False), hashes)


def as_cyclonedx(components: Iterable[Component]) -> dict[str, Any]:
    """The list as a CycloneDX 1.6 document; the same bytes from the same locks, so no moment and no serial number."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "guitu", "name": "guitu"}},
        "components": [
            {
                "type": "library",
                "bom-ref": one.purl,
                "name": one.name,
                "version": one.version,
                "purl": one.purl,
                "scope": "required" if one.serves else "excluded",
                "properties": [{"name": f"guitu:lock:{alg}", "value": digest} for alg, digest in one.hashes],
            }
            for one in components
        ],
    }


def print_components(root: Path, *, to: Path | None) -> int:
    """Print the list, or write it into a file; returns 0. Raises LauncherError where the file cannot be written."""
    text = json.dumps(as_cyclonedx(locked(root)), ensure_ascii=False, indent=1) + "\n"
    if to is None:
        sys.stdout.write(text)
    else:
        try:
            to.write_text(text, encoding="utf-8")
        except OSError as error:
            raise LauncherError(f"写不了 {to}：{error}", f"{to} cannot be written: {error}") from error
    return 0
