"""The partners of the demonstration: what they offer, and people referred to them in every state a referral can be in.

Every step passes through the operation that a desk uses, at its own moment before the first day, with a mark of its
own, so that walking the same plan again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from guitu.access.acting import ActingSession, acting
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.support import offers, policy, referrals
from guitu.support.policy import OfferWords, Particulars, Word
from guitu.web.demonstration_order import as_written, at_its_list
from guitu.web.invented_names import COMPOUND, SURNAMES
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_MARKS = uuid.UUID("6f1de7a0-5b3c-4a51-9d0e-9a7f4d1c2b60")
FARM, SOCIETY, BASE = "919990002000", "919980001000", "919990001000"
_COUNTY_OF = {FARM: "910121000000", SOCIETY: "910102000000", BASE: "910122000000"}
_OFFERS: tuple[tuple[str, str, str, int, str, str, str], ...] = (
    (
        FARM,
        "JOB",
        "大棚种植工",
        8,
        "包吃住，月工资四千二百元，缴社保；不要求经验，早上六点上工。",
        "贺长庚",
        "0000-5550719",
    ),
    (FARM, "TRAINING", "果树嫁接培训班", 12, "四周，每周六、日；结业发证，交通费报销。", "贺长庚", "0000-5550719"),
    (FARM, "MATERIAL", "开春农具和种子", 5, "自家有地的，可以领一套，不用还。", "贺长庚", "0000-5550719"),
    (SOCIETY, "COUNSELLING", "家庭关系辅导", 6, "一对一，晚上和周末也可以约；不收费。", "容知秋", "0000-5550704"),
    (SOCIETY, "STUDY", "成人高中助学", 3, "补书本费和报名费，到毕业为止。", "容知秋", "0000-5550704"),
    (BASE, "LODGING", "过渡单间", 4, "最长住六个月，自己做饭；离汽修厂和菜市场走路十分钟。", "祁望", "0000-5550716"),
)
"""Partner, kind, title, places, conditions, contact and telephone of each offer."""
_SKILLS = ("电焊，有中级证", "", "会做家常菜", "缝纫")
_STORIES: tuple[tuple[str, ...], ...] = (
    (policy.TAKEN_ON, policy.STARTED),
    (),
    (policy.TAKEN_ON,),
    (policy.NOT_TAKEN,),
    (policy.TAKEN_ON, policy.STARTED, policy.ENDED),
    (policy.WITHDRAWN,),
    (),
)
"""What came of each referral, one after the other; an empty story waits, the first of them too long."""


def load(session_of: Callable[[str], ActingSession], partner_of: Callable[[str], ActingSession], today: date) -> int:
    """Publish the offers and refer people of three counties; returns how many were referred.

    `session_of` and `partner_of` give who acts for an office and for a partner unit.
    """
    partners = {code: partner_of(code) for code in _COUNTY_OF}
    for place, (code, *_words) in enumerate(_OFFERS):
        with acting(partners[code], partners[code].purposes[0]):
            offers.publish_offer(_offer(place, today), event_id=_offer_id(place), at=_at(today, -30, 9))
    made = 0
    for code, county in _COUNTY_OF.items():
        made += _refer(session_of(county), partners[code], code, today)
    return made


def _offer_id(place: int) -> uuid.UUID:
    return uuid.uuid5(_MARKS, f"offer:{place}")


def _offer(place: int, today: date) -> OfferWords:
    code, kind, title, places, conditions, contact, phone = _OFFERS[place]
    return OfferWords(
        kind=kind,
        title=title,
        places=places,
        place_division=_COUNTY_OF[code],
        from_on=today - timedelta(days=30),
        to_on=today + timedelta(days=150) if kind == "TRAINING" else None,
        conditions=conditions,
        contact_name=contact,
        contact_phone=phone,
    )


def _at(today: date, days: int, hour: int) -> datetime:
    return datetime.combine(today + timedelta(days=days), time(hour, 15), LEGAL_ZONE)


def _refer(officer: ActingSession, partner: ActingSession, code: str, today: date) -> int:
    """Refer people of one county, one after the other, to the partner's first offer.

    Their order follows from who they are and not from what was done since, so that a second walk meets the same ones.
    """
    place = next(number for number, offer in enumerate(_OFFERS) if offer[0] == code)
    stories = _STORIES if code == FARM else _STORIES[1:3]
    with at_its_list(officer):
        wanted = roads.Filters(states=("in_help", "registered", "acknowledged"))
        tasks, _ = roads.queue("receiving", wanted, now=_at(today, 0, 0), first=0, most=100)
        tasks.sort(key=lambda task: (task.state == "acknowledged", as_written(task)))
        people = tasks[: len(stories)]
        names = persons.heads_of([task.person_id for task in people])
    for number, (task, story) in enumerate(zip(people, stories, strict=False)):
        mark = uuid.uuid5(_offer_id(place), str(task.person_id))
        # The second waits longer than a partner may take; the last one was referred yesterday.
        begun = -1 if number == len(stories) - 1 else -12 + number
        file = names[task.person_id]
        with acting(officer, officer.purposes[0]):
            referrals.refer(
                task.person_id,
                offer_id=_offer_id(place),
                told=Particulars(
                    _called(file.name, woman=file.sex == "2"),
                    f"0000-5551{number:03d}",
                    _SKILLS[number % len(_SKILLS)],
                ),
                word=Word("SELF", file.name, "IN_PERSON", _at(today, begun, 9)),
                event_id=mark,
                at=_at(today, begun, 10),
            )
        _answer(officer, partner, task.person_id, mark, story=story, begun=begun, today=today)
    return len(people)


def _called(name: str, *, woman: bool) -> str:
    """How one speaks to somebody: by the surname, also of two signs; by the own name where it stands first."""
    own, dot, _ = name.partition("·")
    surname = max((one for one in (*SURNAMES, *COMPOUND) if name.startswith(one)), key=len, default=name[0])
    return (own if dot else surname) + ("女士" if woman else "先生")


def _answer(
    officer: ActingSession,
    partner: ActingSession,
    person_id: uuid.UUID,
    mark: uuid.UUID,
    *,
    story: tuple[str, ...],
    begun: int,
    today: date,
) -> None:
    for later, state in enumerate(story, start=1):
        at = _at(today, min(begun + 2 * later, -1), 11)
        event = uuid.uuid5(mark, state)
        if state == policy.WITHDRAWN:
            with acting(officer, officer.purposes[0]):
                referrals.withdraw_consent_for(person_id, mark, event_id=event, at=at)
            continue
        with acting(partner, partner.purposes[0]):
            referrals.answer_referral(
                person_id,
                mark,
                state=state,
                reason="TIMES" if state == policy.NOT_TAKEN else "",
                words="上工时间和本人照顾母亲的时间冲突，秋后有白班再联系。" if state == policy.NOT_TAKEN else "",
                on=at.date() if state in {policy.STARTED, policy.ENDED} else None,
                event_id=event,
                at=at,
            )
