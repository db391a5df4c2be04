"""Persons on the way for tests of their own sign-in: registered by the prison, some with the county, all invented."""

import uuid
from datetime import UTC, date, datetime

from guitu.access import person_codes
from guitu.access.acting import actor
from guitu.access.person_codes import IssuedCode
from guitu.people import queries as persons
from guitu.prison import operations as prison
from guitu.rulebook.sign_in import person_sign_in
from guitu.web.clock import now
from tests.factories import rosters

AT = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
NAMES = ("沈望舒", "陆青禾", "苏听澜")


def three(house) -> dict[str, uuid.UUID]:
    """Three persons of the prison, by name."""
    rows = [
        rosters.row(name, release=date(2026, 9, 20), order=str(101 + 2 * place)) for place, name in enumerate(NAMES)
    ]
    with house.acting("prison"):
        prison.import_roster(rosters.workbook(*rows), file_name="释放名册.xlsx", today=AT.date(), at=AT)
    with house.role("guitu_owner") as door:
        return {row[0]: row[1] for row in door.execute("SELECT name, id FROM people_person").fetchall()}


def issue(house, person_id: uuid.UUID, login: str = "prison", **more: object) -> IssuedCode:
    """A code issued by this post, just now unless `at` says otherwise."""
    with house.acting(login):
        told = {"at": now(), "code_id": uuid.uuid4(), "division": actor().session.division, **more}
        return person_codes.issue_code(person_id, rules=person_sign_in(), **told)


def number_of(house, person_id: uuid.UUID) -> str:
    """The printed number."""
    with house.role("guitu_owner") as door:
        return door.execute("SELECT number FROM people_person WHERE id = %s", (person_id,)).fetchone()[0]


def mandate(house, person_id: uuid.UUID, *, scope: str, to_at: datetime, from_at: datetime = AT) -> uuid.UUID:
    """A mandate recorded by the prison; returns its id."""
    mandate_id = uuid.uuid4()
    with house.acting("prison"):
        person_codes.record_mandate(
            person_id,
            mandate_id=mandate_id,
            division=actor().session.division,
            name="沈慕白",
            relation="11",
            scope=scope,
            document="委托书 2026-1",
            from_at=from_at,
            to_at=to_at,
            at=AT,
        )
    return mandate_id


__all__ = ["AT", "NAMES", "issue", "mandate", "number_of", "persons", "three"]
