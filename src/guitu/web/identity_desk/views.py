"""Open questions in panic order; one question with both records side by side; deciding and taking back."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.operations import ask
from guitu.access.roles import ROLES
from guitu.people import questions
from guitu.people.matching import MatchRule, words_of
from guitu.people.questions import Question
from guitu.prison import identity
from guitu.prison.roster.masking import mask_number
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.places import division_words
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import full_day, short_moment

PAGE, DECIDED = 50, 10
# What of the held record is shown here in the clear, as the trace names it.
SHOWN_ITEMS = ("name", "birth_date", "household_region", "sentence", "key_dates")


def _unit_name(found: access.UnitView) -> str:
    return found.name_en if english() else found.name


def _why(rule: str) -> str:
    if rule == questions.HELD_ELSEWHERE:
        return _("证件号码相同，档案在别的单位")
    zh, en = words_of(MatchRule(rule))
    return en if english() else zh


def _place(question: Question) -> str:
    return _("%(sheet)s 第%(row)s行") % {"sheet": question.row["sheet"], "row": question.row["row"]}


def _decided_words(question: Question) -> str:
    words = {"same": _("同一个人"), "other": _("不是同一个人"), "superseded": _("已随同一行的另一判定了结")}
    return words.get(question.decision, "")


@reads("person:identify")
def desk(request: Request) -> HttpResponse:
    """The questions that wait for this post, by release day, and the latest decisions."""
    moment, number = now(), page_number(request)
    own = "roster:import" in ROLES[request.acting_session.role].may
    waiting, total = questions.listed(own_unit_only=own, decided=False, first=(number - 1) * PAGE, most=PAGE)
    decided, _count = questions.listed(own_unit_only=own, decided=True, first=0, most=DECIDED)
    posts = access.posts_named(
        {post for one in (*waiting, *decided) for post in (one.left_open_by, one.decided_by) if post is not None}
    )
    names = access.units_named({one.unit_id for one in (*waiting, *decided)})
    context: dict[str, Any] = {
        "rows": [_line(one, posts, names) for one in waiting],
        "decided": [_line(one, posts, names) for one in decided],
        "several_units": not own,
        **paged(number, total, most=PAGE),
    }
    page = frame(request, _("身份核对"), current="identity", facts=full_day(moment))
    return show(request, "identity/list.html", page, **context)


def _line(
    question: Question, posts: dict[uuid.UUID, tuple[str, str]], names: dict[uuid.UUID, access.UnitView]
) -> dict[str, Any]:
    return {
        "url": reverse("identity-question", args=[question.id]),
        "name": question.row["fields"]["name"],
        "place": _place(question),
        "why": _why(question.rule),
        "release_on": question.release_on,
        "raised_at": question.raised_at,
        "unit": _unit_name(names[question.unit_id]),
        "left_open_at": question.left_open_at,
        "left_open_by": posts.get(question.left_open_by, ("", ""))[0] if question.left_open_by else "",
        "decision": _decided_words(question),
        "decided_at": question.decided_at,
        "decided_by": posts.get(question.decided_by, ("", ""))[0] if question.decided_by else "",
    }


@reads("person:identify")
def question(request: Request, question_id: uuid.UUID) -> HttpResponse:
    """One question: both records side by side, and the form to decide or to take a decision back."""
    told = ask("person:identify", [identity.person_of(question_id)], seen=SHOWN_ITEMS)
    found = identity.pair(question_id) if told == "ALLOWED" else None
    if found is None:
        return refusals.not_found(request)
    one = found.question
    posts = access.posts_named({post for post in (one.left_open_by, one.decided_by) if post is not None})
    names = access.units_named({one.unit_id})
    rows = _compared(found)
    context = {
        "question": one,
        "line": _line(one, posts, names),
        "rows": rows,
        "differing": _("、").join(row["name"] for row in rows if row["difference"]),
        "may_decide": identity.may_decide(one),
        "open": one.decision == "",
        "why": (found.match.en if english() else found.match.zh) if found.match else _("现在已没有相近之处"),
        "result_url": reverse("person", args=[one.result_person_id])
        if one.result_person_id and "person:open" in ROLES[request.acting_session.role].may
        else "",
    }
    page = frame(
        request,
        _("是不是同一个人"),
        current="identity",
        crumbs=((_("身份核对"), reverse("identity")),),
        facts=_place(one),
    )
    return show(request, "identity/question.html", page, **context)


def _part(items: Any, item: str, key: str) -> str:
    value = items.get(item, "")
    return str(json.loads(value).get(key, "")) if value else ""


def _compared(found: identity.Pair) -> list[dict[str, Any]]:
    fields, items = found.question.row["fields"], found.held_items
    rule = found.match.rule if found.match else None
    number_words = {
        MatchRule.NUMBER_15_18: _("15位与18位"),
        MatchRule.NUMBER_ROUNDED: _("其一被舍入"),
        MatchRule.NUMBER_ONE_OFF: _("只差一位或相邻两位互换"),
    }
    name_words = {
        MatchRule.NAME_SOUND_AND_BIRTH: _("同音不同字"),
        MatchRule.FORMER_NAME: _("一方是另一方的曾用名"),
    }
    row_number = found.row.numbers[0][1] if found.row.numbers else ""
    held_numbers = [number for _kind, number in found.held.numbers]
    held_number = row_number if row_number in held_numbers else next(iter(held_numbers), "")
    lines = [
        (_("姓名"), found.row.name, found.held.name, name_words.get(rule) if rule else None),
        (_("曾用名"), _("、").join(found.row.former_names), _("、").join(found.held.former_names), None),
        (_("性别"), _sex(found.row.sex), _sex(found.held.sex), None),
        (_("出生日期"), _day(found.row.birth_date), _day(found.held.birth_date), None),
        (_("证件号码"), row_number, held_number, number_words.get(rule) if rule else None),
        (_("户籍区划"), division_words(found.row.division or ""), division_words(found.held.division or ""), None),
        (_("户籍地址"), fields.get("household_address") or "", _part(items, "household_region", "address"), None),
        (_("刑期"), fields.get("sentence_text") or "", _part(items, "sentence", "text"), None),
        (_("释放日"), fields.get("release_date") or "", _part(items, "key_dates", "release_on"), None),
    ]
    made = []
    for name, left, right, kind in lines:
        if not left and not right:
            continue
        masked = name == _("证件号码")
        made.append(
            {
                "name": name,
                "left": (mask_number(left) if masked else left) if left else _("没有记录"),
                "right": (mask_number(right) if masked else right) if right else _("没有记录"),
                "difference": "" if left == right else (kind or (_("不同") if left and right else _("只有一方有"))),
                "masked": masked,
            }
        )
    return made


def _sex(code: str | None) -> str:
    return queue_rows.code_word("sex", code) if code else ""


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _conflict(request: Request, refusal: identity.AlreadyDecided) -> HttpResponse:
    words = {"same": ("同一个人", "the same person"), "other": ("不是同一个人", "not the same person")}
    zh, en = words.get(refusal.question.decision, ("随同一行的另一判定了结", "settled by another decision on this row"))
    post, moment = refusal.question.decided_by, refusal.question.decided_at
    with transaction.atomic():
        holder = access.posts_named({post} if post else set()).get(post, ("", ""))[0] if post else ""
    at = short_moment(moment, now()) if moment else ""
    return refusals.conflict(
        request,
        f"{holder}已于{at}判定：{zh}。您的操作没有重复生效。",
        f"{holder} decided {at}: {en}. Yours had no second effect.",
    )


@writes("person:identify")
def decide(request: Request, question_id: uuid.UUID) -> HttpResponse:
    """Same, not the same, or not yet; a second press has no second effect."""
    decision = request.POST.get("decision", "")
    try:
        if decision == "open":
            identity.leave_open(question_id, at=now())
        elif decision in {"same", "other"}:
            identity.decide(question_id, "same" if decision == "same" else "other", at=now())
        else:
            return refusals.unprocessable(
                request, _("还没有选"), _("请选：同一个人、不是同一个人，或者现在定不了。什么也没有保存。")
            )
    except identity.AlreadyDecided as refusal:
        return _conflict(request, refusal)
    return redirect("identity" if decision == "open" else reverse("identity-question", args=[question_id]))


@writes("person:identify")
def take_back(request: Request, question_id: uuid.UUID) -> HttpResponse:
    """Take a decision back while nothing was built upon it; the question is open again."""
    try:
        identity.take_back(question_id, at=now())
    except identity.NotToBeTakenBack as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("identity-question", question_id=question_id)
