"""Every address of the interface × every role: who may, written by hand; and what a refusal leaves behind."""

import re
import uuid

import pytest

from guitu.access.roles import PERMISSIONS, ROLES
from guitu.web.addresses import urlpatterns
from guitu.web.api.addresses import PREFIX, api
from guitu.web.api.contract import described
from guitu.web.permits import BEARER
from tests.api.systems import Caller, machine_post, problem, systems_of, token_of
from tests.factories.units import COUNTY

LIAISON = {"PRISON_LIAISON", "DETENTION_OFFICER"}
OPENS = {*LIAISON, "PRISON_LEADER", "COUNTY_OFFICER", "COUNTY_HEAD", "TOWNSHIP_OFFICER", "SOCIAL_WORKER", "COUNSELLOR"}
OPENS |= {"PROCURATORATE"}
LISTS = OPENS | {"SUPERVISOR"}
ANSWERS = {*LIAISON, "COUNTY_OFFICER", "TOWNSHIP_OFFICER", "SOCIAL_WORKER", "COUNSELLOR"}
READS_RULES = LISTS | {"IDENTITY_DESK", "SYSTEM_ADMINISTRATOR", "SECURITY_ADMINISTRATOR", "AUDIT_ADMINISTRATOR"}
READS_RULES |= {"PARTNER", "EVALUATOR", "POLICE_STATION", "DEPARTMENT_CLERK", "DECIDING_ORGAN"}

TAKE_NONE = {"COUNTY_HEAD", "PRISON_LEADER", "PROCURATORATE"}
"""Who sees lists on the pages and takes nobody's data through the interface."""

# Which roles may call which operation; written by hand.
MAY = {
    ("POST", "roster/check"): LIAISON,
    ("POST", "roster/import"): LIAISON,
    ("GET", "roster/under-way/{draft_id}"): LIAISON,
    ("GET", "dossiers"): LISTS,
    ("POST", "dossiers"): LIAISON,
    ("GET", "dossiers/{dossier_id}"): LISTS,
    ("POST", "dossiers/{dossier_id}/acknowledge"): {"COUNTY_OFFICER"},
    ("POST", "dossiers/{dossier_id}/refuse"): {"COUNTY_OFFICER"},
    ("POST", "dossiers/{dossier_id}/contest"): LIAISON,
    ("GET", "receipts"): LISTS,
    ("GET", "receipts/{number}"): LISTS,
    ("GET", "journeys"): LISTS,
    ("GET", "journeys/{journey_id}"): OPENS,
    ("POST", "journeys/{journey_id}/register"): {"COUNTY_OFFICER", "TOWNSHIP_OFFICER"},
    ("GET", "journeys/{journey_id}/steps"): OPENS,
    ("POST", "journeys/{journey_id}/steps/{step}/answer"): ANSWERS,
    ("GET", "tasks"): LISTS,
    ("GET", "codes"): READS_RULES,
    ("GET", "codes/{table}"): READS_RULES,
    ("GET", "rules"): READS_RULES,
    ("GET", "rules/{rule_id}"): READS_RULES,
    ("GET", "rules/{rule_id}/due"): READS_RULES,
}
LISTED = {("GET", place) for place in ("dossiers", "receipts", "journeys", "tasks")}
ADDRESSED = {
    "{draft_id}": str(uuid.UUID(int=5)),
    "{dossier_id}": str(uuid.UUID(int=5)),
    "{journey_id}": str(uuid.UUID(int=5)),
    "{step}": "education",
    "{number}": "H-NONE",
    "{table}": "sex",
    "{rule_id}": "RS-14",
}
BODIES = {
    "dossiers": {"person_id": str(uuid.UUID(int=5))},
    "refuse": {"ground": "DOCUMENTS_MISSING", "remark": "缺页"},
    "contest": {"reasons": "文书齐全"},
    "answer": {"outcome": "begun"},
}


