"""What the offices do about a specimen: each step through the operation that an officer uses, in the specimens' units.

An office looks at the road before it acts, so that a script need not know how a road came out.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import lru_cache

from django.db import connection, transaction

from guitu.access import queries as access
from guitu.access import signing_in
from guitu.access.acting import ActingSession, acting
from guitu.access.establishing import account_id, unit_id
from guitu.exchange import queries as parcels
from guitu.handover import allotting, declining, pick_ups, releases, rulings, steps
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.prison import operations as prison
from guitu.support import operations as support
from guitu.web.generation import cast, identities
from guitu.web.generation.identities import Identity
from guitu.web.generation.scripts import Script, Step
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_HEADINGS: dict[str, str] = {
    "name": "姓名", "sex": "性别", "id_number": "身份证号", "birth_date": "出生日期", "ethnicity": "民族",
    "education": "文化程度", "marital_status": "婚姻状况", "household_division": "户籍地",
    "household_address": "户籍地址", "return_address": "拟返回地址",
    "family_contact": "家属姓名", "family_phone": "家属电话", "offence": "罪名",
    "sentence_text": "原判刑期", "sentence_from": "刑期起日", "sentence_to": "刑期止日", "prison_grade": "危险等级",
    "skills": "技能",
}  # fmt: skip
_SEX = {"1": "男", "2": "女"}


def roster(people: list[tuple[Identity, Script]]) -> bytes:
    """The roster that a prison's clerk would hand in for these people, as .csv: the same bytes every time."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow((*_HEADINGS.values(), "释放日期", "释放类型", "重点人员"))
    for who, road in people:
        shown = who.fields | {"sex": _SEX[who.fields["sex"]]}
        cells = [shown.get(code, "") for code in _HEADINGS]
        sheet.writerow((*cells, road.release_on.isoformat(), road.release_word, road.key_word))
    return text.getvalue().encode("utf-8-sig")


def intake(people: list[tuple[Identity, Script]], *, sender: str, at: datetime) -> None:
    """Take these people in from a roster of the unit with the code `sender`. Raises RuntimeError if one is left out."""
    with at_work(sender):
        taken = prison.import_roster(
            roster(people), file_name="释放名册.csv", today=at.astimezone(LEGAL_ZONE).date(), at=at
        )
    left = len(people) - len(taken.comparison.new)
    if left:
        raise RuntimeError(f"{left} of {len(people)} generated people were not taken in")


def sender_of(road: Script, around: cast.Cast) -> str:
    """The code of the unit from which this person is released."""
    return around.codes[1] if road.release_word == "看守所释放" else around.codes[0]


@lru_cache(maxsize=64)
def _session(unit: str, _database: str) -> ActingSession:
    post = cast.posts()[unit][0]
    token = signing_in.mint(account_id(post.login), cast.id_of(post), lasts=timedelta(hours=6))
    found = access.session_of(token)
    if found is None:
        raise RuntimeError(f"nobody can act for {unit}")
    return found


def at_work(unit: str) -> AbstractContextManager[object]:
    """Act as the first post of the unit with this code. Raises RuntimeError where it has nobody who could."""
    held = _session(unit, str(connection.settings_dict["NAME"]))
    return acting(held, held.purposes[0])


