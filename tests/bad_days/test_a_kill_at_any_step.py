"""kill -9 in the middle of intake and of each step of the hand-over: what is there is the state before or after."""

import psycopg
import pytest

from tests.bad_days.killable import RELEASE
from tests.bad_days.pictures import differing, picture, unsound_entries, without
from tests.factories import rosters

MARK = "6f1c7a52-0b1e-4c7e-9c39-2f0f3c1f8a11"
STEPS = ("take_in", "send", "acknowledge", "refuse", "register", "tick")
# What a repeated act may say when the first one had been done after all: answered, moved on, or ended.
DONE_ALREADY = ("AlreadyAnswered", "MoveNotAllowed", "JourneyUnknown")


def one(dsn, statement):
    with psycopg.connect(dsn) as door:
        return str(door.execute(statement).fetchone()[0])


@pytest.fixture(scope="module")
def stages(copies, act, template):
    """For each step a database in the state before it, and the act that is the step."""
    rows = [rosters.row(name, release=RELEASE, order=order) for name, order in (("陈柏舟", "115"), ("龙龚", "117"))]
    rows.append((*rosters.row("何砚秋", release=RELEASE, order="119")[:8], "2026.2.30", "刑满释放", ""))
    file = {"data": rosters.workbook(*rows).hex()}
    made = {"take_in": (template, "take_in", file)}
    expected = copies.of(template)
    assert act(expected, "take_in", **file)["refused"] is None
    person = one(copies.dsn(expected), "SELECT id FROM people_person ORDER BY name LIMIT 1")
    sending = {"step": "send", "person": person, "mark": MARK}
    made["send"] = (expected, "hand_over", sending)
    sent = copies.of(expected)
    assert act(sent, "hand_over", **sending)["refused"] is None
    acknowledging = sending | {"step": "acknowledge"}
    made["acknowledge"] = (sent, "hand_over", acknowledging)
    made["refuse"] = (sent, "hand_over", sending | {"step": "refuse"})
    acknowledged = copies.of(sent)
    assert act(acknowledged, "hand_over", **acknowledging)["refused"] is None
    made["register"] = (acknowledged, "hand_over", sending | {"step": "register"})
    made["tick"] = (acknowledged, "tick", {})
    return made


def only_refused(dsn: str) -> int:
    """Take the lines of refused attempts and their entries out again, as the owner could; how many there were."""
    act = "e.act = 'access:request:refused'"
    with psycopg.connect(dsn) as door:
        door.execute("SET session_replication_role = replica")
        for table in ("payload", "pending"):
            door.execute(f"DELETE FROM ledger_{table} p USING ledger_entry e WHERE e.id = p.entry_id AND {act}")
        door.execute(f"DELETE FROM ledger_entry e WHERE {act}")
        return door.execute("DELETE FROM access_trace WHERE outcome = 'REFUSED'").rowcount


def chosen(points: int, kills: int) -> list[int]:
    """Points spread evenly over the act; the last one, right after its last commit, always among them."""
    kills = min(kills, points)
    return sorted({points - (points * n) // kills for n in range(kills)})


@pytest.mark.parametrize("step", STEPS)
def test_after_a_kill_the_step_was_taken_whole_or_not_at_all_and_taking_it_again_ends_the_same(
    step, stages, copies, act, repetitions
):
    before_database, name, given = stages[step]
    first, second = copies.of(before_database), copies.of(before_database)
    whole = act(first, name, **given)
    assert whole["refused"] is None
    assert act(second, name, **given)["refused"] is None
    after = picture(copies.dsn(first))
    volatile = differing(after, picture(copies.dsn(second)))
    after, before = without(after, volatile), without(picture(copies.dsn(before_database)), volatile)
    assert differing(before, after), "the step leaves no trace by which it could be told"
    points = whole["points"]
    assert points.count("after commit") >= 1
    seen = []
    for kill_at in chosen(len(points), repetitions(2, full=20)):
        database = copies.of(before_database)
        assert act(database, name, kill_at=kill_at, **given) == {"killed": 9}
        found = without(picture(copies.dsn(database)), volatile)
        place = f"killed at point {kill_at} of {len(points)}, a {points[kill_at - 1]}"
        assert found in (before, after), (place, differing(found, before), differing(found, after))
        seen.append(found == after)
        assert unsound_entries(copies.dsn(database)) == 0, place
        again = act(database, name, **given)["refused"]
        assert again is None or (found == after and again.startswith(DONE_ALREADY)), (place, again)
        if again is not None:  # that it was done already is kept as an attempt: one line, one entry, and no more
            assert only_refused(copies.dsn(database)) == 1, place
        assert without(picture(copies.dsn(database)), volatile) == after, place
    assert seen[-1], "killed after its last commit, the step must be there"
    assert not all(seen), "no kill met the step before its end"


def test_control_a_half_done_step_is_noticed(stages, copies, act):
    before_database, name, given = stages["send"]
    database = copies.of(before_database)
    assert act(database, name, **given)["refused"] is None
    before, after = picture(copies.dsn(before_database)), picture(copies.dsn(database))
    with psycopg.connect(copies.dsn(database), autocommit=True) as door:
        door.execute("SET session_replication_role = replica")
        door.execute("DELETE FROM journeys_clock WHERE done_at IS NULL")
        assert picture(copies.dsn(database)) not in (before, after)
        door.execute("DELETE FROM ledger_payload WHERE entry_id = (SELECT entry_id FROM ledger_payload LIMIT 1)")
    assert unsound_entries(copies.dsn(database)) == 1


def test_control_every_point_of_an_act_can_be_reached(stages, copies, act):
    """The process does die where it is told to, and not only at the end."""
    before_database, name, given = stages["acknowledge"]
    points = act(copies.of(before_database), name, **given)["points"]
    assert {"statement", "before commit", "after commit"} == set(points)
    last_commit = len(points) - 1
    assert points[last_commit - 1] == "before commit"
    database = copies.of(before_database)
    assert act(database, name, kill_at=last_commit, **given) == {"killed": 9}
    receipts = "SELECT count(*) FROM exchange_receipt"
    assert one(copies.dsn(database), receipts) == "0"
    assert act(database, name, kill_at=last_commit + 1, **given) == {"killed": 9}
    assert one(copies.dsn(database), receipts) == "1"
