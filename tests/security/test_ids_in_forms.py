"""An id stands in many fields of forms: put there the id of another office's row, nothing is done or shown.

Every form on the pages that a post opens is read as its browser reads it and sent once for each field that carries an
id, with the id of a row of another office in its place; the rows of the whole database are compared before and after.
"""

import re
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from guitu.access.establishing import post_id, unit_id
from tests.factories.units import FOREIGN_COUNTY, OTHER_CITY
from tests.web import canary
from tests.web.peopled import ACKNOWLEDGED, AT_FOREIGN, HOME_FOREIGN, KEPT, REGISTERED, SENT
from tests.web.reading import Page, body
from tests.web.who_may import ROLE_OF

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
WRITTEN_BY_LOOKS = {"access_trace", "access_session", "access_beat", "access_sign_in", "access_looked", "ledger_"}
"""What a refused attempt leaves, and where a session was used last."""
MARKS = {"mark", "csrfmiddlewaretoken", "sending"}
"""Fields with an id that names nothing yet."""
ASKING = ["county", "prison", "township", "worker", "county-head", "prison-leader", "procurator", "employer", "system"]
ASKING += ["security", "audit", "identity", "supervisor", "province"]
PATHS = [
    "/county/",
    "/county/allot/",
    "/prison/",
    "/prison/roster/",
    "/search/?q=a",
    "/account/",
    "/notices/",
    "/post/",
]
PATHS += ["/window/", "/window/elsewhere/", "/papers/", "/offers/", "/exports/", "/emergency/", "/worker/", "/rights/"]
PATHS += ["/units/", "/accounts/", "/proposals/", "/commissions/", "/terminals/", "/dual-changes/", "/looks-held/"]
PATHS += ["/breaches/", "/worsened/", "/complaints/", "/prison/identity/", "/prison/identity/files/", "/impact/"]
PATHS += [
    "/partner/",
    "/partner/offers/",
    "/partner/offers/new/",
    "/letters/sent/",
    "/rights/due/",
    "/emergency/reviews/",
]
PATHS += ["/evaluations/", "/exports/decisions/", "/watch/", "/my/breaches/"]
OF_A_PERSON = ["", "papers/", "window/", "sign-in/", "refer/", "rights/", "complaint/", "seal/"]
OF_A_PERSON += ["items/id_doc/", "items/education/record/", "looks/"]
TYPED = {"date": "2026-09-01", "datetime-local": "2026-09-01T09:00", "number": "1", "tel": "13900000000"}


def forms(html: str) -> Iterator[tuple[str, str, list[tuple[str, list[str]]]]]:
    """Method, address and fields of each form of a page, each field with the values that a browser could send."""
    for piece in re.findall(r"<form\b.*?</form>", html, re.S):
        found = Page(piece).found
        head, fields = found[0][1], {}
        chosen = ""
        for tag, attributes, texts in found[1:]:
            name = attributes.get("name", "")
            if tag == "select":
                chosen = name
            elif tag == "option" and chosen:
                fields.setdefault(chosen, []).append(attributes.get("value", ""))
            elif tag == "textarea" and name:
                fields[name] = ["".join(texts).strip() or "经核对，按规定办理。"]
            elif tag in {"input", "button"} and name:
                kind = attributes.get("type", "text")
                given = attributes.get("value", "")
                if kind not in {"file", "submit", "radio", "checkbox", "hidden"}:
                    given = given or TYPED.get(kind, "核对")
                fields.setdefault(name, []).append(given)
        yield head.get("method", "get").lower(), head.get("action", ""), sorted(fields.items())


