"""合作单位工作台: who was referred to this unit, the longest waiting first; one referral with its answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.support import offers, policy, referrals, referred
from guitu.support.policy import RecordIncomplete
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, problems_of, written_day
from guitu.web.pages import page_number, paged
from guitu.web.partner_desk import rows
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import full_day, legal_day

PAGE = 25


@reads("referral:answer")
def desk(request: Request) -> HttpResponse:
    """The referrals to this unit: counts that lead to exactly their rows, the queue, pages."""
    moment, number = now(), page_number(request)
    queue = request.GET.get("queue", "")
    queue = queue if queue in referred.QUEUES else policy.WAITING
    found, total = referred.referrals_here(queue, now=moment, first=(number - 1) * PAGE, most=PAGE)
    counts = referred.referral_counts(now=moment)
    address = reverse("partner-desk")
    words = rows.queue_words()
    page = frame(request, _("合作单位工作台"), current="partner-desk", facts=full_day(moment))
    return show(
        request,
        "partner/desk.html",
        page,
        counts=[
            {
                "label": label,
                "value": counts[key],
                "url": f"{address}?queue={key}",
                "first": key == referred.LATE,
            }
            for key, label in words.items()
        ],
        tabs=[
            {"label": label, "url": f"{address}?queue={key}", "count": counts[key], "current": key == queue}
            for key, label in words.items()
        ],
        rows=rows.referral_rows(found, offers.offers_named(one.offer_id for one in found), moment),
        label=words[queue],
        has_offers=offers.own_offer_counts(at=moment)[offers.OPEN] > 0,
        **paged(number, total, {"queue": queue}, most=PAGE, address=address),
    )


@reads("referral:answer")
def referral(request: Request, person_id: uuid.UUID, referral_id: uuid.UUID) -> HttpResponse:
    """One referral: whom to call, what the person agreed may be told, and what can be answered now."""
    return _page(request, person_id, referral_id, {}, {})


def _page(
    request: Request, person_id: uuid.UUID, referral_id: uuid.UUID, typed: dict[str, Any], wrong: Mapping[str, str]
) -> HttpResponse:
    found = referred.referral_here(person_id, referral_id)
    if found is None:
        return refusals.not_found(request)
    moment = now()
    row = rows.referral_rows([found], offers.offers_named([found.offer_id]), moment)[0]
    page = frame(
        request,
        row["name"],
        current="partner-desk",
        crumbs=((_("合作单位工作台"), reverse("partner-desk")),),
    )
    response = show(
        request,
        "partner/referral.html",
        page,
        row=row,
        person_id=person_id,
        state=rows.queue_words()[found.state],
        answers=_answers(found.state),
        reasons=[{"value": "", "label": _("没有接收时必选")}, *rows.options("referral_refusal")],
        typed={"state": "", "on": legal_day(moment).isoformat(), "reason": "", "words": "", **typed},
        problems=problems_of(wrong, ("state", "on", "reason", "words")),
        wrong=wrong,
        asks_reason=policy.may_follow(policy.NOT_TAKEN, found.state),
        asks_day=policy.may_follow(policy.STARTED, found.state) or policy.may_follow(policy.ENDED, found.state),
        mark=uuid.uuid4(),
    )
    response.status_code = 422 if wrong else 200
    return response


def _answers(state: str) -> list[dict[str, str]]:
    words = {
        policy.TAKEN_ON: _("接收，由我们联系本人"),
        policy.STARTED: _("已经开始"),
        policy.NOT_TAKEN: _("没有接收"),
        policy.ENDED: _("已经结束"),
    }
    return [{"value": key, "label": word} for key, word in words.items() if policy.may_follow(key, state)]


def _closing(request: Request, **_path: object) -> Question | None:
    state = request.POST.get("state")
    if state not in {policy.NOT_TAKEN, policy.ENDED} or (state == policy.NOT_TAKEN and not request.POST.get("reason")):
        return None
    return Question(
        _("答复没有接收？") if state == policy.NOT_TAKEN else _("答复已经结束？"),
        (
            _("这件转介到此办结，答复不能再改"),
            _("办结以后不再显示称呼和电话"),
        ),
        _("确认，办结"),
    )


@writes("referral:answer", asks=_closing)
def answer(request: Request, person_id: uuid.UUID, referral_id: uuid.UUID) -> HttpResponse:
    """Answer a referral; what is missing is said on the same page, with what was typed."""
    form = request.POST
    typed = {name: form.get(name, "").strip() for name in ("state", "reason", "words", "on")}
    try:
        mark = mark_of(request)
        referrals.answer_referral(
            person_id,
            referral_id,
            state=typed["state"],
            reason=typed["reason"],
            words=typed["words"],
            on=_day(typed["on"]),
            event_id=mark,
            at=now(),
        )
    except referrals.ReferralUnknown:
        return refusals.not_found(request)
    except referrals.AnswerTooLate:
        return refusals.conflict(
            request,
            "这件转介的状态已经变了，请回工作台看最新的。",
            "This referral has gone on meanwhile; see the desk for how it stands.",
        )
    except RecordIncomplete as fault:
        labels = {
            "state": _("请选结果"),
            "reason": _("没有接收的，请选理由"),
            "words": _("补充说明太长，或者写了涉及前科的话"),
            "on": _("请写开始或结束的日子，不早于转介，不晚于今天"),
        }
        with transaction.atomic():
            return _page(request, person_id, referral_id, typed, {name: labels[name] for name in fault.fields})
    return redirect("partner-referral", person_id=person_id, referral_id=referral_id)


def _day(text: str) -> date | None:
    try:
        return written_day(text)
    except ValueError:
        return None
