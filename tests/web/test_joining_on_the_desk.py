"""The page that joins two held files: finding them, both side by side, joining, separating, and who may."""

import re

import pytest

from tests.web.peopled import AT_FOREIGN, KEPT, SENT
from tests.web.reading import body, page

ADDRESS = "/prison/identity/files/"


def numbers(peopled):
    with peopled.role("guitu_owner") as door:
        return {row[0]: row[1] for row in door.execute("SELECT id, number FROM people_person").fetchall()}


def compare(peopled, kept, joined, login="prison"):
    held = numbers(peopled)
    return peopled.client(login).get(
        ADDRESS, {"kept": held[peopled.persons[kept]], "joined": held[peopled.persons[joined]]}
    )


def form_of(answer, action):
    """The hidden fields of the form with this action."""
    found = re.search(rf'<form[^>]*action="({action})"[^>]*>(.*?)</form>', body(answer), re.S)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found.group(2)))
    return found.group(1), {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def test_two_files_stand_side_by_side_numbers_masked(peopled):
    answer = compare(peopled, KEPT, SENT)
    assert answer.status_code == 200
    assert KEPT in body(answer)
    assert SENT in body(answer)
    assert re.search(r"\d{17}[\dX]", body(answer)) is None
    assert "是同一个人，合并" in body(answer)


def test_joined_and_separated_on_the_page(fresh):
    browser = fresh.client("prison")
    address, fields = form_of(compare(fresh, SENT, KEPT), ADDRESS + "join/")
    assert browser.post(address, fields | {"reason": "指纹比对"}).status_code == 302
    listed = browser.get(ADDRESS)
    assert "指纹比对" in body(listed)
    assert browser.get("/search/", {"q": KEPT}).content.decode().count("data-row") == 0
    address, fields = form_of(listed, ADDRESS + r"[0-9a-f-]+/separate/")
    assert browser.post(address, fields).status_code == 302
    assert "已分开" in body(browser.get(ADDRESS))
    assert browser.get("/search/", {"q": KEPT}).content.decode().count("data-row") == 1


def test_a_refusal_says_why_and_joins_nothing(fresh):
    browser = fresh.client("prison")
    address, fields = form_of(compare(fresh, SENT, KEPT), ADDRESS + "join/")
    answer = browser.post(address, fields | {"reason": ""})
    assert (answer.status_code, "请写明理由" in body(answer)) == (409, True)
    assert "还没有合并过" in body(browser.get(ADDRESS))


def test_a_file_out_of_reach_is_not_found(peopled):
    answer = compare(peopled, KEPT, AT_FOREIGN)
    assert "没有找到" in body(answer)
    assert AT_FOREIGN not in body(answer)
    both = compare(peopled, KEPT, AT_FOREIGN, "identity")  # control: the superior's desk sees both
    assert "是同一个人，合并" in body(both)


def test_looking_at_both_leaves_a_line_that_names_both(fresh):
    compare(fresh, KEPT, SENT)
    with fresh.role("guitu_owner") as door:
        subjects = door.execute(
            "SELECT subjects FROM access_trace WHERE action = 'person:identify' ORDER BY at DESC LIMIT 1"
        ).fetchone()[0]
    assert set(subjects) == {fresh.persons[KEPT], fresh.persons[SENT]}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_without_anything_asked_shows_the_two_fields(peopled, language):
    answer = peopled.client("identity", language=language).get(ADDRESS)
    assert answer.status_code == 200
    assert {one[0].get("name") for one in page(answer).all("input")} >= {"kept", "joined"}
