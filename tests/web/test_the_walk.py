"""Everybody tries every address, about persons of their own unit and of all others; the table is written by hand."""

import sys
import types
import uuid
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path, reverse

from guitu.access import signing_in
from guitu.access.establishing import unit_id
from guitu.access.roles import ROLES
from guitu.web.addresses import urlpatterns
from guitu.web.gate import token_cookie
from guitu.web.permits import BEARER, PUBLIC, SIGNED_IN, public
from tests.factories import rosters
from tests.factories.units import COUNTY as COUNTY_UNIT
from tests.web.peopled import (
    ACKNOWLEDGED,
    AT_FOREIGN,
    AT_SIBLING,
    HOME_FOREIGN,
    KEPT,
    LONGEST_NAME,
    OTHERS,
    REGISTERED,
    SENT,
    SIXTY,
)
from tests.web.reading import body, page, persons_linked, without_tokens

LIAISON, COUNTY, SUPERVISOR = "PRISON_LIAISON", "COUNTY_OFFICER", "SUPERVISOR"
IDENTITY, SYSTEM = "IDENTITY_DESK", "SYSTEM_ADMINISTRATOR"
SECURITY, AUDIT = "SECURITY_ADMINISTRATOR", "AUDIT_ADMINISTRATOR"
LEADER, DETENTION, HEAD = "PRISON_LEADER", "DETENTION_OFFICER", "COUNTY_HEAD"
TOWNSHIP, WORKER, COUNSELLOR, PROCURATOR = "TOWNSHIP_OFFICER", "SOCIAL_WORKER", "COUNSELLOR", "PROCURATORATE"
PERSON, REPRESENTATIVE = "PERSON", "REPRESENTATIVE"
THEMSELVES = {PERSON, REPRESENTATIVE}
SENDERS = {LIAISON, DETENTION}
OPENERS = SENDERS | {COUNTY, LEADER, HEAD, TOWNSHIP, WORKER, COUNSELLOR, PROCURATOR}
REVEALERS = SENDERS | {COUNTY, TOWNSHIP}
LISTERS = OPENERS | {SUPERVISOR}
BOARD = {SUPERVISOR, LEADER, HEAD, PROCURATOR}
ADMINISTRATORS = {SYSTEM, SECURITY, AUDIT}
EVERYBODY = LISTERS | {IDENTITY} | ADMINISTRATORS
HELPERS = {COUNTY, TOWNSHIP, WORKER, COUNSELLOR}
ROLE_OF = {
    "prison": LIAISON,
    "other-prison": LIAISON,
    "county": COUNTY,
    "county-second": COUNTY,
    "sibling": COUNTY,
    "foreign": COUNTY,
    "prison-head": SUPERVISOR,
    "county-watch": SUPERVISOR,
    "city": SUPERVISOR,
    "other-city": SUPERVISOR,
    "province": SUPERVISOR,
    "identity": IDENTITY,
    "system": SYSTEM,
    "security": SECURITY,
    "audit": AUDIT,
    "prison-leader": LEADER,
    "detention": DETENTION,
    "county-head": HEAD,
    "township": TOWNSHIP,
    "township-second": TOWNSHIP,
    "worker": WORKER,
    "counsellor": COUNSELLOR,
    "procurator": PROCURATOR,
    "person": PERSON,
    "representative": REPRESENTATIVE,
}

