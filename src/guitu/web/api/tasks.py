"""What the unit owes next: journeys that wait for it and open steps, in one panic order."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from guitu.access import rule_packs
from guitu.journeys import queries as roads
from guitu.web.api import paging
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import reads
from guitu.web.api.journeys import RETURN_HOME, Words
from guitu.web.api.schemas import JOURNEY, MOMENT, PERSON, SENT, CodeWord, NextField, PageQuery, example
from guitu.web.clock import now

router = Router(tags=["tasks"])
_NEVER = datetime.max.replace(tzinfo=UTC)
_TASK = {
    "journey_id": JOURNEY,
    "person_id": PERSON,
    "person_number": "GT-26-000123",
    "what": SENT,
    "step": False,
    "since": MOMENT,
    "due_at": "2026-09-08T00:00:00+08:00",
    "due_rule": "RH-ACK",
    "late": False,
    "key_person": False,
    "release_on": "2026-10-20",
}


class TaskBody(Schema):
    """One thing owed: a journey in a state that waits for the unit, or an open step; and its clock."""

    journey_id: UUID
    person_id: UUID
    person_number: str
    what: CodeWord = Field(description="环节或步骤 · the state or the step")
    step: bool = Field(description="true：步骤 · true for a step")
    since: datetime
    due_at: datetime | None = Field(description="到期时刻（不含） · exclusive end")
    due_rule: str
    late: bool
    key_person: bool
    release_on: date

    model_config = example(_TASK)


class TaskPage(Schema):
    """A page of tasks in panic order."""

    items: list[TaskBody]
    next: NextField

    model_config = example({"items": [_TASK], "next": None})


@dataclass(frozen=True)
class _Owed:
    """A task with its place in the panic order: due moment, key person, id."""

    due_at: datetime | None
    key_person: bool
    id: uuid.UUID
    body: TaskBody

    @property
    def order(self) -> tuple[datetime, bool, uuid.UUID]:
        return (self.due_at or _NEVER, not self.key_person, self.id)


@reads(router, "/tasks", "person:list", TaskPage, summary="本单位该办的事 · Tasks of the unit")
def tasks(request: ApiRequest, query: Query[PageQuery]) -> TaskPage:
    """轮到本单位办的环节和步骤，先办次序 · States and steps that the unit owes, computed, in panic order."""
    moment, book = now(), rule_packs.active_book()
    definition = book.journeys[RETURN_HOME]
    words = Words(book, definition)
    place, most = paging.after(request, query.cursor), query.limit + 1
    due_at, key_person, last = place or (None, False, uuid.UUID(int=0))
    waiting = roads.Filters(states=tuple(state.id for state in definition.states if state.kind != "end"))
    behind = (False, due_at, key_person, last) if place else None
    owed = [
        _of_state(one, words, moment) for one in roads.queue_after("duty", waiting, now=moment, after=behind, most=most)
    ]
    if place is None or due_at is not None:
        found = roads.step_queue_after(
            roads.StepFilters(), now=moment, after=(due_at, key_person, last) if due_at else None, most=most
        )
        owed += [_of_step(one, words, moment) for one in found]
    owed = sorted(owed, key=lambda one: one.order)[:most]
    shown, following = paging.page(request, owed, query.limit, lambda one: (one.due_at, one.key_person, one.id))
    return TaskPage(items=[one.body for one in shown], next=following)


def _of_state(task: roads.Task, words: Words, moment: datetime) -> _Owed:
    body = TaskBody(
        journey_id=task.journey_id,
        person_id=task.person_id,
        person_number=task.person_number,
        what=words.state(task.state),
        step=False,
        since=task.state_since,
        due_at=task.due_at,
        due_rule=task.due_rule,
        late=task.due_at is not None and task.due_at <= moment,
        key_person=task.key_person,
        release_on=task.release_on,
    )
    return _Owed(task.due_at, task.key_person, task.journey_id, body)


def _of_step(task: roads.StepTask, words: Words, moment: datetime) -> _Owed:
    body = TaskBody(
        journey_id=task.journey_id,
        person_id=task.person_id,
        person_number=task.person_number,
        what=words.step(task.step),
        step=True,
        since=task.since,
        due_at=task.due_at,
        due_rule=task.due_rule,
        late=task.due_at <= moment,
        key_person=task.key_person,
        release_on=task.release_on,
    )
    return _Owed(task.due_at, task.key_person, task.clock_id, body)
