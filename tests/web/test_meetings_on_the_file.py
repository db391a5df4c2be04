"""Meetings before release on the file: the county asks, the prison gives a time, minutes are kept, each side reads."""

import uuid

from django.utils import translation

from tests.web.peopled import ACKNOWLEDGED
from tests.web.reading import body, page

WISH = {"side": "FAMILY", "way": "VIDEO", "visitors": "沈望山（父）", "wished": "下周上午"}


def _mark(**form: str) -> dict[str, str]:
    return {"mark": str(uuid.uuid4()), **form}


def test_a_meeting_goes_from_the_countys_wish_to_its_minutes(fresh) -> None:
    person, county, prison = fresh.persons[ACKNOWLEDGED], fresh.client("county"), fresh.client("prison")
    file, act = f"/persons/{person}/", f"/persons/{person}/meeting/"
    assert "还没有人申请" in body(county.get(file))
    lacking = county.post(f"{act}ask/", _mark(side="FAMILY", way="VIDEO"))
    assert (lacking.status_code, "会见人、希望的时间" in body(lacking)) == (422, True)
    assert county.post(f"{act}ask/", _mark(**WISH)).status_code == 302
    asked = body(prison.get(file))
    assert "沈望山（父）" in asked
    assert "等排时间" in asked
    forms = {form.get("action") for form, _ in page(prison.get(file)).all("form")}
    assert {f"{act}time/", f"{act}refuse/"} <= forms
    assert f"{act}time/" not in {form.get("action") for form, _ in page(county.get(file)).all("form")}
    late = prison.post(f"{act}time/", _mark(slot_at="2027-01-01T09:00", place="一号室"))
    assert late.status_code == 422
    assert prison.post(f"{act}time/", _mark(slot_at="2026-10-12T09:30", place="一号室")).status_code == 302
    assert "一号室" in body(county.get(file))
    told = county.post(f"{act}minutes/", _mark(held="no", minutes="线路不通"))
    assert told.status_code == 302
    assert "线路不通" in body(prison.get(file))


def test_a_prison_says_why_no_meeting_is_possible(fresh) -> None:
    person, county, prison = fresh.persons[ACKNOWLEDGED], fresh.client("county"), fresh.client("prison")
    county.post(f"/persons/{person}/meeting/ask/", _mark(**WISH))
    assert prison.post(f"/persons/{person}/meeting/refuse/", _mark(reason="正在住院")).status_code == 302
    assert "正在住院" in body(county.get(f"/persons/{person}/"))


def test_the_meetings_are_complete_in_english(peopled) -> None:
    with translation.override("zh-hans"):  # what the request turns on ends with it
        said = page(peopled.client("county", language="en").get(f"/persons/{peopled.persons[ACKNOWLEDGED]}/"))
    (section,) = [text for _, text in said.all("section", id="meetings")]
    assert "Ask for a meeting" in section
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in section)
