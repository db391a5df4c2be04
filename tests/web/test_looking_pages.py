"""The pages of looking: the reason asked instead of the file, the purpose first, the broken glass, the exports."""

import re
import uuid

from django.urls import reverse

from guitu.web.gate import token_cookie
from tests.web.peopled import AT_FOREIGN, REGISTERED, SENT
from tests.web.reading import body


def test_a_file_outside_the_caseload_opens_after_a_reason_and_once(fresh) -> None:
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE journeys_clock SET voided_at = now(), void_reason = 'test' WHERE done_at IS NULL")
    browser, address = fresh.client("prison"), reverse("person", args=[fresh.persons[REGISTERED]])
    asked = browser.get(address)
    assert "先说明理由" in body(asked)
    assert REGISTERED not in body(asked)
    assert REGISTERED not in body(browser.get(address + "items/id_doc/"))
    give, form = address + "look/", {"reason": "verify", "words": "县里来电核对编号", "next": address}
    assert browser.post(give, form | {"words": "核"}).status_code == 422
    assert REGISTERED not in body(browser.get(address))
    assert browser.post(give, form | {"next": "https://elsewhere.example/"})["Location"] == address
    assert REGISTERED in body(browser.get(address))
    assert "核对、更正信息" in body(browser.get(address))  # who looked, and why
    unknown = reverse("look-reason", args=[uuid.UUID(int=5)])
    foreign = reverse("look-reason", args=[fresh.persons[AT_FOREIGN]])
    assert browser.post(unknown, form).status_code == browser.post(foreign, form).status_code == 404
    # Control: what is in the own queue opens without a question.
    assert SENT in body(fresh.client("county").get(reverse("person", args=[fresh.persons[SENT]])))


def test_who_has_several_purposes_chooses_first_and_is_led_on(fresh) -> None:
    browser = fresh.client(None)
    browser.cookies[token_cookie()] = fresh.token("county-head")
    answer = browser.get("/board/")
    assert (answer.status_code, answer["Location"]) == (302, "/post/?next=/board/")
    post = re.search(r'name="post" id="[^"]+" value="([^"]+)"', body(browser.get(answer["Location"]))).group(1)
    chosen = browser.post("/post/", {"post": post, "purpose": "REVIEW_LOOKS", "next": "/board/"})
    assert chosen["Location"] == "/board/"
    assert "审查查阅和导出" in body(browser.get("/emergency/reviews/"))


def test_a_glass_is_broken_on_its_page_and_reviewed_on_the_leaders(fresh) -> None:
    with fresh.role("guitu_owner") as door:
        found = door.execute("SELECT number FROM people_person WHERE id = %s", (fresh.persons[AT_FOREIGN],)).fetchone()
    form = {"mark": str(uuid.uuid4()), "number": found[0], "reason": "life", "words": "本人在我局门口晕倒，要通知家属"}
    browser = fresh.client("county")
    assert "至少8个字" in body(browser.post("/emergency/open/", form | {"words": "急"}))
    assert "没有这个号码" in body(browser.post("/emergency/open/", form | {"number": found[0][:-1]}))
    opened = browser.post("/emergency/open/", form | {"mark": str(uuid.uuid4())})
    assert opened["Location"] == reverse("person", args=[fresh.persons[AT_FOREIGN]])
    file = body(browser.get(opened["Location"]))
    assert AT_FOREIGN in file
    assert "gt-purpose--glass" in file
    leader = fresh.client("county-head")
    page = body(leader.get("/emergency/reviews/"))
    assert AT_FOREIGN not in page  # by its number, not by name
    glass = re.search(r'name="glass" value="([^"]+)"', page).group(1)
    review = {"glass": glass, "outcome": "justified", "finding": "情况属实，已联系家属送医"}
    assert leader.post("/emergency/reviews/decide/", review | {"outcome": ""}).status_code == 422
    assert leader.post("/emergency/reviews/decide/", review).status_code == 302
    assert glass not in body(leader.get("/emergency/reviews/"))
    assert "已联系家属送医" in body(browser.get("/emergency/"))


def test_an_export_is_made_and_fetched_on_its_page_and_another_waits_for_the_leader(fresh) -> None:
    county, prison = fresh.client("county"), fresh.client("prison")
    form = {"mark": str(uuid.uuid4()), "format": "csv", "use": "check", "words": "逐人核对本月应到人员"}
    assert county.post("/exports/ask/", form | {"words": ""}).status_code == 422
    assert county.post("/exports/ask/", form).status_code == 302
    export = re.search(r'name="export" value="([^"]+)"', body(county.get("/exports/"))).group(1)
    file = county.post("/exports/fetch/", {"export": export})
    assert file["Content-Disposition"].startswith('attachment; filename="DC')
    assert "内部使用 · 青榆县司法局" in file.content.decode("utf-8-sig")
    assert prison.post("/exports/fetch/", {"export": export}).status_code == 404
    said = body(county.get("/exports/"))
    taken, left = map(int, re.search(r"已导出(\d+)行，还可导出(\d+)行。", said).groups())
    assert f"不经批准，您24小时内合计可导出{taken + left}行。" in said
    assert re.search(r"等到\d{4}-\d\d-\d\d \d\d:\d\d以后，这份清单不经批准也能导出。", said)
    with fresh.role("guitu_owner") as door:  # as if it had been a shorter list
        door.execute("UPDATE access_export SET rows = 1")
    assert re.search(r"到\d{4}-\d\d-\d\d \d\d:\d\d全部恢复。", body(county.get("/exports/")))
    assert "已导出" not in body(prison.get("/exports/"))  # the control: nothing is taken yet
    prison.post("/exports/ask/", form | {"mark": str(uuid.uuid4()), "format": "xlsx"})
    assert "待领导审批" in body(prison.get("/exports/"))
    leader = fresh.client("prison-leader")
    export = re.search(r'name="export" value="([^"]+)"', body(leader.get("/exports/decisions/"))).group(1)
    decided = {"export": export, "decision": "approve", "finding": "同意，会商用"}
    assert leader.post("/exports/decisions/decide/", decided).status_code == 302
    assert prison.post("/exports/make/", {"export": export}).status_code == 302
    assert prison.post("/exports/fetch/", {"export": export}).content.startswith(b"PK")
    assert prison.post("/exports/fetch/", {"export": export}).status_code == 404  # once
    assert "取走1次" in body(fresh.client("audit").get("/exports/audit/"))
