"""The forms that a file offers: for the state of the matter and for each open step, only what the reader may do.

A form is plain data for one template: heading, address, fields, the word on its button and a mark that makes a second
press harmless.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.exchange.queries import ParcelView
from guitu.handover.policy import CAME, FREE_AT_RELEASE, GATE, REFUSAL_GROUNDS, TRANSPORT, has_its_own_form
from guitu.journeys import queries as roads
from guitu.rulebook.steps import Outcome, Step
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.person_file.sight import RECEIVERS, Sight, known_marks
from guitu.web.shell import english, say
from guitu.web.written import sheet_line

Form = dict[str, Any]
OPEN_STEP = "step-"
"""How the key of the form begins that answers an open step; a correction of its answer has another."""
_PAROLE_LIKE = ("parole", "temporary_execution")


def field(kind: str, name: str, label: str, **more: Any) -> dict[str, Any]:
    """One field of a form: `kind` is radio, checkbox, text, textarea, select, date, datetime-local or number."""
    return {"kind": kind, "name": name, "label": label, **more}


def form(key: str, title: str, address: str, person_id: uuid.UUID, *fields: dict[str, Any], **more: Any) -> Form:
    """A form about this person; `key` keeps the ids of its fields apart from those of other forms on the page."""
    path = more.pop("path", ())
    return {
        "key": key,
        "sheet": sheet_line(key, fields, now()),
        "title": title,
        "url": reverse(address, args=[person_id, *path]),
        "fields": [{**one, "id": f"{key}-{one['name']}"} for one in fields],
        "mark": uuid.uuid4(),
        "submit": more.pop("submit", _("保存")),
        **more,
    }


def of_state(sight: Sight, *, complete: bool) -> list[Form]:
    """What the reader can do about the state of the matter; `complete` says that the dossier lacks nothing."""
    made: list[Form] = []
    if "sending_unit" in sight.positions:
        made += _of_sender(sight, complete=complete)
    if "receiving_unit" in sight.positions and sight.road.task.state == "sent" and "dossier:answer" in sight.may:
        waiting = next((parcel for parcel in sight.sent if not parcel.outcome), None)
        if waiting is not None:
            made.append(_answer(sight, waiting))
    if sight.positions & RECEIVERS:
        made += _of_receiver(sight)
    return made


def _of_sender(sight: Sight, *, complete: bool) -> list[Form]:
    task, person_id, may, made = sight.road.task, sight.person_id, sight.may, []
    if task.state in {"expected", "refused"} and "dossier:send" in may and complete and task.receiving_unit_id:
        text = _("发给%(receiver)s。发送后密封、编号，对方在时限内签收或退回；本单位长期看得到回执。")
        made.append(
            form(
                "send",
                _("发送刑满释放人员通知书和材料"),
                "send",
                person_id,
                text=text % {"receiver": sight.unit(task.receiving_unit_id)},
                submit=_("重发") if task.state == "refused" else _("发送"),
                solid=True,
            )
        )
    if task.state == "refused" and "dossier:contest" in may:
        words = field("textarea", "reasons", _("异议理由"), hint=_("写给共同上级；退回单位看得到"), required=True)
        made.append(form("contest", _("对退回提出异议"), "contest", person_id, words, submit=_("提请裁定")))
    if task.state in {"expected", "refused"} and "receiver:name" in may:
        text = _("户籍地、拟返回地都对不上接收县时用。到期仍未查明，自动报上级。")
        title = _("接收单位不明")
        made.append(form("lose", title, "receiver-lost", person_id, text=text, submit=_("转为待查明")))
    if task.state == "no_receiver" and "receiver:name" in may:
        made.append(receiver_form(person_id))
    return made


def receiver_form(person_id: uuid.UUID) -> Form:
    """Naming the county that receives, by its name or division code."""
    words = field("text", "unit", _("接收县司法局"), hint=_("写全称或者12位代码"), required=True)
    title = _("确定接收单位")
    key = f"receiver-{person_id}"
    return form(key, title, "receiver-name", person_id, words, submit=_("确定"), solid=True)


def _answer(sight: Sight, waiting: ParcelView) -> Form:
    effect = _("回执即时签名，%(sender)s看得到；登记时限从释放日起算。释放前责任仍在%(sender)s。")
    options = [
        {
            "value": "acknowledge",
            "label": _("签收，发回执"),
            "effect": effect % {"sender": sight.unit(waiting.sender_id)},
        }
    ]
    options += [
        {"value": code, "label": _("退回：%(ground)s") % {"ground": say(word)}, "effect": ""}
        for code, word in REFUSAL_GROUNDS.items()
    ]
    return form(
        "answer",
        _("签收或退回"),
        "answer",
        sight.person_id,
        field("radio", "decision", _("签收或退回"), options=options, chosen="acknowledge"),
        field(
            "textarea",
            "decision_reason",
            _("退回时写明：缺什么、怎么补"),
            hint=_("签收时不用填；退回必填，对方看得到"),
        ),
        hidden={"parcel": waiting.id},
        submit=_("确定"),
        solid=True,
    )


def _of_receiver(sight: Sight) -> list[Form]:
    task, person_id, may, made = sight.road.task, sight.person_id, sight.may, []
    released, free = sight.today >= task.release_on, task.release_type in FREE_AT_RELEASE
    if task.state in {"acknowledged", "not_arrived"} and "return:register" in may and released:
        text = _("本人已到达并见面核对后登记。登记后本单位为唯一责任单位；帮教出于自愿，不来登记没有任何不利后果。")
        title = _("到达登记")
        made.append(form("register", title, "register", person_id, text=text, submit=_("登记"), solid=True))
    came = sight.road.step("arrival").answer
    here = came is not None and came.outcome in CAME
    waits = task.state == "acknowledged" and task.released_at is not None and not here
    if waits and free and "journey:end" in may:
        words = field("textarea", "source", _("做过哪些联系"), required=True)
        text = _("记为未到后不再有时限，不查找、不处罚；本人随时可来登记。")
        title = _("记为未到")
        made.append(form("not-arrived", title, "not-arrived", person_id, words, text=text, submit=_("记为未到")))
    return made


def of_step(step: Step, sight: Sight) -> list[Form]:
    """What the reader can answer to this open step: its special form where it has one, and the plain answers."""
    person_id, may = sight.person_id, sight.may
    made: list[Form] = []
    if sight.positions.isdisjoint(step.by):
        return made
    if step.id == "verification_ask" and "step:answer" in may:
        text = _("请接收县核实家庭和住址。对方从这时起看得到本人，核实的时限随之开始。")
        title = _("请接收县核实")
        ask = form("ask", title, "ask-verification", person_id, text=text, submit=_("发出核实请求"), solid=True)
        made.append(ask)
    if step.id == "pick_up" and "pick_up:plan" in may:
        made.append(pick_up(person_id))
    if step.id == "release" and "person:release" in may and sight.today >= sight.road.task.release_on:
        number = field("text", "certificate", _("释放证明编号"), required=True)
        text = _("当面交给本人后再记。刑满释放的，从这一刻起由接收县负责。")
        title = _("发给释放证明并放行")
        made.append(form("release", title, "release", person_id, number, text=text, submit=_("已发给本人"), solid=True))
    if step.id == "arrival" and "step:answer" in may:
        made.append(hand_over(person_id))
    if step.id == GATE:
        if sight.today < sight.road.task.release_on:
            return made
        if "step:answer" in may:
            made.append(handed_over(person_id))
    if "step:answer" in may:
        plain = [outcome for outcome in step.outcomes if not has_its_own_form(step.id, outcome.id)]
        if plain:
            made.append(_plain(f"{OPEN_STEP}{step.id}", step, plain, person_id, first=not made))
    return made


def hand_over(person_id: uuid.UUID) -> Form:
    """The acting side's word that the person was handed over as planned."""
    text = _("按排定的接送见到本人、双方交接后确认。两边各记各的，接方的一句结束这一步。")
    title = _("接到本人，确认交接")
    return form("met", title, "hand-over", person_id, text=text, submit=_("已接到"), solid=True)


