"""My road: where I am, what comes next, who is responsible, what I hold, my rights, who looked, what I can say."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import person_codes, retention
from guitu.access import queries as access
from guitu.access.roles import PERMISSIONS, PURPOSES
from guitu.exchange import queries as parcels
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.papers import queries as papers
from guitu.people import queries as persons
from guitu.people import statements
from guitu.rights import asking, sealing, sealing_due
from guitu.rulebook.book import load_national
from guitu.rulebook.my_road import MyRoadWords, my_road_words
from guitu.rulebook.records import Sentence
from guitu.rulebook.rights import rights_rules
from guitu.rulebook.sealing import sealing_rules
from guitu.support import own_word
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.looking import reasons
from guitu.web.my_road import agreement, requests, rights, told
from guitu.web.my_road import papers as own_papers
from guitu.web.my_road.papers import own
from guitu.web.pages import page_number, paged, uncounted
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file import referring
from guitu.web.person_file.items import shown as shown_items
from guitu.web.person_file.sight import unit_name
from guitu.web.record_keeping import keeping
from guitu.web.sealed import words as sealed_words
from guitu.web.second_question import mandate_ends
from guitu.web.shell import english, say
from guitu.web.templatetags.guitu_words import legal_day

LATELY, SAID, LOOKS, CODES, TOLD = 10, 10, 20, 3, 3


def said(sentence: Sentence) -> str:
    """A bilingual sentence in the language of the page."""
    return sentence.en if english() else sentence.zh


def own_page(request: Request, title: str, held: person_codes.OwnPerson) -> dict[str, Any]:
    """What stands around the person's pages: no desk, no purpose bar, large type."""
    return {
        "title": title,
        "for_person": True,
        "lang": "en" if english() else "zh",
        "unit_name": _("监地协作一件事"),
        "user_name": held.representative or _("本人"),
        "purpose_name": say(PURPOSES[request.purpose]),
        "shortcuts": False,
    }


