"""One person of the fictional prison, on the way home."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from guitu.access.operations import ask
from guitu.journeys import queries as roads
from guitu.papers import queries, reading
from guitu.prison import operations as prison
from tests.factories import rosters

AT = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
RELEASE = date(2026, 12, 14)


def look(document_id) -> None:
    """The line of the look, as the pages leave it before anything is opened."""
    persons = [one for one in queries.persons_of([document_id]).values() if one]
    ask("paper:read", persons, seen=reading.items_in(document_id))


@pytest.fixture
def take_in(house):
    """Take persons in by a roster of the prison; returns their ids by name."""

    def taken(*names: str, kind: str = "刑满释放") -> dict[str, uuid.UUID]:
        rows = [
            rosters.row(name, release=RELEASE, order=str(101 + 2 * place), kind=kind)
            for place, name in enumerate(names)
        ]
        with house.acting("prison"):
            prison.import_roster(rosters.workbook(*rows), file_name="名册.xlsx", today=AT.date(), at=AT)
            with transaction.atomic():
                tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=100)
        return {task.person_name: task.person_id for task in tasks}

    return taken


@pytest.fixture
def person(take_in) -> uuid.UUID:
    """One person taken in."""
    return take_in("陈柏舟")["陈柏舟"]
