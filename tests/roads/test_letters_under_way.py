"""A letter whose addressee first says that it is under way, and later how it came out."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from guitu.exchange import letters as exchange
from guitu.handover import letters, steps
from guitu.journeys.operations import StepNotOpen
from tests.factories.units import CIVIL_AFFAIRS, COUNTY
from tests.roads.test_every_kind_of_release import after, home, received
from tests.roads.test_letters import answered, box, notices_to, written
from tests.roads.walking import Walk, ticking


def test_a_letter_under_way_takes_its_result_later_and_its_clock_follows(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("county"):
        steps.request_step(walk.person, step="social_aid", event_id=uuid.uuid4(), at=after(2))
    (sent,) = written(walk, "county", "social_aid", CIVIL_AFFAIRS, at=after(2))
    answered(walk, "civil-affairs", sent, "accepted", words="已入户核查", at=after(3))
    with pytest.raises(StepNotOpen):
        answered(walk, "civil-affairs", sent, "accepted", at=after(4))
    (seen,) = box(house, "civil-affairs", "open", after(4))
    assert (seen.end, seen.under_way.words, seen.under_way.holds) == (None, "已入户核查", True)
    # RH-MATTER: five working days from Thursday, 18 June; the Dragon Boat holiday is 19 to 21 June.
    due = datetime(2026, 6, 26, 16, 0, tzinfo=UTC)
    assert (seen.due_at, seen.due_rule) == (due, "RH-MATTER")
    assert notices_to(house, COUNTY, "LETTER_UNDER_WAY") == 1
    # Control: on the letter's own day nobody is late any more; on the day of the result both are told, once.
    for at, told in ((sent.due_at, 0), (due - timedelta(seconds=1), 0), (due, 1), (due, 0)):
        with ticking():
            assert letters.tell_late_letters(at=at, most=10) == told
        assert len(box(house, "civil-affairs", "late", at)) == (at >= due)
    assert notices_to(house, COUNTY, "LETTER_LATE") == notices_to(house, CIVIL_AFFAIRS, "LETTER_LATE") == 1

    answered(walk, "civil-affairs", sent, "done", day=date(2026, 6, 29), at=after(15))
    with house.acting("county"), transaction.atomic():
        (seen,) = exchange.letters_of(walk.person, most=9)
    assert [one.outcome for one in seen.replies] == ["RECEIVED", "UNDER_WAY", "ANSWERED"]
    assert (seen.end.answer, seen.end.day) == ("done", date(2026, 6, 29))
    assert notices_to(house, COUNTY, "LETTER_ANSWERED") == 1
