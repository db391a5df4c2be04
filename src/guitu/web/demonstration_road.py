"""How the invented people go on: steps before release, pick-ups, releases, help agreed or declined, disputes, ends.

Each step passes through the operation that an office uses, at its own moment before the first day, and each has a mark
made from the person and the step, so that walking the same plan again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from guitu.access import queries as access
from guitu.access.acting import ActingSession, acting
from guitu.handover import allotting, ends, pick_ups, releases, rulings, steps
from guitu.handover.policy import CAME, has_its_own_form
from guitu.journeys import queries as roads
from guitu.prison.assessing import assess
from guitu.prison.needs import Findings
from guitu.support import operations as support
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_NEEDS = (("housing",), ("income", "documents"), ("work",), ("health",), ())
_NOTES = (
    "和父亲同住，家里有两间房，暂时不急着搬。想先把身份证补上，再去镇上的汽修厂问问。",
    "电话里说这周在工地，晚上才回。约好周六上午见面，母亲也在。",
    "见到了，精神还好。低保材料缺收入证明，下周二一起去村委会开。",
)


@dataclass(frozen=True)
class Walker:
    """One invented person on the road: the place in the roster, whose desks act, and the first day."""

    person_id: uuid.UUID
    place: int
    release_on: date
    parole: bool
    sender: ActingSession
    receiver: ActingSession
    today: date

    @property
    def days(self) -> int:
        """Days until the release; negative once it is past."""
        return (self.release_on - self.today).days

    def mark(self, what: str) -> uuid.UUID:
        """The mark of this step of this person: the same on every walk."""
        return uuid.uuid5(self.person_id, what)

    def at(self, days: int, hour: int = 10) -> datetime:
        """An hour of a day counted from the first day, aware."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, self.place % 60), LEGAL_ZONE)

    def on_release(self, days: int, hour: int = 10) -> datetime:
        """An hour of a day counted from the release, aware."""
        return self.at(self.days + days, hour)

    def answer(self, who: ActingSession, step: str, outcome: str, at: datetime) -> None:
        """Answer a step if it is open and this answer needs no more than a word."""
        if has_its_own_form(step, outcome):
            return
        with acting(who, who.purposes[0]):
            with transaction.atomic():
                road = roads.road_of(self.person_id, named="")
            if road is None or road.step(step).standing != "open" or at > self.at(0):
                return
            mark = self.mark(f"{step}:{outcome}")
            steps.answer_step(self.person_id, step=step, outcome=outcome, event_id=mark, at=at)


def before_release(one: Walker, imported_on: date) -> None:
    """The prison's own steps: asked, educated, assessed, notified; some are left open and are late."""
    begun = (imported_on - one.today).days
    if one.place % 5 != 4:
        with acting(one.sender, one.sender.purposes[0]):
            steps.ask_verification(one.person_id, event_id=one.mark("ask"), at=one.at(begun + 3))
        one.answer(one.receiver, "verification", "confirmed", one.at(begun + 6))
    if one.place % 9 != 2:
        one.answer(one.sender, "education", "begun", one.at(min(max(one.days - 93, begun + 4), -1)))
    if one.place % 7 != 3 and one.days < 64:
        assessed(one, one.at(min(max(one.days - 62, begun + 5), -1)))
    if one.place % 11 != 7 and one.days < 40:
        one.answer(one.sender, "police_notice", "notified", one.at(min(max(one.days - 35, begun + 7), -1), 11))
    if one.place % 21 == 9 and one.days > 44:
        with acting(one.sender, one.sender.purposes[0]):
            rulings.lose_receiver(one.person_id, event_id=one.mark("lost"), at=one.at(-1 - 3 * (one.place % 2)))


def assessed(one: Walker, at: datetime) -> None:
    """The prison's assessment, if its step is open: needs that differ from one person to the next."""
    with acting(one.sender, one.sender.purposes[0]):
        with transaction.atomic():
            road = roads.road_of(one.person_id, named="")
        if road is None or road.step("assessment").standing != "open" or at > one.at(0):
            return
        alone = one.place % 6 == 5
        found = Findings(
            housing="NONE" if alone else ("FAMILY", "OWN", "RENTED")[one.place % 3],
            work=("SKILLED", "NONE", "PROMISED", "UNKNOWN")[one.place % 4],
            documents="LOST" if one.place % 5 == 2 else "IN_HAND",
            health="CARE" if one.place % 8 == 4 else "NONE",
            medication="降压药，随身七天" if one.place % 8 == 4 else "",
            family="LITTLE" if alone else "IN_TOUCH",
            attitude=("WANTS", "UNDECIDED")[one.place % 2],
            pick_up="AT_THE_GATE" if alone else "BY_FAMILY",
            reasons="有利：改造期间守纪，学会一门手艺。不利：原来的圈子还在。",
            advice="先落实身份证和住处，再联系镇上的用工单位。",
            statement="想回去把手艺做起来。",
            spoken_by="SELF",
        )
        assess(one.person_id, found, event_id=one.mark("assessed"), at=at)


def dispute(one: Walker, session_of: Callable[[str], ActingSession]) -> None:
    """A refusal contested, and in one case ruled on by the common superior."""
    with acting(one.sender, one.sender.purposes[0]):
        reasons = "本人户籍和家属都在贵县，迁出登记是同名的另一个人；附派出所证明。"
        mark = one.mark("contest")
        rulings.contest_refusal(one.person_id, reasons=reasons, event_id=mark, at=one.at(-2))
        with transaction.atomic():
            road = roads.road_of(one.person_id, named="")
            superior = access.unit(road.task.superior_unit_id) if road and road.task.superior_unit_id else None
    if superior is None or road is None or one.place % 24 != 18:
        return
    judge = session_of(superior.code)
    with acting(judge, judge.purposes[0]):
        rulings.rule(
            one.person_id,
            outcome="RECEIVER",
            unit_id=road.task.receiving_unit_id,
            reasons="户籍证明已核对，本人户籍在该县。",
            event_id=one.mark("rule"),
            at=one.at(-1, 16),
        )


