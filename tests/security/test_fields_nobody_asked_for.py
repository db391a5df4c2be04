"""Mass assignment: a form takes the fields that it has; columns that somebody adds to it are written nowhere.

Every form of the pages that a post opens is sent as its browser sends it, with every column of the database's tables
that decides whose, where, by whom or how something stands added under its own name. What was added stands in no row.
"""

import uuid
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.urls import Resolver404, resolve

from guitu.web.county_desk import allotting
from tests.security.test_ids_in_forms import OF_A_PERSON, PATHS, filled, forms
from tests.web.peopled import ACKNOWLEDGED, KEPT, REGISTERED, SENT
from tests.web.reading import body

UNASKED = uuid.UUID(int=0xA55E_55ED << 96)
WORD, DAY = "zzunaskedzz", "2097-03-01"
POSTS = ("county", "prison", "worker", "county-head", "township", "employer", "system", "security", "person")
NOT_SENT = {"sign-out", "demo-sign-in", "act-as", "session-end", "post", "language", "purpose"}
"""What would end the session that sends, or begin another."""


def added(house) -> dict[str, str]:
    """Every column of whose, where, by whom, when and how something stands, with a value that nothing else has."""
    with house.role("guitu_owner") as door:
        columns = door.execute(
            "SELECT DISTINCT c.column_name, c.data_type FROM information_schema.columns c JOIN pg_tables t"
            " ON t.tablename = c.table_name AND t.schemaname = 'public' WHERE c.data_type IN ('uuid', 'text',"
            " 'character varying', 'timestamp with time zone', 'date', 'boolean')"
        ).fetchall()
    value = {"uuid": str(UNASKED), "date": DAY, "timestamp with time zone": f"{DAY}T09:00:00+08:00", "boolean": "true"}
    return {name: value.get(kind, WORD) for name, kind in columns}


