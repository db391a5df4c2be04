"""Files that are due are paged in the database; sealed ones, which it does not see, are merged into the page."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from guitu.rights import retention
from guitu.rights.retention import Due, merged_page
from guitu.rulebook.book import load_national

START = datetime(2021, 1, 1, tzinfo=UTC)
ENDS = some.lists(some.integers(0, 9), max_size=9)


def _due(number: int, hours: int, *, sealed: bool) -> Due:
    ended = START + timedelta(hours=hours)
    return Due(uuid.UUID(int=number), "", sealed, ended, ended)


@given(ENDS, ENDS, some.integers(1, 4))
def test_the_pages_together_are_the_whole_list_in_order_and_none_reads_more_than_it_needs(few, many, most) -> None:
    sealed = sorted((_due(n * 2, hours, sealed=True) for n, hours in enumerate(few)), key=_order)
    seen = sorted((_due(n * 2 + 1, hours, sealed=False) for n, hours in enumerate(many)), key=_order)

    def part(start: int, end: int) -> list[Due]:
        assert end - start <= most + len(sealed)
        return seen[start:end]

    whole = sorted([*sealed, *seen], key=_order)
    pages = [merged_page(sealed, part, first=first, most=most) for first in range(0, len(whole) + most, most)]
    assert [one for page in pages for one in page] == whole


def _order(one: Due) -> tuple[datetime, uuid.UUID]:
    return one.ended_at, one.key


@pytest.mark.parametrize("at", [datetime(2031, 3, 1, 3, tzinfo=UTC), datetime(2028, 2, 29, 16, tzinfo=UTC)])
def test_what_ended_before_the_moment_is_due_and_nothing_after_it(at, monkeypatch) -> None:
    monkeypatch.setattr(retention, "active_book", load_national)
    county = SimpleNamespace(session=SimpleNamespace(division="910121000000"))
    monkeypatch.setattr(retention, "actor", lambda: county)
    before = retention.ended_before(at)
    edges = [before + timedelta(minutes=minutes) for minutes in (-1441, -1, 0, 1, 1439)]
    assert [retention._kept_until(edge) <= at for edge in edges] == [True, True, False, False, False]
    assert all(retention._kept_until(early) <= retention._kept_until(late) for early, late in pairwise(edges))
