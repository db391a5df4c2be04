"""Who decides a request and how it may come out: pure decisions."""

from __future__ import annotations

import uuid

from guitu.rulebook.rights import RightKind, RightsRules

COPY, DELETION = "COPY", "DELETION"
GRANTED, PARTLY, REFUSED = "GRANTED", "PARTLY", "REFUSED"
COMPLAINT_OUTCOMES = ("FOUND", "UNFOUNDED", "PASSED_ON")
LONGEST_COMPLAINT = 4000
OUTCOMES = (GRANTED, PARTLY, REFUSED)
DECIDING_KINDS = frozenset({"county", "prison", "detention_house", "city", "province", "nation"})
"""Kinds of units that have a desk for requests; an act of any other is looked at by the unit responsible."""


def duty_of(
    kind: RightKind, *, contested_unit: uuid.UUID | None, contested_kind: str, responsible: uuid.UUID
) -> uuid.UUID:
    """Which unit answers: whose act is contested, if it has a desk for it; otherwise whoever is responsible."""
    if kind.contests and contested_unit is not None and contested_kind in DECIDING_KINDS:
        return contested_unit
    return responsible


def fault_of(kind: RightKind, outcome: str, ground: str, rules: RightsRules) -> str:
    """What is wrong with a decision: ``OUTCOME``, ``GROUND``, or nothing.

    A refusal stands on a ground that is one for this kind; a deletion granted stands on one of its own.
    """
    if outcome not in OUTCOMES or (outcome == PARTLY and kind.code == DELETION):
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


def complaint_outcome_fault(outcome: str) -> str:
    """``OUTCOME`` where a complaint cannot come out so, or nothing."""
    return "" if outcome in COMPLAINT_OUTCOMES else "OUTCOME"
