"""One person's file: where the road stands, what comes, what happened, core items, clocks, papers, who looked."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.operations import ask
from guitu.access.roles import PERMISSIONS, PURPOSES, ROLES
from guitu.exchange import queries as parcels
from guitu.handover import operations as handover
from guitu.handover.policy import REFUSAL_GROUNDS, missing_for_dossier
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import english, frame, say, show
from guitu.web.templatetags.guitu_words import legal_day

LOOKS, HAPPENINGS = 8, 30
REVEAL_SECONDS = 60


def _unit_name(found: access.UnitView | None) -> str:
    if found is None:
        return ""
    return found.name_en if english() else found.name


@reads("person:open")
def person(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The whole file; sensitive items stay closed until they are asked for one by one."""
    return _file(request, person_id)


def _file(request: Request, person_id: uuid.UUID, opened: tuple[str, str] | None = None) -> HttpResponse:
    now()
    file = persons.file_of(person_id)
    road = roads.road_of(person_id)
    sent = parcels.parcels_of(road.task.journey_id) if road else []
    happened = ledger.of_person(person_id, limit=HAPPENINGS)
    looks = access.looks_at(person_id, most=LOOKS)
    ids = {file.responsible_unit_id} | {line.unit_id for line in happened if line.unit_id}
    if road:
        ids |= {road.task.duty_unit_id, road.task.sending_unit_id} | {clock.duty_unit_id for clock in road.clocks}
        ids |= {road.task.receiving_unit_id} if road.task.receiving_unit_id else set()
    names = access.units_named(ids)
    posts = access.posts_named({line.post_id for line in happened if line.post_id})
    page = frame(request, file.name, current="", crumbs=())
    context: dict[str, Any] = {
        "file": file,
        "sex": queue_rows.code_word("sex", file.sex),
        "responsible": _unit_name(names.get(file.responsible_unit_id)),
        "items": _items(file, opened, person_id),
        "looks": [_look(look) for look in looks],
        "happened": [_happening(line, names, posts) for line in happened],
        "papers": [_paper(parcel) for parcel in sent],
    }
    if road:
        context |= _road(request, road, file, sent, names)
    return show(request, "file/person.html", page, **context)


def _road(
    request: Request,
    road: roads.Road,
    file: persons.PersonFile,
    sent: list[parcels.ParcelView],
    names: dict[uuid.UUID, access.UnitView],
) -> dict[str, Any]:
    task = road.task
    session = request.acting_session
    at = queue_rows.stage_number(task.state)
    duty = names[task.duty_unit_id]
    receiver = names.get(task.receiving_unit_id) if task.receiving_unit_id else None
    lacking = missing_for_dossier(frozenset(file.items), has_receiver=receiver is not None)
    may = ROLES[session.role].may
    waiting = next((parcel for parcel in sent if not parcel.outcome), None)
    mine = session.unit_id == task.duty_unit_id and task.ended_at is None
    actions = {
        "send": mine and task.state in {"expected", "refused"} and "dossier:send" in may and not lacking,
        "answer": mine and task.state == "sent" and "dossier:answer" in may and waiting is not None,
        "register": mine and task.state == "acknowledged" and "return:register" in may,
    }
    shown_lacking = [_lacking_word(item) for item in lacking] if task.state in {"expected", "refused"} else []
    rule = load_national().rules.get(task.due_rule)
    overdue = rule.when_overdue if rule else None
    if_late = ((overdue.en if english() else overdue.zh) if overdue else None) or _("报上一级，由其督办")
    refusal = next((parcel for parcel in sent if parcel.outcome == "REFUSED"), None)
    return {
        "road": road,
        "steps": _steps(road, at, names),
        "answers": {
            "owner": {"unit": _unit_name(duty), "since": task.state_since},
            "clock": queue_rows.clock_of(task),
            "missing": shown_lacking,
            "if_late": if_late if task.ended_at is None else _("已办结"),
        },
        "state": queue_rows.state_word(task.state),
        "release_type": queue_rows.code_word("release_type", task.release_type),
        "key_grounds": [queue_rows.code_word("key_person", ground) for ground in task.key_grounds],
        "receiver": _unit_name(receiver),
        "sender": _unit_name(names[task.sending_unit_id]),
        "actions": actions,
        "waiting": waiting,
        "refusal": {
            "ground": say(REFUSAL_GROUNDS[refusal.ground]),
            "remark": refusal.remark,
        }
        if refusal and task.state == "refused"
        else None,
        "grounds": [{"value": code, "label": say(word)} for code, word in REFUSAL_GROUNDS.items()],
        "mark": uuid.uuid4(),
        "clocks": [_clock(clock, names) for clock in reversed(road.clocks) if clock.voided_at is None],
    }


