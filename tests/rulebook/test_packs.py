"""Packs over the national rulebook: an organ's clock only shorter, a person's period never."""

from __future__ import annotations

import datetime as dt

import pytest

from guitu.rulebook import RefusalError, Rulebook, RulebookError, load_national
from tests.rulebook.texts import PACK, RULE, texts

START = dt.date(2026, 3, 2)
YEAR_2027 = """\
id: Y-2027
zh: 二〇二七年节假日
en: Holidays of 2027
jurisdiction: CN
calendars:
  - year: 2027
    source: {document: 试验通知, date: 2026-12-01, zh: 试验通知}
    holidays: [{zh: 元旦, en: New Year's Day, from: 2027-01-01, to: 2027-01-03}]
    working_weekends: [2027-01-09]
    verified: false
    checked_on: 2026-12-01
"""


def _book(rule: str = RULE, pack: str = PACK) -> Rulebook:
    return Rulebook.from_texts(texts(rule=rule), packs={"p.yaml": pack})


def test_a_province_may_shorten_an_organs_clock_with_its_own_citation() -> None:
    book = _book()

    at_home = book.due("T-1", START, province="910000")
    elsewhere = book.due("T-1", START, province="920000")

    assert at_home.statutory is not None
    assert elsewhere.statutory is not None
    assert at_home.statutory.due_on == dt.date(2026, 3, 6)
    assert elsewhere.statutory.due_on == dt.date(2026, 3, 9)
    assert [cited.source for cited in at_home.basis] == ["LAW", "LOCAL-91"]
    assert (at_home.standing, at_home.verified, elsewhere.verified) == ("local", False, True)
    assert book.due("T-1", START, province="910203").statutory == at_home.statutory
    assert book.sha256 != Rulebook.from_texts(texts()).sha256


def test_the_pack_counts_only_from_its_own_day_on() -> None:
    due = _book().due("T-1", dt.date(2021, 12, 31), province="910000")

    assert due.statutory is not None
    assert due.statutory.due_on == dt.date(2022, 1, 5)
    assert due.standing == "law"


@pytest.mark.parametrize(
    ("limit", "allowed"),
    [
        ("{value: 4, unit: day}", True),
        ("{value: 5, unit: day}", True),
        ("{value: 6, unit: day}", False),
        ("{value: 48, unit: hour}", True),
        ("{value: 5, unit: working_day}", False),
        ("{value: 1, unit: month}", False),
    ],
)
def test_an_organs_clock_is_only_shortened(limit: str, allowed: bool) -> None:
    pack = PACK.replace("{value: 4, unit: day}", limit)
    if allowed:
        assert _book(pack=pack).packs
        return

    with pytest.raises(RulebookError) as caught:
        _book(pack=pack)

    assert (caught.value.file, caught.value.line) == ("p.yaml", 15)


@pytest.mark.parametrize(
    ("direction", "value", "allowed"),
    [("forward", 4, False), ("forward", 5, True), ("forward", 6, True), ("backward", 4, True), ("backward", 6, False)],
)
def test_a_period_of_the_person_is_never_shortened(direction: str, value: int, allowed: bool) -> None:
    rule = RULE.replace("    bearer: organ\n    range: shorter_only\n", "    bearer: person\n    range: longer_only\n")
    rule = rule.replace("    clock_start: asked\n", f"    clock_start: asked\n    direction: {direction}\n")
    if direction == "backward":
        rule = rule.replace(", roll: next_working_day", "")
    pack = PACK.replace("value: 4", f"value: {value}")
    if allowed:
        assert _book(rule, pack).packs
        return

    with pytest.raises(RulebookError, match="本人"):
        _book(rule, pack)


