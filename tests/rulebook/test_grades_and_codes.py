"""The crosswalk of danger grades loses nothing and guesses nothing; code tables and items refer to what exists."""

from __future__ import annotations

import datetime as dt

import pytest

from guitu.rulebook import RefusalError, Rulebook, RulebookError, load_national, map_grade
from tests.rulebook.texts import texts

BOOK = load_national()
WALK = BOOK.crosswalk("prison_grade")


def test_an_unassessed_person_has_no_grade_and_never_the_lowest() -> None:
    grade = map_grade(WALK, None, scale="prison-five", assessed_on=dt.date(2026, 2, 1))

    assert (grade.value, grade.to, grade.provisional) == (None, None, False)


def test_the_source_value_its_scale_and_its_day_stay_beside_the_result() -> None:
    grade = map_grade(
        WALK,
        "PG2",
        scale="prison-five",
        assessed_on=dt.date(2026, 2, 1),
        mapped_at=dt.datetime(2026, 3, 1, 9, 0),  # noqa: DTZ001
    )

    assert (grade.value, grade.scale, grade.assessed_on) == ("PG2", "prison-five", dt.date(2026, 2, 1))
    assert (grade.to, grade.provisional) == ("H", True)


def test_the_result_stands_provisionally_for_the_days_of_the_data() -> None:
    mapped_at = dt.date(2026, 3, 1)
    until = map_grade(WALK, "PG3", mapped_at=mapped_at).provisional_until

    assert until == mapped_at + dt.timedelta(days=WALK.provisional.value)


def test_a_grade_that_the_scale_does_not_have_is_refused() -> None:
    with pytest.raises(RefusalError) as caught:
        map_grade(WALK, "PG6")

    assert caught.value.reason == "unknown"


def test_every_grade_of_the_prison_scale_is_mapped_to_a_band_that_exists() -> None:
    bands = {entry.code for entry in BOOK.code_table(WALK.to_table).codes}

    for entry in BOOK.code_table(WALK.from_table).codes:
        assert map_grade(WALK, entry.code).to in bands


def test_there_are_thirty_core_items_each_with_owner_and_readers() -> None:
    assert sorted(item.number for item in BOOK.items.values()) == list(range(1, 31))
    assert all(item.owner and item.readers for item in BOOK.items.values())
    assert BOOK.item("offence").level == "L4"


def test_an_unknown_item_or_table_is_refused() -> None:
    for ask in (BOOK.item, BOOK.code_table, BOOK.crosswalk, BOOK.journey, BOOK.rule):
        with pytest.raises(RefusalError):
            ask("nothing")


TABLE = """tables:
  - id: outcomes
    zh: 结果
    en: Outcomes
    standard: GUITU
    verified: false
    checked_on: 2026-11-23
    codes:
      - {code: "settled", kind: done, zh: 已办成, en: Settled}
      - {code: "refused", kind: declined, zh: 不办, en: Declined}
"""


def test_what_an_outcome_counts_as_is_one_of_the_kinds_and_said_of_every_code_of_a_table() -> None:
    book = Rulebook.from_texts(texts() | {"codes/outcomes.yaml": TABLE})  # the control
    assert [code.kind for code in book.code_table("outcomes").codes] == ["done", "declined"]
    for wrong, said in (
        (TABLE.replace("kind: declined, ", ""), "or none"),
        (TABLE.replace("declined,", "lost,"), "lost"),
    ):
        with pytest.raises(RulebookError, match=said) as refusal:
            Rulebook.from_texts(texts() | {"codes/outcomes.yaml": wrong})
        assert (refusal.value.file, refusal.value.line) == ("codes/outcomes.yaml", 10)