def _lacking_word(item: str) -> str:
    if item == "receiver":
        return _("接收单位：请核对户籍地")
    found = load_national().items[item]
    return found.en if english() else found.zh


def _steps(road: roads.Road, at: int, names: dict[uuid.UUID, access.UnitView]) -> list[dict[str, Any]]:
    journey = load_national().journeys["return_home"]
    finished = road.task.ended_at is not None
    covered = {journey.state(state.id).stage for state in journey.states}
    steps = []
    for stage in journey.stages:
        if stage.id not in covered:
            state = "not_applicable"
        elif stage.number < at or (stage.number == at and finished):
            state = "done"
        else:
            state = "now" if stage.number == at else "to_come"
        owner = names.get(road.task.duty_unit_id) if state == "now" else None
        steps.append(
            {
                "number": stage.number,
                "state": state,
                "label": stage.en if english() else stage.zh,
                "note": _("线下办理") if state == "not_applicable" else _unit_name(owner),
            }
        )
    return steps


def _clock(clock: roads.ClockView, names: dict[uuid.UUID, access.UnitView]) -> dict[str, Any]:
    rule = load_national().rules[clock.rule]
    standing = {"law": _("法定"), "policy": _("政策"), "local": _("地方"), "service": _("服务"), "claim": _("服务")}
    return {
        "name": rule.name_en if english() else rule.name_zh,
        "rule": clock.rule,
        "url": reverse("rule", args=[clock.rule]),
        "due": clock.statutory_on or clock.service_on or queue_rows.shown_due(clock.due_at),
        "done": clock.done_at,
        "provisional": clock.provisional,
        "standing": standing[rule.standing] if clock.statutory_at else _("服务"),
        "unit": _unit_name(names.get(clock.duty_unit_id)),
    }


def _items(file: persons.PersonFile, opened: tuple[str, str] | None, person_id: uuid.UUID) -> list[dict[str, Any]]:
    book = load_national()
    made = []
    for code, item in book.items.items():
        fact = file.items.get(code)
        if fact is None:
            continue
        name = item.en if english() else item.zh
        row: dict[str, Any] = {"code": code, "name": name, "source": fact.source, "on": fact.collected_at}
        if opened and opened[0] == code:
            row |= {"state": "open", "value": _readable(code, opened[1])}
        elif fact.value is None:
            row |= {"state": "masked", "url": reverse("reveal", args=[person_id, code])}
        else:
            row |= {"state": "known", "value": _readable(code, fact.value)}
        made.append(row)
    return made


_PARTS = {
    "division": "户籍区划",
    "address": "地址",
    "phone": "本人电话",
    "family_contact": "家属",
    "family_phone": "家属电话",
    "text": "刑期",
    "from": "起",
    "to": "止",
    "release_on": "释放日",
}


def _readable(item: str, value: str) -> str:
    if value.startswith("{"):
        parts = json.loads(value)
        if english():
            return " · ".join(f"{key.replace('_', ' ')} {part}" for key, part in parts.items())
        return " · ".join(f"{_PARTS.get(key, key)} {part}" for key, part in parts.items())
    tables = {"sex": "sex", "ethnicity": "ethnicity", "education": "education", "marital_status": "marital_status"}
    return queue_rows.code_word(tables[item], value) if item in tables else value


def _look(look: access.Look) -> dict[str, Any]:
    permission = PERMISSIONS.get(look.action)
    items = load_national().items
    return {
        "at": look.at,
        "unit": look.unit,
        "post": look.post,
        "holder": look.holder,
        "purpose": say(PURPOSES[look.purpose]) if look.purpose in PURPOSES else look.purpose,
        "what": say(permission) if permission else look.action,
        "fields": [items[code].en if english() else items[code].zh for code in look.fields if code in items],
        "refused": look.outcome != "ALLOWED",
    }