def digests(house) -> dict[str, str]:
    """Of each table a digest of all its rows, in an order of their own."""
    with house.role("guitu_owner") as door:
        tables = [
            row[0] for row in door.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        return {
            table: door.execute(
                f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {table} t"
            ).fetchone()[0]
            for table in tables
            if not table.startswith(tuple(WRITTEN_BY_LOOKS))
        }


def foreign_ids(house) -> list[str]:
    """Ids of what offices of another province or prison hold: persons, their matters and papers, posts, units."""
    others = [house.persons[AT_FOREIGN], house.persons[HOME_FOREIGN], canary.PERSON]
    found = [*others, canary.JOURNEY, post_id("foreign", FOREIGN_COUNTY, "COUNTY_OFFICER"), unit_id(OTHER_CITY)]
    return list(dict.fromkeys(map(str, [*found, *rows_about(house, others)])))


def rows_about(house, persons: list) -> list:
    """The id of one row of every table that names one of these persons."""
    found: list = []
    with house.role("guitu_owner") as door:
        tables = door.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.columns i USING (table_name)"
            " JOIN pg_tables t ON t.tablename = c.table_name AND t.schemaname = 'public'"
            " WHERE c.column_name = 'person_id' AND i.column_name = 'id' AND i.data_type = 'uuid' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            row = door.execute(f"SELECT id FROM {table} WHERE person_id = ANY (%s) ORDER BY id", (persons,)).fetchone()
            found += [row[0]] if row else []
    return found


def offered(house, login: str) -> dict[tuple[str, str], tuple[str, list[tuple[str, list[str]]]]]:
    """Every form with an id in it that the pages of this post offer, by address and field, one for each kind."""
    browser, found = house.client(login), {}
    whom = [house.persons[name] for name in (SENT, KEPT, ACKNOWLEDGED, REGISTERED)]
    for path in [*PATHS, *(f"/persons/{person}/{part}" for person in whom for part in OF_A_PERSON)]:
        answer = browser.get(path)
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        for method, action, fields in forms(body(answer)):
            address = action or path
            try:
                name = resolve(urlsplit(address).path).url_name
            except Resolver404:
                continue
            for field, values in fields:
                if field not in MARKS and any(UUID.fullmatch(value) for value in values):
                    found.setdefault((name, field), (method, address, fields))
    return found


def filled(fields, field: str, value: str) -> dict[str, str]:
    """The form as a browser would send it, with this value in this field, fresh marks, and sure of itself."""
    sent = {key: values[-1] for key, values in fields if key != "csrfmiddlewaretoken"}
    return sent | {key: str(uuid.uuid4()) for key in MARKS & set(sent)} | {field: value, "sure": "yes"}


def lines(house) -> int:
    """How many lines say that a foreign person was looked at or something was done about them."""
    others = [house.persons[AT_FOREIGN], house.persons[HOME_FOREIGN], canary.PERSON]
    with house.role("guitu_owner") as door:
        said = "SELECT count(*) FROM access_trace WHERE outcome = 'ALLOWED' AND subjects && %s::uuid[]"
        return door.execute(said, (others,)).fetchone()[0]


REFUSED = {400, 403, 404, 409, 422}


@pytest.mark.parametrize("login", [one for one in ASKING if one in ROLE_OF])
def test_the_id_of_another_offices_row_in_a_field_changes_nothing_and_shows_nothing(fresh, login) -> None:
    """What is shown is listened to besides (tests/web/canary.py); here also the names of those of other offices."""
    found = offered(fresh, login)
    assert ("post", "post") in found
    browser, foreign, before, looked = fresh.client(login), foreign_ids(fresh), digests(fresh), lines(fresh)
    assert len(foreign) >= 10
    for (name, field), (method, address, fields) in found.items():
        for other in foreign:
            sent = filled(fields, field, other)
            answer = browser.post(address, sent) if method == "post" else browser.get(address, sent)
            passed = name == "notices-read" and answer.get("Location") == "/notices/"
            assert answer.status_code in REFUSED or passed, (name, field, other)
            assert not [whose for whose in (AT_FOREIGN, HOME_FOREIGN) if whose in answer.content.decode()]
    after = digests(fresh)
    assert {table for table in before if after[table] != before[table]} == set()
    assert lines(fresh) == looked


def test_control_the_own_id_in_the_same_field_does_what_the_form_is_for(fresh) -> None:
    found, browser = offered(fresh, "county"), fresh.client("county")
    assert {name for name, _ in found} >= {"allot", "answer", "papers-print", "person-sign-in-issue", "notices-read"}
    before = digests(fresh)
    _, address, fields = found["notices-read", "notice"]
    assert browser.post(address, filled(fields, "notice", dict(fields)["notice"][0])).status_code == 302
    after = digests(fresh)
    assert {table for table in before if after[table] != before[table]} == {"notices_reading"}


def test_control_one_changed_row_is_noticed_in_whichever_table(fresh) -> None:
    before = digests(fresh)
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE people_identifier SET to_at = clock_timestamp() WHERE person_id = %s", (canary.PERSON,))
        door.execute("UPDATE access_unit SET phone = '1' WHERE id = %s", (unit_id(OTHER_CITY),))
    after = digests(fresh)
    assert {table for table in before if after[table] != before[table]} == {"people_identifier", "access_unit"}
    assert len(before) > 60
