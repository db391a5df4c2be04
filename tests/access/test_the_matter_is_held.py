"""Where a matter stands follows from its moves, whoever writes SQL of their own; each with what goes (ADR 0056)."""

from datetime import timedelta

import pytest

from guitu.access import queries, signing_in
from guitu.access.permitted_moves import digest, in_force
from guitu.rulebook.journey import RETURN_HOME
from tests.access.test_what_sql_gains import Hand
from tests.factories.units import CITY, COUNTY, FOREIGN_COUNTY, OTHER_PRISON, PRISON, PROVINCE, SIBLING_COUNTY, TOWNSHIP
from tests.roads.test_moving_to_a_newer_definition import former
from tests.roads.test_the_persons_own_word import come_in
from tests.roads.walking import AT, RELEASE, Walk, day

TURN = "UPDATE journeys_journey SET {} = %s"
CLOCK = (
    "INSERT INTO journeys_clock (id, journey_id, person_id, division, rule, state, step, round, anchor_at, service_at,"
    " due_at, pack, provisional, duty_unit_id, started_at, void_reason) SELECT gen_random_uuid(), j.id, j.person_id,"
    " j.division, 'RH-ACK', '', 'own', '', now(), now(), now(), 'x', false, %s, now(), '' FROM journeys_journey j"
)
OPEN = (
    "INSERT INTO journeys_journey (id, person_id, division, kind, pack, state, duty_unit_id, first_desk_id,"
    " sending_unit_id, definition, release_on, release_type, key_person, key_grounds, marks, state_since, opened_at,"
    " due_rule, receiving_unit_id, ended_at)"
    " SELECT gen_random_uuid(), q.id, q.division, %s, 'x', %s, u.id, u.id, u.id, %s, '2026-12-14', 'completed', false,"
    " '{}', '{}', t.at, t.at, '', %s, NULL FROM people_person q, access_unit u, (SELECT clock_timestamp() AS at) AS t"
    " WHERE u.code = %s"
)


@pytest.fixture
def walk(house):
    """A walk whose matter waits at the prison to be sent."""
    return Walk(house)


def of_role(house, role: str) -> Hand:
    """The hand of whoever was let in last in this role: the person, or who speaks for them."""
    with house.role("guitu_owner") as door:
        sql = "SELECT account_id, id FROM access_post WHERE role = %s ORDER BY from_at DESC LIMIT 1"
        account, post = door.execute(sql, (role,)).fetchone()
    return Hand(house, "", token=signing_in.mint(account, post, lasts=timedelta(hours=8)))


def moving(
    house, login: str, before: str, to: str, code: str, *, post_of="", after=timedelta(), keep: bool = False
) -> str:
    """The SQLSTATE with which a move written by this post is refused; empty if it is made."""
    bears = queries.session_of(house.token(post_of or login)).post_id
    return made_by(Hand(house, login), before, to, code, bears=bears, after=after, keep=keep)


def made_by(own: Hand, before: str, to: str, code: str, *, bears=None, after=timedelta(), keep: bool = False) -> str:
    """The same by a hand; the move `bears` its own post or another."""
    with own.house.role("guitu_owner") as door:
        journey, person, division, post, unit_id = door.execute(
            "SELECT j.id, j.person_id, j.division, p.id, p.unit_id FROM journeys_journey j, access_post p"
            " WHERE p.id = %s",
            (bears or queries.session_of(own.token).post_id,),
        ).fetchone()
    values = (journey, person, division, before, to, code, after, post, unit_id)
    statement = (
        "INSERT INTO journeys_move (id, journey_id, person_id, division, from_state, to_state, code, at, post_id,"
        " unit_id) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, clock_timestamp() + %s, %s, %s)"
    )
    refused = own.state(statement, *values)
    if keep and not refused:
        own(statement, *values, keep=True)
    return refused


