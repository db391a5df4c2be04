"""What another system does: by the same operations as the pages, and once for each key, whatever breaks in between."""

import json
import threading
import uuid

import pytest
from django.db import connection

from guitu.access import api_calls
from guitu.handover import operations as handover
from guitu.web.api import doing
from tests.api.systems import Caller, problem, systems_of
from tests.factories import rosters
from tests.web.peopled import ACKNOWLEDGED, AT_FOREIGN, KEPT, LONGEST_NAME, SENT, SIXTY

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEY = "6f1e2b9a-4c7d-4e1f-9a35-0b8d2c64e7f1"


def _count(house, table: str, where: str = "true") -> int:
    with house.role("guitu_owner") as door:
        return door.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]


def _file(name: str = "苏望舒", order: str = "901") -> bytes:
    return rosters.workbook(rosters.row(name, release=SIXTY[0].release, order=order))


def test_a_dossier_is_sent_acknowledged_and_its_receipt_read_at_the_other_end(fresh, acting_systems):
    answer = acting_systems("prison").post("/dossiers", {"person_id": fresh.persons[KEPT]})
    assert answer.status_code == 201, answer.content.decode()
    sent = answer.json()
    assert (sent["state"], sent["receiver"]["zh"]) == ("WAITING", "青榆县司法局")
    county = acting_systems("county")
    told = county.post(f"/dossiers/{sent['id']}/acknowledge").json()
    assert told["outcome"] == "ACKNOWLEDGED"
    receipt = acting_systems("prison").get(f"/receipts/{told['receipt_number']}").json()
    assert (receipt["dossier_id"], receipt["proof"]["holds"]) == (sent["id"], True)


def test_a_refusal_names_a_ground_and_says_what_to_mend(fresh, acting_systems):
    place = f"/dossiers/{fresh.parcels[SENT]}/refuse"
    county = acting_systems("county")
    for body in ({"ground": "NONE", "remark": "缺页"}, {"ground": "DOCUMENTS_MISSING", "remark": "  "}, {}):
        with problem(county.post(place, body), 422, "invalid") as told:
            assert told["errors"]
    answer = county.post(place, {"ground": "DOCUMENTS_MISSING", "remark": "缺判决书复印件"})
    assert answer.json()["outcome"] == "REFUSED"
    held = acting_systems("prison").get(f"/dossiers/{fresh.parcels[SENT]}").json()
    assert (held["state"], held["ground"], held["remark"]) == ("REFUSED", "DOCUMENTS_MISSING", "缺判决书复印件")