def _happening(
    line: ledger.Happened, names: dict[uuid.UUID, access.UnitView], posts: dict[uuid.UUID, tuple[str, str]]
) -> dict[str, Any]:
    sentence = load_national().acts[line.act]
    holder, title = posts.get(line.post_id, ("", "")) if line.post_id else ("", "")
    return {
        "at": line.at,
        "day": legal_day(line.at),
        "sentence": sentence.en if english() else sentence.zh,
        "unit": _unit_name(names.get(line.unit_id)) if line.unit_id else "",
        "holder": holder,
        "title": title,
        "number": line.facts.get("number", ""),
    }


def _paper(parcel: parcels.ParcelView) -> dict[str, Any]:
    states = {"ACKNOWLEDGED": "signed", "REFUSED": "returned"}
    return {
        "number": parcel.number,
        "on": parcel.sent_at,
        "state": states.get(parcel.outcome, "sent"),
        "signed_at": parcel.answered_at,
        "reason": say(REFUSAL_GROUNDS[parcel.ground]) if parcel.ground else "",
        "note": parcel.receipt_number,
    }


@reads("person:reveal")
def reveal(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Ask before a sensitive item is opened: what will be opened, for which purpose, and that it leaves a trace."""
    found = load_national().items.get(item)
    if found is None:
        return refusals.not_found(request)
    name = found.en if english() else found.zh
    page = frame(request, _("查看%(item)s") % {"item": name}, current="")
    return show(request, "file/reveal.html", page, person_id=person_id, item=item, seconds=REVEAL_SECONDS)


@writes("person:reveal")
def opened(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Open one sensitive item for a minute; the line of the look and the value leave in one transaction."""
    if item not in load_national().items:
        return refusals.not_found(request)
    with transaction.atomic(durable=True):
        told = ask("person:reveal", [person_id], seen=[item])
        if told == "DENIED":
            return refusals.forbidden(request, "person:reveal")
        if told == "UNKNOWN":
            return refusals.not_found(request)
        value = persons.reveal(person_id, item)
        if value is None:
            return refusals.not_found(request)
        return _file(request, person_id, opened=(item, value))


def _mark(request: Request) -> uuid.UUID:
    return uuid.UUID(request.POST["mark"])


@writes("dossier:send")
def send(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Send the dossier; the mark of the form makes a second press harmless."""
    try:
        mark = _mark(request)
    except (KeyError, ValueError):
        return refusals.bad_request(request)
    try:
        handover.send_dossier(person_id, sending=mark, at=now())
    except handover.DossierIncomplete as refusal:
        lacking = _("、").join(_lacking_word(item) for item in refusal.items)
        return refusals.unprocessable(
            request, _("材料还不齐，没有发送"), _("缺：%(items)s。补齐后再发。") % {"items": lacking}
        )
    return redirect("person", person_id=person_id)


@writes("dossier:answer")
def answer(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Acknowledge or refuse the dossier that waits."""
    try:
        parcel_id = uuid.UUID(request.POST["parcel"])
        decision = request.POST["decision"]
    except (KeyError, ValueError):
        return refusals.bad_request(request)
    if decision == "acknowledge":
        handover.acknowledge_dossier(person_id, parcel_id=parcel_id, at=now())
    else:
        try:
            handover.refuse_dossier(
                person_id,
                parcel_id=parcel_id,
                ground=decision,
                remark=request.POST.get("decision_reason", ""),
                at=now(),
            )
        except handover.RefusalWithoutGround:
            return refusals.unprocessable(request, _("还没有退回"), _("退回要选一个理由，并写明对方要补什么、怎么补。"))
    return redirect("person", person_id=person_id)


@writes("return:register")
def register(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Register the person at home: responsibility passes to the acting county."""
    try:
        mark = _mark(request)
    except (KeyError, ValueError):
        return refusals.bad_request(request)
    handover.register_return(person_id, event_id=mark, at=now())
    return redirect("person", person_id=person_id)


@reads("person:list")
def search(request: Request) -> HttpResponse:
    """Persons in reach by name, pinyin, initials or printed number."""
    words = request.GET.get("q", "").strip()
    found = persons.find(words, most=25) if words else []
    names = access.units_named({person.responsible_unit_id for person in found})
    rows = [
        {
            "url": reverse("person", args=[one.id]),
            "name": one.name,
            "number": one.number,
            "unit": _unit_name(names[one.responsible_unit_id]),
        }
        for one in found
    ]
    page = frame(request, _("查找"), current="")
    page["search_words"] = words
    openable = "person:open" in ROLES[request.acting_session.role].may
    return show(request, "file/search.html", page, rows=rows, words=words, openable=openable)
