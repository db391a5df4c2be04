"""A prison's rows that are near a held person, and the questions they raise."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.people import questions
from tests.factories import rosters

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
LATER, MUCH_LATER = AT + timedelta(hours=2), AT + timedelta(days=1)
TODAY = date(2026, 9, 1)
RELEASE, MOVED = date(2026, 12, 14), date(2027, 1, 20)
HELD = rosters.row("陈柏舟", release=RELEASE)
NUMBER_AT = 3


def numbered(row, number):
    """The row with another document number."""
    return (*row[:NUMBER_AT], number, *row[NUMBER_AT + 1 :])


def short(number):
    """The 15-digit form of an 18-digit number."""
    return number[:6] + number[8:17]


def open_questions(house, login="prison", *, own=True):
    with house.acting(login), transaction.atomic():
        return questions.listed(own_unit_only=own, decided=False, first=0, most=50)[0]


def journeys_of(house, login="prison"):
    with house.acting(login), transaction.atomic():
        return roads.queue("sending", roads.Filters(states=("expected",)), now=AT, first=0, most=50)[0]


def acts_of(house, person_id, login="prison"):
    with house.acting(login), transaction.atomic():
        return [line.act for line in ledger.of_person(person_id)]


def rows_of(house, table):
    with house.role("guitu_owner") as door:
        return door.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