def declared() -> dict[tuple[str, str], str]:
    """The permission that each operation of the interface declares."""
    views = [view for bound in api._get_bound_routers() for view in bound.path_operations.values()]
    made = {}
    for operation in (one for view in views for one in view.operations):
        (method,), (bearer,) = operation.methods, operation.auth_callbacks
        made[method, re.sub(r"\{\w+:", "{", operation.path.strip("/"))] = bearer.permission
    paths = described(api, PREFIX)["paths"]
    told = {(method.upper(), path.removeprefix(f"/{PREFIX}/")) for path, way in paths.items() for method in way}
    assert told == set(made)
    return made


def test_every_operation_declares_a_permission_and_stands_in_the_table():
    found = declared()
    assert set(found) == set(MAY)
    assert set(found.values()) <= set(PERMISSIONS)
    for cell, permission in found.items():
        assert {role.code for role in ROLES.values() if permission in role.may} == MAY[cell], cell


def test_every_address_of_the_interface_asks_for_a_token():
    below = [pattern for pattern in urlpatterns if str(pattern.pattern).startswith("api/")]
    assert {pattern.name for pattern in below if pattern.callback.permission != BEARER} == {"api-openapi", "api-docs"}
    assert sum(len(pattern.callback.operations) for pattern in below if pattern.callback.permission == BEARER) == len(
        MAY
    )


def _ask(caller, method: str, place: str):
    for name, value in ADDRESSED.items():
        place = place.replace(name, value)
    if method == "GET":
        return caller.get(f"/{place}", **({"from": "2026-10-20"} if place.endswith("/due") else {}))
    return caller.post(f"/{place}", BODIES.get(place.rsplit("/", 1)[-1]))


def _expected(method: str, place: str) -> int:
    """What is asked about nobody that is known, or sent as no roster."""
    if method == "POST" and place.startswith("roster/"):
        return 415
    named = {"{draft_id}", "{dossier_id}", "{journey_id}", "{number}"}
    return 404 if method == "POST" or any(one in place for one in named) else 200


def test_every_role_walks_to_every_operation(fresh):
    found, expected = {}, {}
    for role in ROLES.values():
        caller = Caller(token_of(fresh, machine_post(fresh, COUNTY, role.code), role.purposes[0]))
        for (method, place), roles in MAY.items():
            cell = (method, place, role.code)
            found[cell] = _ask(caller, method, place).status_code
            barred = role.code in TAKE_NONE and (method, place) in LISTED
            expected[cell] = _expected(method, place) if role.code in roles and not barred else 403
    assert {cell: status for cell, status in found.items() if status != expected[cell]} == {}
    assert len(found) == len(ROLES) * len(MAY)
    with fresh.role("guitu_owner") as door:
        refused = door.execute("SELECT count(*) FROM access_trace WHERE outcome = 'DENIED'").fetchone()[0]
    assert refused == sum(status == 403 for status in found.values())


def test_without_a_token_no_operation_answers(peopled):
    for method, place in MAY:
        with problem(_ask(Caller(None), method, place), 401, "token-missing"):
            pass


@pytest.mark.parametrize("name", ["prison", "other-prison", "county", "sibling", "foreign", "province"])
def test_a_system_sees_the_persons_of_its_units_desk_and_nobody_else(peopled, systems, name):
    from tests.web.who_may import SEES, WALKED

    opened = set()
    with peopled.role("guitu_owner") as door:
        journeys = dict(door.execute("SELECT person_id, id FROM journeys_journey").fetchall())
    for person in WALKED:
        answer = systems(name).get(f"/journeys/{journeys[peopled.persons[person]]}")
        if answer.status_code == 200:
            opened.add(person)
    assert opened == (set() if name == "province" else SEES[name])


def test_a_posts_own_purpose_is_the_only_one_of_its_token(fresh):
    county = systems_of(fresh)("county")
    county.get("/codes")
    with fresh.role("guitu_owner") as door:
        purposes = door.execute(
            "SELECT DISTINCT purpose FROM access_trace t JOIN access_post p ON p.id = t.post_id WHERE p.title = '接口'"
        ).fetchall()
    assert purposes == [("RECEIVE_RETURN",)]
