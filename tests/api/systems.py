"""Other systems as clients: a machine post for each role, a token for its purpose, a caller without a browser."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.test import Client

from guitu.access import signing_in
from guitu.access.establishing import unit_id
from tests.factories.units import COUNTY, FOREIGN_COUNTY, OTHER_PRISON, PRISON, PROVINCE, SIBLING_COUNTY
from tests.web.peopled import Peopled

SYSTEMS = {
    "prison": (PRISON, "PRISON_LIAISON", "PREPARE_RETURN"),
    "other-prison": (OTHER_PRISON, "PRISON_LIAISON", "PREPARE_RETURN"),
    "county": (COUNTY, "COUNTY_OFFICER", "RECEIVE_RETURN"),
    "sibling": (SIBLING_COUNTY, "COUNTY_OFFICER", "RECEIVE_RETURN"),
    "foreign": (FOREIGN_COUNTY, "COUNTY_OFFICER", "RECEIVE_RETURN"),
    "province": (PROVINCE, "SUPERVISOR", "SUPERVISE_LINKAGE"),
    "identity": (PROVINCE, "IDENTITY_DESK", "CHECK_IDENTITY"),
    "system": (PROVINCE, "SYSTEM_ADMINISTRATOR", "ADMINISTER"),
    "security": (PROVINCE, "SECURITY_ADMINISTRATOR", "SECURE"),
}
"""Unit, role and purpose of the machine post that stands for each kind of system."""
LASTS = timedelta(hours=8)


def machine_post(house: Peopled, unit: str, role: str) -> uuid.UUID:
    """Register a system of its own and fill a post with it; as owner, as the command line does."""
    account, post, login = uuid.uuid4(), uuid.uuid4(), f"system-{uuid.uuid4().hex[:8]}"
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_account SELECT (jsonb_populate_record(a, %s::jsonb)).* FROM access_account a"
            " WHERE login = 'city'",
            (json.dumps({"id": str(account), "login": login, "name": "对接系统"}),),
        )
        door.execute(
            "INSERT INTO access_api_client (id, account_id, made_at, done_by) VALUES (%s, %s, now(), 'tests')",
            (uuid.uuid4(), account),
        )
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at)"
            " VALUES (%s, %s, %s, %s, '接口', now() - interval '1 hour')",
            (post, account, unit_id(unit), role),
        )
    return post


def token_of(house: Peopled, post: uuid.UUID, purpose: str, *, lasts: timedelta = LASTS) -> str:
    """A token of this post, put in place as owner."""
    raw = "guitu_" + uuid.uuid4().hex
    with house.role("guitu_owner") as door:
        door.execute(
            "SELECT access_put_token(%s, %s, %s, '测试', %s, now(), NULL, 'tests')",
            (signing_in.hashed(raw), post, purpose, lasts),
        )
    return raw


class Caller:
    """Another system: sends and reads JSON, with or without its token."""

    def __init__(self, token: str | None, language: str = "zh-hans") -> None:
        self.client, self.token, self.language = Client(raise_request_exception=False), token, language

    def _headers(self, key: str | None = None) -> dict[str, str]:
        made = {"Accept-Language": self.language}
        if self.token is not None:
            made["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            made["Idempotency-Key"] = key
        return made

    def get(self, place: str, **query: object):
        """GET below /api/v1."""
        return self.client.get(f"/api/v1{place}", query, headers=self._headers())

    def post(self, place: str, body: object = None, *, key: str | None = "new"):
        """POST JSON below /api/v1, under a new key unless one is given; None sends none."""
        chosen = uuid.uuid4().hex if key == "new" else key
        text = "" if body is None else json.dumps(body, default=str)
        return self.client.post(f"/api/v1{place}", text, content_type="application/json", headers=self._headers(chosen))

    def send(self, place: str, data: bytes, kind: str, *, key: str | None = "new"):
        """POST bytes as they are."""
        chosen = uuid.uuid4().hex if key == "new" else key
        return self.client.post(f"/api/v1{place}", data, content_type=kind, headers=self._headers(chosen))

    def whole(self, place: str, **query: object) -> list[dict]:
        """All pages of a list."""
        found, cursor = [], ""
        while True:
            page = self.get(place, **query, **({"cursor": cursor} if cursor else {})).json()
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = page["next"]


Systems = Callable[[str], Caller]


def systems_of(house: Peopled) -> Systems:
    """A caller for each kind of system, its token made once."""
    tokens: dict[str, str] = {}

    def caller(name: str, *, language: str = "zh-hans") -> Caller:
        if name not in tokens:
            unit, role, purpose = SYSTEMS[name]
            tokens[name] = token_of(house, machine_post(house, unit, role), purpose)
        return Caller(tokens[name], language)

    return caller


@contextmanager
def problem(answer, status: int, kind: str) -> Iterator[dict]:
    """The body of a problem of this status and kind, in both languages."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"/api/v1/docs#problem-{kind}"
    assert told["status"] == status
    assert told["detail_zh"]
    assert told["detail_en"]
    yield told