@pytest.mark.parametrize(("value", "allowed"), [(2, False), (3, True), (10, True), (11, False)])
def test_a_persons_duty_stays_inside_the_range_that_the_national_rule_opens(value: int, allowed: bool) -> None:
    opened = "    range: local\n    local_range: {min: {value: 3, unit: day}, max: {value: 10, unit: day}}\n"
    rule = RULE.replace("    bearer: organ\n    range: shorter_only\n", f"    bearer: person\n{opened}")
    pack = PACK.replace("value: 4", f"value: {value}")
    if allowed:
        assert _book(rule, pack).packs
        return

    with pytest.raises(RulebookError):
        _book(rule, pack)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("  - id: T-1\n", "  - id: T-9\n"),
        ('source: LOCAL-91, article: "7"', 'source: NONE, article: "7"'),
        ("      - from: 2022-01-01\n", "      - from: 2019-01-01\n"),
        ("statutory: {value: 4, unit: day}", "statutory: {value: 4, unit: day, roll: none}"),
        ('jurisdiction: "910000"', "jurisdiction: CN"),
    ],
)
def test_a_pack_that_refers_to_nothing_or_says_too_much_is_refused(right: str, wrong: str) -> None:
    assert right in PACK

    with pytest.raises(RulebookError) as caught:
        _book(pack=PACK.replace(right, wrong))

    assert caught.value.file == "p.yaml"


def test_a_fixed_rule_is_not_changed_at_all() -> None:
    with pytest.raises(RulebookError):
        _book(RULE.replace("range: shorter_only", "range: fixed"))


def test_a_loaded_year_ends_the_provisional_state_and_moves_the_day() -> None:
    before = Rulebook.from_texts(texts())
    after = before.with_packs({"y.yaml": YEAR_2027})

    guess, sure = before.due("T-1", dt.date(2026, 12, 27)), after.due("T-1", dt.date(2026, 12, 27))

    assert guess.statutory is not None
    assert sure.statutory is not None
    assert (guess.provisional, guess.statutory.due_on) == (True, dt.date(2027, 1, 1))
    assert (sure.provisional, sure.statutory.due_on) == (False, dt.date(2027, 1, 4))
    assert sure.pack != guess.pack


def test_a_rule_of_one_province_is_not_in_force_in_another() -> None:
    book = Rulebook.from_texts(texts(rule=RULE.replace("jurisdiction: CN", 'jurisdiction: "910000"')))

    assert book.due("T-1", START, province="910101").statutory is not None
    with pytest.raises(RefusalError) as caught:
        book.due("T-1", START, province="920000")
    assert caught.value.reason == "not_in_force"


def test_an_unreadable_pack_leaves_the_rulebook_that_is_running_as_it_is() -> None:
    running = Rulebook.from_texts(texts())

    with pytest.raises(RulebookError):
        running.with_packs({"y.yaml": "id: [broken"})

    assert running.due("T-1", START).statutory is not None


SHANGHAI_TYPE = """\
id: P-910000-RELEASE
zh: 某省释放通知
en: Release notice of a province
jurisdiction: "910000"
sources:
  - {id: LOCAL-91, zh: 某省规定, en: Local rules, in_force_from: 2022-01-01, verified: false, checked_on: 2026-11-22}
rules:
  - id: RS-14
    standing: local
    evidence: P
    verified: false
    checked_on: 2026-11-22
    basis: [{source: LOCAL-91, article: "7"}]
    values: [{from: 2022-01-01, statutory: {value: 30, unit: day}}]
"""


def test_a_local_thirty_days_stands_beside_our_promise_of_a_month() -> None:
    book = load_national().with_packs({"release.yaml": SHANGHAI_TYPE})
    release = dt.date(2026, 7, 31)

    local, national = book.due("RS-14", release, province="910000"), book.due("RS-14", release)

    assert national.statutory is None
    assert national.service is not None
    assert local.statutory is not None
    assert local.service is not None
    assert (local.statutory.due_on, local.standing) == (dt.date(2026, 7, 1), "local")
    assert local.service.due_on == national.service.due_on == dt.date(2026, 6, 30)


def test_a_county_follows_its_city_and_its_province() -> None:
    city = PACK.replace("P-910000", "P-910100").replace('"910000"', '"910100"').replace("value: 4", "value: 3")
    city = city.replace("LOCAL-91", "LOCAL-9101")
    book = Rulebook.from_texts(texts(), packs={"a.yaml": city, "b.yaml": PACK})

    county, other = book.due("T-1", START, province="910101"), book.due("T-1", START, province="910201")

    assert county.statutory is not None
    assert other.statutory is not None
    assert (county.statutory.due_on, other.statutory.due_on) == (dt.date(2026, 3, 5), dt.date(2026, 3, 6))
    with pytest.raises(RulebookError):
        Rulebook.from_texts(texts(), packs={"a.yaml": city.replace("value: 3", "value: 5"), "b.yaml": PACK})
