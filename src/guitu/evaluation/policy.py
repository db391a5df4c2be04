"""Pure decisions of an evaluation: what a commission states, the interval of a share.

No Django, no clock.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from guitu.rulebook.attempts import AttemptRefused

VERDICTS = ("AGREES", "DIFFERS", "UNVERIFIABLE")
ANSWERS = ("WILLING", "NOT_WILLING", "NOT_REACHABLE")
WAYS = ("AT_OFFICE", "BY_PHONE")


class EvaluationRefused(AttemptRefused, ValueError):
    """What was asked of an evaluation cannot be; `zh` and `en` say why, `field` where it was asked, "" for the whole.

    Several refusals at once stand in `faults`; a single one stands there alone.
    """

    of_the_form = frozenset({"", "SCOPE", "EVALUATOR", "SIZE", "EMPTY", "QUESTION"})

    def __init__(
        self, zh: str, en: str, field: str = "", *, faults: tuple[EvaluationRefused, ...] = (), code: str = ""
    ) -> None:
        super().__init__(en)
        self.zh, self.en, self.field, self.code = zh, en, field, code
        self.faults = faults or (self,)


@dataclass(frozen=True)
class Interval:
    """A share and the bounds of its confidence interval, each from 0 to 1."""

    share: float
    low: float
    high: float


def wilson(yes: int, of: int, quantile: float) -> Interval:
    """The Wilson score interval of a share of `yes` out of `of` (at least 1), for a two-sided normal `quantile`.

    Source: Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, Journal of the
    American Statistical Association 22 (158), 209–212. Raises ValueError where the counts are none.
    """
    if of < 1 or not 0 <= yes <= of:
        raise ValueError(f"{yes} of {of}")
    share, square = yes / of, quantile * quantile
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = quantile / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)))


def faults_of_commission(
    *,
    title: str,
    released_from: date,
    released_to: date,
    from_on: date,
    to_on: date,
    questions: Collection[str],
    known: Collection[str],
    today: date,
) -> tuple[EvaluationRefused, ...]:
    """Everything that keeps a commission from standing, in the order of its fields.

    The releases lie in the past, so that what is reported is whole.
    """
    wrong = []
    if not title.strip():
        wrong.append(EvaluationRefused("要填评估名称", "a title is needed", "title"))
    if released_to < released_from:
        wrong.append(EvaluationRefused("释放日止早于起", "the releases end before they begin", "released_to"))
    if released_to >= today:
        wrong.append(EvaluationRefused("只能评估已经过去的释放日", "only past releases", "released_to"))
    if to_on < from_on:
        wrong.append(EvaluationRefused("评估止日早于起日", "the evaluation ends before it begins", "to_on"))
    if to_on < today:
        wrong.append(EvaluationRefused("评估的止日已经过去", "the last day has passed already", "to_on"))
    if not questions or not set(questions) <= set(known):
        wrong.append(EvaluationRefused("至少选一个问题", "choose at least one question", "questions"))
    return tuple(wrong)