def test_nobody_writes_the_state_of_a_matter_itself(walk) -> None:
    own = Hand(walk.house, "prison")
    for column, value in (("state", "completed"), ("state_since", AT), ("ended_at", AT), ("opened_at", AT)):
        assert own.state(TURN.format(column), value) == "42501"
    assert own.state("UPDATE journeys_move SET code = 'send'") == "42501"
    assert own(TURN.format("due_rule"), "RS-14") == 1  # the control: what it may write it writes


def test_a_move_is_made_from_its_state_by_who_stands_there_with_the_permission(walk) -> None:
    house = walk.house
    assert moving(house, "prison", "expected", "completed", "send") == "GU030"  # it leads elsewhere
    assert moving(house, "prison", "sent", "acknowledged", "acknowledge") == "GU030"  # the matter is not there
    assert moving(house, "prison", "expected", "completed", "complete") == "GU030"  # nobody's, time's alone
    assert moving(house, "prison-leader", "expected", "sent", "send") == "GU030"  # of the unit, without the permission
    assert moving(house, "province", "expected", "sent", "send") == "GU030"  # in its range, and stands nowhere in it
    assert moving(house, "prison", "expected", "sent", "send", keep=True) == ""  # the control
    assert walk.state() == "sent"
    assert moving(house, "prison", "sent", "acknowledged", "acknowledge") == "GU030"  # the other side's
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE journeys_move DISABLE TRIGGER made_here")
    assert moving(house, "prison", "sent", "completed", "complete") == ""  # the control: nothing else refuses it


def test_a_move_bears_the_post_that_makes_it_and_the_present_moment(walk) -> None:
    with walk.house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET filled_at = now()")
    assert moving(walk.house, "prison", "expected", "sent", "send") == ""  # the control
    assert moving(walk.house, "prison", "expected", "sent", "send", post_of="prison-leader") == "GU030"
    assert moving(walk.house, "prison", "expected", "sent", "send", after=timedelta(days=-3)) == "GU026"


def test_the_help_is_declined_by_the_own_word_by_who_speaks_for_the_person_or_who_helps(walk) -> None:
    come_in(walk, "REPRESENTATIVE")
    walk.send(AT)
    walk.acknowledge(AT)
    walk.release(day(RELEASE))
    walk.register(day(RELEASE))
    declined = ("registered", "help_declined", "decline_help")
    for role in ("PERSON", "REPRESENTATIVE"):
        own = of_role(walk.house, role)
        assert made_by(own, *declined) == "", role
        assert made_by(own, "registered", "died", "die") == "GU030", role  # no word of theirs
    assert moving(walk.house, "county", *declined) == ""
    assert moving(walk.house, "county-head", *declined) == "GU030"
    assert moving(walk.house, "county", "registered", "completed", "complete") == "GU030"
    assert moving(walk.house, "county", "registered", "died", "die") == ""


def test_nobody_puts_themselves_or_another_into_a_matter(walk, unit) -> None:
    own = Hand(walk.house, "prison")
    province = Hand(walk.house, "province")
    for column in ("superior_unit_id", "local_unit_id", "receiving_unit_id", "duty_unit_id"):
        assert province.state(TURN.format(column), unit(CITY)) == "GU030"
    # Who receives changes only where it is asked who does.
    assert own.state(TURN.format("receiving_unit_id"), unit(SIBLING_COUNTY)) == "GU030"
    assert own.state(TURN.format("superior_unit_id"), unit(PRISON)) == "GU030"
    # The duty would stay with a stranger.
    assert own.state(TURN.format("sending_unit_id"), unit(OTHER_PRISON)) == "GU030"
    assert own.state(TURN.format("duty_unit_id"), unit(FOREIGN_COUNTY)) == "GU030"
    assert own(TURN.format("duty_unit_id"), unit(COUNTY)) == 1  # the control: the county receives
    with walk.house.role("guitu_owner") as door:
        door.execute("ALTER TABLE journeys_journey DISABLE TRIGGER positions_held")
    assert province(TURN.format("superior_unit_id"), unit(CITY)) == 1  # the control: nothing else refuses it


