"""The canary sits in the houses of roads, papers and exports, and is heard there: documents, lists, words given."""

import uuid

import pytest

from guitu.handover import exports
from tests.papers.conftest import AT
from tests.papers.test_typesetting import setting
from tests.web import canary
from tests.web.canary import ADDRESS, JOURNEY, NAME, PERSON, Sang

COUNTY = "910121000000"


def move_within_reach(house) -> None:
    with house.role("guitu_owner") as door:
        door.execute("UPDATE people_person SET division = %s WHERE id = %s", [COUNTY, PERSON])
        door.execute(
            "UPDATE journeys_journey j SET receiving_unit_id = u.id, duty_unit_id = u.id, ended_at = NULL,"
            " state = 'acknowledged' FROM access_unit u"
            " WHERE u.code = %s AND j.id = %s",
            [COUNTY, JOURNEY],
        )


def test_the_canary_sits_in_this_house_and_control_within_reach_every_way_out_sings(house):
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT name FROM people_person").fetchall() == [(NAME,)]
    assert canary.rows_that_sing(house) == []
    before = canary.HEARD["json"]
    setting("release_notice")
    assert canary.HEARD["json"] > before
    with pytest.raises(Sang, match=r"the document .*: address"):
        setting("release_notice", household=ADDRESS)
    move_within_reach(house)
    with house.acting("county"):
        words = {"code": "meeting", "words": "周五衔接会商逐人过"}
        one = exports.ask(uuid.uuid4(), late_only=False, file_format="csv", **words, at=AT)
        with pytest.raises(Sang, match="an exported list: name"):
            exports.make(one.id, today=AT.date(), at=AT)
    with house.role("guitu_owner") as door:
        for said, sings in ((NAME, ["access_export"]), ("周五衔接会商逐人过", [])):
            door.execute("UPDATE access_export SET words = %s", [said])
            assert canary.rows_that_sing(house) == sings
