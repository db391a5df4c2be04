"""The administrator's page of rule packs: proposes what can be proved, and another office's page confirms it."""

import re
import uuid

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


@pytest.fixture
def second(house):
    browser = Client()
    browser.cookies[token_cookie()] = house.token("security")
    return browser


def hand_in(browser, text, **more):
    file = SimpleUploadedFile("2027.yaml", text.encode() if isinstance(text, str) else text)
    typed = {"file": file, "mark": str(uuid.uuid4()), "words": "国务院办公厅已公布", **more}
    return browser.post("/rules/packs/propose/", typed)


def confirm(browser, address):
    page = browser.get(address).content.decode()
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page).group(1)
    return browser.post(f"{address}decide/", {"decision": "confirm", "shown": shown})


def test_a_proposed_pack_shows_its_differences_and_is_in_force_after_the_second_hand(administrator, second):
    assert "还没有装载规则包" in administrator.get("/rules/packs/").content.decode()
    answer = hand_in(administrator, YEAR_2027)
    address = answer["Location"]
    own = administrator.get(address).content.decode()
    assert 'name="shown"' not in own, "whoever proposed has nothing to confirm"
    assert "还没有装载规则包" in administrator.get("/rules/packs/").content.decode()
    assert f'href="{address}"' in second.get("/dual-changes/").content.decode()
    theirs = second.get(address).content.decode()
    assert "2027年放假安排" in theirs
    assert "放假 01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08；周末上班 01-10" in theirs
    assert administrator.post(f"{address}decide/", {"decision": "confirm", "shown": "x"}).status_code == 422
    assert confirm(second, address).status_code == 302
    assert "已同意，已生效" in second.get(address).content.decode()
    page = administrator.get("/rules/packs/").content.decode()
    assert "2027.yaml" in page
    assert "还没有装载规则包" not in page


def test_a_refusal_needs_words_and_a_key_is_proposed_on_the_same_page(administrator, second):
    mark = str(uuid.uuid4())
    key = {"mark": mark, "kind": "KEY_ROTATION", "named": "sm9", "words": "年度换用"}
    wrong = second.post("/dual-changes/key/", key)
    assert (wrong.status_code, "没有这个密码套件" in wrong.content.decode()) == (422, True)
    address = second.post("/dual-changes/key/", key | {"named": "gm"})["Location"]
    assert administrator.post(f"{address}decide/", {"decision": "refuse"}).status_code == 422
    said = {"decision": "refuse", "reason": "国密库还没有到位"}
    assert administrator.post(f"{address}decide/", said).status_code == 302
    assert "国密库还没有到位" in second.get(address).content.decode()


def test_a_fault_is_told_with_file_and_line_and_nothing_is_stored(administrator):
    answer = hand_in(administrator, YEAR_2027.replace("holidays:", "hollidays:"))
    assert answer.status_code == 422
    assert "2027.yaml:" in answer.content.decode()
    assert "还没有装载规则包" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "said"), [("", "没有选文件"), ("年".encode("gb18030"), "UTF-8"), (YEAR_2027, "已经装载过")]
)
def test_what_cannot_be_read_or_is_there_already_is_said_in_words(administrator, second, text, said):
    if text == YEAR_2027:
        confirm(second, hand_in(administrator, YEAR_2027)["Location"])
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


def test_the_page_of_a_rule_shows_what_loaded_packs_say_about_it(administrator, second):
    assert "本安装装载的规则包" not in administrator.get("/rules/RS-17/").content.decode()
    confirm(second, hand_in(administrator, PROVINCE)["Location"])
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
