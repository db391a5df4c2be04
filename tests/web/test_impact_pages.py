"""影响评估 by screen: what is off says so, a supervisor assesses it, a security administrator turns it on."""

import re
import uuid

import pytest
from django.test import Client

from guitu.web.gate import token_cookie
from tests.access.test_impact import PARTS
from tests.factories.assessments import unassessed


@pytest.fixture
def hands(house):
    """The supervisor of the province, the security administrator, the liaison of a prison."""
    made = {}
    for login in ("province", "security", "prison"):
        made[login] = Client()
        made[login].cookies[token_cookie()] = house.token(login)
    choice = re.search(r'name="purpose" value="(\w+)"', made["province"].get("/post/").content.decode())
    if choice:
        made["province"].post("/post/", {"purpose": choice.group(1)})
    return made


def test_a_feature_that_is_off_says_so_and_two_hands_turn_it_on(house, hands) -> None:
    author, second = hands["province"], hands["security"]
    with unassessed(house):
        listed = author.get("/impact/").content.decode()
        assert listed.count("停用：没有现行的评估") == 5
        assert "功能规则已变，失效" in listed
        account = hands["prison"].get("/account/").content.decode()
        assert "还没有现行的个人信息保护影响评估" in account
        typed = {"feature": "TEXT_MESSAGES", "mark": str(uuid.uuid4()), **PARTS}
        wrong = author.post("/impact/save/", typed | {"effects": "没有"})
        assert (wrong.status_code, "每一项至少写20个字" in wrong.content.decode()) == (422, True)
        assert PARTS["measures"] in wrong.content.decode(), "what was typed is still there"
        address = author.post("/impact/save/", typed)["Location"]
        assert 'name="decision"' not in author.get(address).content.decode()
        assert second.post(f"{address}decide/", {"decision": "refuse"}).status_code == 422
        assert second.post(f"{address}decide/", {"decision": "confirm"}).status_code == 302
        assert "现行" in second.get(address).content.decode()
        assert author.get("/impact/").content.decode().count("停用：没有现行的评估") == 4
        assert "还没有现行的个人信息保护影响评估" not in hands["prison"].get("/account/").content.decode()
