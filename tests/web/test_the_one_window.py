"""The one window in the browser: find who comes, take matters, print slips, answer; the person sees the same."""

import re
import uuid
from datetime import date

from django.db import transaction

from guitu.journeys import queries as roads
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.web.peopled import AT_FOREIGN, MOMENT, REGISTERED, SENT
from tests.web.reading import body, page, total

WORDS = "房东明天要收回房子，想先找个地方住一个月"


def _form(browser, person):
    opened = page(browser.get(f"/window/{person}/"))
    (form, _), *_rest = opened.all("form", action=f"/window/{person}/take/")
    marks = [a["value"] for a, _ in opened.all("input", name="mark")]
    return form["action"], {"mark": marks[0], "channel": "COUNTER", "matters": ["7", "2"], "words": WORDS}


def test_a_counter_takes_two_matters_and_hands_over_two_slips(fresh) -> None:
    person = fresh.persons[REGISTERED]
    browser = fresh.client("county")
    found = page(browser.get("/window/", {"q": REGISTERED}))
    assert [a["href"] for a, _ in found.all("a", cls="gt-name")] == [f"/window/{person}/"]
    address, form = _form(browser, person)
    answer = browser.post(address, form)
    assert answer.status_code == 302
    slips = page(browser.get(answer["Location"]))
    shown = [text for _, text in slips.all("section", cls="gt-slip")]
    assert len(shown) == 2
    assert all(REGISTERED in text and "0000-5550100" in text and "12309" in text for text in shown)
    assert "临时、过渡住宿" in "".join(shown)
    numbers = [text for _, text in slips.all("p", cls="no")]
    assert all(re.fullmatch(r"〔2026〕青司受理字第000[12]号", number) for number in numbers)
    pdf = next(a["href"] for a, text in slips.all("a") if text.startswith("受理单"))
    assert browser.get(pdf).content.startswith(b"%PDF")
    # A second press of the same form makes nothing new.
    again = browser.post(address, form)
    assert again["Location"] == answer["Location"]
    assert total(browser.get("/window/taken/")) == 2
    # Every count of the counter leads to exactly its rows.
    counts = page(browser.get("/window/"))
    led = {a["href"]: int(text.split()[0]) for a, text in counts.all("a", cls="v")}
    assert led["/window/taken/?side=taken&state=OPEN"] == 2
    for href, count in led.items():
        assert total(browser.get(href)) == count, href
    # By number at any desk that sees the person.
    by_number = page(browser.get("/window/", {"q": numbers[0]}))
    assert [text for _, text in by_number.all("a", cls="gt-name")] == [numbers[0]]
    assert "还在办的" in body(browser.get(f"/window/{person}/"))


def test_the_sending_prison_answers_its_part_and_the_first_desk_sees_it(fresh) -> None:
    person = fresh.persons[REGISTERED]
    county, prison = fresh.client("county"), fresh.client("prison")
    address, form = _form(county, person)
    county.post(address, form)
    rows = page(prison.get("/window/taken/?side=duty&state=OPEN")).all("a", cls="gt-name")
    assert len(rows) == 1
    here = rows[0][0]["href"]
    opened = page(prison.get(here))
    assert WORDS in body(prison.get(here))
    mark = opened.all("input", name="mark")[0][0]["value"]
    assert opened.all("form", action=f"{here}first/")
    assert prison.post(f"{here}first/", {"mark": mark, "words": "已找到，明天寄出"}).status_code == 302
    assert not page(prison.get(here)).all("form", action=f"{here}first/")
    assert prison.post(f"{here}answer/", {"mark": mark, "outcome": "settled"}).status_code == 422
    assert prison.post(f"{here}answer/", {"mark": mark, "words": "x", "outcome": "lost"}).status_code == 400
    done = prison.post(f"{here}answer/", {"mark": str(uuid.uuid4()), "outcome": "settled", "words": "报告已补发"})
    assert done.status_code == 302
    seen = body(county.get(here))
    assert "报告已补发" in seen
    assert "已找到，明天寄出" in seen
    assert total(county.get("/window/taken/?state=ANSWERED")) == 1
    late = prison.post(f"{here}answer/", {"mark": str(uuid.uuid4()), "outcome": "declined", "words": "再答"})
    assert late.status_code == 409
    # The matter that a step answers leads to the step, and offers no answer beside it.
    by_step = next(a["href"] for a, _ in page(county.get("/window/taken/?matter=7")).all("a", cls="gt-name"))
    assert not page(county.get(by_step)).all("form", action=f"{by_step}answer/")
    assert [a for a, _ in page(county.get(by_step)).all("a") if a["href"].endswith("#open-lodging")]


