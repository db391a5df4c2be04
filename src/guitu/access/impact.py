"""影响评估 (PIPL 55, 56): a sensitive feature is off until one is in force, written by one hand, signed by another.

An assessment ends with its term, and at once when the record of its feature (rulebook/data/impact) is another one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guitu.access.acting import actor
from guitu.access.models import ImpactAssessment
from guitu.access.operations import require
from guitu.access.rule_packs import active_book
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.impact import impact_rules

EVALUATION_SAMPLE, EXPORT_ABOVE_LIMIT, API_TOKENS = "EVALUATION_SAMPLE", "EXPORT_ABOVE_LIMIT", "API_TOKENS"
TEXT_MESSAGES, PARTNER_SHARING = "TEXT_MESSAGES", "PARTNER_SHARING"
PARTS = ("processed", "lawful", "effects", "measures")
"""What article 56 asks to be weighed, in the order of the form."""
_WHY_NOT = {
    "UNKNOWN": ("没有找到这份评估", "no such assessment"),
    "DECIDED": ("这份评估已经复核过了", "this assessment is decided already"),
    "OWN": ("评估的人（或同名的人）不能自己复核", "whoever wrote it, or a namesake, does not sign it"),
    "OFFICE": ("评估和复核不能是同一种岗位", "author and second hand are not of one office"),
    "CHANGED": ("这项功能的规则变了，请重新评估", "the feature's record has changed; assess it anew"),
    "WORDS": ("未通过须写明理由", "a refusal needs a reason"),
}


class NotAssessed(AttemptRefused, PermissionError):
    """A sensitive feature without an impact assessment in force; `zh` and `en` say so."""

    def __init__(self, feature: str) -> None:
        words = impact_rules().features[feature].words
        self.feature = feature
        self.zh = f"“{words.zh}”还没有现行的个人信息保护影响评估，不能使用。请先由监督岗评估、安全管理员复核。"
        self.en = (
            f"{words.en}: there is no impact assessment in force, so this cannot be used. A supervisor assesses it and"
            " a security administrator signs."
        )
        super().__init__(self.en)


class AssessmentRefused(AttemptRefused, ValueError):
    """It is not written or not decided; `zh` and `en` say why, `fields` name the parts that are too short."""

    of_the_form = frozenset({"", "WORDS"})

    def __init__(self, zh: str, en: str, fields: Sequence[str] = (), code: str = "") -> None:
        super().__init__(en)
        self.zh, self.en, self.fields, self.code = zh, en, tuple(fields), code


@dataclass(frozen=True)
class AssessmentView:
    """An assessment with both hands. Moments are aware (UTC); `in_force` as of the moment asked about."""

    id: uuid.UUID
    feature: str
    parts: Mapping[str, str]
    written_name: str
    written_role: str
    written_at: datetime
    decision: str
    decided_name: str
    decided_role: str
    decided_at: datetime | None
    reason: str
    ends_at: datetime | None
    kept_until: datetime | None
    in_force: bool
    feature_changed: bool


def is_assessed(feature: str, *, at: datetime) -> bool:
    """Whether an assessment of the feature, as it stands in the rulebook now, is in force at a moment."""
    return ImpactAssessment.objects.filter(
        feature=feature,
        feature_sha256=impact_rules().features[feature].sha256,
        decision="CONFIRMED",
        decided_at__lte=at,
        ends_at__gt=at,
    ).exists()


def require_assessed(feature: str, *, at: datetime) -> None:
    """The feature goes on only under an assessment in force. Inside the caller's transaction. Raises NotAssessed."""
    if not is_assessed(feature, at=at):
        raise NotAssessed(feature)


def write(assessment_id: uuid.UUID, feature: str, parts: Mapping[str, str], *, at: datetime) -> None:
    """Write an assessment of a feature; it is in force once another hand has signed it. The same id twice is one.

    Raises NotAllowed, AssessmentRefused with the parts that are too short, LookupError for an unknown feature.
    """
    require("impact:write")
    rules = impact_rules()
    known = rules.features[feature]
    said = {name: " ".join(parts.get(name, "").split()) for name in PARTS}
    short = [name for name in PARTS if len(said[name]) < rules.words_min]
    if short:
        least = rules.words_min
        raise AssessmentRefused(f"每一项至少写{least}个字", f"write at least {least} characters in each part", short)
    with transaction.atomic():
        if ImpactAssessment.objects.filter(id=assessment_id).exists():
            return
        texts = [said[name] for name in PARTS]
        _ask(
            "SELECT access_write_assessment(%s::uuid, %s, %s, %s, %s, %s, %s, %s::timestamptz)",
            [assessment_id, feature, known.sha256, *texts, at],
        )
        record(
            "access:impact:written",
            subjects=[],
            division=actor().session.division,
            at=at,
            event_id=assessment_id,
            feature=feature,
            feature_sha256=known.sha256,
        )


