"""Writing a letter (发函): to whom, and what it will say, as the addressee sees it; sending; what was sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.addressees import companions_of
from guitu.access.deciding import sight_of
from guitu.access.operations import ask
from guitu.exchange import letters as exchange
from guitu.exchange.letters import LetterView
from guitu.handover import letters
from guitu.handover import queries as plans
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.rulebook.letters import LetterKind, letter_kinds
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, rows_of
from guitu.web.letters import sheet
from guitu.web.listed_names import listed_names
from guitu.web.pages import page_number, paged, uncounted
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file import sight
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import clock_time, full_day

PAGE, OF_A_PERSON = 25, 6


def _items(kind: str) -> list[str]:
    """The items above L2 that a letter of this kind shows."""
    found = letter_kinds().get(kind)
    levels = load_national().items
    return [item for item in found.items if levels[item].level in {"L3", "L4"}] if found else []


def _items_of_draft(person_id: uuid.UUID, kind: str) -> list[str]:
    """Those of them that would stand in it if this post wrote it now: what it sees or may open."""
    seen = sight_of([person_id])
    return [item for item in _items(kind) if seen.of(person_id, item).effect in persons.CLEAR]


@reads("letter:send", seen=_items_of_draft)
def draft(request: Request, person_id: uuid.UUID, kind: str) -> HttpResponse:
    """The letter before it is sent."""
    return _page(request, person_id, kind)


def _page(request: Request, person_id: uuid.UUID, kind_id: str, problem: str = "") -> HttpResponse:
    kind, road = letter_kinds().get(kind_id), roads.road_of(person_id)
    if kind is None or road is None:
        return refusals.not_found(request)
    if kind not in letters.kinds_open(road, positions=sight.positions_of(request, road.task)):
        return refusals.conflict(
            request,
            "这种函现在不能由本单位发出，那一步可能已经办结。",
            "This letter cannot be sent now; its step may be done.",
        )
    at, file = now(), persons.file_of(person_id)
    by_hand = _by_hand(request, kind, road)
    own = access.unit(request.acting_session.unit_id)
    choices = _choices(person_id, kind, at)
    answer = show(
        request,
        "letters/draft.html",
        frame(
            request,
            _("发函：%(kind)s") % {"kind": sheet.said(kind.word)},
            current="letters-sent",
            crumbs=((file.name, reverse("person", args=[person_id])),),
        ),
        file=file,
        kind=kind,
        sheet=sheet.sheet(kind, letters.draft(person_id, kind, by_hand=by_hand), sender=unit_name(own)),
        choices=choices,
        can=any(one["filled"] for one in choices),
        asked=kind.to == ("own",),
        by_hand=[{"name": name, "label": _label(name), "value": by_hand.get(name, "")} for name in _written(kind)],
        answers_step=bool(kind.outcome),
        paper_url=f"{reverse('person', args=[person_id])}#open-{kind.step}",
        problem=problem,
        mark=uuid.uuid4(),
    )
    answer.status_code = 422 if problem else 200
    return answer


def _written(kind: LetterKind) -> list[str]:
    return [name for name in letters.BY_HAND if name in kind.facts]


def _label(name: str) -> str:
    return {"when": _("时间"), "where": _("地点")}[name]


def _by_hand(request: Request, kind: LetterKind, road: roads.Road) -> dict[str, str]:
    """What was written, or as a beginning the time and place of the pick-up as planned."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in _written(kind)}
    if not _written(kind):
        return {}
    plan = plans.pick_up_of(road.task.journey_id)
    if plan is None or kind.id == "attend_meeting":
        return {}
    return {"when": f"{full_day(plan.leaves_at)} {clock_time(plan.leaves_at)}", "where": _("监所门口")}


def _choices(person_id: uuid.UUID, kind: LetterKind, at: datetime) -> list[dict[str, Any]]:
    if kind.to == ("own",):
        return [
            {
                "value": one.post_id,
                "label": one.name,
                "side": queue_rows.code_word("family_relation", one.relation),
                "filled": True,
                "chosen": False,
            }
            for one in companions_of(person_id, at=at)
            if one.open
        ]
    made = [
        {
            "value": one.unit.id,
            "label": unit_name(one.unit),
            "side": queue_rows.code_word("unit_kind", one.unit.kind),
            "filled": one.filled,
            "chosen": False,
        }
        for one in letters.proposed(person_id, kind, at=at)
    ]
    first = next((one for one in made if one["filled"]), None)
    if first is not None:
        first["chosen"] = True
    return made


@writes("letter:send")
def send(request: Request, person_id: uuid.UUID, kind: str) -> HttpResponse:
    """Send the letter; the step is answered with it."""
    mark, to = mark_of(request), rows_of(request, "to")
    by_hand = {name: request.POST.get(name, "") for name in letters.BY_HAND}
    try:
        letters.send_letters(person_id, kind, to=to, by_hand=by_hand, event_id=mark, at=now())
    except letters.LetterIncomplete as fault:
        words = {"to": _("请选一个有人收函的单位或者人"), "when": _("请写明时间"), "where": _("请写明地点")}
        with transaction.atomic(durable=True):
            if ask("letter:send", [person_id], seen=_items_of_draft(person_id, kind)) != "ALLOWED":
                return refusals.not_found(request)
            return _page(request, person_id, kind, _("；").join(words[name] for name in fault.fields))
    return redirect(f"{reverse('person', args=[person_id])}#letters")


