"""The counter: find who comes, take what it is about, print the slips."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import passed_on, requests, window
from guitu.handover.policy import DUTY, TAKEN
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rulebook.my_road import my_road_words
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import clock_time, sentence_day
from guitu.web.window import passed_rows, rows

FOUND = 25


@reads("matter:take")
def counter(request: Request) -> HttpResponse:
    """Who comes: a search over names, pinyin, printed numbers and slips; and how the own requests stand."""
    moment, words = now(), request.GET.get("q", "").strip()
    found = persons.find(words, most=FOUND) if words else []
    slips = requests.requests_numbered(words, most=FOUND) if words else []
    told = _told_in_words(words, moment) if words else []
    withheld = roads.withheld({one.person_id for one in slips})
    slips = [one for one in slips if one.person_id not in withheld]
    names = access.units_named({one.responsible_unit_id for one in found})
    page = frame(request, _("一窗受理"), current="window", facts=_("受理后由首问人负责到底，不用本人再跑。"))
    return show(
        request,
        "window/counter.html",
        page,
        words=words,
        people=[
            {
                "url": reverse("window-person", args=[one.id]),
                "name": one.name,
                "number": one.number,
                "unit": unit_name(names.get(one.responsible_unit_id)),
            }
            for one in found
        ],
        slips=rows.rows(slips, moment),
        in_words=passed_rows.rows(told, moment),
        taken=_tiles("taken", requests.request_counts("taken", now=moment)),
        duty=_tiles("duty", requests.request_counts("duty", now=moment)),
        handed_on=_in_words(TAKEN, moment),
        handed_here=_in_words(DUTY, moment),
    )


def _told_in_words(number: str, now: datetime) -> list[passed_on.PassedMatterView]:
    """The matters of this counter taken in words whose slip carries this number, or ends in it."""
    return passed_on.passed_matters_listed(TAKEN, number=number, now=now, first=0, most=FOUND)[0]


def _tiles(side: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Counts that lead to exactly their rows."""
    return _counted(f"{reverse('window-list')}?side={side}", rows.state_words(), counts)


def _in_words(side: str, now: datetime) -> list[dict[str, Any]]:
    """Counts of the matters taken in words on one side, leading to exactly their rows."""
    words = passed_rows.state_words(side)
    return _counted(
        f"{reverse('window-passed-list')}?side={side}", words, passed_on.passed_matter_counts(side, now=now)
    )


def _counted(address: str, words: Mapping[str, str], counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "value": counts[state],
            "url": f"{address}&state={state}",
            "first": state == requests.LATE,
        }
        for state, label in words.items()
    ]


@reads("matter:take")
def person(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """What the person comes for: channel, matters, their words; what is in hand already stands beside."""
    return _form(request, person_id, {})


def _form(
    request: Request, person_id: uuid.UUID, typed: Mapping[str, Any], *, problem: str = "", field: str = ""
) -> HttpResponse:
    moment = now()
    file = persons.file_of(person_id)
    before = [one for one in requests.requests_of(person_id) if one.answered_at is None]
    session = request.acting_session
    own = access.unit(session.unit_id)
    page = frame(request, file.name, current="window", crumbs=((_("一窗受理"), reverse("window")),))
    response = show(
        request,
        "window/person.html",
        page,
        file=file,
        responsible=unit_name(access.units_named({file.responsible_unit_id}).get(file.responsible_unit_id)),
        before=rows.rows(before, moment),
        matters=rows.matters(typed.get("matters", ())),
        channels=rows.channels(),
        channel=typed.get("channel", "COUNTER"),
        said=typed.get("words", ""),
        most=window.MOST_WORDS,
        problems=[{"text": problem, "target": field}] if problem else [],
        mark=uuid.uuid4(),
        own={"unit": unit_name(own), "phone": own.phone, "officer": session.account_name},
    )
    response.status_code = 422 if problem else 200
    return response


@writes("matter:take")
def take(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Take the chosen matters; what is missing is said on the same form, with what was typed."""
    mark = mark_of(request)
    typed: dict[str, Any] = {
        "matters": request.POST.getlist("matters"),
        "channel": request.POST.get("channel", ""),
        "words": request.POST.get("words", ""),
    }
    try:
        window.take(person_id, **typed, event_id=mark, at=now())
    except window.RequestRefused as refusal:
        problems = {
            "MATTER": (_("请选至少一个事项"), "matter-1"),
            "CHANNEL": (_("请选来的方式"), "channel-COUNTER"),
            "WORDS": (_("请记下本人怎么说，不超过%(most)s字") % {"most": window.MOST_WORDS}, "words"),
        }
        problem, field = problems[refusal.reason]
        with transaction.atomic():
            return _form(request, person_id, typed, problem=problem, field=field)
    return redirect("window-taken", person_id=person_id, mark=mark)


@reads("matter:take")
def taken(request: Request, person_id: uuid.UUID, mark: uuid.UUID) -> HttpResponse:
    """The slips of one taking, to be printed and handed over."""
    found = requests.taken_together(person_id, mark)
    if not found:
        return refusals.not_found(request)
    page = frame(request, _("已受理"), current="window", crumbs=((_("一窗受理"), reverse("window")),))
    words = my_road_words()
    return show(
        request,
        "window/taken.html",
        page,
        file=persons.file_of(person_id),
        slips=[
            made | {"matters": [made["matter"]], "answers": [{"when": due_words(made["due"])}]}
            for made in rows.rows(found, now())
        ],
        complaint_telephone=words.complaint_telephone,
    )


def due_words(due: date | datetime | None) -> str:
    """The latest moment of an answer as the slip says it: the day, with the hour where it is counted in hours."""
    if due is None:
        return ""
    return f"{sentence_day(due)} {clock_time(due)}" if isinstance(due, datetime) else sentence_day(due)
