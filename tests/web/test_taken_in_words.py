"""Whom a counter does not see, in the browser: taken in words, slips, recognised elsewhere, answered."""

import uuid

from tests.factories.persons import number_of
from tests.web.peopled import REGISTERED, SENT
from tests.web.reading import body, page, total

FORM = {
    "name": "来人乙",
    "phone": "0000-5550166",
    "document_shown": "YES",
    "county": "青榆县司法局",
    "channel": "PHONE",
    "matters": ["7"],
    "words": "想问能不能先住几天",
}


def _number(fresh, name: str) -> str:
    return number_of(fresh, fresh.persons[name])


def _taken(browser, **changed) -> str:
    """The address of the one matter that was taken."""
    answer = browser.post("/window/elsewhere/take/", FORM | {"mark": str(uuid.uuid4())} | changed)
    assert answer.status_code == 302, body(answer)
    slips = page(browser.get(answer["Location"]))
    shown = slips.all("section", cls="gt-slip")
    assert len(shown) == 1
    assert FORM["name"] in shown[0][1]
    return next(a["href"] for a, text in slips.all("a") if text == "看这一件")


def test_a_counter_takes_in_words_whom_it_does_not_see_and_the_county_recognises_and_answers(fresh) -> None:
    foreign, county = fresh.client("foreign"), fresh.client("county")
    assert "按来人所说受理" in body(foreign.get("/window/", {"q": REGISTERED}))
    here = _taken(foreign, document_number=_number(fresh, REGISTERED))
    seen = body(foreign.get(here))
    assert "青榆县司法局" in seen
    assert FORM["words"] in seen
    assert not page(foreign.get(here)).all("form", action=f"{here}answer/")
    # Every count at both ends leads to exactly its rows.
    for browser in (foreign, county):
        led = {a["href"]: int(text.split()[0]) for a, text in page(browser.get("/window/")).all("a", cls="v")}
        assert sum(count for href, count in led.items() if "elsewhere/list" in href) == 1
        for href, count in led.items():
            assert total(browser.get(href)) == count, href
    opened = page(county.get(here))
    people = [a["value"] for a, _ in opened.all("input", name="person")]
    assert people == [str(fresh.persons[REGISTERED])]
    mark = str(uuid.uuid4())
    assert county.post(f"{here}first/", {"mark": mark, "words": "今天给回话"}).status_code == 302
    linked = county.post(f"{here}recognise/", {"mark": str(uuid.uuid4()), "person": people[0]})
    assert linked.status_code == 302
    assert total(county.get("/window/elsewhere/list/?side=DUTY&state=LINKED")) == 1
    assert total(county.get("/window/taken/?side=duty&state=OPEN")) == 1
    # The first desk reads the first answer, and nothing of a file.
    seen = body(foreign.get(here))
    assert "今天给回话" in seen
    assert REGISTERED not in seen
    assert "已归入档案" not in seen
    late = county.post(f"{here}answer/", {"mark": str(uuid.uuid4()), "outcome": "settled", "words": "x"})
    assert late.status_code == 409


def test_who_is_not_known_is_sent_back_and_the_slip_finds_the_answer(fresh) -> None:
    foreign, county = fresh.client("foreign"), fresh.client("county")
    here = _taken(foreign)
    form = {"mark": str(uuid.uuid4()), "outcome": "unknown_person", "words": "本县没有这个人"}
    assert county.post(f"{here}answer/", form | {"outcome": "lost"}).status_code == 400
    assert county.post(f"{here}answer/", form | {"words": ""}).status_code == 422
    assert county.post(f"{here}recognise/", {"mark": form["mark"]}).status_code == 422
    assert county.post(f"{here}answer/", form).status_code == 302
    number = next(text for _, text in page(foreign.get(here)).all("h2") if text.startswith("〔"))
    found = page(foreign.get("/window/", {"q": number}))
    assert [a["href"] for a, text in found.all("a", cls="gt-name") if text == number] == [here]
    seen = body(foreign.get(here))
    assert "查无此人，退回首问" in seen
    assert "本县没有这个人" in seen
    # No other unit reads it.
    for login in ("sibling", "other-prison"):
        assert fresh.client(login).get(here).status_code == 404


def test_who_holds_the_number_within_sight_is_taken_on_the_file(fresh) -> None:
    county = fresh.client("county")
    form = FORM | {"mark": str(uuid.uuid4()), "document_number": _number(fresh, SENT)}
    answer = county.post("/window/elsewhere/take/", form)
    assert answer.status_code == 422
    assert page(answer).all("a", href=f"/window/{fresh.persons[SENT]}/")
    assert total(county.get("/window/elsewhere/list/")) == 0


def test_what_is_missing_is_said_and_what_was_typed_stays(fresh) -> None:
    browser = fresh.client("foreign")
    for changed, said in (
        ({"name": " "}, "请填来人的姓名"),
        ({"county": "县"}, "请填户籍地或者要回的县"),
        ({"county": ""}, "请填户籍地或者要回的县"),
        ({"matters": []}, "请选至少一个事项"),
        ({"channel": "DREAM"}, "请选来的方式"),
        ({"words": " "}, "请记下本人怎么说"),
    ):
        answer = browser.post("/window/elsewhere/take/", FORM | {"mark": str(uuid.uuid4())} | changed)
        assert answer.status_code == 422
        assert said in body(answer)
        assert FORM["phone"] in body(answer)


def test_the_file_lists_what_counters_took_and_leads_to_the_counter_with_the_person_chosen(fresh) -> None:
    county, person = fresh.client("county"), fresh.persons[REGISTERED]
    empty = page(county.get(f"/persons/{person}/"))
    assert empty.all("a", href=f"/window/{person}/")
    assert "还没有在窗口受理的事" in body(county.get(f"/persons/{person}/"))
    form = {"mark": str(uuid.uuid4()), "channel": "LETTER", "matters": ["1", "7"], "words": "门牌号写错了"}
    assert county.post(f"/window/{person}/take/", form).status_code == 302
    shown = page(county.get(f"/persons/{person}/"))
    links = [a["href"] for a, _ in shown.all("a") if a["href"].startswith(f"/window/{person}/")]
    assert len(set(links)) == 3
    # Who takes and answers nothing is shown none of it.
    assert "窗口受理的事" not in body(fresh.client("procurator").get(f"/persons/{person}/"))


def test_a_station_takes_in_words_and_the_county_hands_it_on_and_the_station_reads_the_level_only(fresh) -> None:
    station, county, sibling = fresh.client("station"), fresh.client("county"), fresh.client("sibling")
    here = _taken(station)
    form = {"mark": str(uuid.uuid4()), "unit": "望舒区司法局", "words": "住在望舒区"}
    assert page(county.get(here)).all("form", action=f"{here}onward/")
    assert county.post(f"{here}onward/", form | {"unit": "没有这个单位"}).status_code == 422
    assert county.post(f"{here}onward/", form).status_code == 302
    assert county.get(here).status_code == 404
    seen = body(station.get(here))
    assert "又转交了1次" in seen
    assert "县级单位" in seen
    assert "望舒区" not in seen
    assert "住在望舒区" in body(sibling.get(here))
    # The counter without a file opens none.
    assert station.get(f"/persons/{fresh.persons[REGISTERED]}/").status_code == 403
    assert station.get("/window/", {"q": REGISTERED}).status_code == 200
    assert not page(station.get("/window/", {"q": REGISTERED})).all("a", href=f"/window/{fresh.persons[REGISTERED]}/")
