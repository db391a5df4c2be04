"""Looking with a purpose and a reason, and the broken glass: what opens, for whom, how long, and what is left of it."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import looking, queries
from guitu.access.acting import acting
from guitu.access.establishing import unit_id
from guitu.access.operations import PersonUnknown, ask, give_reach, require
from guitu.ledger import queries as ledger
from guitu.people import emergency
from guitu.people.models import Fact, Person
from guitu.rights.late import tell_late_reviews
from guitu.rulebook.looking import ReasonRefused, emergency_rules, look_rules
from tests.factories.units import CITY, COUNTY, PRISON, PROVINCE
from tests.roads.walking import AT, Walk, home, received, ticking

WHY, WORDS = "life", "本人在我局门口割腕，要联系家属"


def opens(walk, session, purpose=None):
    with acting(session, purpose or session.purposes[0]), transaction.atomic(durable=True):
        return ask("person:open", [walk.person], look=True)


def traces(house, walk, outcome="ALLOWED"):
    """(purpose, action, reason, words, through a glass) of the lines about the person, the oldest first."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT purpose, action, reason, words, glass_id IS NOT NULL FROM access_trace"
            " WHERE subjects @> ARRAY[%s] AND outcome = %s ORDER BY at",
            (walk.person, outcome),
        ).fetchall()


def test_outside_the_caseload_a_reason_is_asked_once_and_never_for_the_own_queue(house) -> None:
    walk = received(Walk(house))
    sessions = {
        login: queries.session_of(house.token(login)) for login in ("prison", "county", "sibling", "procurator")
    }
    for login in ("prison", "county"):  # both have the matter in their queue
        assert opens(walk, sessions[login]) == "ALLOWED"
    home(walk)
    assert opens(walk, sessions["county"]) == opens(walk, sessions["prison"]) == "ALLOWED"  # it owes a step still
    with house.role("guitu_owner") as door:
        door.execute("UPDATE journeys_clock SET done_at = now() WHERE step = 'police_notice'")
        door.execute("UPDATE journeys_journey SET due_at = now() + interval '1 day'")
    assert opens(walk, sessions["prison"]) == "ALLOWED"  # it has acted for the person in this very session
    sessions["prison"] = queries.session_of(house.token("prison"))
    # The sender's part is over with the registration; the procuratorate has nothing late before it.
    assert opens(walk, sessions["prison"]) == opens(walk, sessions["procurator"]) == "ASKED"
    for login, answer in (("prison", "ALLOWED"), ("procurator", "ASKED")):
        with acting(sessions[login], sessions[login].purposes[0]):
            if answer == "ALLOWED":
                with pytest.raises(ReasonRefused):
                    looking.give_reason(walk.person, "curious", "想看看这个人", rules=look_rules())
                with pytest.raises(ReasonRefused):
                    looking.give_reason(walk.person, "verify", "核", rules=look_rules())
                looking.give_reason(walk.person, "verify", "县里来电核对证明编号", rules=look_rules())
        assert opens(walk, sessions[login]) == answer
    assert traces(house, walk)[-1] == ("PREPARE_RETURN", "person:open", "verify", "县里来电核对证明编号", False)
    assert opens(walk, queries.session_of(house.token("prison"))) == "ASKED"  # a new session asks again
    with acting(sessions["sibling"], "RECEIVE_RETURN"), pytest.raises(PersonUnknown):
        looking.give_reason(walk.person, "verify", "想看看这个人", rules=look_rules())
    assert opens(walk, sessions["sibling"]) == "UNKNOWN"
    with house.role("guitu_owner") as door:  # control: what is late comes before the overseer without a reason
        door.execute("UPDATE journeys_journey SET due_at = now() - interval '1 hour'")
    assert opens(walk, sessions["procurator"]) == "ALLOWED"


def test_the_purpose_is_chosen_once_held_by_the_database_and_changed_with_a_trace(house) -> None:
    token = house.token("county-head")
    session = queries.session_of(token)
    assert (session.purposes, session.chosen) == (("SUPERVISE_LINKAGE", "REVIEW_LOOKS"), "")
    for wanted in ("SUPERVISE_LINKAGE", "REVIEW_LOOKS", "REVIEW_LOOKS"):
        session = queries.session_of(token)
        with acting(session, session.chosen or session.purposes[0]):
            looking.choose_purpose(wanted)
    session = queries.session_of(token)
    assert session.chosen == "REVIEW_LOOKS"
    with acting(session, "SUPERVISE_LINKAGE"), pytest.raises(DatabaseError, match="purpose"):
        require("person:list")
    with acting(session, "REVIEW_LOOKS"):  # control: under the chosen one it may
        require("person:list")
    with acting(session, "REVIEW_LOOKS"), pytest.raises(DatabaseError, match="purpose"):
        looking.choose_purpose("OVERSEE")
    with house.role("guitu_owner") as door:
        lines = door.execute(
            "SELECT words, purpose FROM access_trace WHERE action = 'purpose:choose' ORDER BY at"
        ).fetchall()
    assert lines == [("", "SUPERVISE_LINKAGE"), ("SUPERVISE_LINKAGE", "REVIEW_LOOKS")]


