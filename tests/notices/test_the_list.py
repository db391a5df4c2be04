"""The list of notices by the database equals the list by hand: each page of each desk, over notices drawn at random."""

import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection, transaction

from guitu.access.establishing import account_id, unit_id
from guitu.access.tree import Desk, desk
from guitu.notices import operations as notices
from guitu.notices import queries as told
from tests.access.small_world import cloned
from tests.factories.counters import open_counters
from tests.factories.units import COUNTY, PRISON, PROVINCE, SIBLING_COUNTY
from tests.notices.test_telling import AT

NOTICES, PERSONS = 1_500, 40
ENDED = AT - timedelta(minutes=2_700)
CODES = ("CLOCK_LAPSED", "CLOCK_ESCALATED", "RESPONSIBILITY_PASSED", "ROSTER_WAITING")
UNITS = (COUNTY, COUNTY, PROVINCE, SIBLING_COUNTY)
LOGINS = ("county", "county-second", "county-head", "province", "audit", "system", "security", "sibling", "prison")
LISTS = (
    ("COUNTY_OFFICER", "COUNTY_HEAD"),
    ("COUNTY_HEAD",),
    ("AUDIT_ADMINISTRATOR", "SECURITY_ADMINISTRATOR"),
    ("SYSTEM_ADMINISTRATOR",),
    (),
)
RULES = ("lists", "post", "sight", "reading", "mark", "switched off", "ended")


@dataclass
class Told:
    """The rows as they lie, read by the superuser."""

    notices: list[tuple]
    readings: set[tuple]
    marks: dict
    unwanted: set[tuple]
    posts: dict


def _fill(door, dice) -> None:
    posts = door.execute("SELECT id, unit_id, role FROM access_post ORDER BY id").fetchall()
    roles = {role for _, _, role in posts}
    persons = [uuid.UUID(int=dice.getrandbits(128)) for _ in range(PERSONS)]
    where = {one: dice.choice((COUNTY, COUNTY, SIBLING_COUNTY, "J10121000000")) for one in persons}
    for number, one in enumerate(persons):
        door.execute(
            "INSERT INTO people_person (id, number, name, name_sort, name_search, sex, birth_date, legal_status,"
            " responsible_unit_id, division, created_at, ended_reason, sealed_at) VALUES"
            " (%s, %s, '无名', 'x', 'x', '1', '1985-03-12', 'released', %s, %s, now(), '', %s)",
            (one, f"T-{number:04d}", unit_id(COUNTY), where[one], AT if where[one].startswith("J") else None),
        )
        if number % 4 == 0:
            door.execute(
                "INSERT INTO access_reach (id, person_id, person_division, division, unit_id, relation, from_at, to_at)"
                " SELECT gen_random_uuid(), %s, %s, u.division, u.id, 'receiver', %s, %s FROM access_unit u"
                " WHERE u.id = %s",
                (one, where[one], AT - timedelta(days=9), AT if number % 8 else None, unit_id(COUNTY)),
            )
    rows = []
    for _ in range(NOTICES):
        unit = unit_id(dice.choice(UNITS))
        own = [(post, role) for post, of, role in posts if of == unit]
        only = dice.choice(own) if dice.random() < 0.1 else None
        asked = [role for role in dice.choice(LISTS) if role in roles]
        some = dice.choice(persons) if dice.random() < 0.5 else None
        asked = [only[1]] if only else asked or sorted({role for _, role in own})
        at = AT - timedelta(minutes=dice.randrange(300) * 10)  # often several at one moment
        rows.append(
            (
                *(uuid.UUID(int=dice.getrandbits(128)), dice.choice(CODES), uuid.UUID(int=dice.getrandbits(128)), unit),
                *(asked, only and only[0], some, where.get(some, COUNTY), at),
            )
        )
    with door.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO notices_notice (id, code, subject_id, key, unit_id, roles, post_id, to_person, person_id,"
            " division, told_division, facts, at) VALUES (%s, %s, %s, '', %s, %s, %s, false, %s, %s, '910121000000',"
            " '{}', %s)",
            rows,
        )
        cursor.executemany(
            "INSERT INTO notices_reading (id, notice_id, post_id, at) VALUES (gen_random_uuid(), %s, %s, %s)",
            [(row[0], post, AT) for row in rows for post, of, _ in posts if of == row[3] and dice.random() < 0.3],
        )
    for login, back in (("county-second", 700), ("audit", 2_000)):
        door.execute(
            "INSERT INTO notices_read_up_to (post_id, until, at) SELECT id, %s, %s FROM access_post"
            " WHERE account_id = %s",
            (AT - timedelta(minutes=back), AT, account_id(login)),
        )
    for login, code in (("county-head", CODES[0]), ("security", CODES[1])):
        door.execute(
            "INSERT INTO notices_switched_off (id, account_id, code, channel) VALUES (gen_random_uuid(), %s, %s, %s)",
            (account_id(login), code, "IN_APP"),
        )
    door.execute(
        "INSERT INTO ledger_ending (id, record_class, rule, before, at, first_at, last_at, lines, digest,"
        " in_transaction) VALUES (gen_random_uuid(), 'NOTICES', 'x', %s, %s, %s, %s, 1, '', 1)",
        (ENDED, AT, ENDED, ENDED),
    )


