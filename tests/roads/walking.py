"""One person's road walked through operations by the offices themselves, with a moving clock."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.exchange import queries as parcels
from guitu.handover import allotting, declining, pick_ups, releases, rulings, steps
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.prison import assessing, needs
from guitu.prison import operations as prison
from guitu.support import operations as support
from tests.factories import rosters

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RELEASE = date(2026, 6, 15)


def day(on: date, hour: int = 10) -> datetime:
    """An hour of a legal day in Shanghai, as an aware moment."""
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC) - timedelta(hours=8)


def plan(**changed) -> pick_ups.Plan:
    """A complete plan for the day of release."""
    values = {
        "place": "桐岭监狱东门",
        "leaves_at": day(RELEASE, 9),
        "arrival_at": day(RELEASE, 15),
        "sender_name": "侯知白",
        "sender_phone": "0000-5550101",
        "receiver_name": "林知遥",
        "receiver_phone": "0000-5550102",
        "transport": "OFFICE_CAR",
        "medication_days": None,
        "has_id_card": True,
        "has_phone": False,
        "money_cents": 52_000,
        "contacts": "陈望山（父）0000-5550103",
    }
    return pick_ups.Plan(**{**values, **changed})


def findings(**changed) -> needs.Findings:
    """A complete assessment of somebody with a home, work to look for, and a will to be helped."""
    values = {
        "housing": "FAMILY",
        "work": "SKILLED",
        "documents": "IN_HAND",
        "health": "NONE",
        "medication": "",
        "family": "IN_TOUCH",
        "attitude": "WANTS",
        "pick_up": "BY_FAMILY",
        "reasons": "家庭接纳，改造平稳；刑期内无违规",
        "advice": "帮助找工作",
    }
    return needs.Findings(**{**values, **changed})


@contextmanager
def ticking():
    """Act as the machine post on a connection of guitu_job, as the tick's own process does."""
    settings = connection.settings_dict
    connection.close()
    settings["USER"] = "guitu_job"
    try:
        session = queries.session_of(signing_in.mint_tick(lasts=timedelta(minutes=5)))
        with acting(session, "CLOCK"):
            yield
    finally:
        connection.close()
        settings["USER"] = "guitu_app"


class Walk:
    """A person taken in from a roster, and what the offices do about them."""

    def __init__(self, house, *, release=RELEASE, at=AT, login="prison", **row) -> None:
        self.house = house
        with house.acting(login):
            prison.import_roster(
                rosters.workbook(rosters.row("陈柏舟", release=release, **row)),
                file_name="名册.xlsx",
                today=at.date(),
                at=at,
            )
            with transaction.atomic():
                tasks, _ = roads.queue("sending", roads.Filters(), now=at, first=0, most=2)
        self.person = tasks[0].person_id

    def road(self, login="province"):
        """The road as a post sees it."""
        with self.house.acting(login), transaction.atomic():
            return roads.road_of(self.person)

    def road_id(self):
        return roads.road_of(self.person).task.journey_id

    def state(self):
        return self.road().task.state

    def step(self, step_id):
        return self.road().step(step_id)

    def open_steps(self):
        return {step.definition.id for step in self.road().steps if step.standing == "open"}

    def responsible(self):
        with self.house.acting("province"), transaction.atomic():
            return persons.head_of(self.person).responsible_unit_id

    def answer(self, login, step, outcome, at, note=""):
        with self.house.acting(login):
            steps.answer_step(self.person, step=step, outcome=outcome, note=note, event_id=uuid.uuid4(), at=at)

    def assess(self, at, login="prison", mark=None, **changed):
        with self.house.acting(login):
            return assessing.assess(self.person, findings(**changed), event_id=mark or uuid.uuid4(), at=at)

    def ask_verification(self, at):
        with self.house.acting("prison"):
            steps.ask_verification(self.person, event_id=uuid.uuid4(), at=at)

    def send(self, at, login="prison"):
        with self.house.acting(login):
            return handover.send_dossier(self.person, sending=uuid.uuid4(), at=at)

    def parcel(self, login):
        with self.house.acting(login), transaction.atomic():
            return parcels.open_parcel(roads.road_of(self.person).task.journey_id)

    def acknowledge(self, at, login="county"):
        parcel = self.parcel(login)
        with self.house.acting(login):
            handover.acknowledge_dossier(self.person, parcel_id=parcel.id, at=at)

    def refuse(self, at, login="county", ground="WRONG_RESIDENCE"):
        parcel = self.parcel(login)
        with self.house.acting(login):
            handover.refuse_dossier(self.person, parcel_id=parcel.id, ground=ground, remark="户籍已迁出", at=at)

    def plan_pick_up(self, at, **changed):
        with self.house.acting("county"):
            pick_ups.plan_pick_up(self.person, plan(**changed), event_id=uuid.uuid4(), at=at)

    def decline_pick_up(self, at, login="county", words="", spoken_by="SELF", mark=None):
        with self.house.acting(login):
            declining.decline_pick_up(
                self.person, words=words, spoken_by=spoken_by, event_id=mark or uuid.uuid4(), at=at
            )

    def release(self, at, login="prison"):
        with self.house.acting(login):
            releases.release_person(self.person, certificate="桐释字0001", event_id=uuid.uuid4(), at=at)

    def confirm(self, login, at):
        with self.house.acting(login):
            pick_ups.confirm_hand_over(self.person, event_id=uuid.uuid4(), at=at)

    def register(self, at, login="county"):
        with self.house.acting(login):
            handover.register_return(self.person, event_id=uuid.uuid4(), at=at)

    def agree(self, on, login="county"):
        with self.house.acting(login):
            support.agree_on_help(
                self.person,
                on=on,
                wishes="愿意学习厨艺",
                contacts="陈望山（父）",
                spoken_by="SELF",
                event_id=uuid.uuid4(),
                at=day(on),
            )

    def allot(self, at, *, unit, post=None):
        with self.house.acting("county"):
            allotting.allot(self.person, local_unit_id=unit, worker_post_id=post, event_id=uuid.uuid4(), at=at)

    def contest(self, at):
        with self.house.acting("prison"):
            rulings.contest_refusal(self.person, reasons="本人一直住在本县", event_id=uuid.uuid4(), at=at)

    def tick(self, at):
        with ticking():
            parts = (
                releases.release_by_time,
                releases.pass_responsibility_at_release,
                rulings.open_lapsed_disputes,
                support.end_terms,
            )
            done = [part(at=at, most=50) for part in parts]
        assert [left for _, left in done] == [[], [], [], []]
        return tuple(number for number, _ in done)


def before(days: int, hour: int = 10) -> datetime:
    return day(RELEASE - timedelta(days=days), hour)


def after(days: int, hour: int = 10) -> datetime:
    return day(RELEASE + timedelta(days=days), hour)


def received(walk: Walk) -> Walk:
    """Sent and acknowledged five weeks before release."""
    walk.send(before(40))
    walk.acknowledge(before(39))
    return walk


def home(walk: Walk) -> Walk:
    """Released with the certificate and registered the day after."""
    walk.release(after(0))
    walk.register(after(1))
    return walk
