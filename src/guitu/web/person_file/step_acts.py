"""What is done about the steps of a road from a person's file; each address calls one operation."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.access.operations import ask
from guitu.access.roles import ROLES
from guitu.handover import ends, pick_ups, releases, steps
from guitu.journeys.operations import StepNotOpen
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.permits import Request, writes
from guitu.web.queue_rows import codes_of
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

Act = Callable[[uuid.UUID, datetime], None]


class NotReadable(ValueError):
    """The form lacks something or holds what cannot be read; `label` names the field, or is empty: no form of ours."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


def done(request: Request, person_id: uuid.UUID, permission: str, act: Act) -> HttpResponse:
    """Do `act` with the form's mark at the present moment; say what is missing otherwise.

    Leads back to the file, or to the board for who opens none. A form that no operation sees is asked about as well,
    so that unknown and foreign persons are answered alike and the line is kept.
    """
    try:
        act(mark_of(request), now())
    except NotReadable as fault:
        return unreadable(request, person_id, permission, fault)
    except StepNotOpen as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    if "person:open" not in ROLES[request.acting_session.role].may:
        return redirect("board")
    return redirect("person", person_id=person_id)


def mark_of(request: Request) -> uuid.UUID:
    """The mark of the form, which makes a second press harmless. Raises NotReadable."""
    try:
        return uuid.UUID(request.POST.get("mark", ""))
    except ValueError as fault:
        raise NotReadable("") from fault


def unreadable(request: Request, person_id: uuid.UUID, permission: str, fault: NotReadable) -> HttpResponse:
    """What is said of a form that cannot be taken: not found for who does not see the person, else what is missing."""
    with transaction.atomic(durable=True):
        told = ask(permission, [person_id])
    if told == "UNKNOWN":
        return refusals.not_found(request)
    if told == "DENIED":
        return refusals.forbidden(request, permission)
    if not fault.label:
        return refusals.bad_request(request)
    return refusals.unprocessable(request, _("还没有保存"), _("请填写：%(field)s。") % {"field": fault.label})


def text(request: Request, name: str, label: str) -> str:
    """A field that must hold words. Raises NotReadable."""
    found = request.POST.get(name, "").strip()
    if not found:
        raise NotReadable(label)
    return found


def day(request: Request, name: str, label: str) -> date:
    """A field that must hold a day. Raises NotReadable."""
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError as fault:
        raise NotReadable(label) from fault


def moment(request: Request, name: str, label: str) -> datetime:
    """A field that must hold a day and an hour of Asia/Shanghai; aware. Raises NotReadable."""
    try:
        found = datetime.fromisoformat(request.POST.get(name, ""))
    except ValueError as fault:
        raise NotReadable(label) from fault
    return found if found.tzinfo is not None else found.replace(tzinfo=LEGAL_ZONE)


@writes("step:answer")
def answer(request: Request, person_id: uuid.UUID, step: str) -> HttpResponse:
    """Answer a step with one of its plain outcomes; a note where something is to be said."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        outcome, note = text(request, "outcome", _("结果")), request.POST.get("note", "").strip()
        steps.answer_step(person_id, step=step, outcome=outcome, note=note, event_id=mark, at=at)

    return done(request, person_id, "step:answer", act)


@writes("step:answer")
def ask_verification(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Ask the receiving county to verify family and address."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        steps.ask_verification(person_id, event_id=mark, at=at)

    return done(request, person_id, "step:answer", act)


@writes("step:request")
def request_step(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Take up a matter that begins on request."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        steps.request_step(person_id, step=text(request, "step", _("事项")), event_id=mark, at=at)

    return done(request, person_id, "step:request", act)


@writes("step:answer")
def marks(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Add special circumstances; what they ask for opens."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        chosen = request.POST.getlist("marks")
        if not chosen or not set(chosen) <= set(codes_of("road_mark")):
            raise NotReadable(_("特别情形"))
        steps.note_marks(person_id, chosen, event_id=mark, at=at)

    return done(request, person_id, "step:answer", act)


@writes("step:answer")
def effective(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record the day on which the ruling of parole or the decision of temporary execution took effect."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        on = day(request, "effective_on", _("裁定、决定生效之日"))
        steps.note_effective(person_id, on, event_id=mark, at=at)

    return done(request, person_id, "step:answer", act)


@writes("person:release")
def release(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record that the certificate of release was handed to the person."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        number = text(request, "certificate", _("释放证明编号"))
        releases.release_person(person_id, certificate=number, event_id=mark, at=at)

    return done(request, person_id, "person:release", act)


@writes("step:answer")
def hand_over(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Confirm for the acting side that the person was handed over."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        pick_ups.confirm_hand_over(person_id, event_id=mark, at=at)

    return done(request, person_id, "step:answer", act)


@writes("pick_up:plan")
def pick_up(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Plan the pick-up, or plan it anew."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        try:
            pick_ups.plan_pick_up(person_id, _plan(request), event_id=mark, at=at)
        except pick_ups.PlanIncomplete as fault:
            labels = _plan_labels()
            raise NotReadable(_("、").join(labels[name] for name in fault.fields)) from fault

    return done(request, person_id, "pick_up:plan", act)


def _plan_labels() -> dict[str, str]:
    return {
        "place": _("到哪里"),
        "sender_name": _("送方经办人"),
        "sender_phone": _("送方电话"),
        "receiver_name": _("接方经办人"),
        "receiver_phone": _("接方电话"),
        "contacts": _("约定的联系人，一行一个"),
        "transport": _("怎么走"),
        "arrival_at": _("预计到达（不早于会合）"),
        "money_cents": _("随身款项（元）"),
        "medication_days": _("随身药品够用几天（不用药留空）"),
    }


def _plan(request: Request) -> pick_ups.Plan:
    form = request.POST
    days = form.get("medication_days", "").strip()
    if days and not days.isdecimal():
        raise NotReadable(_("随身药品够用几天（不用药留空）"))
    try:
        money = Decimal(form.get("money", "").strip() or "0")
    except InvalidOperation as fault:
        raise NotReadable(_("随身款项（元）")) from fault
    if not money.is_finite():
        raise NotReadable(_("随身款项（元）"))
    return pick_ups.Plan(
        place=form.get("place", ""),
        leaves_at=moment(request, "leaves_at", _("监所门口会合")),
        arrival_at=moment(request, "arrival_at", _("预计到达")),
        sender_name=form.get("sender_name", ""),
        sender_phone=form.get("sender_phone", ""),
        receiver_name=form.get("receiver_name", ""),
        receiver_phone=form.get("receiver_phone", ""),
        transport=form.get("transport", ""),
        medication_days=int(days) if days else None,
        has_id_card=form.get("has_id_card") == "yes",
        has_phone=form.get("has_phone") == "yes",
        money_cents=int(money * 100),
        contacts=form.get("contacts", ""),
        remark=form.get("remark", ""),
    )


@writes("journey:end")
def not_arrived(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Note that nobody came: nothing is owed, the door stays open."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        source = text(request, "source", _("做过哪些联系"))
        ends.note_not_arrived(person_id, source=source, event_id=mark, at=at)

    return done(request, person_id, "journey:end", act)


@writes("journey:end")
def end(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """End the road of a person who has died or is detained in another case."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        how, source = request.POST.get("end"), text(request, "source", _("依据的文书、文号"))
        if how == "died":
            ends.note_death(person_id, source=source, event_id=mark, at=at)
        elif how == "detained":
            ends.note_detention(person_id, source=source, event_id=mark, at=at)
        else:
            raise NotReadable(_("原因"))

    return done(request, person_id, "journey:end", act)
