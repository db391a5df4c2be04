"""Contests, returns and steps by other systems: the operations of the pages, once for each key, refusals that help."""

import uuid

import pytest
from django.utils import translation
from django.utils.translation import gettext

from guitu.handover import ends
from guitu.handover.policy import NEEDS_ITS_OWN_FORM, has_its_own_form
from guitu.rulebook.book import load_national
from guitu.web.api import doing
from guitu.web.api.steps import OWN_FORMS, own_form
from tests.api.systems import problem
from tests.web.peopled import ACKNOWLEDGED, AT_FOREIGN, KEPT, MOMENT, REGISTERED, SENT, SIXTY

KEY = "6f1e2b9a-4c7d-4e1f-9a35-0b8d2c64e7f1"
REFUSED, RELEASED = SIXTY[42].name, SIXTY[46].name
WORDS = {"reasons": "判决书复印件已随材料发送，见第3页"}


def _journey(house, name: str) -> str:
    with house.role("guitu_owner") as door:
        found = door.execute("SELECT id FROM journeys_journey WHERE person_id = %s", (house.persons[name],)).fetchone()
    return f"/journeys/{found[0]}"


def _count(house, table: str, name: str) -> int:
    with house.role("guitu_owner") as door:
        return door.execute(f"SELECT count(*) FROM {table} WHERE person_id = %s", (house.persons[name],)).fetchone()[0]


def test_a_refusal_is_contested_with_reasons_and_lies_before_the_common_superior(fresh, acting_systems):
    prison, place = acting_systems("prison"), f"/dossiers/{fresh.parcels[REFUSED]}/contest"
    for body in ({}, {"reasons": " "}, {"reasons": "\x1c"}, {"reasons": "a\x00b"}):
        with problem(prison.post(place, body), 422, "invalid") as told:
            assert [one["field"].rsplit(".", 1)[-1] for one in told["errors"]] == ["reasons"]
    answer = prison.post(place, WORDS, key=KEY)
    assert answer.status_code == 200, answer.content.decode()
    told = answer.json()
    assert (told["state"]["code"], told["due_rule"]) == ("contested", "RH-RULING")
    assert told["person_id"] == str(fresh.persons[REFUSED])
    assert acting_systems("county").get(_journey(fresh, REFUSED)).json()["state"]["code"] == "contested"
    again = prison.post(place, WORDS, key=KEY)
    assert (again.content, again["Idempotency-Replayed"]) == (answer.content, "true")
    with problem(prison.post(place, WORDS), 409, "not-possible-now"):
        pass  # the control: another key does ask again
    assert _count(fresh, "handover_dispute", REFUSED) == 1


def test_only_a_dossier_that_was_refused_and_not_sent_again_is_contested(fresh, acting_systems):
    prison = acting_systems("prison")
    for name in (SENT, ACKNOWLEDGED):
        with problem(prison.post(f"/dossiers/{fresh.parcels[name]}/contest", WORDS), 409, "not-possible-now"):
            pass
    first = fresh.parcels[REFUSED]
    assert prison.post("/dossiers", {"person_id": fresh.persons[REFUSED]}).status_code == 201
    with problem(prison.post(f"/dossiers/{first}/contest", WORDS), 409, "not-possible-now"):
        pass
    with problem(acting_systems("county").post(f"/dossiers/{first}/contest", WORDS), 403, "forbidden"):
        pass
    for unknown in (fresh.parcels[AT_FOREIGN], uuid.UUID(int=9)):
        with problem(prison.post(f"/dossiers/{unknown}/contest", WORDS), 404, "not-found"):
            pass
    assert _count(fresh, "handover_dispute", REFUSED) == 0


def test_a_return_is_registered_once_and_the_unit_that_received_is_responsible(fresh, acting_systems):
    county, place = acting_systems("county"), f"{_journey(fresh, RELEASED)}/register"
    answer = county.post(place, key=KEY)
    assert answer.status_code == 200, answer.content.decode()
    assert (answer.json()["state"]["code"], answer.json()["duty_unit"]["zh"]) == ("registered", "青榆县司法局")
    assert county.post(place, key=KEY)["Idempotency-Replayed"] == "true"
    with problem(county.post(place), 409, "not-possible-now"):
        pass


def test_nobody_is_registered_before_the_release_or_by_somebody_else(fresh, acting_systems):
    with problem(
        acting_systems("county").post(f"{_journey(fresh, ACKNOWLEDGED)}/register"), 409, "not-possible-now"
    ) as t:
        assert "释放日" in t["detail_zh"]
        assert "release day" in t["detail_en"]
    place = f"{_journey(fresh, RELEASED)}/register"
    with problem(acting_systems("prison").post(place), 403, "forbidden"):
        pass
    for unknown in (place, f"/journeys/{uuid.UUID(int=9)}/register"):
        with problem(acting_systems("sibling").post(unknown), 404, "not-found"):
            pass


def test_an_ended_matter_takes_no_act(fresh, acting_systems):
    place = _journey(fresh, REGISTERED)
    with fresh.acting("county"):
        ends.note_death(fresh.persons[REGISTERED], source="死亡证明 2026-1", event_id=uuid.uuid4(), at=MOMENT)
    for what, body in (("register", None), ("steps/household/answer", {"outcome": "settled"})):
        with problem(acting_systems("county").post(f"{place}/{what}", body), 409, "not-possible-now") as told:
            assert told["detail_zh"] == "这件事项已经办结。"
    assert acting_systems("county").get(f"{place}/steps").json()["items"] == []


