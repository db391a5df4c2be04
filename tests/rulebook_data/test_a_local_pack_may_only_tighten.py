"""What a province may do to the national values: a Shanghai-type pack is taken, a loosening one is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from guitu.rulebook import Rulebook, RulebookError, load_national

PACK = """
id: fictional-province
zh: 虚构省补充包
en: Pack of the fictional province
jurisdiction: "910000"
sources:
  - id: FICTION
    zh: 虚构省安置帮教规定
    en: Aftercare rules of the fictional province
    document: null
    in_force_from: 2021-01-01
    in_force_to: null
    verified: false
    checked_on: 2026-11-22
rules:
  - id: {rule}
    standing: local
    evidence: M
    verified: false
    checked_on: 2026-11-22
    basis: [{{source: FICTION, article: "7"}}]
    values:
      - from: 2021-01-01
        {layer}: {{value: {value}, unit: {unit}}}
"""


def load(rule: str, layer: str, value: int, unit: str) -> Rulebook:
    return load_national().with_packs({"910000.yaml": PACK.format(rule=rule, layer=layer, value=value, unit=unit)})


def assert_refused(rule: str, layer: str, value: int, unit: str) -> None:
    with pytest.raises(RulebookError, match=f"{rule}: "):
        load(rule, layer, value, unit)


@pytest.mark.parametrize("layer", ["statutory", "service"])
def test_a_province_may_say_thirty_days_for_the_release_notice(layer: str) -> None:
    assert load("RS-14", layer, 30, "day").packs
    assert_refused("RS-14", layer, 29, "day")


def test_the_thirty_days_of_a_province_hold_there_and_nowhere_else() -> None:
    book = load("RS-14", "statutory", 30, "day")
    release = dt.date(2026, 3, 31)
    there, elsewhere = book.due("RS-14", release, province="910000"), book.due("RS-14", release)
    assert there.statutory is not None
    assert there.statutory.due_on == dt.date(2026, 3, 1)
    assert elsewhere.statutory is None
    assert elsewhere.service is not None
    assert elsewhere.service.due_on == dt.date(2026, 2, 28)


def test_an_organ_may_be_held_to_less_time_and_never_to_more() -> None:
    assert load("RH-ACK", "service", 24, "hour").packs
    assert_refused("RH-ACK", "service", 72, "hour")
    assert load("RH-ASSESS", "service", 90, "day").packs
    assert_refused("RH-ASSESS", "service", 30, "day")


@pytest.mark.parametrize("rule", ["CC-RECV-04", "CC-MOVE-07", "CC-OUT-03", "CC-FREQ-01", "RS-08"])
def test_what_belongs_to_the_person_is_left_alone(rule: str) -> None:
    assert_refused(rule, "statutory", 1, "day")


def test_positioning_may_be_shorter_and_never_longer() -> None:
    assert load("CC-EM-03", "statutory", 2, "month").packs
    assert_refused("CC-EM-03", "statutory", 4, "month")


def test_a_province_sets_the_term_of_help_between_three_and_five_years() -> None:
    assert load("RS-19", "statutory", 3, "year").packs
    assert_refused("RS-19", "statutory", 2, "year")
    assert_refused("RS-19", "statutory", 6, "year")
