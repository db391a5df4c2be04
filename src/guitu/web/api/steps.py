"""The open steps of a person's matter, and answering one of them."""

import uuid
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from guitu.access.roles import Word
from guitu.handover import steps as handover
from guitu.handover.policy import has_its_own_form
from guitu.journeys import queries as roads
from guitu.journeys.operations import StepNotOpen
from guitu.rulebook.steps import Outcome, Step
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import Doing, acts, reads, refused
from guitu.web.api.journeys import Words
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.returns import open_road
from guitu.web.api.schemas import COUNTY, JOURNEY, MOMENT, NO_NUL, PERSON, CodeWord, Taken, UnitBody, example
from guitu.web.clock import now

router = Router(tags=["journeys"])
OWN_FORMS: dict[tuple[str, str], Word] = {
    ("verification_ask", "asked"): Word("请接收县核实", "Ask the receiving county to verify"),
    ("assessment", "reported"): Word("出监评估", "Pre-release assessment"),
    ("meeting", "slot_given"): Word("排定会见时间", "Give a time"),
    ("meeting", "not_possible"): Word("不能安排", "Not possible"),
    ("meeting_minutes", "held"): Word("会见记录", "Minutes of the meeting"),
    ("meeting_minutes", "not_held"): Word("会见记录", "Minutes of the meeting"),
    ("pick_up", "planned"): Word("排定接送", "Plan the pick-up"),
    ("pick_up", "declined"): Word("本人不需要接送", "The person wants no pick-up"),
    ("gate_handover", "handed_over"): Word("已在门口交接，确认", "Handed over at the gate, confirm"),
    ("gate_handover", "declined"): Word("本人不需要接送", "The person wants no pick-up"),
    ("arrival", "met"): Word("接到本人，确认交接", "Person met, confirm the hand-over"),
    ("release", "certificate"): Word("发给释放证明并放行", "Hand over the certificate and release"),
    ("release", "by_time"): Word("释放日届满，系统自行记下", "The release day has ended; noted by itself"),
    ("placement", "*"): Word("记下安置", "Record the placement"),
    ("follow_up", "*"): Word("记这次回访", "Record this follow-up"),
}
"""The form of an answer that carries more than a word, as the pages call it; ``*`` stands for every outcome."""
_DONE = {"code": "passed_on", "zh": "已转有权部门办理", "en": "Passed to the competent department"}
_STEP_WORDS = {"code": "household", "zh": "户籍、身份证", "en": "Household register and identity card"}
_STEP = {
    "step": _STEP_WORDS,
    "since": MOMENT,
    "due_at": "2026-09-08T00:00:00+08:00",
    "due_rule": "RH-MATTER",
    "late": False,
    "duty_unit": COUNTY,
    "outcomes": [{**_DONE, "kind": "done", "own_form": None}],
}


class FormName(Schema):
    """A form by its name on the pages."""

    zh: str
    en: str


class OutcomeBody(CodeWord):
    """An answer that a step can have; with the form it needs, if it carries more than a word."""

    kind: Literal["done", "declined", "not_possible"]
    own_form: FormName | None = Field(description="须在页面的这张表单上办理 · given on this form of the pages only")


class OpenStep(Schema):
    """A step that is open: whose it is, until when, and how it can be answered."""

    step: CodeWord
    since: datetime
    due_at: datetime = Field(description="到期时刻（不含） · exclusive end")
    due_rule: str
    late: bool
    duty_unit: UnitBody
    outcomes: list[OutcomeBody]

    model_config = example(_STEP)


class OpenSteps(Schema):
    """The open steps of one matter, in the order of the road."""

    items: list[OpenStep]

    model_config = example({"items": [_STEP]})


class AnswerStep(Taken):
    """How a step came out."""

    outcome: str = Field(min_length=1, max_length=60, description="结果代码 · code of the outcome")
    note: str = Field(
        "",
        max_length=2000,
        pattern=NO_NUL,
        description="补充说明；更正已有的结果必须写明原因 · words; a correction must say why",
    )

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"outcome": "passed_on", "note": "已转户政窗口"}]}
    )


class StepAnswered(Schema):
    """The answer that was given to a step."""

    journey_id: UUID
    person_id: UUID
    step: CodeWord
    outcome: CodeWord

    model_config = example({"journey_id": JOURNEY, "person_id": PERSON, "step": _STEP_WORDS, "outcome": _DONE})


