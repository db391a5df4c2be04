"""A page that says no leaves a line of what was attempted; one that asks for what is lacking leaves none."""

import uuid

from guitu.access import acting
from tests.web.peopled import ACKNOWLEDGED, KEPT

LINES = "SELECT action, subjects, words FROM access_trace WHERE outcome = 'REFUSED' ORDER BY at"


def lines(peopled) -> list[tuple]:
    """The refused attempts as they stand."""
    with peopled.role("guitu_owner") as door:
        return [(action, list(subjects), words) for action, subjects, words in door.execute(LINES).fetchall()]


def test_an_act_before_its_time_leaves_its_line_and_a_form_without_words_none(fresh) -> None:
    browser, person = fresh.client("county"), fresh.persons[ACKNOWLEDGED]
    address = f"/persons/{person}/not-arrived/"
    before = len(lines(fresh))
    lacking = browser.post(address, {"mark": str(uuid.uuid4()), "source": " "})
    assert lacking.status_code in {409, 422}
    assert len(lines(fresh)) == before
    said = {"mark": str(uuid.uuid4()), "source": "电话三次"}
    assert browser.post(address, said).status_code == 409
    action, subjects, words = lines(fresh)[-1]
    assert (subjects, words) == ([uuid.UUID(str(person))], "MOVE_NOT_ALLOWED")
    assert action == "journey:end"
    assert len(lines(fresh)) == before + 1


def test_a_thing_out_of_reach_is_an_attempt_and_a_wrong_address_is_none(fresh, monkeypatch) -> None:
    browser, person = fresh.client("prison"), fresh.persons[KEPT]
    before = len(lines(fresh))
    assert browser.get("/nowhere/at/all/").status_code == 404
    assert browser.get(f"/persons/{person}/").status_code == 200
    assert len(lines(fresh)) == before
    unknown = f"/persons/{person}/papers/{uuid.uuid4()}/"
    assert browser.get(unknown).status_code == 404
    assert lines(fresh)[-1][1:] == ([uuid.UUID(str(person))], "NOT_FOUND")
    # The control: without the hand that writes it, the same refusal leaves nothing.
    kept = len(lines(fresh))
    monkeypatch.setattr(acting, "_write_down", lambda state: None)
    assert browser.get(unknown).status_code == 404
    assert len(lines(fresh)) == kept
