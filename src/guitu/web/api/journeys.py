"""Journeys in panic order, and one journey with its clocks, steps and moves."""

import functools
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from guitu.access import queries as units
from guitu.access import rule_packs
from guitu.access.deciding import item_told_by, shown_names, sight_of
from guitu.journeys import queries as roads
from guitu.prison.roster.masking import mask_value
from guitu.rulebook.book import Rulebook
from guitu.rulebook.journey import Journey as Definition
from guitu.web.api import paging
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import reads, refused
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.schemas import (
    COUNTY,
    JOURNEY,
    MOMENT,
    NEXT,
    PERSON,
    PRISON,
    SENT,
    CodeWord,
    NextField,
    PageQuery,
    UnitBody,
    example,
    unit_body,
)
from guitu.web.clock import now

router = Router(tags=["journeys"])
RETURN_HOME = "return_home"
SENDING_KINDS = frozenset({"prison", "detention_house"})
_DUE = "2026-09-08T00:00:00+08:00"
_LINE = {
    "id": JOURNEY,
    "person_id": PERSON,
    "person_number": "GT-26-000123",
    "person_name_masked": "陈**",
    "state": SENT,
    "state_since": MOMENT,
    "release_on": "2026-10-20",
    "release_type": {"code": "sentence_end", "zh": "刑满释放", "en": "Release at the end of the sentence"},
    "key_person": False,
    "due_at": _DUE,
    "due_rule": "RH-ACK",
    "late": False,
    "duty_unit": COUNTY,
    "sending_unit": PRISON,
    "receiving_unit": COUNTY,
    "ended_at": None,
}
_RULE = {"id": "RH-ACK", "zh": "签收材料", "en": "Acknowledgement", "standing": "service", "verified": False}
_BASIS = {"source": "GUITU", "article": "", "zh": "归途服务约定", "en": "Guitu’s own promises"}
_CLOCK = {
    "rule": _RULE,
    "basis": [_BASIS],
    "state": SENT,
    "step": None,
    "started_at": MOMENT,
    "statutory_on": None,
    "statutory_at": None,
    "service_on": "2026-09-07",
    "service_at": _DUE,
    "due_at": _DUE,
    "provisional": False,
    "done_at": None,
    "duty_unit": COUNTY,
}
_STEP = {
    "step": {"code": "home_verified", "zh": "核实家庭和住址", "en": "Family and address verified"},
    "standing": "open",
    "due_at": _DUE,
    "outcome": None,
    "answered_at": None,
    "why_zh": "",
    "why_en": "",
}
_MOVE = {"move": {"code": "send", "zh": "发送材料", "en": "Send the dossier"}, "at": MOMENT, "unit": PRISON}
_MOVE |= {"from_state": {"code": "expected", "zh": "待发送材料", "en": "Dossier to be sent"}, "to_state": SENT}


class JourneyLine(Schema):
    """A journey as a work queue shows it; the name is masked."""

    id: UUID
    person_id: UUID
    person_number: str
    person_name_masked: str
    state: CodeWord
    state_since: datetime
    release_on: date
    release_type: CodeWord
    key_person: bool
    due_at: datetime | None = Field(description="到期时刻（不含） · exclusive end")
    due_rule: str
    late: bool
    duty_unit: UnitBody
    sending_unit: UnitBody
    receiving_unit: UnitBody | None
    ended_at: datetime | None

    model_config = example(_LINE)


class JourneyPage(Schema):
    """A page of journeys in panic order."""

    items: list[JourneyLine]
    next: NextField

    model_config = example({"items": [_LINE], "next": NEXT})


class RuleName(Schema):
    """A rule by its name."""

    id: str
    zh: str
    en: str
    standing: str
    verified: bool


class Basis(Schema):
    """On what a rule stands."""

    source: str
    article: str | None
    zh: str
    en: str


class ClockBody(Schema):
    """A clock of a journey: both layers, the rule it follows, and its basis."""

    rule: RuleName
    basis: list[Basis]
    state: CodeWord | None = Field(description="环节；步骤的时限为 null · state; null for the clock of a step")
    step: CodeWord | None = Field(description="步骤；环节的时限为 null · step; null for the clock of a state")
    started_at: datetime
    statutory_on: date | None
    statutory_at: datetime | None
    service_on: date | None
    service_at: datetime | None
    due_at: datetime
    provisional: bool
    done_at: datetime | None
    duty_unit: UnitBody

    model_config = example(_CLOCK)


class StepBody(Schema):
    """Where one step beside the state stands."""

    step: CodeWord
    standing: str = Field(description="open、done、declined、not_possible、missed、to_come")
    due_at: datetime | None
    outcome: CodeWord | None
    answered_at: datetime | None
    why_zh: str = Field(description="不能办的原因 · why it is not possible, in Chinese")
    why_en: str

    model_config = example(_STEP)


