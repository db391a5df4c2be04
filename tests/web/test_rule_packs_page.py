"""The administrator's page of rule packs: loads what can be proved, says file, line and reason where it cannot."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guitu.web.gate import token_cookie
from tests.access.test_rule_packs import YEAR_2027


@pytest.fixture
def administrator(house):
    browser = Client()
    browser.cookies[token_cookie()] = house.token("system")
    return browser


def hand_in(browser, text, **more):
    file = SimpleUploadedFile("2027.yaml", text.encode() if isinstance(text, str) else text)
    return browser.post("/rules/packs/load/", {"file": file, **more})


def test_a_proved_pack_is_listed_as_in_force(administrator):
    assert "还没有装载规则包" in administrator.get("/rules/packs/").content.decode()
    assert hand_in(administrator, YEAR_2027).status_code == 302
    page = administrator.get("/rules/packs/").content.decode()
    assert "2027.yaml" in page
    assert "还没有装载规则包" not in page


def test_a_fault_is_told_with_file_and_line_and_nothing_is_stored(administrator):
    answer = hand_in(administrator, YEAR_2027.replace("holidays:", "hollidays:"))
    assert answer.status_code == 422
    assert "2027.yaml:" in answer.content.decode()
    assert "还没有装载规则包" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "said"), [("", "没有选文件"), ("年".encode("gb18030"), "UTF-8"), (YEAR_2027, "已经装载过")]
)
def test_what_cannot_be_read_or_is_there_already_is_said_in_words(administrator, text, said):
    if text == YEAR_2027:
        hand_in(administrator, YEAR_2027)
    answer = hand_in(administrator, text)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_an_officer_finds_no_such_page(house):
    browser = Client()
    browser.cookies[token_cookie()] = house.token("county")
    assert browser.get("/rules/packs/").status_code == 403
    assert hand_in(browser, YEAR_2027).status_code == 403
