"""An evaluation in the demonstration: commissioned by a city, drawn and half verified, with a talk agreed."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from guitu.access.acting import ActingSession, acting
from guitu.access.establishing import unit_id
from guitu.evaluation import operations, queries
from guitu.evaluation.policy import EvaluationRefused
from guitu.rulebook.evaluation import evaluation_rules
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

CITY, COUNTY, EVALUATOR = "910100000000", "910121000000", "919991001000"
_MARK = uuid.UUID("5e0f3c1a-7a44-4c5e-9d07-6a1f0b9e2c31")
_SIZES = (16, 12, 8, 4)
"""The largest that the frame of these invented people allows is drawn."""
_EVERY = 4
"""A talk is asked for with one in so many, so that more than one county is asked."""
_NOTES = ("电话里本人说法和记录一致。", "走访时看了签到簿，日期对得上。", "本人说材料到得比记录晚。", "")


def load(session_of: Callable[[str, str], ActingSession], today: date) -> None:
    """Commission, draw, verify half, ask for talks and answer one, reply; walking it again changes nothing."""
    city, evaluator = session_of(CITY, "SUPERVISOR"), session_of(EVALUATOR, "EVALUATOR")
    eve = today - timedelta(days=1)
    at = datetime.combine(eve, time(14, 5), LEGAL_ZONE)
    with acting(city, city.purposes[0]):
        operations.commission(
            title=f"{eve.year}年出监衔接第三方评估",
            evaluator_id=unit_id(EVALUATOR),
            scope_id=unit_id(CITY),
            released_from=today - timedelta(days=60),
            released_to=today - timedelta(days=2),
            questions=list(evaluation_rules().questions),
            from_on=eve,
            to_on=today + timedelta(days=45),
            event_id=_MARK,
            today=eve,
            at=at,
        )
    with acting(evaluator, evaluator.purposes[0]):
        _draw(f"{eve:%Y%m%d}", at + timedelta(minutes=20))
        with transaction.atomic():
            drawn, _all = queries.sample(_MARK, first=0, most=max(_SIZES))
        for place, line in enumerate(drawn[::2]):
            _verify(line.code, place, at + timedelta(minutes=40 + place))
        for place, line in enumerate(drawn[1::_EVERY]):
            asked = at + timedelta(minutes=70 + place)
            operations.ask_for_talk(_MARK, line.code, event_id=uuid.uuid5(_MARK, f"talk:{line.code}"), at=asked)
    _answer(session_of(COUNTY, "COUNTY_OFFICER"), today, at + timedelta(hours=2))
    head = session_of(COUNTY, "COUNTY_HEAD")
    with acting(head, head.purposes[0]):
        words = "材料按时签收一项，请评估方核对签收回执；回访没有见到的，已安排司法所本周补访。"
        operations.reply(_MARK, words=words, event_id=uuid.uuid5(_MARK, "reply"), at=at + timedelta(hours=3))


def _draw(seed: str, at: datetime) -> None:
    """Draw the largest sample that the frame allows; a province too small for any has none, and that is said."""
    for size in _SIZES:
        try:
            operations.draw(_MARK, seed=seed, size=size, at=at)
        except EvaluationRefused:
            continue
        return
    sys.stderr.write("演示评估没有抽样：已释放的人太少 · no sample in the demonstration: too few releases\n")


def _verify(code: str, place: int, at: datetime) -> None:
    with transaction.atomic():
        seen = queries.matter(_MARK, code)
    if seen is None or not seen.recorded:
        return
    verdicts = {
        question: "DIFFERS" if (place + number) % 11 == 4 else "UNVERIFIABLE" if (place + number) % 7 == 6 else "AGREES"
        for number, question in enumerate(sorted(seen.recorded))
    }
    note = _NOTES[place % len(_NOTES)]
    operations.verify(_MARK, code, verdicts=verdicts, note=note, event_id=uuid.uuid5(_MARK, f"found:{code}"), at=at)


def _answer(officer: ActingSession, today: date, at: datetime) -> None:
    """One county answers the first request that waits for it, the others wait."""
    with acting(officer, officer.purposes[0]):
        with transaction.atomic():
            waiting, _ = queries.contacts(waiting=True, first=0, most=1)
            answered, _ = queries.contacts(waiting=False, first=0, most=1)
        if waiting and not answered:
            meet_at = datetime.combine(today + timedelta(days=3), time(10), LEGAL_ZONE)
            operations.answer_talk(
                waiting[0].person_id, waiting[0].id, answer="WILLING", way="AT_OFFICE", meet_at=meet_at, at=at
            )