@dataclass
class Walk:
    """One specimen on the road, and what the offices do about it; an office looks at the road before it acts."""

    who: Identity
    road: Script
    person_id: uuid.UUID = field(default=uuid.UUID(int=0))
    ruled_to: str = ""

    @property
    def _sender(self) -> str:
        return sender_of(self.road, self.who.cast)

    def _county(self) -> str:
        """The county that receives now: another one after a ruling."""
        return self.ruled_to or self.who.cast.county

    def _look(self, unit: str) -> roads.Road | None:
        with at_work(unit), transaction.atomic():
            return roads.road_of(self.person_id, named="")

    def _stands(self, unit: str, *states: str) -> bool:
        found = self._look(unit)
        return found is not None and found.task.state in states

    def _open(self, unit: str, step: str) -> bool:
        found = self._look(unit)
        return found is not None and any(one.definition.id == step and one.standing == "open" for one in found.steps)

    def take(self, step: Step) -> None:
        """Do what the script says for this moment, if the road has come so far."""
        done: Callable[..., None] = getattr(self, f"_{step.verb}")
        done(step.at, *step.words)

    def _intake(self, at: datetime) -> None:
        intake([(self.who, self.road)], sender=self._sender, at=at)
        with at_work(self._sender), transaction.atomic():
            number = self.who.fields["id_number"]
            self.person_id = prison.persons_by_number([number])[number]

    def _question(self, at: datetime, kind: str) -> None:
        """A further roster row that only a human can tell from this person. Raises RuntimeError if none is asked."""
        asking = self._sender
        if kind == "elsewhere":
            asking = next(code for code in self.who.cast.codes[:2] if code != self._sender)
        other = replace(self.who, fields=identities.likeness(kind, self.who.fields))
        with at_work(asking):
            taken = prison.import_roster(
                roster([(other, self.road)]), file_name="释放名册.csv", today=at.astimezone(LEGAL_ZONE).date(), at=at
            )
        if not taken.comparison.asked:
            raise RuntimeError(f"the row like specimen {self.road.index} ({kind}) is not asked about")

    def _ask_verification(self, at: datetime) -> None:
        if self._open(self._sender, "verification_ask"):
            with at_work(self._sender):
                steps.ask_verification(self.person_id, event_id=uuid.uuid4(), at=at)

    def _verify(self, at: datetime) -> None:
        self._say(self.who.cast.county, "verification", "confirmed", at)

    def _say(self, unit: str, step: str, outcome: str, at: datetime, note: str = "") -> None:
        """Answer a step that a word answers. Raises StepNotOpen for an answer that has a form of its own."""
        if self._open(unit, step):
            with at_work(unit):
                steps.answer_step(self.person_id, step=step, outcome=outcome, note=note, event_id=uuid.uuid4(), at=at)

    def _answer(self, at: datetime, step: str, outcome: str) -> None:
        self._say(self._sender, step, outcome, at)

    def _note_effective(self, at: datetime) -> None:
        if self._stands(self._sender, "expected", "sent", "acknowledged"):
            with at_work(self._sender):
                steps.note_effective(self.person_id, self.road.release_on, event_id=uuid.uuid4(), at=at)

    def _send(self, at: datetime) -> None:
        if self._stands(self._sender, "expected", "refused"):
            with at_work(self._sender):
                handover.send_dossier(self.person_id, sending=uuid.uuid4(), at=at)

    def _parcel(self, county: str) -> parcels.ParcelView | None:
        road = self._look(county)
        if road is None or road.task.state != "sent":
            return None
        with at_work(county), transaction.atomic():
            return parcels.open_parcel(road.task.journey_id)

    def _acknowledge(self, at: datetime) -> None:
        county = self._county()
        parcel = self._parcel(county)
        if parcel is not None:
            with at_work(county):
                handover.acknowledge_dossier(self.person_id, parcel_id=parcel.id, at=at)

    def _refuse(self, at: datetime) -> None:
        county = self._county()
        parcel = self._parcel(county)
        if parcel is not None:
            with at_work(county):
                handover.refuse_dossier(
                    self.person_id, parcel_id=parcel.id, ground="WRONG_RESIDENCE", remark="户籍已迁出本县。", at=at
                )

    def _contest(self, at: datetime) -> None:
        if self._stands(self._sender, "refused"):
            with at_work(self._sender):
                rulings.contest_refusal(self.person_id, reasons="本人一直住在该县。", event_id=uuid.uuid4(), at=at)

    def _rule(self, at: datetime) -> None:
        city_rules = self._sender == self.who.cast.codes[1]
        superior = self.who.cast.codes[5] if city_rules else self.who.cast.codes[6]
        if self._stands(superior, "contested"):
            with at_work(superior):
                rulings.rule(
                    self.person_id,
                    outcome="RECEIVER",
                    unit_id=unit_id(self.who.cast.codes[3]),
                    reasons="现户籍在该县，由其接收。",
                    event_id=uuid.uuid4(),
                    at=at,
                )
            self.ruled_to = self.who.cast.codes[3]

    def _allot(self, at: datetime) -> None:
        county = self._county()
        if county == self.who.cast.county and self._stands(county, "acknowledged"):
            with at_work(county):
                allotting.allot(
                    self.person_id,
                    local_unit_id=unit_id(self.who.cast.codes[4]),
                    worker_post_id=None,
                    event_id=uuid.uuid4(),
                    at=at,
                )

    def _plan_pick_up(self, at: datetime) -> None:
        county = self._county()
        if self._open(county, "pick_up"):
            leaves = datetime.combine(self.road.release_on, time(9), LEGAL_ZONE)
            plan = pick_ups.Plan(
                place="监所门口",
                leaves_at=leaves,
                arrival_at=leaves + timedelta(hours=6),
                sender_name="值班民警",
                sender_phone="0000-5550101",
                receiver_name="接回人员",
                receiver_phone="0000-5550102",
                transport="OFFICE_CAR",
                medication_days=None,
                has_id_card=True,
                has_phone=False,
                money_cents=52_000,
                contacts="家属 0000-5550103",
            )
            with at_work(county):
                pick_ups.plan_pick_up(self.person_id, plan, event_id=uuid.uuid4(), at=at)

    def _decline_pick_up(self, at: datetime) -> None:
        county = self._county()
        if self._open(county, "pick_up"):
            with at_work(county):
                declining.decline_pick_up(
                    self.person_id, words="家里人来接", spoken_by="SELF", event_id=uuid.uuid4(), at=at
                )

    def _release(self, at: datetime) -> None:
        road = self._look(self._sender)
        if road is not None and road.task.released_at is None:
            with at_work(self._sender):
                releases.release_person(
                    self.person_id, certificate=f"释字{self.who.index:06d}号", event_id=uuid.uuid4(), at=at
                )

    def _meet(self, at: datetime) -> None:
        county = self._county()
        if self._open(self._sender, "gate_handover"):
            with at_work(self._sender):
                pick_ups.confirm_hand_over(self.person_id, event_id=uuid.uuid4(), at=at)
        if self._open(county, "arrival"):
            with at_work(county):
                pick_ups.confirm_hand_over(self.person_id, event_id=uuid.uuid4(), at=at)

    def _miss(self, at: datetime) -> None:
        county = self._county()
        self._say(self._sender, "gate_handover", "own_way", at)
        self._say(county, "arrival", "not_met", at)
        self._say(county, "welfare_call", "reached", at + timedelta(minutes=40))

    def _register(self, at: datetime) -> None:
        county = self._county()
        if self._stands(county, "acknowledged"):
            with at_work(county):
                handover.register_return(self.person_id, event_id=uuid.uuid4(), at=at)

    def _agree(self, at: datetime) -> None:
        county = self._county()
        if self._stands(county, "registered"):
            with at_work(county):
                support.agree_on_help(
                    self.person_id,
                    on=at.astimezone(LEGAL_ZONE).date(),
                    wishes="学习技能，找一份工作",
                    contacts="家属 0000-5550103",
                    spoken_by="SELF",
                    event_id=uuid.uuid4(),
                    at=at,
                )

    def _decline_help(self, at: datetime) -> None:
        county = self._county()
        if self._stands(county, "registered"):
            with at_work(county):
                support.decline_help(self.person_id, spoken_by="SELF", event_id=uuid.uuid4(), at=at)

    def _place(self, at: datetime) -> None:
        county = self._county()
        if self._open(county, "placement"):
            with at_work(county):
                support.place(
                    self.person_id,
                    kind="transitional_home",
                    place="过渡性安置基地",
                    on=at.astimezone(LEGAL_ZONE).date(),
                    event_id=uuid.uuid4(),
                    at=at,
                )

    def _visit(self, at: datetime) -> None:
        county = self._county()
        if self._open(county, "follow_up"):
            with at_work(county):
                support.record_visit(
                    self.person_id, outcome="visited", needs=(), note="生活稳定。", event_id=uuid.uuid4(), at=at
                )
