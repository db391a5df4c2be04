"""A form that comes too late: the file stands again with what was typed, and says what happened meanwhile."""

import uuid

from django.http import QueryDict

from guitu.web.written import written
from tests.web.peopled import ACKNOWLEDGED, KEPT, MOMENT
from tests.web.reading import body, page

WORDS = "教育中心说十月开班，本人想学电焊"


def _sheet(browser, address: str, file: str) -> str:
    forms = body(browser.get(file)).split(f'action="{address}"')
    return forms[1].split('name="sheet" value="')[1].split('"')[0]


def test_an_answer_that_a_colleague_gave_first_keeps_what_was_typed_and_says_who_was_quicker(fresh) -> None:
    browser, file = fresh.client("prison"), f"/persons/{fresh.persons[KEPT]}/"
    address, came_from = f"{file}steps/education/", {"HTTP_REFERER": f"http://testserver{file}"}
    sheet = _sheet(browser, address, file)
    assert sheet.startswith("step-education|")
    first = {"mark": str(uuid.uuid4()), "outcome": "begun", "note": "九月开班"}
    assert browser.post(address, first).status_code == 302
    late = {"mark": str(uuid.uuid4()), "sheet": sheet, "outcome": "not_possible", "note": WORDS}
    answer = browser.post(address, late, **came_from)
    assert answer.status_code == 409
    # The file now offers a correction at the same address; an answer is no correction, and is neither taken as one nor
    # put into that form.
    (said,) = (words for _, words in page(answer).all("section", id="not-taken"))
    assert "已经有人记了结果" in said
    assert WORDS in said
    assert body(answer).count(WORDS) == 1
    # Control: what was written as a correction is one; a correction without words stands again in its own form.
    sheet = _sheet(browser, address, file)
    assert sheet.startswith("correct-education|")
    silent = {"mark": str(uuid.uuid4()), "sheet": sheet, "outcome": "not_possible", "note": " "}
    answer = browser.post(address, silent, **came_from)
    assert answer.status_code == 409
    (asked,) = (words for _, words in page(answer).all("form", action=address))
    assert "更正要写明原因" in asked
    assert browser.post(address, silent | {"note": WORDS}).status_code == 302


def test_nobody_registers_before_the_release_and_loses_nothing(fresh) -> None:
    browser, file = fresh.client("county"), f"/persons/{fresh.persons[ACKNOWLEDGED]}/"
    form = {
        "mark": str(uuid.uuid4()),
        "source": WORDS,
        "sheet": "not-arrived|2026-08-01T00:00:00+00:00|source=做过哪些联系",
    }
    answer = browser.post(f"{file}not-arrived/", form, HTTP_REFERER=f"http://testserver{file}")
    assert answer.status_code == 409
    (said,) = (words for _, words in page(answer).all("section", id="not-taken"))
    assert "本人还没有释放" in said
    assert "做过哪些联系" in said
    assert WORDS in said
    assert "您打开这一页以后" in said
    assert "没有改动任何记录" in said
    assert page(answer).all("section", id="open")  # the file itself stands below
    # Without the file before it the text is not lost either; and a form of another person's file is not answered here.
    alone = browser.post(f"{file}not-arrived/", form | {"mark": str(uuid.uuid4())})
    assert (alone.status_code, WORDS in body(alone)) == (409, True)
    stranger = fresh.client("foreign").post(f"{file}not-arrived/", form, HTTP_REFERER=f"http://testserver{file}")
    assert (stranger.status_code, WORDS in body(stranger)) == (404, False)


def test_what_was_written_is_told_from_what_was_chosen() -> None:
    held = QueryDict(mutable=True)
    held.update(
        {"mark": str(uuid.uuid4()), "parcel": str(uuid.uuid4()), "outcome": "not_possible", "state": "TAKEN_ON"}
    )
    held.update({"password": "青榆", "number": "BH2026-7", "note": " 已经打过三次电话 ", "blank": " "})
    assert [one["text"] for one in written(held)] == ["BH2026-7", " 已经打过三次电话 "]
    held["sheet"] = f"end|{MOMENT.isoformat()}|outcome=文号"
    assert {"label": "文号", "text": "not_possible"} in written(held)
