"""The demonstration's letters: to two police stations, civil affairs, a court, and to who is asked to attend.

Written and answered through the operations that offices use, at moments before the first day, so that every state of a
letter stands on some desk: waiting, late, acknowledged, answered, sent back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction

from guitu.access import person_codes
from guitu.access.acting import ActingSession, acting
from guitu.access.addressees import companions_of
from guitu.access.establishing import unit_id
from guitu.exchange import letters as exchange
from guitu.handover import letter_answers, letters, steps
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rulebook.sign_in import person_sign_in
from guitu.web.demonstration_order import as_written, at_its_list
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_PRISON, _HOME = "919901000000", "910121000000"
_STATIONS = ("919938001000", "919938002000")
_CIVIL_AFFAIRS, _COURT = "919960003000", "919940004000"
_NOTICES = 14
"""How many notices to the stations; their states go round."""

Sessions = Callable[[str], ActingSession]


def load(session_of: Sessions, today: date) -> None:
    """Write and answer the letters; walking the same plan again changes nothing."""
    prison, home = session_of(_PRISON), session_of(_HOME)
    _notices(prison, session_of, today)
    _matters(home, session_of(_CIVIL_AFFAIRS), today)
    _receipts(home, session_of(_COURT), today)
    _asked(home, today)


def _at(today: date, days: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(today + timedelta(days=days), time(hour, minute), LEGAL_ZONE)


def _mark(task: roads.Task, what: str) -> uuid.UUID:
    return uuid.uuid5(task.journey_id, what)


def _tasks(session: ActingSession, side: str, states: Sequence[str], now: datetime) -> list[roads.Road]:
    """The roads in these states, in an order that nothing done on them changes."""
    with at_its_list(session):
        tasks, _total = roads.queue(side, roads.Filters(states=tuple(states)), now=now, first=0, most=200)
        found = [roads.road_by_id(task.journey_id) for task in sorted(tasks, key=as_written)]
    return [road for road in found if road is not None]


def _is_sent(session: ActingSession, road: roads.Road, kind: str) -> bool:
    """Whether an earlier walk of the plan has sent this letter."""
    letter_id = letters.letter_id(_mark(road.task, f"letter:{kind}"), 0)
    with acting(session, session.purposes[0]), transaction.atomic():
        return exchange.letter(letter_id, person_id=road.task.person_id) is not None


def _send(
    session: ActingSession, road: roads.Road, kind: str, to: Sequence[uuid.UUID], at: datetime, **by_hand: str
) -> uuid.UUID:
    """Send a letter; the id it has, which follows from its mark."""
    mark = _mark(road.task, f"letter:{kind}")
    with acting(session, session.purposes[0]):
        letters.send_letters(road.task.person_id, kind, to=to, by_hand=by_hand, event_id=mark, at=at)
    return letters.letter_id(mark, 0)


def _notices(prison: ActingSession, session_of: Sessions, today: date) -> None:
    now = _at(today, 0)
    waiting = [
        road
        for road in _tasks(prison, "sending", ("expected", "sent", "acknowledged"), now)
        if road.task.receiving_unit_id == unit_id(_HOME)
        and (road.step("police_notice").standing == "open" or _is_sent(prison, road, "police_notice"))
    ]
    for place, road in enumerate(waiting[:_NOTICES]):
        code = _STATIONS[place % 4 == 3]
        days = -13 if place % 5 == 4 else -1 - place % 4
        letter = _send(prison, road, "police_notice", [unit_id(code)], _at(today, days, 9, place))
        station = session_of(code)
        _station_answers(station, road, letter, place, _at(today, days + 1, 9, 30) if days < -1 else None)


def _station_answers(
    station: ActingSession, road: roads.Road, letter: uuid.UUID, place: int, at: datetime | None
) -> None:
    """One of several ways in which a station deals with a letter; some wait, and one of those is late."""
    person, mark = road.task.person_id, _mark(road.task, "station")
    if at is None or place % 5 == 4:
        return
    with acting(station, station.purposes[0]):
        if place % 3 == 0:
            letter_answers.receive_letter(person, letter, event_id=mark, at=at)
        elif place % 3 == 1:
            letter_answers.answer_letter(person, letter, answer="noted", day=None, words="", event_id=mark, at=at)
        else:
            reason = "本人户口已迁往柳坞镇，请发柳坞镇派出所。"
            letter_answers.return_letter(person, letter, reason=reason, event_id=mark, at=at)


def _matters(home: ActingSession, civil_affairs: ActingSession, today: date) -> None:
    """Social aid asked for by persons at home, passed to civil affairs: one answered, one refused, one waiting."""
    at_home = [
        road
        for road in _tasks(home, "receiving", ("registered", "in_help"), _at(today, 0))
        if road.step("social_aid").standing != "open" or _is_sent(home, road, "social_aid")
    ]
    for place, road in enumerate(at_home):
        if place == 3:
            return
        person = road.task.person_id
        with acting(home, home.purposes[0]):
            steps.request_step(person, step="social_aid", event_id=_mark(road.task, "aid"), at=_at(today, -4, 9, place))
        letter = _send(home, road, "social_aid", [unit_id(_CIVIL_AFFAIRS)], _at(today, -4, 11, place))
        mark, at = _mark(road.task, "civil-affairs"), _at(today, -2, 15, place)
        if place == 2:
            return
        answer, day, words = (
            ("done", at.date(), "临时救助已发放。") if place == 0 else ("not_eligible", None, "家庭收入超过标准。")
        )
        with acting(civil_affairs, civil_affairs.purposes[0]):
            letter_answers.answer_letter(person, letter, answer=answer, day=day, words=words, event_id=mark, at=at)


def _receipts(home: ActingSession, court: ActingSession, today: date) -> None:
    """The receipt for the documents of parole, to the court that decided: the first acknowledged, the next waiting."""
    waiting = [
        road
        for road in _tasks(home, "receiving", ("sent", "acknowledged"), _at(today, 0))
        if road.task.release_type in {"parole", "temporary_execution"}
    ]
    for place, road in enumerate(waiting[:2]):
        letter = _send(home, road, "documents_received", [unit_id(_COURT)], _at(today, -2, 10, place))
        if place == 0:
            with acting(court, court.purposes[0]):
                letter_answers.receive_letter(
                    road.task.person_id, letter, event_id=_mark(road.task, "court"), at=_at(today, -1, 9)
                )


def _asked(home: ActingSession, today: date) -> None:
    """Somebody of the family is asked to the pick-up and to a meeting of the group, and has a slip to sign in with."""
    coming = [
        road
        for road in _tasks(home, "receiving", ("acknowledged",), _at(today, 0))
        if road.task.release_on > today and road.task.released_at is None
    ]
    for road in sorted(coming, key=lambda road: (road.task.release_on, as_written(road.task)))[:1]:
        person, mandate = road.task.person_id, _mark(road.task, "companion")
        at = _at(today, -1, 16)
        with acting(home, home.purposes[0]):
            with transaction.atomic():
                division = persons.division_of(person)
            person_codes.record_mandate(
                person,
                mandate_id=mandate,
                division=division,
                name="温知远",
                relation="51",
                scope="ATTEND",
                document="户口簿",
                from_at=at,
                to_at=_at(road.task.release_on, 30, 0),
                at=at,
            )
            person_codes.issue_code(
                person,
                code_id=_mark(road.task, "slip"),
                division=division,
                at=at,
                rules=person_sign_in(),
                mandate_id=mandate,
            )
            with transaction.atomic():
                (post,) = (one.post_id for one in companions_of(person, at=at))
        on = f"{road.task.release_on.month}月{road.task.release_on.day}日"
        _send(home, road, "attend_meeting", [post], _at(today, -1, 16, 10), when=f"{on}16时", where="雁回镇司法所二楼")
        _send(home, road, "attend_pick_up", [post], _at(today, -1, 16, 20), when=f"{on}9时", where="桐岭监狱东门")
