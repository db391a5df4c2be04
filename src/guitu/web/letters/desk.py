"""The letters desk (来函): what was addressed to the own unit, unanswered first; one letter and the acts on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.operations import ask
from guitu.exchange import letters
from guitu.handover import letter_answers
from guitu.rulebook.letters import letter_kinds
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, written_day
from guitu.web.letters import sheet
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show

PAGE = 25


@reads("letter:read")
def listed(request: Request) -> HttpResponse:
    """The letters to the own unit; no names: whoever is meant stands inside, and opening a letter leaves its line."""
    moment, number = now(), page_number(request)
    kept = {name: request.GET.get(name, "").strip() for name in ("state", "kind", "q")}
    kept["state"] = kept["state"] if kept["state"] in letters.STATES else ""
    box = letters.Box("in", kept["state"], kept["kind"], kept["q"])
    found, total = letters.letters_listed(box, now=moment, first=(number - 1) * PAGE, most=PAGE)
    names = access.units_named({one.sender_id for one in found})
    address = reverse("letters")
    own = request.acting_session.unit_kind
    return show(
        request,
        "letters/list.html",
        frame(request, _("来函"), current="letters"),
        rows=sheet.rows(
            found,
            now=moment,
            urls={one.id: reverse("letter", args=[one.person_id, one.id]) for one in found},
            others={one.id: unit_name(names.get(one.sender_id)) for one in found},
        ),
        tabs=sheet.tabs(address, kept, letters.letter_counts("in", now=moment)),
        kinds=sheet.kinds_of_post(kind for kind in letter_kinds().values() if own in kind.to),
        kept=kept,
        address=address,
        incoming=True,
        **paged(number, total, kept, most=PAGE),
    )


@reads("letter:read")
def letter(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """One letter with its replies, and what can be done about it."""
    return _page(request, person_id, letter_id)


def _page(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID, problem: str = "") -> HttpResponse:
    found = letters.letter(letter_id, person_id=person_id)
    if found is None or found.addressee != request.acting_session.unit_id:
        return refusals.not_found(request)
    kind, sender = letter_kinds()[found.kind], access.unit(found.sender_id)
    may = found.end is None
    answer = show(
        request,
        "letters/one.html",
        frame(request, sheet.said(kind.word), current="letters", crumbs=((_("来函"), reverse("letters")),)),
        sheet=sheet.sheet(kind, letters.content(letter_id), sender=unit_name(sender)),
        letter=found,
        phone=sender.phone,
        clock=sheet.clock(found),
        state=sheet.state_word(found, now()),
        replies=sheet.replies(found),
        may_receive=may and found.received is None,
        may_answer=may and kind.closes == "answer",
        may_return=may,
        answers=[
            {"value": one.id, "label": sheet.said(one.word), "needs": one.needs}
            for one in kind.answers
            if not (one.result_by and found.under_way)
        ],
        under_way=may and found.under_way is not None,
        needs_day=any(one.needs == "day" for one in kind.answers),
        problem=problem,
        typed=request.POST,
        mark=uuid.uuid4(),
    )
    answer.status_code = 422 if problem else 200
    return answer


@writes("letter:answer")
def receive(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """Acknowledge a letter."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        letter_answers.receive_letter(person_id, letter_id, event_id=mark, at=at)

    return _done(request, person_id, letter_id, act)


@writes("letter:answer")
def answer(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """Answer a letter: for good, or that it is under way."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        letter_answers.answer_letter(
            person_id,
            letter_id,
            answer=request.POST.get("answer", ""),
            day=day_of(request),
            words=request.POST.get("words", ""),
            event_id=mark,
            at=at,
        )

    return _done(request, person_id, letter_id, act)


@writes("letter:answer")
def send_back(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """Send a letter back as misdirected."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        reason = request.POST.get("words", "")
        letter_answers.return_letter(person_id, letter_id, reason=reason, event_id=mark, at=at)

    return _done(request, person_id, letter_id, act)


def day_of(request: Request) -> date | None:
    """The day that an answer states, or None where none was given or it cannot be read."""
    try:
        return written_day(request.POST.get("day", ""))
    except ValueError:
        return None


def incomplete_words(field: str) -> str:
    """What an answer lacks, in words."""
    return {
        "answer": _("请选一种答复"),
        "day": _("这种答复要写明日期"),
        "words": _("请写明理由"),
    }[field]


def _done(
    request: Request, person_id: uuid.UUID, letter_id: uuid.UUID, act: Callable[[uuid.UUID, datetime], None]
) -> HttpResponse:
    try:
        act(mark_of(request), now())
    except letter_answers.AnswerIncomplete as fault:
        with transaction.atomic(durable=True):
            if ask("letter:read", [person_id]) != "ALLOWED":
                return refusals.not_found(request)
            return _page(request, person_id, letter_id, incomplete_words(fault.field))
    return redirect("letter", person_id=person_id, letter_id=letter_id)
