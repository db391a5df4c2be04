"""The administrator's page of rule packs: loads what can be proved, says file, line and reason where it cannot."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guitu.rulebook.book import load_national
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


PROVINCE = """
id: P-910000
zh: 望江省补充包
en: Pack of Wangjiang Province
jurisdiction: "910000"
sources:
  - {id: LOCAL-91, zh: 望江省细则, en: Local rules, in_force_from: 2022-01-01, verified: false, checked_on: 2026-11-22}
rules:
  - id: RS-17
    standing: local
    evidence: P
    verified: false
    checked_on: 2026-11-22
    basis: [{source: LOCAL-91, article: "7"}]
    values:
      - from: 2022-01-01
        statutory: {value: 3, unit: day}
"""


def test_the_page_of_a_rule_shows_what_loaded_packs_say_about_it(administrator):
    assert "本安装装载的规则包" not in administrator.get("/rules/RS-17/").content.decode()
    assert hand_in(administrator, PROVINCE).status_code == 302
    shown = administrator.get("/rules/RS-17/").content.decode()
    assert "望江省补充包" in shown
    assert "3日" in shown
    assert "望江省补充包" not in administrator.get("/rules/RS-19/").content.decode()


def test_the_rules_come_a_page_at_a_time_and_every_one_of_them(administrator):
    seen, number = [], 1
    while rows := re.findall(r'<tr data-row><td><a class="gt-name" href="/rules/([^/]+)/', body(administrator, number)):
        seen += rows
        number += 1
    assert number > 2
    assert sorted(seen) == sorted(load_national().rules)


def body(browser, number):
    return browser.get(f"/rules/?page={number}").content.decode()
