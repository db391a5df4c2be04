"""Whether a person is held already: each named rule, each with the case beside it in which it must not speak."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guitu.people.identity_numbers import check_digit
from guitu.people.matching import (
    IdentityView,
    MatchRule,
    Verdict,
    block_keys,
    candidates,
    differs_in_one_place,
    verdict,
)

BORN = datetime.date(1990, 3, 7)


def number(order: str = "123", born: str = "19900307") -> str:
    first_17 = "910121" + born + order
    return first_17 + check_digit(first_17)


def resident(text: str) -> tuple[tuple[str, str], ...]:
    return (("resident", text),)


HELD = IdentityView(
    key="held",
    name="单知遥",
    numbers=resident(number()),
    birth_date=BORN,
    sex="1",
    former_names=("单小遥",),
    division="910121000000",
)
NEW = replace(HELD, key="new", former_names=())
STRANGER = IdentityView(
    "stranger", "顾南枝", resident(number("456", "19850612")), datetime.date(1985, 6, 12), "2", (), "910122000000"
)


def rules(new: IdentityView, *held: IdentityView) -> list[MatchRule]:
    return [match.rule for match in candidates(new, held or (HELD,))]


def test_the_same_number_and_name_join() -> None:
    (match,) = candidates(NEW, [HELD, STRANGER])
    assert (match.rule, match.joins, match.differing) == (MatchRule.EXACT_IDENTIFIER, True, ())
    assert verdict([match]) is Verdict.JOIN


def test_a_stranger_is_new() -> None:
    assert candidates(NEW, [STRANGER]) == []
    assert verdict([]) is Verdict.NEW


@pytest.mark.parametrize("order", ["133", "213", "122"])
def test_two_sound_numbers_one_place_apart_are_asked_about(order: str) -> None:
    """Both check digits are right, so the numbers differ in two places; no rule about names asks here."""
    other = replace(NEW, numbers=resident(number(order)), birth_date=None)
    born = replace(NEW, numbers=resident(number(born="19900317")), birth_date=datetime.date(1990, 3, 17))
    far = replace(NEW, numbers=resident(number(born="19910317")), birth_date=datetime.date(1991, 3, 17))

    assert rules(other) == rules(born) == [MatchRule.NUMBER_ONE_OFF]
    assert block_keys(born) & block_keys(HELD)
    assert rules(far) == []


def test_the_form_of_writing_does_not_hinder_joining() -> None:
    spaced = replace(NEW, name=" 单 知遥", numbers=resident(" 910121 19900307 123" + number()[-1].lower()))
    assert rules(spaced) == [MatchRule.EXACT_IDENTIFIER]


def test_the_same_number_with_another_name_is_asked_about() -> None:
    (match,) = candidates(replace(NEW, name="许令仪"), [HELD])
    assert (match.rule, match.joins, match.differing) == (MatchRule.SAME_NUMBER_OTHER_NAME, False, ("name",))
    assert verdict([match]) is Verdict.ASK


@pytest.mark.parametrize(
    ("change", "field"), [({"birth_date": datetime.date(1991, 3, 7)}, "birth_date"), ({"sex": "2"}, "sex")]
)
def test_the_same_number_and_name_with_a_contradiction_are_asked_about(change: dict[str, object], field: str) -> None:
    (match,) = candidates(replace(NEW, **change), [HELD])
    assert (match.rule, match.differing) == (MatchRule.SAME_NUMBER_OTHER_FACTS, (field,))
    unknown = dict.fromkeys(change)
    assert rules(replace(NEW, **unknown)) == [MatchRule.EXACT_IDENTIFIER], "what is unknown contradicts nothing"


def test_two_rounded_numbers_that_look_the_same_never_join() -> None:
    rounded = resident(number()[:15] + "000")
    assert rules(replace(NEW, numbers=rounded), replace(HELD, numbers=rounded)) == [MatchRule.SAME_NUMBER_OTHER_FACTS]


def test_a_wrong_check_digit_on_both_sides_does_not_join() -> None:
    wrong = resident(number()[:17] + ("1" if number()[-1] != "1" else "2"))
    assert rules(replace(NEW, numbers=wrong), replace(HELD, numbers=wrong)) == [MatchRule.SAME_NUMBER_OTHER_FACTS]


def test_documents_without_a_check_of_their_own_join_by_number_and_name() -> None:
    passport = (("passport", "UT1234567"),)
    assert rules(replace(NEW, numbers=passport), replace(HELD, numbers=passport)) == [MatchRule.EXACT_IDENTIFIER]
    other_kind = (("travel_permit", "UT1234567"),)
    assert rules(replace(NEW, numbers=passport), replace(HELD, numbers=other_kind)) == [MatchRule.NAME_AND_BIRTH]


def test_15_and_18_digits_of_one_number_are_asked_about() -> None:
    short = (("resident_15", number()[:6] + number()[8:17]),)
    assert rules(replace(NEW, numbers=short)) == [MatchRule.NUMBER_15_18]
    assert rules(HELD, replace(NEW, numbers=short)) == [MatchRule.NUMBER_15_18]
    other = (("resident_15", number("124")[:6] + number("124")[8:17]),)
    assert rules(replace(NEW, numbers=other, birth_date=None)) == []
    young = replace(HELD, numbers=resident(number(born="20050307")), birth_date=datetime.date(2005, 3, 7))
    old = (("resident_15", "910121050307123"),)
    assert rules(replace(NEW, name="许令仪", numbers=old), young) == [], "15 digits never meant a birth after 1999"


def test_a_number_rounded_by_a_spreadsheet_is_asked_about() -> None:
    rounded = replace(NEW, numbers=resident(number()[:15] + "000"), birth_date=None)
    assert rules(rounded) == [MatchRule.NUMBER_ROUNDED]
    assert rules(replace(rounded, numbers=resident(number()[:14] + "9000"))) == []


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_number_one_place_off_is_asked_about_whatever_the_name(place: int, mark: str) -> None:
    other = number()[:place] + mark + number()[place + 1 :]
    new = replace(NEW, name="许令仪", numbers=resident(other), birth_date=None)
    same = other == number()
    assert rules(new) == [MatchRule.SAME_NUMBER_OTHER_NAME if same else MatchRule.NUMBER_ONE_OFF]


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), st.integers(0, 16))
def test_exchanged_neighbours_and_a_lost_place_count_as_one_off(text: str, place: int) -> None:
    exchanged = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert differs_in_one_place(text, exchanged) == (text != exchanged)
    assert differs_in_one_place(text, text[:place] + text[place + 1 :])


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_being_one_place_off_is_mutual(first: str, second: str) -> None:
    assert differs_in_one_place(first, second) == differs_in_one_place(second, first)


def test_two_places_off_are_not_one_off() -> None:
    text = number()
    far = text[:3] + "9" + text[4:8] + "0" + text[9:]
    assert not differs_in_one_place(text, far)
    assert not differs_in_one_place("1234567", "1234568"), "short numbers of other documents are too alike"


def test_the_same_name_and_birth_date_are_asked_about() -> None:
    other_number = replace(NEW, numbers=resident(number("789")))
    (match,) = candidates(other_number, [HELD])
    assert (match.rule, match.differing) == (MatchRule.NAME_AND_BIRTH, ("number",))
    assert rules(replace(other_number, birth_date=datetime.date(1990, 3, 8))) == []
    assert rules(replace(other_number, birth_date=None)) == []


def test_a_former_name_is_asked_about_unless_the_birth_dates_clash() -> None:
    as_before = replace(NEW, name="单小遥", numbers=(), birth_date=None)
    assert rules(as_before) == [MatchRule.FORMER_NAME]
    assert rules(HELD, replace(as_before, key="other")) == [MatchRule.FORMER_NAME]
    assert rules(replace(as_before, birth_date=datetime.date(1971, 1, 1))) == []
    assert rules(replace(as_before, name="单大遥")) == []


def test_names_that_sound_alike_with_the_same_birth_date_are_asked_about() -> None:
    alike = replace(NEW, name="山芝瑶", numbers=())
    assert rules(alike) == [MatchRule.NAME_SOUND_AND_BIRTH]
    assert rules(replace(alike, birth_date=datetime.date(1990, 3, 8))) == []
    assert rules(replace(alike, name="李芝瑶")) == []


def test_two_exact_matches_are_asked_about_and_the_strongest_rule_comes_first() -> None:
    twin = replace(HELD, key="held-too")
    asked = candidates(NEW, [HELD, twin])
    assert [match.joins for match in asked] == [True, True]
    assert verdict(asked) is Verdict.ASK
    near = replace(HELD, key="a-near", numbers=resident(number("789")))
    ordered = candidates(NEW, [near, HELD])
    assert [match.rule for match in ordered] == [MatchRule.EXACT_IDENTIFIER, MatchRule.NAME_AND_BIRTH]
    assert verdict(ordered) is Verdict.JOIN


def test_every_rule_has_words_in_both_languages_that_name_nobody() -> None:
    (match,) = candidates(NEW, [HELD])
    assert match.zh
    assert match.en
    assert HELD.name not in match.zh + match.en


@pytest.mark.parametrize(
    "other",
    [
        replace(NEW, name="山芝瑶", numbers=()),
        replace(NEW, numbers=resident(number("789"))),
        replace(NEW, name="单小遥", numbers=(), birth_date=None),
        replace(NEW, birth_date=None, numbers=resident(number("789"))),
    ],
)
def test_near_matches_share_a_block(other: IdentityView) -> None:
    assert block_keys(other) & block_keys(HELD)


def test_strangers_share_no_block() -> None:
    assert not block_keys(STRANGER) & block_keys(HELD)
