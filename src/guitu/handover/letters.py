"""Letters (发函): what a letter would say, to whom it can go, and sending it with the answer to its step in one act.

The platform writes the letter: its kind (rulebook/data/letters) says which items it holds. The sender sees it before
sending exactly as the addressee will; beside the items only time and place of a meeting are written by hand.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.addressees import Addressee, addressees, companions_of, letters_desk, own_unit_of_people
from guitu.access.rule_packs import active_book
from guitu.access.tree import desk, tree_above
from guitu.exchange import letters as exchange
from guitu.exchange.letters import NewLetter
from guitu.handover import documents
from guitu.handover.matters import begin
from guitu.handover.steps import write_answer
from guitu.handover.window import province_of
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed, clock
from guitu.ledger.operations import record
from guitu.notices.operations import tell
from guitu.papers.policy import chinese_day
from guitu.people import queries as persons
from guitu.rulebook.letters import FACTS, LetterKind, letter_kinds

BY_HAND = ("when", "where")
"""What the sender writes; everything else is known already."""


class LetterIncomplete(ValueError):
    """A letter lacks what has to be written by hand (`fields`), or an addressee that can read it (``to``)."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Line:
    """One line of a letter: the code of an item or of a fact, and its value in words."""

    code: str
    value: str


def kinds_open(road: roads.Road, *, positions: frozenset[str]) -> list[LetterKind]:
    """The kinds of letters that a unit in these positions can send now on this road."""
    if road.task.ended_at is not None:
        return []
    open_steps = {step.definition.id for step in road.steps if step.standing == "open"}
    return [
        kind
        for kind in letter_kinds().values()
        if kind.by & positions
        and (not kind.step or kind.step in open_steps)
        and (not kind.release_types or road.task.release_type in kind.release_types)
        and not (kind.id == "three_nothings" and "three_nothings" not in road.task.marks)
    ]


def lines_of(says: Mapping[str, str], kind: LetterKind) -> list[Line]:
    """What a letter says, line by line, in the order of its kind; a value that is not known says so by absence."""
    return [Line(code, says[code]) for code in (*kind.items, *kind.facts) if code in says]


def draft(person_id: uuid.UUID, kind: LetterKind, *, by_hand: Mapping[str, str]) -> dict[str, str]:
    """What a letter of this kind would say now: readable values of its items, and its facts. Within reach only."""
    held = persons.values_of(person_id, kind.items)
    road = roads.road_of(person_id)
    if road is None:
        raise journeys.JourneyUnknown
    says = {item: documents.readable(item, held[item]) for item in kind.items if item in held}
    task = road.task
    named = units.units_named({task.receiving_unit_id} if task.receiving_unit_id else set())
    receiver = next(iter(named.values()), None)
    own = units.unit(actor().session.unit_id)
    facts = {
        "release_on": chinese_day(task.release_on),
        "release_type": documents.word("release_type", task.release_type),
        "effective_on": chinese_day(task.effective_on) if task.effective_on else "",
        "receiver": f"{receiver.name} {receiver.phone}" if receiver else "",
        "contact": f"{own.name} {own.phone}",
        **{name: by_hand.get(name, "").strip() for name in BY_HAND},
    }
    return says | {name: facts[name] for name in kind.facts if facts[name]}


def proposed(person_id: uuid.UUID, kind: LetterKind, *, at: datetime) -> list[Addressee]:
    """The units that a letter of this kind can go to, the nearest to where the person returns first."""
    road = roads.road_of(person_id)
    if road is None or kind.to == ("own",):
        return []
    near = road.task.receiving_unit_id or road.task.sending_unit_id
    return addressees(kind.to, near=[near], at=at)