def rows_with_it(house) -> set[str]:
    """Tables in which what was added stands, besides the trace of what was asked for."""
    with house.role("guitu_owner") as door:
        tables = [row[0] for row in door.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = set()
        for table in tables:
            said = f"SELECT 1 FROM {table} t WHERE t::text LIKE ANY (%s) LIMIT 1"
            if door.execute(said, ([f"%{UNASKED}%", f"%{WORD}%", f"%{DAY}%"],)).fetchone():
                found.add(table)
    return found


def offered(house, login: str) -> Iterator[tuple[str, str, str, list]]:
    """Every form that the pages of this post offer, one for each kind and set of fields."""
    browser, seen = house.client(login), set()
    whom = [house.persons[name] for name in (SENT, KEPT, ACKNOWLEDGED, REGISTERED)]
    for path in [*PATHS, "/my/", "/my/say/", *(f"/persons/{one}/{part}" for one in whom for part in OF_A_PERSON)]:
        answer = browser.get(path)
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        for method, action, fields in forms(body(answer)):
            try:
                name = resolve(urlsplit(action or path).path).url_name
            except Resolver404:
                continue
            kind = name, tuple(field for field, _ in fields)
            if kind not in seen and name not in NOT_SENT and method == "post":
                seen.add(kind)
                yield name, action or path, method, fields


def send(house, login: str, more: dict[str, str]) -> tuple[int, int]:
    """Send every form with what is added to it; how many were sent, and how many were taken."""
    browser, every, taken = house.client(login), list(offered(house, login)), 0
    for _name, address, _method, fields in every:
        sent = filled(fields, "sure", "yes")
        answer = browser.post(address, {key: value for key, value in more.items() if key not in sent} | sent)
        assert answer.status_code < 500, address
        taken += answer.status_code in {200, 302}
    return len(every), taken


@pytest.mark.parametrize("login", POSTS)
def test_columns_added_to_a_form_are_written_nowhere(fresh, login) -> None:
    more = added(fresh)
    assert {"division", "responsible_unit_id", "sealed_at", "person_id", "post_id", "decided_by"} <= set(more)
    assert rows_with_it(fresh) == set()
    sent, taken = send(fresh, login, more)
    assert sent >= taken >= 1
    assert rows_with_it(fresh) == set()


class Read(QueryDict):
    """A form that notes which of its fields are asked for by their name."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, key):
        self.asked.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)

    def getlist(self, key, default=None):
        self.asked.add(key)
        return super().getlist(key, default)

    def __contains__(self, key):
        self.asked.add(key)
        return super().__contains__(key)


@pytest.fixture
def reading(monkeypatch):
    """Every form that is sent notes what is asked of it."""
    load = WSGIRequest._load_post_and_files

    def loaded(request):
        load(request)
        if type(request._post) is QueryDict:
            request._post.__class__ = Read

    monkeypatch.setattr(WSGIRequest, "_load_post_and_files", loaded)


OF_EVERY_FORM = {"csrfmiddlewaretoken", "kept_form", "sure", "sheet"}
"""Asked of any form: its token, whether it was kept at the end of a session, the word of a second question, a file."""
SOMETIMES = {
    ("item-recorded", "confirmed"): "the box that is shown where the new value contradicts another",
    ("notices-read", "page"): "the page of the list that was open, where there is more than one",
    ("notices-read", "up_to"): "the last notice of a list that is read whole",
    ("person-sign-in-issue", "mandate"): "the representatives, where there are some to give a code to",
    ("refer-send", "offer"): "the offer, where there is one to choose",
    ("terminal-add", "post"): "the posts, where there are some to bind",
}
"""Fields that a form has where there is something to choose from."""
EVERYBODY = ("representative", "audit", "procurator", "identity", "prison-leader", "city", "province", *POSTS)
"""Who may lose their post by what another sends, first."""


def read_unasked(house, login: str) -> dict[tuple[str, str], str]:
    """The fields that a form of this post does not have and that are read of it all the same."""
    browser, found, has = house.client(login), {}, {}
    every = list(offered(house, login))
    for name, _address, _method, fields in every:
        has.setdefault(name, set()).update(field for field, _ in fields)
    for name, address, _method, fields in every:
        Read.asked = set()
        answer = browser.post(address, filled(fields, "sure", "yes"))
        assert answer.status_code < 500, address
        found |= {(name, field): login for field in Read.asked - has[name] - OF_EVERY_FORM}
    return found


def test_of_a_form_nothing_is_read_that_it_does_not_have(fresh, reading) -> None:
    """A flag too: what is not read is neither written nor believed."""
    found = {}
    for login in EVERYBODY:
        found |= read_unasked(fresh, login)
    assert set(found) <= set(SOMETIMES), found


def test_control_a_view_that_believes_a_flag_of_the_form_is_found(fresh, reading, monkeypatch) -> None:
    """As if a page let whoever sends it say that nobody needs to be told."""
    telling = allotting.mark_of

    def believing(request):
        request.POST.get("quietly")
        return telling(request)

    monkeypatch.setattr(allotting, "mark_of", believing)
    assert ("allot", "quietly") in read_unasked(fresh, "county")


def test_control_the_same_word_in_a_field_that_the_form_has_is_found(fresh) -> None:
    """That forms are taken at all, and that what one of them takes is met in a row."""
    browser = fresh.client("county")
    for _name, address, _method, fields in list(offered(fresh, "county")):
        typed = {key: f"{WORD}逐项核对" for key, values in fields if values[-1] in {"核对", "经核对，按规定办理。"}}
        browser.post(address, filled(fields, "sure", "yes") | typed)
    assert rows_with_it(fresh)


def test_control_one_row_is_found_in_whichever_table(fresh) -> None:
    with fresh.role("guitu_owner") as door:
        door.execute("CREATE TABLE taken (words text)")
        door.execute("INSERT INTO taken SELECT %s", (WORD,))
    assert rows_with_it(fresh) == {"taken"}
