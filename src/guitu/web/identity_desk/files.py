"""Two held files side by side: found by name or printed number, joined with a reason, separated again."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.operations import ask
from guitu.people import joining as files
from guitu.people import queries as persons
from guitu.people.joining import JoinRefused, JoinView
from guitu.people.matching import IdentityView
from guitu.prison import joining
from guitu.prison.roster.masking import mask_number
from guitu.web import asked, queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, row_of
from guitu.web.identity_desk.views import SHOWN_ITEMS
from guitu.web.pages import page_number, paged, uncounted
from guitu.web.permits import Request, reads, writes
from guitu.web.places import division_words
from guitu.web.shell import english, frame, show

CHOICES, PAGE = 10, 20
MOST_PAGES = 20
"""Whoever is not among so many pages of choices is to be sought by more letters or the number."""


@reads("person:identify")
def two_files(request: Request) -> HttpResponse:
    """Find two files, see them side by side, join them; and the latest joinings, each of which can be undone."""
    words = {side: request.GET.get(side, "").strip() for side in ("kept", "joined")}
    pages = {side: page_number(request, f"{side}_page", most=MOST_PAGES) for side in words}
    found = {
        side: persons.find(text, first=(pages[side] - 1) * CHOICES, most=CHOICES + 1) if text else []
        for side, text in words.items()
    }
    one = {side: held[0] if len(held) == 1 and pages[side] == 1 else None for side, held in found.items()}
    kept, joined = one["kept"], one["joined"]
    context: dict[str, Any] = {
        "words": words,
        "sides": [_side(side, words, found[side], pages[side]) for side in ("kept", "joined")],
        **_joinings(request, words),
        "pair": None,
        "proposals": [],
    }
    if kept is not None and joined is not None and kept.id != joined.id:
        if ask("person:identify", sorted({kept.id, joined.id}), seen=SHOWN_ITEMS) != "ALLOWED":
            return refusals.not_found(request)
        context["pair"] = _pair(kept, joined)
    elif kept is not None:
        ask("person:identify", [kept.id])
        context["proposals"] = _proposals(kept)
    page = frame(
        request, _("两份档案是不是同一个人"), current="identity", crumbs=((_("身份核对"), reverse("identity")),)
    )
    return show(request, "identity/files.html", page, **context)


def _side(side: str, words: dict[str, str], found: list[persons.PersonFile], number: int) -> dict[str, Any]:
    address = reverse("identity-files")
    other = "joined" if side == "kept" else "kept"
    return {
        "name": side,
        "label": _("保留的档案") if side == "kept" else _("并入的档案"),
        "value": words[side],
        "none": bool(words[side]) and not found,
        "choices": [
            {
                "name": one.name,
                "number": one.number,
                "url": f"{address}?{asked.query({side: one.number, other: words[other]})}",
            }
            for one in found[:CHOICES]
        ]
        if len(found) > 1 or number > 1
        else [],
        "narrower": number == MOST_PAGES and len(found) > CHOICES,
        "foot": uncounted(number, len(found), words, most=CHOICES, name=f"{side}_page", last=MOST_PAGES),
    }


def _proposals(kept: persons.PersonFile) -> list[dict[str, str]]:
    """Who of those in reach this person may also be."""
    matches = joining.proposals(kept.id)[:CHOICES]
    numbers = persons.numbers_of(uuid.UUID(match.held.key) for match in matches)
    return [
        {
            "name": match.held.name,
            "why": match.en if english() else match.zh,
            "url": f"{reverse('identity-files')}?"
            + asked.query({"kept": kept.number, "joined": numbers[uuid.UUID(match.held.key)]}),
        }
        for match in matches
    ]


def _pair(kept: persons.PersonFile, joined: persons.PersonFile) -> dict[str, Any]:
    both = joining.side_by_side(kept.id, joined.id)
    match = both.match
    rows = [
        _row(name, left, right)
        for name, left, right in (
            (_("编号"), kept.number, joined.number),
            *_identity_lines(both.kept, both.joined),
            (
                _("户籍地址"),
                _address(both.kept_items.get("household_region", "")),
                _address(both.joined_items.get("household_region", "")),
            ),
        )
        if left or right
    ]
    return {
        "why": (match.en if english() else match.zh) if match else _("没有相近之处"),
        "rows": rows,
        "kept_id": kept.id,
        "joined_id": joined.id,
        "mark": uuid.uuid4(),
        "swap_url": f"{reverse('identity-files')}?{asked.query({'kept': joined.number, 'joined': kept.number})}",
    }


def _identity_lines(left: IdentityView, right: IdentityView) -> list[tuple[str, str, str]]:
    def number(view: IdentityView) -> str:
        return _("、").join(mask_number(one) for _kind, one in view.numbers)

    def told(view: IdentityView) -> tuple[str, str, str, str]:
        return (
            view.name,
            _("、").join(view.former_names),
            queue_rows.code_word("sex", view.sex) if view.sex else "",
            view.birth_date.isoformat() if view.birth_date else "",
        )

    names = (_("姓名"), _("曾用名"), _("性别"), _("出生日期"))
    lines = list(zip(names, told(left), told(right), strict=True))
    return [*lines, (_("证件号码"), number(left), number(right))]


def _address(value: str) -> str:
    kept = json.loads(value) if value.startswith("{") else {}
    return f"{division_words(kept.get('division', ''))}{kept.get('address', '')}"


def _row(name: str, left: str, right: str) -> dict[str, Any]:
    lacking = _("没有记录")
    differing = "" if left == right else (_("不同") if left and right else _("只有一方有"))
    return {"name": name, "left": left or lacking, "right": right or lacking, "difference": differing, "masked": False}


def _joinings(request: Request, words: dict[str, str]) -> dict[str, Any]:
    number = page_number(request)
    held, total = files.joinings(first=(number - 1) * PAGE, most=PAGE)
    posts = access.posts_named({one.by_post_id for one in held})
    foot = paged(number, total, words, most=PAGE, place="joinings")
    return {"joinings": [_joining(one, posts) for one in held], **foot}


def _joining(one: JoinView, posts: dict[uuid.UUID, tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": one.id,
        "kept": f"{one.kept_name} {one.kept_number}",
        "joined": f"{one.joined_name} {one.joined_number}",
        "reason": one.reason,
        "at": one.at,
        "by": posts.get(one.by_post_id, ("", ""))[0],
        "undone_at": one.undone_at,
        "mark": uuid.uuid4(),
    }


@writes("person:identify")
def join(request: Request) -> HttpResponse:
    """Join two files; a second press has no second effect."""
    kept, joined, mark = (row_of(request, name) for name in ("kept", "joined", "mark"))
    try:
        joining.join(kept, joined, reason=request.POST.get("reason", ""), event_id=mark, at=now())
    except JoinRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("identity-files")


@writes("person:identify")
def separate(request: Request, join_id: uuid.UUID) -> HttpResponse:
    """Undo a joining: both files stand as before."""
    mark = mark_of(request)
    try:
        joining.separate(join_id, event_id=mark, at=now())
    except JoinRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("identity-files")
