"""Every room is checked strictly, and a check that is silenced says which one."""

import re
import tomllib
from typing import Any

import pytest

from tests.architecture.source import HOUSE, ROOT, modules

# The window is checked too, less strictly: templates take plain mappings. Settings are names for Django.
NOT_STRICT = {"web", "settings"}
_SILENCE = re.compile(r"#\s*(?:type:\s*ignore(?P<type>\[[\w, -]+\])?|noqa(?P<lint>:\s*[A-Z]+\d+)?)")


def rooms_not_strict(mypy: dict[str, Any], rooms: set[str]) -> set[str]:
    """Rooms that the strict stanza of the types does not name."""
    strict = {
        name
        for stanza in mypy["overrides"]
        if stanza.get("disallow_untyped_defs") and stanza.get("disallow_any_generics")
        for name in stanza["module"]
    }
    return {room for room in rooms - NOT_STRICT if f"guitu.{room}.*" not in strict}


def blanket_silences(text: str) -> list[int]:
    """Lines that silence every check at once."""
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        for found in _SILENCE.finditer(line)
        if not (found["type"] or found["lint"])
    ]


def test_every_room_is_checked_strictly():
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    rooms = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert len(rooms) > 8, "the check looks in the wrong place"
    assert rooms_not_strict(mypy, rooms) == set()


def test_no_check_is_silenced_as_a_whole():
    assert {module.name: lines for module in modules() if (lines := blanket_silences(module.text))} == {}


def test_a_room_without_strict_types_is_noticed():
    stanza = {"module": ["guitu.people.*"], "disallow_untyped_defs": True, "disallow_any_generics": True}
    lax = {"module": ["guitu.cellar.*"], "disallow_untyped_defs": True}
    assert rooms_not_strict({"overrides": [stanza, lax]}, {"people", "cellar", "web"}) == {"cellar"}


@pytest.mark.parametrize(
    "line", ["x = y  # type: " + "ignore", "import os  # " + "noqa", "import os  #" + "noqa - why"]
)
def test_a_blanket_silence_is_noticed(line):
    assert blanket_silences(line) == [1]


def test_a_named_silence_passes():
    assert blanket_silences("x = y  # type: ignore[arg-type]  # why\nimport os  # noqa: F401 - why\n") == []
