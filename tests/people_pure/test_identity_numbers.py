"""What an identity number says, and what is reported about it."""

import datetime
import re
import string
from importlib import resources

import pytest
import stdnum.cn.ric
from hypothesis import given
from hypothesis import strategies as st

from guitu.people.identity_numbers import (
    PROBLEM_CODES,
    IdentityKind,
    check_digit,
    check_identity_number,
    normalise_number,
    suggest_18_digits,
)

BORN = datetime.date(1990, 3, 7)


def number(division: str = "910121", born: str = "19900307", order: str = "123") -> str:
    first_17 = division + born + order
    return first_17 + check_digit(first_17)


SOUND = number()
births = st.dates(datetime.date(1900, 1, 1), datetime.date(2020, 12, 31))
orders = st.integers(1, 999).map("{:03d}".format)
sound_numbers = st.builds(lambda born, order: number(born=born.strftime("%Y%m%d"), order=order), births, orders).filter(
    lambda text: not text.endswith("000")
)


@given(births, orders)
def test_a_sound_number_tells_birth_sex_and_division(born: datetime.date, order: str) -> None:
    check = check_identity_number(number(born=born.strftime("%Y%m%d"), order=order), read_from_document=True)
    assert check.codes == ()
    assert (check.birth_date, check.division) == (born, "910121")
    assert check.sex == ("1" if int(order) % 2 else "2")


@given(sound_numbers, st.integers(0, 17), st.sampled_from(string.digits))
def test_every_single_wrong_digit_is_noticed(text: str, place: int, digit: str) -> None:
    wrong = text[:place] + digit + text[place + 1 :]
    assert check_identity_number(wrong).ok == (wrong == text)


@given(sound_numbers, st.integers(0, 16))
def test_every_exchange_of_two_neighbours_is_noticed(text: str, place: int) -> None:
    wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert check_identity_number(wrong).ok == (wrong == text)


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_the_check_digit_agrees_with_an_independent_library(first_17: str) -> None:
    assert check_digit(first_17) == stdnum.cn.ric.calc_check_digit(first_17 + "0")


@given(st.text(max_size=24))
def test_any_text_is_answered_and_no_message_repeats_it(text: str) -> None:
    check = check_identity_number(text)
    assert set(check.codes) <= set(PROBLEM_CODES)
    if len(check.normalised) > 2:
        assert all(check.normalised not in problem.zh + problem.en for problem in check.problems)


def test_a_check_digit_of_anything_but_seventeen_digits_is_refused() -> None:
    for text in ("", "1" * 16, "1" * 18, "１" * 17):
        with pytest.raises(ValueError, match="seventeen"):
            check_digit(text)


@pytest.mark.parametrize(
    "written",
    [
        " 910121 19900307 123 {} ",
        "９１０１２１１９９００３０７１２３{}",
        "'91012119900307123{}",
        "91012119900307\u200b123{}",
    ],
)
def test_the_form_of_writing_does_not_matter(written: str) -> None:
    check = check_identity_number(written.format(SOUND[-1]))
    assert (check.normalised, check.codes) == (SOUND, ())


def test_a_small_or_full_width_x_is_an_x() -> None:
    with_x = next(text for order in range(1, 99) if (text := number(order=f"{order:03d}")).endswith("X"))
    for mark in ("x", "X", "ｘ", "Ｘ", "Ⅹ"):
        assert check_identity_number(with_x[:17] + mark).normalised == with_x
    assert check_identity_number(with_x[:17] + "×").codes == ("ID_CHARACTER",)
    assert check_identity_number("X" + with_x[1:]).codes == ("ID_CHARACTER",)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ("ID_LENGTH",)),
        (SOUND[:17], ("ID_LENGTH",)),
        (SOUND + "1", ("ID_LENGTH",)),
        (number(born="19900230"), ("ID_DATE",)),
        (number(born="19000229"), ("ID_DATE",)),
        (number(born="20000229"), ()),
        (number(born="18500101"), ("ID_DATE",)),
        (number(division="119999"), ("ID_DIVISION_UNKNOWN",)),
        (number(division="110101"), ()),
        ("910121900307123", ()),
        ("910121900230123", ("ID_DATE",)),
        ("९" * 18, ("ID_CHARACTER",)),
    ],
)
def test_each_defect_has_its_code(text: str, codes: tuple[str, ...]) -> None:
    assert check_identity_number(text).codes == codes


def test_a_birth_after_the_day_of_the_check_is_impossible() -> None:
    assert check_identity_number(SOUND, on=BORN - datetime.timedelta(1)).codes == ("ID_DATE",)
    assert check_identity_number(SOUND, on=BORN).ok


def test_a_number_issued_under_a_county_since_abolished_is_sound() -> None:
    for abolished in ("330103", "510225", "110225", "350625", "332822"):
        assert check_identity_number(number(division=abolished)).ok


def test_a_number_ending_in_000_is_flagged_even_if_its_check_digit_happens_to_fit() -> None:
    fits = SOUND[:15] + "000"
    assert check_digit(fits[:17]) == "0"
    assert check_identity_number(fits).codes == ("ID_ROUNDED",)
    assert check_identity_number(fits, sex="男").codes == ("ID_ROUNDED",), "the digit of the sex is lost as well"
    assert check_identity_number(fits, read_from_document=True).ok


