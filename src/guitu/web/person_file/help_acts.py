"""What is done about help from a person's file: agree, decline, place, record a follow-up."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.journeys.operations import StepNotOpen
from guitu.papers.policy import AttachmentRefused
from guitu.support import operations as support
from guitu.support import proposals
from guitu.support.policy import RecordIncomplete
from guitu.web.form_fields import NotReadable, day, row_of, text
from guitu.web.permits import Request, writes
from guitu.web.person_file.step_acts import done


def _label(fault: RecordIncomplete) -> str:
    labels = {
        "wishes": _("约定帮什么"),
        "answer": _("本人怎么说"),
        "words": _("想怎么改"),
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
def propose(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Put a drafted agreement before the person, who reads it on My road."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        wishes, contacts = request.POST.get("wishes", ""), request.POST.get("contacts", "")
        try:
            proposals.propose_help(person_id, wishes=wishes, contacts=contacts, event_id=mark, at=at)
        except RecordIncomplete as fault:
            raise NotReadable(_label(fault)) from fault

    return done(request, person_id, act)


@writes("my_road:speak_for")
def answer_for(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record how the person answered the draft, with the sheet they signed."""
    sheet = request.FILES.get("sheet")

    def act(mark: uuid.UUID, at: datetime) -> None:
        if sheet is None:
            raise NotReadable(_("本人签字的纸"))
        try:
            proposals.answer_proposal_for(
                person_id,
                row_of(request, "proposal"),
                answer=request.POST.get("answer", ""),
                words=request.POST.get("words", ""),
                sheet=sheet.read(),
                file_name=sheet.name or "",
                event_id=mark,
                at=at,
            )
        except RecordIncomplete as fault:
            raise NotReadable(_label(fault)) from fault
        except AttachmentRefused as fault:
            raise NotReadable(_("本人签字的纸")) from fault
        except proposals.ProposalUnknown as gone:
            raise StepNotOpen(
                "这份草案已经答复过，或者换了新的一份", "This draft has been answered or replaced by a newer one"
            ) from gone

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
