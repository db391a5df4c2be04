"""The pages of the assessment before release: what was typed is kept, ungraded is no low, each look is traced."""

import re
import uuid

from django.utils import translation

from tests.web.peopled import ACKNOWLEDGED, KEPT, SENT
from tests.web.reading import body, page

GOOD = {
    "housing": "NONE",
    "work": "SKILLED",
    "documents": "IN_HAND",
    "health": "CARE",
    "medication": "降压药七天",
    "family": "LITTLE",
    "attitude": "WANTS",
    "pick_up": "AT_THE_GATE",
    "reasons": "有手艺，家里远",
    "advice": "先找住处",
    "statement": "想回家",
    "spoken_by": "SELF",
}


def _form(**changed: str) -> dict[str, str]:
    return {**GOOD, "mark": str(uuid.uuid4()), **changed}


def test_the_prison_makes_an_assessment_and_both_sides_read_it(fresh) -> None:
    person, prison = fresh.persons[ACKNOWLEDGED], fresh.client("prison")
    address = f"/persons/{person}/assessment/"
    assert "做出监评估" in body(prison.get(f"/persons/{person}/"))
    assert prison.get(address).status_code == 404
    answer = prison.post(f"{address}save/", _form())
    assert (answer.status_code, answer["Location"]) == (302, address)
    for login in ("prison", "county"):
        read = body(fresh.client(login).get(address))
        assert all(words in read for words in ("没有住处", "降压药七天", "先找住处", "想回家"))
        assert "未评估，不是低风险" in read
    county = fresh.client("county").get(f"/persons/{person}/")
    assert f'href="{address}"' in body(county)
    assert "更正报告" not in body(county)
    assert "更正报告" in body(prison.get(f"/persons/{person}/"))
    assert "无家可归" in body(county)


def test_what_is_missing_is_said_and_what_was_typed_is_kept(fresh) -> None:
    person, prison = fresh.persons[SENT], fresh.client("prison")
    form = _form(health="", advice="", reasons="写了很长的理由")
    answer = prison.post(f"/persons/{person}/assessment/save/", form)
    assert answer.status_code == 422
    shown = page(answer)
    assert "写了很长的理由" in body(answer)
    assert [a["value"] for a, _ in shown.all("input", name="housing") if "checked" in a] == ["NONE"]
    assert [a["value"] for a, _ in shown.all("input", name="mark")] == [form["mark"]]
    links = {a["href"] for a, _ in shown.all("a") if a.get("href", "").startswith("#")}
    assert {"#health-NONE", "#advice"} <= links
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM prison_assessment").fetchone() == (0,)
    # Control: the same form made whole is taken.
    whole = {**form, "health": "NONE", "advice": "找工作"}
    assert prison.post(f"/persons/{person}/assessment/save/", whole).status_code == 302


def test_an_ungraded_person_is_shown_as_not_assessed_and_never_as_low(peopled) -> None:
    answer = peopled.client("prison").get(f"/persons/{peopled.persons[KEPT]}/assessment/make/")
    assert page(answer).all("div", cls="gt-notassessed")
    assert "对照到社区等级" not in body(answer)


def test_a_prison_that_did_not_send_the_person_finds_no_form(peopled) -> None:
    person = peopled.persons[SENT]
    assert peopled.client("prison").get(f"/persons/{person}/assessment/make/").status_code == 200
    assert peopled.client("other-prison").get(f"/persons/{person}/assessment/make/").status_code == 404
    assert peopled.client("county").get(f"/persons/{person}/assessment/make/").status_code == 403
    assert peopled.client("township").get(f"/persons/{person}/assessment/").status_code == 403


def test_a_look_at_the_report_names_the_sensitive_items_it_showed(fresh) -> None:
    person, prison = fresh.persons[ACKNOWLEDGED], fresh.client("prison")
    prison.post(f"/persons/{person}/assessment/save/", _form())
    fresh.client("county").get(f"/persons/{person}/assessment/")
    with fresh.role("guitu_owner") as door:
        seen = door.execute(
            "SELECT fields FROM access_trace WHERE action = 'assessment:read' ORDER BY at DESC LIMIT 1"
        ).fetchone()
    assert {"prison_grade", "health_needs", "family_support"} <= set(seen[0])


def test_a_report_opens_for_whom_the_table_gives_every_item_in_it(fresh) -> None:
    person, prison = fresh.persons[ACKNOWLEDGED], fresh.client("prison")
    address = f"/persons/{person}/assessment/"
    assert prison.post(f"{address}save/", _form()).status_code == 302
    assert "降压药七天" in body(prison.get(address))
    # The matter is finished: the county may reach a free person and reads no health or grade any more (DT-206).
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE journeys_journey SET state = 'completed' WHERE person_id = %s", [person])
    for login in ("prison", "county"):
        answer = fresh.client(login).get(address)
        assert (answer.status_code, "降压药七天" in body(answer)) == (403, False)
        assert "按决定表现在不能打开" in body(answer)
        file = body(fresh.client(login).get(f"/persons/{person}/"))
        assert f'href="{address}"' not in file
    with fresh.role("guitu_owner") as door:
        newest = "SELECT outcome FROM access_trace WHERE action = 'assessment:read' ORDER BY at DESC LIMIT 1"
        assert door.execute(newest).fetchone() == ("DENIED",)


def test_the_form_is_complete_in_english(peopled) -> None:
    browser = peopled.client("prison", language="en")
    with translation.override("zh-hans"):  # what the request turns on ends with it
        answer = body(browser.get(f"/persons/{peopled.persons[KEPT]}/assessment/make/"))
    assert "Issue the report" in answer
    assert "has nowhere to live" in answer


def test_the_person_reads_the_report_and_is_told_what_law_keeps_out_of_it(fresh) -> None:
    person, prison = fresh.client("person"), fresh.client("prison")
    assert "出监评估报告" not in body(person.get("/my/"))
    assert "目的：办自己的事" in re.sub(r"<[^>]+>", "", body(person.get("/my/")))
    assert prison.post(f"/persons/{fresh.persons[SENT]}/assessment/save/", _form()).status_code == 302
    road = page(person.get("/my/"))
    links = [a["href"] for a, text in road.all("a", cls="gt-tel") if text == "出监评估报告"]
    assert len(links) == 1
    assert person.get(links[0]).content.startswith(b"%PDF")
    assert "被害人、邻居等他人的陈述依法保密" in body(person.get("/my/"))
    # Whoever holds a mandate does not read health and grade (DT-411 names L2 and L3): the report is listed, closed.
    representative = fresh.client("representative")
    assert links[0] not in body(representative.get("/my/"))
    assert "按决定表，您的岗位现在不看" in body(representative.get("/my/"))
    assert representative.get(links[0]).status_code == 403
    # The report has no field for what others said; who writes it is told that the person reads it.
    assert "他人的陈述不写在这里" in body(prison.get(f"/persons/{fresh.persons[ACKNOWLEDGED]}/assessment/make/"))
