"""Set-wise writing: the statements of an import do not grow with its rows, and each kind of value arrives as sent."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from guitu.access.database.compiler import as_text
from guitu.access.operations import ask
from guitu.people import operations as people
from guitu.people import queries as persons
from guitu.people.models import Responsibility
from guitu.prison import operations as prison
from tests.factories import rosters

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
LATER, BEFORE = AT + timedelta(days=1), AT - timedelta(days=1)
TODAY = date(2026, 9, 1)
RELEASE = date(2026, 12, 14)
MOST = 40
NAMES = "柏舟见秋知夏望冬春风以宁砚清岳川"


def row(one, **given):
    """The row of one of many persons, no two with one number, name or birth date."""
    born = f"{date(1960, 1, 1) + timedelta(days=one * 17):%Y%m%d}"
    name = "陈" + NAMES[one % 16] + NAMES[one // 16 % 16]
    return rosters.row(name, **{"release": RELEASE, "order": "115", "born": born, **given})


def take_in(house, rows, at):
    with house.acting("prison"), CaptureQueriesContext(connection) as seen:
        taken = prison.import_roster(rosters.workbook(*rows), file_name="名册.xlsx", today=TODAY, at=at)
    return taken.comparison, len(seen)


def test_an_import_of_500_rows_takes_at_most_forty_statements(house):
    found, statements = take_in(house, [row(one) for one in range(500)], AT)
    assert len(found.new) == 500
    assert statements <= MOST


def test_newer_values_of_500_rows_take_at_most_forty_statements(house):
    rows = [row(one) for one in range(500)]
    take_in(house, rows, AT)
    found, statements = take_in(house, [(*one[:6], "抢劫罪", *one[7:]) for one in rows], LATER)
    assert len(found.changed) == 500
    assert statements <= MOST


def test_control_one_statement_a_row_would_be_noticed(house):
    with house.acting("prison"), transaction.atomic(), CaptureQueriesContext(connection) as seen:
        for _ in range(MOST + 1):
            persons.find("陈", most=1)
    assert len(seen) > MOST


def test_newer_values_end_the_older_ones_and_the_lists_follow(house):
    take_in(house, [row(0), row(1)], AT)
    with house.acting("prison"), transaction.atomic():
        one, two = (found.id for found in persons.find("陈", most=5))
        people.update_many(
            [
                people.Newer(one, {"name": "陈改", "sex": "2"}, ("陈改", "2", None)),
                people.Newer(two, {"offence": "诈骗罪"}),
            ],
            source="桐岭监狱",
            at=LATER,
        )
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("person:open", [one, two])
        file, other = persons.file_of(one), persons.file_of(two)
        assert (file.name, file.sex, file.birth_date) == ("陈改", "2", None)
        assert (file.items["name"].value, file.items["name"].collected_at) == ("陈改", LATER)
        assert other.items["offence"].value is None  # sealed, and open only when asked for
        assert persons.reveal(two, "offence") is None  # asked for by nobody yet
        assert ask("person:reveal", [two], seen=["offence"]) == "ALLOWED"
        assert persons.reveal(two, "offence") == "诈骗罪"
        assert [found.id for found in persons.find("chengai", most=5)] == [one]
    with house.role("guitu_owner") as door:
        ended = "SELECT count(*) FROM people_fact WHERE to_at = %s"
        assert door.execute(ended, (LATER,)).fetchone() == (3,)


def test_a_value_says_when_it_is_to_be_checked_again_unless_it_lasts(house):
    take_in(house, [row(0)], AT)
    with house.acting("prison"), transaction.atomic(durable=True):
        one = persons.find("陈", most=1)[0].id
        ask("person:open", [one])
        items = persons.file_of(one).items
    assert items["household_region"].review_on == date(2027, 9, 1)
    assert items["key_dates"].review_on == date(2026, 12, 1)
    assert items["birth_date"].review_on is None


@pytest.mark.parametrize(
    "period",
    [Range(AT, None, "[)"), Range(AT, LATER, "[)"), Range(AT, LATER, "(]")],
    ids=str,
)
def test_a_range_sent_with_many_rows_comes_back_as_it_was(house, period):
    take_in(house, [row(0), row(1)], AT)
    with house.acting("prison"), transaction.atomic():
        held = list(Responsibility.objects.order_by("id"))
        Responsibility.objects.filter(id__in=[one.id for one in held]).update(period=Range(BEFORE, AT, "[)"))
        for one in held:
            one.id, one.period = uuid.uuid4(), period
            one.reason = '陈"柏\\舟'
        Responsibility.objects.bulk_create(held)
        found = Responsibility.objects.filter(id__in=[one.id for one in held])
        assert {(one.period, one.reason) for one in found} == {(period, '陈"柏\\舟')}
        transaction.set_rollback(True)


def test_a_value_that_cannot_be_carried_is_refused():
    with pytest.raises(TypeError):
        as_text(object())
