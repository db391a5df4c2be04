"""The wording of notices: what the loader refuses, and what a fact can be."""

import uuid
from pathlib import Path

import pytest

import guitu.rulebook
from guitu.rulebook import Rulebook
from guitu.rulebook.book import load_national
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.loading import read_folder
from guitu.rulebook.notice import FactRefused

DATA = Path(guitu.rulebook.__file__).parent / "data"
GOOD = """notices:
  - code: SOMETHING_NEW
    zh: "{person}：请看{rule}。"
    en: "{person}: {rule}."
    facts: {rule: rule}
    told_by: ["dossier:send", CLOCK]
    statutory: false
    channels: [IN_APP, SMS]
    basis: [{source: GUITU, article: null}]
    standing: service
    checked_on: 2026-11-22
"""


def loaded(text: str, **others: str) -> Rulebook:
    return Rulebook.from_texts({**read_folder(DATA), "notices/extra.yaml": text, **others})


def test_a_notice_is_loaded_with_its_facts_and_channels():
    notice = loaded(GOOD).notices["SOMETHING_NEW"]
    assert (notice.facts, notice.channels, notice.statutory) == ({"rule": "rule"}, ("IN_APP", "SMS"), False)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("{rule}。", "{law}。", "law"),
        ('en: "{person}: {rule}."', 'en: "{person}."', "same facts"),
        ('en: "{person}: {rule}."', 'en: "{person}：规则 {rule}"', "English"),
        ("    en:", "    english:", "en"),
        ("facts: {rule: rule}", "facts: {rule: text}", "one of"),
        ("facts: {rule: rule}", "facts: {rule: rule, person: unit}", "one of"),
        ("CLOCK]", "ANYBODY]", "told_by"),
        ("channels: [IN_APP, SMS]", "channels: [SMS]", "IN_APP"),
        ("channels: [IN_APP, SMS]", "channels: [IN_APP, FAX]", "IN_APP"),
        ("source: GUITU", "source: NOWHERE", "NOWHERE"),
        ("    checked_on: 2026-11-22\n", "", "checked_on"),
        ("    statutory: false\n", "", "statutory"),
        ("SOMETHING_NEW", "CLOCK_LAPSED", "duplicate"),
        ("SOMETHING_NEW", "something", "capitals"),
    ],
)
def test_a_notice_that_may_not_be_used_is_refused_with_file_and_line(old, new, word):
    assert old in GOOD
    with pytest.raises(RulebookError) as refusal:
        loaded(GOOD.replace(old, new))
    assert word in refusal.value.en
    assert "notices/" in refusal.value.file


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("deadlines/release.yaml", "ladder: [prison_bureau, province_agency]", "ladder: [nobody]", "nobody"),
        ("deadlines/lateness.yaml", "id: RH-LADDER", "id: RH-LADDERS", "RH-LADDER"),
        ("deadlines/lateness.yaml", "{value: 1, unit: working_day}", "{value: 1, unit: month}", "working days"),
        (
            "deadlines/return_home_clocks.yaml",
            "ladder: [city_agency, province_agency, national_agency]",
            "ladder: [city_agency]",
            "each step",
        ),
    ],
)
def test_a_ladder_that_leads_nowhere_is_refused(file, old, new, word):
    text = read_folder(DATA)[file]
    assert old in text
    with pytest.raises(RulebookError) as refusal:
        loaded(GOOD, **{file: text.replace(old, new)})
    assert any(word in problem.en for problem in refusal.value.problems)


@pytest.mark.parametrize(
    "facts",
    [
        {"rule": "RS-14"},
        {"rule": "RS-14", "part": "sent", "due_at": "2026-03-01T00:00:00+08:00", "name": "陈柏舟"},
        {"rule": "陈柏舟", "part": "sent", "due_at": "2026-03-01T00:00:00+08:00"},
        {"rule": "RS-14", "part": "sent", "due_at": "2026-03-01T00:00:00"},
        {"rule": "RS-14", "part": "sent", "due_at": "soon"},
    ],
)
def test_a_fact_that_is_missing_unknown_or_not_of_its_kind_is_refused(facts):
    with pytest.raises(FactRefused):
        load_national().notices["CLOCK_LAPSED"].check(facts)


def test_no_kind_of_fact_can_hold_a_name():
    for notice in load_national().notices.values():
        good = {
            "rule": "RS-1",
            "part": "sent",
            "office": "county_agency",
            "unit": str(uuid.UUID(int=1)),
            "day": "2026-03-01",
        }
        good |= {"moment": "2026-03-01T00:00:00+08:00", "document": "望狱释〔2026〕12号", "count": "3"}
        for name in notice.facts:
            with pytest.raises(FactRefused):
                notice.check({**{fact: good[kind] for fact, kind in notice.facts.items()}, name: "欧阳望川"})
