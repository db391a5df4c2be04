"""What only a superior can settle: who receives where nobody is known, and disputes about a refusal."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.exchange import queries as parcels
from guitu.handover import queries as disputes
from guitu.handover import rulings
from guitu.handover.policy import REFUSAL_GROUNDS
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rulebook import juveniles
from guitu.rulebook.book import load_national
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import NotReadable, mark_of, text
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file import items
from guitu.web.person_file.forms import field, form, receiver_form
from guitu.web.person_file.receiver_acts import county_named
from guitu.web.person_file.road import if_late
from guitu.web.person_file.sight import unit_name
from guitu.web.second_question import Question
from guitu.web.shell import frame, say, show

PAGE = 25
SEALED = "L4"
"""The level of items that a dispute does not show: who receives is decided without them."""


@reads("receiver:name")
def no_receiver(request: Request) -> HttpResponse:
    """Matters whose receiver is not known within the acting post's range, with whom each is told next."""
    number = page_number(request)
    tasks, total = roads.matters_standing_at(("no_receiver",), first=(number - 1) * PAGE, most=PAGE)
    names = access.units_named({task.sending_unit_id for task in tasks})
    rows = [
        {
            "id": task.person_id,
            "number": task.person_number,
            "name": "" if juveniles.is_sheltered(task.marks) else task.person_name[:1],
            "sender": unit_name(names[task.sending_unit_id]),
            "since": task.state_since,
            "release_on": task.release_on,
            "clock": queue_rows.clock_of(task),
            "if_late": if_late(task.due_rule),
            "form": receiver_form(task.person_id),
        }
        for task in tasks
    ]
    crumbs = ((_("衔接看板"), reverse("board")),)
    page = frame(request, _("接收单位待查明"), current="board", crumbs=crumbs)
    return show(
        request,
        "supervisor/no_receiver.html",
        page,
        rows=rows,
        **paged(number, total, most=PAGE),
    )


@reads("ruling:make")
def waiting(request: Request) -> HttpResponse:
    """The disputes that wait for the acting unit's ruling, the oldest first."""
    number = page_number(request)
    found, total = disputes.disputes_to_rule(first=(number - 1) * PAGE, most=PAGE)
    tasks = {task.journey_id: task for task in roads.matters_of([one.journey_id for one in found])}
    named = {task.sending_unit_id for task in tasks.values()}
    named |= {task.receiving_unit_id for task in tasks.values() if task.receiving_unit_id}
    names = access.units_named(named)
    rows = []
    for one in found:
        task = tasks.get(one.journey_id)
        if task is not None:
            receiver = names.get(task.receiving_unit_id) if task.receiving_unit_id else None
            rows.append(
                {
                    "url": reverse("dispute", args=[one.person_id]),
                    "number": task.person_number,
                    "name": "" if juveniles.is_sheltered(task.marks) else task.person_name[:1],
                    "sender": unit_name(names[task.sending_unit_id]),
                    "receiver": unit_name(receiver),
                    "lapsed": one.lapsed,
                    "opened_at": one.opened_at,
                    "clock": queue_rows.clock_of(task),
                }
            )
    crumbs = ((_("衔接看板"), reverse("board")),)
    page = frame(request, _("争议裁定"), current="board", crumbs=crumbs)
    return show(request, "supervisor/disputes.html", page, rows=rows, **paged(number, total, most=PAGE))


def _shown_items(person_id: uuid.UUID) -> list[str]:
    """The items of level L3 that a dispute shows unmasked."""
    left_out = _left_out(person_id)
    return [code for code in persons.open_items(person_id) if code not in left_out]


def _left_out(person_id: uuid.UUID) -> frozenset[str]:
    """What a superior does not read of a juvenile: the name (G-10)."""
    return frozenset({"name"}) if roads.withheld({person_id}) else frozenset()


