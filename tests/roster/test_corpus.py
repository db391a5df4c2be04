"""Every messy roster of the corpus is reported exactly as its generator knows it must be."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from guitu.prison.roster import RosterRefusedError, check_roster
from guitu.prison.roster.catalogue import catalogue
from tests.roster.corpus_containers import changed_package
from tests.roster.corpus_generator import corpus
from tests.roster.corpus_tables import BASE, TODAY, Roster, Table, xlsx

CORPUS = corpus()
READ = [roster for roster in CORPUS if not roster.expected.refused]
REFUSED = [roster for roster in CORPUS if roster.expected.refused]


def _named(roster: Roster) -> str:
    return roster.name


@pytest.mark.parametrize("roster", READ, ids=_named)
def test_each_row_and_each_problem_is_reported_as_planted(roster: Roster) -> None:
    report = check_roster(roster.data, roster.file_name, today=TODAY, mapping=roster.mapping)
    found = Counter((p.sheet, p.row, p.column, p.field, p.code) for p in report.problems)
    assert found == Counter(roster.expected.problems)
    rows = [(row.sheet, row.row, row.result, dict(row.fields)) for row in report.rows]
    assert rows == sorted(roster.expected.rows, key=lambda row: [sheet.name for sheet in report.sheets].index(row[0]))
    assert [sheet.name for sheet in report.sheets if not sheet.read] == roster.expected.unread_sheets


@pytest.mark.parametrize("roster", REFUSED, ids=_named)
def test_a_file_that_must_not_be_read_is_refused_with_its_reason(roster: Roster) -> None:
    with pytest.raises(RosterRefusedError) as caught:
        check_roster(roster.data, roster.file_name, today=TODAY)
    assert caught.value.code == roster.expected.refused
    refused = caught.value.as_json()["refused"]
    assert all(refused.values())
    assert set(refused) == {"code", "message_zh", "message_en", "remedy_zh", "remedy_en"}


# Refusals of the command line that concern the post and not the file: tests/roster/test_roster_in_a_post.py.
OF_THE_POST = {"POST_MAY_NOT", "NO_DATABASE", "PURPOSE_NOT_ALLOWED", "POST_NOT_IN_OFFICE"}


def test_the_corpus_plants_every_code_that_a_file_alone_can_cause() -> None:
    planted = {code for roster in READ for *_, code in roster.expected.problems}
    elsewhere = {"IDENTITY_PENDING", "NEAR_MATCH", "FILE_TAKEN_IN_BEFORE", "ID_FICTIONAL", "ID_DATE", "BIRTH_IN_FUTURE"}
    elsewhere |= {"SHEET_OF_ANOTHER_UNIT"}
    assert planted | elsewhere == set(catalogue().problems)
    of_a_post = {"SHEET_NOT_FOUND", "ROSTER_OF_ANOTHER_UNIT", *OF_THE_POST}
    assert {roster.expected.refused for roster in REFUSED} | of_a_post == set(catalogue().refusals)
    assert len(READ) >= 44


def test_the_generator_imports_nothing_of_the_intake() -> None:
    for path in Path(__file__).parent.glob("corpus_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith("guitu") for name in names), path.name


def test_a_refusal_in_english_holds_no_chinese() -> None:
    for roster in REFUSED:
        with pytest.raises(RosterRefusedError) as caught:
            check_roster(roster.data, roster.file_name, today=TODAY)
        assert caught.value.message_en.isascii() or "×" in caught.value.message_en


def test_a_part_that_unpacks_to_more_than_it_says_is_not_believed() -> None:
    good = xlsx(Table(2))
    lying = bytearray(changed_package(good, {}, add={"xl/media/picture.bin": b"\0" * 5_000_000}))
    at = lying.rindex(b"PK\x01\x02")  # the last entry of the directory is the picture
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(RosterRefusedError) as caught:
        check_roster(bytes(lying), today=TODAY)
    assert caught.value.code in {"FILE_DAMAGED", "INFLATION"}


def test_a_mapping_to_an_unknown_field_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        check_roster(xlsx(Table(1)), today=TODAY, mapping={"鞋码": "shoe_size"})


def test_numbers_of_the_demonstration_are_reported_where_they_are_not_allowed() -> None:
    report = check_roster(xlsx(Table(1)), today=TODAY, fictional_allowed=False)
    assert [problem.code for problem in report.problems] == ["ID_FICTIONAL"]


def test_sending_the_used_mapping_back_reads_the_same_columns() -> None:
    table = Table(2, headings=[*BASE[:6], "刑期止"])
    first = check_roster(xlsx(table), today=TODAY, mapping={"刑期止": "release_date"})
    again = check_roster(xlsx(table), today=TODAY, mapping=first.sheets[0].mapping)
    assert again.rows == first.rows
    assert first.sheets[0].mapping["刑期止"] == "release_date"