def test_only_the_receiving_county_allots_and_only_to_its_own_offices(walk, unit) -> None:
    walk.send(AT)
    walk.acknowledge(AT)
    allot = TURN.format("local_unit_id")
    assert Hand(walk.house, "county")(allot, unit(TOWNSHIP)) == 1  # the control
    assert Hand(walk.house, "county").state(allot, unit(FOREIGN_COUNTY)) == "GU030"
    assert Hand(walk.house, "prison").state(allot, unit(TOWNSHIP)) == "GU030"


def test_a_contest_goes_before_the_common_superior_and_no_other(walk, unit) -> None:
    walk.send(AT)
    walk.refuse(AT)
    own = Hand(walk.house, "prison")
    before = TURN.format("superior_unit_id")
    assert own.state(before, unit(CITY)) == "GU030"
    with walk.house.role("guitu_owner") as door:
        (common,) = door.execute(
            "SELECT a.id FROM unnest(access_units_above(%s)) WITH ORDINALITY AS a (id, n)"
            " WHERE a.id = ANY (access_units_above(%s)) ORDER BY n LIMIT 1",
            (unit(PRISON), unit(COUNTY)),
        ).fetchone()
    assert own(before, common) == 1  # the control
    assert Hand(walk.house, "province").state(before, common) == "GU030"  # the contest is the sender's, or the clock's


def test_a_matter_opens_at_its_start_for_who_is_responsible(walk, unit) -> None:
    with walk.house.role("guitu_owner") as door:
        door.execute("UPDATE journeys_journey SET ended_at = now(), state = 'withdrawn'")
    own, sha256 = Hand(walk.house, "prison"), in_force()[0]
    assert own(OPEN, RETURN_HOME, "expected", sha256, unit(COUNTY), PRISON) == 1  # the control
    assert own.state(OPEN, RETURN_HOME, "completed", sha256, unit(COUNTY), PRISON) == "GU030"
    assert own.state(OPEN, "another", "expected", sha256, unit(COUNTY), PRISON) == "GU030"
    assert own.state(OPEN, RETURN_HOME, "expected", "0" * 64, unit(COUNTY), PRISON) == "GU030"
    assert own.state(OPEN, RETURN_HOME, "expected", sha256, unit(COUNTY), OTHER_PRISON) == "GU030"
    leader = Hand(walk.house, "prison-leader")
    assert leader.state(OPEN, RETURN_HOME, "expected", sha256, unit(COUNTY), PRISON) == "GU030"
    with walk.house.role("guitu_owner") as door:
        door.execute("ALTER TABLE journeys_journey DISABLE TRIGGER opened_at_the_start")
    assert leader(OPEN, RETURN_HOME, "completed", sha256, unit(COUNTY), PRISON) == 1  # the control


def test_no_text_of_a_journey_is_kept_or_chosen_by_who_walks_under_it(walk) -> None:
    own = Hand(walk.house, "prison")
    text = former(state="parked")
    kept = (
        "INSERT INTO journeys_definition (id, sha256, kind, text, kept_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, now())"
    )
    assert own.state(kept, digest(text), RETURN_HOME, text) == "42501"
    with walk.house.role("guitu_owner") as door:
        door.execute(kept, (digest(text), RETURN_HOME, text))
    assert own.state(TURN.format("definition"), digest(text)) == "GU030"


def test_who_writes_the_road_takes_no_juveniles_mark_away(walk) -> None:
    with walk.house.role("guitu_owner") as door:
        door.execute("UPDATE journeys_journey SET marks = '{juvenile,illness}'")
    own = Hand(walk.house, "prison")
    assert own.state(TURN.format("marks"), ["illness"]) == "GU030"
    assert own(TURN.format("marks"), ["juvenile"]) == 1  # the control