def test_what_is_missing_is_said_and_what_was_typed_stays(fresh) -> None:
    browser = fresh.client("county")
    address, form = _form(browser, fresh.persons[REGISTERED])
    for changed, said in (
        ({"matters": []}, "请选至少一个事项"),
        ({"words": " "}, "请记下本人怎么说"),
        ({"channel": "DREAM"}, "请选来的方式"),
    ):
        answer = browser.post(address, form | changed)
        assert answer.status_code == 422
        assert said in body(answer)
        if "words" not in changed:
            assert WORDS in body(answer)
    assert total(browser.get("/window/taken/")) == 0


def test_whom_the_counter_does_not_see_it_neither_finds_nor_takes(fresh) -> None:
    browser = fresh.client("county")
    assert not page(browser.get("/window/", {"q": AT_FOREIGN})).all("a", cls="gt-name")
    form = {"mark": str(uuid.uuid4()), "channel": "PHONE", "matters": ["7"], "words": WORDS}
    assert browser.post(f"/window/{fresh.persons[AT_FOREIGN]}/take/", form).status_code == 404
    assert fresh.client("procurator").post(f"/window/{fresh.persons[SENT]}/take/", form).status_code == 403


def test_the_person_reads_on_their_road_what_was_taken_and_whom_to_call(fresh) -> None:
    county = fresh.client("county")
    with fresh.role("guitu_owner") as door:
        own = door.execute(
            "SELECT r.person_id FROM access_reach r JOIN access_post p ON p.id = r.post_id WHERE p.role = 'PERSON'"
        ).fetchone()[0]
    address, form = _form(county, own)
    assert county.post(address, form | {"matters": ["1"]}).status_code == 302
    road = body(fresh.client("person").get("/my/"))
    assert "信息核查" in road
    assert "青司受理字第0001号" in road
    assert "reception_slip" not in road  # the slip stands among the papers by its name, not by its code
    assert "0000-5550100" in road
    here = next(a["href"] for a, _ in page(county.get("/window/taken/")).all("a", cls="gt-name"))
    form = {"mark": str(uuid.uuid4()), "outcome": "settled", "words": "姓名已改正"}
    assert county.post(f"{here}answer/", form).status_code == 302
    assert "姓名已改正" in body(fresh.client("person").get("/my/"))


def test_a_juvenile_stands_in_the_register_without_a_name_and_is_not_found_by_others(fresh) -> None:
    young = "闻人既白"
    row = rosters.row(young, release=date(2026, 12, 14), order="901", born="20100312")
    with fresh.acting("prison"):
        prison.import_roster(rosters.workbook(row), file_name="一人.xlsx", today=MOMENT.date(), at=MOMENT)
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(text="既"), now=MOMENT, first=0, most=5)
    liaison = fresh.client("prison")
    assert page(liaison.get("/window/", {"q": young})).all("a", cls="gt-name")
    form = {"mark": str(uuid.uuid4()), "channel": "PHONE", "matters": ["2"], "words": WORDS}
    assert liaison.post(f"/window/{tasks[0].person_id}/take/", form).status_code == 302
    register = body(liaison.get("/window/taken/"))
    assert "未成年人" in register
    assert young not in register
    assert not page(fresh.client("county").get("/window/", {"q": young})).all("a", cls="gt-name")
