"""Units of a real installation come from a file: checked as a whole, taken in as a whole, twice for nothing."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from guitu.access import queries
from guitu.access.establishing import unit_id
from guitu.access.unit_files import check_units
from guitu.rulebook.divisions import Divisions, fictional_province
from tests.conftest import ROOT
from tests.factories.units import COUNTY, OTHER_CITY, POLICE, SIBLING_COUNTY, SIBLING_POLICE, TOWNSHIP

DIVISIONS = Divisions.load().extended(fictional_province().divisions)
ON = date(2026, 9, 1)
HEADER = "code,kind,name,name_en,parent,division,phone,latitude,longitude,opening_hours,from_on,to_on,successor\n"
P = "P1,province,甲省司法厅,Department A,,910000,0000-5550001,1.5,2.5,mon-fri 09:00-17:00,2020-01-01,,\n"
C = "C1,city,甲市司法局,Bureau A,P1,910100,,,,,2020-01-01,,\n"
X = "X1,county,甲县司法局,County A,C1,910121,,,,,2020-01-01,,\n"
Y = "Y1,county,乙县司法局,County B,C1,910122,,,,,2020-01-01,,\n"
NEW_OFFICE = (
    f"910121200000,judicial_office,桦埠乡司法所,Huabu Township Judicial Office,{COUNTY},910121200,0000-5550237,1.0,1.0,"
    "mon-sat 08:30-12:00,2026-01-05,,\n"
)


POLICE_MOVED = (
    f"{SIBLING_POLICE},police,望舒区公安局,Wangshu District Police,{SIBLING_COUNTY},919930001,0000-5550100,,,,"
    f"2026-01-01,2026-03-01,{POLICE}\n"
)


def checked(*rows: str, name: str = "units.csv", header: str = HEADER):
    return check_units((header + "".join(rows)).encode(), name, {}, DIVISIONS, on=ON)


def told(*rows: str, **more) -> list[tuple[int, str]]:
    found = checked(*rows, **more)
    for problem in found.problems:
        assert all([problem.message_zh, problem.message_en, problem.remedy_zh, problem.remedy_en])
    return [(problem.row, problem.field) for problem in found.problems]


def test_a_file_in_order_is_read_with_superiors_first() -> None:
    found = checked(X, C, P)
    assert found.problems == ()
    assert [row.code for row in found.rows] == ["P1", "C1", "X1"]
    assert (found.rows[2].division, found.rows[2].division_end) == ("910121000000", "910122000000")


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([P, C.replace("910100", "91O100")], (3, "division")),
        ([P, C.replace("city", "citadel")], (3, "kind")),
        ([P, C.replace("甲市司法局", "")], (3, "name")),
        ([P, C.replace("P1", "P9")], (3, "parent")),
        ([P, C, X.replace("C1", "P1")], (4, "division")),
        ([P, C, X.replace("910121", "910221")], (4, "division")),
        ([P, C, X, X.replace("X1", "Z1")], (4, "division")),
        ([P, C, X, X], (5, "code")),
        ([P.replace("mon-fri 09:00-17:00", "nine to five")], (2, "opening_hours")),
        ([P.replace("1.5", "91.5")], (2, "latitude")),
        ([P.replace("1.5", "")], (2, "longitude")),
        ([P.replace("2020-01-01", "1.1.2020")], (2, "from_on")),
        ([P, C.replace("2020-01-01,,", "2020-01-01,2026-03-01,")], (3, "successor")),
        ([P, C, X.replace("2020-01-01,,", "2020-01-01,2026-03-01,Y1"), Y], None),
        ([P, C, X.replace("2020-01-01,,", "2020-01-01,2026-03-01,C1"), Y], (4, "successor")),
        ([P, C, X.replace("2020-01-01,,", "2020-01-01,2027-03-01,Y1"), Y], (4, "to_on")),
        ([P, C.replace("2020-01-01,,", "2020-01-01,,P1")], (3, "successor")),
        ([P, C, X.replace("910121", "910199")], (4, "division")),
    ],
)
def test_each_problem_names_row_and_field(rows, wrong) -> None:
    found = told(*rows)
    assert (wrong in found) if wrong else found == []


def test_a_county_of_an_abolished_division_is_refused_with_what_became_of_it() -> None:
    old = "X9,county,崇文区司法局,Chongwen Bureau,B1,110103,,,,,2020-01-01,,\n"
    found = checked("B1,province,北京市司法局,Beijing,,110000,,,,,2020-01-01,,\n", old)
    assert [(problem.field, "110101" in problem.message_zh) for problem in found.problems] == [("division", True)]


def test_yaml_does_the_same_and_strange_columns_are_named() -> None:
    text = (
        "units:\n- {code: P1, kind: province, name: 甲省司法厅, name_en: A, division: '910000', from_on: 2020-01-01}\n"
    )
    assert check_units(text.encode(), "units.yaml", {}, DIVISIONS, on=ON).problems == ()
    strange = check_units(text.replace("division", "region").encode(), "units.yaml", {}, DIVISIONS, on=ON)
    assert [problem.field for problem in strange.problems] == ["region"]
    assert told(P, header=HEADER.replace("kind", "sort")) == [(0, "sort"), (0, "kind")]
    assert [one.row for one in check_units(b"\xff\xfe", "units.csv", {}, DIVISIONS, on=ON).problems] == [0]


@pytest.fixture
def verb(house, tmp_path: Path):
    """Runs ``access units …`` on a file with these rows; returns the exit code and what it tells."""

    def run(what: str, *rows: str) -> tuple[int, dict]:
        file = tmp_path / "units.csv"
        file.write_text(HEADER + "".join(rows), encoding="utf-8")
        environment = os.environ | {
            "GUITU_DB_NAME": house.database,
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "guitu.settings.test",
        }
        command = [sys.executable, "-m", "guitu.web.command_line", "access", "units", what, str(file), "--json"]
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
        assert made.stdout, made.stderr
        return made.returncode, json.loads(made.stdout)

    return run


def changes(house) -> list[str]:
    with house.role("guitu_owner") as door:
        return [row[0] for row in door.execute("SELECT what FROM access_change ORDER BY at, what").fetchall()]


def test_a_file_founds_changes_and_is_taken_twice_for_nothing(house, verb) -> None:
    assert verb("check", NEW_OFFICE) == (0, {"file": "units.csv", "rows": 1, "problems": []})
    assert changes(house) == []
    code, answer = verb("load", NEW_OFFICE)
    assert (code, answer["founded"], answer["unchanged"]) == (0, ["910121200000"], 0)
    code, answer = verb("load", NEW_OFFICE)
    assert (code, answer["founded"], answer["changed"], answer["unchanged"]) == (0, [], [], 1)
    code, answer = verb("load", NEW_OFFICE.replace("0000-5550237", "0000-5550238"))
    assert (code, answer["changed"]) == (0, ["910121200000"])
    assert changes(house) == ["UNIT_FOUNDED", "UNIT_CHANGED"]
    with house.role("guitu_app") as door:
        row = door.execute(
            "SELECT phone, opening_hours, latitude FROM access_unit WHERE code = '910121200000'"
        ).fetchone()
    assert (row[0], row[1], float(row[2])) == ("0000-5550238", "mon-sat 08:30-12:00", 1.0)


def test_one_wrong_row_and_nothing_is_written(house, verb) -> None:
    code, answer = verb("load", NEW_OFFICE, NEW_OFFICE.replace("910121200", "910122200", 1))
    assert code == 1
    assert [problem["field"] for problem in answer["problems"]]
    assert changes(house) == []


def test_an_ended_office_ends_its_posts_and_sessions_and_leads_to_its_successor(house, verb) -> None:
    session = queries.session_of(house.token("sibling"))
    ended = (
        f"{SIBLING_COUNTY},county,望舒区司法局,Wangshu District Justice Bureau,910100000000,910122,0000-5550100,,,,"
        f"2026-01-01,2026-03-01,{COUNTY}\n"
    )
    with house.acting("prison"), transaction.atomic():
        assert queries.receiving_county("910122000000").id == unit_id(SIBLING_COUNTY)
    code, answer = verb("load", POLICE_MOVED, ended)
    assert (code, set(answer["ended"])) == (0, {SIBLING_COUNTY, SIBLING_POLICE}), answer
    with pytest.raises(queries.SessionEnded):
        queries.session_of(session.token)
    with house.acting("prison"), transaction.atomic():
        assert queries.receiving_county("910122000000").id == unit_id(COUNTY)
    assert set(changes(house)) == {"POST_ENDED", "UNIT_ENDED"}
    code, answer = verb("load", ended.replace(f"2026-03-01,{COUNTY}", ","))
    assert (code, {problem["field"] for problem in answer["problems"]}) == (1, {"to_on"})


def test_a_unit_with_living_units_below_it_does_not_end(house, verb) -> None:
    ended = (
        f"{COUNTY},county,青榆县司法局,Qingyu County Justice Bureau,910100000000,910121,0000-5550100,,,,"
        f"2026-01-01,2026-03-01,{SIBLING_COUNTY}\n"
    )
    code, answer = verb("load", ended)
    assert code == 1
    assert any(TOWNSHIP in problem["message_zh"] for problem in answer["problems"])


def test_a_known_unit_keeps_kind_and_division(house, verb) -> None:
    moved = f"{SIBLING_COUNTY},county,望舒区司法局,W,{OTHER_CITY},910229,,,,,2026-01-01,,\n"
    code, answer = verb("check", moved)
    assert code == 1
    assert "division" in {problem["field"] for problem in answer["problems"]}


def test_not_even_the_owner_ends_a_unit_without_a_successor(house) -> None:
    import psycopg

    with house.role("guitu_owner") as door, pytest.raises(psycopg.errors.CheckViolation) as refusal:
        door.execute("UPDATE access_unit SET to_at = clock_timestamp() WHERE code = %s", (COUNTY,))
    assert "access_unit_succeeded" in str(refusal.value)