def broken(house, number, login="county", at=AT, mark=None, words=WORDS):
    with house.acting(login):
        return emergency.break_glass(number, WHY, words, glass_id=mark or uuid.uuid4(), at=at)


def moved(house, minutes):
    """Let so many minutes pass for every glass: the rows move back, the database's clock goes on."""
    with house.role("guitu_owner") as door:
        gone = timedelta(minutes=minutes)
        door.execute(
            "UPDATE access_reach SET from_at = from_at - %s, to_at = to_at - %s WHERE relation = 'break_glass'",
            (gone, gone),
        )
        door.execute("UPDATE access_glass SET opened_at = opened_at - %s, until_at = until_at - %s", (gone, gone))


def told(house, code):
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT unit_id, roles, person_id IS NOT NULL FROM notices_notice WHERE code = %s", (code,))
        return {unit: (tuple(roles), about) for unit, roles, about in rows.fetchall()}


def rows_seen(house, login="county"):
    with house.acting(login), transaction.atomic():
        return set(Person.objects.values_list("id", flat=True)), Fact.objects.count()


def test_a_broken_glass_shows_one_person_for_minutes_to_read_and_is_told_and_kept(house) -> None:
    walk = Walk(house, county="910221")
    with house.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (walk.person,)).fetchone()[0]
        facts = door.execute("SELECT count(*) FROM people_fact").fetchone()[0]
    assert rows_seen(house) == (set(), 0)
    mark = uuid.uuid4()
    with pytest.raises(ReasonRefused):
        broken(house, number, words="急")
    first = broken(house, number.lower(), mark=mark)
    assert (first.outcome, first.person_id) == ("OPENED", walk.person)
    assert broken(house, number, mark=mark).until_at == first.until_at  # a second press is the same look
    assert rows_seen(house) == ({walk.person}, facts)
    for login in ("county-second", "township", "county-head"):  # the post's own, not the unit's
        assert rows_seen(house, login) == (set(), 0)
    session = queries.session_of(house.token("county"))
    assert opens(walk, session) == "ALLOWED"
    with house.acting("county"):
        for act in ("item:record", "return:register", "person:open"):  # nothing is done through it
            with pytest.raises(PersonUnknown):
                require(act, [walk.person])
        with transaction.atomic(), pytest.raises(DatabaseError, match="person unknown"):
            give_reach(walk.person, unit_id=unit_id(COUNTY), relation="receiver", at=AT)
    moved(house, 14)
    assert rows_seen(house) == ({walk.person}, facts)  # control: inside the fifteen minutes
    moved(house, 1)
    assert rows_seen(house) == (set(), 0)
    assert opens(walk, session) == "UNKNOWN"
    assert told(house, "GLASS_BROKEN") == {unit_id(COUNTY): (("COUNTY_HEAD",), False)}
    assert told(house, "GLASS_BROKEN_HERE")[unit_id(PRISON)][1]
    assert [line for line in traces(house, walk) if line[4]] == [
        ("RECEIVE_RETURN", "glass:break", WHY, WORDS, True),
        ("RECEIVE_RETURN", "person:open", WHY, WORDS, True),
    ]
    with house.acting("prison"), transaction.atomic():
        acts = [line.act for line in ledger.of_person(walk.person, limit=9)]
        looks = queries.looks_at(walk.person)
    assert acts.count("people:glass:broken") == 1
    assert (WHY, True) in [(look.reason, look.glass) for look in looks if look.unit == "青榆县司法局"]
    with house.acting("foreign"):  # who is not allowed by role, and who needs no glass
        assert emergency.break_glass(number, WHY, WORDS, glass_id=uuid.uuid4(), at=AT).outcome == "OPENED"
    with house.acting("prison"):
        assert emergency.break_glass(number, WHY, WORDS, glass_id=uuid.uuid4(), at=AT).outcome == "WITHIN"
    with house.acting("sibling"), transaction.atomic(), connection.cursor() as cursor:  # SQL of its own gains no more
        cursor.execute(
            "SELECT until_at < now() + interval '16 minutes' FROM access_break_glass(gen_random_uuid(), '{}', '{}', %s,"
            " 'life', 'x', now() + interval '10 years')",
            (number,),
        )
        assert cursor.fetchone() == (True,)
    with house.acting("counsellor"), pytest.raises(PermissionError):
        emergency.break_glass(number, WHY, WORDS, glass_id=uuid.uuid4(), at=AT)
    assert [broken(house, "918" + "0" * 15).outcome for _ in range(3)] == ["UNKNOWN", "UNKNOWN", "TOO_MANY"]
    answers = []
    for one in (number, "GT-00000-00000"):  # nor more attempts, nor whether a number is somebody's and where they stand
        with house.acting("county"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM access_break_glass(gen_random_uuid(), '{}', '{}', %s, 'life', 'x', now())", (one,)
            )
            answers.append(cursor.fetchone())
    assert answers == [("TOO_MANY", None, None, None, None)] * 2


