"""Who was a juvenile: when all is done the office is reminded to seal in the rule's days, or says why it does not."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed
from guitu.access.tree import working_roles
from guitu.handover import steps
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.notices.models import Notice
from guitu.people import statements
from guitu.rights import sealing, sealing_due
from guitu.rights.sealing import SealingRefused
from guitu.rulebook.book import load_national
from guitu.rulebook.juveniles import AT_OFFENCE
from tests.factories.units import CITY, COUNTY
from tests.roads.test_a_sealed_file import BORN, WISH, as_application, the_end
from tests.roads.themselves import as_person, let_in
from tests.roads.walking import RELEASE, Walk, after, day, home, received, ticking

WHY = {"ground": "OVER_FIVE_YEARS", "document": "（2020）青刑初12号", "words": "判决书判处有期徒刑七年，见附件"}


def told(house):
    """Every notice of a file to seal: which, whom, about whom."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT n.code, u.code, n.roles, n.person_id, n.facts ->> 'due_at' FROM notices_notice n"
            " JOIN access_unit u ON u.id = n.unit_id WHERE n.code LIKE 'FILE_TO_SEAL%' ORDER BY n.at, n.code, n.key"
        ).fetchall()


def remind(at):
    with ticking():
        return sealing_due.tell_files_to_seal(at=at)


def own(house, login, at):
    """What a post finds waiting to be sealed, by number."""
    with house.acting(login), transaction.atomic():
        return sealing_due.own_files_to_seal(first=0, most=10, at=at)


def ended_at(house, person):
    """When the last matter ended."""
    with house.role("guitu_owner") as door:
        ((found,),) = door.execute(
            "SELECT max(ended_at) FROM journeys_journey WHERE person_id = %s", (person,)
        ).fetchall()
    return found


def answer(walk, *, login="county", at, mark=None, **changed):
    with walk.house.acting(login):
        return sealing_due.answer_not_sealed(walk.person, **(WHY | changed), event_id=mark or uuid.uuid4(), at=at)


def test_the_office_is_reminded_when_all_is_done_and_the_ladder_climbs_until_the_file_is_sealed(house):
    walk = home(received(Walk(house, born=BORN)))
    let_in(walk)
    walk.agree(RELEASE + timedelta(days=3))
    assert remind(after(30)) == 0  # help runs: whoever owes it must see the person
    assert own(house, "county", after(30)) == ([], 0)
    end = day(date(2031, 6, 20))
    walk.tick(end)
    since = ended_at(house, walk.person)
    due = load_national().due("CC-JUV-06", since).statutory.due_at
    reminder = ("FILE_TO_SEAL", COUNTY, ["COUNTY_OFFICER"], walk.person, due.isoformat())
    assert [remind(since), remind(since)] == [1, 0]  # once
    assert told(house) == [reminder]
    found, total = own(house, "county", since)
    assert ([(one.person_id, one.due_at) for one in found], total) == ([(walk.person, due)], 1)
    assert own(house, "county-head", since) == ([], 0)  # does not seal
    assert own(house, "sibling", since) == ([], 0)  # another unit's
    assert remind(due - timedelta(seconds=1)) == 0
    assert remind(due) == 1
    assert remind(due + timedelta(days=20)) == 1
    late = [one[:3] for one in told(house)[1:]]
    assert late == [
        ("FILE_TO_SEAL_LATE", COUNTY, ["COUNTY_HEAD"]),
        ("FILE_TO_SEAL_LATE", CITY, [*working_roles()]),
    ]
    with house.acting("county"):
        wish = replace(WISH, decided_on=date(2031, 6, 14))
        sealing.seal(walk.person, wish, event_id=uuid.uuid4(), at=due + timedelta(days=21))
    assert remind(due + timedelta(days=60)) == 0
    assert own(house, "county", due + timedelta(days=60)) == ([], 0)
    with house.acting("county-head"), transaction.atomic():  # the notices are gone with the file
        assert not Notice.objects.filter(code__startswith="FILE_TO_SEAL").exists()


