"""Watching by the database equals watching by hand: each count, each line, each page, over traces drawn at random."""

import random
from itertools import pairwise

import pytest
from django.db import transaction

from guitu.access import administration, watching
from guitu.rulebook.watching import INDICATORS, NAMESAKE, VOLUME
from tests.access.small_world import cloned
from tests.access.watched_by_hand import LINES, STRANGE, TODAY, Hand, fill, held_rows
from tests.factories.units import COUNTY, PROVINCE


@pytest.fixture(scope="module")
def world(server, template):
    """A clone with people, their contacts and traces, drawn with one seed."""
    with cloned(server, template) as house:
        with house.role("postgres") as door, door.transaction():
            door.execute("SET LOCAL session_replication_role = replica")
            fill(door, random.Random(20261120))
        yield house, held_rows(house)


def _told(lines) -> list[tuple]:
    return [
        (one.at, one.post, one.holder, one.purpose, one.action, one.outcome, one.numbers, one.persons) for one in lines
    ]


SEATS = (("audit", PROVINCE), ("county-head", COUNTY))
RULES_LEFT_OUT = ("range", "sealing", "oversight", "escapes", "moment", "last", "unopened")


@pytest.mark.parametrize(("login", "unit"), SEATS)
def test_each_count_of_the_ranking_is_what_a_hand_counts(world, login, unit) -> None:
    house, held = world
    with house.acting(login), transaction.atomic():
        window = watching.window_until(TODAY)
        found = {
            one.post_id: (dict(one.reading.counts), one.reading.peers, one.reading.peers_most)
            for one in watching.watched(window, TODAY)
        }
        alone = {post: watching.watched(window, TODAY, post_id=post)[0].reading for post in found}
    assert found == Hand(held, window, unit, login).ranked()
    assert {post: (dict(one.counts), one.peers, one.peers_most) for post, one in alone.items()} == found
    assert all(
        sum(figures[code] for figures, _, _ in found.values()) for code in INDICATORS
    )  # each indicator counts something
    shows = [rule for rule in RULES_LEFT_OUT if Hand(held, window, unit, login, rule).ranked() != found]
    # The controls. The audit administrator of the province has all units in the range, and reads oversight.
    assert shows == [rule for rule in RULES_LEFT_OUT if login != "audit" or rule not in {"range", "oversight"}]


@pytest.mark.parametrize(("login", "unit"), SEATS)
def test_each_list_holds_the_lines_that_a_hand_finds_and_each_count_leads_to_its_own(world, login, unit) -> None:
    house, held = world
    with house.acting(login), transaction.atomic():
        window = watching.window_until(TODAY)
        hand = Hand(held, window, unit, login)
        every = watching.watched(window, TODAY)
        asked = [
            {},
            {"who": "county"},
            {"who": "知"},
            {"who": STRANGE[0]},
            {"purpose": "OVERSEE"},
            {"purpose": "PREPARE_RETURN"},
        ]
        asked += [
            {"number": "W-0001"},
            {"number": "W-0000"},
            {"number": "W-000"},
            {"number": "W-0001", "who": "county"},
        ]
        asked += [{"indicator": code} for code in sorted(watching.COUNTED_BY_LINE)]
        asked += [{"indicator": NAMESAKE, "purpose": "RECEIVE_RETURN", "who": "county"}]
        for one in asked:
            lines, total = watching.reads_listed(window, **one, first=0, most=LINES)
            assert (_told(lines), total) == (hand.listed(**one), len(lines)), one
        for one in every:
            for code in watching.COUNTED_BY_LINE:
                lines, total = watching.reads_listed(window, post_id=one.post_id, indicator=code, first=0, most=LINES)
                assert _told(lines) == hand.listed(post_id=one.post_id, indicator=code)
                assert total == len(lines) == one.reading.counts[code]
        whole = _told(watching.reads_listed(window, first=0, most=LINES)[0])
        narrowed = _told(watching.reads_listed(window, indicator=NAMESAKE, first=0, most=LINES)[0])
    for rule in ("sealing", "complaints") if login == "audit" else ("range", "sealing", "complaints", "oversight"):
        assert Hand(held, window, unit, login, rule).listed() != whole  # the controls
    assert Hand(held, window, unit, login, "escapes").listed(indicator=NAMESAKE) != narrowed


def test_the_pages_of_a_list_are_the_list_and_a_bound_leaves_the_count_away_and_no_line(world, monkeypatch) -> None:
    house, held = world
    with house.acting("audit"), transaction.atomic():
        window = watching.window_until(TODAY)
        whole, total = watching.reads_listed(window, first=0, most=LINES)
        assert total == len(whole) > 400
        for bound in (0, 50, 10_000):
            monkeypatch.setattr(administration, "COUNTED", bound)
            pages = [watching.reads_listed(window, first=first, most=100) for first in range(0, total + 100, 100)]
            assert [line for lines, _ in pages for line in lines] == whole
            # What is not counted has a page behind it; what has none is counted.
            assert [told for _, told in pages[:-1]] == [
                total if bound >= total or first + 100 >= total else None for first in range(0, total, 100)
            ]
            assert pages[-1] == ([], 0)
        one = next(one for one in watching.watched(window, TODAY) if one.reading.counts[VOLUME] > 20)
        monkeypatch.setattr(administration, "COUNTED", 5)
        lines, counted = watching.reads_listed(window, post_id=one.post_id, indicator=VOLUME, first=0, most=10)
        assert (len(lines), counted) == (10, one.reading.counts[VOLUME])  # a count leads to all of its lines
        assert all(newer.at >= older.at for newer, older in pairwise(whole))
        refused, told = administration.refusals_listed(window.since, window.until, "", first=0, most=LINES)
        assert [line.at for line in refused] == Hand(held, window, PROVINCE, "audit").refused()
        assert told == len(refused)
        assert administration.refusals_listed(window.since, window.until, "", first=0, most=5)[1] is None