def _items_of_letter(letter_id: uuid.UUID, person_id: uuid.UUID) -> list[str]:
    found = exchange.letter(letter_id, person_id=person_id)
    return _items(found.kind) if found else []


@reads("letter:send", seen=_items_of_letter)
def letter_of(request: Request, person_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """A letter that was sent about the person, as its addressee sees it, with receipt and answer."""
    found = exchange.letter(letter_id, person_id=person_id)
    if found is None:
        return refusals.not_found(request)
    kind, file = letter_kinds()[found.kind], persons.file_of(person_id)
    names = access.units_named({found.sender_id, found.receiver_id})
    return show(
        request,
        "letters/sent_one.html",
        frame(
            request,
            sheet.said(kind.word),
            current="letters-sent",
            crumbs=((file.name, reverse("person", args=[person_id])),),
        ),
        sheet=sheet.sheet(kind, exchange.content(letter_id), sender=unit_name(names.get(found.sender_id))),
        letter=found,
        receiver=_receivers([found], {person_id}, names)[found.id],
        clock=sheet.clock(found),
        state=sheet.state_word(found, now()),
        replies=sheet.replies(found),
    )


@reads("letter:send")
def sent(request: Request) -> HttpResponse:
    """The letters of the acting unit: what waits for an answer first, by due moment."""
    moment, number = now(), page_number(request)
    kept = {name: request.GET.get(name, "").strip() for name in ("state", "kind", "q")}
    kept["state"] = kept["state"] if kept["state"] in exchange.STATES else ""
    box = exchange.Box("out", kept["state"], kept["kind"], kept["q"])
    found, total = exchange.letters_listed(box, now=moment, first=(number - 1) * PAGE, most=PAGE)
    people = listed_names({one.person_id for one in found})
    names = access.units_named({one.receiver_id for one in found})
    address = reverse("letters-sent")
    rows = sheet.rows(
        found,
        now=moment,
        urls={one.id: reverse("letter-of", args=[one.person_id, one.id]) for one in found},
        others={one.id: _receiver(one, names) for one in found},
    )
    for row, one in zip(rows, found, strict=True):
        row["person"] = people.get(one.person_id, "")
    return show(
        request,
        "letters/list.html",
        frame(request, _("发出的函"), current="letters-sent"),
        rows=rows,
        tabs=sheet.tabs(address, kept, exchange.letter_counts("out", now=moment)),
        kinds=sheet.kinds_of_post(letter_kinds().values()),
        kept=kept,
        address=address,
        incoming=False,
        **paged(number, total, kept, most=PAGE),
    )


def _receiver(letter: LetterView, names: Mapping[uuid.UUID, access.UnitView]) -> str:
    """The unit written to; whoever was asked to attend is not named in a list."""
    return unit_name(names.get(letter.receiver_id)) if letter.addressee == letter.receiver_id else _("被请到场的人")


def _receivers(
    found: Iterable[LetterView], people: set[uuid.UUID], names: Mapping[uuid.UUID, access.UnitView]
) -> dict[uuid.UUID, str]:
    """Whom each letter went to, people by name: for posts that write letters about these persons."""
    rows = list(found)
    asked = {one.post_id: one.name for person in people for one in companions_of(person, at=now())}
    return {one.id: asked.get(one.addressee) or _receiver(one, names) for one in rows}


def of_file(
    request: Request, road: roads.Road, person_id: uuid.UUID, open_items: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    """What a file shows of letters: those that can be written now, each at its step, and the newest with their answers.

    The letters of a step are laid beside its forms in `open_items`.
    """
    if "letter:send" not in sight.permissions_of(request):
        return {}
    open_kinds = letters.kinds_open(road, positions=sight.positions_of(request, road.task))
    offered: dict[str, list[dict[str, str]]] = {}
    for kind in open_kinds:
        url = reverse("letter-draft", args=[person_id, kind.id])
        offered.setdefault(kind.step, []).append({"label": sheet.said(kind.word), "url": url})
    for item in open_items:
        item["letters"] = offered.get(item["id"], [])
    number = page_number(request, "letters")
    found = exchange.letters_of(person_id, first=(number - 1) * OF_A_PERSON, most=OF_A_PERSON + 1)
    foot = uncounted(number, len(found), most=OF_A_PERSON, place="letters", name="letters")
    found = found[:OF_A_PERSON]
    names = access.units_named({one.receiver_id for one in found})
    shown = sheet.rows(
        found,
        now=now(),
        urls={one.id: reverse("letter-of", args=[person_id, one.id]) for one in found},
        others={one.id: _receiver(one, names) for one in found},
    )
    return {"letters_beside": offered.get("", []), "letters": shown, "letters_foot": foot}
