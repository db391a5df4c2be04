"""The page of older definitions: the differences before the button, the reason that is asked for, those that stay."""

import re

from django.test import Client

from guitu.access import queries
from guitu.access.acting import acting
from guitu.access.looking import choose_purpose
from guitu.web.gate import token_cookie
from tests.roads.test_moving_to_a_newer_definition import former, opened_under


def leader(house) -> Client:
    browser, token = Client(), house.token("prison-leader")
    session = queries.session_of(token)
    with acting(session, session.purposes[0]):
        choose_purpose(session.purposes[0])
    browser.cookies[token_cookie()] = token
    return browser


def test_the_differences_are_shown_and_the_journeys_moved_for_a_reason(house) -> None:
    browser = leader(house)
    assert "在办的都按现行流程定义办理" in browser.get("/definitions/").content.decode()
    walk = opened_under(house, former())
    page = browser.get("/definitions/").content.decode()
    assert "步骤“出监教育”" in page
    assert "RH-RESEND（自进入状态） → RS-14" in page
    said = {name: re.search(rf'name="{name}" value="([^"]+)"', page).group(1) for name in ("mark", "digest")}
    refused = browser.post("/definitions/move/", said)
    assert refused.status_code == 422
    assert "请写明为什么移动" in refused.content.decode()
    assert browser.post("/definitions/move/", {**said, "reason": "全省统一"}).status_code == 302
    assert "在办的都按现行流程定义办理" in browser.get("/definitions/").content.decode()
    assert "全省统一" in browser.get(f"/persons/{walk.person}/").content.decode()


def test_a_journey_that_cannot_be_moved_is_listed_with_its_reason(house) -> None:
    opened_under(house, former(state="parked"), state="parked")
    browser = leader(house)
    page = browser.get("/definitions/").content.decode()
    assert "1件不能移动，看理由" in page
    assert "移到现行定义：" not in page
    listed = browser.get(re.search(r"/definitions/[0-9a-f]{64}/", page).group(0)).content.decode()
    assert "新的流程定义里没有现在的状态（parked）" in listed
