"""What is typed into a search is in no address: it is posted, and the address that answers holds it sealed."""

import re
import uuid
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

import guitu.web
from guitu.access import signing_in
from guitu.web import asked, desk_page
from guitu.web.administration import audit
from guitu.web.county_desk import allotting
from guitu.web.gate import token_cookie
from guitu.web.kept.keeping import FIELD
from guitu.web.letters import sheet
from guitu.web.window import answers, passed_acts
from tests.web.peopled import REGISTERED

PAGES = (
    ("county", "/search/"),
    ("county", "/county/"),
    ("county", "/window/"),
    ("prison", "/prison/"),
    ("prison", "/prison/identity/files/"),
    ("system", "/accounts/"),
    ("system", "/units/"),
)


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(("login", "address"), PAGES)
def test_every_search_is_posted(peopled, login, address):
    forms = re.findall(r"<form[^>]*role=\"search\"[^>]*>.*?</form>", text(peopled.client(login).get(address)), re.S)
    assert forms
    for form in forms:
        assert 'method="post"' in form, form[:200]
        assert 'action="/searched/"' in form
        assert 'name="csrfmiddlewaretoken"' in form
        assert 'name="page_asked"' in form


def test_whom_somebody_looks_for_is_in_no_address_and_is_found_all_the_same(peopled, monkeypatch):
    browser = peopled.client("prison")
    sent = browser.post("/searched/", {"page_asked": "/search/", "q": "chen"})
    assert sent.status_code == 302
    address = sent["Location"]
    assert address.startswith("/search/?w=")
    assert "chen" not in address
    found, plain = text(browser.get(address)), text(browser.get("/search/?q=chen"))
    assert found.count("data-row") == plain.count("data-row") > 0
    assert 'value="chen"' in found
    assert "q=chen" not in found
    monkeypatch.setattr(asked, "TYPED", frozenset())  # the control: what is not known as typed is not sealed
    assert "q=chen" in browser.post("/searched/", {"page_asked": "/search/", "q": "chen"})["Location"]


def test_the_pages_of_a_list_keep_the_words_sealed(peopled):
    answer = peopled.client("province").post(
        "/searched/", {"page_asked": "/search/", "q": "a", "page": "1"}, follow=True
    )
    assert answer.redirect_chain[0][0].startswith("/search/?page=1&w=")
    links = re.findall(r'href="([^"]*page=\d+[^"]*)"', text(answer))
    assert not [link for link in links if re.search(r"[?&;]q=", link)]


@pytest.mark.parametrize("bent", ["x", "AAAA", "%%%", "", quote("陈")])
def test_sealed_words_that_somebody_has_bent_are_no_words(peopled, bent):
    answer = peopled.client("prison").get(f"/search/?w={bent}")
    assert answer.status_code == 200
    assert "data-row" not in text(answer)


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "search/", ""]
)
def test_a_search_is_sent_to_no_other_place(peopled, to):
    assert peopled.client("prison").post("/searched/", {"page_asked": to, "q": "chen"}).status_code == 400


TEMPLATES = Path(guitu.web.__file__).parent / "templates"
NARROWED = (
    ("county", "/county/", {"q": "chen"}),
    ("county", "/county/allot/", {"q": "chen"}),
    ("county", "/window/taken/", {"q": "chen", "side": "taken"}),
    ("county", "/window/elsewhere/list/", {"q": "chen", "side": "taken"}),
    ("county", "/letters/sent/", {"q": "chen"}),
    ("prison", "/prison/", {"q": "chen"}),
    ("audit", "/audit/", {"who": "chen", "list": "changes"}),
)
"""The lists with tabs, and what is typed there."""
TABBED = (desk_page, allotting, answers, passed_acts, sheet, audit)


def test_every_search_form_is_the_one_of_our_component():
    holders = [one for one in TEMPLATES.rglob("*.html") if "'searched'" in one.read_text(encoding="utf-8")]
    assert [one.relative_to(TEMPLATES).as_posix() for one in holders] == ["cotton/asked.html"]


