"""Nothing of a person of another province comes out: not in a page, the interface, a paper, a sheet, the log or a job.

Every answer of every test in a peopled house is listened to (tests/web/canary.py); here the person is asked for
outright, and the bird is shown to sing.
"""

import io
import json
import logging
import uuid
import zipfile
from datetime import date
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.systems import systems_of
from tests.factories import rosters
from tests.papers.test_typesetting import setting
from tests.web import canary
from tests.web.canary import ADDRESS, ID_NUMBER, MARKS, NAME, NOTE, PERSON, PHONE, Sang, listen
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.kinds_of_address import ABOUT_A_PERSON, OF_THE_ROAD
from tests.web.test_taken_in_words import FORM
from tests.web.test_the_walk import _ask
from tests.web.who_may import LISTERS, MAY, ROLE_OF

ASKING = ("prison", "county", "province", "station")
"""One post of each kind that reads about persons."""


def test_whoever_asks_for_the_planted_person_outright_hears_nothing(fresh):  # noqa: F811 - the fixture
    for login in ASKING:
        browser = fresh.client(login)
        for name in sorted(set(ABOUT_A_PERSON) - OF_THE_ROAD):
            with canary.typed("file"):  # the address itself names the file
                assert _ask(browser, name, PERSON, uuid.UUID(int=7)) == (404 if ROLE_OF[login] in MAY[name] else 403)
        if ROLE_OF[login] in LISTERS:
            for told in ("name", "identity number"):
                with canary.typed(told):
                    assert browser.get("/search/?q=" + quote(MARKS[told])).status_code == 200
    prison = fresh.client("prison")
    near = rosters.row(NAME[:2] + "山", release=date(2026, 12, 20), order="777", born="19010203", county="911399")
    report = prison.post("/prison/roster/check/", {"file": SimpleUploadedFile("名册.xlsx", rosters.workbook(near))})
    with canary.typed("identity number"):  # the row that was handed in says it
        assert prison.get(report["Location"]).status_code == 200
        assert prison.post(report["Location"] + "take-in/").status_code == 302
    assert prison.get("/prison/identity/").status_code == 200
    words = FORM | {"mark": str(uuid.uuid4()), "document_number": ID_NUMBER}
    slip = fresh.client("county").post("/window/elsewhere/take/", words)
    assert slip.status_code == 302
    assert fresh.client("county").get(slip["Location"]).status_code == 200
    for name in ("prison", "county", "province"):
        system = systems_of(fresh)(name)
        with canary.typed("file"):
            assert system.get(f"/journeys/{canary.JOURNEY}").status_code == (403 if name == "province" else 404)
        for place in ("journeys", "dossiers", "receipts", "tasks"):
            assert system.whole(f"/{place}") is not None
    assert canary.rows_that_sing(fresh) == []


def test_control_within_reach_the_person_would_be_shown_and_the_page_sings(fresh):  # noqa: F811 - the fixture
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE people_person SET division = '910121000000' WHERE id = %s", [PERSON])
    browser = fresh.client("county")
    with pytest.raises(Sang, match=r"GET /search/.*person number"):
        browser.get("/search/?q=" + quote(NAME))


def _zipped(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("inner.xlsx", rosters.workbook((text,)))
    return made.getvalue()


@pytest.mark.parametrize("told", sorted(MARKS))
def test_control_each_value_sings_in_each_kind_of_answer(told):
    value = MARKS[told]
    shapes = [f"<p>{value}</p>".encode(), json.dumps({"x": value}).encode(), quote(value).encode(), _zipped(value)]
    shapes += [value.encode("gb18030"), setting("release_notice", household=value).data]
    for data in shapes:
        with pytest.raises(Sang, match=told):
            listen(data, "here")
        with canary.typed(told):
            listen(data, "here")
    listen(setting("release_notice").data + "陈柏舟".encode(), "here")


def test_control_a_notice_sings(fresh):  # noqa: F811 - the fixture
    assert {"notices_notice", "access_errand", "access_trace", "access_sign_in"} <= set(canary.rows_without_persons())
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE notices_notice SET key = %s WHERE id = (SELECT id FROM notices_notice LIMIT 1)", [PHONE])
    assert canary.rows_that_sing(fresh) == ["notices_notice"]
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE notices_notice SET key = 'x' WHERE key = %s", [PHONE])


def test_control_a_line_of_the_log_sings(monkeypatch):
    with pytest.raises(Sang, match=r"guitu\.web: address"), canary.listening(monkeypatch):
        logging.getLogger("guitu.web").error("failure at %s", ADDRESS)


def test_control_what_the_asker_did_not_type_sings_beside_what_was_typed():
    with canary.typed("name"), pytest.raises(Sang, match="note"):
        listen(f"{NAME}: {NOTE}".encode(), "here")
