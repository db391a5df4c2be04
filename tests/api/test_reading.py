"""What another system reads: the same rows as the pages, masked, in pages that stay where they are."""

import base64
import json
import re
import uuid

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.api.systems import problem
from tests.web.peopled import ACKNOWLEDGED, AT_FOREIGN, KEPT, LONGEST_NAME, OTHERS, SENT, SIXTY
from tests.web.reading import whole_desk

ITEMS = ("91012119850312", "雁回镇", "盗窃罪")
"""Parts of sensitive values: they stand in no answer of the interface."""


def test_the_journeys_of_a_unit_are_those_of_its_desk_in_the_same_order(peopled, systems):
    listed = [uuid.UUID(one["person_id"]) for one in systems("prison").whole("/journeys", limit=7)]
    wanted = [plan for plan in (*SIXTY, *OTHERS) if plan.sender == "prison"]
    assert len(listed) == len(set(listed)) == len(wanted)
    desk = whole_desk(peopled.client("prison"), "/prison/")
    assert [one for one in listed if one in set(desk)] == desk
    county = {uuid.UUID(one["person_id"]) for one in systems("county").whole("/journeys", limit=200)}
    assert county == {
        peopled.persons[plan.name] for plan in (*SIXTY, *OTHERS) if plan.receiver == "county" and plan.sent
    }


def test_a_list_masks_names_and_holds_nothing_sensitive(systems):
    for place in ("/journeys", "/tasks", "/dossiers", "/receipts"):
        text = systems("county").get(place, limit=200).content.decode()
        assert '"items": [{' in text or '"items":[{' in text, place
        assert not any(plan.name in text for plan in SIXTY), place
        assert not any(part in text for part in ITEMS), place
    assert systems("county").get("/journeys").json()["items"][0]["person_name_masked"].endswith("**")


def test_filters_keep_what_they_say(systems):
    late = systems("prison").whole("/journeys", late=True)
    assert late
    assert all(one["late"] for one in late)
    waiting = systems("prison").whole("/journeys", state=["sent", "refused"])
    assert {one["state"]["code"] for one in waiting} == {"sent", "refused"}
    soon = systems("prison").whole("/journeys", due_before="2026-09-05T00:00:00+08:00")
    assert soon
    assert not any(one["late"] for one in soon)
    assert len(late) + len(soon) < len(systems("prison").whole("/journeys"))
    assert systems("prison").whole("/journeys", side="receiving") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lat": "true"}, "lat"),
        ({"limit": 201}, "limit"),
        ({"limit": 0}, "limit"),
        ({"state": "gone"}, "state"),
        ({"due_before": "2026-09-05"}, "due_before"),
        ({"due_before": "2026-09-05T00:00:00"}, "due_before"),
        ({"cursor": "x"}, "cursor"),
        ({"side": "middle"}, "side"),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_and_named(systems, query, field):
    with problem(systems("prison").get("/journeys", **query), 422, "invalid") as told:
        assert [one["field"] for one in told["errors"]] == [field]
        assert told["errors"][0]["remedy_zh"]
        assert told["errors"][0]["remedy_en"]


def test_a_cursor_is_good_for_its_own_list_filters_and_unit_only(systems):
    cursor = systems("prison").get("/journeys", limit=3).json()["next"]
    assert systems("prison").get("/journeys", limit=9, cursor=cursor).status_code == 200
    for name, place, query in (
        ("prison", "/tasks", {}),
        ("prison", "/journeys", {"late": True}),
        ("county", "/journeys", {}),
    ):
        with problem(systems(name).get(place, cursor=cursor, **query), 422, "invalid"):
            pass
    with problem(systems("prison").get("/journeys", cursor=cursor[:-2] + "xx"), 422, "invalid"):
        pass


def test_a_page_stays_where_it_is_when_others_come_in_before_it(fresh, acting_systems):
    prison = acting_systems("prison")
    first = prison.get("/journeys", limit=5).json()
    rest = [one["id"] for one in prison.whole("/journeys")][5:]
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE journeys_journey SET due_at = '2020-01-01' WHERE id = %s", (rest[-1],)
        )  # what was last now stands first
    after = []
    cursor = first["next"]
    while cursor:
        page = prison.get("/journeys", limit=5, cursor=cursor).json()
        after += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert after == rest[:-1]


