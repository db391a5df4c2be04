"""One matter that time cannot move does not hold up the others, and its number stands in the journal."""

import logging
import uuid
from datetime import timedelta

from django.db import transaction

from guitu.handover import matters, releases
from guitu.journeys import queries as roads
from guitu.journeys.operations import StepNotOpen
from guitu.prison import operations as prison
from guitu.web import tick
from tests.factories import rosters
from tests.roads.walking import AT, RELEASE, Walk, day, ticking

AFTER = day(RELEASE + timedelta(days=1), 0)


def two_to_release(house) -> Walk:
    """Two persons whose release day has ended."""
    walk = Walk(house)
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(rosters.row("陆怀瑾", release=RELEASE, order="117")),
            file_name="又一份.xlsx",
            today=AT.date(),
            at=AT,
        )
    return walk


def released(house) -> int:
    with house.acting("prison"), transaction.atomic():
        tasks, _ = roads.queue("sending", roads.Filters(), now=AFTER, first=0, most=9)
        return sum(task.released_at is not None for task in tasks)


def refusing_for(person_id, write):
    def answer(journey, **given):
        if journey.person_id == person_id:
            raise StepNotOpen("不能", "cannot")
        return write(journey, **given)

    return answer


def test_the_others_are_released_and_the_one_that_could_not_be_is_named(house, monkeypatch) -> None:
    walk = two_to_release(house)
    monkeypatch.setattr(releases, "write_answer", refusing_for(walk.person, releases.write_answer))
    with ticking():
        done, left = releases.release_by_time(at=AFTER, most=50)
    assert (done, left) == (1, [walk.road("prison").task.journey_id])
    assert released(house) == 1


def test_control_without_a_hindrance_both_are_released(house) -> None:
    two_to_release(house)
    with ticking():
        assert releases.release_by_time(at=AFTER, most=50) == (2, [])
    assert released(house) == 2


def test_what_could_not_be_done_is_named_once_in_the_journal_and_anew_when_it_comes_back(caplog, monkeypatch) -> None:
    monkeypatch.setattr(tick, "_left", {})
    one, other = uuid.uuid4(), uuid.uuid4()
    with caplog.at_level(logging.ERROR, logger="guitu.tick"):
        for left, named in (([one], [one]), ([one], []), ([other, one], [other]), ([], []), ([one], [one])):
            caplog.clear()
            assert tick._said("released", (3, left)) == 3
            assert [line.args[1] for line in caplog.records] == named
        assert tick._said("reviewed", (0, [one])) == 0
        assert [line.args for line in caplog.records[1:]] == [("reviewed", one)]  # of another kind it is news


def test_an_act_recorded_before_begins_no_second_time(house) -> None:
    walk, mark = Walk(house), uuid.uuid4()
    with house.acting("prison"), transaction.atomic():
        journey = matters.begin("journeys:step:answered", walk.person, mark)
        assert journey is not None
        matters.record_matter(
            "journeys:step:answered", journey, event_id=mark, at=AT, step="education", outcome="begun"
        )
        assert matters.begin("journeys:step:answered", walk.person, mark) is None
        assert matters.begin("journeys:step:answered", walk.person, uuid.uuid4()) is not None
