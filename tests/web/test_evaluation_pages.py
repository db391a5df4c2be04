"""A third-party evaluation on screen: commissioned, counted, drawn, verified, talked about, replied to."""

import re
import uuid

import pytest

from guitu.access.establishing import unit_id
from guitu.evaluation import operations
from tests.factories.units import EVALUATOR
from tests.web.peopled import SIXTY
from tests.web.reading import body, page


def commission(house, login="city", **changed):
    browser = house.client(login)
    form = {
        "mark": str(uuid.uuid4()),
        "title": "=八月衔接评估",
        "evaluator": str(unit_id(EVALUATOR)),
        "scope": "云汀市司法局",
        "released_from": "2026-08-01",
        "released_to": "2026-08-31",
        "from_on": "2026-09-01",
        "to_on": "2099-12-31",
        "questions": ["received_in_time", "dossier_in_time", "acknowledged_in_time", "still_late"],
    }
    return browser.post("/evaluations/commission/", {**form, **changed})


@pytest.fixture
def small_groups(monkeypatch):
    """Groups of three are shown, so that the six invented matters of August are enough."""
    from dataclasses import replace
    from datetime import date

    from guitu.rulebook.evaluation import evaluation_rules

    rules = replace(evaluation_rules(), least_groups=((date(2026, 1, 1), 3),), sample_share=100)
    monkeypatch.setattr(operations, "evaluation_rules", lambda: rules)


def _address(house) -> str:
    links = page(house.client("evaluator").get("/evaluator/")).all("a", cls="gt-name")
    assert len(links) == 1
    return links[0][0]["href"]


def test_from_the_commission_to_the_countys_reply(fresh, small_groups) -> None:
    assert commission(fresh)["Location"] == "/evaluations/"
    address = _address(fresh)
    evaluator = fresh.client("evaluator")
    shown = body(evaluator.get(address))
    assert "6/6" not in shown
    assert evaluator.post(address + "draw/", {"size": "6", "seed": "4711", "sure": "yes"}).status_code == 302
    shown = body(evaluator.get(address))
    assert "4711" in shown
    codes = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}(?=</a>)", shown)
    assert len(codes) == 6
    matter = f"{address}{codes[0]}/"
    asked = page(evaluator.get(matter)).all("fieldset")
    assert len(asked) == 4
    empty = evaluator.post(matter + "verify/", {"mark": str(uuid.uuid4()), "note": "还没有问到"})
    assert empty.status_code == 422
    assert "至少核实一个问题" in body(empty)
    assert "还没有问到" in body(empty)  # what was typed is not lost
    form = {"mark": str(uuid.uuid4()), "verdict-dossier_in_time": "DIFFERS", "note": "电话里说六月才收到"}
    assert evaluator.post(matter + "verify/", form)["Location"] == address
    assert evaluator.post(matter + "verify/", form)["Location"] == address
    assert "电话里说六月才收到" in body(evaluator.get(matter))
    assert evaluator.post(matter + "talk/", {"mark": str(uuid.uuid4())})["Location"] == matter
    assert evaluator.post(matter + "talk/", {"mark": str(uuid.uuid4())}).status_code == 409
    officer = fresh.client("county")
    waiting = officer.get("/talks/")
    assert codes[0] in body(waiting)
    assert "评估谈话" in body(officer.get("/notices/"))
    answer = next(form["action"] for form, _ in page(waiting).all("form") if form["action"].startswith("/talks/"))
    assert officer.post(answer, {"answer": "WILLING"}).status_code == 409
    given = {"answer": "WILLING", "way": "AT_OFFICE", "meet_at": "2026-09-03T10:00"}
    assert officer.post(answer, given)["Location"] == "/talks/"
    assert codes[0] in body(officer.get("/talks/?show=answered"))
    assert "2026-09-03 10:00" in body(evaluator.get(matter))
    assert codes[0] in body(evaluator.get("/notices/"))
    own = page(officer.get("/evaluated/")).all("a", cls="gt-name")[0][0]["href"]
    assert officer.post(own + "reply/", {"mark": str(uuid.uuid4()), "words": "已改正"})["Location"] == own
    supervisor = fresh.client("city")
    result = page(supervisor.get("/evaluations/")).all("a", cls="gt-name")[0][0]["href"]
    assert "已改正" in body(supervisor.get(result))
    asked = supervisor.post(result + "end/")
    assert "评估机构从现在起看不到这次评估" in body(asked)
    assert evaluator.get(address).status_code == 200  # a first press ends nothing
    assert supervisor.post(result + "end/", {"sure": "yes"})["Location"] == "/evaluations/"
    assert evaluator.get(address).status_code == 404
    assert page(evaluator.get("/evaluator/")).all("a", cls="gt-name") == []


def test_no_page_of_the_evaluator_names_anybody(fresh, small_groups) -> None:
    commission(fresh)
    address = _address(fresh)
    evaluator = fresh.client("evaluator")
    evaluator.post(address + "draw/", {"size": "6", "seed": "1", "sure": "yes"})
    shown = body(evaluator.get(address))
    code = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}(?=</a>)", shown)[0]
    shown += body(evaluator.get(f"{address}{code}/")) + body(evaluator.get(address + "sheet/"))
    with fresh.role("guitu_owner") as door:
        numbers = [row[0] for row in door.execute("SELECT number FROM people_person")]
    assert [one.name for one in SIXTY if one.name in shown] == []
    assert [number for number in numbers if number in shown] == []
    assert "/persons/" not in shown
    assert "2026-08-10" not in shown
    assert "2026-08-12" not in shown


