"""Every law case of this folder, worked by hand, against the rulebook as it is shipped."""

from __future__ import annotations

import pytest

from guitu.rulebook import load_national
from tests.cases.law_cases import Case, differences, read_cases

CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{case['file']}: {case['name_en']}" for case in CASES])
def test_the_rulebook_counts_as_the_jurist_did(case: Case) -> None:
    assert differences(case, load_national()) == []


def test_a_mapping_that_is_refused_fails_unless_the_case_names_the_refusal() -> None:
    case: Case = {"expect": {"map": {"table": "prison_grade", "value": "no such grade", "to": "M"}}}
    assert differences(case, load_national()) == ["refused: worked by hand None, computed unknown"]
    case["expect"]["map"] = {"table": "prison_grade", "value": "no such grade", "refused": "unknown"}
    assert differences(case, load_national()) == []


def test_every_calendar_rule_has_a_case_and_no_two_cases_share_a_name() -> None:
    covered = {rule for case in CASES for rule in case["covers"]}
    names = [case["name"] for case in CASES]

    assert {f"CAL-{number}" for number in range(1, 11)} <= covered
    assert sorted({name for name in names if names.count(name) > 1}) == []
