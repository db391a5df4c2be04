"""A small world for the brute-force matrix: every role at every level, every relation and state, every item.

A post of each role in each kind of unit, a person in each relation and state, a marked value for each item. Built by
the superuser without triggers, read as the application.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import yaml
from django.db import connection

from guitu.access.roles import MACHINES, ROLES
from guitu.ledger import keys
from guitu.people.facts import item_key
from guitu.rulebook.decision_table import DATA
from tests.conftest import House, copied
from tests.factories.units import (
    COUNTY,
    DETENTION_HOUSE,
    FOREIGN_COUNTY,
    OTHER_PRISON,
    PRISON,
    PROVINCE,
    SIBLING_COUNTY,
    TOWNSHIP,
)

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
STATES = {
    "sealed": ("completed", "sealed_at"),
    "ended": ("died", "ended_at"),
    "free_person": ("completed", None),
    "refused_help": ("help_declined", None),
    "handed_over": ("sent", None),
    "active": ("registered", None),
}
"""For each state of a file: the state of its journey, and the moment on the person."""
REACH = {
    "representative": "mandate",
    "assigned": "assigned",
    "receiver": "receiver",
    "shared": "break_glass",
    "oversight": "oversight",
    "former": "sender",
}
STAYS = frozenset({"self", "representative", "addressed"})
"""What a sealing does not end: the own road; a letter lies where it was sent and is not shown."""
PLACES = (COUNTY, SIBLING_COUNTY, FOREIGN_COUNTY, PRISON, OTHER_PRISON, DETENTION_HOUSE)
MISSING_KINDS = ("nation", "human_resources", "health", "education", "medical_insurance", "prison_bureau")
FURTHER_KINDS = ("correction_centre", "workstation")
ITEMS = yaml.safe_load((DATA.parent / "items" / "items.yaml").read_text(encoding="utf-8"))["items"]
LEVEL = {item["id"]: item["level"] for item in ITEMS}
SHAPED = {
    "name": "陈柏舟",
    "id_doc": "911123198503121234",
    "birth_date": "1985-03-12",
    "contacts": json.dumps({"family_contact": "陈某", "phone": "13800005678"}, ensure_ascii=False, sort_keys=True),
    "household_region": '{"address":"青榆县雁回镇柳荫路8号","division":"910121"}',
    "sex": "1",
    "legal_status": "released",
}
"""Values on which a mask has something to do; every other item is a marked word."""


@dataclass(frozen=True)
class Someone:
    """A person of the world: where, in which state, and to whom shown how (relation, or letter)."""

    id: uuid.UUID
    division: str
    unit_id: uuid.UUID
    state: str
    relation: str


@dataclass(frozen=True)
class Seat:
    """A post in a unit, with a minted token."""

    role: str
    kind: str
    unit_id: uuid.UUID
    post_id: uuid.UUID
    low: str
    high: str
    token: str


@dataclass
class World:
    """All seats and all persons; for each post a granted query of one sealed file, naming every item."""

    seats: list[Seat] = field(default_factory=list)
    people: list[Someone] = field(default_factory=list)
    queries: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)


@contextmanager
def cloned(server, template) -> Iterator[House]:
    """A fresh clone for a whole module; the application's own connection leads there."""
    from guitu.launcher.roles import drop_database

    name = f"guitu_test_{uuid.uuid4().hex[:12]}"
    copied(server, template, name)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield House(server, name)
    finally:
        connection.close()
        drop_database(server.dsn("postgres", "postgres"), name)


def value_of(someone, item):
    """The value of an item in the clear."""
    return SHAPED.get(item, f"{item} {someone.id.hex[:6]}")


def build(house) -> World:
    """Fill a fresh clone; some thousands of rows in a dozen statements."""
    world = World()
    with house.role("postgres") as door, door.transaction():
        door.execute("SET LOCAL session_replication_role = replica")
        units = _units(door)
        _people(door, world, units)
        posts = _posts(door, units)
        _shown(door, world, posts)
        _queried(door, world, posts)
    _mint(house, world, posts)
    return world