@reads("ruling:make", seen=_shown_items)
def dispute(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """One dispute: both sides' words, what the dossier says, who could receive, and the decision."""
    road = roads.road_of(person_id)
    found = disputes.disputes_of(road.task.journey_id) if road is not None else []
    if road is None or not found:
        return refusals.not_found(request)
    one, task = found[0], road.task
    sent = next((parcel for parcel in parcels.parcels_of(task.journey_id) if parcel.id == one.parcel_id), None)
    file = persons.file_of(person_id)
    region = file.items.get("household_region")
    home = access.receiving_county(f"{_division(region.value)[:6]}000000") if region and region.value else None
    receiver = access.unit(task.receiving_unit_id) if task.receiving_unit_id else None
    candidates = {unit.id: unit for unit in (receiver, home) if unit and disputes.stands_below(unit.id, at=now())}
    crumbs = ((_("衔接看板"), reverse("board")), (_("争议裁定"), reverse("disputes")))
    page = frame(request, task.person_number, current="board", crumbs=crumbs)
    open_now = one.outcome == "" and one.superior_id == request.acting_session.unit_id
    return show(
        request,
        "supervisor/dispute.html",
        page,
        one=one,
        sender=unit_name(access.unit(task.sending_unit_id)),
        receiver=unit_name(receiver),
        clock=queue_rows.clock_of(task),
        ground=say(REFUSAL_GROUNDS[sent.ground]) if sent and sent.ground else "",
        remark=sent.remark if sent else "",
        answered_at=sent.answered_at if sent else None,
        items=_items(file, _left_out(person_id)),
        decided=_decided(one),
        form=_ruling(person_id, list(candidates.values())) if open_now else None,
    )


def _items(file: persons.PersonFile, left_out: frozenset[str]) -> list[dict[str, Any]]:
    """What the dossier says, without the sensitive items and those `left_out`."""
    shown = []
    for code, item in load_national().items.items():
        fact = file.items.get(code)
        if fact is not None and fact.value and item.level != SEALED and code not in left_out:
            value = items.readable(item, fact.value)
            shown.append({"name": items.item_name(item), "value": value, "source": fact.source})
    return shown


def _division(household: str) -> str:
    """The division code in the stored value of the household register."""
    return str(json.loads(household).get("division", "")) if household.startswith("{") else household


def _decided(one: disputes.DisputeView) -> dict[str, Any] | None:
    if not one.outcome:
        return None
    receiver = unit_name(access.unit(one.receiver_id)) if one.receiver_id else ""
    word = _("由%(unit)s接收") % {"unit": receiver} if one.outcome == "RECEIVER" else _("由送方补正")
    return {"word": word, "reasons": one.ruling_reasons, "at": one.ruled_at}


def _ruling(person_id: uuid.UUID, candidates: list[access.UnitView]) -> dict[str, Any]:
    options = [
        {
            "value": str(unit.id),
            "label": _("由%(unit)s接收") % {"unit": unit_name(unit)},
            "effect": _("材料随即转到该县；裁定的接收单位不能再退回"),
        }
        for unit in candidates
    ]
    options += [
        {"value": "other", "label": _("由另一个县接收"), "effect": _("在下面写本单位下辖县的全称或者12位代码")},
        {"value": "COMPLETION", "label": _("由送方补正"), "effect": _("退回送方，补正后重发，期限重新起算")},
    ]
    return form(
        "ruling",
        _("裁定"),
        "rule-dispute",
        person_id,
        field("radio", "outcome", _("裁定"), options=options, chosen=""),
        field("text", "unit", _("另一个县（选“另一个县”时填）")),
        field("textarea", "reasons", _("理由"), hint=_("两边都看得到"), required=True),
        submit=_("作出裁定"),
        solid=True,
    )


def _deciding(request: Request, **_path: object) -> Question | None:
    if not request.POST.get("outcome") or not request.POST.get("reasons", "").strip():
        return None  # the form says what is missing
    return Question(
        _("作出这个裁定？"),
        (
            _("裁定马上生效，理由双方都看得到"),
            _("裁定不能撤回；裁定的接收单位不能再退回"),
        ),
        _("作出裁定"),
    )


@writes("ruling:make", asks=_deciding)
def rule(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Rule on the dispute: who receives, or that the sender completes the papers."""
    _rule(request, person_id, mark_of(request))
    return redirect("dispute", person_id=person_id)


def _rule(request: Request, person_id: uuid.UUID, mark: uuid.UUID) -> None:
    chosen, reasons, at = request.POST.get("outcome", ""), text(request, "reasons", _("理由")), now()
    if chosen == "COMPLETION":
        rulings.rule(person_id, outcome="COMPLETION", unit_id=None, reasons=reasons, event_id=mark, at=at)
        return
    try:
        words = text(request, "unit", _("另一个县（选“另一个县”时填）")) if chosen == "other" else ""
        unit_id = county_named(words, at) if words else uuid.UUID(chosen)
        rulings.rule(person_id, outcome="RECEIVER", unit_id=unit_id, reasons=reasons, event_id=mark, at=at)
    except NotReadable:
        raise
    except (ValueError, rulings.NotAReceiver) as fault:
        raise NotReadable(_("裁定")) from fault