def handed_over(person_id: uuid.UUID) -> Form:
    """The sending side's word that the person was handed over at the gate."""
    text = _("在门口把本人、证件和随身物品当面交给接收方后确认。两边各记各的。")
    title = _("已在门口交接，确认")
    return form("handed-over", title, "hand-over", person_id, text=text, submit=_("已交给接收方"), solid=True)


def correction(step: Step, sight: Sight) -> Form | None:
    """The form to correct the last answer of a step: another plain outcome, and words that say why."""
    plain = [outcome for outcome in step.outcomes if not has_its_own_form(step.id, outcome.id)]
    if "step:answer" not in sight.may or sight.positions.isdisjoint(step.by) or not plain:
        return None
    return _plain(f"correct-{step.id}", step, plain, sight.person_id, first=False, why=True)


def _plain(
    key: str, step: Step, outcomes: Iterable[Outcome], person_id: uuid.UUID, *, first: bool, why: bool = False
) -> Form:
    options = [
        {"value": outcome.id, "label": outcome.en if english() else outcome.zh, "effect": _effect(outcome.kind)}
        for outcome in outcomes
    ]
    note = field("textarea", "note", _("更正的原因"), hint=_("原来的结果保留，两边都看得到"), required=True)
    if not why:
        note = field("textarea", "note", _("补充说明（可不填）"))
    return form(
        key,
        _("更正") if why else _("办理结果"),
        "step-answer",
        person_id,
        field("radio", "outcome", _("结果"), options=options, chosen=""),
        note,
        path=(step.id,),
        submit=_("更正") if why else _("记下结果"),
        solid=first and not why,
    )