@reads("my_road:read", about=own)
def my_road(request: Request) -> HttpResponse:
    """The whole road on one page, in plain words; it prints as the sheet that is handed out before the release."""
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    file = persons.file_of(held.person_id)
    road = roads.road_of(held.person_id)
    number = page_number(request, "said_page")
    made = statements.statements_of(held.person_id, first=(number - 1) * SAID, most=SAID + 1)
    said_foot = uncounted(number, len(made), most=SAID, place="said", name="said_page")
    made = made[:SAID]
    happened = ledger.of_person(held.person_id, limit=LATELY, untold=rights_rules().secret_papers)
    codes = person_codes.codes_of(held.person_id, most=CODES)
    mandates = [] if held.mandate_id else person_codes.mandates_of(held.person_id)
    looks, seen = person_codes.looks_by_others(held.person_id, first=0, most=1)
    own_sealing = sealing.own_sealing()
    sent = parcels.parcels_of(road.task.journey_id) if road else []
    ids = {file.responsible_unit_id} | {line.unit_id for line in happened if line.unit_id}
    ids |= {code.unit_id for code in codes} | {one.unit_id for one in mandates}
    ids |= {one.answered_unit for one in made if one.answered_unit}
    ids |= {road.task.duty_unit_id} if road else set()
    ids |= {parcel.sender_id for parcel in sent} | {parcel.receiver_id for parcel in sent}
    documents = [one for one in papers.documents_of(held.person_id) if one.kind in my_road_words().documents]
    ids |= {one.unit_id for one in documents}
    names = access.units_named(ids)
    words = my_road_words()
    posts = access.posts_named({fact.collected_by for fact in file.items.values()})
    at = now()
    context: dict[str, Any] = {
        "held": held,
        "file": file,
        # What is said about a sealed file would be read by nobody: the page names the office that sealed it.
        "may_speak": held.scope == "SPEAK" and own_sealing is None,
        "may_complain": held.scope == "SPEAK",
        "sealing": own_sealing,
        "not_sealed": [] if held.mandate_id else _not_sealed(held.person_id),
        "sealing_unit": (own_sealing.unit_en if english() else own_sealing.unit) if own_sealing else "",
        "responsible": names.get(file.responsible_unit_id),
        "duty": names.get(road.task.duty_unit_id) if road else None,
        "steps": _steps(road, words, at),
        "next": _next(road, names, words, at),
        "free": said(words.free) if road and _is_free(file, road, legal_day(at)) else "",
        # Of what is not on the screen the person reads that it is held; whoever holds a mandate reads nothing of it.
        "items": [
            row
            for row in shown_items(request, file, None, posts)
            if row["held"] and (row["state"] != "closed" or held.mandate_id is None)
        ],
        "papers": [*own_papers.rows(documents, names), *(_parcel(parcel, names) for parcel in sent)],
        "requests": requests.of_person(held.person_id, at),
        "rights_asked": rights.of_person(held.person_id, at),
        "agreement": agreement.of_road(road),
        "referred": referring.of_person(held.person_id, at),
        "statements": statement_rows(made, names),
        "said_foot": said_foot,
        "kinds": [{"code": kind.code, "label": said(kind.label)} for kind in words.statements.values()],
        "looks": seen,
        "latest_look": looks[0].at if looks else None,
        "lately": [_happening(line, names) for line in happened],
        "codes": [_code(code, names) for code in codes],
        "mandates": [{"one": one, "unit": unit_name(names.get(one.unit_id)), "open": _open(one)} for one in mandates],
        "mark": uuid.uuid4(),
        "rights": [{"words": said(right.words), "article": right.article} for right in words.rights],
        "complaint": said(words.complaint),
        "complaint_telephone": words.complaint_telephone,
        "complaint_article": said(words.complaint_article),
        "told": told.of_person(request, held.person_id, first=0, most=TOLD)[0],
        "account_url": reverse("account"),
    }
    page = own_page(request, _("我的路"), held)
    return render(request, "my_road/road.html", {"page": page, "now": at, **context})


def _open(mandate: person_codes.MandateView) -> bool:
    return mandate.ended_at is None and mandate.to_at > now()


def _is_free(file: persons.PersonFile, road: roads.Road, today: date) -> bool:
    """Whether the sentence is over: from here on everything is help."""
    supervised = {"public_surveillance", "suspended_sentence", "parole", "temp_outside_execution"}
    outside = road.task.release_type in {"parole", "temporary_execution"}
    return road.task.release_on <= today and not outside and file.legal_status not in supervised


