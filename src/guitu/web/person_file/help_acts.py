"""What is done about help from a person's file: agree, decline, place, record a follow-up."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.support import operations as support
from guitu.support.policy import RecordIncomplete
from guitu.web.form_fields import NotReadable, day, text
from guitu.web.permits import Request, writes
from guitu.web.person_file.step_acts import done


def _label(fault: RecordIncomplete) -> str:
    labels = {
        "wishes": _("约定帮什么"),
        "spoken_by": _("谁的意思"),
        "place": _("地点"),
        "needs": _("最要紧的"),
    }
    return _("、").join(labels[name] for name in fault.fields)


@writes("support:record")
def agree(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record the agreement of help that the person signed."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        try:
            support.agree_on_help(
                person_id,
                on=day(request, "on", _("签订日")),
                wishes=request.POST.get("wishes", ""),
                contacts=request.POST.get("contacts", ""),
                spoken_by=request.POST.get("spoken_by", ""),
                event_id=mark,
                at=at,
            )
        except RecordIncomplete as fault:
            raise NotReadable(_label(fault)) from fault

    return done(request, person_id, act)


@writes("support:record")
def decline(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record that the person wants no help, or no more."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        try:
            support.decline_help(person_id, spoken_by=request.POST.get("spoken_by", ""), event_id=mark, at=at)
        except RecordIncomplete as fault:
            raise NotReadable(_label(fault)) from fault

    return done(request, person_id, act)


@writes("support:record")
def place(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record where the person came to live or work."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        kind, on = text(request, "kind", _("怎么安置")), day(request, "on", _("从哪天起"))
        try:
            support.place(person_id, kind=kind, place=request.POST.get("place", ""), on=on, event_id=mark, at=at)
        except RecordIncomplete as fault:
            raise NotReadable(_label(fault)) from fault

    return done(request, person_id, act)


@writes("support:record")
def visit(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record a follow-up: how it was made, what is needed, a word."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        record(request, person_id, mark, at)

    return done(request, person_id, act)


def record(request: Request, person_id: uuid.UUID, mark: uuid.UUID, at: datetime) -> None:
    """Record a follow-up from its form of three taps. Raises NotReadable and what the operation raises."""
    outcome = text(request, "outcome", _("见到了吗"))
    needs, note = tuple(request.POST.getlist("needs")), request.POST.get("note", "")
    try:
        support.record_visit(person_id, outcome=outcome, needs=needs, note=note, event_id=mark, at=at)
    except RecordIncomplete as fault:
        raise NotReadable(_label(fault)) from fault