def test_a_rounded_number_cannot_pass_as_read_from_the_document() -> None:
    rounded = SOUND[:14] + "2000"
    assert check_digit(rounded[:17]) != "0"
    for text in (rounded, "9.10121E+17", "9.10121199003071E+17", "910121199003071200.0"):
        assert check_identity_number(text).codes == ("ID_ROUNDED",)
        assert check_identity_number(text, read_from_document=True).codes == ("ID_ROUNDED",)


def test_sex_and_birth_are_compared_and_nothing_is_repaired() -> None:
    check = check_identity_number(SOUND, birth_date=datetime.date(1990, 7, 3), sex="女")
    assert check.codes == ("ID_SEX_MISMATCH", "ID_BIRTH_MISMATCH")
    assert (check.birth_date, check.sex, check.normalised) == (BORN, "1", SOUND)
    assert check_identity_number(SOUND, birth_date=BORN, sex="1").ok
    assert check_identity_number(SOUND, birth_date=BORN, sex="9").ok, "an unstated sex is not compared"


def test_only_demonstrations_know_the_fictional_prefixes() -> None:
    assert check_identity_number(SOUND, fictional_allowed=True).ok
    assert check_identity_number(SOUND, fictional_allowed=False).codes == ("ID_FICTIONAL",)
    assert check_identity_number(SOUND[:6] + "900307123", fictional_allowed=False).codes == ("ID_FICTIONAL",)
    assert check_identity_number(number(division="110101"), fictional_allowed=False).ok


def test_residents_from_hong_kong_macao_and_taiwan_are_told_apart() -> None:
    for prefix in ("810000", "820000", "830000"):
        check = check_identity_number(number(division=prefix), fictional_allowed=False)
        assert (check.kind, check.codes) == (IdentityKind.HK_MACAO_TAIWAN, ())
    assert check_identity_number(number(division="810001")).codes == ("ID_DIVISION_UNKNOWN",)


def test_a_permanent_residence_card_begins_with_nine_and_is_not_fictional() -> None:
    card = number(division="944124")
    check = check_identity_number(card, fictional_allowed=False)
    assert (check.kind, check.codes, check.division) == (IdentityKind.FOREIGN_PERMANENT, (), None)
    beijing = check_identity_number(number(division="911124"), fictional_allowed=False)
    assert (beijing.kind, beijing.codes) == (IdentityKind.FOREIGN_PERMANENT, ())
    assert check_identity_number(number(division="999124")).codes == ("ID_DIVISION_UNKNOWN",)
    declared = check_identity_number(SOUND, declared=IdentityKind.FOREIGN_PERMANENT, fictional_allowed=False)
    assert declared.codes == ("ID_FICTIONAL",)


def test_the_older_card_of_foreigners_is_read_with_its_two_possible_centuries() -> None:
    check = check_identity_number("UTO110105030712", birth_date=datetime.date(2005, 3, 7))
    assert (check.kind, check.codes, check.birth_date) == (
        IdentityKind.FOREIGN_PERMANENT,
        (),
        datetime.date(2005, 3, 7),
    )
    assert check_identity_number("UTO110105030712").birth_date is None
    assert check_identity_number("UTO110105023012").codes == ("ID_DATE",)
    assert check_identity_number("UTO990105030712").codes == ("ID_DIVISION_UNKNOWN",)
    assert check_identity_number("UTO110105030712", birth_date=BORN).codes == ("ID_BIRTH_MISMATCH",)


def test_a_15_digit_number_gets_its_18_digit_form_only_as_a_suggestion() -> None:
    short = SOUND[:6] + SOUND[8:17]
    assert suggest_18_digits(short) == SOUND
    check = check_identity_number(short)
    assert (check.kind, check.normalised, check.birth_date) == (IdentityKind.RESIDENT_15, short, BORN)


def test_no_suggestion_is_made_where_the_century_or_the_date_is_in_doubt() -> None:
    assert suggest_18_digits("910121900307996") is None
    assert suggest_18_digits("910121900307995") is not None
    assert suggest_18_digits("910121900230123") is None
    assert suggest_18_digits(SOUND) is None
    assert check_identity_number("910121900307996").birth_date == datetime.date(1890, 3, 7)


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise_number(normalise_number(text)) == normalise_number(text)


def test_every_prefix_an_independent_table_knows_is_known_here() -> None:
    """But for urban areas that ended before numbers were issued, and four forest zones without an official code."""
    table = resources.files("stdnum.cn").joinpath("loc.dat").read_text("utf-8")
    province, missing, seen = "", {}, 0
    for line in table.splitlines():
        if head := re.match(r"([0-9]{2}) province", line):
            province = head[1]
        if entry := re.match(r'  ([0-9]{4}) county="(.*)"', line):
            seen += 1
            if "ID_DIVISION_UNKNOWN" in check_identity_number(number(division=province + entry[1])).codes:
                missing[province + entry[1]] = entry[2]
    assert seen > 6_000
    old_urban = {code for code, name in missing.items() if re.fullmatch(r"\[([0-9]+)?-198[34]\]市区", name)}
    assert set(missing) - old_urban == {"232761", "232762", "232763", "232764"}
    assert "ID_DIVISION_UNKNOWN" in check_identity_number(number(division="110120")).codes
