"""The counters of the demonstration: matters taken on a file and in words, in every state that one can be in.

Every step passes through the operation that a desk uses, at its own moment before the first day, with a mark of its
own, so that walking the same plan again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from guitu.access import queries as access
from guitu.access.acting import ActingSession, acting
from guitu.access.operations import ask
from guitu.handover import passed_matters, request_answers, window
from guitu.handover.passed_matters import Caller
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.web.demonstration_order import as_written, at_its_list
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_MARKS = uuid.UUID("b2a7c1de-7f05-4d0c-8a3c-5d2f6f0a9e11")
HOME, ELSEWHERE = "910121000000", "910103000000"
_AT_HOME = ("registered", "in_help")
_ON_FILE: tuple[tuple[str, str, str, int, str, str], ...] = (
    ("10", "COUNTER", "会一点电焊，想在镇上找个活。", 1, "", ""),
    ("1", "COUNTER", "表上的门牌号写错了，应该是十二号。", 16, "settled", "门牌号已更正。"),
    ("12", "PHONE", "上次来等了一上午，想提个意见。", 14, "", ""),
    ("6", "FAMILY", "姐姐来问，能不能不签协议。", 9, "declined", "可以不签；本人说先不签，以后想签随时来。"),
    ("9", "LETTER", "想把外省交的社保转回来。", 2, "", ""),
    ("1", "LETTER", "想改出生年份。", 20, "not_possible", "出生日期以户口登记为准，请到派出所办理。"),
)
"""Matter, channel, words, how many days ago, how it came out and the answer (empty: still open, the long ones late)."""
_IN_WORDS: tuple[tuple[str, str, str, str, int, str, str], ...] = (
    ("7", "COUNTER", "卓望平", "今晚没有地方住，老家在青榆。", 1, "", ""),
    ("12", "PHONE", "褚怀瑜", "打电话问弟弟的材料到了没有。", 12, "", ""),
    ("2", "LETTER", "郗明之", "来信要证明书的复印件。", 10, "unknown_person", "本县没有这个人，请问清户籍地再转。"),
    (
        "11",
        "FAMILY",
        "柏舟的姐姐",
        "想问法律援助怎么申请。",
        8,
        "settled",
        "已告知法律援助中心的电话和地址，随时可以来。",
    ),
)
"""Matter, channel, who comes, words, how many days ago, and how it came out (empty: still open, the long one late)."""


@dataclass(frozen=True)
class _Said:
    """What somebody said at the other counter."""

    caller: Caller
    matter: str
    channel: str
    words: str


def load(session_of: Callable[[str], ActingSession], today: date) -> int:
    """Take matters at two counters and answer some; returns how many were taken. `session_of` gives who acts."""
    home, elsewhere = session_of(HOME), session_of(ELSEWHERE)
    with at_its_list(home):
        filters = roads.Filters(states=_AT_HOME)
        at_home, _ = roads.queue("receiving", filters, now=_at(today, 0, 9), first=0, most=100)
        tasks = sorted(at_home, key=as_written)[: len(_ON_FILE) + 1]
    for place, (task, plan) in enumerate(zip(tasks, _ON_FILE, strict=False)):
        _on_file(home, task.person_id, place, plan, today)
    if tasks:
        _answered_by_sender(session_of, home, tasks[0], today)
    for place, spoken in enumerate(_IN_WORDS):
        _in_words(home, elsewhere, place, spoken, today)
    if tasks:
        _recognised(home, elsewhere, tasks[-1].person_id, today)
    return min(len(tasks), len(_ON_FILE)) + len(_IN_WORDS) + 2 * bool(tasks)


def _at(today: date, days_ago: int, hour: int) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(hour, 20), LEGAL_ZONE)


def _mark(*what: object) -> uuid.UUID:
    return uuid.uuid5(_MARKS, ":".join(str(one) for one in what))


def _on_file(
    home: ActingSession, person_id: uuid.UUID, place: int, plan: tuple[str, str, str, int, str, str], today: date
) -> None:
    matter, channel, words, days, outcome, answer = plan
    with acting(home, home.purposes[0]):
        (made,) = window.take(
            person_id,
            matters=[matter],
            channel=channel,
            words=words,
            event_id=_mark("file", place),
            at=_at(today, days, 9),
        )
        if outcome:
            request_answers.answer_request(
                person_id,
                made,
                outcome=outcome,
                words=answer,
                event_id=_mark("file", place, "answer"),
                at=_at(today, days - 2, 15),
            )


def _answered_by_sender(
    session_of: Callable[[str], ActingSession], home: ActingSession, task: roads.Task, today: date
) -> None:
    """A matter for the prison, which gave its first answer and is at work on it."""
    with acting(home, home.purposes[0]):
        with transaction.atomic():
            sender = access.unit(task.sending_unit_id)
        (made,) = window.take(
            task.person_id,
            matters=["2"],
            channel="COUNTER",
            words="证明书淋湿了，想补一份。",
            event_id=_mark("sender"),
            at=_at(today, 2, 10),
        )
    officer = session_of(sender.code)
    with acting(officer, officer.purposes[0]):
        request_answers.give_first_answer(
            task.person_id,
            made,
            words="存根找到了，后天寄到县局。",
            event_id=_mark("sender", "first"),
            at=_at(today, 2, 13),
        )


def _in_words(
    home: ActingSession,
    elsewhere: ActingSession,
    place: int,
    spoken: tuple[str, str, str, str, int, str, str],
    today: date,
) -> None:
    matter, channel, name, words, days, outcome, answer = spoken
    said = _Said(Caller(name, "0000-5550733"), matter, channel, words)
    request_id = _passed_on(elsewhere, home.unit_id, said, _mark("words", place), _at(today, days, 9))
    if not outcome and days == 1:
        with acting(home, home.purposes[0]):
            passed_matters.give_first_answer(
                request_id,
                words="今晚可以先住救助站，明早回话。",
                event_id=_mark("words", place, "first"),
                at=_at(today, days, 11),
            )
    if not outcome:
        return
    with acting(home, home.purposes[0]):
        passed_matters.answer(
            request_id,
            outcome=outcome,
            words=answer,
            event_id=_mark("words", place, "answer"),
            at=_at(today, days - 1, 11),
        )


def _recognised(home: ActingSession, elsewhere: ActingSession, person_id: uuid.UUID, today: date) -> None:
    """A matter that the number led to the right county, where the person was recognised."""
    with acting(home, home.purposes[0]), transaction.atomic(durable=True):
        ask("person:reveal", [person_id], seen=["id_doc"])
        name, number = persons.file_of(person_id).name, persons.reveal(person_id, "id_doc") or ""
    caller = Caller(name, "0000-5550788", number, document_shown=True)
    said = _Said(caller, "9", "COUNTER", "在这边打工，想问医保怎么报销。")
    request_id = _passed_on(elsewhere, home.unit_id, said, _mark("words", "known"), _at(today, 1, 9))
    with acting(home, home.purposes[0]):
        passed_matters.recognise(request_id, person_id, event_id=_mark("recognised"), at=_at(today, 1, 14))


def _passed_on(elsewhere: ActingSession, county_id: uuid.UUID, said: _Said, mark: uuid.UUID, at: datetime) -> uuid.UUID:
    with acting(elsewhere, elsewhere.purposes[0]):
        (made,) = passed_matters.take_in_words(
            said.caller,
            county_id=county_id,
            matters=[said.matter],
            channel=said.channel,
            words=said.words,
            event_id=mark,
            at=at,
        )
    return made
