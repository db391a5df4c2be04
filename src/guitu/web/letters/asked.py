"""The one page of a guardian or a member of the group: what they are asked to attend, whom to call, yes or no."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.operations import ask
from guitu.access.roles import PURPOSES
from guitu.exchange import letters
from guitu.handover import letter_answers
from guitu.rulebook.letters import letter_kinds
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.letters import sheet
from guitu.web.letters.desk import incomplete_words
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english, say, show

PAGE = 5


def _about() -> list[uuid.UUID]:
    """Whom the letters to the own post are about."""
    found, _total = letters.letters_listed(letters.Box("in"), now=now(), first=0, most=1)
    return [one.person_id for one in found]


@reads("asked:read", about=_about)
def asked(request: Request) -> HttpResponse:
    """What is asked, the unanswered first."""
    return _page(request)


def _page(request: Request, problem: str = "", at_letter: uuid.UUID | None = None) -> HttpResponse:
    number, moment = page_number(request), now()
    found, total = letters.letters_listed(letters.Box("in"), now=moment, first=(number - 1) * PAGE, most=PAGE)
    senders = access.units_named({one.sender_id for one in found})
    cards = []
    for one in found:
        kind, sender = letter_kinds()[one.kind], senders[one.sender_id]
        cards.append(
            {
                "id": one.id,
                "person_id": one.person_id,
                "sheet": sheet.sheet(kind, letters.content(one.id), sender=unit_name(sender)),
                "phone": sender.phone,
                "open": one.end is None,
                "state": sheet.state_word(one, moment) if one.end else "",
                "end": one.end,
                "sent_at": one.sent_at,
                "answers": [{"value": each.id, "label": sheet.said(each.word)} for each in kind.answers],
                "mark": uuid.uuid4(),
                "problem": problem if one.id == at_letter else "",
            }
        )
    page = {
        "title": _("请您到场"),
        "for_person": True,
        "lang": "en" if english() else "zh",
        "unit_name": _("监地协作一件事"),
        "user_name": request.acting_session.post_title,
        "purpose_name": say(PURPOSES[request.purpose]),
        "shortcuts": False,
    }
    answer = show(request, "letters/asked.html", page, cards=cards, **paged(number, total, most=PAGE))
    answer.status_code = 422 if problem else 200
    return answer


@writes("asked:answer")
def reply(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """Say whether one can come; a reason where one cannot."""
    try:
        mark = mark_of(request)
        letter_answers.answer_letter(
            person_id,
            letter_id,
            permission="asked:answer",
            answer=request.POST.get("answer", ""),
            day=None,
            words=request.POST.get("words", ""),
            event_id=mark,
            at=now(),
        )
    except letter_answers.AnswerIncomplete as fault:
        with transaction.atomic(durable=True):
            if ask("asked:read", [person_id]) != "ALLOWED":
                return refusals.not_found(request)
            return _page(request, incomplete_words(fault.field), letter_id)
    return redirect("asked")
