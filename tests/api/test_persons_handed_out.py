"""How many persons go out through the interface: counted by the database, said in headers, refused above the limit."""

from datetime import datetime

import psycopg
import pytest
from django.db import DatabaseError, transaction

from guitu.access import api_tokens
from guitu.access.roles import ROLES
from guitu.rulebook.interface import interface_limits
from guitu.rulebook.looking import export_rules
from tests.api.systems import Caller, machine_post, problem, token_of
from tests.factories.units import COUNTY, PRISON
from tests.web.peopled import AT_FOREIGN

SOME = 7
"""So many persons may go out in these tests."""


def _short(house, most: int = SOME) -> None:
    """The limit of the rulebook, small."""
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION access_interface_most(of_role text)"
            " RETURNS TABLE (most integer, within interval) LANGUAGE sql IMMUTABLE"
            f" SET search_path = pg_catalog, public, pg_temp AS $$ VALUES ({most}, interval '24 hours') $$"
        )


def _lines(house, outcome: str) -> list[tuple[int, str]]:
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT cardinality(t.subjects), p.title FROM access_trace t JOIN access_post p ON p.id = t.post_id"
            " WHERE t.action = 'interface:read' AND t.outcome = %s ORDER BY t.at",
            (outcome,),
        ).fetchall()


def test_a_post_is_told_of_so_many_persons_a_day_however_the_list_is_cut(fresh):
    _short(fresh)
    post = machine_post(fresh, PRISON, "PRISON_LIAISON")
    caller, other = (Caller(token_of(fresh, post, "PREPARE_RETURN")) for _ in range(2))
    first = caller.get("/journeys", limit=SOME - 2)
    assert (first["Guitu-Persons-Limit"], first["Guitu-Persons-Left"]) == (str(SOME), "2")
    again = caller.get("/journeys", limit=SOME - 2)
    assert again["Guitu-Persons-Left"] == "2", "the same persons are not counted again"
    assert "Guitu-Persons-Left" not in caller.get("/codes"), "what is about nobody is not counted"
    for asker in (caller, other):
        refused = asker.get("/journeys", limit=SOME - 2, cursor=first.json()["next"])
        with problem(refused, 429, "too-many-persons") as told:
            assert f"最多取走{SOME}人" in told["detail_zh"]
            assert "还可以取2人，这一页有5人" in told["detail_zh"]
            assert "2 are left" in told["detail_en"]
            assert (
                datetime.fromisoformat(refused["Guitu-Persons-Free-At"]).strftime("%Y-%m-%d %H:%M") in told["detail_en"]
            )
        assert "items" not in told
        assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    assert caller.get("/journeys", limit=2, cursor=first.json()["next"])["Guitu-Persons-Left"] == "0"
    assert [count for count, _ in _lines(fresh, "ALLOWED")] == [5, 2]
    assert [count for count, _ in _lines(fresh, "DENIED")] == [5, 0], "a repetition names nobody a second time"
    with fresh.role("guitu_owner") as door:
        kept = "SELECT count(*) FROM ledger_entry WHERE act = 'access:request:refused'"
        assert door.execute(kept).fetchone()[0] >= 2
    held = Caller(token_of(fresh, machine_post(fresh, PRISON, "PRISON_LIAISON"), "PREPARE_RETURN"))
    assert held.get("/journeys", limit=2)["Guitu-Persons-Left"] == str(SOME - 2), "another system has its own"


def test_a_page_above_the_whole_limit_is_told_to_be_smaller_and_one_person_counts_like_a_line(fresh):
    _short(fresh)
    caller = Caller(token_of(fresh, machine_post(fresh, PRISON, "PRISON_LIAISON"), "PREPARE_RETURN"))
    refused = caller.get("/journeys", limit=SOME + 1)
    with problem(refused, 429, "too-many-persons") as told:
        assert told["detail_zh"].count("请减小 limit") == 1
    assert "Retry-After" not in refused
    journeys = caller.get("/journeys", limit=SOME).json()["items"]
    assert caller.get(f"/journeys/{journeys[0]['id']}")["Guitu-Persons-Left"] == "0"
    with fresh.role("guitu_owner") as door:
        rest = door.execute(
            "SELECT id FROM journeys_journey WHERE sending_unit_id ="
            " (SELECT sending_unit_id FROM journeys_journey WHERE id = %s) AND NOT id = ANY (%s::uuid[]) LIMIT 1",
            (journeys[0]["id"], [one["id"] for one in journeys]),
        ).fetchone()[0]
    with problem(caller.get(f"/journeys/{rest}"), 429, "too-many-persons"):
        pass


