"""Fills a demonstration with people, as guitu_app, through rosters and operations; may be interrupted and run again.

``python -m guitu.web.demonstration_people 2026-11-22`` is run by guitu.web.prepare. Every person's plan follows from
that first day, which the installation keeps, and a fixed seed; a step that was taken already is not taken again.
"""

from __future__ import annotations

import io
import os
import random
import sys
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

os.environ["GUITU_ROLE"] = "app"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

from django.db import transaction
from openpyxl import Workbook  # type: ignore[import-untyped]

from guitu.access import operations as asking
from guitu.access import person_codes, signing_in
from guitu.access import queries as access
from guitu.access.acting import ActingSession, acting
from guitu.access.establishing import account_id, post_id
from guitu.exchange import queries as parcels
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.notices import operations as notices
from guitu.notices import queries as told
from guitu.people import queries as persons
from guitu.people.identity_numbers import check_digit
from guitu.prison import operations as prison
from guitu.rulebook.sign_in import person_sign_in
from guitu.web import demonstration
from guitu.web import demonstration_evaluation as evaluation
from guitu.web import demonstration_impact as impact
from guitu.web import demonstration_letters as letters
from guitu.web import demonstration_partners as partners
from guitu.web import demonstration_rights as rights
from guitu.web import demonstration_road as further
from guitu.web import demonstration_window as at_the_window
from guitu.web.demonstration_order import as_written, at_its_list
from guitu.web.invented_names import OFFENCES, SURNAMES
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_GIVEN = [
    "柏舟",
    "以宁",
    "砚秋",
    "岳清",
    "若笙",
    "既明",
    "星野",
    "望川",
    "归远",
    "思齐",
    "云起",
    "怀谷",
    "听澜",
    "知夏",
    "长青",
    "晓棠",
    "之行",
    "南乔",
    "亦可",
    "松涛",
    "雨时",
    "立冬",
    "鸣谦",
    "清和",
    "远山",
]
_SPECIAL = ("阿尔斯兰·吐尔逊江·买买提依明", "龙䶮", "欧阳颀", "司马青衫")
_HEADINGS = (
    "序号",
    "罪犯姓名",
    "性别",
    "公民身份号码",
    "户籍地",
    "户籍地址",
    "罪名",
    "原判刑期",
    "刑期起日",
    "止刑日",
    "释放类型",
    "重点人员",
    "联系电话",
    "技能",
)
_IMPORTED_BEFORE = 75
"""How many days before the first day the rosters were taken in."""


_ASSESSED_BEFORE, _PROVINCE = 90, "910000000000"
"""How many days before the first day the sensitive features were assessed, and where."""


@dataclass(frozen=True)
class Plan:
    """One invented person: the roster row, and when which steps of the road were taken before the first day."""

    row: tuple[object, ...]
    number: str
    steps_at: dict[str, datetime]


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), LEGAL_ZONE)


