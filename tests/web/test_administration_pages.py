"""The administrators' pages: a post from proposal to its end, accounts and slips, what the auditor sees."""

import re
import uuid

import pytest
from django.test import Client

from guitu.access import queries
from guitu.access.establishing import account_id, unit_id
from guitu.access.models import SignIn
from guitu.web.account.views import outcome_words
from guitu.web.gate import token_cookie
from tests.factories.units import COUNTY, OTHER_CITY, TOWNSHIP
from tests.web.peopled import serve_from_source
from tests.web.reading import body, page, total


@pytest.fixture
def at_work(house, monkeypatch):
    """A browser signed in as this login, on a fresh installation."""
    serve_from_source(monkeypatch)

    def sign_in(login: str, *, language: str = "zh-hans") -> Client:
        browser = Client()
        browser.cookies[token_cookie()] = house.token(login)
        browser.cookies["django_language"] = language
        return browser

    return sign_in


def proposal(**more):
    return {
        "mark": str(uuid.uuid4()),
        "account": str(account_id("township")),
        "role": "SOCIAL_WORKER",
        "title": "社工",
        "from_on": "2026-02-01",
        "to_on": "",
    } | more


def test_a_post_goes_from_proposal_to_confirmation_to_its_end(at_work):
    system, security = at_work("system"), at_work("security")
    address = f"/units/{unit_id(TOWNSHIP)}/"
    assert page(system.get(address)).all("form", action=f"{address}propose/")
    assert not page(security.get(address)).all("form", action=f"{address}propose/")
    assert system.post(f"{address}propose/", proposal())["Location"] == address
    assert "待审核的提议" in body(system.get(address))
    waiting = security.get("/proposals/")
    decide = re.search(r'action="(/proposals/[0-9a-f-]{36}/decide/)"', body(waiting))[1]
    assert "/decide/" not in body(system.get("/proposals/"))
    assert security.post(decide, {"decision": "refuse", "reason": ""}).status_code == 422
    assert security.post(decide, {"decision": "confirm"})["Location"] == "/proposals/"
    assert security.post(decide, {"decision": "confirm"}).status_code == 422
    assert total(security.get("/proposals/", {"all": "yes"})) == 1
    shown = body(system.get(address))
    end = re.findall(r'action="(/posts/[0-9a-f-]{36}/end/)"', shown)
    assert len(end) == 3
    assert system.post(end[0], {"unit": str(unit_id(TOWNSHIP)), "sure": "yes"})["Location"] == address
    assert "以前的任职" in body(system.get(address))


def test_what_is_wrong_with_a_proposal_is_said_with_what_was_typed(at_work):
    system = at_work("system")
    address = f"/units/{unit_id(TOWNSHIP)}/propose/"
    answer = system.post(address, proposal(title="", from_on="2026-02-01"))
    assert answer.status_code == 422
    assert 'value="2026-02-01"' in body(answer)
    assert system.post(address, proposal(from_on="tomorrow")).status_code == 422
    assert system.get(f"/units/{uuid.uuid4()}/").status_code == 404


def test_a_unit_where_nobody_is_in_office_is_told_and_can_be_found(at_work):
    system = at_work("system")
    assert "有单位无人在岗" in body(system.get("/units/"))
    listed = body(system.get("/units/", {"empty": "yes"}))
    assert OTHER_CITY in listed
    assert COUNTY not in listed
    assert "这个单位没有任何岗位有人" in body(system.get(f"/units/{unit_id(OTHER_CITY)}/"))
    assert total(system.get("/units/", {"kind": "county"})) == 3


def test_an_account_is_added_by_one_and_gets_its_password_from_another(at_work, house):
    system, security = at_work("system"), at_work("security")
    mark = str(uuid.uuid4())
    assert system.post("/accounts/add/", {"mark": mark, "login": "lin", "name": "林见山"})["Location"] == "/accounts/"
    taken = system.post("/accounts/add/", {"mark": str(uuid.uuid4()), "login": "lin", "name": "林某"})
    assert taken.status_code == 422
    assert "已有人用" in body(taken)
    assert not page(system.get("/accounts/")).all("form", action=f"/accounts/{mark}/password/")
    slip = security.post(f"/accounts/{mark}/password/", {"sure": "yes"})
    given = page(slip).all("p", cls="no")[0][1]
    assert slip["Cache-Control"] == "no-store"
    assert given not in body(security.get("/accounts/"))
    entered = Client(REMOTE_ADDR="192.0.2.7").post("/sign-in/", {"login": "lin", "password": given})
    assert entered["Location"].startswith("/sign-in/step/")


def test_a_closed_account_is_out_at_once(at_work, house):
    security, officer = at_work("security"), at_work("county")
    assert officer.get("/county/").status_code == 200
    lock = f"/accounts/{account_id('county')}/lock/"
    asked = page(security.post(lock, {"locked": "yes"}))
    assert asked.all("input", name="locked")[0][0]["value"] == "yes"  # the form comes back whole, and nothing is closed
    assert officer.get("/county/").status_code == 200
    assert security.post(lock, {"locked": "yes", "sure": "yes"}).status_code == 302
    assert officer.get("/county/").status_code == 401
    assert "已停用" in body(security.get("/accounts/", {"q": "county"}))
    assert security.post(lock, {}).status_code == 302
    assert queries.session_of(house.token("county")) is not None


def test_the_auditor_pages_through_changes_sign_ins_and_refusals(at_work):
    at_work("system").post(f"/units/{unit_id(TOWNSHIP)}/propose/", proposal())
    at_work("county").get("/units/")
    Client(REMOTE_ADDR="192.0.2.9").post("/sign-in/", {"login": "county", "password": "wrong"})
    audit = at_work("audit")
    assert audit.get("/")["Location"] == "/audit/"
    changes = audit.get("/audit/")
    assert "提议任职" in body(changes)
    assert total(changes) == 1
    assert total(audit.get("/audit/", {"who": "nobody"})) == 0
    assert total(audit.get("/audit/", {"from": "2020-01-01", "to": "2020-01-02"})) == 0
    signs = audit.get("/audit/", {"list": "sign-ins", "failed": "yes"})
    assert "192.0.2.9" in body(signs)
    refused = audit.get("/audit/", {"list": "refusals"})
    assert "岗位没有这项权限" in body(refused)
    assert total(refused) == 1


def test_whatever_can_happen_at_the_door_has_a_word():
    (held,) = [one for one in SignIn._meta.constraints if one.name == "access_sign_in_outcome"]
    ((_name, outcomes),) = held.condition.children
    assert set(outcome_words()) == set(outcomes)


@pytest.mark.parametrize(
    ("login", "address"), [("system", "/units/"), ("security", "/accounts/"), ("audit", "/audit/")]
)
def test_each_page_is_whole_in_english(at_work, login, address):
    shown = body(at_work(login, language="en").get(address))
    main = shown[shown.index('<main class="gt-main"') :]
    said = re.sub(r"<[^>]+>", " ", main)
    names = re.findall(r"[\u4e00-\u9fff]+", said)
    assert not {"单位", "账号", "审计", "全部", "查询"} & set(names)
