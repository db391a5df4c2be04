"""Packs over the national rulebook: proved before they are stored, never edited, in force at once, refused whole."""

import uuid
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import transaction

from guitu.access import dual_changes
from guitu.access.operations import NotAllowed
from guitu.access.rule_packs import PackLoadedAlready, PackNameTaken, active_book, packs_listed
from guitu.rulebook import RulebookError
from tests.factories.packs import proposed, put_in_force

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)

YEAR_2027 = """
id: YEAR-2027
zh: 2027年放假安排（测试用，虚构）
en: Holidays of 2027 (invented for a test)
jurisdiction: CN
sources: []
rules: []
calendars:
  - year: 2027
    source: {document: 测试文件, date: 2026-11-20, zh: 虚构的放假通知}
    holidays:
      - {zh: 元旦, en: New Year, from: 2027-01-01, to: 2027-01-08}
    working_weekends: [2027-01-10]
    verified: false
    checked_on: 2026-11-20
"""


def test_a_loaded_year_is_in_force_for_the_next_question(house):
    with house.acting("system"), transaction.atomic():
        before = active_book().due("RS-17", date(2026, 12, 31))
    put_in_force(house, "2027.yaml", YEAR_2027, at=AT)
    with house.acting("system"), transaction.atomic():
        after = active_book().due("RS-17", date(2026, 12, 31))
    assert before.provisional
    assert before.statutory.due_on == date(2027, 1, 7)
    # The seventh day, 7 January, is in the invented holiday; the 9th is a Saturday; Sunday the 10th is a working day.
    assert not after.provisional
    assert after.statutory.due_on == date(2027, 1, 10)


def test_an_unreadable_pack_is_refused_whole_and_the_old_rulebook_goes_on(house):
    with house.acting("system"), transaction.atomic():
        before = active_book().sha256
    with pytest.raises(RulebookError, match=r"broken\.yaml"):
        proposed(house, "broken.yaml", YEAR_2027.replace("holidays:", "hollidays:"), at=AT)
    with house.acting("system"), transaction.atomic():
        assert active_book().sha256 == before
        assert packs_listed() == []


PROVINCE = """
id: P-910000
zh: 示范省
en: Model Province
jurisdiction: "910000"
sources: [{id: LOCAL-91, zh: 示范省细则, en: Local rules, document: 示司〔2026〕1号, in_force_from: 2026-01-01,
  in_force_to: null, verified: false, checked_on: 2026-11-20}]
rules:
  - {id: CC-INV-03, standing: local, evidence: P, verified: false, checked_on: 2026-11-22,
     basis: [{source: LOCAL-91, article: "7"}],
     values: [{from: 2027-01-01, to: null, statutory: {value: 12, unit: working_day}}]}
calendars: []
"""


def test_a_pack_that_lengthens_an_organs_clock_is_refused(house):
    with pytest.raises(RulebookError):
        proposed(house, "province.yaml", PROVINCE, at=AT)
    put_in_force(house, "province.yaml", PROVINCE.replace("value: 12", "value: 8"), at=AT)


def test_the_same_text_is_not_loaded_twice_and_a_name_is_borne_by_one(house):
    put_in_force(house, "2027.yaml", YEAR_2027, at=AT)
    with pytest.raises(PackLoadedAlready):
        proposed(house, "again.yaml", YEAR_2027, at=AT)
    with pytest.raises(PackNameTaken):
        proposed(house, "2027.yaml", PROVINCE.replace("value: 12", "value: 8"), at=AT)


def test_a_corrected_year_replaces_the_first_and_both_stay_readable(house):
    put_in_force(house, "2027.yaml", YEAR_2027, at=AT)
    with house.acting("system"), transaction.atomic():
        first = packs_listed()[0]
    put_in_force(house, "2027.yaml", YEAR_2027.replace("2027-01-08", "2027-01-03"), at=AT, replaces=first.id)
    with house.acting("system"), transaction.atomic():
        assert sorted(pack.replaced for pack in packs_listed()) == [False, True]
        assert active_book().due("RS-17", date(2026, 12, 31)).statutory.due_on == date(2027, 1, 7)


def test_an_officer_proposes_no_pack(house):
    with house.acting("county"), pytest.raises(NotAllowed):
        dual_changes.propose_pack(uuid.uuid4(), name="2027.yaml", text=YEAR_2027, words="装载", replaces=None, at=AT)


def test_a_loaded_pack_cannot_be_edited_even_by_the_owner_nor_put_there_by_the_application(house):
    put_in_force(house, "2027.yaml", YEAR_2027, at=AT)
    with house.role("guitu_owner") as door, pytest.raises(psycopg.Error) as refusal:
        door.execute("UPDATE access_rule_pack SET text = ''")
    assert refusal.value.sqlstate == "GU010"
    with house.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("INSERT INTO access_rule_pack SELECT * FROM access_rule_pack")
