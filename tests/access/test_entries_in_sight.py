"""That something was done, by which unit and when, is known to who sees what was done, and to nobody else."""

import uuid

import psycopg
import pytest
from django.db import connection, transaction

from guitu.access.establishing import unit_id
from guitu.ledger.proving import vouched_for
from guitu.ledger.queries import is_recorded
from guitu.rights import complaints
from tests.factories.units import PRISON
from tests.roads.test_a_sealed_file import as_application
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT, SENT

ACT = "rights:complaint:made"
POSTS = (("prison", "PREPARE_RETURN"), ("county", "RECEIVE_RETURN"), ("province", "SUPERVISE_LINKAGE"))


@pytest.fixture
def complained(fresh):  # noqa: F811
    event = uuid.uuid4()
    with fresh.acting("person"):
        complaints.complain(fresh.persons[SENT], about=unit_id(PRISON), words="不公", event_id=event, at=MOMENT)
    return fresh, event


def acts(door) -> set[str]:
    return {row[0] for row in door.execute("SELECT act FROM ledger_entry").fetchall()}


def test_no_office_finds_by_sql_of_its_own_that_somebody_complained(complained):
    house, event = complained
    for login, purpose in POSTS:
        with as_application(house, login, purpose) as door:
            assert ACT not in acts(door)
            assert acts(door)  # what it sees, it sees
    with house.role("guitu_owner") as door:
        assert ACT in acts(door)  # and there it is
    # Whose act it was meets it again by its number: a second press stays harmless, and the log vouches for it.
    with house.acting("person"), transaction.atomic():
        assert is_recorded(ACT, event)
        assert not is_recorded(ACT, uuid.uuid4())
        assert set(vouched_for([event], ACT)) == {event}
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE ledger_entry DISABLE ROW LEVEL SECURITY")
    with as_application(house, *POSTS[0]) as door:  # the control: without the policy every office reads it
        assert ACT in acts(door)


def test_without_a_token_there_is_no_entry_and_no_leaf_names_one(complained):
    house, _ = complained
    with house.role("guitu_app") as door:
        with pytest.raises(psycopg.Error), door.transaction():
            door.execute("SELECT count(*) FROM ledger_entry")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), door.transaction():
            door.execute("SELECT entry_id FROM ledger_leaf")


def test_an_entry_is_seen_where_its_content_is(complained):
    house, _ = complained
    for login, _purpose in POSTS:
        with house.acting(login), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_payload),"
                " (SELECT count(*) FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id)"
            )
            entries, contents, both = cursor.fetchone()
            assert entries == contents == both > 0
