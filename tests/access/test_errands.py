"""Errands: the worker acts in the post that handed the work over, for that purpose and act, and otherwise as nobody."""

import time
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, transaction

from guitu.access import errands, operations, queries
from guitu.access.acting import acting
from guitu.access.establishing import post_id
from guitu.people.models import Person
from guitu.rulebook.tries import errand_rules
from tests.factories.units import POSTS

HOURS = timedelta(hours=8)
MINUTES = timedelta(minutes=10)


def draft(house, login="prison"):
    """A roster draft of this account's unit, about which its posts have errands to give."""
    made = uuid.uuid4()
    post = next(one for one in POSTS if one.login == login)
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO prison_roster_draft"
            " (id, unit_id, division, post_id, file_name, sealed, created_at, expires_at)"
            " SELECT %s, p.unit_id, u.division, p.id, 'x', '', now(), now() + interval '1 day'"
            " FROM access_post p JOIN access_unit u ON u.id = p.unit_id WHERE p.id = %s",
            (made, post_id(login, post.unit, post.role)),
        )
    return made


def give(house, login="prison", action="roster:import", about=None):
    about = about or draft(house, login)
    with house.acting(login), transaction.atomic():
        return errands.give(action, about)


@pytest.fixture
def hand(house):
    with errands.worker() as held:
        yield held


def outcome(house, errand_id):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT outcome FROM access_errand WHERE id = %s", (errand_id,)).fetchone()[0]


def test_the_worker_acts_in_the_post_and_purpose_that_gave_the_errand(house, hand) -> None:
    given = give(house)
    taken = hand.take()
    assert (taken.id, taken.action, taken.purpose) == (given, "roster:import", "PREPARE_RETURN")
    session = queries.session_of(taken.token)
    assert (session.post_title, session.unit_name, session.purposes) == (
        "监地协作专员",
        "桐岭监狱",
        ("PREPARE_RETURN",),
    )
    with acting(session, taken.purpose):
        operations.require("roster:import")


def test_the_errands_token_does_nothing_but_the_errand(house, hand) -> None:
    give(house)
    session = queries.session_of(hand.take().token)
    with acting(session, session.purposes[0]), pytest.raises(operations.NotAllowed):
        operations.require("roster:check")
    with house.acting("prison"):  # control: the post itself may
        operations.require("roster:check")


def test_without_an_errand_the_worker_is_nobody_and_an_error_not_an_empty_list(house, hand) -> None:
    assert hand.take() is None
    with house.role("guitu_job") as door, pytest.raises(psycopg.DatabaseError, match="no acting session"):
        door.execute("SELECT count(*) FROM people_person")
    with pytest.raises(DatabaseError, match="no acting session"), transaction.atomic():
        Person.objects.count()


@pytest.mark.parametrize("role", ["guitu_app", "guitu_signin", "guitu_load", "guitu_seq"])
def test_nobody_but_the_worker_takes_an_errand(house, role) -> None:
    with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("SELECT * FROM access_take_errand('\\x00'::bytea)")
    for statement in ("SELECT * FROM access_errand", "UPDATE access_errand SET action = 'reveal'"):
        if role == "guitu_load":
            continue
        with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(statement)


def test_the_worker_cannot_make_up_an_errand(house) -> None:
    with house.role("guitu_job") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("SELECT access_give_errand('roster:import', gen_random_uuid())")


def test_a_post_gives_no_errand_for_what_it_may_not_do(house) -> None:
    with pytest.raises(DatabaseError, match="permission roster:import is missing"):
        give(house, "county", about=draft(house))


