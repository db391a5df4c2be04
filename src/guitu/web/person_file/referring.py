"""转介 on a person's file: which partner was told what, with which consent; the form to refer; taking it back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import impact
from guitu.access.operations import ask
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.support import offers, policy, referrals, referred
from guitu.support import queries as support
from guitu.support.policy import Particulars, RecordIncomplete, Word
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import NotReadable, mark_of, written_moment
from guitu.web.impact.views import unassessed
from guitu.web.pages import page_number, paged
from guitu.web.partner_desk import rows
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file import step_acts
from guitu.web.person_file.support_forms import need_word
from guitu.web.queue_rows import code_word
from guitu.web.second_question import Question
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, legal_day

PAGE = 20
"""How many offers a page of the form shows."""
_FIELDS = ("offer", "call_name", "telephone", "skills", "spoken_by", "speaker", "way", "said_at")


def told_words() -> dict[str, str]:
    """What can be told of a person."""
    return {"call_name": _("称呼"), "telephone": _("电话"), "skills": _("技能")}


def speakers() -> dict[str, str]:
    """Who gives or takes back a consent."""
    return {"SELF": _("本人说的"), "REPRESENTATIVE": _("受托人代说"), "OFFICER": _("经办人代记")}


def of_person(person_id: uuid.UUID, at: datetime, *, from_unit_id: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """The referrals of a person with their consents, for the file and for My road."""
    found = referred.referrals_of(person_id, from_unit_id=from_unit_id)
    if not found:
        return []
    consents = referred.consents_of(person_id)
    names, said = told_words(), speakers()
    made = rows.referral_rows(found, offers.offers_named(one.offer_id for one in found), at)
    return [
        row
        | {
            "consent": consents[row["id"]],
            "told_words": [names[name] for name in consents[row["id"]].told],
            "speaker": said[consents[row["id"]].spoken_by],
            "way": code_word("consent_way", consents[row["id"]].way),
            "withdrawn_by": said.get(consents[row["id"]].withdrawn_by, ""),
        }
        for row in made
    ]


def panel(request: Request, person_id: uuid.UUID, may: frozenset[str]) -> dict[str, Any]:
    """What the file shows of referrals: to a prison only what it has made itself; nothing to who refers nobody."""
    if "referral:make" not in may:
        return {}
    session = request.acting_session
    own = session.unit_id if session.unit_kind in policy.CUSTODY else None
    return {"referred": of_person(person_id, now(), from_unit_id=own), "referral_fields": {"mark": uuid.uuid4()}}


@reads("referral:make")
def form(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The offers that fit, what would be told, and the consent."""
    local = now().astimezone(LEGAL_ZONE).replace(second=0, microsecond=0, tzinfo=None)
    typed = {"spoken_by": "SELF", "way": "IN_PERSON", "said_at": local.isoformat(timespec="minutes")}
    return _form(request, person_id, typed, {})


def _form(request: Request, person_id: uuid.UUID, typed: dict[str, str], wrong: dict[str, str]) -> HttpResponse:
    moment = now()
    file, needs = persons.file_of(person_id), _needs(person_id)
    wanted = {kind for need in needs for kind in policy.NEEDS_OFFERS[need]}
    custody = request.acting_session.unit_kind in policy.CUSTODY
    asked = {name: request.GET.get(name, "").strip() for name in ("kind", "q")}
    filters = offers.OfferFilters(kind=asked["kind"], text=asked["q"], kinds=policy.BEFORE_RELEASE if custody else ())
    number = page_number(request)
    found, total = offers.offers_open(filters, wanted=wanted, at=moment, first=(number - 1) * PAGE, most=PAGE)
    found = _with_the_chosen(found, typed.get("offer", ""))
    shown = [
        row | {"fits": offer.words.kind in wanted, "chosen": str(offer.id) == typed.get("offer", "")}
        for offer, row in zip(found, rows.offer_rows(found, legal_day(moment)), strict=True)
    ]
    response = show(
        request,
        "file/refer.html",
        frame(request, _("转介给合作单位"), current="", crumbs=((file.name, reverse("person", args=[person_id])),)),
        file=file,
        unassessed=unassessed(impact.PARTNER_SHARING, at=moment),
        needs=[need_word(need) for need in needs],
        offers=shown,
        narrowed=any(asked.values()),
        custody=custody,
        kinds=rows.options("offer_kind", all_first=True),
        asked=asked,
        typed=typed,
        wrong=wrong,
        problems=[{"text": text, "target": name} for name, text in wrong.items()],
        speakers=[{"value": code, "label": speakers()[code]} for code in ("SELF", "REPRESENTATIVE")],
        ways=rows.options("consent_way"),
        mark=uuid.uuid4(),
        **paged(number, total, asked, most=PAGE, address=reverse("refer", args=[person_id])),
    )
    response.status_code = 422 if wrong else 200
    return response