def _held(house) -> Told:
    with house.role("postgres") as door:

        def rows(text):
            return door.execute(text).fetchall()

        return Told(
            rows("SELECT id, code, unit_id, roles, post_id, at FROM notices_notice"),
            set(rows("SELECT notice_id, post_id FROM notices_reading")),
            dict(rows("SELECT post_id, until FROM notices_read_up_to")),
            set(rows("SELECT account_id, code FROM notices_switched_off")),
            {row[0]: row[1:] for row in rows("SELECT id, unit_id, role, account_id FROM access_post")},
        )


@pytest.fixture(scope="module")
def world(server, template):
    """A clone with notices drawn with one seed, and its rows."""
    with cloned(server, template) as house:
        with house.role("postgres") as door, door.transaction():
            door.execute("SET LOCAL session_replication_role = replica")
            _fill(door, random.Random(20261123))
        yield house, _held(house)


def _by_hand(
    held: Told, login: str, sight: set, *, code: str = "", only_unread: bool = False, without: str = ""
) -> list:
    """What the post is told, newest first; `sight` is what the row policy alone shows it, `without` a rule left out."""
    account = account_id(login)
    ((own, unit, role),) = [(post, *rest) for post, (*rest, of) in held.posts.items() if of == account]
    found = [
        (at, key)
        for key, what, of, roles, only, at in held.notices
        if of == unit
        and (role in roles or without == "lists")
        and (only in (None, own) or without == "post")
        and (key in sight or without == "sight")
        and ((account, what) not in held.unwanted or without == "switched off")
        and (at >= ENDED or without == "ended")
        and code in ("", what)
        and not (only_unread and without != "reading" and (key, own) in held.readings)
        and not (only_unread and without != "mark" and own in held.marks and at <= held.marks[own])
    ]
    return [key for _, key in sorted(found, key=lambda one: (-one[0].timestamp(), one[1]))]


def _listed(**asked) -> list:
    return [
        one.id for one in told.own_notices(**{"first": 0, "most": NOTICES, "code": "", "only_unread": False} | asked)[0]
    ]


def _sight() -> set:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM notices_notice")
        return {key for (key,) in cursor.fetchall()}


