"""The forms of help: agreement, placement, follow-up, and the person's no. Nothing here binds a free person."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from guitu.rulebook.steps import Step
from guitu.support.policy import MATTER_OF_NEED
from guitu.web.person_file.forms import Form, field, form
from guitu.web.person_file.sight import RECEIVERS, Sight
from guitu.web.shell import english

PERMISSION = "support:record"


def need_word(need: str) -> str:
    """A need in words."""
    words = {
        "housing": _("住处"),
        "income": _("收入"),
        "documents": _("证件"),
        "health": _("健康"),
        "family": _("家人"),
        "work": _("工作"),
    }
    return words[need]


def of_state(sight: Sight) -> list[Form]:
    """Offering help, and taking the person's no, in the states where it can be agreed or ended."""
    state = sight.road.task.state
    made: list[Form] = []
    if PERMISSION not in sight.may or sight.positions.isdisjoint(RECEIVERS):
        return made
    if state in {"registered", "help_declined"}:
        made += [_proposal(sight.person_id), _agreement(sight.person_id, sight.today)]
    if state in {"registered", "in_help"}:
        ended = state == "in_help"
        text = _("不问理由，没有任何不利后果。所有时限停止，本人随时可以再来。")
        title = _("本人要求结束帮教") if ended else _("本人不需要帮教")
        speaker = field("radio", "spoken_by", _("谁的意思"), options=_speakers(), chosen="", row=True)
        made.append(
            form("decline", title, "help-decline", sight.person_id, speaker, text=text, submit=_("记下本人的决定"))
        )
    return made


def _speakers() -> list[dict[str, str]]:
    """Whose word an officer records."""
    return [
        {"value": "SELF", "label": _("本人"), "effect": ""},
        {"value": "REPRESENTATIVE", "label": _("代理人"), "effect": ""},
    ]


def _proposal(person_id: uuid.UUID) -> Form:
    return form(
        "propose",
        _("拟一份帮教协议，请本人看"),
        "help-propose",
        person_id,
        field("textarea", "wishes", _("拟约定帮什么"), hint=_("写得本人看得懂；加密保存"), required=True),
        field("textarea", "contacts", _("拟约定可以联系谁（可不填，一行一个）")),
        text=_("本人在“我的路”里看，可以同意、要求修改，也可以不要；同意当天生效。"),
        submit=_("请本人看"),
    )


def _agreement(person_id: uuid.UUID, today: date) -> Form:
    return form(
        "agree",
        _("签订帮教协议"),
        "help-agree",
        person_id,
        field("date", "on", _("签订日"), value=today.isoformat(), required=True),
        field("textarea", "wishes", _("约定帮什么"), hint=_("写本人的话；加密保存"), required=True),
        field("textarea", "contacts", _("本人愿意让我们联系谁（可不填，一行一个）")),
        field("radio", "spoken_by", _("谁的意思"), options=_speakers(), chosen="SELF", row=True),
        text=_("自愿签订，本人随时可以结束。回访时间从签订日起算。"),
        submit=_("签订"),
        solid=True,
    )


def of_step(step: Step, sight: Sight) -> list[Form]:
    """The forms of a placement and of a follow-up."""
    if PERMISSION not in sight.may or sight.positions.isdisjoint(step.by):
        return []
    if step.id == "placement":
        return [_placement(step, sight.person_id, sight.today)]
    return [visit(step, sight.person_id)] if step.id == "follow_up" else []


def _placement(step: Step, person_id: uuid.UUID, today: date) -> Form:
    kinds = [{"value": one.id, "label": one.en if english() else one.zh, "effect": ""} for one in step.outcomes]
    return form(
        "place",
        _("记下安置"),
        "place",
        person_id,
        field("radio", "kind", _("怎么安置"), options=kinds, chosen=""),
        field("text", "place", _("地点"), hint=_("本人自行解决的可不填；加密保存")),
        field("date", "on", _("从哪天起"), value=today.isoformat(), required=True),
        submit=_("记下安置"),
        solid=True,
    )


def visit(step: Step, person_id: uuid.UUID) -> Form:
    """A follow-up in three taps: what happened, what is needed, save."""
    ways = [{"value": one.id, "label": one.en if english() else one.zh} for one in step.outcomes]
    needs = [{"value": need, "label": need_word(need)} for need in MATTER_OF_NEED]
    return form(
        "visit",
        _("记这次回访"),
        "visit",
        person_id,
        field("taps", "outcome", _("见到了吗"), options=ways, nth=1),
        field("tap-many", "needs", _("最要紧的"), options=needs, nth=2),
        field("textarea", "note", _("补一句（可不填）"), rows=4),
        submit=_("保存"),
        solid=True,
    )
