"""Lateness climbs its ladder: reminded, late, one office after another, each told once, as the clock moves."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.journeys.lapsing import newly_lapsed, tell_lateness
from guitu.notices import queries as told
from guitu.prison import operations as prison
from guitu.rulebook.counting import LEGAL_TIME
from tests.factories import rosters

AT = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
RETRY = timedelta(minutes=15)


def on(day: str, time: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{time}:00").replace(tzinfo=LEGAL_TIME)


@contextmanager
def ticking():
    settings = connection.settings_dict
    connection.close()
    settings["USER"] = "guitu_job"
    try:
        session = queries.session_of(signing_in.mint_tick(lasts=timedelta(minutes=5)))
        with acting(session, "CLOCK"):
            yield
    finally:
        connection.close()
        settings["USER"] = "guitu_app"


def tick(at):
    with ticking():
        return tell_lateness(at=at, most=1000, retry=RETRY)


def expect(house, *names, release=date(2026, 9, 10)):
    rows = [rosters.row(name, release=release, order=str(115 + 2 * place)) for place, name in enumerate(names)]
    with house.acting("prison"):
        prison.import_roster(rosters.workbook(*rows), file_name="名册.xlsx", today=date(2026, 8, 3), at=AT)
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=50)
    return [task.person_id for task in tasks]


def heard(house, part, *logins):
    """What each post has been told of the clock of one state, oldest first, as code and step."""
    found = {}
    for login in logins:
        with house.acting(login), transaction.atomic():
            rows, _ = told.own_notices(code="", only_unread=False, first=0, most=50)
        found[login] = [
            f"{row.code} {row.facts.get('step', '')}".strip()
            for row in sorted(rows, key=lambda row: row.at)
            if row.facts.get("part") == part
        ]
    return found


def test_a_dossier_that_is_not_sent_is_brought_to_mind_then_late_then_climbs(house):
    # RS-14: one month before 10 September is Monday 10 August; the clock ends at its midnight.
    expect(house, "陈柏舟")
    everyone = ("prison", "prison-leader", "county", "city", "province")
    tick(on("08-06", "23:59"))
    assert heard(house, "expected", *everyone) == {login: [] for login in everyone}
    tick(on("08-07"))  # Friday, the working day before
    tick(on("08-10", "23:59"))
    assert heard(house, "expected", "prison") == {"prison": ["CLOCK_DUE_SOON"]}
    tick(on("08-11"))
    assert tick(on("08-11")) == (0, 0)
    tick(on("08-11", "23:59"))
    assert heard(house, "expected", "prison", "province") == {
        "prison": ["CLOCK_DUE_SOON", "CLOCK_LAPSED"],
        "province": ["CLOCK_ESCALATED 1"],
    }
    tick(on("08-12"))
    tick(on("12-01"))
    assert tick(on("12-01")) == (0, 0)
    assert heard(house, "expected", *everyone) == {
        "prison": ["CLOCK_DUE_SOON", "CLOCK_LAPSED"],
        "prison-leader": [],
        "county": [],
        "city": [],
        # The tree has no prison bureau: its step climbs to the province, which also bears the second.
        "province": ["CLOCK_ESCALATED 1", "CLOCK_ESCALATED 2"],
    }


def test_a_holiday_holds_the_ladder_but_not_the_lateness(house):
    # Sent on Wednesday 30 September 10:00; 48 hours end within the National Day holiday (1 to 7 October).
    person = expect(house, "陈柏舟", release=date(2026, 11, 20))[0]
    with house.acting("prison"):
        handover.send_dossier(person, sending=uuid.uuid4(), at=on("09-30", "10:00"))
    tick(on("10-02", "10:00"))
    assert heard(house, "sent", "county", "city", "province") == {
        "county": ["CLOCK_LAPSED"],
        "city": ["CLOCK_ESCALATED 1"],
        "province": [],
    }
    tick(on("10-08", "23:59"))
    assert heard(house, "sent", "province") == {"province": []}
    tick(on("10-09"))
    assert heard(house, "sent", "province") == {"province": ["CLOCK_ESCALATED 2"]}


def test_what_is_done_late_climbs_no_further(house):
    person = expect(house, "陈柏舟")[0]
    tick(on("08-11"))
    with house.acting("prison"):
        handover.send_dossier(person, sending=uuid.uuid4(), at=on("08-11", "09:00"))
    tick(on("08-12"))
    assert heard(house, "expected", "province") == {"province": ["CLOCK_ESCALATED 1"]}


def test_a_city_that_does_not_see_the_person_is_told_of_the_matter_alone(house):
    person = expect(house, "陈柏舟", release=date(2026, 11, 20))[0]
    with house.acting("prison"):
        handover.send_dossier(person, sending=uuid.uuid4(), at=on("08-03", "10:00"))
    tick(on("08-05", "10:00"))
    with house.acting("city"), transaction.atomic():
        rows, _ = told.own_notices(code="CLOCK_ESCALATED", only_unread=False, first=0, most=50)
    with house.acting("county"), transaction.atomic():
        own, _ = told.own_notices(code="CLOCK_LAPSED", only_unread=False, first=0, most=50)
    assert [row.person_id for row in rows if row.facts["part"] == "sent"] == [None]
    assert [row.person_id for row in own if row.facts["part"] == "sent"] == [person]


def test_many_newly_late_are_found_by_one_query_and_told_by_a_fixed_number(house):
    names = ["沈砚秋", "何岳清", "潘若笙", "唐既明", "方星野", "魏望川", "蒋归远", "韩思齐", "曹云起", "邓怀谷"]
    expect(house, *names)
    with ticking():
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            found = newly_lapsed(on("08-11"), 1000)
        assert len([one for one in found if one.part == "expected"]) == 2 * len(names)
        assert sum("journeys_newly_lapsed" in one["sql"] or "journeys_clock" in one["sql"] for one in asked) == 1
        with CaptureQueriesContext(connection) as written:
            assert tell_lateness(at=on("08-11"), most=1000, retry=RETRY) == (len(found), 0)
        # session, rule packs, the query, the tree, forgetting failures, one statement that tells: not one more per row
        assert len(written) < 20


def test_a_tick_that_may_tell_few_tells_the_longest_late_first_and_the_rest_next_time(house):
    expect(house, "陈柏舟", "沈砚秋", "何岳清")
    with ticking():
        with transaction.atomic():
            found = newly_lapsed(on("08-11"), 1000)
            assert [one.due_at for one in found] == sorted(one.due_at for one in found)
            assert newly_lapsed(on("08-11"), 4) == found[:4]
        counts = []
        while not counts or counts[-1]:
            counts.append(tell_lateness(at=on("08-11"), most=4, retry=RETRY)[0])
    assert sum(counts) == len(found)
    assert max(counts) == 4