def test_each_page_of_each_desk_is_what_a_hand_lists(world) -> None:
    house, held = world
    shows = set()
    for login in LOGINS:
        with house.acting(login), transaction.atomic():
            sight = _sight()
            for only_unread in (False, True):
                for code in ("", *CODES):
                    asked = {"code": code, "only_unread": only_unread}
                    hand = _by_hand(held, login, sight, **asked)
                    assert _listed(**asked) == hand, (login, asked)
                    shows |= {rule for rule in RULES if _by_hand(held, login, sight, **asked, without=rule) != hand}
                    pages = [told.own_notices(**asked, first=first, most=30) for first in range(0, len(hand) + 30, 30)]
                    assert [one.id for page, _ in pages for one in page] == hand
                    assert [more for _, more in pages] == [len(hand) > 30 * number + 30 for number in range(len(pages))]
            for minutes in (0, 10, 1_000, 2_900):
                before = AT - timedelta(minutes=minutes)
                older = [key for key, *_, at in held.notices if at < before]
                assert told.newest_before(before) == next(
                    (key for key in _by_hand(held, login, sight) if key in older), None
                )
            marked = {
                one.id: one.read_at for one in told.own_notices(code="", only_unread=False, first=0, most=NOTICES)[0]
            }
            assert {key for key, at in marked.items() if at is None} == set(_listed(only_unread=True))
    assert shows == set(RULES)  # the controls: each rule decides about some notice


def test_the_bell_counts_nobody_whom_the_purpose_does_not_show(world) -> None:
    house, _ = world

    def differ() -> set[str]:
        found = set()
        for login in LOGINS:
            with house.acting(login), transaction.atomic():
                listed = len(_listed(only_unread=True))
                found |= {login} if told.unread() != min(listed, told.BELL_MOST + 1) else set()
        return found

    assert differ() == set()
    with house.role("guitu_owner") as door:  # the control: a bell that counts the whole range whatever the purpose
        (text,) = door.execute("SELECT pg_get_functiondef('notices_unread'::regproc)").fetchone()
        assert text.count("access_seeing()") == 1
        door.execute(text.replace("access_seeing()", "access_acting()"))
    assert {"audit", "system", "security"} & differ()
    with house.role("guitu_owner") as door:
        door.execute(text)


def test_a_page_is_read_where_it_lies_whoever_asks_and_for_a_rare_code(house):
    facts, few = (
        {"unit": str(unit_id(PRISON))},
        Desk(unit_id(PROVINCE), ("AUDIT_ADMINISTRATOR", "SECURITY_ADMINISTRATOR")),
    )

    def tell(recipient, code, number, at):
        with house.acting("prison"), transaction.atomic():
            tellings = [notices.Telling(recipient, code, uuid.uuid4(), facts) for _ in range(number)]
            notices.tell_all(tellings, at=at)

    tell(few, "RESPONSIBILITY_PASSED", 2, AT - timedelta(days=2))
    for hours in range(20):
        tell(desk(unit_id(PROVINCE)), "RESPONSIBILITY_PASSED", 100, AT - timedelta(hours=hours))
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE notices_notice SET code = 'ROSTER_WAITING' WHERE id IN (SELECT id FROM notices_notice"
            " WHERE cardinality(roles) > 2 ORDER BY at LIMIT 3)"
        )
    with house.role("postgres") as door:
        door.execute("ANALYZE notices_notice")

    open_counters(house)

    def read(login, **asked):
        """How many are listed, and how many notices were read for that."""
        with house.acting(login), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # of a table as small as this one
            fetched = "SELECT pg_stat_get_xact_tuples_fetched('notices_notice'::regclass)"
            cursor.execute(fetched)
            before = cursor.fetchone()[0]
            found = len(_listed(**{"most": 25} | asked))
            cursor.execute(fetched)
            return found, cursor.fetchone()[0] - before

    asked = (
        ("audit", {}),
        ("audit", {"only_unread": True}),
        ("province", {"code": "ROSTER_WAITING"}),
        ("province", {}),
    )
    found = [read(login, **one) for login, one in asked]
    assert [number for number, _ in found] == [2, 2, 3, 25]
    assert all(rows < 200 for _, rows in found), found
    with house.role("guitu_owner") as door:  # the control: without the index all of them are read
        door.execute("DROP INDEX notices_notice_heard")
    assert all(rows > 1_500 for _, rows in [read(login, **one) for login, one in asked[:3]])
