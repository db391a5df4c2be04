"""A prepared province for tests of the window: sixty persons of one prison along the whole road, and some elsewhere.

The clock of the window stands at `MOMENT`; every step below was taken before it, so that late, today, soon and later
are the same on every run.
"""

import json
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.test import Client

from guitu.access import person_codes, signing_in
from guitu.access.acting import actor
from guitu.access.establishing import account_id, post_id, unit_id
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.prison import operations as prison
from guitu.rulebook.sign_in import person_sign_in
from tests.conftest import House
from tests.factories import rosters
from tests.factories.units import COUNTY, FOREIGN_COUNTY, OTHER_CITY, PRISON, SIBLING_COUNTY

MOMENT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in the fictional province."""

IMPORTED = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
LONGEST_NAME = "买买提依明·吐尔逊江·阿尔斯兰·库尔班江·玉素甫江·热合曼江"
MORE_POSTS = {
    "other-city": ("江若渝", OTHER_CITY, "SUPERVISOR"),
    "prison-head": ("程望舒", PRISON, "SUPERVISOR"),
    "county-watch": ("苏见微", COUNTY, "SUPERVISOR"),
}
"""Accounts of these tests alone: name, unit and role. Two supervisors sit where no supervisor sits otherwise."""
THEMSELVES = {"person": "PERSON", "representative": "REPRESENTATIVE", "companion": "COMPANION"}
"""One person of the peopled house who signs in themself, and the holder of their mandate: login and role."""
PASSWORD = "青榆-linkage-2026"

_FAMILY = "陈何沈潘唐方魏蒋韩曹邓彭吕蔡贾"
_GIVEN = ("柏舟", "以宁", "砚秋", "岳清")


@dataclass(frozen=True)
class Plan:
    """One invented person: whence, whither, when released, and the moments of the steps already taken."""

    name: str
    release: date
    sender: str = "prison"
    county: str = COUNTY
    receiver: str = "county"
    sent: datetime | None = None
    refused: datetime | None = None
    acknowledged: datetime | None = None
    registered: datetime | None = None
    key: str = ""


def _at(month: int, day: int, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def _sixty() -> list[Plan]:
    names = iter([family + given for given in _GIVEN for family in _FAMILY])
    plans = []

    def some(count: int, release: date, **steps: object) -> None:
        plans.extend(Plan(next(names), release, **steps) for _ in range(count))

    # RS-14, one month before the release: late, due on the day of MOMENT, within the week, later.
    some(3, date(2026, 9, 20))
    some(2, date(2026, 10, 1))
    some(2, date(2026, 10, 5))
    some(21, date(2026, 12, 14))
    # Sent and not acknowledged: the county is late, or has until tomorrow.
    some(4, date(2026, 9, 25), sent=_at(8, 20))
    some(10, date(2026, 10, 20), sent=_at(8, 31, 6))
    # Refused: the prison has to resend.
    some(4, date(2026, 10, 12), sent=_at(8, 26), refused=_at(8, 31, 3))
    # Acknowledged; RS-17 runs from the release.
    some(3, date(2026, 8, 10), sent=_at(7, 6), acknowledged=_at(7, 7))
    some(7, date(2026, 11, 10), sent=_at(8, 24), acknowledged=_at(8, 25))
    some(3, date(2026, 8, 12), sent=_at(7, 6), acknowledged=_at(7, 7), registered=_at(8, 13))
    plans.append(Plan(LONGEST_NAME, date(2026, 10, 20), sent=_at(8, 31, 6), key="三无"))
    return plans


SIXTY = _sixty()
KEPT, SENT = SIXTY[10].name, SIXTY[30].name
ACKNOWLEDGED, REGISTERED = SIXTY[50].name, SIXTY[57].name
AT_SIBLING, AT_FOREIGN, HOME_FOREIGN = "龙䶮", "欧阳听澜", "尉迟知夏"
OTHERS = [
    Plan(AT_SIBLING, date(2026, 10, 20), county=SIBLING_COUNTY, receiver="sibling", sent=_at(8, 31)),
    Plan(AT_FOREIGN, date(2026, 10, 20), "other-prison", FOREIGN_COUNTY, "foreign", sent=_at(8, 31)),
    Plan(
        HOME_FOREIGN,
        date(2026, 8, 12),
        "other-prison",
        FOREIGN_COUNTY,
        "foreign",
        sent=_at(7, 6),
        acknowledged=_at(7, 7),
        registered=_at(8, 13),
    ),
]


@dataclass
class Peopled(House):
    """The house with its persons: their ids by name, the waiting parcels, clients for every post."""

    server: object
    database: str
    persons: dict[str, uuid.UUID] = field(default_factory=dict)
    parcels: dict[str, uuid.UUID] = field(default_factory=dict)

    def token(self, login: str, *, lasts: timedelta = timedelta(hours=8)) -> str:
        """A token for this account, also for those of `MORE_POSTS`."""
        if login in THEMSELVES:
            return self._own_token(login, lasts=lasts)
        if login not in MORE_POSTS:
            return super().token(login, lasts=lasts)
        _, unit, role = MORE_POSTS[login]
        return signing_in.mint(account_id(login), post_id(login, unit, role), lasts=lasts)

    def _own_token(self, login: str, *, lasts: timedelta) -> str:
        with self.role("guitu_owner") as door:
            found = door.execute(
                "SELECT account_id, id FROM access_post WHERE role = %s ORDER BY from_at LIMIT 1", (THEMSELVES[login],)
            ).fetchone()
        return signing_in.mint(found[0], found[1], lasts=lasts)

    def client(self, login: str | None, *, language: str = "zh-hans", checks: bool = False) -> Client:
        """A browser without scripts: signed in as `login`, or as nobody."""
        from guitu.access.acting import acting
        from guitu.access.looking import choose_purpose
        from guitu.access.queries import session_of
        from guitu.web.gate import token_cookie

        browser = Client(enforce_csrf_checks=checks)
        browser.cookies["django_language"] = language
        if login is not None:
            token = self.token(login)
            browser.cookies[token_cookie()] = token
            session = session_of(token)
            if len(session.purposes) > 1:  # asked once at the beginning of a working session
                with acting(session, session.purposes[0]):
                    choose_purpose(session.purposes[0])
        return browser


def populate(house: Peopled) -> None:
    """Take the rosters in and walk everybody to where the plan says."""
    _fill_more_posts(house)
    for login in ("prison", "other-prison"):
        plans = [plan for plan in (*SIXTY, *OTHERS) if plan.sender == login]
        rows = [
            rosters.row(
                plan.name, release=plan.release, order=str(101 + 2 * place), county=plan.county[:6], key=plan.key
            )
            for place, plan in enumerate(plans)
        ]
        with house.acting(login):
            taken = prison.import_roster(
                rosters.workbook(*rows), file_name="释放名册.xlsx", today=IMPORTED.date(), at=IMPORTED
            )
            assert len(taken.comparison.new) == len(plans), [p.message_zh for p in taken.comparison.report.problems]
            with transaction.atomic():
                tasks, _ = roads.queue("sending", roads.Filters(), now=IMPORTED, first=0, most=200)
        journeys = {task.person_name: task.journey_id for task in tasks}
        house.persons.update({task.person_name: task.person_id for task in tasks})
        for plan in plans:
            _walk(house, plan, journeys[plan.name])
    _let_in(house)


def somebody_taken_in(house: House) -> House:
    """The house with one person taken in by a roster, to whom nothing has happened yet."""
    row = rosters.row("陈柏舟", release=date(2026, 12, 14))
    with leading_to(house.database), house.acting("prison"):
        prison.import_roster(rosters.workbook(row), file_name="名册.xlsx", today=IMPORTED.date(), at=IMPORTED)
    return house


def _fill_more_posts(house: Peopled) -> None:
    with house.role("guitu_owner") as door:
        for login, (name, unit, role) in MORE_POSTS.items():
            account = {"id": str(account_id(login)), "login": login, "name": name}
            post = {
                "id": str(post_id(login, unit, role)),
                "account_id": account["id"],
                "unit_id": str(unit_id(unit)),
                "role": role,
            }
            door.execute(
                "INSERT INTO access_account SELECT (jsonb_populate_record(a, %s::jsonb)).* FROM access_account a"
                " WHERE login = 'city'",
                [json.dumps(account)],
            )
            door.execute(
                "INSERT INTO access_post SELECT (jsonb_populate_record(p, %s::jsonb)).* FROM access_post p"
                " JOIN access_account a ON a.id = p.account_id WHERE a.login = 'city'",
                [json.dumps(post)],
            )


def _let_in(house: Peopled) -> None:
    """One person comes in by themself, and somebody by their mandate."""
    person = house.persons[SENT]
    with house.acting("county"):
        division = actor().session.division
        person_codes.issue_code(
            person, code_id=uuid.UUID(int=21), division=division, at=IMPORTED, rules=person_sign_in()
        )
        person_codes.record_mandate(
            person,
            mandate_id=uuid.UUID(int=22),
            division=division,
            name="沈慕白",
            relation="11",
            scope="SPEAK",
            document="委托书 2026-1",
            from_at=IMPORTED,
            to_at=datetime(2046, 1, 1, tzinfo=UTC),
            at=IMPORTED,
        )
        person_codes.record_mandate(
            person,
            mandate_id=uuid.UUID(int=23),
            division=division,
            name="沈知秋",
            relation="51",
            scope="ATTEND",
            document="户口簿",
            from_at=IMPORTED,
            to_at=datetime(2046, 1, 1, tzinfo=UTC),
            at=IMPORTED,
        )


def _walk(house: Peopled, plan: Plan, journey_id: uuid.UUID) -> None:
    person = house.persons[plan.name]
    if plan.sent:
        parcel = house.parcels[plan.name] = uuid.uuid4()
        with house.acting(plan.sender):
            handover.send_dossier(person, sending=parcel, at=plan.sent)
    if plan.refused:
        with house.acting(plan.receiver):
            handover.refuse_dossier(
                person, parcel_id=parcel, ground="DOCUMENTS_MISSING", remark="缺判决书复印件", at=plan.refused
            )
    if plan.acknowledged:
        with house.acting(plan.receiver):
            handover.acknowledge_dossier(person, parcel_id=parcel, at=plan.acknowledged)
    if plan.registered:
        with house.acting(plan.receiver):
            handover.register_return(person, event_id=uuid.uuid4(), at=plan.registered)


@contextmanager
def leading_to(database: str):
    """Let the application's own connection lead to this database, and afterwards where it led before."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def stop_clock(patch, moment: datetime) -> None:
    """Let every module of the window that reads the clock read `moment`."""
    import guitu.web.addresses  # noqa: F401 - all views are loaded before their clock is stopped
    from guitu.web import clock

    real = clock.now
    for name, module in list(sys.modules.items()):
        if name.startswith("guitu.web") and getattr(module, "now", None) is real:
            patch.setattr(module, "now", lambda: moment)


def serve_from_source(patch) -> None:
    """Styles and scripts come from where they are built; nothing is collected for tests."""
    from django.conf import settings

    patch.setattr(settings, "STATIC_ROOT", None)
