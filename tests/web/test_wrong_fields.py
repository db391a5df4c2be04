"""What is wrong with a form is listed above it, each with a link to its field, and said again at the field itself."""

import uuid

import pytest

from guitu.access.establishing import unit_id
from tests.factories.units import TOWNSHIP
from tests.web.peopled import ACKNOWLEDGED, SENT
from tests.web.reading import body, page

OFFER = {"kind": "JOB", "place_division": "910121000000", "from_on": "2026-08-01", "contact_name": "霍扶摇"}
COMMISSION = {"office": str(unit_id(TOWNSHIP)), "from_on": "2026-09-01", "to_on": "2026-08-01", "number": "一号"}
FORMS = [
    ("employer", "/partner/offers/publish/", OFFER, ["title", "places", "contact_phone"]),
    ("system", f"/units/{unit_id(TOWNSHIP)}/propose/", {"to_on": "明年"}, ["account", "title", "from_on", "to_on"]),
    ("system", f"/units/{unit_id(TOWNSHIP)}/propose/", {"role": "TICK"}, ["account", "title", "from_on"]),
    ("county-head", "/commissions/issue/", {}, ["office", "number", "powers", "from_on"]),
    ("county-head", "/commissions/issue/", COMMISSION | {"powers": "leave_up_to_7_days"}, ["to_on"]),
    (
        "county",
        "/persons/{person}/mandates/record/",
        {"last": "2026-13-01"},
        ["name", "scope", "document", "first", "last"],
    ),
]


@pytest.mark.parametrize(("login", "address", "typed", "wrong"), FORMS)
def test_every_problem_leads_to_its_field(peopled, login, address, typed, wrong) -> None:
    answer = peopled.client(login).post(
        address.format(person=peopled.persons[SENT]), {"mark": str(uuid.uuid4()), "sure": "yes", **typed}
    )
    assert answer.status_code == 422
    shown = page(answer)
    summary = body(answer).split('class="gt-errors"')[1].split("</ul>")[0]
    assert [part.split('"')[0] for part in summary.split('<a href="#')[1:]] == wrong
    said_at = {field["id"] for tag in ("span",) for field, _ in shown.all(tag, cls="gt-err")}
    assert said_at == {f"{name}-error" for name in wrong}
    named = {
        field["id"]
        for tag in ("input", "select", "textarea", "fieldset")
        for field, _ in shown.all(tag)
        if "id" in field
    }
    assert named >= set(wrong)


def test_a_form_of_the_file_that_lacks_something_stands_again_in_its_place_with_all_that_was_typed(fresh) -> None:
    browser, file = fresh.client("county"), f"/persons/{fresh.persons[ACKNOWLEDGED]}/"
    address = f"{file}pick-up/"
    typed = {"leaves_at": "2026-09-10T09:00", "arrival_at": "2026-09-10T15:00", "place": "", "transport": "TRAIN"}
    typed |= {"sender_name": "侯知白", "contacts": "陈望山（父）\n陈姐", "has_phone": "yes", "money": "12.5"}

    def press(**headers: str):
        return browser.post(address, {"mark": str(uuid.uuid4()), **typed}, **headers)

    for came_from in (file, address):  # the page that is shown again has the address of the act
        answer = press(HTTP_REFERER=f"http://testserver{came_from}")
        assert answer.status_code == 422
        shown, text = page(answer), body(answer)
        (asked,) = (words for _, words in shown.all("form", action=address))
        assert "请填写：到哪里、" in asked
        assert "陈望山（父）\n陈姐</textarea>" in text
        assert shown.all("input", name="sender_name", value="侯知白")
        assert [one["value"] for one, _ in shown.all("input", name="has_phone") if "checked" in one] == ["yes"]
        assert '<option value="TRAIN" selected>' in text
        assert f'name="next" value="{file}"' in text  # changing the language leads back to the file
    # Control: without the file before it the same form is refused by a page of its own, which loses nothing either.
    alone = press()
    assert not page(alone).all("form", action=address)
    assert "陈姐" in body(alone)
    stranger = fresh.client("foreign").post(
        address, {"mark": str(uuid.uuid4())}, HTTP_REFERER=f"http://testserver{file}"
    )
    assert stranger.status_code == 404