class MoveBody(Schema):
    """A move that was made."""

    move: CodeWord
    from_state: CodeWord
    to_state: CodeWord
    at: datetime
    unit: UnitBody

    model_config = example(_MOVE)


class Journey(JourneyLine):
    """One journey with its person's name, its clocks and its moves."""

    person_name: str
    key_grounds: list[CodeWord]
    clocks: list[ClockBody]
    steps: list[StepBody]
    moves: list[MoveBody]

    model_config = example(
        {**_LINE, "person_name": "陈柏舟", "key_grounds": [], "clocks": [_CLOCK], "steps": [_STEP], "moves": [_MOVE]}
    )


class JourneyQuery(PageQuery):
    """Which journeys: the filters of the desks."""

    side: Literal["sending", "receiving"] | None = Field(
        None, description="本单位是送出方还是接收方；默认按单位类别 · on which side the unit stands"
    )
    state: list[str] = Field([], description="环节代码，可重复 · codes of states, may be repeated")
    late: bool = Field(False, description="只看逾期 · only those overdue")
    due_before: AwareDatetime | None = Field(
        None, description="在此之前到期、未逾期 · due before this moment, not late"
    )


class Words:
    """The words of codes and the names of units for one page, read once."""

    def __init__(self, book: Rulebook, definition: Definition, unit_ids: Iterable[uuid.UUID] = ()) -> None:
        self.book, self.journey = book, definition
        self._units = units.units_named(set(unit_ids))

    @classmethod
    def of_tasks(cls, book: Rulebook, tasks: Iterable[roads.Task]) -> Self:
        """The words of a page of journeys."""
        ids = [
            unit_id
            for task in tasks
            for unit_id in (task.duty_unit_id, task.sending_unit_id, task.receiving_unit_id)
            if unit_id is not None
        ]
        return cls(book, book.journeys[RETURN_HOME], ids)

    @classmethod
    def of_road(cls, road: roads.Road, unit_ids: Iterable[uuid.UUID]) -> Self:
        """The words of one journey by its own definition, with the names of these units."""
        return cls(rule_packs.active_book(), road.definition, unit_ids)

    def unit(self, unit_id: uuid.UUID) -> UnitBody:
        """A unit by its id."""
        return unit_body(self._units[unit_id])

    def state(self, state: str) -> CodeWord:
        """A state of the road."""
        found = self.journey.state(state)
        return CodeWord(code=state, zh=found.zh, en=found.en)

    def move(self, move: str) -> CodeWord:
        """A move; its bare code where the definition no longer has it."""
        found = next((one for one in self.journey.moves if one.id == move), None)
        return CodeWord(code=move, zh=found.zh if found else move, en=found.en if found else move)

    def step(self, step: str) -> CodeWord:
        """A step of the road."""
        found = self.journey.step(step)
        return CodeWord(code=step, zh=found.zh, en=found.en)

    def code(self, table: str, code: str) -> CodeWord:
        """A code of a table; bare where the table does not hold it."""
        found = next((entry for entry in self.book.codes[table].codes if entry.code == code), None)
        return CodeWord(code=code, zh=found.zh if found else code, en=found.en if found else code)


def is_late(task: roads.Task, moment: datetime) -> bool:
    """Whether the journey is open and its due moment over."""
    return task.ended_at is None and task.due_at is not None and task.due_at <= moment


def _line(task: roads.Task, words: Words, moment: datetime) -> dict[str, Any]:
    return {
        "id": task.journey_id,
        "person_id": task.person_id,
        "person_number": task.person_number,
        "person_name_masked": mask_value("name", task.person_name),
        "state": words.state(task.state),
        "state_since": task.state_since,
        "release_on": task.release_on,
        "release_type": words.code("release_type", task.release_type),
        "key_person": task.key_person,
        "due_at": task.due_at,
        "due_rule": task.due_rule,
        "late": is_late(task, moment),
        "duty_unit": words.unit(task.duty_unit_id),
        "sending_unit": words.unit(task.sending_unit_id),
        "receiving_unit": words.unit(task.receiving_unit_id) if task.receiving_unit_id else None,
        "ended_at": task.ended_at,
    }


def _place(request: ApiRequest, cursor: str) -> roads.Place | None:
    place = paging.after(request, cursor)
    return (place[0], place[1], place[2], place[3]) if place else None


def _known_states(book: Rulebook, asked: list[str]) -> tuple[str, ...]:
    known = [state.id for state in book.journeys[RETURN_HOME].states]
    unknown = [state for state in asked if state not in known]
    if unknown:
        remedy = (f"可用：{'、'.join(known)}", f"Use {', '.join(known)}")
        raise Problem("invalid", faults=[Fault("state", "没有这个环节", "there is no such state", *remedy)])
    return tuple(asked)