def test_the_open_steps_say_whose_they_are_until_when_and_how_they_are_answered(fresh, acting_systems):
    place = _journey(fresh, KEPT)
    steps = {one["step"]["code"]: one for one in acting_systems("prison").get(f"{place}/steps").json()["items"]}
    whole = acting_systems("prison").get(place).json()
    assert set(steps) == {one["step"]["code"] for one in whole["steps"] if one["standing"] == "open"}
    education = steps["education"]
    assert education["duty_unit"]["zh"] == "桐岭监狱"
    assert [(one["code"], one["own_form"]) for one in education["outcomes"]] == [
        ("begun", None),
        ("not_possible", None),
    ]
    assessed = {one["code"]: one["own_form"] for one in steps["assessment"]["outcomes"]}
    assert assessed == {"reported": {"zh": "出监评估", "en": "Pre-release assessment"}, "not_possible": None}
    for unknown in (place, f"/journeys/{uuid.UUID(int=9)}"):
        with problem(acting_systems("foreign").get(f"{unknown}/steps"), 404, "not-found"):
            pass


def test_a_step_is_answered_once_for_each_key_and_corrected_only_with_words(fresh, acting_systems):
    prison, place = acting_systems("prison"), _journey(fresh, KEPT)
    answer = prison.post(f"{place}/steps/education/answer", {"outcome": "begun"}, key=KEY)
    assert answer.status_code == 200, answer.content.decode()
    assert (answer.json()["step"]["code"], answer.json()["outcome"]["code"]) == ("education", "begun")
    assert prison.post(f"{place}/steps/education/answer", {"outcome": "begun"}, key=KEY).content == answer.content
    assert _count(fresh, "journeys_answer", KEPT) == 1
    assert "education" not in {one["step"]["code"] for one in prison.get(f"{place}/steps").json()["items"]}
    with problem(prison.post(f"{place}/steps/education/answer", {"outcome": "not_possible"}), 409, "not-possible-now"):
        pass
    mended = prison.post(f"{place}/steps/education/answer", {"outcome": "not_possible", "note": "住院，无法进行"})
    assert mended.json()["outcome"]["code"] == "not_possible"
    assert _count(fresh, "journeys_answer", KEPT) == 2


def test_an_answer_that_does_not_fit_is_refused_with_what_would(fresh, acting_systems):
    prison, place = acting_systems("prison"), _journey(fresh, KEPT)
    with problem(prison.post(f"{place}/steps/education/answer", {"outcome": "settled"}), 422, "invalid") as told:
        assert told["errors"][0]["remedy_en"] == "Use begun, not_possible"
    with problem(
        prison.post(f"{place}/steps/education/answer", {"outcome": "begun", "note": "a\x00b"}), 422, "invalid"
    ):
        pass
    with problem(prison.post(f"{place}/steps/nothing/answer", {"outcome": "begun"}), 404, "not-found"):
        pass
    with problem(prison.post(f"{place}/steps/household/answer", {"outcome": "settled"}), 409, "not-possible-now"):
        pass
    other = f"{_journey(fresh, SENT)}/steps/education/answer"
    with problem(acting_systems("county").post(other, {"outcome": "begun"}), 409, "not-possible-now"):
        pass
    for name in (KEPT, SENT):
        assert _count(fresh, "journeys_answer", name) == 0


@pytest.mark.parametrize(
    ("step", "outcome", "form"),
    [("assessment", "reported", "出监评估"), ("pick_up", "planned", "排定接送"), ("follow_up", "met", "记这次回访")],
)
def test_an_answer_with_a_form_of_its_own_is_refused_by_its_name(fresh, acting_systems, step, outcome, form):
    first = load_national().journeys["return_home"].step(step).outcomes[0].id if outcome == "met" else outcome
    answer = acting_systems("prison").post(f"{_journey(fresh, KEPT)}/steps/{step}/answer", {"outcome": first})
    with problem(answer, 422, "own-form") as told:
        assert form in told["detail_zh"]
        assert OWN_FORMS.get((step, outcome), OWN_FORMS.get((step, "*"))).en in told["detail_en"]
        assert f"/persons/{fresh.persons[KEPT]}/" in told["errors"][0]["remedy_en"]
    assert _count(fresh, "journeys_answer", KEPT) == 0


def test_every_form_of_its_own_has_the_name_that_the_pages_give_it():
    outcomes = [
        (step.id, outcome.id) for step in load_national().journeys["return_home"].steps for outcome in step.outcomes
    ]
    assert [one for one in outcomes if (own_form(*one) is not None) != has_its_own_form(*one)] == []
    assert {step for step, _ in OWN_FORMS} == {step for step, _ in NEEDS_ITS_OWN_FORM}
    for cell, form in OWN_FORMS.items():
        with translation.override("en"):
            assert cell == ("release", "by_time") or gettext(form.zh) == form.en, cell


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("act", ["contest", "register", "answer"])
def test_a_kill_between_the_act_and_its_answer_does_nothing_twice(fresh, acting_systems, monkeypatch, act):
    name, place, body = {
        "contest": ("prison", f"/dossiers/{fresh.parcels[REFUSED]}/contest", WORDS),
        "register": ("county", f"{_journey(fresh, RELEASED)}/register", None),
        "answer": ("prison", f"{_journey(fresh, KEPT)}/steps/education/answer", {"outcome": "begun"}),
    }[act]
    caller = acting_systems(name)

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(doing.api_calls, "keep_answer", die)
        with pytest.raises(Killed):
            caller.post(place, body, key=KEY)
    with fresh.role("guitu_owner") as door:
        counted = "SELECT (SELECT count(*) FROM journeys_move), (SELECT count(*) FROM journeys_answer)"
        done = door.execute(counted).fetchone()
        again = caller.post(place, body, key=KEY)
        assert again.status_code == 200, again.content.decode()
        assert door.execute(counted).fetchone() == done
    assert caller.post(place, body, key=KEY)["Idempotency-Replayed"] == "true"
