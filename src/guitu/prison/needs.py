"""Pure decisions of the assessment before release: what is asked, what an answer asks for on the road.

No scale and no score: answers say what the person needs after the return (law.md 3.4, items 12, 25, 27–29), never how
dangerous they are. What was not found out is written as such. No Django, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guitu.access.permissions import Word

UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Choice:
    """One answer: its words, and the special circumstance (code of road_mark) that it asks for, if any."""

    word: Word
    mark: str = ""


@dataclass(frozen=True)
class Question:
    """One question of the assessment with its answers by code, in the order of the form."""

    word: Word
    choices: Mapping[str, Choice]


_NOT_FOUND_OUT = Choice(Word("没有查明", "not found out"))

QUESTIONS: dict[str, Question] = {
    "housing": Question(
        Word("住处", "Housing"),
        {
            "OWN": Choice(Word("有自己的住处", "has a home of their own")),
            "FAMILY": Choice(Word("与家人同住", "lives with family")),
            "RENTED": Choice(Word("已经租好", "has rented a place")),
            "NONE": Choice(Word("没有住处", "has nowhere to live"), "homeless"),
            UNKNOWN: _NOT_FOUND_OUT,
        },
    ),
    "work": Question(
        Word("收入和工作", "Income and work"),
        {
            "PROMISED": Choice(Word("已有着落", "work is promised")),
            "SKILLED": Choice(Word("有技能，要找工作", "skilled, looks for work")),
            "NONE": Choice(Word("没有工作着落", "no work in sight"), "no_work"),
            "UNABLE": Choice(Word("不能工作，要社会救助", "cannot work, needs social aid")),
            UNKNOWN: _NOT_FOUND_OUT,
        },
    ),
    "documents": Question(
        Word("身份证件", "Identity papers"),
        {
            "IN_HAND": Choice(Word("身份证在手", "identity card in hand")),
            "LOST": Choice(Word("遗失或者过期，要补办", "lost or expired, to be made anew")),
            "SPECIAL": Choice(Word("境外或者特殊证件", "foreign or special document"), "special_document"),
            UNKNOWN: _NOT_FOUND_OUT,
        },
    ),
    "health": Question(
        Word("健康和用药（只记需要，不记诊断）", "Health and medication (needs, no diagnosis)"),
        {
            "NONE": Choice(Word("没有特别需要", "no special need")),
            "CARE": Choice(Word("要复诊或者用药", "needs check-ups or medication")),
            "SERIOUS": Choice(Word("病重，要就医衔接", "seriously ill, treatment must go on"), "serious_illness"),
            "MENTAL": Choice(Word("要精神卫生服务", "needs mental-health care"), "mental_illness"),
            UNKNOWN: _NOT_FOUND_OUT,
        },
    ),
    "family": Question(
        Word("家人联系", "Family contact"),
        {
            "IN_TOUCH": Choice(Word("常有联系，愿意接纳", "in touch, welcomes the person")),
            "LITTLE": Choice(Word("联系少", "little contact")),
            "NONE": Choice(Word("没有可投靠的亲属", "no kin to turn to"), "no_kin"),
            UNKNOWN: _NOT_FOUND_OUT,
        },
    ),
    "attitude": Question(
        Word("本人对帮扶的意愿", "What the person wants of help"),
        {
            "WANTS": Choice(Word("愿意接受", "wants help")),
            "UNDECIDED": Choice(Word("还没有想好", "undecided")),
            "DECLINES": Choice(Word("不需要", "wants none")),
            UNKNOWN: Choice(Word("没有问到", "not asked")),
        },
    ),
}

PICK_UP: dict[str, Word] = {
    "AT_THE_GATE": Word("监地在门口交接，接送到家", "met at the gate and taken home"),
    "BY_FAMILY": Word("家属来接", "collected by family"),
    "TO_HOSPITAL": Word("直接转送医院", "taken to a hospital"),
    "OWN_WAY": Word("本人自行返回", "returns on their own"),
}

KEY_GROUNDS = ("reoffending_risk", "disabled", "organised_crime", "violence", "drug_recidivist")
"""The grounds of RS-16 (codes of key_person) that no question asks for: who assesses names them and says why."""
KEY_FOUND = frozenset({"three_nothings", "serious_illness"})
"""The needs that are grounds of RS-16 by themselves: 三无, serious illness."""

SPOKEN_BY = ("SELF", "REPRESENTATIVE")
_ALL_THREE = frozenset({"homeless", "no_kin", "no_work"})
LONGEST = 2000


class AssessmentIncomplete(ValueError):
    """What an assessment lacks; `fields` are the names of what is missing or wrong."""

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Findings:
    """What was found before the release: codes of `QUESTIONS` and `PICK_UP`, and words.

    ``reasons`` say what speaks for and against a return to crime and why; ``statement`` are the person's own words and
    ``spoken_by`` says whose they are; both may be empty together. ``correction`` says why an earlier report is wrong;
    ``key`` are codes of `KEY_GROUNDS`.
    """

    housing: str
    work: str
    documents: str
    health: str
    medication: str
    family: str
    attitude: str
    pick_up: str
    reasons: str
    advice: str
    statement: str = ""
    spoken_by: str = ""
    correction: str = ""
    key: tuple[str, ...] = ()


def faults_of(found: Findings, *, corrects: bool) -> tuple[str, ...]:
    """The names of what is missing or wrong, in the order of the form; `corrects`: a report stands already."""
    wrong = [name for name, question in QUESTIONS.items() if getattr(found, name) not in question.choices]
    if found.pick_up not in PICK_UP:
        wrong.append("pick_up")
    wrong += [name for name in ("reasons", "advice") if not getattr(found, name).strip()]
    if bool(found.statement.strip()) != (found.spoken_by in SPOKEN_BY) or found.spoken_by not in {"", *SPOKEN_BY}:
        wrong.append("spoken_by")
    if not set(found.key) <= set(KEY_GROUNDS):
        wrong.append("key")
    if corrects and not found.correction.strip():
        wrong.append("correction")
    texts = ("medication", "reasons", "advice", "statement", "correction")
    wrong += [name for name in texts if len(getattr(found, name)) > LONGEST]
    return tuple(dict.fromkeys(wrong))


def marks_of(found: Findings) -> tuple[str, ...]:
    """The special circumstances (codes of road_mark) found; home, kin and work all absent are 三无."""
    marks = {QUESTIONS[name].choices[getattr(found, name)].mark for name in QUESTIONS} - {""}
    if marks >= _ALL_THREE:
        marks.add("three_nothings")
    return tuple(sorted({*marks, *found.key}))


def key_grounds_of(found: Findings) -> tuple[str, ...]:
    """The grounds on which the assessment makes somebody a key person, met at the gate (RS-16); none for most."""
    return tuple(sorted({*found.key, *(KEY_FOUND & set(marks_of(found)))}))


def needs_in_words(found: Findings) -> str:
    """The needs of living as the report states them, in Chinese: housing, work, papers, the wish for help."""
    shown = ("housing", "work", "documents", "attitude")
    return "；".join(
        f"{QUESTIONS[name].word.zh}：{QUESTIONS[name].choices[getattr(found, name)].word.zh}" for name in shown
    )