def own_form(step: str, outcome: str) -> Word | None:
    """The form on which this answer is given, or None where a word is enough."""
    if not has_its_own_form(step, outcome):
        return None
    return OWN_FORMS.get((step, outcome)) or OWN_FORMS[step, "*"]


@reads(
    router,
    "/journeys/{uuid:journey_id}/steps",
    "person:open",
    OpenSteps,
    asks=False,
    summary="没有办完的步骤 · Open steps",
)
def open_steps(request: ApiRequest, journey_id: UUID) -> OpenSteps | Problem:
    """一件事项里没有办完的步骤：归谁办、何时到期、可以怎样答 · Whose each open step is, when due, how answered."""
    found = roads.road_by_id(journey_id, named="")
    problem = refused("person:open", found.task.person_id if found else journey_id)
    if problem is not None or found is None:
        return problem or Problem("not-found")
    moment = now()
    running = [(step.definition, step.clock) for step in found.steps if step.standing == "open" and step.clock]
    words = Words.of_road(found, [clock.duty_unit_id for _, clock in running])
    return OpenSteps(items=[_open(step, clock, words, moment) for step, clock in running])


def _open(step: Step, clock: roads.ClockView, words: Words, moment: datetime) -> OpenStep:
    return OpenStep(
        step=words.step(step.id),
        since=clock.started_at,
        due_at=clock.due_at,
        due_rule=clock.rule,
        late=clock.due_at <= moment,
        duty_unit=words.unit(clock.duty_unit_id),
        outcomes=[_outcome(step, outcome) for outcome in step.outcomes],
    )


def _outcome(step: Step, outcome: Outcome) -> OutcomeBody:
    form = own_form(step.id, outcome.id)
    return OutcomeBody.model_validate(
        {
            "code": outcome.id,
            "zh": outcome.zh,
            "en": outcome.en,
            "kind": outcome.kind,
            "own_form": FormName(zh=form.zh, en=form.en) if form else None,
        }
    )


@acts(
    router,
    "/journeys/{uuid:journey_id}/steps/{step}/answer",
    "step:answer",
    StepAnswered,
    summary="答一个步骤 · Answer a step",
)
def answer(request: ApiRequest, journey_id: UUID, step: str, body: AnswerStep, doing: Doing) -> StepAnswered:
    """记下一个步骤的结果；另有表单的结果不收，写明是哪张表单 · An answer with a form of its own is refused."""
    road = open_road(journey_id, "step:answer")
    definition = next((one for one in road.definition.steps if one.id == step), None)
    if definition is None:
        raise Problem("not-found")
    outcome = next((one for one in definition.outcomes if one.id == body.outcome), None)
    if outcome is None:
        codes = [one.id for one in definition.outcomes]
        remedy = (f"可用：{'、'.join(codes)}", f"Use {', '.join(codes)}")
        raise Problem("invalid", faults=[Fault("outcome", "这个步骤没有这个结果", "no outcome of this step", *remedy)])
    form = own_form(step, outcome.id)
    if form is not None:
        raise _on_its_form(form, road.task.person_id)
    try:
        handover.answer_step(
            road.task.person_id,
            step=step,
            outcome=outcome.id,
            note=body.note.strip(),
            event_id=doing.event_id("answer"),
            at=now(),
        )
    except StepNotOpen as refusal:
        raise Problem("not-possible-now", zh=refusal.zh, en=refusal.en) from refusal
    return StepAnswered(
        journey_id=journey_id,
        person_id=road.task.person_id,
        step=CodeWord(code=step, zh=definition.zh, en=definition.en),
        outcome=CodeWord(code=outcome.id, zh=outcome.zh, en=outcome.en),
    )


def _on_its_form(form: Word, person_id: uuid.UUID) -> Problem:
    page = reverse("person", args=[person_id])
    fault = Fault(
        "outcome",
        f"这个结果要在“{form.zh}”上办理",
        f"this answer is given on “{form.en}”",
        f"请在本人档案页 {page} 办理",
        f"Do it on the person's file {page}",
    )
    zh = f"这个结果不只一句话，要在页面的“{form.zh}”上办理；没有改动任何记录。"
    en = f"This answer is more than a word and is given on “{form.en}” of the pages; nothing was changed."
    return Problem("own-form", zh=zh, en=en, faults=[fault])
