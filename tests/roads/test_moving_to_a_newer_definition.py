"""A running journey goes on under the text it opened with until somebody who answers for it moves it to a newer one."""

import copy
import uuid

import pytest
import yaml
from django.db import transaction

from guitu.access.operations import NotAllowed
from guitu.handover.redefining import ReasonMissing, move_to_definition
from guitu.journeys import queries as roads
from guitu.ledger.queries import of_person
from guitu.rulebook.book import load_national
from guitu.rulebook.journey_differences import Walked, differences, obstacle
from guitu.rulebook.loading import canonical_sha256, journey_of_text
from tests.roads.walking import AT, Walk

TEXT = load_national().text_of_journey("return_home")
PRESENT = load_national().journey("return_home")


def former(*, state: str = "") -> str:
    """The text as an older version might have had it: another clock, owner and step; `state`: one that is gone now."""
    text = yaml.safe_load(TEXT)
    (journey,) = text["journeys"]
    states = {one["id"]: one for one in journey["states"]}
    steps = {one["id"]: one for one in journey["steps"]}
    states["expected"]["due"] = [{"rule": "RH-RESEND", "anchor": "state_since"}]
    steps["assessment"]["due"] = {"rule": "RH-VERIFY", "anchor": "opened"}
    steps["release"]["owner"] = "receiving_unit"
    journey["steps"].remove(steps["education"])
    journey["steps"].append(
        {**copy.deepcopy(steps["police_notice"]), "id": "parish_notice", "zh": "通知街道", "en": "Old"}
    )
    if state:
        journey["states"].append({**copy.deepcopy(states["expected"]), "id": state, "kind": "waiting"})
        journey["moves"].append({**journey["moves"][0], "id": "leave", "from": [state], "to": "withdrawn"})
        journey["moves"].append(
            {**journey["moves"][0], "id": "park", "from": ["expected"], "to": state, "event": "parked"}
        )
    return yaml.safe_dump(text, allow_unicode=True)


def opened_under(house, text: str, *, state: str = "expected", at=AT) -> Walk:
    """A walk whose journey stands as if it had opened under `text`."""
    walk = Walk(house)
    digest = canonical_sha256({"journey": text})
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO journeys_definition (id, sha256, kind, text, kept_at) VALUES (%s, %s, 'return_home', %s, %s)",
            (uuid.uuid4(), digest, text, at),
        )
        door.execute("UPDATE journeys_journey SET definition = %s, state = %s", (digest, state))
        door.execute("DELETE FROM journeys_clock WHERE step = 'education'")
        door.execute("UPDATE journeys_clock SET rule = 'RH-RESEND', anchor_at = started_at WHERE state <> ''")
        door.execute("UPDATE journeys_clock SET rule = 'RH-VERIFY', anchor_at = %s WHERE step = 'assessment'", (at,))
        door.execute("UPDATE journeys_clock SET step = 'parish_notice' WHERE step = 'police_notice'")
        door.execute(
            "UPDATE journeys_clock c SET duty_unit_id = j.receiving_unit_id"
            " FROM journeys_journey j WHERE c.step = 'release'"
        )
    return walk


def moved(walk: Walk, login: str = "prison-leader", reason: str = "统一按新版办理", mark=None) -> tuple[int, int]:
    with walk.house.acting(login):
        return move_to_definition([walk.person], reason=reason, event_id=mark or uuid.uuid4(), at=AT)


def test_every_difference_is_listed_and_the_same_text_has_none() -> None:
    old = journey_of_text(former(), "return_home")
    told = [(one.part, one.id, one.change) for one in differences(old, PRESENT)]
    assert told == [
        ("state", "expected", "changed"),
        ("step", "parish_notice", "removed"),
        ("step", "education", "added"),
        ("step", "assessment", "changed"),
        ("step", "release", "changed"),
    ]
    said = {one.id: one.zh for one in differences(old, PRESENT)}
    assert said["expected"].endswith("RH-RESEND（自进入状态） → RS-14（自释放日），已过的按 RH-AT-ONCE（自进入状态）")
    assert said["release"] == "步骤“发给释放证明并放行”的承办单位：接收单位 → 送出单位"
    assert differences(PRESENT, PRESENT) == ()


@pytest.mark.parametrize(
    ("come", "word"),
    [
        (Walked("parked", frozenset(), frozenset()), "现在的状态（parked）"),
        (Walked("completed", frozenset(), frozenset()), "办结"),
        (Walked("expected", frozenset({"parked"}), frozenset()), "经过的状态（parked）"),
        (Walked("expected", frozenset(), frozenset({("education", "forgotten")})), "education：forgotten"),
    ],
)
def test_what_the_newer_definition_could_not_tell_hinders_the_move(come, word) -> None:
    assert word in obstacle(come, PRESENT).zh
    # Control: what it knows does not.
    fine = Walked("expected", frozenset({"expected"}), frozenset({("education", "begun")}))
    assert obstacle(fine, PRESENT) is None


def test_a_moved_journey_keeps_what_is_unchanged_and_counts_anew_what_is_not(house) -> None:
    walk = opened_under(house, former())
    before = {(one.state, one.step): one for one in walk.road().clocks}
    with house.acting("prison-leader"), transaction.atomic():
        (older,) = roads.older_definitions()
    assert (older.journeys, older.hindered) == (1, 0)
    with pytest.raises(ReasonMissing):
        moved(walk, reason=" ")
    with pytest.raises(NotAllowed):
        moved(walk, login="prison")

    mark = uuid.uuid4()
    assert moved(walk, mark=mark) == moved(walk, mark=mark) == (1, 0)
    road = walk.road()
    after = {(one.state, one.step): one for one in road.clocks if one.voided_at is None}
    assert road.definition == PRESENT
    assert (after["expected", ""].rule, road.task.due_rule) == ("RS-14", "RS-14")
    assert after["", "assessment"].rule == "RH-ASSESS"
    assert after["", "verification_ask"].id == before["", "verification_ask"].id
    assert after["", "release"].id == before["", "release"].id
    assert after["", "release"].duty_unit_id == road.task.sending_unit_id != before["", "release"].duty_unit_id
    assert "education" in walk.open_steps()
    ended = {one.step or one.state for one in road.clocks if one.void_reason == "DEFINITION_CHANGED"}
    assert ended == {"expected", "assessment", "parish_notice"}
    with house.acting("prison-leader"), transaction.atomic():
        (line,) = [one for one in of_person(walk.person) if one.act == "journeys:definition:changed"]
        assert roads.older_definitions() == []
    assert (line.facts["former"], line.facts["source"]) == (older.digest, "统一按新版办理")


def test_a_journey_in_a_state_that_is_gone_stays_where_it_is(house) -> None:
    walk = opened_under(house, former(state="parked"), state="parked")
    with house.acting("prison-leader"), transaction.atomic():
        (older,) = roads.older_definitions()
        (held,), total = roads.hindered_journeys(older.digest, first=0, most=25)
        assert roads.movable_persons(older.digest, most=100) == []
    assert (older.hindered, total, held.person_id) == (1, 1, walk.person)
    assert "parked" in held.why.en
    assert moved(walk) == (0, 1)
    assert walk.state() == "parked"
