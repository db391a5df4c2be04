"""The codes that callers rely on are all written down, with what they do to a row, in docs/roster_codes.md."""

import re
from pathlib import Path

import pytest

from guitu.prison.roster.catalogue import CatalogueError, Limits, catalogue, plain_heading
from guitu.prison.roster.catalogue import _limits as limits_of
from guitu.prison.roster.catalogue import _table as table_of

DOCUMENT = (Path(__file__).parents[2] / "docs" / "roster_codes.md").read_text(encoding="utf-8")


def test_every_problem_code_is_documented_with_its_effect() -> None:
    documented = dict(re.findall(r"^\| `([A-Z_]+)` \| \S+ (correct|decide|note) \|", DOCUMENT, re.MULTILINE))
    assert documented == {code: wording.effect for code, wording in catalogue().problems.items()}


def test_every_refusal_and_every_field_is_documented() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE))
    assert set(catalogue().refusals) <= listed
    assert set(catalogue().fields) <= listed


def test_messages_in_english_hold_no_chinese_and_every_text_is_there() -> None:
    for wording in [*catalogue().problems.values(), *catalogue().refusals.values()]:
        assert all([wording.zh, wording.en, wording.remedy_zh, wording.remedy_en]), wording.code
        assert not re.search("[\u3400-\u9fff]", wording.en + wording.remedy_en), wording.code


def test_a_limit_that_is_missing_or_unknown_stops_the_reading() -> None:
    good = dict.fromkeys(Limits.__slots__, 1)
    assert limits_of(good).megabytes == 1
    with pytest.raises(CatalogueError, match=r"limits\.yaml"):
        limits_of({**good, "surprise": 1})
    with pytest.raises(CatalogueError, match=r"limits\.yaml"):
        limits_of({key: value for key, value in good.items() if key != "inflation"})


def test_one_word_cannot_stand_for_two_codes() -> None:
    with pytest.raises(CatalogueError, match="stands under"):
        table_of("sex", {"1": ["男"], "2": ["男"]})


def test_remarks_in_brackets_and_separators_are_no_part_of_a_heading() -> None:
    assert plain_heading("释放\n日 期（年月日）*：") == "释放日期"
    assert plain_heading("(姓名)") == "(姓名)"