def test_no_sql_of_the_application_widens_the_limit_and_a_day_later_it_is_free_again(fresh):
    _short(fresh)
    post = machine_post(fresh, PRISON, "PRISON_LIAISON")
    caller = Caller(token_of(fresh, post, "PREPARE_RETURN"))
    whole = caller.get("/journeys", limit=SOME).json()
    for attempt in (
        "DELETE FROM access_trace",
        "UPDATE access_trace SET at = at - interval '2 days'",
        "SELECT * FROM access_interface_most('PRISON_LIAISON')",
        "SELECT * FROM access_handed_out(gen_random_uuid(), '1 day')",
        "CREATE OR REPLACE FUNCTION access_interface_most(of_role text) RETURNS TABLE (most integer, within interval)"
        " LANGUAGE sql AS $$ VALUES (1000000, interval '1 day') $$",
    ):
        with fresh.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(attempt)
    with problem(caller.get("/journeys", limit=SOME, cursor=whole["next"]), 429, "too-many-persons"):
        pass
    # The control: what went out a day ago counts no more.
    with fresh.role("guitu_owner") as door:
        door.execute("ALTER TABLE access_trace DISABLE TRIGGER USER")
        door.execute("UPDATE access_trace SET at = at - interval '25 hours' WHERE action = 'interface:read'")
        door.execute("ALTER TABLE access_trace ENABLE TRIGGER USER")
    assert caller.get("/journeys", limit=SOME, cursor=whole["next"])["Guitu-Persons-Left"] == "0"


def test_control_without_the_count_the_whole_list_goes_out_page_by_page(fresh, monkeypatch):
    _short(fresh)
    monkeypatch.setattr("guitu.web.api.doing.counted", lambda _request, answer: answer)
    caller = Caller(token_of(fresh, machine_post(fresh, PRISON, "PRISON_LIAISON"), "PREPARE_RETURN"))
    assert len(caller.whole("/journeys", limit=SOME)) > SOME


def test_only_a_token_of_the_interface_counts_and_only_persons_in_sight_are_named(fresh):
    foreign = fresh.persons[AT_FOREIGN]
    post = machine_post(fresh, COUNTY, "COUNTY_OFFICER")
    token = token_of(fresh, post, "RECEIVE_RETURN")
    with fresh.role("guitu_app") as door:
        door.execute(
            "SELECT set_config('guitu.token', %s, false), set_config('guitu.purpose', 'RECEIVE_RETURN', false)",
            (token,),
        )
        with pytest.raises(psycopg.Error) as unknown:
            door.execute("SELECT * FROM access_hand_out(%s)", ([foreign],))
    assert unknown.value.sqlstate == "GU005"
    with fresh.acting("county"), transaction.atomic(), pytest.raises(DatabaseError) as refused:
        api_tokens.hand_out([foreign])
    assert refused.value.__cause__.sqlstate == "GU006"


def test_the_interface_tells_no_more_than_an_export_needs_two_for_of_roles_that_export(fresh):
    limits, alone = interface_limits().persons, export_rules().alone
    assert set(limits) == set(alone)
    with fresh.role("guitu_owner") as door:
        for role in ROLES:
            told = door.execute("SELECT most, within FROM access_interface_most(%s)", (role,)).fetchone()
            assert told == (limits.get(role, 0), interface_limits().persons_within)
            may = door.execute(
                "SELECT EXISTS (SELECT 1 FROM access_permission WHERE role = %s AND action = 'interface:read')", (role,)
            ).fetchone()[0]
            assert may is (role in limits)