def _units(door):
    for number, kind in enumerate((*MISSING_KINDS, *FURTHER_KINDS)):
        low, high = (PROVINCE[:1] + "0" * 11, "99" + "0" * 10) if kind == "nation" else (f"91998{number}000000",) * 2
        if kind != "nation":
            high = f"91998{number}000001"
        door.execute(
            "INSERT INTO access_unit (id, code, kind, name, name_en, parent_id, division,"
            " division_end, phone, opening_hours,"
            " from_at) VALUES (%s, %s, %s, %s, %s, (SELECT id FROM access_unit WHERE code = %s), %s, %s, '', '', %s)",
            (uuid.uuid4(), f"W-{kind}", kind, kind, kind, COUNTY, low, high, AT),
        )
    rows = door.execute(
        "SELECT u.code, u.id, u.kind, u.division, u.division_end, o.division, o.division_end FROM access_unit u"
        " LEFT JOIN access_unit o ON o.id = u.parent_id ORDER BY u.code"
    ).fetchall()
    return {row[0]: row for row in rows}


def _posts(door, units):
    """One post per role and kind of unit, in the first unit of the kind or the preferred one."""
    preferred = {"county": COUNTY, "judicial_office": TOWNSHIP, "prison": PRISON}
    of_kind = {}
    for code, found in units.items():
        of_kind.setdefault(found[2], code)
    of_kind |= preferred
    posts = []
    for role in ROLES.values():
        for kind in sorted(role.seats):
            unit = units[of_kind[kind]]
            account, post = uuid.uuid4(), uuid.uuid4()
            door.execute(
                "INSERT INTO access_account (id, login, name, password, active, failed_count, must_change, for_person)"
                " VALUES (%s, %s, '某', '!', true, 0, false, false)",
                (account, f"w-{role.code}-{kind}"),
            )
            door.execute(
                "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at) VALUES (%s,"
                " %s, %s, %s, '岗', %s)",
                (post, account, unit[1], role.code, AT - timedelta(days=400)),
            )
            posts.append((role, kind, unit, account, post))
    return posts


def _people(door, world, units):
    groups = [("", place) for place in PLACES]
    groups += [(relation, FOREIGN_COUNTY) for relation in ("self", *REACH, "addressed", "lawful_query")]
    for relation, place in groups:
        for state in STATES:
            stands = "J" + place[1:] if state == "sealed" else place
            world.people.append(Someone(uuid.uuid4(), stands, units[place][1], state, relation))
    unit_of = {one.id: one for one in world.people}
    with door.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people_person (id, number, name, name_sort, name_search, sex, birth_date, legal_status,"
            " responsible_unit_id, division, created_at, ended_at, ended_reason, sealed_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s)",
            [
                (
                    one.id,
                    f"W-{number:04d}",
                    SHAPED["name"],
                    f"chenbozhou{number:04d}",
                    "陈柏舟 chenbozhou cbz",
                    SHAPED["sex"],
                    SHAPED["birth_date"],
                    SHAPED["legal_status"],
                    one.unit_id,
                    one.division,
                    AT,
                    AT if STATES[one.state][1] == "ended_at" else None,
                    AT if STATES[one.state][1] == "sealed_at" else None,
                )
                for number, one in enumerate(unit_of.values())
            ],
        )
        cursor.executemany(
            "INSERT INTO journeys_journey (id, person_id, division, kind, pack, state, duty_unit_id,"
            " sending_unit_id, definition,"
            " first_desk_id, release_on, release_type, key_person, key_grounds, marks, state_since,"
            " opened_at, due_rule)"
            " VALUES (%s, %s, %s, 'return_home', '', %s, %s, %s, '', %s, '2026-12-01',"
            " 'sentence_end', false, '{}', '{}',"
            " %s, %s, '')",
            [
                (
                    uuid.uuid4(),
                    one.id,
                    one.division,
                    STATES[one.state][0],
                    one.unit_id,
                    one.unit_id,
                    one.unit_id,
                    AT,
                    AT,
                )
                for one in world.people
            ],
        )
        cursor.executemany(
            "INSERT INTO people_fact (id, person_id, division, item, value, sealed_value, source,"
            " collected_at, collected_by,"
            " purpose, from_at) VALUES (%s, %s, %s, %s, %s, %s, '名册', %s, %s, 'PREPARE_RETURN', %s)",
            [
                (uuid.uuid4(), one.id, one.division, *_held(one, item), AT, one.id, AT)
                for one in world.people
                for item in LEVEL
            ],
        )


