"""A failure stands in the journal under the number that the user was told, without a word about anybody."""

import logging
import re

from django.test import Client

from guitu.web.gate import token_cookie
from guitu.web.person_file import search


def test_the_number_on_the_page_is_in_the_journal_and_no_name_is(house, monkeypatch, caplog) -> None:
    def broken(*_args, **_given):
        raise ValueError("陈柏舟 910121198503121159")

    monkeypatch.setattr(search.persons, "find", broken)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = house.token("county")
    with caplog.at_level(logging.ERROR, logger="guitu.web"):
        answer = browser.get("/search/?q=chen")
    assert answer.status_code == 500
    number = re.search(r"编号([0-9A-F]{8})", answer.content.decode())[1]
    line = next(record.getMessage() for record in caplog.records if record.name == "guitu.web")
    assert number in line
    assert "search" in line
    assert "ValueError" in line
    assert "web/person_file/search.py:" in line
    assert "陈柏舟" not in line
    assert "9101" not in line
