"""The check of the release day on the file: seen by both sides, before and after a plan, gone after the release."""

import uuid

from django.utils import translation

from tests.web.peopled import ACKNOWLEDGED, AT_FOREIGN, REGISTERED
from tests.web.reading import body, page

PLAN = {
    "leaves_at": "2026-11-10T09:00",
    "arrival_at": "2026-11-10T22:30",
    "place": "雁回镇司法所",
    "transport": "TRAIN",
    "sender_name": "侯知白",
    "sender_phone": "0000-5550101",
    "receiver_name": "林知遥",
    "receiver_phone": "0000-5550102",
    "money": "520",
    "has_id_card": "no",
    "has_phone": "yes",
    "contacts": "陈望山（父）",
}


def _said(browser, person) -> str:
    return " ".join(text for _, text in page(browser.get(f"/persons/{person}/")).all("section", id="release-day"))


def test_the_form_of_the_pick_up_shows_what_the_check_of_the_release_day_finds(peopled) -> None:
    shown = page(peopled.client("county").get(f"/persons/{peopled.persons[ACKNOWLEDGED]}/"))
    beside = [text for _, text in shown.all("details", cls="gt-do") if "监所门口会合" in text]
    assert len(beside) == 1
    assert "释放日核对" in beside[0]
    assert "没有登记办公时间" in beside[0]


def test_both_sides_see_the_check_before_and_after_a_plan(fresh) -> None:
    person, county, prison = fresh.persons[ACKNOWLEDGED], fresh.client("county"), fresh.client("prison")
    for browser in (county, prison):
        before = _said(browser, person)
        assert "接送还没有排定" in before
        # The units of these tests have neither coordinates nor hours: that is said, not guessed.
        assert "没有登记办公时间" in before
        assert "没有身份证" not in before
    answer = county.post(f"/persons/{person}/pick-up/", {**PLAN, "mark": str(uuid.uuid4())})
    assert answer.status_code == 302  # a warning never blocks
    for browser in (county, prison):
        after = _said(browser, person)
        assert "按排定的接送核对" in after
        assert "买不到火车" in after
        assert "2026-11-10 22:30到达，是夜里" in after


def test_hours_on_record_are_compared_with_the_release_day(fresh) -> None:
    person = fresh.persons[ACKNOWLEDGED]
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE access_unit SET opening_hours = 'wed 09:00-11:00' WHERE kind = 'county'")
    # 2026-11-10 is a Tuesday.
    assert "最近一次开门是2026-11-11 09:00" in _said(fresh.client("county"), person)


def test_nobody_is_told_what_can_no_longer_be_planned(peopled) -> None:
    assert _said(peopled.client("county"), peopled.persons[ACKNOWLEDGED])
    assert _said(peopled.client("county-head"), peopled.persons[ACKNOWLEDGED])
    assert peopled.client("county").get(f"/persons/{peopled.persons[AT_FOREIGN]}/").status_code == 404
    assert "释放日核对" not in body(peopled.client("county").get(f"/persons/{peopled.persons[REGISTERED]}/"))
    assert "释放日核对" not in body(peopled.client("procurator").get(f"/persons/{peopled.persons[REGISTERED]}/"))


def test_the_check_is_complete_in_english(peopled) -> None:
    with translation.override("zh-hans"):  # what the request turns on ends with it
        said = _said(peopled.client("county", language="en"), peopled.persons[ACKNOWLEDGED])
    assert "The receiving office has no opening hours on record" in said
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in said)
