"""A granted query of a sealed file is copied to the procuratorate, which learns that it was granted and not whom."""

import json
from datetime import timedelta

from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.notices.models import Notice
from guitu.rights import sealed_queries
from tests.factories.units import PROCURATORATE
from tests.roads.test_a_sealed_file import SEALED, grant, one, record_query, seal, the_end

ASKED = SEALED + timedelta(days=30)


def copies(house):
    """Notices of copies: to which unit, about whom, which number."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT unit_id, person_id, facts ->> 'number' FROM notices_notice WHERE code = 'SEALED_QUERY_COPIED'"
        ).fetchall()


def said(house):
    """What the acts of deciding say of the copy."""
    with house.role("guitu_owner") as door:
        rows = door.execute(
            "SELECT p.canonical FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE e.act = 'rights:sealed_query:decided' ORDER BY e.at, e.id"
        ).fetchall()
    return {json.loads(row[0].split("\n", 3)[3])["copied"] for row in rows}


def listed(house, login):
    with house.acting(login), transaction.atomic():
        return [one.id for one in sealed_queries.listed(state="", first=0, most=10, at=ASKED)[0]]


def test_a_granted_query_is_copied_once_a_refused_one_is_not(house):
    walk = the_end(house)
    seal(walk)
    refused, granted = record_query(walk, at=ASKED), record_query(walk, at=ASKED)
    grant(walk, refused, at=ASKED, approved=False)
    assert (copies(house), listed(house, "procurator")) == ([], [])
    assert one(house, "county", refused, ASKED).copied is None
    for _ in range(2):  # pressed twice
        grant(walk, granted, at=ASKED)
    number = sealed_queries.number_of(granted)
    assert copies(house) == [(unit_id(PROCURATORATE), None, number)]
    assert one(house, "county", granted, ASKED).copied == "青榆县人民检察院"
    assert said(house) == {"", str(unit_id(PROCURATORATE))}
    # The copy stands in the procuratorate's list, without a name; it opens nothing there and nobody else has it.
    assert listed(house, "procurator") == [granted]
    view = one(house, "procurator", granted, ASKED)
    assert (view.number, view.own, view.decidable) == (number, False, False)
    for login in ("prison", "province", "sibling"):
        assert listed(house, login) == []
    with house.acting("procurator"), transaction.atomic():
        assert Notice.objects.filter(code="SEALED_QUERY_COPIED").count() == 1


def test_where_no_procuratorate_is_connected_the_act_says_that_nobody_has_a_copy(house):
    walk = the_end(house)
    seal(walk)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET to_at = now() WHERE unit_id = %s", (unit_id(PROCURATORATE),))
    granted = record_query(walk, at=ASKED)
    grant(walk, granted, at=ASKED)
    assert (copies(house), said(house)) == ([], {""})
    view = one(house, "county", granted, ASKED)
    assert (view.state, view.copied) == ("OPEN", None)