def _with_the_chosen(found: list[offers.OfferView], typed: str) -> list[offers.OfferView]:
    """The page with the offer that was chosen before, also where it stands on another page."""
    if not typed or any(str(one.id) == typed for one in found):
        return found
    try:
        return [*offers.offers_named([uuid.UUID(typed)]).values(), *found]
    except ValueError:
        return found


def _needs(person_id: uuid.UUID) -> tuple[str, ...]:
    """What the latest follow-up found to be needed."""
    road = roads.road_of(person_id)
    visits = support.visits_of(road.task.journey_id, most=1) if road else []
    return visits[0].needs if visits else ()


@writes("referral:make")
def send(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Refer the person; what is missing is said on the same form, with what was typed."""
    typed = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    agreed = request.POST.get("skills_agreed") == "yes"
    typed["skills_agreed"] = "yes" if agreed else ""
    mark = mark_of(request)
    try:
        offer_id, said_at = _chosen(typed), _said_at(typed)
        told = Particulars(typed["call_name"], typed["telephone"], typed["skills"] if agreed else "")
        word = Word(typed["spoken_by"], typed["speaker"], typed["way"], said_at)
        referrals.refer(person_id, offer_id=offer_id, told=told, word=word, event_id=mark, at=now())
    except NotReadable as fault:
        return _again(request, person_id, typed, {fault.label: _problems()[fault.label]})
    except RecordIncomplete as fault:
        return _again(request, person_id, typed, {name: _problems()[name] for name in fault.fields})
    except offers.OfferUnknown:
        return _again(request, person_id, typed, {"offer": _problems()["offer"]})
    except referrals.ReferralRefused as refusal:
        return _again(request, person_id, typed, {"offer": _refusals()[refusal.reason]})
    return redirect(f"{reverse('person', args=[person_id])}#referred")


def _chosen(typed: dict[str, str]) -> uuid.UUID:
    try:
        return uuid.UUID(typed["offer"])
    except ValueError as fault:
        raise NotReadable("offer") from fault


def _said_at(typed: dict[str, str]) -> datetime:
    try:
        found = written_moment(typed["said_at"])
    except ValueError as fault:
        raise NotReadable("said_at") from fault
    return found if found.tzinfo is not None else found.replace(tzinfo=LEGAL_ZONE)


def _again(request: Request, person_id: uuid.UUID, typed: dict[str, str], wrong: dict[str, str]) -> HttpResponse:
    with transaction.atomic(durable=True):
        if ask("referral:make", [person_id]) != "ALLOWED":
            return refusals.not_found(request)
        return _form(request, person_id, typed, wrong)


def _problems() -> dict[str, str]:
    return {
        "offer": _("请选一项资源"),
        "call_name": _("请写怎么称呼，不写涉及前科的话"),
        "telephone": _("请写能打通的电话"),
        "skills": _("技能太长，或者写了涉及前科的话"),
        "spoken_by": _("请选谁说的"),
        "speaker": _("请写说同意的人的姓名"),
        "way": _("请选怎么说的"),
        "said_at": _("请写什么时候说的，不晚于现在"),
    }


def _refusals() -> dict[str, str]:
    return {
        "OVER": _("这一项已经停止或到期，请另选一项"),
        "ELSEWHERE": _("这一项不在本单位工作的地方，请另选一项"),
        "TRAINING_ONLY": _("释放前只能转介到技能培训"),
        "TOO_EARLY": _("离释放还有十二个月以上，到时再转介（RH-TRAINING）"),
        "FULL": _("最后一个名额刚被占，请另选一项"),
        "AGAIN": _("本人已经转介到这一项，正在办"),
    }


def _withdrawing(_request: Request, **_path: object) -> Question:
    return Question(
        _("本人收回了同意？"),
        (
            _("合作单位马上看不到本人的称呼和电话"),
            _("这件转介到此为止；要再转介，须本人重新同意"),
        ),
        _("记下收回"),
    )


@writes("referral:make", asks=_withdrawing)
def withdraw(request: Request, person_id: uuid.UUID, referral_id: uuid.UUID) -> HttpResponse:
    """Record that the person took the consent back."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        referrals.withdraw_consent_for(person_id, referral_id, event_id=mark, at=at)

    try:
        return step_acts.done(request, person_id, act)
    except referrals.ReferralUnknown:
        return refusals.not_found(request)
