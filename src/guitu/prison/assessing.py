"""Making an assessment before release (RS-13): the report is issued, its step answered, its needs marked, together."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.handover import documents
from guitu.handover.matters import begin
from guitu.handover.steps import correct_marks, write_answer, write_marks
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.papers import operations as papers
from guitu.papers.policy import chinese_day
from guitu.people import queries as persons
from guitu.prison.models import Assessment
from guitu.prison.needs import (
    PICK_UP,
    QUESTIONS,
    AssessmentIncomplete,
    Findings,
    faults_of,
    key_grounds_of,
    marks_of,
    needs_in_words,
)
from guitu.rulebook.crosswalk import MappedGrade, map_grade

_SHANGHAI = ZoneInfo("Asia/Shanghai")
REPORT = "prerelease_report"
STEP = "assessment"
GRADE = "prison_grade"


def sealed_as(assessment_id: uuid.UUID, what: str) -> str:
    """What an encrypted part of an assessment is bound to."""
    return f"assessment:{assessment_id}:{what}"


def grade_held(person_id: uuid.UUID, *, at: datetime) -> MappedGrade:
    """The prison's grade as held, led to the community's band from `at` on; nothing where nothing was assessed.

    Source and day stay beside it; the band is provisional (rulebook, crosswalk prison_grade; law.md 4.4).
    """
    value = persons.reveal(person_id, GRADE)
    fact = persons.file_of(person_id).items.get(GRADE)
    walk = active_book().crosswalk(GRADE)
    on = fact.collected_at.astimezone(_SHANGHAI).date() if fact else None
    return map_grade(walk, value, scale=fact.source if fact else None, assessed_on=on, mapped_at=at)


def assess(person_id: uuid.UUID, found: Findings, *, event_id: uuid.UUID, at: datetime) -> str:
    """Make the assessment, or correct it by a new one that supersedes it; returns the number of the report.

    In one transaction: the report is issued, the step answered, the needs noted as special circumstances, so that what
    they ask for opens; what only an earlier report found and this one does not is taken back. The same `event_id` again
    changes nothing. Raises AssessmentIncomplete, MoveNotAllowed after the release, StepNotOpen, and what every act
    raises.
    """
    access.require("assessment:make", [person_id])
    with transaction.atomic():
        journey = begin("prison:assessment:finished", person_id, event_id)
        if journey is None:
            return Assessment.objects.values_list("number", flat=True).get(id=event_id)
        before = Assessment.objects.filter(journey_id=journey.id).order_by("-assessed_at").first()
        wrong = faults_of(found, corrects=before is not None)
        if wrong:
            raise AssessmentIncomplete(*wrong)
        if journey.released_at is not None:
            raise MoveNotAllowed("已经释放，不再作出监评估", "The person has been released; no assessment is made now")
        write_answer(journey, step=STEP, outcome="reported", note=found.correction.strip(), event_id=event_id, at=at)
        grade = grade_held(person_id, at=at)
        issued = papers.issue(
            REPORT,
            person_id=person_id,
            facts=_facts(journey, found, grade, at=at),
            event_id=event_id,
            at=at,
            journey_id=journey.id,
        )
        _keep(journey, found, grade, before=before, event_id=event_id, number=issued.number, at=at)
        marks, key = marks_of(found), key_grounds_of(found)
        correct_marks(journey, keep=marks, key=key, event_id=event_id, number=issued.number, at=at)
        if not (set(marks) <= set(journey.marks) and set(key) <= set(journey.key_grounds)):
            write_marks(journey, marks, event_id=event_id, at=at, source=journeys.ASSESSMENT, key=key)
        record(
            "prison:assessment:finished",
            subjects=[person_id],
            division=journey.division,
            at=at,
            event_id=event_id,
            other_unit_id=journey.receiving_unit_id,
            number=issued.number,
            documents=[issued.number],
            supersedes=before.id if before else None,
        )
    return issued.number


def _keep(
    journey: journeys.Journey,
    found: Findings,
    grade: MappedGrade,
    *,
    before: Assessment | None,
    event_id: uuid.UUID,
    number: str,
    at: datetime,
) -> None:
    def sealed(what: str, text: str) -> bytes:
        return keys.encrypt(text.strip(), belongs_to=sealed_as(event_id, what))

    session = actor().session
    kept = {"value": grade.value, "source": grade.scale, "on": str(grade.assessed_on), "band": grade.to}
    Assessment.objects.create(
        id=event_id,
        person_id=journey.person_id,
        division=journey.division,
        journey_id=journey.id,
        housing=found.housing,
        work=found.work,
        documents=found.documents,
        family=found.family,
        attitude=found.attitude,
        health=sealed("health", found.health),
        medication=sealed("medication", found.medication),
        grade=sealed("grade", json.dumps(kept, ensure_ascii=False)) if grade.value is not None else None,
        band_until=grade.provisional_until,
        pick_up=found.pick_up,
        reasons=sealed("reasons", found.reasons),
        advice=sealed("advice", found.advice),
        statement=sealed("statement", found.statement),
        spoken_by=found.spoken_by,
        key_grounds=list(found.key),
        correction=sealed("correction", found.correction if before else ""),
        supersedes=before,
        number=number,
        assessed_at=at,
        assessed_by=session.post_id,
        unit_id=session.unit_id,
    )


def _facts(journey: journeys.Journey, found: Findings, grade: MappedGrade, *, at: datetime) -> dict[str, str]:
    """The facts of the report, in Chinese as documents are; what is not known is left out.

    Raises AssessmentIncomplete for the items of the person without which no report is made.
    """
    held = {"conduct": "custody_conduct", "psychology": "psych_summary", "skills": "skills"}
    items = persons.values_of(journey.person_id, ["name", "sex", "birth_date", *held.values()])
    lacking = [item for item in ("name", "sex", "birth_date") if item not in items]
    if lacking:
        raise AssessmentIncomplete(*lacking)
    said = {
        field: documents.readable(item, items[item])
        for field, item in {"name": "name", "sex": "sex", "birth_date": "birth_date", **held}.items()
        if item in items
    }
    if journey.receiving_unit_id is not None:
        said["receiver"] = units.unit(journey.receiving_unit_id).name
    if grade.value is not None:
        said["prison_grade"] = documents.word("prison_danger_grade", grade.value)
    health = QUESTIONS["health"].choices[found.health].word.zh
    medication = found.medication.strip()
    return said | {
        "release_on": chinese_day(journey.release_on),
        "health": f"{health}；用药：{medication}" if medication else health,
        "family": QUESTIONS["family"].choices[found.family].word.zh,
        "needs": needs_in_words(found),
        "risk": f"{_band_in_words(grade)}理由：{found.reasons.strip()}",
        "advice": f"建议{PICK_UP[found.pick_up].zh}。{_key_in_words(found)}{found.advice.strip()}",
        "statement": _statement(found),
        "assessed_by": actor().session.account_name,
        "assessed_on": chinese_day(at.astimezone(_SHANGHAI).date()),
    }


def _key_in_words(found: Findings) -> str:
    grounds = "、".join(documents.word("key_person", ground) for ground in key_grounds_of(found))
    return f"列为重点帮教对象，必接必送：{grounds}。" if grounds else ""


def _band_in_words(grade: MappedGrade) -> str:
    if grade.to is None or grade.provisional_until is None:
        return "未评估，不是低风险。"
    band = documents.word("community_band", grade.to)
    until = chinese_day(grade.provisional_until)
    return f"由监狱危险等级对照为“{band}”，暂定至{until}，须由接收县另行评估；狱内危险不等于再犯罪风险。"


def _statement(found: Findings) -> str:
    said = found.statement.strip()
    if not said:
        return ""
    return said if found.spoken_by == "SELF" else f"（由代理人陈述）{said}"
