"""Every record of the rulebook says where it comes from and when it was compared with its source."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.source import HOUSE

DATA = HOUSE / "rulebook" / "data"
# Lists of records, and what names their source.
SOURCED = {
    "rules": "basis",
    "notices": "basis",
    "crosswalks": "basis",
    "tables": "standard",
    "sources": "zh",
    "items": "source",
    "lines": "basis",
    "retentions": "basis",
}
# Files that are one record.
ONE_RECORD = (
    *("calendars", "roster", "sign_in", "my_road", "interface", "release_day", "juveniles", "evaluation"),
    *("rights", "looking", "window", "impact", "sealing", "retention", "breach", "tries", "surnames", "papers"),
)
# What claims nothing about the world, and why.
CLAIMS_NOTHING = {
    "roles": "which purposes our own roles have, and over which divisions they see",
    "relations": "words of the decision table",
    "states": "words of the decision table",
    "effects": "words of the decision table",
    "masks": "words of the decision table",
    "acts": "words for what the house itself has done",
    "journeys": "every due moment of a state names a rule, and the rule is sourced",
    "kinds": "which unit may stand where: the shape of our own tree of units",
    "powers": "every power names a rule, and the rule is sourced",
    "divisions": "edition and issuer stand in divisions/source.yaml; the fictional province is invented",
}


def unsourced(folder: str, text: dict[str, Any]) -> list[str]:
    """The records of one data file that lack a source or the day of checking."""
    if folder in ONE_RECORD:
        return [] if text.get("source") and isinstance(text.get("checked_on"), dt.date) else [folder]
    found = []
    for kind, source in SOURCED.items():
        for record in text.get(kind, ()):
            named = record.get(source) or (source == "standard" and record.get("note_zh"))
            if not named or not isinstance(record.get("checked_on"), dt.date):
                found.append(f"{kind} {record.get('id') or record['code']}")
    return found


def unknown_kinds(folder: str, text: dict[str, Any]) -> set[str]:
    """Kinds of records that nobody has decided about."""
    if folder in ONE_RECORD or folder in CLAIMS_NOTHING:
        return set()
    return set(text) - set(SOURCED) - set(CLAIMS_NOTHING)


def _texts() -> list[tuple[str, Path]]:
    return [(path.relative_to(DATA).parts[0].removesuffix(".yaml"), path) for path in sorted(DATA.rglob("*.yaml"))]


def test_every_record_has_a_source_and_the_day_it_was_checked():
    missing, unknown, seen = [], set(), 0
    for folder, path in _texts():
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        missing += [f"{path.name}: {record}" for record in unsourced(folder, text)]
        unknown |= unknown_kinds(folder, text)
        seen += 1
    assert seen > 30, "the check looks in the wrong place"
    assert missing == []
    assert unknown == set()


@pytest.mark.parametrize(
    ("folder", "text"),
    [
        ("deadlines", {"rules": [{"id": "X-1", "basis": [], "checked_on": dt.date(2026, 1, 1)}]}),
        ("deadlines", {"rules": [{"id": "X-1", "basis": [{"source": "S"}]}]}),
        ("deadlines", {"rules": [{"id": "X-1", "basis": [{"source": "S"}], "checked_on": "soon"}]}),
        ("codes", {"tables": [{"id": "t", "checked_on": dt.date(2026, 1, 1)}]}),
        ("items", {"items": [{"id": "name", "checked_on": dt.date(2026, 1, 1)}]}),
        ("items", {"items": [{"id": "name", "source": "GUITU"}]}),
        ("calendars", {"year": 2026, "source": {"document": "D"}}),
        ("roster", {"checked_on": dt.date(2026, 1, 1)}),
    ],
)
def test_a_record_without_source_or_day_is_noticed(folder, text):
    assert unsourced(folder, text) != []


def test_a_new_kind_of_record_must_be_decided_about():
    assert unknown_kinds("indicators", {"indicators": []}) == {"indicators"}