def decide(assessment_id: uuid.UUID, *, confirmed: bool, reason: str = "", at: datetime) -> None:
    """Sign an assessment, which puts it in force for its term (IA-TERM), or refuse it with words.

    Raises NotAllowed, AssessmentRefused.
    """
    require("impact:confirm")
    if not confirmed and not reason.strip():
        raise AssessmentRefused(*_WHY_NOT["WORDS"])
    with transaction.atomic():
        held = ImpactAssessment.objects.filter(id=assessment_id).first()
        if held is None:
            raise AssessmentRefused(*_WHY_NOT["UNKNOWN"], code="UNKNOWN")
        known = impact_rules().features.get(held.feature)
        ends, kept = _terms(at)
        _ask(
            "SELECT access_decide_assessment(%s::uuid, %s, %s, %s, %s::timestamptz, %s::timestamptz, %s::timestamptz)",
            [assessment_id, confirmed, reason.strip(), known.sha256 if known else "", ends, kept, at],
        )
        event, division = uuid.uuid5(assessment_id, "decided"), actor().session.division
        if is_recorded("access:impact:confirmed" if confirmed else "access:impact:refused", event):
            return  # the function has waited for the other press
        if confirmed:
            record(
                "access:impact:confirmed",
                subjects=[],
                division=division,
                at=at,
                event_id=event,
                feature=held.feature,
                written_by=held.written_account,
                ends_at=ends,
            )
        else:
            record(
                "access:impact:refused",
                subjects=[],
                division=division,
                at=at,
                event_id=event,
                feature=held.feature,
                written_by=held.written_account,
            )


def _terms(at: datetime) -> tuple[datetime, datetime]:
    """Until when an assessment stands that is signed at a moment, and until when it is kept at least."""
    book, rules = active_book(), impact_rules()
    term = book.due(rules.term_rule, at).service
    if term is None:
        raise LookupError(rules.term_rule)
    keep = book.due(rules.keep_rule, term.due_at).statutory
    if keep is None:
        raise LookupError(rules.keep_rule)
    return term.due_at, keep.due_at


def _ask(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        answer: str = cursor.fetchone()[0]
    if answer:
        raise AssessmentRefused(*_WHY_NOT[answer], code=answer)


def assessments_listed(*, at: datetime, first: int, most: int) -> tuple[list[AssessmentView], int]:
    """Assessments, newest first, and how many there are. Inside the caller's transaction."""
    found = ImpactAssessment.objects.order_by("-written_at", "id")
    return [_view(row, at=at) for row in found[first : first + most]], found.count()


def assessment_or_none(assessment_id: uuid.UUID, *, at: datetime) -> AssessmentView | None:
    """One assessment. Inside the caller's transaction."""
    row = ImpactAssessment.objects.filter(id=assessment_id).first()
    return None if row is None else _view(row, at=at)


def assessed_until(*, at: datetime) -> dict[str, datetime]:
    """Each feature with an assessment in force at a moment, and until when the longest of them stands."""
    features = impact_rules().features
    rows = ImpactAssessment.objects.filter(decision="CONFIRMED", decided_at__lte=at, ends_at__gt=at).order_by("ends_at")
    lines = rows.values_list("feature", "feature_sha256", "ends_at")
    return {code: ends for code, digest, ends in lines if code in features and features[code].sha256 == digest and ends}


def _view(row: ImpactAssessment, *, at: datetime) -> AssessmentView:
    feature = impact_rules().features.get(row.feature)
    changed = feature is None or feature.sha256 != row.feature_sha256
    stands = row.decision == "CONFIRMED" and row.decided_at is not None and row.ends_at is not None
    return AssessmentView(
        id=row.id,
        feature=row.feature,
        parts={name: getattr(row, name) for name in PARTS},
        written_name=row.written_name,
        written_role=row.written_role,
        written_at=row.written_at,
        decision=row.decision,
        decided_name=row.decided_name,
        decided_role=row.decided_role,
        decided_at=row.decided_at,
        reason=row.reason,
        ends_at=row.ends_at,
        kept_until=row.kept_until,
        in_force=bool(stands and row.decided_at and row.ends_at and row.decided_at <= at < row.ends_at and not changed),
        feature_changed=changed,
    )
