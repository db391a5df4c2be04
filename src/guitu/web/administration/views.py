"""Units as the administrators see them, and one unit with its posts; no person."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import administration
from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.rulebook.units import unit_kinds
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import problems_of, row_or_wrong
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, say, show

PAGE = 50
MOST_PROPOSALS = 20
PROPOSED = ("account", "role", "title", "from_on", "to_on")


@reads("unit:list")
def units(request: Request) -> HttpResponse:
    """All living units with their ranges and posts, by code; words, kind and vacancy narrow them."""
    moment = now()
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    empty = request.GET.get("empty") == "yes"
    number = page_number(request)
    kinds = unit_kinds()
    found, total = access.units_listed(
        words, kind=kind if kind in kinds else "", empty=empty, at=moment, first=(number - 1) * PAGE, most=PAGE
    )
    vacant = access.units_listed("", empty=True, at=moment, first=0, most=1)[1]
    page = frame(request, _("单位与岗位"), current="units")
    return show(
        request,
        "administration/units.html",
        page,
        units=[(one, kind_word(one.unit.kind)) for one in found],
        words=words,
        kind=kind,
        empty=empty,
        vacant=vacant,
        kinds=[{"value": "", "label": _("全部")}]
        + [{"value": one.code, "label": one.en if english() else one.zh} for one in kinds.values()],
        **paged(number, total, {"q": words, "kind": kind, "empty": "yes" if empty else ""}, most=PAGE),
    )


def kind_word(kind: str) -> str:
    """What a kind of unit is called in the language of the page."""
    found = unit_kinds().get(kind)
    return kind if found is None else found.en if english() else found.zh


def unit_name(unit: access.UnitView) -> str:
    """The name of a unit in the language of the page."""
    return unit.name_en if english() else unit.name


def role_word(code: str) -> str:
    """What a role is called in the language of the page; a role that is no more keeps its code."""
    return say(ROLES[code].word) if code in ROLES else code


@reads("unit:list")
def unit(request: Request, unit_id: uuid.UUID) -> HttpResponse:
    """One unit: where it stands, who is and was in office there, what is proposed."""
    return unit_page(request, unit_id)


def unit_page(request: Request, unit_id: uuid.UUID, wrong: Mapping[str, str] = MappingProxyType({})) -> HttpResponse:
    """The page of a unit, with what was wrong at which field of a proposal. Inside an open transaction."""
    found = access.unit_or_none(unit_id)
    if found is None:
        return refusals.not_found(request)
    moment = now()
    may = ROLES[request.acting_session.role].may
    superior = access.unit_or_none(found.parent_id) if found.parent_id else None
    in_office, over = administration.posts_of_unit(unit_id, at=moment)
    number = page_number(request, "proposals_page")
    proposals, proposed = administration.proposals_listed(
        open_only=True, unit_id=unit_id, first=(number - 1) * MOST_PROPOSALS, most=MOST_PROPOSALS
    )
    choices = _choices(request) if "post:propose" in may else {}
    page = frame(request, unit_name(found), current="units", crumbs=((_("单位与岗位"), reverse("units")),))
    response = show(
        request,
        "administration/unit.html",
        page,
        unit=found,
        kind=kind_word(found.kind),
        superior=superior,
        superior_name=unit_name(superior) if superior else "",
        in_office=[(post, role_word(post.role)) for post in in_office],
        over=[(post, role_word(post.role)) for post in over],
        proposals=[(line, role_word(line.role)) for line in proposals],
        can_end="post:end" in may,
        can_propose="post:propose" in may,
        seats=any(found.kind in role.seats for role in ROLES.values()),
        roles=[{"value": role.code, "label": say(role.word)} for role in ROLES.values() if found.kind in role.seats],
        proposals_foot=paged(number, proposed, most=MOST_PROPOSALS, place="proposals", name="proposals_page"),
        **choices,
        typed={name: request.POST.get(name, "") for name in PROPOSED},
        problems=problems_of(wrong, PROPOSED),
        wrong=wrong,
        mark=uuid.uuid4(),
    )
    response.status_code = 422 if wrong else 200
    return response


def _choices(request: Request) -> dict[str, object]:
    """The accounts that can be proposed, by login, narrowed by words; the one chosen before stays among them."""
    words, number = request.GET.get("account_words", "").strip(), page_number(request, "accounts_page")
    found, total = administration.accounts_listed(words, first=(number - 1) * PAGE, most=PAGE)
    chosen = row_or_wrong(request, "account", "", {}) if request.method == "POST" else None
    if chosen is not None and all(line.id != chosen for line in found):
        with contextlib.suppress(LookupError):
            found = [administration.account(chosen), *found]
    return {
        "account_words": words,
        "accounts": [{"value": str(line.id), "label": f"{line.name} · {line.login}"} for line in found if line.active],
        "accounts_foot": paged(
            number, total, {"account_words": words}, most=PAGE, place="propose", name="accounts_page"
        ),
    }
