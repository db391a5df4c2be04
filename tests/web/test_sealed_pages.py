"""Sealing on the file's page, and the desk of lawful queries: asked twice, refused in words, opened item by item."""

import uuid

from django.urls import reverse

from guitu.access.establishing import post_id
from guitu.rights import sealing
from tests.factories.persons import number_of
from tests.factories.units import COUNTY
from tests.web.peopled import REGISTERED
from tests.web.reading import body

OF_THE_DECISION = {
    "ground": "JUVENILE_CRIME",
    "organ": "青榆县人民法院",
    "document": "（2026）青刑封1号",
    "decided_on": "2026-01-05",
}


def document_number(house, person):
    """The number of the person's document, as an organ would write it."""
    return number_of(house, person)


def ended(house, person):
    """All matters of a person are brought to their end, as time would."""
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE journeys_journey SET ended_at = now(), state = 'completed' WHERE person_id = %s", (person,)
        )
        door.execute("UPDATE journeys_clock SET voided_at = now() WHERE person_id = %s AND done_at IS NULL", (person,))


def test_the_form_to_say_something_is_not_offered_on_a_sealed_file(fresh, monkeypatch):
    browser = fresh.client("person")
    assert browser.get("/my/say/").status_code == 200  # the control
    monkeypatch.setattr(sealing, "own_sealing", object)
    assert browser.get("/my/say/")["Location"] == "/my/"


def test_a_file_is_sealed_and_a_lawful_query_read_on_the_pages(fresh):
    person, mark = fresh.persons[REGISTERED], str(uuid.uuid4())
    officer, head = fresh.client("county"), fresh.client("county-head")
    number = document_number(fresh, person)
    sealing, form = reverse("seal", args=[person]), OF_THE_DECISION | {"mark": mark}
    assert officer.post(sealing, form | {"sure": "yes"}).status_code == 422  # a matter is in hand
    assert "办结以后才能封存" in body(officer.post(sealing, form | {"sure": "yes"}))
    ended(fresh, person)
    assert "封存档案" in body(officer.get(reverse("person", args=[person])))
    assert "谁都看不到" in body(officer.post(sealing, form))  # the second question; nothing is done yet
    assert officer.get(reverse("person", args=[person])).status_code == 200
    done = officer.post(sealing, form | {"sure": "yes"})
    assert done.headers["Location"] == reverse("sealing", args=[mark])
    assert officer.post(sealing, form | {"sure": "yes"}).headers["Location"] == reverse("sealing", args=[mark])
    assert officer.get(reverse("person", args=[person])).status_code == 404
    assert "青刑封1号" in body(officer.get(reverse("sealed-queries"), {"state": "REGISTER"}))

    asking = {
        "mark": str(uuid.uuid4()),
        "number": number,
        "organ": "POLICE",
        "organ_name": "青榆县公安局",
        "ground": "CASE_HANDLING",
        "document": "青公查字7号",
        "aim": "办理另一起案件，核实前科情况",
        "items": ["offence", "education"],
        "post": str(post_id("county", COUNTY, "COUNTY_OFFICER")),
    }
    wrong = officer.post(reverse("sealed-ask"), asking | {"organ": "ENTITLED"})
    assert wrong.status_code == 422
    assert "无权申请" in body(wrong)
    assert "青公查字7号" in body(wrong)
    query = asking["mark"]
    assert officer.post(reverse("sealed-ask"), asking).headers["Location"] == reverse("sealed-query", args=[query])
    assert "不能自己同意" in body(officer.get(reverse("sealed-query", args=[query])))
    look = reverse("sealed-look", args=[query])
    early = officer.post(look, {"items": ["offence"]})
    assert early.status_code == 422
    decision = {"mark": str(uuid.uuid4()), "outcome": "yes", "finding": "依据充分，同意查询"}
    assert officer.post(reverse("sealed-decide", args=[query]), decision).status_code == 403
    assert head.post(reverse("sealed-decide", args=[query]), decision | {"finding": ""}).status_code == 422
    assert head.post(reverse("sealed-decide", args=[query]), decision).status_code == 302
    with fresh.role("guitu_owner") as door:  # the database's own clock stands later than the window's
        door.execute("UPDATE rights_sealed_query SET until_at = now() + interval '1 day'")
    opened = body(officer.post(look, {"items": ["offence"]}))
    assert "盗窃罪" in opened
    assert "第1次打开" in opened
    assert officer.post(look, {"items": ["prior_record"]}).status_code == 422
    assert head.post(look, {"items": ["offence"]}).status_code == 403
    assert "RD-SEALED-LOOK" in body(head.get(reverse("sealed-query", args=[query])))

    correct = {
        "mark": str(uuid.uuid4()),
        "ground": "WRONG_PERSON",
        "document": "青法更字1号",
        "words": "文书上是另一个人，已核对",
    }
    assert officer.post(reverse("sealing-correct", args=[mark]), correct).status_code == 302
    decided = {
        "mark": str(uuid.uuid4()),
        "proposal": correct["mark"],
        "outcome": "yes",
        "finding": "核对无误，更正封存",
    }
    assert "解除这份封存" in body(head.post(reverse("sealing-decide", args=[mark]), decided))
    assert head.post(reverse("sealing-decide", args=[mark]), decided | {"sure": "yes"}).status_code == 302
    assert officer.get(reverse("person", args=[person])).status_code == 200
    assert officer.post(look, {"items": ["offence"]}).status_code == 422  # a corrected sealing has no queries
