"""Files are small, say what they are, and are named after the field, never after their convenience."""

import ast
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.source import HOUSE, Module, modules, sample

NAMELESS = {
    "common", "helper", "helpers", "manager", "managers", "misc", "service", "services", "signal", "signals", "util",
    "utils",
}  # fmt: skip
LONGEST = 400
CODE = {".py", ".html", ".css", ".js", ".sql"}
# Texts that grow with the field, not with the code: rules, code tables, translations, built assets.
NOT_COUNTED = ("rulebook/data/", "locale/", "web/static/")


def nameless(paths: list[PurePosixPath]) -> list[str]:
    """Files and folders whose name says nothing about the field."""
    return sorted({str(path) for path in paths for part in path.parts if PurePosixPath(part).stem in NAMELESS})


def too_long(texts: dict[str, str]) -> list[str]:
    """Files of code above the length that one reading can hold."""
    return [
        f"{path}: {text.count(chr(10))} lines"
        for path, text in texts.items()
        if not path.startswith(NOT_COUNTED) and text.count("\n") > LONGEST
    ]


def without_docstring(module: Module) -> bool:
    """Whether a module has code and does not say what it is for."""
    return bool(module.tree.body) and ast.get_docstring(module.tree) is None


def _files() -> list[Path]:
    return [path for path in sorted(HOUSE.rglob("*")) if path.is_file() and path.suffix in CODE]


def test_no_file_is_a_drawer_for_leftovers():
    assert nameless([PurePosixPath(path.relative_to(HOUSE).as_posix()) for path in _files()]) == []


def test_no_file_is_longer_than_one_reading():
    assert too_long({path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8") for path in _files()}) == []


def test_every_module_says_what_it_is_for():
    silent = [module.name for module in modules() if ".migrations" not in module.name and without_docstring(module)]
    assert silent == []


@pytest.mark.parametrize(
    "path", ["people/utils.py", "web/helpers/dates.py", "prison/managers.py", "access/services.py"]
)
def test_a_drawer_for_leftovers_is_noticed(path):
    assert nameless([PurePosixPath(path)]) == [path]


def test_a_long_file_is_noticed_and_a_long_rule_text_is_not():
    long = "line\n" * (LONGEST + 1)
    assert too_long({"people/operations.py": long, "rulebook/data/deadlines/release.yaml": long}) == [
        "people/operations.py: 401 lines"
    ]


def test_a_module_that_says_nothing_is_noticed():
    assert without_docstring(sample("import os"))
    assert not without_docstring(sample(""))
    assert not without_docstring(sample('"""What it is for."""\nimport os'))
