"""The list of security requirements is whole, and each thing it names exists; enough of it is shown by tests."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.architecture.source import ROOT

LIST = ROOT / "security" / "asvs-5.0.yaml"
PER_CHAPTER = {
    "V1": 27, "V2": 11, "V3": 19, "V4": 10, "V5": 9, "V6": 35, "V7": 18, "V8": 13, "V9": 7, "V10": 29, "V11": 14,
    "V12": 9, "V13": 13, "V14": 9, "V15": 13, "V16": 16, "V17": 7,
}  # fmt: skip
"""How many requirements of levels 1 and 2 the standard has in each chapter; of V8 all, level 3 too (six of them)."""
LEVELS = {1: 70, 2: 183, 3: 6}
KINDS = {"shown_by", "held_by", "not_applicable", "open"}
LEAST_SHOWN = 0.60


@cache
def requirements() -> tuple[dict, ...]:
    return tuple(yaml.safe_load(LIST.read_text(encoding="utf-8"))["requirements"])


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {heading.lower().replace(" ", "-") for heading in headings}


def missing(named: str) -> str | None:
    """What of this name does not exist: the file, the test in it, or the heading."""
    path, _, test = named.partition("::")
    path, _, heading = path.partition("#")
    if not (ROOT / path).exists():
        return path
    if test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8"):
        return named
    if heading and heading not in _anchors(ROOT / path):
        return named
    return None


def test_every_requirement_stands_in_the_list_once():
    ids = [one["id"] for one in requirements()]
    assert len(ids) == len(set(ids)) == sum(PER_CHAPTER.values())
    assert Counter(one.split(".")[0] for one in ids) == PER_CHAPTER
    assert Counter(one["level"] for one in requirements()) == LEVELS
    assert {one["id"].split(".")[0] for one in requirements() if one["level"] == 3} == {"V8"}


def test_each_says_in_one_way_how_it_stands():
    for one in requirements():
        assert len(KINDS & set(one)) == 1, one["id"]
        assert set(one) <= {"id", "level", "about"} | KINDS, one["id"]
        assert one["about"], one["id"]
        for kind in ("not_applicable", "open"):
            assert kind not in one or len(one[kind]) > 10, one["id"]


def test_what_the_list_names_exists():
    named = [
        (one["id"], name) for one in requirements() for name in [*one.get("shown_by", []), *one.get("held_by", [])]
    ]
    assert [(requirement, gone) for requirement, name in named if (gone := missing(name))] == []
    assert all(name.startswith("tests/") for one in requirements() for name in one.get("shown_by", []))


def test_enough_of_what_applies_is_shown_by_tests():
    applying = [one for one in requirements() if "not_applicable" not in one]
    shown = [one for one in applying if "shown_by" in one]
    assert len(shown) / len(applying) >= LEAST_SHOWN


@pytest.mark.parametrize(
    "name",
    ["tests/security/test_nothing.py", "tests/security/test_asvs.py::test_nothing", "docs/security.md#nothing"],
)
def test_a_name_with_nothing_behind_it_is_noticed(name: str):
    assert missing(name) is not None