def test_the_same_key_gets_the_first_answer_and_nothing_is_done_twice(fresh, acting_systems):
    prison = acting_systems("prison")
    body = {"person_id": fresh.persons[KEPT]}
    first = prison.post("/dossiers", body, key=KEY)
    again = prison.post("/dossiers", body, key=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert (first.has_header("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (False, "true")
    assert _count(fresh, "exchange_parcel", f"person_id = '{fresh.persons[KEPT]}'") == 1
    with problem(prison.post("/dossiers", body), 409, "not-possible-now"):
        pass  # the control: another key does ask again


def test_the_same_key_with_another_content_or_address_is_refused(fresh, acting_systems):
    prison = acting_systems("prison")
    prison.post("/dossiers", {"person_id": fresh.persons[KEPT]}, key=KEY)
    with problem(prison.post("/dossiers", {"person_id": fresh.persons[SENT]}, key=KEY), 409, "key-reused"):
        pass
    with problem(prison.send("/roster/check", _file(), XLSX, key=KEY), 409, "key-reused"):
        pass
    other = systems_of(fresh)("prison")
    with problem(other.post("/dossiers", {"person_id": fresh.persons[KEPT]}, key=KEY), 409, "not-possible-now"):
        pass  # keys of another token are its own


@pytest.mark.parametrize("key", [None, "", "short", "x" * 201, "with a space in the key"])
def test_an_act_without_a_proper_key_is_refused(fresh, acting_systems, key):
    with problem(acting_systems("prison").post("/dossiers", {"person_id": uuid.uuid4()}, key=key), 400, "key-missing"):
        pass


def test_a_refusal_on_the_merits_is_a_first_answer_and_one_for_want_of_sight_is_not(fresh, acting_systems):
    prison = acting_systems("prison")
    body = {"person_id": fresh.persons[SENT]}
    first = prison.post("/dossiers", body, key=KEY)
    assert first.status_code == 409
    assert prison.post("/dossiers", body, key=KEY)["Idempotency-Replayed"] == "true"
    unknown = {"person_id": uuid.UUID(int=7)}
    for _ in range(2):
        answer = prison.post("/dossiers", unknown, key=KEY + "-2")
        with problem(answer, 404, "not-found"):
            assert not answer.has_header("Idempotency-Replayed")


def test_a_dossier_that_lacks_items_says_which(fresh, acting_systems):
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE journeys_journey SET receiving_unit_id = NULL WHERE person_id = %s", (fresh.persons[KEPT],)
        )
    answer = acting_systems("prison").post("/dossiers", {"person_id": fresh.persons[KEPT]})
    with problem(answer, 422, "incomplete") as told:
        assert [one["field"] for one in told["errors"]] == ["receiver"]


def test_foreign_and_unknown_dossiers_are_refused_alike_with_a_line(fresh, acting_systems):
    county = acting_systems("county")
    answers = [county.post(f"/dossiers/{one}/acknowledge") for one in (fresh.parcels[AT_FOREIGN], uuid.UUID(int=9))]
    for answer in answers:
        with problem(answer, 404, "not-found"):
            pass
    assert answers[0].content == answers[1].content
    assert _count(fresh, "access_trace", "action = 'dossier:answer' AND outcome = 'UNKNOWN'") == 2
    assert _count(fresh, "exchange_receipt", f"parcel_id = '{fresh.parcels[AT_FOREIGN]}'") == 0


class Killed(BaseException):
    """The process dies here."""


def _kill_before_the_answer_is_kept(monkeypatch) -> None:
    """The act is committed, its answer is not: as when the process is killed between the two."""

    def die(*_args, **_kwargs):
        raise Killed

    monkeypatch.setattr(doing.api_calls, "keep_answer", die)


@pytest.mark.parametrize("act", ["send", "acknowledge", "refuse"])
def test_a_kill_between_the_act_and_its_answer_is_made_good_by_the_same_key(fresh, acting_systems, monkeypatch, act):
    name, place, body = {
        "send": ("prison", "/dossiers", {"person_id": fresh.persons[KEPT]}),
        "acknowledge": ("county", f"/dossiers/{fresh.parcels[SENT]}/acknowledge", None),
        "refuse": (
            "county",
            f"/dossiers/{fresh.parcels[SENT]}/refuse",
            {"ground": "DOCUMENTS_MISSING", "remark": "缺判决书复印件"},
        ),
    }[act]
    caller = acting_systems(name)
    with monkeypatch.context() as patch:
        _kill_before_the_answer_is_kept(patch)
        with pytest.raises(Killed):
            caller.post(place, body, key=KEY)
    moves = _count(fresh, "journeys_move")
    again = caller.post(place, body, key=KEY)
    assert again.status_code == (201 if act == "send" else 200), again.content.decode()
    assert not again.has_header("Idempotency-Replayed")
    assert caller.post(place, body, key=KEY).content == again.content
    assert _count(fresh, "journeys_move") == moves
    if act != "send":
        with problem(caller.post(place, body), 409, "answered-already"):
            pass  # the control: under another key the same words are refused


def test_a_kill_after_the_import_still_gets_the_report_of_the_first_time(fresh, acting_systems, monkeypatch):
    prison, data = acting_systems("prison"), _file()
    kept = doing.api_calls.keep_answer

    def die_after_the_first(*args, **kwargs):
        kept(*args, **kwargs)
        monkeypatch.setattr(doing.api_calls, "keep_answer", die)

    def die(*_args, **_kwargs):
        raise Killed

    monkeypatch.setattr(doing.api_calls, "keep_answer", die_after_the_first)
    with pytest.raises(Killed):
        prison.send("/roster/import", data, XLSX, key=KEY)
    monkeypatch.setattr(doing.api_calls, "keep_answer", kept)
    again = prison.send("/roster/import", data, XLSX, key=KEY)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["counts"]["unchanged"] == 0
    anew = prison.send("/roster/import", data, XLSX)
    assert anew.json()["counts"]["unchanged"] == 1  # the control: told anew, the report is another


def test_an_import_that_fails_keeps_no_answer(fresh, acting_systems, monkeypatch):
    from guitu.prison import operations as prison_operations

    prison, data = acting_systems("prison"), _file()
    with monkeypatch.context() as patch:
        patch.setattr(prison_operations, "record_many", lambda *_args, **_kwargs: 1 / 0)
        with problem(prison.send("/roster/import", data, XLSX, key=KEY), 500, "failed"):
            pass
    persons = _count(fresh, "people_person")
    assert prison.send("/roster/import", data, XLSX, key=KEY).json()["counts"]["accepted"] == 1
    assert _count(fresh, "people_person") == persons + 1


def test_of_two_at_once_one_is_worked_on_and_the_other_asked_to_wait(fresh, acting_systems, monkeypatch):
    caller = acting_systems("prison")
    body = {"person_id": fresh.persons[KEPT]}
    arrived, go_on, answers = threading.Event(), threading.Event(), {}
    real = handover.send_dossier

    def slowly(*args, **kwargs):
        arrived.set()
        assert go_on.wait(20)
        return real(*args, **kwargs)

    monkeypatch.setattr(handover, "send_dossier", slowly)

    def first() -> None:
        try:
            answers["first"] = Caller(caller.token).post("/dossiers", body, key=KEY)
        finally:
            connection.close()

    with monkeypatch.context():
        worker = threading.Thread(target=first)
        worker.start()
        assert arrived.wait(20)
        second = caller.post("/dossiers", body, key=KEY)
        go_on.set()
        worker.join(20)
    with problem(second, 409, "in-progress"):
        assert second["Retry-After"] == "1"
    assert answers["first"].status_code == 201
    assert caller.post("/dossiers", body, key=KEY).content == answers["first"].content
    assert _count(fresh, "exchange_parcel", f"person_id = '{fresh.persons[KEPT]}'") == 1


def test_the_first_answer_is_kept_sealed_and_goes_when_its_time_is_over(fresh, acting_systems):
    prison = acting_systems("prison")
    prison.send("/roster/check", _file(), XLSX, key=KEY)
    with fresh.role("guitu_owner") as door:
        sealed, lasts = door.execute("SELECT sealed_answer, expires_at - claimed_at FROM access_api_call").fetchone()
        assert "苏望舒".encode() not in bytes(sealed)
        from guitu.rulebook.interface import interface_limits

        assert lasts == interface_limits().answer_kept
        door.execute("UPDATE access_api_call SET expires_at = claimed_at")
    prison.send("/roster/check", _file(), XLSX, key=KEY + "-2")
    assert _count(fresh, "access_api_call") == 1


def test_the_application_reads_no_call_but_its_own_tokens(fresh, acting_systems):
    import psycopg

    acting_systems("prison").send("/roster/check", _file(), XLSX, key=KEY)
    with fresh.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("SELECT * FROM access_api_call")
    session_of_a_page = fresh.acting("prison")
    with session_of_a_page, pytest.raises(Exception, match="not a token of the interface"):
        api_calls.claim(KEY, b"x", at=None, until=None)


def test_a_roster_is_reported_as_the_command_line_reports_it(fresh, acting_systems):
    from guitu.prison.operations import check
    from tests.web.peopled import MOMENT

    wrong = rosters.workbook(
        rosters.row("苏望舒", release=SIXTY[0].release, order="901"),
        rosters.row("", release=SIXTY[0].release, order="903"),
    )
    told = acting_systems("prison").send("/roster/check?file_name=roster.xlsx", wrong, XLSX).json()
    with fresh.acting("prison"):
        report = check(wrong, file_name="roster.xlsx", today=MOMENT.date()).report
    assert told == json.loads(json.dumps(report.as_json(show_values=False), default=str))
    assert told["problems"][0]["row"]
    assert told["problems"][0]["remedy_en"]
    assert _count(fresh, "prison_roster") == 2  # nothing was written


def test_a_roster_comes_in_a_form_or_as_it_is(fresh, acting_systems):
    from django.core.files.uploadedfile import SimpleUploadedFile

    prison = acting_systems("prison")
    headers = {"Authorization": f"Bearer {prison.token}", "Idempotency-Key": KEY}
    data = _file()
    forms = [
        prison.client.post("/api/v1/roster/import", {"file": SimpleUploadedFile("名册.xlsx", data)}, headers=headers)
        for _ in range(2)
    ]
    assert forms[0].json()["counts"]["accepted"] == 1
    assert forms[1]["Idempotency-Replayed"] == "true"  # the boundary of a form is another each time, its file is not
    with problem(prison.send("/roster/check", b"{}", "application/json"), 415, "not-supported"):
        pass
    with problem(prison.send("/roster/check", b"not a workbook", XLSX), 422, "roster-refused") as told:
        assert told["errors"][0]["field"]
    empty = prison.client.post("/api/v1/roster/check", {}, headers=headers | {"Idempotency-Key": KEY + "-3"})
    with problem(empty, 422, "invalid") as told:
        assert told["errors"][0]["field"] == "file"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(fresh, acting_systems, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 1000)
    with problem(acting_systems("prison").send("/roster/check", b"x" * 1001, "text/csv"), 413, "too-large"):
        pass
    with problem(acting_systems("prison").post("/dossiers", {"person_id": "x" * 2000}), 413, "too-large"):
        pass


def test_what_is_no_json_is_refused(fresh, acting_systems):
    for text in (b"{", b"[1", b"\xff"):
        with problem(acting_systems("prison").send("/dossiers", text, "application/json"), 400, "not-readable"):
            pass
    with problem(
        acting_systems("prison").post("/dossiers", {"person_id": uuid.uuid4(), "more": 1}), 422, "invalid"
    ) as told:
        assert [one["field"] for one in told["errors"]] == ["more"]


def test_a_colleague_who_was_quicker_is_told(fresh, acting_systems):
    county, second = acting_systems("county"), systems_of(fresh)("county")
    place = f"/dossiers/{fresh.parcels[LONGEST_NAME]}/acknowledge"
    assert county.post(place).status_code == 200
    with problem(second.post(place), 409, "answered-already"):
        pass
    with problem(county.post(f"/dossiers/{fresh.parcels[ACKNOWLEDGED]}/acknowledge"), 409, "answered-already"):
        pass
