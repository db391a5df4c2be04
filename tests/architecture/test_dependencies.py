"""Every dependency is there for a reason that is written down, and is used where the line says."""

import re
import tomllib
from typing import Any

from tests.architecture.source import ROOT

_LINE = re.compile(r"^\| `([a-z0-9-]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_PATH = re.compile(r"`([\w./-]+)`")


def wanted(project: dict[str, Any]) -> set[str]:
    """The names of all dependencies, without versions and extras."""
    lines = [*project["dependencies"], *(one for group in project["optional-dependencies"].values() for one in group)]
    return {re.split(r"[\[~=<>! ;]", line, maxsplit=1)[0].lower() for line in lines}


def difference(names: set[str], paper: str) -> set[str]:
    """Dependencies without a line, and lines without a dependency."""
    return names ^ {name for name, _, _ in _LINE.findall(paper)}


def lost_places(paper: str) -> list[str]:
    """Places of use that the tree no longer has."""
    return [
        place for _, _, used in _LINE.findall(paper) for place in _PATH.findall(used) if not (ROOT / place).exists()
    ]


def _paper() -> str:
    return (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def test_every_dependency_says_what_for_and_where():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert difference(wanted(project), _paper()) == set()
    assert lost_places(_paper()) == []


def test_an_unexplained_dependency_is_noticed():
    paper = "| `django` | pages | `src/guitu` |\n| `gone` | nothing | `src/nowhere` |\n"
    project = {"dependencies": ["django~=5.2.0"], "optional-dependencies": {"dev": ["mypy~=1.18", "a[b]>=1; x"]}}
    assert wanted(project) == {"django", "mypy", "a"}
    assert difference({"django", "mypy"}, paper) == {"mypy", "gone"}
    assert lost_places(paper) == ["src/nowhere"]
