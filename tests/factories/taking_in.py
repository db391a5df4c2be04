"""A prison takes a roster in, as most tests of what follows begin."""

from datetime import UTC, date, datetime

from guitu.prison import operations as prison
from guitu.prison.operations import Imported
from tests.factories import rosters

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)


def take_in(
    house, *rows: tuple[object, ...], login: str = "prison", today: date = TODAY, at: datetime = AT
) -> Imported:
    """What the import of a file with these rows did."""
    with house.acting(login):
        return prison.import_roster(rosters.workbook(*rows), file_name="名册.xlsx", today=today, at=at)
