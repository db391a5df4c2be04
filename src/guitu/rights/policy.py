"""Who decides a request and how it may come out: pure decisions."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from guitu.rulebook.breach import BreachRules
from guitu.rulebook.rights import RightKind, RightsRules
from guitu.rulebook.sealing import Ground, SealingRules

COPY, DELETION = "COPY", "DELETION"
GRANTED, PARTLY, REFUSED = "GRANTED", "PARTLY", "REFUSED"
COMPLAINT_OUTCOMES = ("FOUND", "UNFOUNDED", "PASSED_ON")
LONGEST_COMPLAINT = 4000
KEPT, TAKEN_BACK = WORSENING_OUTCOMES = ("KEPT", "TAKEN_BACK")
OUTCOMES = (GRANTED, PARTLY, REFUSED)
LAW_KEEPS_IT = "SECRET"
DECIDING_KINDS = frozenset({"county", "prison", "detention_house", "city", "province", "nation"})
"""Kinds of units that have a desk for requests; an act of any other is looked at by the unit responsible."""


OF_OVERSIGHT = frozenset({"OVERSEE", "REVIEW_LOOKS"})
"""Purposes of oversight and of enquiries into looks."""


def duty_of(
    *, contests: bool, contested_unit: uuid.UUID | None, contested_kind: str, responsible: uuid.UUID
) -> uuid.UUID:
    """Which unit answers: whose act is contested, if it has a desk for it; otherwise whoever is responsible."""
    if contests and contested_unit is not None and contested_kind in DECIDING_KINDS:
        return contested_unit
    return responsible


def namable(unit_kind: str, purpose: str, action: str) -> bool:
    """Whether an office may be asked whose a look was: one of an office with a desk, in its own work.

    Of oversight, of enquiries into looks and of complaints the office responsible learns nothing (CCL 34, 61).
    """
    return unit_kind in DECIDING_KINDS and purpose not in OF_OVERSIGHT and not action.startswith("complaint:")


def left_out_fault(kind: str, outcome: str, ground: str, left_out: Collection[str], held: Collection[str]) -> str:
    """``PASSAGES`` where the passages left out do not fit, else nothing.

    Some are named where a copy is granted in part because law keeps something secret, none otherwise; all are `held`.
    """
    in_part = kind == COPY and outcome == PARTLY and ground == LAW_KEEPS_IT
    return "" if bool(left_out) == in_part and set(left_out) <= set(held) else "PASSAGES"


def fault_of(kind: RightKind, outcome: str, ground: str, rules: RightsRules) -> str:
    """What is wrong with a decision: ``OUTCOME``, ``GROUND``, or nothing.

    A refusal stands on a ground that is one for this kind; a deletion granted stands on one of its own.
    """
    if outcome not in OUTCOMES or (outcome == PARTLY and (kind.code == DELETION or kind.look)):
        return "OUTCOME"
    if outcome in {PARTLY, REFUSED}:
        held = rules.refusals.get(ground)
        return "" if held is not None and kind.code in held.kinds else "GROUND"
    if kind.code == DELETION:
        return "" if ground in rules.deletions else "GROUND"
    return "GROUND" if ground else ""


def builds_copy(kind: str, outcome: str) -> bool:
    """Whether this decision has a copy made."""
    return kind == COPY and outcome in {GRANTED, PARTLY}


def erases(kind: str, outcome: str) -> bool:
    """Whether this decision has the person erased."""
    return kind == DELETION and outcome == GRANTED


def stands_in_the_way(*, matter_open: bool, ground: str) -> bool:
    """Whether a deletion cannot be granted: while a matter is in hand, unless the data is held unlawfully."""
    return matter_open and ground != "UNLAWFUL"


def complaint_fault(words: str) -> str:
    """What is wrong with the words of a complaint or of its answer: ``WORDS`` (none), ``LONG``, or nothing."""
    if not words.strip():
        return "WORDS"
    return "LONG" if len(words) > LONGEST_COMPLAINT else ""


def is_worse(before: str, after: str, codes: Sequence[str]) -> bool:
    """Whether a grade went worse; `codes` stand worst first; a value that is none of them compares with none."""
    return before in codes and after in codes and codes.index(after) < codes.index(before)


def worsening_fault(outcome: str) -> str:
    """``OUTCOME`` where the review of what went worse cannot come out so, or nothing."""
    return "" if outcome in WORSENING_OUTCOMES else "OUTCOME"


def complaint_outcome_fault(outcome: str) -> str:
    """``OUTCOME`` where a complaint cannot come out so, or nothing."""
    return "" if outcome in COMPLAINT_OUTCOMES else "OUTCOME"


def sealing_fault(
    rules: SealingRules, *, ground: str, organ: str, document: str, decided_on: date | None, today: date
) -> str:
    """What is wrong with what a file is to be sealed on: ``GROUND``, ``ORGAN``, ``DOCUMENT``, ``DAY``, or nothing.

    Legal days; the decision is of today or earlier, and its ground is in force today.
    """
    held = rules.seals.get(ground)
    if held is None or not held.holds_on(today):
        return "GROUND"
    if not organ.strip():
        return "ORGAN"
    if len(document.strip()) < rules.document_min:
        return "DOCUMENT"
    return "" if decided_on is not None and decided_on <= today else "DAY"


def not_sealed_fault(rules: SealingRules, *, ground: str, document: str, words: str, today: date) -> str:
    """What is wrong with an answer that a file is not sealed: ``GROUND``, ``DOCUMENT``, ``WORDS``, or nothing."""
    return _reasoned_fault(rules.not_sealed, rules, ground=ground, document=document, words=words, today=today)


def correction_fault(rules: SealingRules, *, ground: str, document: str, words: str, today: date) -> str:
    """What is wrong with a word that a sealing is wrong: ``GROUND``, ``DOCUMENT``, ``WORDS``, or nothing."""
    return _reasoned_fault(rules.corrections, rules, ground=ground, document=document, words=words, today=today)


def _reasoned_fault(
    grounds: Mapping[str, Ground], rules: SealingRules, *, ground: str, document: str, words: str, today: date
) -> str:
    held = grounds.get(ground)
    if held is None or not held.holds_on(today):
        return "GROUND"
    return "DOCUMENT" if len(document.strip()) < rules.document_min else words_fault(rules, words)


def words_fault(rules: SealingRules, words: str) -> str:
    """``WORDS`` where a reason is too short or too long, or nothing."""
    return "" if rules.words_min <= len(words.strip()) <= LONGEST_COMPLAINT else "WORDS"


def query_fault(
    rules: SealingRules,
    *,
    organ: str,
    organ_name: str,
    ground: str,
    document: str,
    aim: str,
    items: Collection[str],
    known: Container[str],
    today: date,
) -> str:
    """What makes a written request unlawful or incomplete, or nothing.

    ``ORGAN``: none that this ground entitles; ``NAME``, ``GROUND``, ``DOCUMENT``, ``WORDS`` (the purpose), ``ITEMS``.
    """
    held = rules.queries.get(ground)
    if held is None or not held.holds_on(today):
        return "GROUND"
    if organ not in held.organs:
        return "ORGAN"
    if not organ_name.strip():
        return "NAME"
    if len(document.strip()) < rules.document_min:
        return "DOCUMENT"
    if not items or any(item not in known for item in items):
        return "ITEMS"
    return words_fault(rules, aim)


@dataclass(frozen=True)
class Incident:
    """What is recorded of a breach: codes of rulebook/data/breach and words that the persons read."""

    kinds: tuple[str, ...]
    cause: str
    harms: tuple[str, ...]
    words: str
    measures: str
    advice: str
    contact: str
    noticed_at: datetime


Fault = tuple[str, str]
"""What is wrong, in Chinese and in English."""


def breach_fault(given: Incident, rules: BreachRules, at: datetime) -> Fault | None:
    """What the record of a breach lacks of what the law wants told, or None; `at` is now."""
    if not given.kinds or not set(given.kinds) <= set(rules.kinds):
        return "请选信息种类。", "Choose the kinds of data."
    if given.cause not in rules.causes:
        return "请选原因。", "Choose the cause."
    if not given.harms or not set(given.harms) <= set(rules.harms):
        return "请选可能的危害。", "Choose the possible harms."
    if any(len(text.strip()) < rules.words_min for text in (given.words, given.measures, given.advice)):
        return (
            f"请写明发生了什么、已采取的措施、本人可以做什么，各至少{rules.words_min}个字。",
            f"Say what happened, what was done and what the person can do, {rules.words_min} characters each.",
        )
    if len(given.contact.strip()) < rules.contact_min:
        return "请写打给谁、电话多少。", "Say whom to call, under which number."
    if given.noticed_at > at:
        return "发现的时间不能在以后。", "It cannot be noticed later than now."
    return None


TELL, AVOIDED = "TELL", "AVOIDED"
"""What is decided about the persons whom a breach concerns: they are told, or measures avert the harm (PIPL 57)."""


def breach_decision_fault(outcome: str, words: str, required: str, rules: BreachRules) -> Fault | None:
    """What a decision on telling the persons lacks, or None; what an authority requires is told."""
    if outcome not in {TELL, AVOIDED}:
        return "请选是否通知本人。", "Choose whether the persons are told."
    if len(words.strip()) < rules.words_min:
        return (
            f"请写明理由，至少{rules.words_min}个字。",
            f"Give reasons, at least {rules.words_min} characters.",
        )
    if required.strip() and outcome != TELL:
        return "主管部门要求通知的，必须通知。", "What the authority requires is told."
    return None
