"""受理登记: what this counter took and what it has to answer; one request with what was said and its answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import request_answers, requests
from guitu.people import queries as persons
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, text
from guitu.web.pages import page_number, paged, with_words
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show
from guitu.web.window import rows

PAGE = 25
SIDES = ("taken", "duty")


@reads("matter:take")
def listed(request: Request) -> HttpResponse:
    """The requests that this counter took, or that this unit has to answer: by state, matter, channel, words."""
    moment, number = now(), page_number(request)
    kept = {name: request.GET.get(name, "").strip() for name in ("side", "state", "matter", "channel", "q")}
    kept["side"] = kept["side"] if kept["side"] in SIDES else "taken"
    kept["state"] = kept["state"] if kept["state"] in requests.STATES else ""
    filters = requests.RequestFilters(
        side=kept["side"], state=kept["state"], matter=kept["matter"], channel=kept["channel"], text=kept["q"]
    )
    found, total = requests.requests_listed(filters, now=moment, first=(number - 1) * PAGE, most=PAGE)
    address = reverse("window-list")
    counts = requests.request_counts(kept["side"], now=moment)
    words = rows.state_words()
    narrowed = bool(kept["matter"] or kept["channel"] or kept["q"])
    tabs = [
        {
            "label": words[state],
            "url": with_words(address, kept, state=state),
            "count": None if narrowed else counts[state],
            "current": kept["state"] == state,
        }
        for state in requests.STATES
    ]
    whole = with_words(address, kept, state="")
    tabs.append({"label": _("全部"), "url": whole, "count": None, "current": not kept["state"]})
    labels = {"taken": _("本窗口受理的"), "duty": _("转来由本单位办的")}
    page = frame(request, _("受理登记"), current="window-list", crumbs=((_("一窗受理"), reverse("window")),))
    return show(
        request,
        "window/list.html",
        page,
        rows=rows.rows(found, moment),
        tabs=tabs,
        sides=[
            {
                "label": label,
                "url": with_words(address, kept, side=side, state=""),
                "count": None,
                "current": kept["side"] == side,
            }
            for side, label in labels.items()
        ],
        kept=kept,
        matters=[{"value": "", "label": _("全部")}]
        + [{"value": one["code"], "label": one["label"]} for one in rows.matters()],
        channels=[{"value": "", "label": _("全部")}, *rows.channels()],
        address=address,
        reset_url=f"{address}?side={kept['side']}",
        **paged(number, total, kept, most=PAGE),
    )


@reads("matter:take")
def one(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """One request: what was said, by when, who has it, what was answered, and what this unit can do about it."""
    found = requests.request_of(person_id, request_id)
    if found is None:
        return refusals.not_found(request)
    said = requests.said_in([request_id])[request_id]
    unit_id = request.acting_session.unit_id
    by_step = found.answered_at is None and request_answers.waits_for_step(found.journey_id, found.step)
    mine = unit_id == found.duty_unit_id
    answered = access.units_named({found.answered_unit_id} if found.answered_unit_id else set())
    page = frame(
        request,
        queue_rows.code_word("matter_12", found.matter),
        current="window-list",
        crumbs=((_("一窗受理"), reverse("window")), (_("受理登记"), reverse("window-list"))),
    )
    return show(
        request,
        "window/request.html",
        page,
        row=rows.rows([found], now())[0],
        one=found,
        said=said,
        file=persons.file_of(person_id),
        person_url=reverse("person", args=[person_id]),
        step_url=f"{reverse('person', args=[person_id])}#open-{found.step}" if by_step else "",
        mine=mine,
        may_first=mine and found.first_due_at is not None and found.first_answered_at is None and not found.kind,
        may_answer=(mine or unit_id == found.first_desk_id) and found.answered_at is None and not by_step,
        outcomes=rows.outcomes(),
        answered_by=unit_name(answered.get(found.answered_unit_id)) if found.answered_unit_id else "",
        mark=uuid.uuid4(),
    )


@writes("matter:take")
def first_answer(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """Say at once what will be done."""

    def act(mark: uuid.UUID) -> None:
        words = text(request, "words", _("答复"))
        request_answers.give_first_answer(person_id, request_id, words=words, event_id=mark, at=now())

    return _done(request, person_id, request_id, act)


@writes("matter:take")
def answer(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """Answer a request for good."""

    def act(mark: uuid.UUID) -> None:
        outcome = text(request, "outcome", _("结果"))
        words = text(request, "words", _("答复"))
        request_answers.answer_request(person_id, request_id, outcome=outcome, words=words, event_id=mark, at=now())

    return _done(request, person_id, request_id, act)


def _done(
    request: Request, person_id: uuid.UUID, request_id: uuid.UUID, act: Callable[[uuid.UUID], None]
) -> HttpResponse:
    try:
        act(mark_of(request))
    except request_answers.RequestUnknown:
        return refusals.not_found(request)
    except request_answers.AnswerRefused:
        return refusals.bad_request(request)
    return redirect("window-request", person_id=person_id, request_id=request_id)