def _held(one, item):
    value = value_of(one, item)
    if LEVEL[item] == "L4":
        return item, "", keys.encrypt(value, belongs_to=item_key(one.id, item))
    return item, value, None


def _shown(door, world, posts):
    reach, letters = [], []
    for someone in world.people:
        for role, _kind, unit, _account, post in posts:
            only = (
                post
                if someone.relation in {"self", "representative"} or role.sees in {"ASSIGNED", "ADDRESSED"}
                else None
            )
            if someone.relation == "self" and role.code != "PERSON":
                continue
            if someone.state == "sealed" and someone.relation not in STAYS:
                continue  # what others were shown stands still since the sealing
            if someone.relation == "addressed" and role.sees == "ADDRESSED":
                letters.append((uuid.uuid4(), someone.id, someone.division, secrets.token_hex(6), unit[1]))
            elif someone.relation in REACH or someone.relation == "self":
                word = REACH.get(someone.relation, someone.relation)
                reach.append((uuid.uuid4(), someone.id, unit[3], unit[1], only, word, AT))
    with door.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            reach,
        )
        cursor.executemany(
            "INSERT INTO exchange_letter (id, person_id, division, journey_id, kind, step, number,"
            " sender_id, sent_by, receiver_id,"
            " addressee, body, digest, seal, closes, sent_at, due_at, due_rule) SELECT i, p, d, i,"
            " 'x', '', n, u, i, u, u, '', '',"
            " '', 'answer', now(), now(), '' FROM (SELECT %s::uuid AS i, %s::uuid AS p, %s AS d, %s"
            " AS n, %s::uuid AS u) AS g",
            letters,
        )


def _queried(door, world, posts):
    """One sealed file for which every post has a granted query of all items: only the table can still say no."""
    someone = next(one for one in world.people if (one.relation, one.state) == ("lawful_query", "sealed"))
    sealing = uuid.uuid4()
    door.execute(
        "INSERT INTO rights_sealing (id, person_id, division, number, unit_id, ground, organ, document, decided_on,"
        " sealed_at, sealed_by, suspended) VALUES (%s, %s, %s, 'FC-1', %s, 'JUVENILE_CRIME', '法院', '1号',"
        " '2026-09-01', %s, %s, '{}')",
        (sealing, someone.id, FOREIGN_COUNTY, someone.unit_id, AT, someone.id),
    )
    for number, (_role, _kind, _unit, _account, post) in enumerate(posts):
        world.queries[post] = uuid.uuid4()
        door.execute(
            "INSERT INTO rights_sealed_query (id, person_id, sealing_id, number, organ, organ_name, ground, document,"
            " aim, items, post_id, asked_at, asked_by, decided_at, decided_by, approved, finding, until_at, looks)"
            " VALUES (%s, %s, %s, %s, 'POLICE', '公安局', 'CASE_HANDLING', '1号', '办案', %s, %s, now(), %s, now(), %s,"
            " true, '同意', now() + interval '1 day', 0)",
            (
                *(world.queries[post], someone.id, sealing, f"CX-{number}", list(LEVEL), post),
                *(uuid.uuid4(), uuid.uuid4()),
            ),
        )


def _mint(house, world, posts):
    with house.role("guitu_signin") as door:
        for role, kind, unit, account, post in posts:
            token = secrets.token_urlsafe(16)
            door.execute(
                "SELECT access_mint(%s, %s, %s, '1 hour', '1 hour')",
                (hashlib.sha256(token.encode()).digest(), account, post),
            )
            low, high = {
                "OWN": (unit[3], unit[4]),
                "SUPERIOR": (unit[5] or unit[3], unit[6] or unit[3]),
            }.get(role.sees, (unit[3], unit[3]))
            world.seats.append(Seat(role.code, kind, unit[1], post, low, high, token))
    token = secrets.token_urlsafe(16)
    with house.role("guitu_job") as door:
        door.execute("SELECT access_mint_tick(%s, '1 hour')", (hashlib.sha256(token.encode()).digest(),))
    with house.role("guitu_owner") as door:
        unit, post, low, high = door.execute(
            "SELECT u.id, p.id, u.division, u.division_end FROM access_post p JOIN access_unit u ON u.id = p.unit_id"
            " WHERE p.role = %s",
            (MACHINES[0].code,),
        ).fetchone()
    world.seats.append(Seat(MACHINES[0].code, "machine", unit, post, low, high, token))