def test_a_file_that_is_not_sealed_is_answered_for_and_the_person_reads_why_and_objects(house):
    walk = the_end(house)
    since = ended_at(house, walk.person)
    at = since + timedelta(days=1)
    for changed, reason in (
        ({"ground": "JUVENILE_CRIME"}, "GROUND"),
        ({"document": "1"}, "DOCUMENT"),
        ({"words": "不封"}, "WORDS"),
    ):
        with pytest.raises(SealingRefused) as refused:
            answer(walk, at=at, **changed)
        assert refused.value.reason == reason
    for login in ("county-head", "prison", "worker"):
        with pytest.raises(NotAllowed):
            answer(walk, at=at, login=login)
    mark = uuid.uuid4()
    number = answer(walk, at=at, mark=mark)
    assert answer(walk, at=at, mark=mark) == number
    assert own(house, "county", at) == ([], 0)
    assert remind(since + timedelta(days=60)) == 0
    with as_person(walk), transaction.atomic():
        (read,) = sealing_due.answers_of(walk.person)
    assert (read.number, read.ground, read.document, read.words) == (number, *WHY.values())
    with house.acting("county"), transaction.atomic(durable=True):
        acts = [line.act for line in ledger.of_person(walk.person)]
    assert "rights:sealing:declined" in acts
    with as_person(walk):  # the person contests it
        statements.make_statement(
            walk.person, kind="OBJECTION", words="判决书写的是四年，应当封存", event_id=uuid.uuid4(), at=at
        )
    # A later sealing supersedes the answer; and nobody else reads it.
    for login in ("prison", "province", "sibling"):
        with house.acting(login), transaction.atomic():
            assert sealing_due.answers_of(walk.person) == []
    with house.role("guitu_owner") as door:
        door.execute("UPDATE rights_not_sealed SET answered_at = %s", (since - timedelta(days=1),))
    # The control: an answer given before the matter ended counts no more.
    assert remind(since + timedelta(days=2)) == 1
    assert own(house, "county", since + timedelta(days=2))[1] == 1


def test_nobody_is_reminded_of_an_adult_nor_while_something_is_in_hand(house):
    grown = grown_up(house)
    since = ended_at(house, grown.person)
    assert own(house, "county", since) == ([], 0)
    with house.role("guitu_owner") as door:  # the control: the same file with the mark
        door.execute("UPDATE journeys_journey SET marks = %s WHERE person_id = %s", ([AT_OFFENCE], grown.person))
    assert own(house, "county", since)[1] == 1
    for state, ended in (("in_correction", "ended_at"), ("died", "ended_at"), ("not_arrived", "NULL")):
        with house.role("guitu_owner") as door:  # still serves, needs no reminder, is still awaited
            door.execute(
                f"UPDATE journeys_journey SET state = %s, ended_at = {ended} WHERE person_id = %s",
                (state, grown.person),
            )
        assert own(house, "county", since) == ([], 0), state
    with house.role("guitu_owner") as door:
        door.execute("UPDATE journeys_journey SET state = 'help_declined' WHERE person_id = %s", (grown.person,))
        door.execute(
            "UPDATE journeys_clock SET voided_at = now() WHERE person_id = %s AND done_at IS NULL", (grown.person,)
        )
    assert own(house, "county", since)[1] == 1


def grown_up(house):
    walk = home(received(Walk(house)))
    walk.agree(RELEASE + timedelta(days=3))
    walk.tick(day(date(2031, 6, 20)))
    return walk


def test_who_was_under_eighteen_at_the_offence_stands_apart_in_lists_though_of_age_now(house):
    walk = home(received(Walk(house)))
    at = after(1)

    def apart(login):
        with house.acting(login), transaction.atomic():
            return walk.person in roads.withheld([walk.person]), walk.person in roads.juveniles_among([walk.person])

    assert apart("county") == (False, False)
    with house.acting("county"):
        steps.note_marks(walk.person, [AT_OFFENCE], event_id=uuid.uuid4(), at=at)
    assert apart("county") == (False, True)
    assert apart("province") == (True, True)
    with house.acting("county"), transaction.atomic():
        listed, _ = roads.juveniles_of_own_unit(first=0, most=5)
    assert [one.person_id for one in listed] == [walk.person]
    with (
        as_application(house, "county", "RECEIVE_RETURN") as door,
        pytest.raises(psycopg.Error, match="does not decide"),
    ):
        door.execute("UPDATE journeys_journey SET marks = '{}' WHERE person_id = %s", (walk.person,))