def after_acknowledgement(one: Walker, offices: list[access.Office]) -> None:
    """Allotment, the day of release, and what came of it."""
    county = one.receiver
    at_home = one.days < 0
    if offices and (at_home or one.place % 4 != 3):
        office = offices[min(1, len(offices) - 1) if at_home else one.place % min(len(offices), 3)]
        worker = office.posts[-1][0] if office.posts and (at_home or one.place % 2) else None
        allotted = one.at(min(one.days - 25, -1), 15)
        with acting(county, county.purposes[0]):
            allotting.allot(
                one.person_id,
                local_unit_id=office.unit.id,
                worker_post_id=worker,
                event_id=one.mark("allot"),
                at=max(allotted, one.at(-20, 15)) if one.days > 0 else allotted,
            )
    if one.days < 12 and one.place % 5 != 1:
        _plan_pick_up(one)
    if one.days < 0:
        _release(one)


def _plan_pick_up(one: Walker) -> None:
    planned = pick_ups.Plan(
        place="县政务中心",
        leaves_at=one.on_release(0, 9),
        arrival_at=one.on_release(0, 14),
        sender_name=one.sender.account_name,
        sender_phone="0000-5550101",
        receiver_name=one.receiver.account_name,
        receiver_phone="0000-5550126",
        transport="OFFICE_CAR" if one.place % 2 else "COACH",
        medication_days=5 if one.place % 6 == 0 else None,
        has_id_card=bool(one.place % 3),
        has_phone=False,
        money_cents=48_600 + 100 * one.place,
        contacts="姐姐 0000-5550777",
    )
    with acting(one.receiver, one.receiver.purposes[0]):
        moment = one.at(min(one.days - 11, -1), 16)
        pick_ups.plan_pick_up(one.person_id, planned, event_id=one.mark("pick-up"), at=moment)


def _release(one: Walker) -> None:
    if one.parole:
        with acting(one.sender, one.sender.purposes[0]):
            steps.note_effective(one.person_id, one.release_on, event_id=one.mark("effect"), at=one.on_release(0, 8))
    if one.place % 3:
        number = f"释证〔{one.release_on.year}〕{1000 + one.place}号"
        with acting(one.sender, one.sender.purposes[0]):
            releases.release_person(
                one.person_id, certificate=number, event_id=one.mark("release"), at=one.on_release(0, 9)
            )
    with acting(one.sender, one.sender.purposes[0]):
        with transaction.atomic():
            road = roads.road_of(one.person_id, named="")
        if road is not None and road.step("gate_handover").standing == "open" and one.place % 4 != 2:
            pick_ups.confirm_hand_over(one.person_id, event_id=one.mark("gate"), at=one.on_release(0, 9))
    outcome = "own_way" if one.place % 4 == 2 else "not_met" if one.place % 13 == 8 else ""
    if outcome:
        one.answer(one.receiver, "arrival", outcome, one.on_release(0, 15))
    elif one.place % 5 != 1:
        with acting(one.receiver, one.receiver.purposes[0]):
            pick_ups.confirm_hand_over(one.person_id, event_id=one.mark("met"), at=one.on_release(0, 15))


def after_registration(one: Walker) -> None:
    """Help agreed, with its first follow-up where it is due; declined; or ended early."""
    county = one.receiver
    with acting(county, county.purposes[0]):
        if one.place % 20 == 19:
            ends.note_detention(
                one.person_id, source="拘留通知书〔2026〕31号", event_id=one.mark("end"), at=one.at(-1, 17)
            )
        elif one.days < -29:
            _agree(one)
        elif one.place % 5 == 4:
            support.decline_help(one.person_id, spoken_by="SELF", event_id=one.mark("no"), at=one.at(-1, 11))
        elif one.place % 5 != 3:
            _agree(one)


def _agree(one: Walker) -> None:
    agreed = min(one.release_on + timedelta(days=4 + one.place % 3), one.today - timedelta(days=1))
    moment = max(datetime.combine(agreed, time(15, 30), LEGAL_ZONE), one.on_release(7, 15))
    if moment > one.at(0, 8):
        moment = one.at(-1, 18)
    support.agree_on_help(
        one.person_id,
        on=agreed,
        wishes="想学一门手艺；先把身份证补上。",
        contacts="姐姐 0000-5550777",
        spoken_by="SELF",
        event_id=one.mark("agree"),
        at=moment,
    )
    if one.days < -33 and one.place % 2:
        support.record_visit(
            one.person_id,
            outcome="visited" if one.place % 3 else "called",
            needs=_NEEDS[one.place % len(_NEEDS)],
            note=_NOTES[one.place % len(_NOTES)],
            event_id=one.mark("visit"),
            at=one.at(-1, 16),
        )


def not_arrived(one: Walker) -> None:
    """Nobody came: the door stays open."""
    if one.place % 3 == 0 or one.days > -8:
        return
    with acting(one.receiver, one.receiver.purposes[0]), transaction.atomic():
        road = roads.road_of(one.person_id, named="")
    came = road.step("arrival").answer if road is not None else None
    if came is not None and came.outcome in CAME:
        return
    with acting(one.receiver, one.receiver.purposes[0]):
        source = "按约定电话联系姐姐两次，本人知道可以随时来。"
        ends.note_not_arrived(one.person_id, source=source, event_id=one.mark("open"), at=one.at(-1, 9))
