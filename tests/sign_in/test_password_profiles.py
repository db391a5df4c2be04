"""The two profiles of passwords, each as its own record says."""

from datetime import UTC, datetime, timedelta

import pytest

from guitu.access.passwords import is_over
from guitu.rulebook.sign_in import ProfileUnknown, password_profile

AT = datetime(2026, 9, 1, tzinfo=UTC)


def refused(profile, password, login="officer"):
    return bool(password_profile(profile).problems(password, login=login))


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("Ab3-efghij", False),
        ("Ab3-efghi", True),
        ("abcdefgh12", True),
        ("abcdefgh1-", False),
        ("归途路上Ab1234", False),
        ("Officer-2026", True),
        ("Ab3-" + "x" * 125, True),
    ],
)
def test_graded_protection_asks_for_length_and_kinds(password, wrong):
    assert refused("djbh3", password) is wrong


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("a quiet road home", False),
        ("回家的路有灯有人等我们一起走吧", False),
        ("fourteen chars", True),
        ("passwordpassword", True),
        ("PassWord-PassWord", True),
        ("123456123456123456", True),
        ("aaaaaaaaaaaaaaaaaaaa", True),
        ("the officer comes home", True),
    ],
)
def test_the_other_profile_asks_for_length_and_no_common_word(password, wrong):
    assert refused("asvs", password) is wrong


def test_a_password_expires_under_one_profile_after_its_days_and_never_under_the_other():
    days = password_profile("djbh3").expires_after_days
    assert days == 90
    assert is_over(AT - timedelta(days=days), profile=password_profile("djbh3"), at=AT)
    assert not is_over(AT - timedelta(days=days, seconds=-1), profile=password_profile("djbh3"), at=AT)
    assert is_over(None, profile=password_profile("djbh3"), at=AT)
    assert not is_over(AT - timedelta(days=days * 100), profile=password_profile("asvs"), at=AT)


def test_every_refusal_says_why_in_both_languages():
    problems = password_profile("djbh3").problems("short", login="")
    assert len(problems) == 2
    assert all(problem.zh and problem.en.isascii() for problem in problems)


def test_an_unknown_profile_stops():
    with pytest.raises(ProfileUnknown):
        password_profile("../djbh3")