def test_one_journey_tells_its_clocks_with_rule_and_basis_and_its_moves(peopled, systems):
    line = next(
        one for one in systems("county").whole("/journeys") if one["person_id"] == str(peopled.persons[ACKNOWLEDGED])
    )
    told = systems("county").get(f"/journeys/{line['id']}").json()
    assert told["person_name"] == ACKNOWLEDGED
    assert [move["move"]["code"] for move in told["moves"]][-2:] == ["send", "acknowledge"]
    clock = next(one for one in told["clocks"] if one["state"] and one["state"]["code"] == "acknowledged")
    assert clock["rule"]["id"] == "RS-17"
    assert clock["basis"]
    assert all(one["zh"] and one["en"] for one in clock["basis"])
    assert not any(part in json.dumps(told, ensure_ascii=False) for part in ITEMS)


def test_a_foreign_and_an_unknown_journey_are_refused_alike(peopled, systems):
    foreign = next(
        one["id"]
        for one in systems("foreign").whole("/journeys")
        if one["person_id"] == str(peopled.persons[AT_FOREIGN])
    )
    answers = [systems("county").get(f"/journeys/{one}") for one in (foreign, uuid.UUID(int=5))]
    for answer in answers:
        with problem(answer, 404, "not-found"):
            pass
    assert answers[0].content == answers[1].content
    assert systems("foreign").get(f"/journeys/{foreign}").status_code == 200


def test_the_tasks_of_a_unit_are_what_it_owes_in_panic_order(peopled, systems):
    found = systems("county").whole("/tasks", limit=4)
    whole = systems("county").get("/tasks", limit=200).json()["items"]
    assert found == whole
    dues = [one["due_at"] or "9999" for one in found]
    assert dues == sorted(dues)
    states = [one for one in found if not one["step"]]
    assert {one["what"]["code"] for one in states} <= {"sent", "acknowledged", "registered", "settled", "contested"}
    sent = [one for one in states if one["what"]["code"] == "sent"]
    assert len(sent) == sum(
        1
        for plan in (*SIXTY, *OTHERS)
        if plan.receiver == "county" and plan.sent and not (plan.refused or plan.acknowledged)
    )
    prison = [one for one in systems("prison").whole("/tasks") if not one["step"]]
    assert prison
    assert not {one["journey_id"] for one in prison} & {one["journey_id"] for one in states}
    assert any(one["step"] for one in found), "steps beside the state are owed too"


def test_dossiers_are_listed_to_both_ends_newest_first(peopled, systems):
    incoming = systems("county").whole("/dossiers", limit=9)
    sent = systems("prison").whole("/dossiers", direction="sent", limit=50)
    assert {one["id"] for one in incoming} < {one["id"] for one in sent}
    moments = [one["sent_at"] for one in sent]
    assert moments == sorted(moments, reverse=True)
    waiting = systems("county").whole("/dossiers", waiting=True)
    assert {one["state"] for one in waiting} == {"WAITING"}
    one = systems("county").get(f"/dossiers/{peopled.parcels[LONGEST_NAME]}").json()
    assert (one["state"], one["sender"]["zh"], one["remark"]) == ("WAITING", "桐岭监狱", "")
    with problem(systems("sibling").get(f"/dossiers/{peopled.parcels[SENT]}"), 404, "not-found"):
        pass


def test_a_receipt_can_be_verified_without_us(systems):
    number = systems("prison").whole("/receipts")[0]["number"]
    told = systems("prison").get(f"/receipts/{number}").json()
    proof = told["proof"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(proof["public_key"]))
    signature = base64.b64decode(proof["signature"])
    key.verify(signature, proof["signed_text"].encode())
    assert proof["holds"] is True
    assert told["dossier_id"] in proof["signed_text"]
    with pytest.raises(InvalidSignature):
        key.verify(signature, proof["signed_text"].replace("ACKNOWLEDGED", "REFUSED").encode() + b" ")
    with problem(systems("sibling").get(f"/receipts/{number}"), 404, "not-found"):
        pass
    with problem(systems("prison").get("/receipts/H-NONE"), 404, "not-found"):
        pass