def plans(prison_code: str, count: int, today: date, counties: list[str], names: dict[str, str]) -> list[Plan]:
    """The people of one prison: releases from three weeks ago to four months ahead, a sixth of them late somewhere."""
    dice = random.Random(f"guitu:{prison_code}")  # nosec B311 # noqa: S311 - invented people, the same every time
    made = []
    for place in range(count):
        release_on = today + timedelta(days=dice.randint(-21, 120))
        if place % 13 == 5:
            release_on = today - timedelta(days=dice.randint(30, 40))  # long enough at home for a first follow-up
        county = counties[0] if dice.random() < 0.4 else dice.choice(counties)
        county = counties[0] if place % 13 == 5 else county
        name = (
            _SPECIAL[place]
            if place < len(_SPECIAL) and prison_code.endswith("01000000")
            else dice.choice(SURNAMES) + dice.choice(_GIVEN)
        )
        woman = dice.random() < 0.08
        born = date(1962, 1, 1) + timedelta(days=dice.randint(0, 365 * 41))
        body = f"{county[:6]}{born:%Y%m%d}{int(prison_code[4:6]) % 10}{place % 50:02d}"
        body = body[:16] + str((int(body[16]) // 2) * 2 + (0 if woman else 1))
        number = body + check_digit(body)
        key = dice.choice(("三无", "重病")) if dice.random() < 0.12 else ""
        months = dice.randint(7, 96)
        begun = release_on - timedelta(days=30 * months)
        row = (
            place + 1,
            name,
            "女" if woman else "男",
            number,
            county[:6],
            f"{names[county]}{dice.randint(1, 80)}号",
            dice.choice(OFFENCES),
            f"{months}个月",
            begun.isoformat(),
            release_on.isoformat(),
            "假释" if dice.random() < 0.1 else "刑满释放",
            key,
            "",
            dice.choice(("", "电焊工（中级）", "缝纫工", "中式烹调师")),
        )
        made.append(Plan(row, number, _progress(dice, release_on, today, place)))
    return made


def _progress(dice: random.Random, release_on: date, today: date, place: int) -> dict[str, datetime]:
    """When each step was taken: one in eight waits at the county, one in twelve came back, some are late."""
    days = (release_on - today).days
    minute = dice.randint(0, 59)
    if days > 44 or (days > 0 and place % 9 == 5):
        return {}
    if days > 0 and place % 8 == 1:
        return {"sent": _at(today - timedelta(days=1), 10, minute)}
    if days > 0 and place % 8 == 4:
        return {"sent": _at(today - timedelta(days=dice.randint(3, 6)), 15, minute)}
    sent = _at(
        min(release_on - timedelta(days=dice.randint(31, 44)), today - timedelta(days=4)), dice.randint(9, 16), minute
    )
    if days > 0 and place % 17 == 3:
        return {
            "sent": _at(today - timedelta(days=2), 10, minute),
            "refused": _at(today - timedelta(days=1), 16, minute),
        }
    if days > 0 and place % 12 == 6:
        return {"sent": sent, "refused": sent + timedelta(hours=dice.randint(5, 30))}
    steps = {"sent": sent, "acknowledged": sent + timedelta(hours=dice.randint(3, 46))}
    if days < -1 and place % 6 != 2:
        steps["registered"] = _at(
            min(release_on + timedelta(days=dice.randint(0, 6)), today - timedelta(days=1)), 10, minute
        )
    return steps


def _workbook(rows: list[tuple[object, ...]], title: str) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "释放名册"
    sheet.append((title,))
    sheet.append(_HEADINGS)
    for row in rows:
        sheet.append(row)
    fixed = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook property without zone; the same file every time
    book.properties.created = book.properties.modified = fixed
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _session(unit: str, role: str = "") -> ActingSession:
    post = next(post for post in demonstration.posts() if post.unit == unit and role in {"", post.role})
    token = signing_in.mint(account_id(post.login), post_id(post.login, post.unit, post.role), lasts=timedelta(hours=1))
    found = access.session_of(token)
    if found is None:
        raise RuntimeError(f"nobody can act for {unit}")
    return found


def load(today: date) -> int:
    """Make the people of all prisons and walk each to where their plan says; returns how many there are."""
    counties = [unit.code for unit in demonstration.units() if unit.kind == "county"]
    names = {unit.code: unit.name.removesuffix("司法局") for unit in demonstration.units()}
    home = "910121000000"
    near = [home, "910102000000", "910103000000", "910122000000"]
    signed = _at(today - timedelta(days=_ASSESSED_BEFORE), 10, 0)
    impact.load(_session(_PROVINCE, "SUPERVISOR"), _session(_PROVINCE, "SECURITY_ADMINISTRATOR"), at=signed)
    total = 0
    for index, unit in enumerate(unit for unit in demonstration.units() if unit.kind == "prison"):
        people = plans(unit.code, 64 if index == 0 else 20, today, near if index == 0 else counties, names)
        total += len(people)
        walk(unit.code, unit.name, people, today, whole=index == 0)
    partners.load(_session, lambda unit: _session(unit, "PARTNER"), today)
    letters.load(_session, today)
    at_the_window.load(_session, today)
    evaluation.load(_session, today)
    _open_own_doors(_session(home), today)
    rights.load(_session, today)
    rights.complain_in_own_words(today)
    return total


def _open_own_doors(officer: ActingSession, today: date) -> None:
    """A one-time code for one person in help and a mandate for a relative: the two who see a road of their own."""
    at = _at(today - timedelta(days=1), 15, 20)
    with at_its_list(officer):
        tasks, _ = roads.queue("receiving", roads.Filters(states=("in_help",)), now=at, first=0, most=100)
    with acting(officer, officer.purposes[0]):
        for task in sorted(tasks, key=as_written)[:1]:
            code_id, mandate_id = (uuid.uuid5(task.journey_id, what) for what in ("code", "mandate"))
            with transaction.atomic():
                division = persons.division_of(task.person_id)
            person_codes.issue_code(task.person_id, code_id=code_id, division=division, at=at, rules=person_sign_in())
            person_codes.record_mandate(
                task.person_id,
                mandate_id=mandate_id,
                division=division,
                name="陶知行",
                relation="姐姐",
                scope="SPEAK",
                document="委托书〔2026〕1号",
                from_at=at,
                to_at=_at(today + timedelta(days=90), 0, 0),
                at=at,
            )


def walk(prison_code: str, prison_name: str, people: list[Plan], today: date, *, whole: bool) -> None:
    """Take the roster in and walk each to where the plan says; `whole` with every step beside the matter."""
    imported_on = today - timedelta(days=_IMPORTED_BEFORE)
    session = _session(prison_code)
    purpose = session.purposes[0]
    numbers = [plan.number for plan in people]
    with acting(session, purpose):
        asking.require("roster:import")
        with transaction.atomic():
            held = prison.persons_by_number(numbers)
    if len(held) < len(people):
        with acting(session, purpose):
            prison.import_roster(
                _workbook([plan.row for plan in people], f"{prison_name}释放名册"),
                file_name="释放名册.xlsx",
                today=imported_on,
                at=_at(imported_on, 9, 30),
            )
        with acting(session, purpose), transaction.atomic():
            held = prison.persons_by_number(numbers)
    receivers: dict[uuid.UUID, ActingSession] = {}
    for plan in people:
        person_id = held.get(plan.number)
        if person_id is None:
            continue
        with acting(session, purpose), transaction.atomic():
            road = roads.road_of(person_id, named="")
        if road is None or road.task.receiving_unit_id is None:
            continue
        with acting(session, purpose), transaction.atomic():
            receiver = access.unit(road.task.receiving_unit_id)
        if receiver.id not in receivers:
            receivers[receiver.id] = _session(receiver.code)
        one = further.Walker(
            person_id=person_id,
            place=int(str(plan.row[0])) - 1,
            release_on=road.task.release_on,
            parole=road.task.release_type in {"parole", "temporary_execution"},
            sender=session,
            receiver=receivers[receiver.id],
            today=today,
        )
        _take_steps(plan, one, road.task, today, whole=whole)
    for officer in (session, *receivers.values()):
        _read_up(officer, until=_at(today - timedelta(days=2), 9, 0))


def _read_up(session: ActingSession, *, until: datetime) -> None:
    """Read the notices that are older than `until`, as an officer who comes to the office does."""
    with acting(session, session.purposes[0]):
        with transaction.atomic():
            newest = told.newest_before(until)
        if newest is not None:
            notices.mark_all_read(newest, at=until, settles=timedelta())


def _take_steps(plan: Plan, one: further.Walker, task: roads.Task, today: date, *, whole: bool) -> None:
    person_id, sender, receiver = one.person_id, one.sender, one.receiver
    if whole:
        further.before_release(one, today - timedelta(days=_IMPORTED_BEFORE))
    if "sent" in plan.steps_at:
        with acting(sender, sender.purposes[0]):
            handover.send_dossier(person_id, sending=one.mark("sent"), at=plan.steps_at["sent"])
    if {"acknowledged", "refused"} & set(plan.steps_at):
        with acting(receiver, receiver.purposes[0]):
            with transaction.atomic():
                parcel = parcels.open_parcel(task.journey_id)
            if parcel is not None and "acknowledged" in plan.steps_at:
                handover.acknowledge_dossier(person_id, parcel_id=parcel.id, at=plan.steps_at["acknowledged"])
            elif parcel is not None:
                handover.refuse_dossier(
                    person_id,
                    parcel_id=parcel.id,
                    ground="DOCUMENTS_MISSING",
                    remark="缺判决书复印件；请补后重发。",
                    at=plan.steps_at["refused"],
                )
    if whole and "refused" in plan.steps_at and plan.steps_at["refused"] < one.at(-2, 0):
        further.dispute(one, _session)
    if "acknowledged" in plan.steps_at:
        _go_on(plan, one, whole=whole)


def _go_on(plan: Plan, one: further.Walker, *, whole: bool) -> None:
    """From the receipt on: allotment, release, registration, help."""
    receiver = one.receiver
    if whole:
        with acting(receiver, receiver.purposes[0]), transaction.atomic():
            offices = access.offices_below(at=one.at(0))
        further.after_acknowledgement(one, offices)
    if "registered" not in plan.steps_at:
        if whole and one.days < 0:
            further.not_arrived(one)
        return
    with acting(receiver, receiver.purposes[0]):
        handover.register_return(one.person_id, event_id=one.mark("registered"), at=plan.steps_at["registered"])
    if whole and not one.parole:
        further.after_registration(one)


if __name__ == "__main__":
    load(date.fromisoformat(sys.argv[1]))
    sys.exit(0)