# Which roles may open which address; an address that is not here is public.
MAY = {
    "county-desk": LISTERS,
    "prison-desk": LISTERS,
    "roster": SENDERS,
    "roster-template": SENDERS,
    "roster-check": SENDERS,
    "roster-report": SENDERS,
    "roster-correct": SENDERS,
    "roster-mapping": SENDERS,
    "roster-remarks": SENDERS,
    "roster-take-in": SENDERS,
    "person": OPENERS,
    "papers": REVEALERS,
    "paper": REVEALERS,
    "paper-attach": REVEALERS,
    "paper-serve": REVEALERS,
    "paper-complete": REVEALERS,
    "attachment": REVEALERS,
    "unit-papers": REVEALERS,
    "papers-print": REVEALERS,
    "reveal": REVEALERS,
    "reveal-open": REVEALERS,
    "item-history": OPENERS,
    "item-record": REVEALERS,
    "item-recorded": REVEALERS,
    "send": SENDERS,
    "answer": {COUNTY},
    "register": {COUNTY, TOWNSHIP},
    "assessment": SENDERS | {COUNTY},
    "assessment-form": SENDERS,
    "assessment-save": SENDERS,
    "person-sign-in": REVEALERS,
    "person-sign-in-issue": REVEALERS,
    "mandate-record": REVEALERS,
    "mandate-end": REVEALERS,
    "statement-for": REVEALERS,
    "statement-answer": REVEALERS,
    "my-road": THEMSELVES,
    "my-looks": THEMSELVES,
    "my-paper": THEMSELVES,
    "my-say": THEMSELVES,
    "my-say-send": THEMSELVES,
    "my-mandate-end": THEMSELVES,
    "window": REVEALERS,
    "window-list": REVEALERS,
    "window-person": REVEALERS,
    "window-take": REVEALERS,
    "window-taken": REVEALERS,
    "window-request": REVEALERS,
    "window-first-answer": REVEALERS,
    "window-answer": REVEALERS,
    "juveniles": OPENERS,
    "search": LISTERS,
    "sent": LISTERS,
    "allot-desk": {COUNTY},
    "allot": {COUNTY},
    "worker-desk": HELPERS,
    "worker-record": HELPERS,
    "worker-save": HELPERS,
    "step-answer": SENDERS | HELPERS,
    "step-request": REVEALERS,
    "ask-verification": SENDERS | HELPERS,
    "marks": SENDERS | HELPERS,
    "effective": SENDERS | HELPERS,
    "pick-up": {COUNTY, TOWNSHIP},
    "pick-up-decline": {COUNTY, TOWNSHIP},
    "hand-over": SENDERS | HELPERS,
    "meeting-ask": REVEALERS,
    "meeting-slot": SENDERS | HELPERS,
    "meeting-refuse": SENDERS | HELPERS,
    "meeting-minutes": SENDERS | HELPERS,
    "release": SENDERS,
    "not-arrived": REVEALERS,
    "end": REVEALERS,
    "receiver-lost": SENDERS | {SUPERVISOR},
    "receiver-name": SENDERS | {SUPERVISOR},
    "contest": SENDERS,
    "help-agree": HELPERS,
    "help-decline": HELPERS,
    "place": HELPERS,
    "visit": HELPERS,
    "board": BOARD,
    "no-receiver": SENDERS | {SUPERVISOR},
    "disputes": {SUPERVISOR},
    "dispute": {SUPERVISOR},
    "rule-dispute": {SUPERVISOR},
    "responsibilities": EVERYBODY,
    "units": ADMINISTRATORS,
    "unit": ADMINISTRATORS,
    "post-propose": {SYSTEM},
    "post-end": {SYSTEM, SECURITY},
    "proposals": ADMINISTRATORS,
    "proposal-decide": {SECURITY},
    "accounts": {SYSTEM, SECURITY},
    "accounts-add": {SYSTEM},
    "accounts-lock": {SECURITY},
    "accounts-slip": {SECURITY},
    "audit": {AUDIT},
    "commissions": {HEAD},
    "commission-issue": {HEAD},
    "commission-revoke": {HEAD},
    "identity": SENDERS | {IDENTITY},
    "identity-files": SENDERS | {IDENTITY},
    "identity-join": SENDERS | {IDENTITY},
    "identity-separate": SENDERS | {IDENTITY},
    "identity-question": SENDERS | {IDENTITY},
    "identity-decide": SENDERS | {IDENTITY},
    "identity-take-back": SENDERS | {IDENTITY},
    "rules": EVERYBODY,
    "rule": EVERYBODY,
    "packs": {SYSTEM},
    "pack-load": {SYSTEM},
}
PUBLIC_ADDRESSES = {"home", "health", "sign-in", "sign-in-step", "demo-sign-in", "sign-out", "post", "language"}
PUBLIC_ADDRESSES |= {"verify", "verify-code", "style", "api-openapi", "api-docs"}
PUBLIC_ADDRESSES |= {"sign-in-person", "sign-in-passkey", "sign-in-passkey-options"}
# Addresses about the own account: whoever is signed in may, and the database goes by the token.
OWN_ADDRESSES = {"account", "account-end-others", "account-end-session", "account-password", "account-factor"}
OWN_ADDRESSES |= {"account-factor-confirm", "account-factor-end", "account-recovery-codes"}
OWN_ADDRESSES |= {"account-passkey-options", "account-passkey-add", "account-passkey-end"}
OWN_ADDRESSES |= {"account-notices", "notices", "notices-read"}
OWN_ADDRESSES |= {"kept", "kept-again", "kept-discard"}
OWN_PAGES = {"account", "notices", "kept", "kept-again"}
ROSTER_WRITES = {"roster-check", "roster-correct", "roster-mapping", "roster-take-in"}
FILES = "/prison/identity/files/"
OF_A_QUESTION = {"identity-question", "identity-decide", "identity-take-back"}
QUESTION = "/prison/identity/00000000-0000-0000-0000-000000000009/"
ABOUT_A_PERSON_WRITES = {"reveal-open", "item-recorded", "send", "answer", "register"}
ABOUT_A_PERSON_WRITES |= {"person-sign-in-issue", "mandate-record", "mandate-end", "statement-for", "statement-answer"}
COMMISSION_WRITES = {"commission-issue", "commission-revoke"}
# Acts about the road of a person; a form without a mark is none of ours and changes nothing.
OF_THE_ROAD = {"marks", "effective", "pick-up", "hand-over", "release", "not-arrived", "end", "contest", "place"}
OF_THE_ROAD |= {"ask-verification", "receiver-lost", "receiver-name", "help-agree", "help-decline", "visit"}
OF_THE_ROAD |= {"step-request", "rule-dispute"}
OF_THE_ROAD |= {"assessment-save", "pick-up-decline"}
OF_THE_ROAD |= {"meeting-ask", "meeting-slot", "meeting-refuse", "meeting-minutes"}
OF_A_REQUEST = {"window-request", "window-first-answer", "window-answer"}
OF_THE_ROAD |= {"window-take", "window-first-answer", "window-answer"}
OF_A_STEP = {"step-answer", "worker-save"}
OF_THE_ROAD |= OF_A_STEP
ABOUT_A_PERSON_WRITES |= OF_THE_ROAD
# What is read of a road where the step is not open, no dispute waits and no report was made.
NOT_HERE = {"worker-record", "dispute", "assessment"}
NOT_HERE |= {"window-taken", "window-request"}
WRITES = {"allot", "identity-decide", "identity-take-back", "pack-load", *ABOUT_A_PERSON_WRITES, *ROSTER_WRITES}
WRITES |= {"my-say-send", "my-mandate-end"}
WRITES |= {"identity-join", "identity-separate"}
WRITES |= COMMISSION_WRITES
STAFFING_WRITES = {"post-propose", "post-end", "proposal-decide", "accounts-add", "accounts-lock", "accounts-slip"}
WRITES |= STAFFING_WRITES
PAPER_WRITES = {"paper-attach", "paper-serve", "paper-complete"}
WRITES |= PAPER_WRITES
PUBLIC_WRITES = {"demo-sign-in", "sign-out", "language", "sign-in-passkey", "sign-in-passkey-options"}
OF_AN_ITEM = {"reveal", "reveal-open", "item-history", "item-record", "item-recorded"}
ABOUT_A_PERSON = ("person", "papers", *sorted(OF_AN_ITEM), "send", "answer", "register")
ABOUT_A_PERSON += ("assessment-form", "window-person")
ABOUT_A_PERSON += ("person-sign-in", "person-sign-in-issue", "mandate-record", "mandate-end")
ABOUT_A_PERSON += ("statement-for", "statement-answer", *sorted(OF_THE_ROAD), *sorted(NOT_HERE))

