"""Every move of the road home and every kind of answer to its steps, as acts of the process that can be killed.

`MOVES` and `STEPS` name each move and each step of the definition once: test_a_kill_at_later_steps.py compares them.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from guitu.access.establishing import unit_id
from guitu.handover import ends, meetings, rulings
from guitu.support import operations as support
from tests.factories.units import COUNTY, SIBLING_COUNTY
from tests.roads.walking import RELEASE, Walk, after, before, day, home, received, ticking


def _by(walk: Walk, login: str, operation: Callable[..., object], *given: object, at, **named: object) -> None:
    with walk.house.acting(login):
        operation(walk.person, *given, event_id=uuid.uuid4(), at=at, **named)


def _rule(walk: Walk, outcome: str, county: str | None) -> None:
    named = unit_id(county) if county else None
    _by(walk, "province", rulings.rule, outcome=outcome, unit_id=named, reasons="户籍与居住均在该县", at=before(36))


def _lapse() -> None:
    with ticking():
        assert rulings.open_lapsed_disputes(at=before(20), most=50) == (1, [])


def _place(walk: Walk) -> None:
    on = RELEASE + timedelta(days=3)
    _by(walk, "county", support.place, kind="transitional_home", place="过渡性安置基地", on=on, at=after(3))


@dataclass(frozen=True)
class Act:
    """What is done, and after which other act of the table (empty: the roster) or which of `BEGINNINGS`."""

    do: Callable[[Walk], object]
    after: str = ""


MOVES = {
    "send": Act(lambda w: w.send(before(40))),
    "acknowledge": Act(lambda w: w.acknowledge(before(39)), "send"),
    "refuse": Act(lambda w: w.refuse(before(39)), "send"),
    "contest": Act(lambda w: w.contest(before(38)), "refuse"),
    "lapse": Act(lambda _: _lapse(), "refuse"),
    "rule_receiver": Act(lambda w: _rule(w, "RECEIVER", SIBLING_COUNTY), "contest"),
    "rule_completion": Act(lambda w: _rule(w, "COMPLETION", None), "contest"),
    "lose_receiver": Act(lambda w: _by(w, "prison", rulings.lose_receiver, at=before(60))),
    "name_receiver": Act(
        lambda w: _by(w, "prison", rulings.name_receiver, unit_id(COUNTY), at=before(59)), "lose_receiver"
    ),
    "register": Act(lambda w: w.register(after(1)), "release"),
    "give_up_waiting": Act(lambda w: _by(w, "county", ends.note_not_arrived, source="未到", at=after(8)), "release"),
    "enter_correction": Act(lambda w: w.register(after(1)), "parole"),
    "agree": Act(lambda w: w.agree(RELEASE + timedelta(days=3)), "register"),
    "decline_help": Act(lambda w: _by(w, "county", support.decline_help, spoken_by="SELF", at=after(5)), "agree"),
    "complete": Act(lambda w: w.tick(day(date(2031, 6, 16))), "agree"),
    "die": Act(lambda w: _by(w, "county", ends.note_death, source="死亡证明0017", at=after(9)), "register"),
    "detain": Act(lambda w: _by(w, "county", ends.note_detention, source="拘留通知书", at=after(9)), "agree"),
}
"""The moves of the definition, by their ids."""

PART_OF_ANOTHER = {"withdraw": "a journey is withdrawn while two files are joined, in that transaction"}
"""Moves that are no act of their own."""

ANSWERS = {
    "ask_verification": Act(lambda w: w.ask_verification(before(90))),
    "answer": Act(lambda w: w.answer("county", "verification", "confirmed", before(85)), "ask_verification"),
    "assess": Act(lambda w: w.assess(before(80))),
    "ask_meeting": Act(
        lambda w: _by(
            w,
            "county",
            meetings.ask_for_meeting,
            meetings.Wish("FAMILY", "VIDEO", "陈望山（父）", "上午"),
            at=before(30),
        ),
        "acknowledge",
    ),
    "give_slot": Act(
        lambda w: _by(w, "prison", meetings.give_slot, slot_at=before(20), place="二号视频室", at=before(29)),
        "ask_meeting",
    ),
    "keep_minutes": Act(
        lambda w: _by(
            w, "prison", meetings.keep_minutes, held=True, minutes="说好来接", agreements="父亲来接", at=before(19)
        ),
        "give_slot",
    ),
    "plan_pick_up": Act(lambda w: w.plan_pick_up(before(10)), "acknowledge"),
    "confirm": Act(lambda w: w.confirm("county", after(0)), "plan_pick_up"),
    "release": Act(lambda w: w.release(after(0)), "acknowledge"),
    "place": Act(_place, "homeless"),
    "visit": Act(
        lambda w: _by(w, "county", support.record_visit, outcome="visited", needs=("work",), note="稳定", at=after(40)),
        "agree",
    ),
}
"""The operations that answer steps of the road."""

STEPS = {
    "verification_ask": "ask_verification",
    "assessment": "assess",
    "meeting": "give_slot",
    "meeting_minutes": "keep_minutes",
    "pick_up": "plan_pick_up",
    "release": "release",
    "gate_handover": "confirm",
    "arrival": "confirm",
    "placement": "place",
    "follow_up": "visit",
} | dict.fromkeys(
    (
        "verification", "training_offer", "education", "police_notice", "political_rights_notice", "ban_notice",
        "document_help", "guardian_notice", "medical_handover", "agency_notice", "document_service", "person_transfer",
        "report_in", "welfare_call", "household", "lodging", "social_aid", "insurance", "work", "counselling",
        "evaluation", "final_evaluation",
    ),
    "answer",
)  # fmt: skip
"""Each step of the definition, and which operation answers it."""

ACTS = MOVES | ANSWERS
BEGINNINGS = {"", "parole", "homeless"}
"""How a road begins here: from the roster, released on parole, registered without a home."""


def begin(house, kind: str) -> None:
    """Take the person in: to be free at the release day; on parole, released; without a home, registered."""
    if kind == "parole":
        received(Walk(house, kind="假释")).release(after(0))
    elif kind == "homeless":
        home(received(Walk(house, key="三无人员")))
    else:
        Walk(house)


def walk_of(house, person: uuid.UUID) -> Walk:
    """The walk of somebody who is there already."""
    walk = Walk.__new__(Walk)
    walk.house, walk.person = house, person
    return walk
