"""What is done about a person's matter as a whole: registering the return; and where the matter stands afterwards."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import transaction
from ninja import Router, Schema
from pydantic import Field

from guitu.access import operations as access
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import Doing, acts
from guitu.web.api.journeys import Words
from guitu.web.api.problems import Problem
from guitu.web.api.schemas import COUNTY, JOURNEY, MOMENT, PERSON, CodeWord, UnitBody, example
from guitu.web.clock import now

router = Router(tags=["journeys"])
_STANDING = {
    "journey_id": JOURNEY,
    "person_id": PERSON,
    "state": {"code": "registered", "zh": "已登记", "en": "Registered"},
    "state_since": MOMENT,
    "due_at": None,
    "due_rule": "",
    "duty_unit": COUNTY,
}


class Standing(Schema):
    """Where a matter stands after an act: its state, who owes the next move, until when."""

    journey_id: UUID
    person_id: UUID
    state: CodeWord
    state_since: datetime
    due_at: datetime | None = Field(description="到期时刻（不含） · exclusive end")
    due_rule: str
    duty_unit: UnitBody

    model_config = example(_STANDING)


def standing_of(journey_id: uuid.UUID) -> Standing:
    """Where this matter stands now. Raises Problem("not-found")."""
    with transaction.atomic():
        found = roads.road_by_id(journey_id, named="")
        if found is None:
            raise Problem("not-found")
        task = found.task
        words = Words.of_road(found, [task.duty_unit_id])
        return Standing(
            journey_id=task.journey_id,
            person_id=task.person_id,
            state=words.state(task.state),
            state_since=task.state_since,
            due_at=task.due_at,
            due_rule=task.due_rule,
            duty_unit=words.unit(task.duty_unit_id),
        )


def open_road(journey_id: uuid.UUID, permission: str) -> roads.Road:
    """The matter that an act is addressed to, which is the one open for its person; the act itself asks whether it may.

    Unknown and foreign ones leave their line and are refused alike. Raises Problem, NotAllowed, PersonUnknown.
    """
    with transaction.atomic():
        found = roads.road_by_id(journey_id, named="")
    if found is None:
        access.require(permission, [journey_id])
        raise Problem("not-found")
    if found.task.ended_at is not None:
        raise Problem("not-possible-now", zh="这件事项已经办结。", en="This matter has ended.")
    return found


@acts(
    router,
    "/journeys/{uuid:journey_id}/register",
    "return:register",
    Standing,
    summary="到达登记 · Register a return",
)
def register(request: ApiRequest, journey_id: UUID, doing: Doing) -> Standing:
    """本人到达并见面核对后登记，责任转到本单位；假释、暂予监外执行的转为入矫接收 · The person is here and was met."""
    person_id = open_road(journey_id, "return:register").task.person_id
    handover.register_return(person_id, event_id=doing.event_id("return"), at=now())
    return standing_of(journey_id)