# Which of these persons each post sees: sender, receiver, and whoever stands above the unit now responsible.
WALKED = (KEPT, SENT, REGISTERED, AT_SIBLING, AT_FOREIGN, HOME_FOREIGN)
SEES = {
    "prison": {KEPT, SENT, REGISTERED, AT_SIBLING},
    "other-prison": {AT_FOREIGN, HOME_FOREIGN},
    "county": {SENT, REGISTERED},
    "county-second": {SENT, REGISTERED},
    "sibling": {AT_SIBLING},
    "foreign": {AT_FOREIGN, HOME_FOREIGN},
    "prison-head": {KEPT, SENT, REGISTERED, AT_SIBLING},
    "county-watch": {SENT, REGISTERED},
    "city": {REGISTERED},
    "other-city": {HOME_FOREIGN},
    "province": set(WALKED),
    "identity": set(),
    "system": set(),
    "security": set(),
    "audit": set(),
    "prison-leader": {KEPT, SENT, REGISTERED, AT_SIBLING},
    "detention": set(),
    "county-head": {SENT, REGISTERED},
    "township": set(),
    "township-second": set(),
    "worker": set(),
    "counsellor": set(),
    "procurator": {REGISTERED},
    "person": set(),
    "representative": set(),
}


def undeclared(patterns) -> list[str]:
    """The addresses whose view does not say who may open it."""
    return [str(pattern.pattern) for pattern in patterns if getattr(pattern.callback, "permission", None) is None]


