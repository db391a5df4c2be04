"""The interval of a share against published values, and cells that no spreadsheet computes."""

from datetime import date

import pytest

from guitu.evaluation.policy import faults_of_commission, wilson
from guitu.rulebook.evaluation import evaluation_rules

QUANTILE = 1.959964


@pytest.mark.parametrize(
    ("yes", "of", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_the_interval_is_the_published_one(yes, of, low, high):
    found = wilson(yes, of, QUANTILE)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.low <= found.share <= found.high


@pytest.mark.parametrize(("yes", "of"), [(0, 0), (3, 2), (-1, 4)])
def test_counts_that_are_none_have_no_interval(yes, of):
    with pytest.raises(ValueError, match="of"):
        wilson(yes, of, QUANTILE)


def test_the_least_group_is_dated():
    rules = evaluation_rules()
    assert rules.least_group(date(2026, 1, 1)) == 10
    with pytest.raises(LookupError):
        rules.least_group(date(2025, 12, 31))


def test_a_commission_that_states_everything_has_no_fault_and_every_fault_names_its_field():
    given = {
        "title": "评估", "released_from": date(2026, 6, 1), "released_to": date(2026, 6, 30),
        "from_on": date(2026, 7, 1),
        "to_on": date(2026, 7, 31), "questions": ["disputed"], "known": ["disputed"], "today": date(2026, 7, 1),
    }  # fmt: skip
    assert faults_of_commission(**given) == ()
    wrong = {"title": " ", "released_to": date(2026, 5, 1), "to_on": date(2026, 6, 1), "questions": ["unknown"]}
    fields = [one.field for one in faults_of_commission(**{**given, **wrong})]
    assert fields == ["title", "released_to", "to_on", "to_on", "questions"]
