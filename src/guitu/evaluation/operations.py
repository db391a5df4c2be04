"""Writes of evaluation: commission and end, draw, verify, ask for a talk, answer it, reply. Each asks, writes, records.

All but the talk's answer and the reply go through functions of the database that ask for the permission once more;
whom a matter is about they do not tell.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.db import transaction

from guitu.access import impact
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.tree import Desk, working_roles
from guitu.evaluation import queries
from guitu.evaluation.calling import told
from guitu.evaluation.models import Contact, Reply
from guitu.evaluation.policy import ANSWERS, VERDICTS, WAYS, EvaluationRefused, faults_of_commission
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.notices.operations import tell
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.clocks import end_of
from guitu.rulebook.counting import LEGAL_TIME
from guitu.rulebook.evaluation import evaluation_rules

_REFUSED = {
    "SCOPE": ("评估范围不在本单位范围之内", "the scope does not lie in the own range"),
    "EVALUATOR": ("这不是存续的第三方评估机构", "this is no living third-party evaluator"),
    "OVERLAP": (
        "同一评估机构已受托评估重叠的范围和时段；两次数字相减会算出小组，不能再委托",
        "this evaluator was commissioned for an overlapping scope and period; small groups could be computed from the"
        " difference of the two",
    ),
    "SIZE": (
        "抽样件数不在允许的范围内（也不得超过抽样框的规定比例），或者没有种子",
        "the size of the sample is not allowed (nor above its share of the frame), or the seed is missing",
    ),
    "EMPTY": ("范围内没有可抽的事，或者都少于下限", "nothing in the scope can be drawn, or every group is too small"),
    "QUESTION": ("这件事不适用所答的问题", "a question that was answered does not apply to this matter"),
    "OPEN": ("已经提出，还没有答复", "asked already and not answered yet"),
}
_FIELD = {"SCOPE": "scope", "EVALUATOR": "evaluator"}
"""Which field of the commission a refusal is about."""
EVALUATORS = ("EVALUATOR",)
"""The roles of an evaluator's unit that are told of an answer."""


class EvaluationUnknown(AttemptRefused, LookupError):
    """No such evaluation, matter or request for the acting post: the same answer whether it exists elsewhere or not."""


def _accepted(outcome: str) -> bool:
    """Whether something was written; False where the same event was before. Raises EvaluationRefused, -Unknown."""
    if outcome == "UNKNOWN":
        raise EvaluationUnknown
    if outcome in _REFUSED:
        raise EvaluationRefused(*_REFUSED[outcome], _FIELD.get(outcome, ""), code=outcome)
    return outcome != "HELD"


def commission(
    *,
    title: str,
    evaluator_id: uuid.UUID,
    scope_id: uuid.UUID,
    released_from: date,
    released_to: date,
    questions: Sequence[str],
    from_on: date,
    to_on: date,
    event_id: uuid.UUID,
    today: date,
    at: datetime,
) -> None:
    """Commission an evaluation of the divisions of a unit and count what they report, as of `at`.

    All days are legal days, both ends included. Raises NotAllowed, EvaluationRefused.
    """
    access.require("evaluation:commission")
    rules = evaluation_rules()
    wrong = faults_of_commission(
        title=title,
        released_from=released_from,
        released_to=released_to,
        from_on=from_on,
        to_on=to_on,
        questions=questions,
        known=rules.questions,
        today=today,
    )
    if wrong:
        raise EvaluationRefused(wrong[0].zh, wrong[0].en, wrong[0].field, faults=wrong)
    asked = [code for code in rules.questions if code in set(questions)]
    with transaction.atomic():
        outcome = told(
            "evaluation_begin",
            ("uuid", event_id),
            ("text", title.strip()),
            ("uuid", evaluator_id),
            ("uuid", scope_id),
            ("date", released_from),
            ("date", released_to),
            ("text[]", asked),
            ("text[]", list(rules.parts)),
            ("integer", rules.least_group(today)),
            ("integer", rules.received_within),
            ("integer", rules.sample_most),
            ("integer", rules.sample_share),
            ("timestamptz", datetime.combine(from_on, time(), LEGAL_TIME)),
            ("timestamptz", end_of(to_on).due_at),
            ("timestamptz", at),
        )
        held = queries.evaluation("evaluation:commission", event_id)
        if _accepted(outcome) and held is not None:
            record(
                "evaluation:commission:given",
                subjects=[],
                division=held.low,
                at=at,
                event_id=event_id,
                other_unit_id=evaluator_id,
                title=title.strip(),
                scope=scope_id,
                released_from=released_from,
                released_to=released_to,
                questions=asked,
                from_on=from_on,
                to_on=to_on,
            )


def end(evaluation_id: uuid.UUID, *, at: datetime) -> None:
    """End an evaluation before its day: from now on the evaluator sees nothing of it. Harmless when repeated.

    Raises NotAllowed, EvaluationUnknown.
    """
    access.require("evaluation:commission")
    with transaction.atomic():
        held = queries.evaluation("evaluation:commission", evaluation_id)
        if held is None:
            raise EvaluationUnknown
        if told("evaluation_end", ("uuid", evaluation_id), ("timestamptz", at)):
            record(
                "evaluation:commission:ended",
                subjects=[],
                division=held.low,
                at=at,
                event_id=evaluation_id,
                other_unit_id=held.evaluator_id,
            )


