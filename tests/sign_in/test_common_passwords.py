"""What everybody would guess is no password: the most used of known breaches, and the account's own names."""

import pytest

from guitu.access import passwords
from guitu.access.common_passwords import is_common, problems
from guitu.access.establishing import account_id
from guitu.access.passwords import PasswordRefused
from guitu.rulebook.sign_in import password_profile
from tests.web.peopled import MOMENT

NAMES = ("林知遥", "青榆县司法局", "Qingyu County Justice Bureau")


@pytest.mark.parametrize("password", ["iloveyou", "ILoveYou", "i-love-you", "uoyevoli", "iloveyouiloveyou", "1qaz2wsx"])
def test_a_password_of_known_breaches_is_found_in_any_dress(password: str) -> None:
    assert is_common(password)
    assert [one.en for one in problems(password, context=())] == [
        "it is among the most used passwords of known breaches"
    ]


@pytest.mark.parametrize("password", ["a quiet road home", "回家的路有灯", "Ab3-efghij", ""])
def test_control_what_nobody_lists_passes(password: str) -> None:
    assert problems(password, context=NAMES) == []


@pytest.mark.parametrize("password", ["我是林知遥2026!", "Qingyu-County-Justice-Bureau-1", "青榆县司法局Ab1-"])
def test_the_names_of_the_account_and_its_unit_are_no_password(password: str) -> None:
    assert [one.zh for one in problems(password, context=NAMES)] == ["不能含本人姓名或单位名称"]


def test_whoever_sets_a_password_is_refused_both_under_either_profile(house) -> None:
    county = account_id("county")
    for profile in ("djbh3", "asvs"):
        for new in ("Linzhi-林知遥-2026-road", "Pass-Word-1" if profile == "djbh3" else "Charlie-Charlie-Charlie"):
            with house.role("guitu_owner") as door, door.cursor() as hand, pytest.raises(PasswordRefused):
                passwords.take(hand, county, new, login="county", profile=password_profile(profile), at=MOMENT)
    with house.role("guitu_owner") as door, door.cursor() as hand:  # the control
        passwords.take(hand, county, "Ab3-road-home-lamp", login="county", profile=password_profile("asvs"), at=MOMENT)
