"""What a partner unit offers: its list, the form of one offer, publishing, changing, ending."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.support import offers, policy
from guitu.support.policy import OfferWords, RecordIncomplete
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, problems_of, written_day
from guitu.web.pages import page_number, paged
from guitu.web.partner_desk import rows
from guitu.web.permits import Request, reads, writes
from guitu.web.places import division_words
from guitu.web.second_question import Question
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import legal_day

PAGE = 25
_FIELDS = (
    "kind",
    "title",
    "places",
    "place_division",
    "from_on",
    "to_on",
    "conditions",
    "contact_name",
    "contact_phone",
)


_NEEDED = ("kind", "title", "place_division", "contact_name", "contact_phone")


@reads("offer:keep")
def listed(request: Request) -> HttpResponse:
    """The unit's own offers, open or over, the newest first."""
    moment, number = now(), page_number(request)
    state = offers.OVER if request.GET.get("state") == offers.OVER else offers.OPEN
    found, total = offers.own_offers(state, at=moment, first=(number - 1) * PAGE, most=PAGE)
    counts = offers.own_offer_counts(at=moment)
    address = reverse("partner-offers")
    labels = {offers.OPEN: _("接受转介的"), offers.OVER: _("已停止或到期的")}
    return show(
        request,
        "partner/offers.html",
        frame(request, _("本单位的资源"), current="partner-offers"),
        rows=rows.offer_rows(found, legal_day(moment)),
        tabs=[
            {"label": label, "url": f"{address}?state={key}", "count": counts[key], "current": key == state}
            for key, label in labels.items()
        ],
        **paged(number, total, {"state": state}, most=PAGE, address=address),
    )


@reads("offer:keep")
def new(request: Request) -> HttpResponse:
    """The empty form of an offer."""
    return _form(request, None, {"from_on": legal_day(now()).isoformat(), "places": "1"}, ())


@reads("offer:keep")
def one(request: Request, offer_id: uuid.UUID) -> HttpResponse:
    """The form of an offer that stands, to change or end it."""
    found = offers.own_offer(offer_id)
    if found is None:
        return refusals.not_found(request)
    words = found.words
    typed = {name: getattr(words, name) for name in _FIELDS}
    typed |= {"from_on": words.from_on.isoformat(), "to_on": words.to_on.isoformat() if words.to_on else ""}
    return _form(request, found, typed, ())


def _form(
    request: Request, offer: offers.OfferView | None, typed: dict[str, Any], wrong: tuple[str, ...]
) -> HttpResponse:
    labels = _problems()
    said = {name: labels[name] for name in wrong}
    title = offer.words.title if offer else _("发布一项资源")
    response = show(
        request,
        "partner/offer.html",
        frame(request, title, current="partner-offers", crumbs=((_("本单位的资源"), reverse("partner-offers")),)),
        offer=offer,
        over=offer is not None and offer.ended_at is not None,
        typed=typed,
        kinds=rows.options("offer_kind"),
        places=[
            {"value": place.division, "label": division_words(place.division)}
            for place in offers.places_of(request.acting_session.unit_id)
        ],
        action=reverse("offer-change", args=[offer.id]) if offer else reverse("offer-publish"),
        problems=problems_of(said, _FIELDS),
        wrong=said,
        mark=uuid.uuid4(),
    )
    response.status_code = 422 if wrong else 200
    return response


def _problems() -> dict[str, str]:
    return {
        "kind": _("请选类别"),
        "title": _("请写名称，不写涉及前科的话"),
        "places": _("名额写1到%(most)s的数") % {"most": policy.MOST_PLACES},
        "place_division": _("请选所在地"),
        "from_on": _("请写起日"),
        "to_on": _("止日不早于起日；长期的留空"),
        "conditions": _("条件太长，或者写了涉及前科的话；对前科的要求不能写"),
        "contact_name": _("请写联系人"),
        "contact_phone": _("请写能打通的电话"),
    }


