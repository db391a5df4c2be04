"""Letters in the window: the preview is what the addressee reads; the desk, the answer, the page of who is asked."""

import uuid

import pytest

from guitu.access.establishing import unit_id
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.letters import letter_kinds, read_kinds
from tests.factories.units import COUNTY, STATION
from tests.web.peopled import KEPT, SENT
from tests.web.reading import body, page


def sent(peopled, login, person, kind, to, **words):
    """Send a letter from its page; the answer of the server."""
    address = f"/persons/{peopled.persons[person]}/letters/{kind}/send/"
    return peopled.client(login).post(address, {"mark": str(uuid.uuid4()), "to": [str(to)], **words})


def rows_of(text):
    """The rows of a letter as its sheet shows them."""
    found = page(text)
    return [cell[1] for cell in found.all("dd")], [cell[1] for cell in found.all("dt")]


def letter_links(browser, address="/letters/"):
    return [attributes["href"] for attributes, _ in page(browser.get(address)).all("a", cls="gt-name")]


def test_the_preview_is_what_the_station_reads_and_the_file_shows_the_answer(fresh) -> None:
    liaison, station = fresh.client("prison"), fresh.client("station")
    file = f"/persons/{fresh.persons[KEPT]}/"
    assert "/letters/police_notice/" in body(liaison.get(file))
    preview = liaison.get(f"{file}letters/police_notice/")
    assert preview.status_code == 200
    assert "雁回镇派出所" in body(preview)
    assert sent(fresh, "prison", KEPT, "police_notice", unit_id(STATION)).status_code == 302
    (link,) = letter_links(station)
    assert KEPT not in body(station.get("/letters/"))
    read = station.get(link)
    values, labels = rows_of(read)
    assert (values, labels) == rows_of(preview)
    assert KEPT in values
    answer = station.post(f"{link}answer/", {"mark": str(uuid.uuid4()), "answer": "registered"})
    assert (answer.status_code, "要写明日期" in body(answer)) == (422, True)
    form = {"mark": str(uuid.uuid4()), "answer": "registered", "day": "2026-09-21"}
    assert station.post(f"{link}answer/", form)["Location"] == link
    shown = body(liaison.get(file))
    assert "已办理户口登记" in shown
    (own,) = letter_links(liaison, "/letters/sent/?state=closed")
    assert "2026-09-21" in body(liaison.get(own))
    assert "签名有效" in body(liaison.get(own))


def test_opening_a_letter_leaves_a_line_that_the_persons_file_shows(fresh) -> None:
    sent(fresh, "prison", KEPT, "police_notice", unit_id(STATION))
    station = fresh.client("station")
    station.get(letter_links(station)[0])
    assert "常未迟" in body(fresh.client("prison").get(f"/persons/{fresh.persons[KEPT]}/"))


@pytest.mark.parametrize("login", ["court", "civil-affairs"])
def test_another_desk_finds_neither_the_letter_nor_its_list(fresh, login: str) -> None:
    sent(fresh, "prison", KEPT, "police_notice", unit_id(STATION))
    (link,) = letter_links(fresh.client("station"))
    assert letter_links(fresh.client(login)) == []
    assert fresh.client(login).get(link).status_code == 404
    for act in ("receive", "answer", "return"):
        form = {"mark": str(uuid.uuid4()), "answer": "noted", "words": "x"}
        assert fresh.client(login).post(f"{link}{act}/", form).status_code == 404


def test_a_misdirected_letter_goes_back_with_a_reason(fresh) -> None:
    sent(fresh, "prison", KEPT, "police_notice", unit_id(STATION))
    station = fresh.client("station")
    (link,) = letter_links(station)
    assert station.post(f"{link}return/", {"mark": str(uuid.uuid4()), "words": ""}).status_code == 422
    assert station.post(f"{link}return/", {"mark": str(uuid.uuid4()), "words": "户口在柳坞"}).status_code == 302
    assert "已退回" in body(station.get("/letters/?state=closed"))
    assert station.post(f"{link}receive/", {"mark": str(uuid.uuid4())}).status_code == 409


def test_a_letter_to_nobody_says_what_is_missing(fresh) -> None:
    answer = sent(fresh, "prison", KEPT, "police_notice", unit_id(COUNTY))
    assert (answer.status_code, "有人收函" in body(answer)) == (422, True)


