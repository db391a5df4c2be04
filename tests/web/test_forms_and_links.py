"""A link changes nothing, a form needs its token, and without a session every address leads to the sign-in."""

import uuid
from urllib.parse import quote

import pytest
from django.urls import reverse

from guitu.access import signing_in
from guitu.access.establishing import unit_id
from guitu.web.gate import token_cookie
from tests.factories.units import COUNTY as COUNTY_UNIT
from tests.web.kinds_of_address import (
    ABOUT_A_PERSON,
    OF_A_LETTER,
    OF_A_PARTNER,
    OF_A_PASSED_MATTER,
    OF_A_QUESTION,
    OF_A_REQUEST,
    OF_A_STEP,
    OF_AN_ITEM,
    OF_ONE_PRISON,
    OWN_ADDRESSES,
    OWN_PAGES,
    PUBLIC_WRITES,
    WRITES,
)
from tests.web.peopled import SENT
from tests.web.reading import body, page
from tests.web.sealed_addresses import SEALED_PATH
from tests.web.who_may import MAY

OF_AN_EVALUATION = {"evaluation-result", "evaluation-end", "evaluator-figures", "evaluator-sheet", "evaluator-draw"}
OF_AN_EVALUATION |= {"evaluator-matter", "evaluator-verify", "evaluator-talk", "evaluated-result", "evaluated-reply"}


def _address(peopled, name: str) -> str:
    kwargs = {"person_id": peopled.persons[SENT]} if name in ABOUT_A_PERSON else {}
    kwargs |= {"item": "id_doc"} if name in OF_AN_ITEM else {}
    kwargs |= {"step": "follow_up"} if name in OF_A_STEP | {"worker-record"} else {}
    kwargs |= {"session_id": uuid.UUID(int=4)} if name == "account-end-session" else {}
    kwargs |= {"passkey_id": uuid.UUID(int=4)} if name == "account-passkey-end" else {}
    kwargs |= {"draft_id": uuid.UUID(int=3)} if name in OF_ONE_PRISON | {"roster-mapping", "roster-again"} else {}
    kwargs |= {"question_id": uuid.UUID(int=9)} if name in OF_A_QUESTION else {}
    kwargs |= {"join_id": uuid.UUID(int=9)} if name == "identity-separate" else {}
    kwargs |= {"rule_id": "RS-17"} if name == "rule" else {}
    kwargs |= {"digest": "nothing"} if name == "hindered-journeys" else {}
    kwargs |= {"person_id": peopled.persons[SENT]} if name == "look-reason" else {}
    kwargs |= {"request_id": uuid.UUID(int=6), "form": "pdf"} if name == "my-copy" else {}
    kwargs |= {"mandate_id": uuid.UUID(int=6)} if name in {"mandate-end", "my-mandate-end"} else {}
    kwargs |= {"statement_id": uuid.UUID(int=6)} if name == "statement-answer" else {}
    kwargs |= {"document_id": uuid.UUID(int=6)} if name == "my-paper" else {}
    kwargs |= {"entry_id": uuid.UUID(int=6)} if name in {"proof", "my-proof"} else {}
    kwargs |= {"person_id": peopled.persons[SENT]} if name == "proof" else {}
    kwargs |= {"letter_id": uuid.UUID(int=6)} if name in OF_A_LETTER else {}
    kwargs |= {"kind": "no-such-kind"} if name in {"letter-draft", "letter-send"} else {}
    kwargs |= {"referral_id": uuid.UUID(int=6)} if name in OF_A_PARTNER | {"my-referral-withdraw"} else {}
    kwargs |= {"proposal_id": uuid.UUID(int=6)} if name == "my-agreement-answer" else {}
    kwargs |= {"offer_id": uuid.UUID(int=6)} if name in {"offer", "offer-change", "offer-end"} else {}
    kwargs |= {"request_id": uuid.UUID(int=6)} if name in OF_A_REQUEST | OF_A_PASSED_MATTER else {}
    kwargs |= {"mark": uuid.UUID(int=6)} if name in {"window-taken", "window-passed-slips"} else {}
    kwargs |= {"evaluation_id": uuid.UUID(int=6)} if name in OF_AN_EVALUATION else {}
    kwargs |= {"code": "K7Q2-9XMD"} if name in {"evaluator-matter", "evaluator-verify", "evaluator-talk"} else {}
    kwargs |= {"person_id": peopled.persons[SENT], "contact_id": uuid.UUID(int=6)} if name == "talk-answer" else {}
    kwargs |= {"form_id": uuid.UUID(int=6)} if name in {"kept-again", "kept-discard"} else {}
    kwargs |= {"unit_id": unit_id(COUNTY_UNIT)} if name in {"unit", "post-propose"} else {}
    kwargs |= {"post_id": uuid.UUID(int=8)} if name in {"post-end", "watch-post", "watch-review"} else {}
    kwargs |= {"proposal_id": uuid.UUID(int=8)} if name == "proposal-decide" else {}
    kwargs |= {"assessment_id": uuid.UUID(int=8)} if name in {"impact-assessment", "impact-decide"} else {}
    kwargs |= {"feature": "API_TOKENS"} if name == "impact-form" else {}
    kwargs |= {"change_id": uuid.UUID(int=8)} if name in {"dual-change", "dual-change-decide"} else {}
    kwargs |= {"terminal_id": uuid.UUID(int=8)} if name in {"terminal", "terminal-assess", "terminal-withdraw"} else {}
    kwargs |= {"account_id": uuid.UUID(int=8)} if name in {"accounts-lock", "accounts-slip"} else {}
    kwargs |= {"commission_id": uuid.UUID(int=8)} if name == "commission-revoke" else {}
    kwargs |= {"complaint_id": uuid.UUID(int=6)} if name in {"complaint", "complaint-answer"} else {}
    if name in {"paper", "paper-attach", "paper-serve", "paper-complete", "attachment"}:
        kwargs |= {"person_id": peopled.persons[SENT]}
        kwargs |= {"document_id": uuid.UUID(int=2)} if name not in {"paper-attach", "attachment"} else {}
        kwargs |= {"attachment_id": uuid.UUID(int=2)} if name == "attachment" else {}
    return reverse(name, kwargs=kwargs | SEALED_PATH.get(name, {}))


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