def _not_sealed(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """That the own record is not sealed, by whom and why, as often as that was answered."""
    return [
        {
            "one": one,
            "unit": one.unit_en if english() else one.unit,
            "ground": sealed_words.ground(sealing_rules().not_sealed, one.ground),
        }
        for one in sealing_due.answers_of(person_id)
    ]


def _steps(road: roads.Road | None, words: MyRoadWords, now_at: datetime) -> list[dict[str, Any]]:
    at = queue_rows.stage_number(road.task.state) if road else 1
    finished = road is not None and road.task.ended_at is not None
    made = []
    for stage in words.stages:
        state = "done" if stage.number < at or finished else "now" if stage.number == at else "to_come"
        promise = said(stage.promise)
        if state == "now" and road is not None and road.task.due_at is not None and road.task.due_at > now_at:
            due = queue_rows.shown_due(road.task.due_at)
            promise = _("最晚%(day)s") % {"day": legal_day(due).isoformat()} if due else promise
        statutory = next(one for one in load_national().journeys["return_home"].stages if one.number == stage.number)
        made.append(
            {
                "number": stage.number,
                "title": said(stage.title),
                "promise": promise,
                "term": statutory.en if english() else statutory.zh,
                "state": state,
            }
        )
    return made


IN_HELP = "in_help"


def _next(
    road: roads.Road | None, names: dict[uuid.UUID, access.UnitView], words: MyRoadWords, at: datetime
) -> dict[str, Any]:
    if road is None:
        return {"title": said(words.stages[0].next), "due": None, "unit": ""}
    if road.task.ended_at is not None:
        return {"title": said(words.ended), "due": None, "unit": ""}
    stage = words.stages[queue_rows.stage_number(road.task.state) - 1]
    due_at = road.task.due_at
    if road.task.state == IN_HELP:
        # The state lasts for years; what comes next is the nearest visit or matter.
        due_at = min((step.clock.due_at for step in road.steps if step.clock is not None), default=None)
    return {
        "title": said(stage.next),
        "due": queue_rows.shown_due(due_at) if due_at and due_at > at else None,
        "late": due_at is not None and due_at <= at,
        "unit": unit_name(names.get(road.task.duty_unit_id)),
    }


def _parcel(parcel: parcels.ParcelView, names: dict[uuid.UUID, access.UnitView]) -> dict[str, Any]:
    states = {"ACKNOWLEDGED": _("对方已签收"), "REFUSED": _("对方退回，正在补办")}
    return {
        "title": _("您的材料送往%(unit)s") % {"unit": unit_name(names.get(parcel.receiver_id))},
        "number": parcel.number,
        "on": parcel.sent_at,
        "unit": unit_name(names.get(parcel.sender_id)),
        "state": states.get(parcel.outcome, _("等对方签收")),
        "url": "",
    }


def statement_rows(
    found: list[statements.StatementView], names: dict[uuid.UUID, access.UnitView]
) -> list[dict[str, Any]]:
    """Statements as rows: in whose words, who recorded them, whether and by whom they were answered."""
    kinds = my_road_words().statements
    speakers = {"SELF": _("本人说的"), "REPRESENTATIVE": _("受托人代说"), "OFFICER": _("经办人代记，有本人签字")}
    return [
        {
            "one": one,
            "kind": said(kinds[one.kind].label),
            "speaker": speakers[one.spoken_by],
            "answered_unit": unit_name(names.get(one.answered_unit)) if one.answered_unit else "",
        }
        for one in found
    ]


def _happening(line: ledger.Happened, names: dict[uuid.UUID, access.UnitView]) -> dict[str, Any]:
    sentence = load_national().acts[line.act]
    return {
        "entry_id": line.entry_id,
        "at": line.at,
        "sentence": sentence.en if english() else sentence.zh,
        "unit": unit_name(names.get(line.unit_id)) if line.unit_id else "",
    }


def _code(code: person_codes.CodeLine, names: dict[uuid.UUID, access.UnitView]) -> dict[str, Any]:
    return {"one": code, "unit": unit_name(names.get(code.unit_id))}


@reads("my_road:read", about=own)
def notices(request: Request) -> HttpResponse:
    """Everything that the person has been told, newest first, page by page."""
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    number = page_number(request)
    rows, total = told.of_person(request, held.person_id, first=(number - 1) * LOOKS, most=LOOKS)
    context = {
        "page": own_page(request, _("给我的通知"), held),
        "now": now(),
        "rows": rows,
        **paged(number, total, most=LOOKS),
    }
    return render(request, "my_road/notices.html", context)


@reads("my_road:read", about=own)
def looks(request: Request) -> HttpResponse:
    """Everybody who looked: unit, post, purpose, time."""
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    number = page_number(request)
    rows, total = person_codes.looks_by_others(held.person_id, first=(number - 1) * LOOKS, most=LOOKS)
    items = load_national().items
    speaks = held.scope == "SPEAK" and sealing.own_sealing() is None
    namable = {one.id for one in asking.namable(held.person_id)} if speaks else set()
    shown = [
        {
            "at": look.at,
            "namable": look.id if look.id in namable else None,
            "unit": look.unit_en if english() else look.unit,
            "post": look.post,
            "purpose": say(PURPOSES[look.purpose]) if look.purpose in PURPOSES else "",
            "what": say(PERMISSIONS[look.action]) if look.action in PERMISSIONS else look.action,
            "fields": [items[code].en if english() else items[code].zh for code in look.fields if code in items],
            "refused": look.outcome != "ALLOWED",
            "reason": reasons.reason_word(look.reason) if look.reason else "",
            "glass": look.glass,
        }
        for look in rows
    ]
    context = {
        "page": own_page(request, _("谁看过我的材料"), held),
        "now": now(),
        "rows": shown,
        "keeping": keeping(retention.TRACES),
        **paged(number, total, most=LOOKS),
    }
    return render(request, "my_road/looks.html", context)


@reads("my_road:speak", about=own)
def say_form(request: Request) -> HttpResponse:
    """The form in which one thing is said; `kind` of the address chooses which."""
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    if sealing.own_sealing() is not None:
        return redirect("my-road")  # which names the office that sealed; words on a sealed file nobody could read
    return _say_page(request, held, request.GET.get("kind", "WORD"))


def _say_page(
    request: Request, held: person_codes.OwnPerson, chosen: str, *, words: str = "", problem: str = ""
) -> HttpResponse:
    kinds = my_road_words().statements
    kind = kinds.get(chosen) or kinds["WORD"]
    context = {
        "page": own_page(request, _("我要说"), held),
        "now": now(),
        "kind": kind.code,
        "label": said(kind.label),
        "hint": said(kind.hint),
        "needed": kind.words_needed,
        "words": words,
        "problem": problem,
        "mark": uuid.uuid4(),
        "complaint": said(my_road_words().complaint),
        "complaint_telephone": my_road_words().complaint_telephone,
        "objects": kind.code == "OBJECTION",
        "asks_name": kind.code == "LOOK_NAME",
        "decisions": rights.choices(held.person_id, kind.code),
        "contested": request.POST.get("contested", request.GET.get("look", "")),
    }
    return render(request, "my_road/say.html", context, status=422 if problem else 200)


@writes("my_road:speak")
def say_it(request: Request) -> HttpResponse:
    """Take what was said; a second press changes nothing."""
    with transaction.atomic():
        held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    kind, words = request.POST.get("kind", ""), request.POST.get("words", "")
    try:
        if rights.is_request(kind):
            rights.ask(request, held.person_id, kind)
        else:
            own_word.say(held.person_id, kind=kind, words=words, event_id=mark_of(request), at=now())
    except asking.RequestRefused:
        which = _("请选是哪一次查看") if kind == "LOOK_NAME" else _("请选您不同意的是哪一项")
        return _asked_again(request, held, kind, words, which)
    except statements.StatementRefused as refusal:
        if refusal.reason == "KIND":
            return refusals.bad_request(request)
        problems = {
            "WORDS": _("请写几句，不然看不明白"),
            "LONG": _("太长了，请分几次说"),
            "SEALED": _("有事要说、觉得封存有误的，直接找封存的单位。"),
        }
        return _asked_again(request, held, kind, words, problems[refusal.reason])
    return redirect(f"{reverse('my-road')}#{'asked' if rights.is_request(kind) else 'said'}")


def _asked_again(request: Request, held: person_codes.OwnPerson, kind: str, words: str, problem: str) -> HttpResponse:
    with transaction.atomic():
        return _say_page(request, held, kind, words=words, problem=problem)


@writes("my_road:speak", asks=mandate_ends)
def end_mandate(request: Request, mandate_id: uuid.UUID) -> HttpResponse:
    """End a mandate one has given; whoever held it is signed out at once."""
    mark = mark_of(request)
    with transaction.atomic():
        held = person_codes.own_person()
        division = persons.division_of(held.person_id) if held else ""
    if held is None or held.mandate_id is not None:
        return refusals.not_found(request)
    ended = person_codes.end_mandate(
        held.person_id, mandate_id, division=division, permission="my_road:speak", event_id=mark, at=now()
    )
    return redirect(f"{reverse('my-road')}#mandates") if ended else refusals.not_found(request)
