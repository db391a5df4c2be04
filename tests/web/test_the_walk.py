"""Everybody tries every address, about persons of their own unit and of all others; the table is written by hand."""

import sys
import types
import uuid
from urllib.parse import quote

from django.http import HttpResponse
from django.test import override_settings
from django.urls import path, reverse

from guitu.access.establishing import unit_id
from guitu.access.roles import ROLES
from guitu.web.addresses import urlpatterns
from guitu.web.permits import BEARER, PUBLIC, SIGNED_IN, public
from tests.factories.units import COUNTY as COUNTY_UNIT
from tests.web.kinds_of_address import (
    ABOUT_A_PERSON,
    FILES,
    NOT_HERE,
    OF_A_LETTER,
    OF_A_PARTNER,
    OF_A_REQUEST,
    OF_A_STEP,
    OF_AN_ITEM,
    OF_ONE_PRISON,
    OF_THE_ROAD,
    ONE_ROW,
    OWN_ADDRESSES,
    PAPER,
    PUBLIC_ADDRESSES,
    QUESTION,
    UNKNOWN_HERE,
    WRITES,
)
from tests.web.peopled import (
    AT_FOREIGN,
    HOME_FOREIGN,
    REGISTERED,
    SENT,
)
from tests.web.sealed_addresses import SEALED_PAGES
from tests.web.who_may import MAY, ROLE_OF, SEES, SENDERS, WALKED


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
    if name == "reveal-open" and ROLE_OF[login] in SENDERS and person in {REGISTERED, HOME_FOREIGN}:
        return 403  # once registered elsewhere the sender opens nothing any more (decision table, DT-108)
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
    item |= {"letter_id": uuid.UUID(int=6)} if name in OF_A_LETTER else {}
    item |= {"kind": "no-such-kind"} if name in {"letter-draft", "letter-send"} else {}
    item |= {"mark": uuid.UUID(int=6)} if name == "window-taken" else {}
    item |= {"referral_id": uuid.UUID(int=6)} if name in OF_A_PARTNER else {}
    address = reverse(name, kwargs={"person_id": person_id, **item})
    if name not in WRITES:
        return browser.get(address).status_code
    sure = {"sure": "yes"}
    form = sure | {"mark": str(uuid.uuid4()), "parcel": str(parcel), "decision": "NO_SUCH_GROUND"}
    return browser.post(address, sure if name in OF_THE_ROAD else form).status_code


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
    assert len(found) == 31 * (22 * 7 + 6 + 57 * 3) == 10261


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
        "window-elsewhere": "/window/elsewhere/",
        "window-pass-on": "/window/elsewhere/take/",
        "window-passed-slips": f"/window/elsewhere/taken/{uuid.UUID(int=6)}/",
        "window-passed-list": "/window/elsewhere/list/",
        "window-passed": f"/window/elsewhere/{uuid.UUID(int=6)}/",
        "window-recognise": f"/window/elsewhere/{uuid.UUID(int=6)}/recognise/",
        "window-passed-first": f"/window/elsewhere/{uuid.UUID(int=6)}/first/",
        "window-passed-onward": f"/window/elsewhere/{uuid.UUID(int=6)}/onward/",
        "window-passed-answer": f"/window/elsewhere/{uuid.UUID(int=6)}/answer/",
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
        "installation": "/installation/",
        "evaluations": "/evaluations/",
        "evaluation-commission": "/evaluations/commission/",
        "evaluation-result": f"/evaluations/{uuid.UUID(int=6)}/",
        "evaluation-end": f"/evaluations/{uuid.UUID(int=6)}/end/",
        "evaluator-desk": "/evaluator/",
        "evaluator-figures": f"/evaluator/{uuid.UUID(int=6)}/",
        "evaluator-sheet": f"/evaluator/{uuid.UUID(int=6)}/sheet/",
        "evaluator-draw": f"/evaluator/{uuid.UUID(int=6)}/draw/",
        "evaluator-matter": f"/evaluator/{uuid.UUID(int=6)}/A1B2-C3D4/",
        "evaluator-verify": f"/evaluator/{uuid.UUID(int=6)}/A1B2-C3D4/verify/",
        "evaluator-talk": f"/evaluator/{uuid.UUID(int=6)}/A1B2-C3D4/talk/",
        "evaluated": "/evaluated/",
        "evaluated-result": f"/evaluated/{uuid.UUID(int=6)}/",
        "evaluated-reply": f"/evaluated/{uuid.UUID(int=6)}/reply/",
        "talks": "/talks/",
        "talk-answer": f"/talks/{uuid.UUID(int=1)}/{uuid.UUID(int=6)}/",
        "older-definitions": "/definitions/",
        "hindered-journeys": "/definitions/nothing/",
        "definition-move": "/definitions/move/",
        "exports": "/exports/",
        "export-ask": "/exports/ask/",
        "export-make": "/exports/make/",
        "export-fetch": "/exports/fetch/",
        "export-decisions": "/exports/decisions/",
        "export-decide": "/exports/decisions/decide/",
        "export-audit": "/exports/audit/",
        "watch": "/watch/",
        "watch-reads": "/watch/reads/",
        "watch-indicators": "/watch/indicators/",
        "watch-post": f"/watch/{uuid.UUID(int=8)}/",
        "watch-review": f"/watch/{uuid.UUID(int=8)}/review/",
        "my-breaches": "/my/breaches/",
        "breaches": "/breaches/",
        "breach-record": "/breaches/record/",
        "breach-concern": "/breaches/concern/",
        "breach-authority": "/breaches/authority/",
        "breach-decide": "/breaches/decide/",
        "worsened": "/worsened/",
        "worsened-decide": "/worsened/decide/",
        "holds": "/looks-held/",
        "hold-decide": "/looks-held/decide/",
        "hold-lengthen": "/looks-held/lengthen/",
        "hold-review": "/looks-held/review/",
        "holds-audit": "/looks-held/audit/",
        "emergency": "/emergency/",
        "emergency-break": "/emergency/open/",
        "emergency-reviews": "/emergency/reviews/",
        "emergency-review": "/emergency/reviews/decide/",
        "commissions": "/commissions/",
        "commission-issue": "/commissions/issue/",
        "commission-revoke": f"/commissions/{uuid.UUID(int=8)}/revoke/",
        "rules": "/rules/",
        "decisions": "/rules/decisions/",
        "rule": "/rules/RS-17/",
        "identity": "/prison/identity/",
        "identity-files": FILES,
        "identity-join": FILES + "join/",
        "identity-separate": FILES + f"{uuid.UUID(int=9)}/separate/",
        "identity-question": QUESTION,
        "identity-decide": QUESTION + "decide/",
        "identity-take-back": QUESTION + "take-back/",
        "packs": "/rules/packs/",
        "pack-propose": "/rules/packs/propose/",
        "impact": "/impact/",
        "impact-save": "/impact/save/",
        "impact-assessment": f"/impact/{uuid.UUID(int=8)}/",
        "impact-decide": f"/impact/{uuid.UUID(int=8)}/decide/",
        "impact-form": "/impact/API_TOKENS/write/",
        "terminals": "/terminals/",
        "terminal-add": "/terminals/add/",
        "terminal": f"/terminals/{uuid.UUID(int=8)}/",
        "terminal-assess": f"/terminals/{uuid.UUID(int=8)}/assess/",
        "terminal-withdraw": f"/terminals/{uuid.UUID(int=8)}/withdraw/",
        "dual-changes": "/dual-changes/",
        "dual-change-key": "/dual-changes/key/",
        "dual-change": f"/dual-changes/{uuid.UUID(int=8)}/",
        "dual-change-decide": f"/dual-changes/{uuid.UUID(int=8)}/decide/",
        "letters": "/letters/",
        "letters-sent": "/letters/sent/",
        "asked": "/asked/",
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
        "roster-again": report + "again/",
        "roster-take-in": report + "take-in/",
        "rights": "/rights/",
        "rights-due": "/rights/due/",
        "rights-expire": "/rights/due/erase/",
        "rights-erasures": "/rights/erasures/",
        "my-complaints": "/my/complaints/",
        "my-complain": "/my/complaints/send/",
        "complaints": "/complaints/",
        "complaint": f"/complaints/{uuid.UUID(int=6)}/",
        "complaint-answer": f"/complaints/{uuid.UUID(int=6)}/answer/",
        "my-copy": f"/my/copies/{uuid.UUID(int=6)}/pdf/",
        "my-road": "/my/",
        "my-notices": "/my/notices/",
        "my-looks": "/my/looks/",
        "my-proof": f"/my/proof/{uuid.UUID(int=6)}/",
        "proof": f"/persons/{uuid.UUID(int=1)}/proof/{uuid.UUID(int=6)}/",
        "my-paper": f"/my/papers/{uuid.UUID(int=6)}/",
        "my-say": "/my/say/",
        "my-say-send": "/my/say/send/",
        "my-mandate-end": f"/my/mandates/{uuid.UUID(int=6)}/end/",
        "my-agreement-answer": f"/my/agreement/{uuid.UUID(int=6)}/answer/",
        "my-referral-withdraw": f"/my/referrals/{uuid.UUID(int=6)}/withdraw/",
        "offers": "/offers/",
        "partner-desk": "/partner/",
        "partner-offers": "/partner/offers/",
        "offer": f"/partner/offers/{uuid.UUID(int=6)}/",
        "offer-form": "/partner/offers/new/",
        "offer-publish": "/partner/offers/publish/",
        "offer-change": f"/partner/offers/{uuid.UUID(int=6)}/change/",
        "offer-end": f"/partner/offers/{uuid.UUID(int=6)}/end/",
        **SEALED_PAGES,
    }
    assert set(pages) | set(ABOUT_A_PERSON) == set(MAY)
    found, expected = {}, {}
    for login in sorted(ROLE_OF, key="prison".__eq__):
        browser = fresh.client(login)
        for name, address in pages.items():
            if name == "roster-check":
                answer = browser.post(address, {"file": _file(ONE_ROW)})
            else:
                answer = browser.post(address, {"sure": "yes"}) if name in WRITES else browser.get(address)
            found[name, login] = answer.status_code
            allowed = ROLE_OF[login] in MAY[name]
            expected[name, login] = (302 if name in WRITES else 200) if allowed else 403
            if name in OF_ONE_PRISON and login in {"other-prison", "detention"}:
                expected[name, login] = 404  # a file handed in by another prison does not exist
            if name in UNKNOWN_HERE and allowed:
                expected[name, login] = UNKNOWN_HERE[name]
    assert {cell: status for cell, status in found.items() if status != expected[cell]} == {}
    assert len(found) == 31 * 169 == 5239


def _file(data: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("名册.xlsx", data)
