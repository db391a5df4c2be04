"""One person's file: where the road stands, what comes, what happened, core items, clocks, papers, who looked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from guitu.access import queries as access
from guitu.access.looking import glass_until
from guitu.access.roles import PERMISSIONS, PURPOSES, ROLES
from guitu.exchange import queries as parcels
from guitu.handover.policy import REFUSAL_GROUNDS
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.ledger.proving import Vouched, vouched_for
from guitu.papers import queries as papers
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.support import queries as support
from guitu.web import queue_rows
from guitu.web.assessments import panel
from guitu.web.clock import now
from guitu.web.letters import sending
from guitu.web.looking import reasons
from guitu.web.my_road import agreement
from guitu.web.pages import page_number, uncounted
from guitu.web.papers import rows as paper_rows
from guitu.web.permits import Request, reads
from guitu.web.person_file import items, meeting, referring, release_day, said, sight, story, taken
from guitu.web.person_file import road as way
from guitu.web.person_file.sight import unit_name
from guitu.web.person_file.typed import Typed, put_back
from guitu.web.shell import english, frame, say, show
from guitu.web.templatetags.guitu_words import clock_time

LOOKS, HAPPENINGS, DOCUMENTS = 8, 30, 6
RECEIPT = "handover:dossier:acknowledged"


@reads("person:open", seen=persons.items_told)
def person(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The whole file; sensitive items stay closed until they are asked for one by one."""
    return file_page(request, person_id)


def file_page(
    request: Request,
    person_id: uuid.UUID,
    opened: tuple[str, str] | None = None,
    *,
    typed: Typed | None = None,
) -> HttpResponse:
    """The page of a person's file; `opened` is one sensitive item with its value, shown for a minute.

    `typed`: a form that was not taken; it stands there again.
    """
    file = persons.file_of(person_id)
    road = roads.road_of(person_id, named=file.name)
    sent = parcels.parcels_of(road.task.journey_id) if road else []
    number = page_number(request, "story_page")
    happened = ledger.of_person(person_id, limit=HAPPENINGS + 1, first=(number - 1) * HAPPENINGS)
    story_foot = uncounted(number, len(happened), most=HAPPENINGS, place="story", name="story_page")
    happened = happened[:HAPPENINGS]
    looks = access.looks_at(person_id, most=LOOKS + 1)
    ids = {file.responsible_unit_id} | {line.unit_id for line in happened if line.unit_id}
    holders = {line.post_id for line in happened if line.post_id}
    holders |= {fact.collected_by for fact in file.items.values()}
    matters = taken.of_person(request, person_id)
    ids |= taken.units_of(matters)
    if road:
        ids |= way.units_of(road)
        holders |= way.posts_of(road)
    names, posts = access.units_named(ids), access.posts_named(holders)
    page = frame(request, file.name, current="", crumbs=())
    if _through_glass(request, file, road):
        until = glass_until(person_id)
        page["glass_until"] = clock_time(until) if until else ""
    thirty = items.shown(request, file, opened, posts)
    context: dict[str, Any] = {
        "file": file,
        "sex": queue_rows.code_word("sex", file.sex),
        "responsible": unit_name(names.get(file.responsible_unit_id)),
        "items": thirty,
        "lacking": [item for item in thirty if item["state"] == "missing"],
        "looks": [look_row(look) for look in looks[:LOOKS]],
        "more_looks": len(looks) > LOOKS,
        "happened": story.told(happened, road, _visits(request, road, most=number * HAPPENINGS), names, posts),
        "story_foot": story_foot,
        "papers": _papers(person_id, sent, own=request.acting_session.unit_id),
        **_documents(request, person_id, road, sent),
        **said.context_of(request, person_id),
        **taken.panel(request, matters, person_id, names, now()),
        **panel.of_file(request, road),
        **referring.panel(request, person_id, sight.permissions_of(request)),
    }
    if road:
        seen = sight.Sight(
            road=road,
            person_id=person_id,
            held_items=frozenset(file.items),
            sent=sent,
            names=names,
            posts=posts,
            positions=sight.positions_of(request, road.task),
            may=sight.permissions_of(request),
            now=now(),
        )
        context |= way.context(seen)
        context |= release_day.context(seen, context)
        context |= meeting.context(seen)
        context |= agreement.of_file(seen)
        context |= sending.of_file(request, road, person_id, context["open_items"])
    if typed is not None:
        put_back(context, typed)
    return show(request, "file/person.html", page, **context)


