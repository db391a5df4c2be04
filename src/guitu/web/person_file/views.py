"""One person's file: where the road stands, what comes, what happened, core items, clocks, papers, who looked."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.roles import PERMISSIONS, PURPOSES, ROLES
from guitu.exchange import queries as parcels
from guitu.handover.policy import REFUSAL_GROUNDS, missing_for_dossier
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.papers import queries as papers
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.web import queue_rows
from guitu.web.papers import rows as paper_rows
from guitu.web.permits import Request, reads
from guitu.web.person_file import items, said
from guitu.web.shell import english, frame, say, show
from guitu.web.templatetags.guitu_words import legal_day

LOOKS, HAPPENINGS, DOCUMENTS = 8, 30, 6


def unit_name(found: access.UnitView | None) -> str:
    """The name of a unit in the reader's language, or nothing."""
    if found is None:
        return ""
    return found.name_en if english() else found.name


@reads("person:open", seen=persons.open_items)
def person(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The whole file; sensitive items stay closed until they are asked for one by one."""
    return file_page(request, person_id)


def file_page(request: Request, person_id: uuid.UUID, opened: tuple[str, str] | None = None) -> HttpResponse:
    """The page of a person's file; `opened` is one sensitive item with its value, shown for a minute."""
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
        "responsible": unit_name(names.get(file.responsible_unit_id)),
        "items": items.shown(request, file, opened),
        "looks": [_look(look) for look in looks],
        "happened": [_happening(line, names, posts) for line in happened],
        "papers": [_paper(parcel) for parcel in sent],
        "documents": _documents(request, person_id),
        **said.context_of(request, person_id),
    }
    if road:
        context |= _road(request, road, file, sent, names)
    return show(request, "file/person.html", page, **context)


def _documents(request: Request, person_id: uuid.UUID) -> list[dict[str, Any]] | None:
    """The newest documents about the person for those who may read them; None for the others."""
    if "paper:read" not in ROLES[request.acting_session.role].may:
        return None
    return paper_rows.documents(papers.documents_of(person_id)[:DOCUMENTS])


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
    shown_lacking = [lacking_word(item) for item in lacking] if task.state in {"expected", "refused"} else []
    rule = load_national().rules.get(task.due_rule)
    overdue = rule.when_overdue if rule else None
    if_late = ((overdue.en if english() else overdue.zh) if overdue else None) or _("报上一级，由其督办")
    refusal = next((parcel for parcel in sent if parcel.outcome == "REFUSED"), None)
    return {
        "road": road,
        "steps": _steps(road, at, names),
        "answers": {
            "owner": {"unit": unit_name(duty), "since": task.state_since},
            "clock": queue_rows.clock_of(task),
            "missing": shown_lacking,
            "if_late": if_late if task.ended_at is None else _("已办结"),
        },
        "state": queue_rows.state_word(task.state),
        "release_type": queue_rows.code_word("release_type", task.release_type),
        "key_grounds": [queue_rows.code_word("key_person", ground) for ground in task.key_grounds],
        "receiver": unit_name(receiver),
        "sender": unit_name(names[task.sending_unit_id]),
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


def lacking_word(item: str) -> str:
    """What a dossier lacks, in words."""
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
                "note": _("线下办理") if state == "not_applicable" else unit_name(owner),
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
        "unit": unit_name(names.get(clock.duty_unit_id)),
    }


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
        "unit": unit_name(names.get(line.unit_id)) if line.unit_id else "",
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
