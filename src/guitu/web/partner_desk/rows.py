"""The words of offers and referrals: kinds, states, one offer or one referral as a row of a list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.support import policy, referred
from guitu.support.offers import OfferView
from guitu.web import queue_rows
from guitu.web.person_file.sight import unit_name
from guitu.web.places import division_words
from guitu.web.templatetags.guitu_words import legal_day

Units = Mapping[uuid.UUID, access.UnitView]


def state_words() -> dict[str, str]:
    """What each state of a referral is called."""
    return {
        policy.WAITING: _("等合作单位答复"),
        policy.TAKEN_ON: _("已接收"),
        policy.NOT_TAKEN: _("没有接收"),
        policy.STARTED: _("已开始"),
        policy.ENDED: _("已结束"),
        policy.WITHDRAWN: _("本人收回了同意"),
    }


def queue_words() -> dict[str, str]:
    """What each queue of the partner's desk is called."""
    return {
        referred.LATE: _("先办：已过答复日"),
        policy.WAITING: _("等本单位答复"),
        policy.TAKEN_ON: _("已接收，待开始"),
        policy.STARTED: _("正在帮"),
        policy.NOT_TAKEN: _("没有接收"),
        policy.ENDED: _("已结束"),
    }


def options(table: str, *, all_first: bool = False) -> list[dict[str, str]]:
    """The codes of a table for a choice; `all_first` begins with no restriction."""
    made = [{"value": code, "label": queue_rows.code_word(table, code)} for code in queue_rows.codes_of(table)]
    return [{"value": "", "label": _("全部")}, *made] if all_first else made


def offer_row(offer: OfferView, units: Units, today: date) -> dict[str, Any]:
    """One offer as every list shows it."""
    words = offer.words
    over = offer.ended_at is not None or (words.to_on is not None and words.to_on < today)
    return {
        "id": offer.id,
        "kind": queue_rows.code_word("offer_kind", words.kind),
        "title": words.title,
        "unit": unit_name(units.get(offer.unit_id)),
        "place": division_words(words.place_division),
        "from_on": words.from_on,
        "to_on": words.to_on,
        "conditions": words.conditions,
        "contact": words.contact_name,
        "phone": words.contact_phone,
        "left": max(offer.places_left, 0),
        "places": words.places,
        "waiting": offer.waiting,
        "over": over,
    }


def offer_rows(found: Iterable[OfferView], today: date) -> list[dict[str, Any]]:
    """Offers as rows, with the names of their units in one query."""
    made = list(found)
    units = access.units_named({one.unit_id for one in made})
    return [offer_row(one, units, today) for one in made]


def referral_rows(
    found: Iterable[referred.ReferralView], offers: Mapping[uuid.UUID, OfferView], now: datetime
) -> list[dict[str, Any]]:
    """Referrals as rows: whom to call by, for which offer, who referred, how long it waits, what was answered."""
    made = list(found)
    units = access.units_named({one.from_unit_id for one in made} | {offer.unit_id for offer in offers.values()})
    posts = access.posts_named({one.referred_by for one in made})
    words = state_words()
    rows = []
    for one in made:
        offer, waits = offers[one.offer_id], one.state == policy.WAITING
        rows.append(
            {
                "id": one.id,
                "url": reverse("partner-referral", args=[one.person_id, one.id]),
                "name": one.told.call_name if one.told else _("已办结，不再显示"),
                "told": one.told,
                "offer": offer_row(offer, units, legal_day(now)),
                "unit": unit_name(units.get(one.from_unit_id)),
                "unit_phone": units[one.from_unit_id].phone if one.from_unit_id in units else "",
                "officer": posts.get(one.referred_by, ("", ""))[0],
                "at": one.referred_at,
                "state": one.state,
                "state_word": words[one.state],
                "state_at": one.state_at,
                "live": one.state in policy.LIVE,
                "late": waits and one.due_at <= now,
                "clock": {
                    "due": queue_rows.shown_due(one.due_at),
                    "rule": one.due_rule,
                    "rule_url": reverse("rule", args=[one.due_rule]),
                }
                if waits
                else None,
                "started_on": one.started_on,
                "ended_on": one.ended_on,
                "reason": queue_rows.code_word("referral_refusal", one.reason) if one.reason else "",
                "words": one.words,
            }
        )
    return rows