def test_nobody_stands_in_the_way_with_an_errand_about_what_is_not_theirs(house, hand) -> None:
    about = draft(house)
    for login, action, thing in (
        ("other-prison", "roster:import", about),  # another unit's draft
        ("other-prison", "roster:check", uuid.uuid4()),  # nobody's
        ("prison", "export:ask", about),  # a thing of another kind
        ("county-head", "rights:erase", about),
        ("county-head", "rights:build", about),
    ):
        with pytest.raises(DatabaseError) as refusal:
            give(house, login, action, thing)
        assert refusal.value.__cause__.sqlstate == "GU005", (login, action)
    first = give(house, about=about)
    assert hand.take().id == first
    hand.end(first, errands.DONE)
    with house.role("guitu_owner") as door:  # the control: without the question whoever is first holds it
        door.execute(
            "CREATE OR REPLACE FUNCTION access_has_to_do(wanted text, what uuid) RETURNS boolean LANGUAGE sql"
            " AS 'SELECT true'"
        )
    forged = give(house, "other-prison", about=about)
    assert give(house, about=about) == forged
    with house.acting("prison"), transaction.atomic():
        assert errands.newest_about([about])[about].id == first  # and its own unit sees nothing of it


def gone(house, *, of: int) -> None:
    """Wait until one of so many connections of workers to this database is over on the server's side too."""
    with house.role("postgres") as door:
        for _ in range(1200):
            count = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'guitu_job' AND datname = current_database()"
            if door.execute(count).fetchone()[0] < of:
                return
            time.sleep(0.05)
    pytest.fail("the connection was not let go within a minute")


def test_an_errand_is_held_by_one_worker_and_free_again_when_that_dies(house, hand) -> None:
    given = give(house)
    with errands.worker() as other:
        first = other.take()
        assert first.id == given
        assert hand.take() is None
    gone(house, of=2)  # the other's connection is closed, as after a kill; the server lets go of it a moment later
    again = hand.take()
    assert again.id == given
    with pytest.raises(queries.SessionEnded):
        queries.session_of(first.token)
    hand.end(given, errands.DONE)
    hand.leave(given)
    assert hand.take() is None
    with pytest.raises(queries.SessionEnded):
        queries.session_of(again.token)


def test_an_errand_of_a_post_that_has_ended_is_stopped(house, hand) -> None:
    given, other = give(house), give(house, "other-prison")
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_post SET to_at = now() WHERE id = (SELECT post_id FROM access_errand WHERE id = %s)",
            (given,),
        )
    assert hand.take().id == other
    assert outcome(house, given) == "POST_ENDED"


def test_an_errand_tried_too_often_or_too_late_is_stopped(house, hand) -> None:
    late, stubborn = give(house), give(house)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_errand SET expires_at = now() WHERE id = %s", (late,))
    for _ in range(errand_rules().tries):
        assert hand.take().id == stubborn
        hand.leave(stubborn)
    assert hand.take() is None
    assert (outcome(house, late), outcome(house, stubborn)) == ("TOO_LATE", "GIVEN_UP")


def test_an_errand_waits_and_its_token_lasts_as_long_as_the_rulebook_has_it(house, hand) -> None:
    rules, given = errand_rules(), give(house)
    hand.take()
    lengths = (
        "SELECT e.expires_at - e.given_at, s.expires_at - s.created_at FROM access_errand e"
        " JOIN access_session s ON s.id = e.session_id WHERE e.id = %s"
    )
    with house.role("guitu_owner") as door:
        waits, lasts = door.execute(lengths, (given,)).fetchone()
    assert abs(waits - rules.waits) < timedelta(seconds=1)
    assert abs(lasts - rules.token) < timedelta(seconds=1)


def test_an_open_errand_is_given_once_and_an_ended_one_anew(house, hand) -> None:
    about = draft(house)
    first = give(house, about=about)
    assert give(house, about=about) == first
    hand.end(hand.take().id, errands.DONE)
    assert give(house, about=about) != first


def test_only_the_own_unit_sees_its_errands_and_how_far_they_are(house, hand) -> None:
    about, other = draft(house), uuid.uuid4()
    given = give(house, about=about)
    hand.note(hand.take().id, 40, 100)
    with house.acting("prison-leader"), transaction.atomic():
        assert [(one.id, one.rows_done, one.rows_all) for one in errands.newest_about([about, other]).values()] == [
            (given, 40, 100)
        ]
    with house.acting("other-prison"), transaction.atomic():
        assert errands.newest_about([about]) == {}