def test_small_counties_are_hidden_on_the_page_and_in_the_sheet_alike(fresh) -> None:
    commission(fresh)
    address = _address(fresh)
    evaluator = fresh.client("evaluator")
    shown = page(evaluator.get(address))
    cells = [text for _, text in shown.all("td", cls="num")]
    assert cells
    assert set(cells) == {"不公开"}
    sheet = evaluator.get(address + "sheet/")
    assert sheet["Content-Type"].startswith("text/csv")
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 4 * 3
    assert all(line.endswith("不公开,不公开,不公开") for line in lines[1:])


def test_what_cannot_be_commissioned_is_said_with_what_was_typed(fresh) -> None:
    for wrong in ({"released_to": "2026-09-30"}, {"title": ""}, {"scope": "松溪市司法局"}, {"from_on": "x"}):
        answer = commission(fresh, **wrong)
        assert answer.status_code == 422
        assert page(answer).all("input", name="released_from")[0][0]["value"] == "2026-08-01"
    answer = commission(fresh, title=" ", scope="", evaluator="", from_on="x")
    fields = [link["href"] for link, _ in page(answer).all("a")]
    for name in ("evaluator", "scope", "from_on"):
        assert f"#{name}" in fields
        assert page(answer).all("select" if name == "evaluator" else "input", id=name)[0][0]["aria-invalid"] == "true"
    assert page(answer).all("div", cls="gt-errors")[0][0]["tabindex"] == "-1"
    assert commission(fresh, login="county").status_code == 403
    # The scope is written, with suggestions from the own range; a half name means nobody, and nothing is guessed.
    shown = page(fresh.client("city").get("/evaluations/"))
    assert {one["value"] for one, _ in shown.all("option")} >= {"云汀市司法局", "青榆县司法局"}
    assert "松溪市司法局" not in {one.get("value") for one, _ in shown.all("option")}
    assert "没有这个市、县" in body(commission(fresh, scope="青榆县"))
    assert page(fresh.client("city").get("/evaluations/")).all("a", cls="gt-name") == []


def test_a_list_of_evaluations_and_a_sample_come_in_pages_and_narrowed(fresh, small_groups, monkeypatch) -> None:
    monkeypatch.setattr("guitu.web.evaluation.listing.PAGE", 1)
    monkeypatch.setattr("guitu.web.evaluation.working.PAGE", 4)
    commission(fresh)
    commission(fresh, title="六月", released_from="2026-06-01", released_to="2026-06-30")
    supervisor, evaluator = fresh.client("city"), fresh.client("evaluator")

    def named(answer) -> list[str]:
        return [text for _, text in page(answer).all("a", cls="gt-name")]

    pages = [named(supervisor.get("/evaluations/", {"page": number})) for number in (1, 2, 3)]
    assert pages == [["=八月衔接评估"], ["六月"], []]  # of one moment the later releases stand first
    assert named(supervisor.get("/evaluations/", {"q": "八月"})) == ["=八月衔接评估"]
    assert named(supervisor.get("/evaluations/", {"state": "over"})) == []
    address = page(evaluator.get("/evaluator/")).all("a", cls="gt-name")[0][0]["href"]
    evaluator.post(address + "draw/", {"size": "6", "seed": "4711", "sure": "yes"})
    first, second = (named(evaluator.get(address, {"page": number})) for number in (1, 2))
    assert (len(first), len(second), len({*first, *second})) == (4, 2, 6)


@pytest.mark.parametrize(
    ("login", "address"),
    [("city", "/evaluations/"), ("evaluator", "/evaluator/"), ("county", "/evaluated/"), ("county", "/talks/")],
)
def test_an_empty_page_says_so_in_both_languages(fresh, login: str, address: str) -> None:
    assert page(fresh.client(login).get(address)).all("div", cls="gt-empty")
    english = page(fresh.client(login, language="en").get(address)).all("main")[0][1]
    assert not re.findall(r"[\u4e00-\u9fff]", english.replace("示范省", ""))


def test_the_english_pages_are_english(fresh, small_groups) -> None:
    commission(fresh, title="August")
    address = _address(fresh)
    evaluator = fresh.client("evaluator", language="en")
    evaluator.post(address + "draw/", {"size": "6", "seed": "1", "sure": "yes"})
    shown = evaluator.get(address)
    code = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}(?=</a>)", body(shown))[0]
    evaluator.post(f"{address}{code}/talk/", {"mark": str(uuid.uuid4())})
    result = page(fresh.client("city").get("/evaluations/")).all("a", cls="gt-name")[0][0]["href"]
    for answer in (shown, evaluator.get(f"{address}{code}/"), fresh.client("city", language="en").get(result)):
        assert not re.findall(r"[\u4e00-\u9fff]", page(answer).all("main")[0][1])
