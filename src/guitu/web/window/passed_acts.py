"""Matters taken in words: the lists of both desks, one of them, and what the unit it went to does about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import handing_on, passed_matters, passed_on, request_answers
from guitu.handover.policy import DUTY, RULED, SUPERIOR, TAKEN, whose_after
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rulebook.handing_on import most_hand_ons
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import NotReadable, mark_of, text
from guitu.web.pages import page_number, paged, with_words
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.receiver_acts import unit_named
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show
from guitu.web.window import passed_rows, rows

PAGE, FOUND = 25, 10


@reads("matter:take")
def listed(request: Request) -> HttpResponse:
    """What this counter handed on in words, or what was handed on to this unit: by state and number."""
    moment, number = now(), page_number(request)
    side = DUTY if request.GET.get("side", "") == DUTY else TAKEN
    words = passed_rows.state_words(side)
    kept = {"side": side, "state": request.GET.get("state", ""), "q": request.GET.get("q", "").strip()}
    kept["state"] = kept["state"] if kept["state"] in words else ""
    found, total = passed_on.passed_matters_listed(
        side, state=kept["state"], number=kept["q"], now=moment, first=(number - 1) * PAGE, most=PAGE
    )
    address, counts = reverse("window-passed-list"), passed_on.passed_matter_counts(side, now=moment)
    tabs = [
        {
            "label": label,
            "url": with_words(address, kept, state=state),
            "count": None if kept["q"] else counts[state],
            "current": kept["state"] == state,
        }
        for state, label in words.items()
    ]
    whole = with_words(address, kept, state="")
    tabs.append({"label": _("全部"), "url": whole, "count": None, "current": not kept["state"]})
    sides = {TAKEN: _("本窗口转出的"), DUTY: _("转来请本单位认人的")}
    page = frame(request, _("按来人所说受理的"), current="window", crumbs=((_("一窗受理"), reverse("window")),))
    return show(
        request,
        "window/passed_list.html",
        page,
        rows=passed_rows.rows(found, moment),
        tabs=tabs,
        sides=[
            {
                "label": label,
                "url": with_words(address, kept, side=one, state=""),
                "count": None,
                "current": one == side,
            }
            for one, label in sides.items()
        ],
        kept=kept,
        address=address,
        reset_url=f"{address}?side={side}",
        **paged(number, total, kept, most=PAGE),
    )


@reads("matter:take")
def one(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """One matter taken in words: the first desk reads what became of it; who has it recognises, answers, sends back."""
    halves = passed_on.halves_of(request_id)
    found = halves.get(DUTY) or halves.get(TAKEN)
    if found is None:
        return refusals.not_found(request)
    mine = found.side == DUTY and found.answered_at is None and found.linked_at is None
    words = request.GET.get("q", "").strip()
    onward = mine and found.whose != RULED
    crumbs = ((_("一窗受理"), reverse("window")), (_("按来人所说受理的"), reverse("window-passed-list")))
    return show(
        request,
        "window/passed.html",
        frame(request, found.name, current="window", crumbs=crumbs),
        row=passed_rows.rows([found], now())[0],
        one=found,
        mine=mine,
        may_first=mine and found.first_due_at is not None and found.first_answered_at is None,
        outcomes=rows.outcomes(with_file=False),
        onward=onward,
        decides=onward and found.whose == SUPERIOR,
        climbs=onward and whose_after(found.whose, handed_on=found.handed_on, most=most_hand_ons()) == SUPERIOR,
        ruled=mine and found.whose == RULED,
        way=passed_rows.way(found),
        level=passed_rows.level_word(found),
        words=words,
        people=_people(found, words) if mine else [],
        mark=uuid.uuid4(),
    )


def _people(found: passed_on.PassedMatterView, words: str) -> list[dict[str, str]]:
    """Who it may be among those in sight: the holder of the number, then those of the name or of the words typed."""
    people = persons.find(words or found.name, most=FOUND)
    numbered = persons.person_numbered(persons.digests_of(found.document_number))
    if numbered is not None:
        people = [*persons.heads_of([numbered]).values(), *(one for one in people if one.id != numbered)]
    withheld = roads.withheld({one.id for one in people})
    units = access.units_named({one.responsible_unit_id for one in people})
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "number": one.number,
            "unit": unit_name(units.get(one.responsible_unit_id)),
            "why": _("证件号码相同") if one.id == numbered else "",
        }
        for one in people
        if one.id not in withheld
    ]


@writes("matter:take")
def recognise(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Put the matter on the file of the person chosen."""

    def act(mark: uuid.UUID) -> None:
        try:
            person_id = uuid.UUID(request.POST.get("person", ""))
        except ValueError as fault:
            raise NotReadable(_("人员")) from fault
        passed_matters.recognise(request_id, person_id, event_id=mark, at=now())

    return _done(request, request_id, act)


@writes("matter:take")
def first_answer(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Say at once what will be done."""

    def act(mark: uuid.UUID) -> None:
        passed_matters.give_first_answer(request_id, words=text(request, "words", _("答复")), event_id=mark, at=now())

    return _done(request, request_id, act)


@writes("matter:take")
def answer(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Answer to the first desk, or send back whom nobody knows."""

    def act(mark: uuid.UUID) -> None:
        outcome, words = text(request, "outcome", _("结果")), text(request, "words", _("答复"))
        passed_matters.answer(request_id, outcome=outcome, words=words, event_id=mark, at=now())

    return _done(request, request_id, act)


@writes("matter:take")
def onward(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Hand the matter on to the unit it belongs to; it leaves this desk, so the list follows."""
    mark, moment = mark_of(request), now()
    words = text(request, "words", _("为什么不归本单位"))
    try:
        wanted = text(request, "unit", _("该办的单位"))
        unit_id = unit_named(wanted, _("该办的单位的全称或者12位代码"), at=moment)
        handing_on.hand_on(request_id, unit_id=unit_id, words=words, event_id=mark, at=moment)
    except request_answers.RequestUnknown:
        return refusals.not_found(request)
    except handing_on.UnitRefused as fault:
        raise NotReadable(_("该办的单位")) from fault
    return redirect(f"{reverse('window-passed-list')}?side={DUTY}")


def _done(request: Request, request_id: uuid.UUID, act: Callable[[uuid.UUID], None]) -> HttpResponse:
    try:
        act(mark_of(request))
    except request_answers.RequestUnknown:
        return refusals.not_found(request)
    except request_answers.AnswerRefused:
        return refusals.bad_request(request)
    return redirect("window-passed", request_id=request_id)