@reads(router, "/journeys", "person:list", JourneyPage, summary="衔接事项 · Journeys")
def journeys(request: ApiRequest, query: Query[JourneyQuery]) -> JourneyPage:
    """本单位的衔接事项，先办次序，姓名脱敏 · The unit's journeys in panic order, names masked."""
    moment, book = now(), rule_packs.active_book()
    sends = request.calling.session.unit_kind in SENDING_KINDS
    side = query.side or ("sending" if sends else "receiving")
    filters = roads.Filters(states=_known_states(book, query.state), late=query.late, due_before=query.due_before)
    found = roads.queue_after(side, filters, now=moment, after=_place(request, query.cursor), most=query.limit + 1)
    shown, following = paging.page(request, found, query.limit, roads.place_of)
    words = Words.of_tasks(book, shown)
    return JourneyPage(items=[JourneyLine(**_line(task, words, moment)) for task in shown], next=following)


@reads(router, "/journeys/{uuid:journey_id}", "person:open", Journey, asks=False, summary="一件衔接事项 · One journey")
def journey(request: ApiRequest, journey_id: UUID) -> Journey | Problem:
    """一件事项：环节、时限及其依据、经过；敏感项不在此列 · States, clocks with basis, moves; no sensitive item."""
    found = roads.road_by_id(journey_id, named="")  # the name after the line of the look
    shown = _shown_items(found.task) if found else []
    problem = refused("person:open", found.task.person_id if found else journey_id, seen=shown)
    if problem is not None or found is None:
        return problem or Problem("not-found")
    moment, book = now(), rule_packs.active_book()
    task = found.task
    ids = {task.duty_unit_id, task.sending_unit_id, *(clock.duty_unit_id for clock in found.clocks)}
    ids |= {move.unit_id for move in found.moves} | ({task.receiving_unit_id} if task.receiving_unit_id else set())
    words = Words(book, found.definition, ids)
    sight = sight_of([task.person_id])
    known = functools.partial(sight.knows, task.person_id)
    return Journey(
        **_line(found.task, words, moment),
        person_name=shown_names([task.person_id])[task.person_id],
        key_grounds=[words.code("key_person", ground) for ground in found.task.key_grounds if known(ground)],
        clocks=[_clock(clock, words) for clock in found.clocks if clock.voided_at is None],
        steps=[_step(step, words) for step in found.steps if step.standing != "no_part"],
        moves=[
            MoveBody(
                move=words.move(move.code),
                from_state=words.state(move.from_state) if move.from_state else words.state(move.to_state),
                to_state=words.state(move.to_state),
                at=move.at,
                unit=words.unit(move.unit_id),
            )
            for move in found.moves
        ],
    )


def _shown_items(task: roads.Task) -> list[str]:
    """The items above L2 that the answer shows: name, day of release, what the known grounds of a key person tell."""
    sight = sight_of([task.person_id])
    shown = {item for item in ("name", "key_dates") if sight.of(task.person_id, item).effect == "allow"}
    shown.update(item_told_by(ground) or "" for ground in task.key_grounds if sight.knows(task.person_id, ground))
    return sorted(shown - {""})


def _step(found: roads.StepView, words: Words) -> StepBody:
    answer = found.answer
    outcome = found.definition.outcome(answer.outcome) if answer else None
    return StepBody(
        step=words.step(found.definition.id),
        standing=found.standing,
        due_at=found.clock.due_at if found.clock else None,
        outcome=CodeWord(code=outcome.id, zh=outcome.zh, en=outcome.en) if outcome else None,
        answered_at=answer.at if answer else None,
        why_zh=found.why_zh,
        why_en=found.why_en,
    )


def _clock(clock: roads.ClockView, words: Words) -> ClockBody:
    rule = words.book.rules[clock.rule]
    return ClockBody(
        rule=RuleName(id=rule.id, zh=rule.name_zh, en=rule.name_en, standing=rule.standing, verified=rule.verified),
        basis=[
            Basis(
                source=one.source,
                article=one.article,
                zh=words.book.sources[one.source].zh,
                en=words.book.sources[one.source].en,
            )
            for one in rule.basis
        ],
        state=None if clock.step else words.state(clock.state),
        step=words.step(clock.step) if clock.step else None,
        started_at=clock.started_at,
        statutory_on=clock.statutory_on,
        statutory_at=clock.statutory_at,
        service_on=clock.service_on,
        service_at=clock.service_at,
        due_at=clock.due_at,
        provisional=clock.provisional,
        done_at=clock.done_at,
        duty_unit=words.unit(clock.duty_unit_id),
    )