def test_where_nobody_reads_letters_the_page_says_to_use_paper(fresh) -> None:
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET to_at = from_at + interval '1 day' WHERE role = 'POLICE_STATION'")
    shown = body(fresh.client("prison").get(f"/persons/{fresh.persons[KEPT]}/letters/police_notice/"))
    assert "都没有人在岗收函" in shown
    assert 'name="to"' not in shown


def test_who_is_asked_to_attend_has_one_page_and_answers_there(fresh) -> None:
    guardian = fresh.client("companion")
    assert "现在没有请您做的事" in body(guardian.get("/asked/"))
    with fresh.role("guitu_owner") as door:
        (post,) = door.execute("SELECT id FROM access_post WHERE role = 'COMPANION'").fetchone()
    person = f"/persons/{fresh.persons[SENT]}/"
    lacking = sent(fresh, "county", SENT, "attend_pick_up", post, when="10月20日9时", where="")
    assert (lacking.status_code, "请写明地点" in body(lacking)) == (422, True)
    assert sent(fresh, "county", SENT, "attend_pick_up", post, when="10月20日9时", where="东门").status_code == 302
    shown = body(guardian.get("/asked/"))
    assert "10月20日9时" in shown
    assert "东门" in shown
    action = page(guardian.get("/asked/")).all("form", method="post")
    address = next(form["action"] for form, _ in action if form["action"].startswith("/asked/"))
    assert guardian.post(address, {"mark": str(uuid.uuid4()), "answer": "cannot_come"}).status_code == 422
    form = {"mark": str(uuid.uuid4()), "answer": "will_come"}
    assert guardian.post(address, form)["Location"] == "/asked/"
    assert "我会到场" in body(guardian.get("/asked/"))
    for elsewhere in (person, "/my/", "/letters/", "/search/?q=x", "/county/"):
        assert guardian.get(elsewhere).status_code == 403
    assert "我会到场" in body(fresh.client("county").get(person))


def test_every_letter_of_a_file_can_be_reached_from_it(fresh, monkeypatch) -> None:
    monkeypatch.setattr("guitu.web.letters.sending.OF_A_PERSON", 1)
    with fresh.role("guitu_owner") as door:
        (post,) = door.execute("SELECT id FROM access_post WHERE role = 'COMPANION'").fetchone()
    for where in ("东门", "西门"):
        assert sent(fresh, "county", SENT, "attend_pick_up", post, when="10月20日9时", where=where).status_code == 302
    county, file = fresh.client("county"), f"/persons/{fresh.persons[SENT]}/"
    links = [page(county.get(file + asked)).all("a") for asked in ("", "?letters=2")]
    shown = [[link["href"] for link, _ in found if f"{file}letter/" in link["href"]] for found in links]
    assert [len(links) for links in shown] == [1, 1]
    assert shown[0] != shown[1]
    assert any(link["href"] == "?letters=2#letters" for link, _ in page(county.get(file)).all("a", rel="next"))


def test_the_letters_in_english_hold_no_chinese_of_ours(fresh) -> None:
    sent(fresh, "prison", KEPT, "police_notice", unit_id(STATION))
    station = fresh.client("station", language="en")
    (link,) = letter_links(station)
    shown = body(station.get(link))
    assert "Notice of release to the police" in shown
    assert "Household registered" in shown


def test_a_kind_that_tells_its_addressee_too_much_is_refused_by_the_loader() -> None:
    text = """kinds:
  - {id: x, zh: 函, en: Letter, step: "", outcome: "", by: [sending_unit], to: [civil_affairs], ground: statutory,
     items: [name, offence], facts: [], asks_zh: 请办, asks_en: Please, answers: [], closes: receipt, rule: RH-LETTER,
     basis: [RS-22]}
"""
    with pytest.raises(RulebookError):
        read_kinds("kinds.yaml", text)
    assert "x" in read_kinds("kinds.yaml", text.replace(", offence", ""))


def test_no_letter_holds_what_nobody_outside_has_to_know() -> None:
    said = {item for kind in letter_kinds().values() for item in kind.items}
    assert said.isdisjoint({"offence", "sentence", "health_needs", "psych_summary", "prison_grade", "prior_record"})
