"""Every rule of the law reference is loaded under its own id, with the kind, mark and limits written out by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from guitu.rulebook import Limit, Rule, Rulebook, load_national
from tests.rulebook_data import expected_rules

UNITS = {"hour": "h", "day": "d", "working_day": "wd", "half_month": "hm", "month": "m", "year": "y"}
EXPECTED = {
    line.split()[0]: (file, line.split()[1:])
    for file, block in expected_rules.FILES.items()
    for line in block.split("\n")
    if line
}
LAW = {rule: row for rule, (_, row) in EXPECTED.items() if rule.startswith(("CC-", "RS-"))}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_national()


def written(limit: Limit | None) -> str:
    return f"{limit.value}{UNITS[limit.unit]}" if limit else "-"


def row_of(rule: Rule) -> list[str]:
    value = rule.values[-1] if rule.values else None
    limits = (value.statutory, value.service) if value else (None, None)
    return [rule.kind, rule.evidence, *(written(limit) for limit in limits)]


def marks_that_are_wrong(rules: list[Rule]) -> list[str]:
    """The ids whose verified flag does not follow from the mark: true for V, false for P and M."""
    return [rule.id for rule in rules if rule.verified != (rule.evidence == "V")]


def test_no_rule_is_missing_and_none_is_invented(book: Rulebook) -> None:
    assert sorted(EXPECTED.keys() - book.rules.keys()) == []
    assert sorted(book.rules.keys() - EXPECTED.keys()) == []


def test_the_list_written_by_hand_holds_all_rows_of_the_law() -> None:
    assert len([rule for rule in LAW if rule.startswith("RS-")]) == 25
    assert len([rule for rule in LAW if rule.startswith("CC-")]) == 125


@pytest.mark.parametrize("rule_id", EXPECTED)
def test_kind_mark_and_limits_are_those_of_the_law(book: Rulebook, rule_id: str) -> None:
    file, row = EXPECTED[rule_id]
    rule = book.rules[rule_id]
    assert row_of(rule) == row
    assert rule.file == f"deadlines/{file}.yaml"


def test_a_changed_limit_would_be_seen(book: Rulebook) -> None:
    rule = book.rules["CC-RECV-02"]
    wrong = dataclasses.replace(
        rule, values=(dataclasses.replace(rule.values[0], statutory=Limit(3, "working_day", "none")),)
    )
    assert row_of(wrong) != EXPECTED["CC-RECV-02"][1]


def test_rows_with_several_limits_are_variants(book: Rulebook) -> None:
    found = {
        rule.id: {
            variant.id: f"{written(variant.statutory)} {written(variant.service)}"
            for variant in rule.values[-1].variants
        }
        for rule in book.rules.values()
        if rule.values and rule.values[-1].variants
    }
    assert found == expected_rules.VARIANTS


def test_backward_custody_and_immediate_clocks_are_those_of_the_law(book: Rulebook) -> None:
    rules = list(book.rules.values())
    assert {rule.id for rule in rules if rule.direction == "backward"} == expected_rules.BACKWARD
    assert {rule.id for rule in rules if rule.custody_no_roll} == expected_rules.NEVER_EXTENDED_IN_CUSTODY
    assert {rule.id for rule in rules if rule.immediate} == expected_rules.IMMEDIATE


def test_the_days_out_of_supervision_and_of_leave_have_their_thresholds(book: Rulebook) -> None:
    found = {
        rule.id: [(each.id, each.value, each.unit, each.comparison) for each in rule.values[-1].thresholds]
        for rule in book.rules.values()
        if rule.values and rule.values[-1].thresholds
    }
    assert found == {
        "CC-LOST-04": [
            ("day_1", 1, "day", "at_least"),
            ("day_10", 10, "day", "at_most"),
            ("day_11", 10, "day", "more_than"),
            ("month_1", 1, "month", "more_than"),
        ],
        "CC-OUT-05": [("day_30", 30, "day", "at_most"), ("day_31", 30, "day", "more_than")],
    }


def test_only_what_was_read_in_the_text_itself_is_verified(book: Rulebook) -> None:
    assert marks_that_are_wrong(list(book.rules.values())) == []


def test_a_verified_mark_on_a_remembered_rule_would_be_seen(book: Rulebook) -> None:
    claimed = dataclasses.replace(book.rules["CC-INV-03"], verified=True)
    assert marks_that_are_wrong([claimed]) == ["CC-INV-03"]


def test_a_verified_rule_cites_only_sources_whose_text_was_read(book: Rulebook) -> None:
    wrong = {
        rule.id: citation.source
        for rule in book.rules.values()
        if rule.verified
        for citation in rule.basis
        if not book.sources[citation.source].verified and not citation.source.startswith("PLAN")
    }
    assert wrong == {}


def test_what_was_seen_on_a_page_names_the_page(book: Rulebook) -> None:
    assert [rule.id for rule in book.rules.values() if rule.evidence == "P" and not rule.evidence_site] == []


def test_every_rule_has_both_languages_a_source_and_the_day_it_was_checked(book: Rulebook) -> None:
    for rule in book.rules.values():
        assert rule.basis, rule.id
        assert rule.checked_on == dt.date(2026, 11, 22), rule.id
        assert not rule.said_on_paper.endswith("。")  # a document goes on after it
        for chinese in (rule.name_zh, rule.text_zh, rule.said_on_paper):
            assert any("一" <= sign <= "鿿" for sign in chinese), rule.id
        for english in (rule.name_en, rule.text_en):
            assert english.isascii() or not any("一" <= sign <= "鿿" for sign in english), rule.id


def test_the_repealed_regulation_ends_the_day_the_law_begins(book: Rulebook) -> None:
    ended = [rule for rule in book.rules.values() if rule.id.startswith("OLD-2012-")]
    clocks = [value for rule in ended for value in rule.values]
    assert {(value.from_, value.to) for value in clocks} == {(dt.date(2012, 3, 1), dt.date(2020, 7, 1))}
    assert {citation.source for rule in ended for citation in rule.basis} == {"IM2012"}
    assert book.sources["IM2012"].in_force_to == book.sources["CCL"].in_force_from == dt.date(2020, 7, 1)


def test_no_living_rule_stands_on_the_repealed_regulation(book: Rulebook) -> None:
    living = [rule for rule in book.rules.values() if not rule.id.startswith("OLD-")]
    assert [rule.id for rule in living if any(citation.source == "IM2012" for citation in rule.basis)] == []


def test_no_clock_of_the_road_home_binds_a_free_person(book: Rulebook) -> None:
    clocks = [rule for rule in book.rules.values() if rule.id.startswith("RH-") or rule.id in ("RS-17", "RS-18")]
    assert {rule.bearer for rule in clocks} == {"organ"}
    assert book.rules["RS-09"].bearer == "none"


def test_a_period_of_the_person_can_never_be_shortened(book: Rulebook) -> None:
    assert {rule.range for rule in book.rules.values() if rule.bearer == "person"} <= {"fixed", "longer_only", "local"}