def send_letters(
    person_id: uuid.UUID,
    kind_id: str,
    *,
    to: Sequence[uuid.UUID],
    by_hand: Mapping[str, str],
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Write and send a letter to each of `to` (units, or posts of people asked to attend); answer the step with it.

    All or nothing; `event_id` makes a retry harmless. Raises NotAllowed, PersonUnknown, JourneyUnknown,
    LetterIncomplete, StepNotOpen, MoveNotAllowed.
    """
    access.require("letter:send", [person_id])
    kind = letter_kinds().get(kind_id)
    with transaction.atomic():
        journey = begin("handover:letter:sent", person_id, letter_id(event_id, 0))
        if journey is None:
            return
        road = roads.road_by_id(journey.id)
        positions = frozenset(journeys.positions(journey))
        if kind is None or road is None or kind not in kinds_open(road, positions=positions):
            raise MoveNotAllowed("这种函现在不能由本单位发出", "This unit cannot send such a letter now")
        _require_complete(person_id, kind, to=to, by_hand=by_hand, at=at)
        says = draft(person_id, kind, by_hand=by_hand)
        province = province_of(units.unit(actor().session.unit_id))
        face = clock(active_book(), kind.rule, at, province=province)
        numbers = []
        for place, addressee in enumerate(dict.fromkeys(to)):
            new = NewLetter(
                id=letter_id(event_id, place),
                person_id=person_id,
                division=journey.division,
                journey_id=journey.id,
                kind=kind.id,
                step=kind.step,
                receiver_id=own_unit_of_people() if kind.to == ("own",) else addressee,
                addressee=addressee,
                says=says,
                closes=kind.closes,
                due_at=face.due_at,
                due_rule=kind.rule,
            )
            numbers.append(_sent(new, at=at))
        if kind.outcome:
            note = "、".join(numbers)
            write_answer(journey, step=kind.step, outcome=kind.outcome, note=note, event_id=event_id, at=at)


def letter_id(event_id: uuid.UUID, place: int) -> uuid.UUID:
    """The id of the letter to the addressee at this `place` (from nought) of one sending."""
    return uuid.uuid5(event_id, f"letter:{place}")


def _sent(new: NewLetter, *, at: datetime) -> str:
    number = exchange.post_letter(new, at=at)
    record(
        "handover:letter:sent",
        subjects=[new.person_id],
        division=new.division,
        at=at,
        event_id=new.id,
        other_unit_id=new.receiver_id,
        kind=new.kind,
        number=number,
    )
    if new.receiver_id == new.addressee:
        facts = {"unit": str(actor().session.unit_id), "number": number}
        tell(letters_desk(new.receiver_id), "LETTER_ARRIVED", facts, at, subject_id=new.id)
    return number


def _require_complete(
    person_id: uuid.UUID, kind: LetterKind, *, to: Sequence[uuid.UUID], by_hand: Mapping[str, str], at: datetime
) -> None:
    lacking = tuple(name for name in BY_HAND if name in kind.facts and not by_hand.get(name, "").strip())
    if kind.to == ("own",):
        can = {one.post_id for one in companions_of(person_id, at=at) if one.open}
    else:
        can = {one.unit.id for one in proposed(person_id, kind, at=at) if one.filled}
    if not to or not set(to) <= can:
        lacking = (*lacking, "to")
    if lacking:
        raise LetterIncomplete(lacking)


def fact_word(code: str, *, english: bool) -> str:
    """The word of an item or a fact that a letter states."""
    if code in FACTS:
        return FACTS[code].en if english else FACTS[code].zh
    item = active_book().items[code]
    return item.en if english else item.zh


def tell_late_letters(*, at: datetime, most: int) -> int:
    """Tell of letters past their day, once: the sender, the addressee, and who stands above the addressee; how many.

    Where somebody was only asked to attend, the sender alone is told: they owe no answer. Run by the tick.
    """
    with transaction.atomic():
        late = exchange.late_letters(at=at, most=most)
        organs = [one for one in late if one.addressee == one.receiver_id]
        tree = tree_above({one.receiver_id for one in organs}, at=at)
        for one in late:
            facts, key = {"unit": str(one.receiver_id), "number": one.number}, one.due_rule if one.under_way else ""
            tell(desk(one.sender_id), "LETTER_LATE", facts, at, subject_id=one.id, key=key, person_id=one.person_id)
            if one.addressee != one.receiver_id:
                continue
            tell(letters_desk(one.receiver_id), "LETTER_LATE", facts, at, subject_id=one.id, key=key)
            above = tree.bearer("superior_of_asked_unit", one.receiver_id)
            if above.unit_id not in {one.sender_id, one.receiver_id}:
                tell(above, "LETTER_LATE", facts, at, subject_id=one.id, key=key, person_id=one.person_id)
    return len(late)
