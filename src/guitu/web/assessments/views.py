"""The assessment before release: the prison's form on desk and phone, the report for both sides."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.journeys import queries as roads
from guitu.journeys.operations import StepNotOpen
from guitu.people import queries as persons
from guitu.prison import queries as prison
from guitu.prison.assessing import GRADE, assess, grade_held
from guitu.prison.needs import KEY_GROUNDS, PICK_UP, QUESTIONS, AssessmentIncomplete, Findings, key_grounds_of
from guitu.rulebook.book import load_national
from guitu.rulebook.crosswalk import MappedGrade
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import english, frame, say, show

_FIELDS = tuple(one.name for one in dataclasses.fields(Findings))


def _in_form(person_id: uuid.UUID) -> list[str]:
    """The prison's grade, where the form shows one, and what a report shows that it begins from."""
    graded = {GRADE} if persons.may_reveal(person_id, GRADE) else set()
    return sorted(graded.union(prison.items_in_assessment(person_id)))


@reads("assessment:make", seen=_in_form)
def form(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The form of an assessment, begun from the report that stands."""
    road = roads.road_of(person_id)
    if road is None or road.task.sending_unit_id != request.acting_session.unit_id:
        return refusals.not_found(request)
    reports = prison.assessments_of(road.task.journey_id)
    typed = {} if not reports else {**dataclasses.asdict(reports[0].found), "correction": "", "key": ""}
    key = reports[0].found.key if reports else ()
    return _form(request, person_id, typed, key=key, mark=str(uuid.uuid4()), corrects=bool(reports))


@writes("assessment:make")
def save(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Make the assessment; what is missing is said beside its field, and all that was typed is still there."""
    mark = mark_of(request)
    typed = {name: request.POST.get(name, "") for name in _FIELDS if name != "key"}
    key = tuple(sorted(set(request.POST.getlist("key"))))
    try:
        assess(person_id, Findings(**typed, key=key), event_id=mark, at=now())
    except AssessmentIncomplete as lacking:
        with transaction.atomic():
            return _form(
                request,
                person_id,
                typed,
                key=key,
                mark=str(mark),
                corrects=bool(typed["correction"]) or "correction" in lacking.fields,
                wrong=lacking.fields,
            )
    except StepNotOpen as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("assessment", person_id=person_id)


@reads("assessment:read", seen=prison.items_in_assessment)
def report(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The report that stands, and what it superseded; opening it leaves a line with the sensitive items it shows."""
    road = roads.road_of(person_id)
    reports = prison.assessments_of(road.task.journey_id) if road else []
    if road is None or not reports:
        return refusals.not_found(request)
    names = access.units_named({one.unit_id for one in reports})
    posts = access.posts_named({one.assessed_by for one in reports})
    file = persons.file_of(person_id)
    back = reverse("person", args=[person_id])
    page = frame(request, _("出监评估：%(name)s") % {"name": file.name}, current="", crumbs=((file.name, back),))
    shown = [_report(one, posts.get(one.assessed_by, ("", ""))[0], names.get(one.unit_id)) for one in reports]
    return show(request, "assessments/report.html", page, reports=shown, back=back)


def _report(one: prison.AssessmentView, by: str, unit: access.UnitView | None) -> dict[str, Any]:
    found = one.found
    answers = [
        {"question": say(question.word), "answer": say(question.choices[getattr(found, name)].word)}
        for name, question in QUESTIONS.items()
    ]
    return {
        "view": one,
        "answers": answers,
        "grade": _grade(one.grade) if one.grade else None,
        "pick_up": say(PICK_UP[found.pick_up]),
        "key": [queue_rows.code_word("key_person", ground) for ground in key_grounds_of(found)],
        "by": by,
        "unit": (unit.name_en if english() else unit.name) if unit else "",
        "represented": found.spoken_by == "REPRESENTATIVE",
    }


def _grade(grade: prison.GradeView) -> dict[str, Any]:
    return {
        "word": queue_rows.code_word("prison_danger_grade", grade.value),
        "source": grade.source,
        "on": grade.on,
        "band": queue_rows.code_word("community_band", grade.band),
        "until": grade.until,
        "note": _grade_note(grade.value),
    }


def _grade_note(value: str) -> str:
    walk = load_national().crosswalk(GRADE)
    note = next((row.note for row in walk.rows if row.source == value), None)
    return "" if note is None else (note.en if english() else note.zh)


def _held(grade: MappedGrade) -> dict[str, Any] | None:
    if grade.value is None or grade.to is None:
        return None
    return {
        "word": queue_rows.code_word("prison_danger_grade", grade.value),
        "source": grade.scale,
        "on": grade.assessed_on,
        "band": queue_rows.code_word("community_band", grade.to),
        "until": grade.provisional_until,
        "note": _grade_note(grade.value),
    }


def labels() -> dict[str, str]:
    """What each field of the form is called."""
    named = {name: say(question.word) for name, question in QUESTIONS.items()}
    return named | {
        "medication": _("用药说明（名称、用法、带多少）"),
        "pick_up": _("建议怎么接送"),
        "reasons": _("再犯风险：理由（有利的和不利的都写）"),
        "advice": _("衔接建议"),
        "statement": _("本人意见（写本人的话）"),
        "spoken_by": _("谁的话"),
        "correction": _("更正的原因"),
        "name": _("姓名"),
        "sex": _("性别"),
        "birth_date": _("出生日期"),
    }


def _form(
    request: Request,
    person_id: uuid.UUID,
    typed: dict[str, str],
    *,
    key: Collection[str] = (),
    mark: str,
    corrects: bool,
    wrong: Collection[str] = (),
) -> HttpResponse:
    file, words = persons.file_of(person_id), labels()
    back = reverse("person", args=[person_id])
    page = frame(request, _("出监评估：%(name)s") % {"name": file.name}, current="", crumbs=((file.name, back),))
    questions = [
        {
            "name": name,
            "legend": words[name],
            "chosen": typed.get(name, ""),
            "error": _("请选一项；没有查明也要选明") if name in wrong else "",
            "options": [{"value": code, "label": say(choice.word)} for code, choice in question.choices.items()],
        }
        for name, question in QUESTIONS.items()
    ]
    pick_up = {
        "name": "pick_up",
        "legend": words["pick_up"],
        "chosen": typed.get("pick_up", ""),
        "error": _("请选一项") if "pick_up" in wrong else "",
        "options": [{"value": code, "label": say(word)} for code, word in PICK_UP.items()],
    }
    speakers = [
        {"value": "", "label": _("没有意见")},
        {"value": "SELF", "label": _("本人的话")},
        {"value": "REPRESENTATIVE", "label": _("代理人的话")},
    ]
    said = _("本人有意见的，写明是谁的话；没有意见的留空")
    answer = show(
        request,
        "assessments/form.html",
        page,
        action=reverse("assessment-save", args=[person_id]),
        back=back,
        mark=mark,
        corrects=corrects,
        questions=questions,
        pick_up=pick_up,
        key=[
            {"value": code, "label": queue_rows.code_word("key_person", code), "chosen": code in key}
            for code in KEY_GROUNDS
        ],
        key_error=_("请从列出的理由里选") if "key" in wrong else "",
        grade=_held(grade_held(person_id, at=now())),
        typed=typed,
        words=words,
        speakers={
            "options": speakers,
            "chosen": typed.get("spoken_by", ""),
            "error": said if "spoken_by" in wrong else "",
        },
        texts=[
            {
                "name": name,
                "label": words[name],
                "value": typed.get(name, ""),
                "error": _("请填写") if name in wrong else "",
            }
            for name in ("reasons", "advice")
        ],
        errors=[{"target": _target(name), "text": words[name]} for name in wrong],
    )
    answer.status_code = 422 if wrong else 200
    return answer


def _target(name: str) -> str:
    """The first field to go to for what is missing."""
    if name in QUESTIONS:
        return f"{name}-{next(iter(QUESTIONS[name].choices))}"
    first = {"pick_up": f"pick_up-{next(iter(PICK_UP))}", "spoken_by": "spoken_by-"}
    return first.get(name, name)