def draw(evaluation_id: uuid.UUID, *, seed: str, size: int, at: datetime) -> None:
    """Draw the one sample of an evaluation, stratified by county; seed and frame give the same sample again.

    A second drawing changes nothing. Raises NotAllowed, EvaluationUnknown, EvaluationRefused, NotAssessed.
    """
    access.require("evaluation:work")
    with transaction.atomic():
        held = _own(evaluation_id)
        if held.drawn_at is None:
            impact.require_assessed(impact.EVALUATION_SAMPLE, at=at)
        outcome = told(
            "evaluation_draw",
            ("uuid", evaluation_id),
            ("text", seed.strip()),
            ("integer", size),
            ("timestamptz", at),
        )
        if _accepted(outcome):
            record(
                "evaluation:sample:drawn",
                subjects=[],
                division=held.low,
                at=at,
                event_id=evaluation_id,
                seed=seed.strip(),
                size=size,
            )


def verify(
    evaluation_id: uuid.UUID,
    code: str,
    *,
    verdicts: Mapping[str, str],
    note: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Keep what the evaluator found about questions of one matter; a later finding corrects an earlier one.

    `verdicts` gives one of `VERDICTS` by question. Raises NotAllowed, EvaluationUnknown, EvaluationRefused.
    """
    access.require("evaluation:work")
    if not verdicts or not set(verdicts.values()) <= set(VERDICTS):
        raise EvaluationRefused("至少核实一个问题", "verify at least one question")
    with transaction.atomic():
        held = _own(evaluation_id)
        outcome = told(
            "evaluation_verify",
            ("uuid", evaluation_id),
            ("text", code),
            ("uuid", event_id),
            ("text[]", list(verdicts)),
            ("text[]", list(verdicts.values())),
            ("bytea", keys.encrypt(note.strip(), belongs_to=queries.note_of(event_id))),
            ("timestamptz", at),
        )
        if _accepted(outcome):
            record(
                "evaluation:matter:verified",
                subjects=[],
                division=held.low,
                at=at,
                event_id=event_id,
                code=code,
                verdicts=[f"{question}={verdict}" for question, verdict in sorted(verdicts.items())],
            )


def ask_for_talk(evaluation_id: uuid.UUID, code: str, *, event_id: uuid.UUID, at: datetime) -> None:
    """Ask whoever is responsible to bring about a talk with the person behind `code`; they are told who it is.

    Raises NotAllowed, EvaluationUnknown, EvaluationRefused.
    """
    access.require("evaluation:work")
    with transaction.atomic():
        held = _own(evaluation_id)
        outcome = told(
            "evaluation_ask",
            ("uuid", evaluation_id),
            ("text", code),
            ("uuid", event_id),
            ("text[]", list(working_roles())),
            ("timestamptz", at),
        )
        if _accepted(outcome):
            record("evaluation:contact:asked", subjects=[], division=held.low, at=at, event_id=event_id, code=code)


def answer_talk(
    person_id: uuid.UUID,
    contact_id: uuid.UUID,
    *,
    answer: str,
    way: str = "",
    meet_at: datetime | None = None,
    at: datetime,
) -> None:
    """Answer for a person whether they are willing to talk, and then when and how. The first answer stands.

    `meet_at` is an aware moment not before `at`. Raises NotAllowed, PersonUnknown, EvaluationUnknown and
    EvaluationRefused.
    """
    access.require("contact:arrange", [person_id])
    willing = answer == "WILLING"
    if answer not in ANSWERS or (willing and way not in WAYS):
        raise EvaluationRefused(
            "请选一个答复；愿意的还要选怎样谈", "choose an answer, and how to talk if they are willing"
        )
    if willing and (meet_at is None or meet_at < at):
        raise EvaluationRefused("愿意谈话的，要写将来的时间", "if they are willing a time to come is needed")
    with transaction.atomic():
        found = Contact.objects.select_for_update(no_key=True).filter(id=contact_id, person_id=person_id).first()
        if found is None:
            raise EvaluationUnknown
        if found.answered_at is not None:
            if found.answer == answer:
                return
            raise EvaluationRefused("已经答复过了", "it was answered already", code="ANSWERED")
        found.answer, found.answered_at, found.answered_by = answer, at, actor().session.post_id
        found.way, found.meet_at = (way, meet_at) if willing else ("", None)
        found.save(update_fields=["answer", "way", "meet_at", "answered_at", "answered_by"])
        tell(
            Desk(found.evaluator_id, EVALUATORS),
            "EVALUATION_CONTACT_ANSWERED",
            {"code": found.code},
            at,
            subject_id=contact_id,
        )
        record(
            "evaluation:contact:answered",
            subjects=[person_id],
            division=found.division,
            at=at,
            event_id=contact_id,
            other_unit_id=found.evaluator_id,
            code=found.code,
            answer=answer,
            meet_at=found.meet_at,
        )


def reply(evaluation_id: uuid.UUID, *, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Keep what the acting county says to its result. Raises NotAllowed, EvaluationUnknown, EvaluationRefused."""
    access.require("evaluation:answer")
    if not words.strip():
        raise EvaluationRefused("请写答复", "write a reply")
    session = actor().session
    with transaction.atomic():
        if queries.evaluation("evaluation:answer", evaluation_id) is None:
            raise EvaluationUnknown
        if Reply.objects.filter(id=event_id).exists():
            return
        Reply.objects.create(
            id=event_id,
            evaluation_id=evaluation_id,
            county_id=session.unit_id,
            division=session.division,
            words=keys.encrypt(words.strip(), belongs_to=queries.words_of(event_id)),
            at=at,
            post_id=session.post_id,
        )
        record("evaluation:county:replied", subjects=[], division=session.division, at=at, event_id=event_id)


def _own(evaluation_id: uuid.UUID) -> queries.EvaluationView:
    held = queries.evaluation("evaluation:work", evaluation_id)
    if held is None:
        raise EvaluationUnknown
    return held