@pytest.mark.parametrize(("login", "address", "typed"), NARROWED)
def test_the_tabs_of_a_list_keep_what_was_searched_for(peopled, monkeypatch, login, address, typed):
    browser = peopled.client(login)

    def tabs() -> list[str]:
        answer = browser.post("/searched/", {"page_asked": address, **typed}, follow=True)
        assert answer.status_code == 200
        navs = re.findall(r'<nav class="gt-tabs".*?</nav>', text(answer), re.S)
        return [unescape(link) for nav in navs for link in re.findall(r'href="([^"]*)"', nav)]

    found = tabs()
    assert len(found) > 1
    for tab in found:
        assert "chen" not in tab
        # The batches of deletion are of nobody; what was typed waits there for the other tabs.
        assert 'value="chen"' in text(browser.get(tab)) or tab.startswith("/audit/?list=ended&w="), tab
    # The control: tabs made of the address alone lose it.
    for module in TABBED:
        monkeypatch.setattr(module, "with_words", lambda address, *_, **__: address)
    assert not [tab for tab in tabs() if 'value="chen"' in text(browser.get(tab))]


def test_where_words_narrow_a_list_its_tabs_state_no_count_of_other_rows(peopled):
    browser = peopled.client("county")
    counted = re.compile(r'<nav class="gt-tabs".*?</nav>', re.S)
    assert 'class="n"' in counted.search(text(browser.get("/county/")))[0]
    narrowed = browser.post("/searched/", {"page_asked": "/county/", "q": "chen"}, follow=True)
    assert 'class="n"' not in counted.search(text(narrowed))[0]


def test_another_language_keeps_what_was_searched_for(peopled):
    browser = peopled.client("county")
    answer = browser.post("/searched/", {"page_asked": "/search/", "q": "chen"}, follow=True)
    back = re.search(r'name="next" value="([^"]*)"', text(answer))[1]
    assert "chen" not in back
    turned = browser.post("/i18n/setlang/", {"next": unescape(back), "language": "en"}, follow=True)
    assert turned.status_code == 200
    assert 'value="chen"' in text(turned)
    assert "Search" in text(turned)


def test_another_language_on_a_page_that_answers_a_form_leads_to_the_page_of_the_form(peopled):
    browser = peopled.client("county")
    sent = browser.post(
        f"/window/{peopled.persons[REGISTERED]}/take/",
        {"mark": str(uuid.uuid4())},
        headers={"referer": f"http://testserver/window/{peopled.persons[REGISTERED]}/"},
    )
    assert sent.status_code == 422
    back = unescape(re.search(r'name="next" value="([^"]*)"', text(sent))[1])
    assert back == f"/window/{peopled.persons[REGISTERED]}/"
    assert browser.post("/i18n/setlang/", {"next": back, "language": "zh-hans"}, follow=True).status_code == 200
    # The control: the address that was sent to is opened by nobody.
    assert browser.get(sent.wsgi_request.path).status_code == 405


def test_a_search_sent_after_the_session_is_over_goes_on_once_signed_in_again(fresh):
    browser = fresh.client("prison")
    signing_in.end(browser.cookies[token_cookie()].value)
    over = browser.post("/searched/", {"page_asked": "/search/", "q": "chen"})
    assert over.status_code == 401
    assert "您要查的字句还在" in text(over)
    onwards = unescape(re.search(r'href="/sign-in/\?next=([^"]*)"', text(over))[1])
    assert "chen" not in onwards
    browser.cookies[token_cookie()] = fresh.token("prison")
    assert 'value="chen"' in text(browser.get(unquote(onwards)))


def test_a_search_of_somebody_not_signed_in_goes_on_once_signed_in(peopled):
    sent = peopled.client(None).post("/searched/", {"page_asked": "/search/", "q": "chen"})
    assert sent["Location"].startswith("/sign-in/?next=/search/%3Fw%3D")
    assert 'value="chen"' in text(peopled.client("prison").get(unquote(sent["Location"].partition("next=")[2])))
    # The control: what is no page of ours is led to by nobody.
    sent = peopled.client(None).post("/searched/", {"page_asked": "//elsewhere.example/", "q": "chen"})
    assert sent["Location"] == "/sign-in/?next=/"


def test_no_typed_field_of_a_search_has_the_name_of_a_kept_form():
    assert FIELD not in asked.TYPED
