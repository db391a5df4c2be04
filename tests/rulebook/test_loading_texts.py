"""A text that may not be used stops the reading and names file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from guitu.rulebook import Rulebook, RulebookError, load_national
from guitu.rulebook.loading import canonical_sha256
from tests.rulebook.texts import JOURNEY, RULE, SOURCES, texts

BROKEN_RULES = [
    ("unknown key", "    approvr: court\n    bearer: organ\n", "    bearer: organ\n", 17),
    ("duplicate key", "    bearer: organ\n    bearer: organ\n", "    bearer: organ\n", 18),
    ("without kind", "", "    kind: deadline\n", 2),
    ("without bearer", "", "    bearer: organ\n", 2),
    ("without citation", "", '    basis: [{source: LAW, article: "20"}]\n', 2),
    ("empty citation", "    basis: []\n", '    basis: [{source: LAW, article: "20"}]\n', 20),
    (
        "law without article",
        "    basis: [{source: LAW, article: null}]\n",
        '    basis: [{source: LAW, article: "20"}]\n',
        20,
    ),
    (
        "citation of nothing",
        '    basis: [{source: NONE, article: "20"}]\n',
        '    basis: [{source: LAW, article: "20"}]\n',
        2,
    ),
    ("no real day", "      - from: 2021-02-30\n", "      - from: 2020-07-01\n", 11),
    ("bad date", "      - from: 1.7.2020\n", "      - from: 2020-07-01\n", 11),
    ("end before start", "        to: 2019-01-01\n", "        to: null\n", 12),
    ("unknown kind", "    kind: wish\n", "    kind: deadline\n", 5),
    ("unknown unit", "        service: {value: 3, unit: week}\n", "        service: {value: 3, unit: day}\n", 14),
    ("negative number", "        service: {value: -3, unit: day}\n", "        service: {value: 3, unit: day}\n", 14),
    ("no clock start", "", "    clock_start: asked\n", 2),
    ("norm with values", "    kind: norm\n", "    kind: deadline\n", 9),
    ("verified without the text", "    evidence: M\n", "    evidence: V\n", 23),
    ("a person's period that may be shortened", "    bearer: person\n", "    bearer: organ\n", 18),
    ("local range without local", "    range: local\n", "    range: shorter_only\n", 18),
    ("a statutory count of something immediate", "    immediate: true\n    bearer: organ\n", "    bearer: organ\n", 17),
    (
        "a value that outlives its source",
        '    basis: [{source: OLD, article: "1"}]\n',
        '    basis: [{source: LAW, article: "20"}]\n',
        2,
    ),
]


@pytest.mark.parametrize(("what", "wrong", "right", "line"), BROKEN_RULES, ids=[case[0] for case in BROKEN_RULES])
def test_a_broken_rule_names_file_and_line(what: str, wrong: str, right: str, line: int) -> None:
    assert RULE.count(right) == 1

    with pytest.raises(RulebookError) as caught:
        Rulebook.from_texts(texts(rule=RULE.replace(right, wrong)))

    assert (caught.value.file, caught.value.line) == ("deadlines/small.yaml", line)
    assert caught.value.zh != caught.value.en


def test_the_small_rulebook_of_these_tests_is_clean() -> None:
    assert set(Rulebook.from_texts(texts()).rules) == {"T-1"}


def test_an_id_given_twice_is_refused_at_its_second_place() -> None:
    second = RULE.replace("rules:\n", "")

    with pytest.raises(RulebookError) as caught:
        Rulebook.from_texts(texts(rule=RULE + second))

    assert caught.value.line == len(RULE.splitlines()) + 1


def test_text_that_is_no_yaml_names_its_line() -> None:
    with pytest.raises(RulebookError) as caught:
        Rulebook.from_texts(texts(rule="rules:\n  - id: [\n"))

    assert (caught.value.file, caught.value.line) == ("deadlines/small.yaml", 3)


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000 + "]" * 200_000, "\x00", "- 1", "", "? [1]\n: 2", "a: &a [*a]"])
def test_a_text_made_to_hurt_is_refused_like_any_other(text: str) -> None:
    with pytest.raises(RulebookError) as caught:
        Rulebook.from_texts(texts(rule=text))

    assert caught.value.file == "deadlines/small.yaml"


def test_a_backward_statutory_clock_that_would_move_is_refused() -> None:
    backward = RULE.replace("    clock_start: asked\n", "    clock_start: asked\n    direction: backward\n")

    assert Rulebook.from_texts(texts(rule=backward.replace(", roll: next_working_day", ""))).rules
    with pytest.raises(RulebookError):
        Rulebook.from_texts(texts(rule=backward))


def test_all_problems_of_a_reading_are_told_together() -> None:
    rule = RULE.replace("    kind: deadline\n", "    kind: wish\n")
    sources = SOURCES.replace("verified: true", "verified: perhaps", 1)

    with pytest.raises(RulebookError) as caught:
        Rulebook.from_texts(texts(rule=rule, sources=sources))

    assert [problem.file for problem in caught.value.problems] == ["deadlines/small.yaml", "sources.yaml"]


BROKEN_JOURNEYS = [
    ("waiting without owner", ", owner: receiving_unit, due", ", due", 8),
    ("waiting without due moment", ", due: [{rule: T-1, anchor: state_since}]}", "}", 8),
    ("due moment of an unknown rule", "rule: T-1", "rule: T-9", 8),
    ("state of an unknown stage", "stage: one, kind: start", "stage: two, kind: start", 7),
    ("move to nowhere", "to: wait", "to: gone", 12),
    ("move out of an end", "from: [wait]", "from: [wait, done]", 13),
    (
        "two moves for one event",
        "event: answered",
        "event: died}\n      - {id: x, zh: 又, en: Again, from: [wait], to: done, by: [receiving_unit], event: died",
        14,
    ),
    ("state without a way in", "from: [open], to: wait", "from: [open], to: done", 8),
]


@pytest.mark.parametrize(("what", "right", "wrong", "line"), BROKEN_JOURNEYS, ids=[case[0] for case in BROKEN_JOURNEYS])
def test_a_broken_journey_names_file_and_line(what: str, right: str, wrong: str, line: int) -> None:
    assert right in JOURNEY

    with pytest.raises(RulebookError) as caught:
        Rulebook.from_texts(texts(journey=JOURNEY.replace(right, wrong, 1)))

    assert ("journeys/small.yaml", line) in [(problem.file, problem.line) for problem in caught.value.problems]


def test_the_sha256_is_of_the_canonical_text() -> None:
    as_written = {"a.yaml": "x: 1\ny: é\n"}

    assert canonical_sha256(as_written) == canonical_sha256({"a.yaml": "x: 1  \r\ny: e\u0301\r\n\r\n"})
    assert canonical_sha256(as_written) != canonical_sha256({"a.yaml": "x: 2\ny: é\n"})


def test_the_national_rulebook_is_read_again_only_when_a_file_has_changed(tmp_path: Path) -> None:
    for name, text in texts().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    first = load_national(tmp_path)
    assert load_national(tmp_path) is first

    (tmp_path / "deadlines" / "small.yaml").write_text(RULE.replace("五日内补齐", "五日之内补齐"), encoding="utf-8")
    assert load_national(tmp_path).sha256 != first.sha256


def test_no_value_of_the_repealed_regulation_is_in_force_from_july_2020_on() -> None:
    book = load_national()
    repealed = book.sources["IM2012"].in_force_to
    old = [rule for rule in book.rules.values() if any(cited.source == "IM2012" for cited in rule.basis)]

    assert repealed is not None
    assert old
    assert all(rule.value_on(repealed) is None for rule in old)
    assert any(rule.value_on(repealed.replace(year=2019)) is not None for rule in old)
