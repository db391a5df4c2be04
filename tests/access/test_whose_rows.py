"""What everybody reads is written by whose it is, and no way of writing passes by the policy of a row."""

import psycopg
import pytest

from tests.access.test_what_sql_gains import Hand, held  # noqa: F401 - the house with somebody in it
from tests.factories.units import COUNTY
from tests.roads.test_a_job_found_by_a_partner import published

OFFER = (
    "INSERT INTO support_offer (id, unit_id, kind, title, places, place_division, place_end, from_on, conditions,"
    " contact_name, contact_phone, published_at, published_by) SELECT gen_random_uuid(), unit_id, kind, title, places,"
    " place_division, place_end, from_on, conditions, contact_name, contact_phone, now(), published_by"
    " FROM support_offer"
)
FORGED = "UPDATE support_offer SET contact_phone = '0000-5559999'"
MOVED = "UPDATE support_offer SET unit_id = (SELECT id FROM access_unit WHERE code = %s)"


def test_an_offer_is_written_by_the_partner_whose_it_is_and_by_nobody_without_a_token(house):
    published(house)
    for login, state in (("county", "GU006"), ("province", "GU006"), ("system", "GU006"), ("charity", "GU007")):
        assert {Hand(house, login).state(OFFER), Hand(house, login).state(FORGED)} == {state}, login
    assert Hand(house, "employer").state(MOVED, COUNTY) == "GU007"
    with house.role("guitu_app") as door, pytest.raises(psycopg.Error) as none:
        door.execute(FORGED)
    assert none.value.sqlstate == "GU001"
    assert Hand(house, "employer")(FORGED) == 1


def test_control_without_the_guard_anybody_rewrites_the_telephone_to_call(house):
    published(house)
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE support_offer DISABLE TRIGGER own_offer")
    assert Hand(house, "county")(FORGED) == 1


def test_an_offer_changed_without_a_word_is_a_line_of_the_ledger(house):
    published(house)
    Hand(house, "employer")(FORGED, keep=True)
    with house.role("guitu_owner") as door:
        unsaid = "SELECT count(*) FROM ledger_entry WHERE act = 'access:write:unsaid'"
        assert door.execute(unsaid).fetchone() == (1,)
