"""The bell, the list of notices and the choices of an account, as officers meet them in the window."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from guitu.access.establishing import unit_id
from guitu.access.tree import desk
from guitu.notices import operations
from guitu.notices.policy import MESSAGE
from guitu.rulebook.book import load_national
from guitu.web.notices.words import kind_words, own_kind_words
from tests.factories.units import CITY, COUNTY, PRISON
from tests.roads.walking import ticking
from tests.web.peopled import KEPT, SENT
from tests.web.reading import body, page

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def tell(house, unit, code="RESPONSIBILITY_PASSED", *, person=None, times=1):
    facts = {"unit": str(unit_id(PRISON))}
    if code == "CLOCK_LAPSED":
        facts = {"rule": "RS-14", "part": "expected", "due_at": "2026-11-20T16:00:00+00:00"}
    with ticking() if code == "CLOCK_LAPSED" else house.acting("prison"), transaction.atomic():
        for _ in range(times):
            operations.tell(desk(unit_id(unit)), code, facts, AT, subject_id=uuid.uuid4(), person_id=person)


def bell(answer) -> str:
    (words,) = [text for anchor, text in page(answer).all("a", cls="gt-bell")]
    return re.sub(r"\D", "", words)


def counted(browser) -> int:
    return int(bell(browser.get("/notices/")))


def test_the_bell_counts_what_this_post_has_not_read_by_one_query_more(fresh):
    browser, before = fresh.client("county"), counted(fresh.client("county"))
    tell(fresh, COUNTY, times=3)
    tell(fresh, CITY)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get("/rules/")
    assert int(bell(answer)) == before + 3
    assert sum("notices_" in one["sql"] for one in asked) == 1


def test_a_row_names_the_person_only_to_who_sees_them_and_leads_to_the_matter(fresh):
    person = fresh.persons[SENT]
    tell(fresh, COUNTY, person=person)
    tell(fresh, CITY, person=person)
    seen = fresh.client("county").get("/notices/?kind=RESPONSIBILITY_PASSED")
    assert SENT in body(seen)
    assert f"/persons/{person}/" in body(seen)
    above = fresh.client("city").get("/notices/?kind=RESPONSIBILITY_PASSED")
    assert SENT not in body(above)
    assert "一名返回人员" in body(above)
    assert "/board/" in body(above)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", "应于2026-11-20 24:00前办结，已经逾期，由本单位承办"),
        ("en", "was due before 2026-11-20 24:00 and is late; your unit is in charge"),
    ],
)
def test_a_late_clock_is_worded_in_the_language_of_the_page(fresh, language, words):
    tell(fresh, PRISON, "CLOCK_LAPSED", person=fresh.persons[KEPT])
    answer = fresh.client("prison", language=language).get("/notices/?kind=CLOCK_LAPSED")
    assert words in body(answer)
    assert KEPT in body(answer)


def test_every_notice_of_the_rulebook_has_a_word_and_a_row(fresh):
    assert set(kind_words()) | set(own_kind_words()) == set(load_national().notices) - {MESSAGE}
    codes = ("PICK_UP_DECLINED", "MEETING_ASKED", "MEETING_GIVEN", "MEETING_REFUSED")
    for code in codes:
        tell(fresh, COUNTY, code, person=fresh.persons[SENT])
    browser = fresh.client("county")
    for code in codes:
        (row,) = [text for _, text in page(browser.get(f"/notices/?kind={code}")).all("tr", **{"data-row": ""})]
        assert SENT in row
        assert kind_words()[code] in row


def test_what_is_marked_as_read_leaves_the_list_and_the_bell_and_stands_under_all(fresh):
    tell(fresh, COUNTY, times=2)
    browser = fresh.client("county")
    before = counted(browser)
    shown = page(browser.get("/notices/?kind=RESPONSIBILITY_PASSED"))
    ids = sorted({one["value"] for one, _ in shown.all("input", name="notice")})
    assert len(ids) == 2
    answer = browser.post("/notices/read/", {"notice": [ids[0], "nonsense"], "kind": "RESPONSIBILITY_PASSED"})
    assert (answer.status_code, answer["Location"]) == (302, "/notices/?kind=RESPONSIBILITY_PASSED")
    assert counted(browser) == before - 1
    assert len(page(browser.get("/notices/?kind=RESPONSIBILITY_PASSED")).all("tr", **{"data-row": ""})) == 1
    assert "已读" in body(browser.get("/notices/?show=all&kind=RESPONSIBILITY_PASSED"))


def test_a_long_list_is_paged_and_a_false_page_or_kind_is_passed_over(fresh):
    tell(fresh, COUNTY, times=35)
    browser = fresh.client("county")
    first = browser.get("/notices/?kind=RESPONSIBILITY_PASSED")
    assert "第1–30条" in body(first)
    assert "第31–35条" in body(browser.get("/notices/?kind=RESPONSIBILITY_PASSED&page=2"))
    assert browser.get("/notices/?kind=NO_SUCH&page=x").status_code == 200
    assert browser.get(f"/notices/?page={'9' * 5000}").status_code == 200


def test_when_the_last_page_is_read_the_list_goes_on_with_its_first(fresh):
    tell(fresh, COUNTY, times=35)
    browser = fresh.client("county")
    last = "/notices/?kind=RESPONSIBILITY_PASSED&page=2"
    shown = page(browser.get(last))
    ids = sorted({one["value"] for one, _ in shown.all("input", name="notice")})
    assert {one["value"] for one, _ in shown.all("input", name="page")} == {"2"}
    answer = browser.post("/notices/read/", {"notice": ids, "kind": "RESPONSIBILITY_PASSED", "page": "2"})
    assert answer["Location"] == last
    answer = browser.get(last)
    assert (answer.status_code, answer["Location"]) == (302, "/notices/?kind=RESPONSIBILITY_PASSED")
    assert "共30条" in body(browser.get(answer["Location"]))


def test_everything_up_to_the_newest_shown_is_read_at_one_press(fresh):
    tell(fresh, COUNTY, times=35)
    browser = fresh.client("county")
    shown = page(browser.get("/notices/"))
    ((up_to, _),) = shown.all("input", name="up_to")
    assert browser.post("/notices/read/", {"up_to": up_to["value"]})["Location"] == "/notices/"
    assert "没有未读的通知" in body(browser.get("/notices/"))
    assert len(page(browser.get("/notices/?show=all")).all("tr", **{"data-row": ""})) == 30


def test_an_account_chooses_and_a_statutory_notice_stays(fresh):
    browser = fresh.client("county")
    shown = page(browser.get("/account/"))
    ticks = {one["value"]: "disabled" in one for one, _ in shown.all("input", name="want")}
    assert ticks["CLOCK_LAPSED:IN_APP"] is ticks["CLOCK_LAPSED:SMS"] is True
    assert ticks["CLOCK_DUE_SOON:SMS"] is False
    wanted = [value for value, fixed in ticks.items() if not fixed and value != "CLOCK_DUE_SOON:SMS"]
    given = {"want": wanted, "address-SMS": "0000-5550188", "address-EMAIL": ""}
    assert browser.post("/account/notices/", given).status_code == 302
    shown = page(browser.get("/account/"))
    off = {one["value"] for one, _ in shown.all("input", name="want") if "checked" not in one}
    assert off == {"CLOCK_DUE_SOON:SMS"}
    assert [one["value"] for one, _ in shown.all("input", name="address-SMS")] == ["00005550188"]
    wrong = browser.post("/account/notices/", {**given, "address-SMS": "abc"})
    assert wrong.status_code == 422
    assert "这不是电话号码" in body(wrong)