def test_every_address_declares_who_may_open_it_and_stands_in_the_table() -> None:
    assert undeclared(urlpatterns) == []
    declared = {pattern.name: pattern.callback.permission for pattern in urlpatterns}
    # The interface asks for a token, never for a session: its own walk is tests/api/test_the_walk.py.
    declared = {name: permission for name, permission in declared.items() if permission != BEARER}
    assert {name for name, permission in declared.items() if permission == PUBLIC} == PUBLIC_ADDRESSES
    assert {name for name, permission in declared.items() if permission == SIGNED_IN} == OWN_ADDRESSES
    assert set(declared) == PUBLIC_ADDRESSES | OWN_ADDRESSES | set(MAY)
    for name, roles in MAY.items():
        assert {role.code for role in ROLES.values() if declared[name] in role.may} == roles, name


def test_each_role_opens_something_and_everything_is_opened_by_some_role() -> None:
    assert set().union(*MAY.values()) == set(ROLES) == set(ROLE_OF.values())
    assert all(MAY.values())


def test_an_address_that_declares_nothing_is_found_and_refused(peopled) -> None:
    def bare(request):
        return HttpResponse("open")

    @public
    def declared(request):
        return HttpResponse("open")

    addresses = types.ModuleType("tests.web.two_addresses")
    addresses.urlpatterns = [path("bare/", bare), path("declared/", declared)]
    assert undeclared(addresses.urlpatterns) == ["bare/"]
    sys.modules[addresses.__name__] = addresses
    try:
        with override_settings(ROOT_URLCONF=addresses.__name__):
            browser = peopled.client("prison")
            assert browser.get("/declared/").content == b"open"
            answer = browser.get("/bare/")
    finally:
        del sys.modules[addresses.__name__]
    assert answer.status_code == 403
    assert answer.content != b"open"


def _expected(name: str, login: str, person: str | None) -> int:
    """The status of a well-formed request; what may be done but comes too late or too early is a conflict."""
    if ROLE_OF[login] not in MAY[name]:
        return 403
    if person is not None and person not in SEES[login]:
        return 404
    if name in NOT_HERE:
        return 404
    if name in OF_THE_ROAD:
        return 400
    refused = {"mandate-record": 422, "mandate-end": 404, "statement-for": 422, "statement-answer": 422}
    return ({"send": 409, "register": 409, "answer": 422, "item-recorded": 422} | refused).get(name, 200)


def _ask(browser, name: str, person_id: uuid.UUID, parcel: uuid.UUID) -> int:
    item = {"item": "id_doc"} if name in OF_AN_ITEM else {}
    item |= {"step": "follow_up"} if name in OF_A_STEP | {"worker-record"} else {}
    item |= {"mandate_id": uuid.UUID(int=6)} if name == "mandate-end" else {}
    item |= {"statement_id": uuid.UUID(int=6)} if name == "statement-answer" else {}
    item |= {"request_id": uuid.UUID(int=6)} if name in OF_A_REQUEST else {}
    item |= {"mark": uuid.UUID(int=6)} if name == "window-taken" else {}
    address = reverse(name, kwargs={"person_id": person_id, **item})
    if name not in WRITES:
        return browser.get(address).status_code
    form = {"mark": str(uuid.uuid4()), "parcel": str(parcel), "decision": "NO_SUCH_GROUND"}
    return browser.post(address, {} if name in OF_THE_ROAD else form).status_code


