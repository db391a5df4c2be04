"""What is typed into a search is in no address: it is posted, and the address that answers holds it sealed."""

import re
from urllib.parse import quote

import pytest

from guitu.web import asked

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


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/", "search/", ""])
def test_a_search_is_sent_to_no_other_place(peopled, to):
    assert peopled.client("prison").post("/searched/", {"page_asked": to, "q": "chen"}).status_code == 400