def test_codes_and_rules_are_those_of_the_rulebook(systems):
    from guitu.rulebook.book import load_national

    book = load_national()
    tables = systems("county").get("/codes").json()["items"]
    assert {one["id"] for one in tables} == set(book.codes)
    sex = systems("county").get("/codes/sex").json()
    assert [one["code"] for one in sex["codes"]] == [entry.code for entry in book.codes["sex"].codes]
    assert [one["id"] for one in systems("county").whole("/rules", limit=60)] == list(book.rules)
    norms = systems("county").whole("/rules", kind="norm")
    assert {one["kind"] for one in norms} == {"norm"}
    told = systems("county").get("/rules/RS-17").json()
    assert told["record"]["id"] == "RS-17"
    assert told["told"][0]["zh"].startswith("RS-17")
    for place in ("/codes/none", "/rules/none", "/rules/none/due?from=2026-02-06"):
        with problem(systems("county").get(place), 404, "not-found"):
            pass


def test_a_due_day_is_that_of_the_command_line(systems):
    from guitu.rulebook.book import load_national
    from guitu.web.rule_questions import ask_due

    told = systems("county").get("/rules/RS-14/due", **{"from": "2026-10-20"}).json()
    wanted = ask_due(load_national(), "RS-14", "2026-10-20", []).as_json()
    assert json.dumps(told["steps"]) == json.dumps(wanted["steps"])
    for layer in ("statutory", "service"):
        held = wanted[layer] or {}
        assert {name: (told[layer] or {}).get(name) for name in ("due_on", "due_at")} == {
            name: held.get(name) for name in ("due_on", "due_at")
        }
    norm = systems("county").get("/rules", kind="norm").json()["items"][0]["id"]
    with problem(systems("county").get(f"/rules/{norm}/due", **{"from": "2026-10-20"}), 422, "rule-refused"):
        pass
    for query in ({"from": "soon"}, {"from": "2026-02-31"}, {}, {"from": "2026-10-20", "fact": "x=1"}):
        with problem(systems("county").get("/rules/RS-14/due", **query), 422, "invalid"):
            pass


def test_a_problem_is_told_in_the_language_asked_for(systems):
    zh = systems("prison").get("/codes/none").json()
    en = systems("prison", language="en").get("/codes/none").json()
    assert (zh["title"], en["title"]) == ("没有找到", "Not found")
    assert (zh["detail"], en["detail"]) == (zh["detail_zh"], zh["detail_en"])
    assert not re.search("[\u4e00-\u9fff]", en["title"] + en["detail"])


@pytest.mark.parametrize("place", ["/nothing", "/", "/journeys/none", "/dossiers/1/acknowledge"])
def test_an_unknown_address_below_the_interface_is_a_problem_too(systems, place):
    with problem(systems("prison").get(place), 404, "not-found"):
        pass


def test_an_address_is_not_asked_in_another_way(systems):
    answer = systems("prison").client.put("/api/v1/journeys", headers={"Authorization": "Bearer x"})
    with problem(answer, 405, "method-not-allowed"):
        assert answer["Allow"] == "GET"
    with problem(systems("prison").get("/roster/import"), 405, "method-not-allowed"):
        pass


def test_every_look_leaves_its_line(fresh, acting_systems):
    county = acting_systems("county")
    listed = county.get("/journeys").json()["items"]
    journey = listed[0]
    county.get("/journeys")
    county.get(f"/journeys/{journey['id']}")
    county.get(f"/journeys/{uuid.UUID(int=5)}")
    with fresh.role("guitu_owner") as door:
        lines = door.execute(
            "SELECT action, subjects, outcome FROM access_trace t JOIN access_post p ON p.id = t.post_id"
            " WHERE p.title = '接口' ORDER BY t.at"
        ).fetchall()
    told = lines.pop(1)  # whom the list was about, once
    assert (told[0], set(told[1]), told[2]) == (
        "interface:read",
        {uuid.UUID(one["person_id"]) for one in listed},
        "ALLOWED",
    )
    assert lines == [
        ("person:list", [], "ALLOWED"),
        ("person:list", [], "ALLOWED"),
        ("person:open", [uuid.UUID(journey["person_id"])], "ALLOWED"),
        ("person:open", [uuid.UUID(int=5)], "UNKNOWN"),
    ]


def test_what_is_kept_at_the_prison_is_not_listed_to_the_county(peopled, systems):
    listed = {one["person_id"] for one in systems("county").whole("/journeys")}
    assert str(peopled.persons[SENT]) in listed
    assert str(peopled.persons[KEPT]) not in listed
