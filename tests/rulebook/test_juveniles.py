"""Who is a juvenile on a day: under eighteen, and on the eighteenth birthday itself still one."""

from datetime import date

import pytest

from guitu.rulebook.juveniles import age_of_majority, is_juvenile


@pytest.mark.parametrize(
    ("born", "on", "juvenile"),
    [
        (date(2008, 6, 15), date(2026, 6, 14), True),
        (date(2008, 6, 15), date(2026, 6, 15), True),
        (date(2008, 6, 15), date(2026, 6, 16), False),
        # No 29 February in 2026: the last day of the month is the birthday.
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
        (date(1985, 3, 12), date(2026, 6, 15), False),
    ],
)
def test_a_year_of_age_counts_from_the_day_after_the_birthday(born: date, on: date, juvenile: bool) -> None:
    assert is_juvenile(born, on) is juvenile


def test_the_age_is_the_rulebooks() -> None:
    assert age_of_majority() == 18
