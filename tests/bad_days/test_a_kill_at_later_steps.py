"""kill -9 right before the last commit of every move of the road and of every kind of answer to a step.

It was not done, it can be done again, and then the road stands where it would have stood. The moves and steps are those
of the definition: a new one that is not in the table fails here.
"""

import psycopg
import pytest

from guitu.handover.policy import NEEDS_ITS_OWN_FORM
from guitu.rulebook.book import load_national
from tests.bad_days.moves import ACTS, ANSWERS, BEGINNINGS, MOVES, PART_OF_ANOTHER, STEPS
from tests.bad_days.pictures import unsound_entries

ROAD = (
    "SELECT 'state ' || state FROM journeys_journey",
    "SELECT 'clock ' || concat_ws(' ', rule, due_at, done_at IS NOT NULL, voided_at IS NOT NULL) FROM journeys_clock",
    "SELECT 'answer ' || concat_ws(' ', step, outcome) FROM journeys_answer",
    "SELECT 'act ' || act FROM ledger_entry WHERE act NOT LIKE 'access:%'",
    "SELECT 'notice ' || code FROM notices_notice",
    "SELECT 'paper ' || kind FROM papers_document",
    "SELECT 'responsible ' || division FROM people_person",
    "SELECT 'parcel ' || kind || (answered_at IS NOT NULL) FROM exchange_parcel",
)
"""What of a road two runs of one act share, and what a half-done act would leave behind."""


def standing(dsn: str) -> list[str]:
    """The road as it stands: state, clocks, answers, acts, notices, papers, whose it is, parcels."""
    with psycopg.connect(dsn) as door:
        return sorted(line for query in ROAD for (line,) in door.execute(query))


def state_of(dsn: str) -> str:
    """The state of the one journey."""
    with psycopg.connect(dsn) as door:
        return door.execute("SELECT state FROM journeys_journey").fetchone()[0]


@pytest.fixture(scope="module")
def walked(copies, act, template):
    """For each act of the table the database after it, made when it is asked for; or a beginning."""
    made: dict[str, str] = {}

    def after(name: str) -> str:
        if name not in made:
            if name in BEGINNINGS:
                made[name] = copies.of(template)
                assert act(made[name], "begin", kind=name)["refused"] is None
            else:
                made[name] = copies.of(after(ACTS[name].after))
                told[name] = act(made[name], "move", move=name, person=person(made[name]))
                assert told[name]["refused"] is None, (name, told[name])
        return made[name]

    def person(database: str) -> str:
        with psycopg.connect(copies.dsn(database)) as door:
            return str(door.execute("SELECT id FROM people_person").fetchone()[0])

    told: dict[str, dict] = {}
    after.person, after.told = person, told
    return after


def test_no_move_and_no_step_of_the_definition_is_forgotten():
    definition = load_national().journeys["return_home"]
    assert {move.id for move in definition.moves} == set(MOVES) | set(PART_OF_ANOTHER)
    assert {step.id for step in definition.steps} == set(STEPS)
    assert set(STEPS.values()) <= set(ANSWERS)
    assert {step for step, _ in NEEDS_ITS_OWN_FORM} == {step for step, how in STEPS.items() if how != "answer"}


@pytest.mark.parametrize("name", list(ACTS))
def test_killed_before_its_last_commit_the_act_was_not_done_and_done_again_it_ends_as_it_would_have(
    name, walked, copies, act
):
    before = copies.dsn(walked(ACTS[name].after))
    after = copies.dsn(walked(name))
    points = walked.told[name]["points"]
    assert standing(before) != standing(after)
    database = copies.of(walked(ACTS[name].after))
    given = {"move": name, "person": walked.person(database)}
    last = len(points) - points[::-1].index("before commit")
    assert act(database, "move", kill_at=last, **given) == {"killed": 9}
    assert standing(copies.dsn(database)) == standing(before)
    assert unsound_entries(copies.dsn(database)) == 0
    assert act(database, "move", **given)["refused"] is None
    assert standing(copies.dsn(database)) == standing(after)
    if name in MOVES:
        definition = load_national().journeys["return_home"]
        assert state_of(copies.dsn(database)) == next(move.to for move in definition.moves if move.id == name)


def test_control_killed_after_its_last_commit_the_act_was_done(walked, copies, act):
    database = copies.of(walked("register"))
    given = {"move": "agree", "person": walked.person(database)}
    walked("agree")
    points = walked.told["agree"]["points"]
    assert act(database, "move", kill_at=len(points), **given) == {"killed": 9}
    assert standing(copies.dsn(database)) == standing(copies.dsn(walked("agree")))