@writes("offer:keep")
def publish(request: Request) -> HttpResponse:
    """Publish an offer; a second press publishes nothing twice."""
    return _save(request, None, lambda words, mark: offers.publish_offer(words, event_id=mark, at=now()))


@writes("offer:keep")
def change(request: Request, offer_id: uuid.UUID) -> HttpResponse:
    """Write an offer anew."""
    return _save(request, offer_id, lambda words, mark: offers.change_offer(offer_id, words, event_id=mark, at=now()))


def _save(request: Request, offer_id: uuid.UUID | None, act: Callable[[OfferWords, uuid.UUID], object]) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    mark = mark_of(request)
    wrong = _unreadable(typed)
    try:
        if not wrong:
            act(_words(typed), mark)
    except RecordIncomplete as fault:
        wrong = fault.fields
    except offers.OfferUnknown:
        return refusals.not_found(request)
    except offers.OfferEnded:
        return _ended(request)
    if wrong:
        with transaction.atomic():
            return _form(request, offers.own_offer(offer_id) if offer_id else None, typed, wrong)
    return redirect("partner-offers")


def _unreadable(typed: dict[str, str]) -> tuple[str, ...]:
    """The fields that are empty and may not be, and the numbers and days that cannot be read as such."""
    wrong = [name for name in _NEEDED if not typed[name]]
    wrong += [] if typed["places"].isdecimal() and len(typed["places"]) <= len(str(policy.MOST_PLACES)) else ["places"]
    for name in ("from_on", "to_on"):
        try:
            if typed[name] or name == "from_on":
                written_day(typed[name])
        except ValueError:
            wrong.append(name)
    return tuple(wrong)


def _words(typed: dict[str, str]) -> OfferWords:
    return OfferWords(
        kind=typed["kind"],
        title=typed["title"],
        places=int(typed["places"]),
        place_division=typed["place_division"],
        from_on=written_day(typed["from_on"]),
        to_on=written_day(typed["to_on"]) if typed["to_on"] else None,
        conditions=typed["conditions"],
        contact_name=typed["contact_name"],
        contact_phone=typed["contact_phone"],
    )


def _ending(_request: Request, **_path: object) -> Question:
    return Question(
        _("停止接受转介？"),
        (
            _("这一项不再列出，也不能再修改"),
            _("已经转介来的照常办"),
            _("停止了不能恢复；要再接受，须另行发布"),
        ),
        _("停止"),
    )


@writes("offer:keep", asks=_ending)
def end(request: Request, offer_id: uuid.UUID) -> HttpResponse:
    """Take no more referrals to an offer."""
    try:
        offers.end_offer(offer_id, event_id=mark_of(request), at=now())
    except offers.OfferUnknown:
        return refusals.not_found(request)
    except offers.OfferEnded:
        return _ended(request)
    return redirect("partner-offers")


def _ended(request: Request) -> HttpResponse:
    return refusals.conflict(request, "这一项已经停止，不再修改。", "This offer was ended and is changed no more.")


@reads("offer:read")
def open_here(request: Request) -> HttpResponse:
    """The offers of all partners that are open where the acting unit works: by kind and words."""
    moment, number = now(), page_number(request)
    kept = {name: request.GET.get(name, "").strip() for name in ("kind", "q")}
    custody = request.acting_session.unit_kind in policy.CUSTODY
    filters = offers.OfferFilters(kind=kept["kind"], text=kept["q"], kinds=policy.BEFORE_RELEASE if custody else ())
    found, total = offers.offers_open(filters, at=moment, first=(number - 1) * PAGE, most=PAGE)
    address = reverse("offers")
    return show(
        request,
        "partner/open_offers.html",
        frame(request, _("帮扶资源"), current="offers"),
        rows=rows.offer_rows(found, legal_day(moment)),
        kinds=rows.options("offer_kind", all_first=True),
        kept=kept,
        custody=custody,
        filtered=any(kept.values()),
        address=address,
        **paged(number, total, kept, most=PAGE, address=address),
    )