def test_everybody_walks_to_everybody(peopled) -> None:
    found, expected = {}, {}
    for login, role in ROLE_OF.items():
        browser = peopled.client(login)
        for name in ABOUT_A_PERSON:
            # Nobody may change the persons that others still look at: one who waits to be sent is only looked at.
            # Acts of the road ask alike: one person of the own prison and one of the other stand for all.
            some = (SENT, AT_FOREIGN) if name in OF_THE_ROAD | NOT_HERE else WALKED
            for person in some if name not in {"send"} else WALKED[1:]:
                cell = (name, login, person)
                parcel = peopled.parcels.get(person, uuid.UUID(int=7))
                found[cell] = _ask(browser, name, peopled.persons[person], parcel)
                expected[cell] = _expected(name, login, person)
            unknown = (name, login, "nobody")
            found[unknown] = _ask(browser, name, uuid.UUID(int=1), uuid.UUID(int=7))
            expected[unknown] = 404 if role in MAY[name] else 403
    assert {cell: status for cell, status in found.items() if status != expected[cell]} == {}
    assert len(found) == 25 * (17 * 7 + 6 + 33 * 3) == 5600


def test_everybody_walks_to_every_page(fresh) -> None:
    browser = fresh.client("prison")
    report = browser.post("/prison/roster/check/", {"file": _file(ONE_ROW)})["Location"]
    pages = {
        "county-desk": "/county/",
        "prison-desk": "/prison/",
        "roster": "/prison/roster/",
        "roster-template": "/prison/roster/template/",
        "roster-report": report,
        "search": "/search/?q=" + quote(SENT),
        "juveniles": "/juveniles/",
        "window": "/window/",
        "window-list": "/window/taken/",
        "sent": "/prison/sent/",
        "allot-desk": "/county/allot/",
        "allot": "/county/allot/save/",
        "worker-desk": "/worker/",
        "no-receiver": "/board/no-receiver/",
        "disputes": "/board/disputes/",
        "responsibilities": "/responsibilities/",
        "board": "/board/",
        "units": "/units/",
        "unit": f"/units/{unit_id(COUNTY_UNIT)}/",
        "post-propose": f"/units/{unit_id(COUNTY_UNIT)}/propose/",
        "post-end": f"/posts/{uuid.UUID(int=8)}/end/",
        "proposals": "/proposals/",
        "proposal-decide": f"/proposals/{uuid.UUID(int=8)}/decide/",
        "accounts": "/accounts/",
        "accounts-add": "/accounts/add/",
        "accounts-lock": f"/accounts/{uuid.UUID(int=8)}/lock/",
        "accounts-slip": f"/accounts/{uuid.UUID(int=8)}/password/",
        "audit": "/audit/",
        "commissions": "/commissions/",
        "commission-issue": "/commissions/issue/",
        "commission-revoke": f"/commissions/{uuid.UUID(int=8)}/revoke/",
        "rules": "/rules/",
        "rule": "/rules/RS-17/",
        "identity": "/prison/identity/",
        "identity-files": FILES,
        "identity-join": FILES + "join/",
        "identity-separate": FILES + f"{uuid.UUID(int=9)}/separate/",
        "identity-question": QUESTION,
        "identity-decide": QUESTION + "decide/",
        "identity-take-back": QUESTION + "take-back/",
        "packs": "/rules/packs/",
        "pack-load": "/rules/packs/load/",
        "unit-papers": "/papers/",
        "papers-print": "/papers/print/",
        "paper": PAPER,
        "paper-attach": f"/persons/{uuid.UUID(int=1)}/papers/keep/",
        "paper-serve": PAPER + "served/",
        "paper-complete": PAPER + "by-hand/",
        "attachment": f"/persons/{uuid.UUID(int=1)}/files/{uuid.UUID(int=2)}/",
        "roster-check": "/prison/roster/check/",
        "roster-correct": report + "correct/",
        "roster-mapping": report + "mapping/",
        "roster-remarks": report + "remarks/",
        "roster-take-in": report + "take-in/",
        "my-road": "/my/",
        "my-looks": "/my/looks/",
        "my-paper": f"/my/papers/{uuid.UUID(int=6)}/",
        "my-say": "/my/say/",
        "my-say-send": "/my/say/send/",
        "my-mandate-end": f"/my/mandates/{uuid.UUID(int=6)}/end/",
    }
    assert set(pages) | set(ABOUT_A_PERSON) == set(MAY)
    found, expected = {}, {}
    for login in sorted(ROLE_OF, key="prison".__eq__):
        browser = fresh.client(login)
        for name, address in pages.items():
            if name == "roster-check":
                answer = browser.post(address, {"file": _file(ONE_ROW)})
            else:
                answer = browser.post(address) if name in WRITES else browser.get(address)
            found[name, login] = answer.status_code
            allowed = ROLE_OF[login] in MAY[name]
            expected[name, login] = (302 if name in WRITES else 200) if allowed else 403
            if name in OF_ONE_PRISON and login in {"other-prison", "detention"}:
                expected[name, login] = 404  # a file handed in by another prison does not exist
            if name in UNKNOWN_HERE and allowed:
                expected[name, login] = UNKNOWN_HERE[name]
    assert {cell: status for cell, status in found.items() if status != expected[cell]} == {}
    assert len(found) == 25 * 60 == 1500


