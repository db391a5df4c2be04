"""What is done about the steps of a road from a person's file; each address calls one operation."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.access.roles import ROLES
from guitu.handover import ends, pick_ups, releases, steps
from guitu.web.clock import now
from guitu.web.form_fields import NotReadable, day, mark_of, moment, text
from guitu.web.permits import Request, writes
from guitu.web.person_file.forms import OPEN_STEP
from guitu.web.queue_rows import codes_of
from guitu.web.second_question import Question
from guitu.web.written import sheet_of

Act = Callable[[uuid.UUID, datetime], None]


def done(request: Request, person_id: uuid.UUID, act: Act) -> HttpResponse:
    """Do `act` with the form's mark at the present moment.

    Leads back to the file, or to the board for who opens none.
    """
    act(mark_of(request), now())
    if "person:open" not in ROLES[request.acting_session.role].may:
        return redirect("board")
    return redirect("person", person_id=person_id)


@writes("step:answer")
def answer(request: Request, person_id: uuid.UUID, step: str) -> HttpResponse:
    """Answer a step with one of its plain outcomes, or correct its answer; a note where something is to be said."""
    first = sheet_of(request.POST).key == f"{OPEN_STEP}{step}"

    def act(mark: uuid.UUID, at: datetime) -> None:
        outcome, note = text(request, "outcome", _("结果")), request.POST.get("note", "").strip()
        steps.answer_step(person_id, step=step, outcome=outcome, note=note, first=first, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("step:answer")
def ask_verification(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Ask the receiving county to verify family and address."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        steps.ask_verification(person_id, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("step:request")
def request_step(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Take up a matter that begins on request."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        steps.request_step(person_id, step=text(request, "step", _("事项")), event_id=mark, at=at)

    return done(request, person_id, act)


@writes("step:answer")
def marks(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Add special circumstances; what they ask for opens."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        chosen = request.POST.getlist("marks")
        if not chosen or not set(chosen) <= set(codes_of("road_mark")):
            raise NotReadable(_("特别情形"))
        steps.note_marks(person_id, chosen, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("step:answer")
def effective(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record the day on which the ruling of parole or the decision of temporary execution took effect."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        on = day(request, "effective_on", _("裁定、决定生效之日"))
        steps.note_effective(person_id, on, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("person:release")
def release(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record that the certificate of release was handed to the person."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        number = text(request, "certificate", _("释放证明编号"))
        releases.release_person(person_id, certificate=number, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("step:answer")
def hand_over(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Confirm for the acting side that the person was handed over."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        pick_ups.confirm_hand_over(person_id, event_id=mark, at=at)

    return done(request, person_id, act)


@writes("pick_up:plan")
def pick_up(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Plan the pick-up, or plan it anew."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        try:
            pick_ups.plan_pick_up(person_id, _plan(request), event_id=mark, at=at)
        except pick_ups.PlanIncomplete as fault:
            labels = _plan_labels()
            raise NotReadable(_("、").join(labels[name] for name in fault.fields)) from fault

    return done(request, person_id, act)


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

    return done(request, person_id, act)


def _ending(request: Request, **_path: object) -> Question | None:
    died = request.POST.get("end") == "died"
    named = died or request.POST.get("end") == "detained"
    if not named or not request.POST.get("source", "").strip():
        return None  # the form says what is missing
    return Question(
        _("记录本人已经死亡？") if died else _("记录本人因另案被羁押？"),
        (
            _("这个人的衔接事项到此办结，没有做完的步骤和时限全部停止"),
            _("双方单位的工作台上不再列出，档案保留"),
            _("记下以后不能撤回；请再核对依据的文书、文号"),
        ),
        _("确认，办结"),
    )


@writes("journey:end", asks=_ending)
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

    return done(request, person_id, act)
