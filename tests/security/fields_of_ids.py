"""Which fields of forms carry ids, read from the code of the pages: every place where a sent word becomes an id."""

import ast
from collections.abc import Iterator
from pathlib import Path

import guitu.web

ROOT = Path(guitu.web.__file__).parent
READERS = {"row_of", "rows_of", "row_or_wrong"}
"""What reads a named field of a form as the id of a row (web/form_fields.py)."""
MAKERS = {"UUID", "entry_of"}
"""What makes an id of a word that somebody sent."""
ELSEWHERE = {"generation", "demonstration", "api", "command_line", "form_fields"}
"""Of no page: invented provinces, the interface with its own walk, commands; and the readers themselves."""


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if not any(parts[0].startswith(one) for one in ELSEWHERE):
            yield ".".join(("guitu.web", *parts)), ast.parse(file.read_text(encoding="utf-8"))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def read_by_name() -> set[tuple[str, str]]:
    """Module and field of each id that a form is read for by the field's name; ``*function`` where it is computed."""
    found = set()
    for module, tree in _modules():
        for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
            for call in (one for one in ast.walk(function) if isinstance(one, ast.Call) and _called(one) in READERS):
                field = call.args[1]
                found.add((module, str(field.value) if isinstance(field, ast.Constant) else f"*{function.name}"))
    return found


def made_by_hand() -> set[tuple[str, str]]:
    """Module and function of each place where a word becomes an id in another way."""
    return {
        (module, function.name)
        for module, tree in _modules()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and _called(call) in MAKERS and not isinstance(call.args[0], ast.Constant)
    }
