"""What is wrong with a form is listed above it, each with a link to its field, and said again at the field itself."""

import uuid

import pytest

from guitu.access.establishing import unit_id
from tests.factories.units import TOWNSHIP
from tests.web.peopled import SENT
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