ONE_ROW = rosters.workbook(rosters.row("苏望舒", release=SIXTY[0].release, order="901"))
# No such question is open, nothing is chosen, no pack is handed in: what may be done finds nothing to do it with.
PAPER = f"/persons/{uuid.UUID(int=1)}/papers/{uuid.UUID(int=2)}/"
# Nobody of that number is known, no form was filled in, nothing is ticked.
PAPERS_HERE = {"paper": 404, "attachment": 404, "papers-print": 422} | dict.fromkeys(sorted(PAPER_WRITES), 400)
UNKNOWN_HERE = {**PAPERS_HERE, "identity-question": 404, "identity-decide": 422, "identity-take-back": 404}
UNKNOWN_HERE |= {"identity-join": 400, "identity-separate": 400, "allot": 400}
UNKNOWN_HERE |= {"my-paper": 404, "my-say-send": 400, "my-mandate-end": 400}
UNKNOWN_HERE |= {"pack-load": 422, "commission-issue": 422, "commission-revoke": 404}
UNKNOWN_HERE |= dict.fromkeys(sorted(STAFFING_WRITES), 422) | {"accounts-add": 400}
OF_ONE_PRISON = {"roster-report", "roster-remarks", "roster-correct", "roster-take-in"}


def _file(data: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("名册.xlsx", data)


@pytest.mark.parametrize("login", [login for login, role in ROLE_OF.items() if role in MAY["search"]])
def test_a_search_finds_exactly_whom_the_post_sees(peopled, login: str) -> None:
    with peopled.role("guitu_owner") as door:
        numbers = {row[0]: row[1] for row in door.execute("SELECT number, id FROM people_person").fetchall()}
    browser = peopled.client(login)
    found = set()
    for name in WALKED:
        answer = browser.get("/search/", {"q": name})
        shown = {numbers[text] for _, text in page(answer).all("span", cls="gt-nowrap") if text in numbers}
        openable = ROLE_OF[login] in MAY["person"]
        assert set(persons_linked(answer)) == (shown if openable else set())
        found |= shown
    assert found == {peopled.persons[name] for name in SEES[login]}


def _whole_desk(browser, address: str) -> list[uuid.UUID]:
    rows, number = [], 1
    while answer := persons_linked(browser.get(address, {"page": number})):
        rows += answer
        number += 1
    return rows


def test_a_desk_lists_exactly_the_open_matters_of_its_own_unit(peopled) -> None:
    def names(county: bool, login: str) -> set[str]:
        return {
            plan.name
            for plan in (*SIXTY, *OTHERS)
            if ((plan.receiver == login and plan.sent) if county else plan.sender == login and not plan.registered)
        }

    expected = {
        ("/county/", "county"): names(True, "county"),
        ("/county/", "county-second"): names(True, "county"),
        ("/county/", "sibling"): {AT_SIBLING},
        ("/county/", "foreign"): {AT_FOREIGN, HOME_FOREIGN},
        ("/county/", "county-watch"): names(True, "county"),
        ("/county/", "county-head"): names(True, "county"),
        ("/prison/", "prison-leader"): names(False, "prison"),
        ("/prison/", "prison-head"): names(False, "prison"),
        ("/prison/", "prison"): names(False, "prison"),
        ("/prison/", "other-prison"): {AT_FOREIGN},
        **{("/county/", login): set() for login in ("prison", "other-prison", "city", "other-city", "province")},
        **{("/prison/", login): set() for login in ("county", "sibling", "foreign", "city", "province")},
    }
    assert len(names(True, "county")) == 32
    assert {KEPT, SENT, ACKNOWLEDGED, LONGEST_NAME, AT_SIBLING} <= names(False, "prison")
    for (address, login), wanted in expected.items():
        rows = _whole_desk(peopled.client(login), address)
        assert len(rows) == len(set(rows)), (address, login)
        assert set(rows) == {peopled.persons[name] for name in wanted}, (address, login)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("ending", ["", "items/id_doc/"])
def test_unknown_and_foreign_persons_get_the_same_page_to_the_byte(peopled, ending: str, language: str) -> None:
    browser = peopled.client("county", language=language)
    foreign = browser.get(f"/persons/{peopled.persons[AT_FOREIGN]}/{ending}")
    unknown = browser.get(f"/persons/{uuid.UUID(int=5)}/{ending}")
    assert foreign.status_code == unknown.status_code == 404
    assert without_tokens(foreign) == without_tokens(unknown)
    assert dict(foreign.headers) == dict(unknown.headers)
    own = browser.get(f"/persons/{peopled.persons[SENT]}/{ending}")
    assert own.status_code == 200
    assert without_tokens(own) != without_tokens(foreign)


@pytest.mark.parametrize("name", ["send", "answer", "register", "reveal-open"])
def test_unknown_and_foreign_persons_are_refused_alike_when_something_is_done(peopled, name: str) -> None:
    browser = peopled.client("prison" if name == "send" else "county")
    form = {"mark": str(uuid.uuid4()), "parcel": str(uuid.UUID(int=7)), "decision": "acknowledge"}
    item = {"item": "id_doc"} if name in OF_AN_ITEM else {}
    answers = [
        browser.post(reverse(name, kwargs={"person_id": person, **item}), form)
        for person in (peopled.persons[AT_FOREIGN], uuid.UUID(int=5))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_tokens(answers[0]) == without_tokens(answers[1])


def _address(peopled, name: str) -> str:
    kwargs = {"person_id": peopled.persons[SENT]} if name in ABOUT_A_PERSON else {}
    kwargs |= {"item": "id_doc"} if name in OF_AN_ITEM else {}
    kwargs |= {"step": "follow_up"} if name in OF_A_STEP | {"worker-record"} else {}
    kwargs |= {"session_id": uuid.UUID(int=4)} if name == "account-end-session" else {}
    kwargs |= {"passkey_id": uuid.UUID(int=4)} if name == "account-passkey-end" else {}
    kwargs |= {"draft_id": uuid.UUID(int=3)} if name in OF_ONE_PRISON | {"roster-mapping"} else {}
    kwargs |= {"question_id": uuid.UUID(int=9)} if name in OF_A_QUESTION else {}
    kwargs |= {"join_id": uuid.UUID(int=9)} if name == "identity-separate" else {}
    kwargs |= {"rule_id": "RS-17"} if name == "rule" else {}
    kwargs |= {"mandate_id": uuid.UUID(int=6)} if name in {"mandate-end", "my-mandate-end"} else {}
    kwargs |= {"statement_id": uuid.UUID(int=6)} if name == "statement-answer" else {}
    kwargs |= {"document_id": uuid.UUID(int=6)} if name == "my-paper" else {}
    kwargs |= {"request_id": uuid.UUID(int=6)} if name in OF_A_REQUEST else {}
    kwargs |= {"mark": uuid.UUID(int=6)} if name == "window-taken" else {}
    kwargs |= {"form_id": uuid.UUID(int=6)} if name in {"kept-again", "kept-discard"} else {}
    kwargs |= {"unit_id": unit_id(COUNTY_UNIT)} if name in {"unit", "post-propose"} else {}
    kwargs |= {"post_id": uuid.UUID(int=8)} if name == "post-end" else {}
    kwargs |= {"proposal_id": uuid.UUID(int=8)} if name == "proposal-decide" else {}
    kwargs |= {"account_id": uuid.UUID(int=8)} if name in {"accounts-lock", "accounts-slip"} else {}
    kwargs |= {"commission_id": uuid.UUID(int=8)} if name == "commission-revoke" else {}
    if name in {"paper", "paper-attach", "paper-serve", "paper-complete", "attachment"}:
        kwargs |= {"person_id": peopled.persons[SENT]}
        kwargs |= {"document_id": uuid.UUID(int=2)} if name not in {"paper-attach", "attachment"} else {}
        kwargs |= {"attachment_id": uuid.UUID(int=2)} if name == "attachment" else {}
    return reverse(name, kwargs=kwargs)


@pytest.mark.parametrize("name", sorted(WRITES | PUBLIC_WRITES | OWN_ADDRESSES - OWN_PAGES))
def test_an_address_that_changes_something_is_not_opened_by_a_link(peopled, name: str) -> None:
    answer = peopled.client("prison").get(_address(peopled, name))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("name", sorted(set(MAY) - WRITES))
def test_an_address_that_shows_something_takes_no_form(peopled, name: str) -> None:
    assert peopled.client("prison").post(_address(peopled, name)).status_code == 405


@pytest.mark.parametrize(
    "name", sorted(WRITES | PUBLIC_WRITES | OWN_ADDRESSES | {"sign-in", "sign-in-step", "post", "verify"})
)
def test_a_form_without_its_token_is_refused(peopled, name: str) -> None:
    browser = peopled.client("prison", checks=True)
    answer = browser.post(_address(peopled, name), {"language": "en", "login": "prison"})
    assert answer.status_code == 403
    assert "页面放得太久了" in body(answer)
    assert "django_language" not in answer.cookies
    assert browser.get("/prison/").status_code == 200  # also not signed out


def test_a_form_with_its_token_is_taken(peopled) -> None:
    browser = peopled.client("prison", checks=True)
    token = page(browser.get("/prison/")).all("input", name="csrfmiddlewaretoken")[0][0]["value"]
    answer = browser.post("/i18n/setlang/", {"language": "en", "next": "/prison/", "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer["Location"], answer.cookies["django_language"].value) == (302, "/prison/", "en")


def test_a_form_from_elsewhere_is_not_answered_with_a_link_to_elsewhere(peopled) -> None:
    browser = peopled.client("prison", checks=True)
    answer = browser.post("/sign-out/", headers={"referer": "https://elsewhere.example/trap"})
    assert answer.status_code == 403
    assert "elsewhere.example" not in body(answer)
    back = browser.post("/sign-out/", headers={"referer": "http://testserver/prison/?queue=send"})
    assert page(back).all("a", cls="btn-primary")[0][0]["href"] == "http://testserver/prison/?queue=send"


def test_nobody_signed_in_reaches_only_the_sign_in(peopled) -> None:
    browser = peopled.client(None)
    for name in [*MAY, *OWN_ADDRESSES]:
        answer = browser.get(_address(peopled, name))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/sign-in/?next="), name
        assert browser.post(_address(peopled, name))["Location"] == "/sign-in/?next=/", name
    assert browser.get("/")["Location"] == "/sign-in/"
    assert browser.get("/post/")["Location"] == "/sign-in/"


@pytest.mark.parametrize("how", ["ended", "unknown", "left"])
def test_an_ended_session_leads_to_the_sign_in_and_back(fresh, how: str) -> None:
    browser = fresh.client("prison")
    assert browser.get("/prison/").status_code == 200
    if how == "ended":
        signing_in.end(browser.cookies[token_cookie()].value)
    elif how == "unknown":
        browser.cookies[token_cookie()] = "x" * 43
    else:
        with fresh.role("guitu_owner") as door:
            door.execute("UPDATE access_post SET to_at = clock_timestamp() WHERE title = '监地协作专员'")
    answer = browser.get("/prison/?queue=send&late=yes")
    if how == "unknown":
        leads_to = answer["Location"]
    else:
        assert answer.status_code == 401
        leads_to = page(answer).all("a", cls="btn-primary")[0][0]["href"]
    assert leads_to == "/sign-in/?next=" + quote("/prison/?queue=send&late=yes")
    form = page(browser.get(leads_to)).all("input", name="next")
    assert form[0][0]["value"] == "/prison/?queue=send&late=yes"


def test_signing_out_ends_the_session_itself_not_only_the_cookie(fresh) -> None:
    browser = fresh.client("prison")
    token = browser.cookies[token_cookie()].value
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    browser.cookies[token_cookie()] = token
    assert browser.get("/prison/").status_code == 401