def _effect(kind: str) -> str:
    return {"declined": _("本人的决定，没有任何不利后果"), "not_possible": _("写明理由，不算逾期")}.get(kind, "")


def pick_up(person_id: uuid.UUID) -> Form:
    """The day of release arranged: who meets whom, where and when, and what the person carries."""
    yes_no = [{"value": "yes", "label": _("有"), "effect": ""}, {"value": "no", "label": _("没有"), "effect": ""}]
    ways = [{"value": code, "label": say(word)} for code, word in TRANSPORT.items()]
    return form(
        "pick-up",
        _("排定接送"),
        "pick-up",
        person_id,
        field("datetime-local", "leaves_at", _("监所门口会合"), required=True),
        field("datetime-local", "arrival_at", _("预计到达"), required=True),
        field("text", "place", _("到哪里"), required=True),
        field("select", "transport", _("怎么走"), options=ways, value="OFFICE_CAR"),
        field("text", "sender_name", _("送方经办人"), required=True),
        field("text", "sender_phone", _("送方电话"), required=True, inputmode="tel"),
        field("text", "receiver_name", _("接方经办人"), required=True),
        field("text", "receiver_phone", _("接方电话"), required=True, inputmode="tel"),
        field("number", "medication_days", _("随身药品够用几天（不用药留空）")),
        field("text", "money", _("随身款项（元）"), value="0", inputmode="decimal"),
        field("radio", "has_id_card", _("身份证"), options=yes_no, chosen="no", row=True),
        field("radio", "has_phone", _("手机"), options=yes_no, chosen="no", row=True),
        field(
            "textarea",
            "contacts",
            _("约定的联系人，一行一个"),
            hint=_("没接到时只联系这些人；加密保存"),
            required=True,
        ),
        field("text", "remark", _("补充说明（可不填）")),
        columns=True,
        submit=_("排定接送"),
        solid=True,
    )


def beside(sight: Sight) -> list[Form]:
    """What may be noted at any time while the road is open: circumstances, the day of effect, how it ended early."""
    task, person_id, may = sight.road.task, sight.person_id, sight.may
    made: list[Form] = []
    if task.ended_at is not None or not sight.positions:
        return made
    if "step:answer" in may:
        held = set(known_marks(task)) - roads.marks_found_only(task.journey_id) if task.marks else set()
        marks = [
            {"value": code, "label": queue_rows.code_word("road_mark", code)}
            for code in queue_rows.codes_of("road_mark")
            if code not in held
        ]
        if marks:
            chosen = field("checkbox", "marks", _("特别情形"), options=marks)
            title = _("补记特别情形")
            text = _("相应的步骤随之开启。只由出监评估得出的也列在这里：经您补记，评估更正时不再收回。")
            made.append(form("marks", title, "marks", person_id, chosen, text=text, submit=_("记下")))
        if task.release_type in _PAROLE_LIKE and task.effective_on is None and "sending_unit" in sight.positions:
            day = field("date", "effective_on", _("裁定、决定生效之日"), required=True)
            text = _("通知、送达、移送和报到的法定时限都从这一天起算。")
            title = _("记下生效之日")
            made.append(form("effective", title, "effective", person_id, day, text=text, submit=_("记下")))
    if "journey:end" in may:
        kinds = [
            {"value": "died", "label": _("本人去世"), "effect": ""},
            {"value": "detained", "label": _("另案羁押"), "effect": _("以后再释放的，另起一件")},
        ]
        made.append(
            form(
                "end",
                _("提前办结"),
                "end",
                person_id,
                field("radio", "end", _("原因"), options=kinds, chosen=""),
                field("text", "source", _("依据的文书、文号"), required=True),
                submit=_("办结"),
            )
        )
    return made
