"""The permission that the database asks for a move is the one that the operation of that move has asked (ADR 0056)."""

import uuid
from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db.models.signals import post_save

from guitu.access import operations as access
from guitu.access.establishing import unit_id
from guitu.access.permitted_moves import MAY, MAY_OPEN, MOVES_OF, in_force, rows
from guitu.handover import ends, rulings
from guitu.journeys import operations as journeys
from guitu.journeys.models import Move
from guitu.prison import identity
from guitu.rulebook.book import load_national
from guitu.rulebook.journey import RETURN_HOME
from guitu.support import operations as support
from tests.factories import rosters
from tests.factories.taking_in import take_in
from tests.factories.units import COUNTY
from tests.people.asking import AT as TAKEN_IN
from tests.people.asking import HELD, LATER, MOVED, MUCH_LATER, open_questions
from tests.roads.walking import AT, Walk, after, before, received

OPENED = "(opened)"
NAMED = {**MAY, OPENED: MAY_OPEN}
"""What the table names, the opening with it."""


@pytest.fixture
def asked(monkeypatch):
    """Of each move that is made, the permissions that its operation had asked last."""
    last, found = [""], defaultdict(set)
    require, start_many = access.require, journeys.start_many

    def note(action, persons=()):
        last[0] = action
        require(action, persons)

    def opening(news, *, at):
        found[OPENED].add(last[0])
        return start_many(news, at=at)

    def moved(instance, **_):
        found[instance.code].add(last[0])

    monkeypatch.setattr(access, "require", note)
    monkeypatch.setattr(journeys, "start_many", opening)
    post_save.connect(moved, sender=Move)
    yield found
    post_save.disconnect(moved, sender=Move)


def rule(walk, outcome, at) -> None:
    with walk.house.acting("province"):
        county = unit_id(COUNTY) if outcome == "RECEIVER" else None
        rulings.rule(walk.person, outcome=outcome, unit_id=county, reasons="户籍在该县", event_id=uuid.uuid4(), at=at)


def noted(walk, note, at, login="county") -> None:
    with walk.house.acting(login):
        note(walk.person, source="通知书0017", event_id=uuid.uuid4(), at=at)


def disputed_and_helped(house) -> None:
    """Nobody to receive, a county named, two refusals with two rulings, not come, registered, helped, ended, died."""
    walk = Walk(house)
    with house.acting("prison"):
        rulings.lose_receiver(walk.person, event_id=uuid.uuid4(), at=AT)
        rulings.name_receiver(walk.person, unit_id(COUNTY), event_id=uuid.uuid4(), at=AT)
    for days, outcome in ((0, "COMPLETION"), (10, "RECEIVER")):
        walk.send(AT + timedelta(days=days))
        walk.refuse(AT + timedelta(days=days, hours=20))
        walk.contest(AT + timedelta(days=days + 2))
        rule(walk, outcome, AT + timedelta(days=days + 3))
    walk.acknowledge(AT + timedelta(days=14))
    walk.release(after(0))
    noted(walk, ends.note_not_arrived, after(8))
    walk.register(after(9))
    walk.agree(date(2026, 6, 30))
    with house.acting("county"):
        support.decline_help(walk.person, spoken_by="SELF", event_id=uuid.uuid4(), at=after(30))
    noted(walk, ends.note_death, after(60))


def corrected(house) -> None:
    """On parole, received into community corrections."""
    walk = received(Walk(house, kind="假释"))
    walk.release(after(0))
    walk.register(after(1))


def detained(house) -> None:
    """Detained in another case before release."""
    noted(Walk(house), ends.note_detention, before(5), login="prison")


def registered_by_mistake(house) -> None:
    """Another person after all, by who tells persons apart; and taken back."""
    take_in(house, HELD)
    take_in(house, rosters.row("陈柏舟", release=MOVED, order="143"), at=TAKEN_IN + timedelta(hours=1))
    (question,) = open_questions(house)
    with house.acting("prison"):
        identity.decide(question.id, "other", at=LATER)
        identity.take_back(question.id, at=MUCH_LATER)


ROADS = {
    disputed_and_helped: set(MAY) - {"enter_correction", "detain", "withdraw"} | {OPENED},
    corrected: {"send", "acknowledge", "enter_correction", OPENED},
    detained: {"detain", OPENED},
    registered_by_mistake: {"withdraw", OPENED},
}
"""Roads with the moves that are made on them."""


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_the_table_names_for_each_move_what_its_operation_asks(house, asked, road) -> None:
    road(house)
    assert set(asked) == ROADS[road]
    assert {move: actions - set(NAMED[move]) for move, actions in asked.items() if actions - set(NAMED[move])} == {}
    # The table names nothing more, either; the opening has two operations, and they are on different roads.
    assert {move for move, actions in asked.items() if actions != set(NAMED[move])} <= {OPENED}
    if road is registered_by_mistake:
        assert asked[OPENED] == set(MAY_OPEN)


def test_control_a_table_that_names_another_permission_is_told(house, asked) -> None:
    detained(house)
    named = MAY | {"detain": ["ruling:make"]}
    assert {move for move, actions in asked.items() if move in named and actions != set(named[move])} == {"detain"}


def test_every_move_of_the_rulebook_is_made_on_a_road_and_none_but_times_own_goes_without_permission() -> None:
    moves = load_national().journey(RETURN_HOME).moves
    of_time = {move.id for move in moves if set(move.by) == {"clock"}}
    assert set(MAY) == {move.id for move in moves} - of_time == set().union(*ROADS.values()) - {OPENED}


def test_the_database_holds_the_table_of_the_rulebook_with_permissions_that_are(house) -> None:
    journey = load_national().journey(RETURN_HOME)
    with house.role("guitu_owner") as door:
        held = door.execute(
            'SELECT definition, move, from_state, to_state, ends, event, "by", may FROM journeys_permitted_move'
        ).fetchall()
        known = {one for (one,) in door.execute("SELECT DISTINCT action FROM access_permission").fetchall()}
        events = {one: door.execute("SELECT journeys_events(%s)", (one,)).fetchone()[0] for one in MOVES_OF}
    assert sorted(held) == sorted(tuple(row) for row in rows(journey, in_force()[0]))
    assert {one for may in NAMED.values() for one in may} <= known
    of_move = {move.id: move.event for move in journey.moves}
    assert events == {one: [of_move[move] for move in moves] for one, moves in MOVES_OF.items()}