def test_a_leader_reviews_within_a_working_day_late_ones_climb_and_an_abuse_bars_the_post(house) -> None:
    walk = Walk(house, county="910221")
    with house.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (walk.person,)).fetchone()[0]
    first, second = uuid.uuid4(), uuid.uuid4()
    broken(house, number, mark=first)
    moved(house, 20)
    broken(house, number, mark=second)

    def waiting(login, at=AT):
        with house.acting(login), transaction.atomic():
            return [one.id for one in looking.glasses("TO_REVIEW", at=at, first=0, most=9)[0]]

    assert set(waiting("county-head")) == {first, second}
    late = AT + timedelta(days=6)
    name = {unit_id(CITY): "city", unit_id(PROVINCE): "province"}
    assert waiting("county") == waiting("prison-leader") == waiting("city") == []
    assert set(waiting("city", late)) == {first, second}  # past its day it waits for the unit above as well
    with house.role("guitu_owner") as door:
        due = door.execute("SELECT max(review_by) FROM access_glass").fetchone()[0]
    climbed = []
    for at in (AT, due, due, due + timedelta(hours=3), late, late):
        with ticking():
            new = tell_late_reviews(at=at, most=9)
        climbed.append((new, {name[unit] for unit in told(house, "GLASS_REVIEW_LATE")}))
    assert climbed[:4] == [(0, set()), (2, {"city"}), (0, {"city"}), (0, {"city"})]
    # The province twice: for itself, and where the nation stands, which has no desk here.
    assert climbed[4:] == [(4, {"city", "province"}), (0, {"city", "province"})]
    with house.acting("county"), pytest.raises(PermissionError):
        emergency.review(first, justified=True, finding="情况属实，已送医救治", at=AT)
    with house.acting("prison-leader"), pytest.raises(PersonUnknown):
        emergency.review(first, justified=True, finding="情况属实，已送医救治", at=AT)
    with house.acting("county-head"):
        with pytest.raises(ReasonRefused):
            emergency.review(first, justified=True, finding="好", at=AT)
        emergency.review(first, justified=True, finding="情况属实，已送医救治", at=AT)
    assert broken(house, number, mark=uuid.uuid4()).outcome != "BARRED"  # control: a justified look bars nobody
    with house.acting("county-head"):
        emergency.review(second, justified=False, finding="当日无人就医，出于好奇", at=AT)
        emergency.review(second, justified=True, finding="改一改结论，改一改结论", at=AT)  # what was found stays found
    asked = AT + timedelta(days=1)
    assert broken(house, number, at=asked).outcome == "BARRED"
    with house.role("guitu_owner") as door:  # by the database's clock: the review lies as long ago as the rulebook says
        door.execute("UPDATE access_glass SET reviewed_at = reviewed_at - %s", (emergency_rules().barred,))
    assert broken(house, number, at=asked).outcome != "BARRED"
    assert set(told(house, "GLASS_UNJUSTIFIED")) >= {unit_id(COUNTY), unit_id(PRISON)}
    with house.acting("county-head"), transaction.atomic():
        reviewed = looking.glasses("REVIEWED", at=AT, first=0, most=9)[0]
    assert {one.id: one.justified for one in reviewed} == {first: True, second: False}
    assert {one.person_id for one in reviewed} == {None}  # the reviewer reads a number, not a file
