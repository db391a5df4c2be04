"""Reading the tree as a linter does: modules as text and syntax, never by running them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = ROOT / "src" / "guitu"


@dataclass(frozen=True)
class Module:
    """One file of the house: its dotted name, its text, its syntax."""

    name: str
    text: str
    tree: ast.Module


def sample(text: str, name: str = "guitu.people.operations") -> Module:
    """A module that stands nowhere but in a test: what a control hands to a checking function."""
    return Module(name, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the house, migrations too."""
    found = []
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, text, ast.parse(text)))
    return tuple(found)


def within(name: str, rooms: Iterable[str]) -> bool:
    """Whether the module `name` is one of `rooms` or stands inside one."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the dotted words of what is called: ``datetime.now``, ``record``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.expr) -> str:
    """`a.b.c` as written; an empty text for anything that is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def at(module: Module, node: ast.stmt | ast.expr) -> str:
    """Where a trespass stands, as a person would look it up."""
    return f"{module.name}:{node.lineno}"