def test_a_clock_is_owed_by_who_stands_in_the_matter_and_done_by_an_act(walk, unit) -> None:
    own = Hand(walk.house, "prison")
    assert own(CLOCK, unit(COUNTY)) == 1  # the control
    assert own.state(CLOCK, unit(CITY)) == "GU030"
    turned = "UPDATE journeys_clock SET duty_unit_id = %s WHERE step = 'assessment'"
    assert own(turned, unit(COUNTY)) == 1  # the control
    assert own.state(turned, unit(CITY)) == "GU030"
    assert own.state("UPDATE journeys_clock SET done_at = now()") == "GU030"
    assert own.state("UPDATE journeys_clock SET due_at = now() + interval '1 year'") == "42501"
    with walk.house.role("guitu_owner") as door:
        door.execute("ALTER TABLE journeys_clock DISABLE TRIGGER done_by_an_act")
    assert own("UPDATE journeys_clock SET done_at = now()") > 1  # the control


RESPONSIBLE = "SELECT people_place(%s, %s, %s)"


def test_nobody_makes_an_office_responsible_but_the_matter_that_led_there(walk, unit) -> None:
    province, county = Hand(walk.house, "province"), Hand(walk.house, "county")
    with walk.house.role("guitu_owner") as door:
        division = dict(door.execute("SELECT code, division FROM access_unit").fetchall()).__getitem__
    for code in (PROVINCE, CITY, COUNTY):
        assert province.state(RESPONSIBLE, walk.person, unit(code), division(code)) == "GU030"
    walk.send(AT)
    walk.acknowledge(AT)
    home = (walk.person, unit(COUNTY), division(COUNTY))
    assert county.state(RESPONSIBLE, *home) == "GU030"  # not before the release
    walk.release(day(RELEASE))
    with walk.house.role("guitu_owner") as door:
        door.execute("UPDATE people_person SET responsible_unit_id = %s, division = %s", (unit(CITY), division(CITY)))
    city = Hand(walk.house, "city")
    assert city.state(RESPONSIBLE, walk.person, unit(SIBLING_COUNTY), division(SIBLING_COUNTY)) == "GU030"
    # The row would stand elsewhere than its office.
    assert city.state(RESPONSIBLE, walk.person, unit(CITY), division(COUNTY)) == "GU030"
    assert city.state(RESPONSIBLE, *home) == "GU030"  # the city stands nowhere in it
    assert county.state(RESPONSIBLE, *home) == ""  # the control
    with walk.house.role("guitu_owner") as door:
        door.execute("ALTER TABLE people_person DISABLE TRIGGER responsible_by_a_matter")
    assert city.state(RESPONSIBLE, walk.person, unit(SIBLING_COUNTY), division(SIBLING_COUNTY)) == ""  # the control


ANSWER = (
    "INSERT INTO journeys_answer (id, journey_id, person_id, division, step, round, outcome, kind, note, at, post_id,"
    " unit_id) SELECT gen_random_uuid(), j.id, j.person_id, j.division, %s, '', %s, 'done', '', clock_timestamp(), %s,"
    " (SELECT p.unit_id FROM access_post p WHERE p.id = %s) FROM journeys_journey j"
)


def test_a_step_is_answered_as_the_road_knows_it_by_who_stands_there_in_the_own_name(walk, posts) -> None:
    def answering(login: str, step: str, outcome: str, *, as_post: str = "") -> str:
        post = posts(as_post or login)
        return Hand(walk.house, login).state(ANSWER, step, outcome, post, post)

    assert answering("prison", "education", "begun") == ""  # the control
    assert answering("prison", "education", "held") == "GU030"  # no such outcome
    assert answering("prison", "own", "begun") == "GU030"  # no such step
    assert answering("prison-leader", "education", "begun", as_post="prison") == "GU030"  # in another's name
    assert answering("province", "education", "begun") == "GU030"  # stands nowhere in it
