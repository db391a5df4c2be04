"""``roster check`` and ``roster import`` in a post: what they print, write, leave behind and refuse."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from guitu.access.establishing import post_id
from guitu.prison import operations as prison
from guitu.web.command_line.roster import app
from tests.factories import rosters
from tests.factories.units import PRISON

RELEASE = date(2050, 12, 14)
POST = f"prison:{PRISON}:PRISON_LIAISON"
FIRST = rosters.row("陈柏舟", release=RELEASE)
SECOND = rosters.row("林见秋", release=RELEASE, order="117", born="19900101")


def told(*arguments):
    """Exit code and answer of one verb."""
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    return result.exit_code, json.loads(result.output)


def in_post(path, verb="import", post=POST, purpose="PREPARE_RETURN"):
    return told(verb, path, "--as", post, "--purpose", purpose)


@pytest.fixture
def file(tmp_path):
    def write(*rows):
        path = tmp_path / "名册.xlsx"
        path.write_bytes(rosters.workbook(*rows))
        return path

    return write


@pytest.fixture(autouse=True)
def operator(house, monkeypatch):
    """The database is that of the house, and the operator is called wang."""
    monkeypatch.setenv("GUITU_DB_HOST", house.server.host)
    monkeypatch.setattr("getpass.getuser", lambda: "wang")


def rows_of(house, select):
    with house.role("guitu_owner") as door:
        return door.execute(select).fetchall()


def test_an_import_writes_and_prints_the_report_in_its_fixed_shape(house, file):
    code, report = in_post(file(FIRST, SECOND))
    assert code == 0
    assert set(report) == {"file", "counts", "missing", "rows", "problems"}
    assert set(report["file"]) == {"sha256", "sheets"}
    assert report["counts"] == {"accepted": 2, "to_correct": 0, "to_decide": 0, "changed": 0, "unchanged": 0}
    assert rows_of(house, "SELECT name FROM people_person ORDER BY name_sort") == [("陈柏舟",), ("林见秋",)]


def test_the_same_file_again_changes_nothing(house, file):
    path = file(FIRST)
    in_post(path)
    before = rows_of(house, "SELECT count(*) FROM ledger_entry")
    code, report = in_post(path)
    assert (code, report["counts"]["unchanged"]) == (0, 1)
    assert rows_of(house, "SELECT count(*) FROM ledger_entry") == before


def test_a_check_compares_with_the_files_held_and_writes_nothing(house, file):
    in_post(file(FIRST, SECOND))
    moved = rosters.row("陈柏舟", release=date(2051, 1, 20))
    code, report = in_post(file(moved), verb="check")
    assert code == 0
    assert (report["counts"]["accepted"], report["counts"]["changed"]) == (1, 1)
    assert [one["name"] for one in report["missing"]] == ["林见秋"]
    assert set(report["missing"][0]) == {"person", "name", "release_on"}
    assert rows_of(house, "SELECT DISTINCT release_on FROM journeys_journey") == [(RELEASE,)]


def test_a_row_to_decide_exits_with_one(file):
    in_post(file(FIRST))
    code, report = in_post(file(rosters.row("陈柏舟", release=RELEASE, order="119")))
    assert (code, report["counts"]["to_decide"]) == (1, 1)
    assert [problem["code"] for problem in report["problems"]] == ["NEAR_MATCH"]


def test_without_a_post_nothing_is_compared_and_nobody_acts(house, file):
    in_post(file(FIRST))
    lines = rows_of(house, "SELECT count(*) FROM access_trace")
    code, report = told("check", file(FIRST))
    assert (code, report["counts"]["unchanged"]) == (0, 0)
    assert rows_of(house, "SELECT count(*) FROM access_trace") == lines


def test_it_leaves_a_sign_in_that_names_the_operator_and_a_trace_under_the_post(house, file):
    in_post(file(FIRST), post=str(post_id("prison", PRISON, "PRISON_LIAISON")))
    signed = rows_of(
        house, "SELECT s.outcome, s.address, a.login FROM access_sign_in s JOIN access_account a ON a.id = s.account_id"
    )
    assert signed == [("SUCCEEDED", "command line: wang", "prison")]
    asked = rows_of(
        house,
        "SELECT t.action, t.outcome, t.purpose, p.role FROM access_trace t JOIN access_post p ON p.id = t.post_id"
        " WHERE t.action NOT LIKE 'impact:%'",  # the assessments with which the house was founded
    )
    assert asked == [("roster:import", "ALLOWED", "PREPARE_RETURN", "PRISON_LIAISON")]
    assert rows_of(house, "SELECT count(*) FROM access_session WHERE ended_at IS NULL") == [(0,)]


REFUSED = {
    "a post that nobody holds": ({"post": f"prison:{PRISON}:COUNTY_OFFICER"}, "POST_NOT_IN_OFFICE"),
    "words that name no post": ({"post": "prison"}, "POST_NOT_IN_OFFICE"),
    "a purpose of another role": ({"purpose": "RECEIVE_RETURN"}, "PURPOSE_NOT_ALLOWED"),
    "a role that imports no rosters": (
        {"post": "county:910121000000:COUNTY_OFFICER", "purpose": "RECEIVE_RETURN"},
        "POST_MAY_NOT",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("verb", ["check", "import"])
def test_it_is_refused_to(house, file, what, verb):
    given, code = REFUSED[what]
    exit_code, answer = in_post(file(FIRST), verb=verb, **given)
    assert (exit_code, answer["refused"]["code"]) == (2, code)
    assert len(answer["file"]["sha256"]) == 64
    assert rows_of(house, "SELECT count(*) FROM people_person") == [(0,)]


def test_an_old_file_sent_again_says_that_it_would_put_old_values_back(file):
    path = file(FIRST)
    old = path.read_bytes()
    assert in_post(path)[0] == 0
    assert in_post(file(rosters.row("陈柏舟", release=date(2050, 12, 20))))[0] == 0  # control: newer, and no word
    path.write_bytes(old)

    code, report = in_post(path, verb="check")

    (problem,) = report["problems"]
    assert (code, problem["code"], problem["row"]) == (1, "FILE_TAKEN_IN_BEFORE", 0)
    assert "1人" in problem["message_zh"]
    assert (report["counts"]["accepted"], report["counts"]["changed"]) == (1, 1)


def test_a_refused_post_leaves_its_line(house, file):
    in_post(file(FIRST), purpose="RECEIVE_RETURN")
    assert rows_of(house, "SELECT outcome, address FROM access_sign_in") == [("REFUSED", "command line: wang")]


def test_a_refused_file_exits_with_two_also_in_a_post(file):
    path = file(FIRST)
    path.write_bytes(b"%PDF-1.7 and more")
    code, answer = in_post(path)
    assert (code, answer["refused"]["code"]) == (2, "NOT_A_SPREADSHEET")


def test_a_post_without_a_purpose_is_wrong_usage(file):
    result = CliRunner().invoke(app, ["check", str(file(FIRST)), "--as", POST])
    assert result.exit_code != 0
    assert "--purpose" in result.output


def test_without_a_database_it_says_so(file, monkeypatch):
    monkeypatch.delenv("GUITU_DB_HOST")
    code, answer = in_post(file(FIRST))
    assert (code, answer["refused"]["code"]) == (2, "NO_DATABASE")


def test_a_real_installation_reports_fictional_numbers(file, monkeypatch):
    assert told("check", file(FIRST))[0] == 0  # control: a demonstration knows them
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
    code, report = told("check", file(FIRST))
    assert code == 1
    assert {problem["code"] for problem in report["problems"]} & {"ID_FICTIONAL", "ID_DIVISION"}


def test_the_command_and_the_page_tell_the_same(house, file):
    path = file(FIRST, SECOND)
    _, printed = in_post(path, verb="check")
    with house.acting("prison"):
        found = prison.check(path.read_bytes(), file_name=path.name, today=date(2026, 9, 1))
    assert printed == json.loads(json.dumps(found.report.as_json(show_values=False)))