def _through_glass(request: Request, file: persons.PersonFile, road: roads.Road | None) -> bool:
    """Whether only a broken glass can show this file to the post: out of its range, and no part in the matter."""
    session = request.acting_session
    if "glass:break" not in ROLES[session.role].may or session.low <= file.division < session.high:
        return False
    return road is None or not sight.positions_of(request, road.task)


def _visits(request: Request, road: roads.Road | None, *, most: int) -> list[support.VisitView]:
    """The follow-ups, for the side that helps; the sender does not read them."""
    if road is None or sight.positions_of(request, road.task).isdisjoint(sight.RECEIVERS):
        return []
    if all(answer.step != "follow_up" for answer in road.answers):
        return []
    return support.visits_of(road.task.journey_id, most=most)


def _documents(
    request: Request, person_id: uuid.UUID, road: roads.Road | None, sent: Sequence[parcels.ParcelView]
) -> dict[str, Any]:
    """The newest documents about the person for those who may read them, and which were not kept."""
    if "paper:read" not in ROLES[request.acting_session.role].may:
        return {"documents": None}
    found = papers.documents_of(person_id)
    shown = {"documents": paper_rows.documents(found[:DOCUMENTS])}
    return shown | paper_rows.lacking(found, request.acting_session, road, sent)


def look_row(look: access.Look) -> dict[str, Any]:
    """A look as the file shows it: who, when, for what, at which items."""
    permission = PERMISSIONS.get(look.action)
    items = load_national().items
    return {
        "at": look.at,
        "unit": look.unit,
        "post": look.post,
        "holder": look.holder,
        "purpose": say(PURPOSES[look.purpose]) if look.purpose in PURPOSES else look.purpose,
        "what": say(permission) if permission else look.action,
        "fields": [items[code].en if english() else items[code].zh for code in look.fields if code in items],
        "refused": look.outcome != "ALLOWED",
        "reason": reasons.reason_word(look.reason) if look.reason else "",
        "glass": look.glass,
    }


def _papers(person_id: uuid.UUID, sent: Sequence[parcels.ParcelView], *, own: uuid.UUID) -> list[dict[str, Any]]:
    """What was sent, each with its answer and who vouches for the receipt; what waits for the `own` unit says so."""
    acknowledged = [parcel.id for parcel in sent if parcel.outcome == "ACKNOWLEDGED"]
    vouched = vouched_for(acknowledged, RECEIPT) if acknowledged else {}
    return [_paper(person_id, parcel, vouched.get(parcel.id), here=parcel.receiver_id == own) for parcel in sent]


def _paper(person_id: uuid.UUID, parcel: parcels.ParcelView, vouched: Vouched | None, *, here: bool) -> dict[str, Any]:
    words = {"WAITING": "signed", "DEMONSTRATION": "demo", "WITNESSED": "witnessed"}
    receipt = words[vouched.word] if vouched else "signed"
    states = {"ACKNOWLEDGED": receipt, "REFUSED": "returned"}
    return {
        "number": parcel.number,
        "on": parcel.sent_at,
        "state": states.get(parcel.outcome, "here" if here else "sent"),
        "signed_at": parcel.answered_at,
        "vouched_at": vouched.since if vouched else parcel.answered_at,
        "reason": say(REFUSAL_GROUNDS[parcel.ground]) if parcel.ground else "",
        "note": parcel.receipt_number,
        "proof_url": reverse("proof", args=[person_id, vouched.entry_id]) if vouched else "",
    }
