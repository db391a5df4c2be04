"""How long a file is kept is compared by the database with the pack in force, never with what a pack merely names."""

import json
import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from guitu.access import dual_changes
from guitu.access.rule_packs import kept_files
from guitu.people.models import Person
from guitu.prison import operations as prison
from guitu.web.clock import now
from tests.access.test_rule_packs import PROVINCE, YEAR_2027
from tests.access.test_the_present_moment import ERASURE, state
from tests.factories import rosters
from tests.factories.packs import proposed, put_in_force

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
SHORTER = PROVINCE.replace("CC-INV-03", "RD-KEEP").replace(
    "from: 2027-01-01, to: null, statutory: {value: 12, unit: working_day}",
    "from: 2000-01-01, to: null, service: {value: 36, unit: month}",
)
NAMES_IT = YEAR_2027.replace("测试用，虚构", "与RD-KEEP无关")
KEPT = "SELECT kept_files FROM access_rule_pack ORDER BY loaded_at DESC, id LIMIT 1"


@pytest.fixture
def one(house):
    """Somebody of whom the prison is in charge."""
    with house.acting("prison"):
        book = rosters.workbook(rosters.row("陈柏舟", release=date(2026, 12, 14)))
        prison.import_roster(
            book, file_name="名册.xlsx", today=date(2026, 9, 1), at=datetime(2026, 9, 1, 1, tzinfo=UTC)
        )
    with house.acting("prison"), transaction.atomic():
        return Person.objects.get().id


def erased(house, one, months):
    """With which SQLSTATE the database refuses to erase the file so long after all has ended; empty if it does not."""
    with house.role("guitu_owner") as door:
        door.execute(f"UPDATE journeys_journey SET ended_at = now() - interval '{months} months'")
    return state(house, "prison-leader", ERASURE, (one, "EXPIRED"))


def test_a_pack_that_only_names_the_rule_shortens_nothing(house, one):
    put_in_force(house, "2027.yaml", NAMES_IT, at=now())
    with house.role("guitu_owner") as door:
        assert door.execute(KEPT).fetchone() == ([],)
    assert (erased(house, one, 59), erased(house, one, 61)) == ("GU027", "")
    with house.role("guitu_owner") as door:  # control: were the guard to let it, the file would be erased today
        door.execute(
            "CREATE OR REPLACE FUNCTION rights_file_kept_until(place varchar, ended timestamptz) RETURNS timestamptz"
            " LANGUAGE sql STABLE AS 'SELECT ended'"
        )
    assert erased(house, one, 59) == ""


def test_an_erasure_is_held_to_the_figure_of_the_provinces_pack_in_force(house, one):
    assert kept_files("kept.yaml", SHORTER) == [{"from": "2000-01-01", "to": None, "lasts": ["36 months"]}]
    first = put_in_force(house, "kept.yaml", SHORTER, at=now())
    assert (erased(house, one, 35), erased(house, one, 37)) == ("GU027", "")
    with house.role("guitu_owner") as door:
        (loaded,) = door.execute("SELECT id FROM access_rule_pack WHERE dual_change_id = %s", (first,)).fetchone()
    longer = SHORTER.replace("value: 36", "value: 48").replace("from: 2000-01-01", "from: 2026-01-01", 1)
    put_in_force(house, "longer.yaml", longer, at=now(), replaces=loaded)
    assert kept_files("longer.yaml", longer)[0]["lasts"] == ["48 months"]
    assert erased(house, one, 37) == "GU027", "a pack that was replaced says nothing any more"


def test_a_pack_of_another_province_and_one_not_yet_in_force_shorten_nothing(house, one):
    there = SHORTER.replace("910000", "920000").replace("P-92", "P-OTHER")
    put_in_force(house, "there.yaml", there, at=now())
    later = SHORTER.replace("from: 2000-01-01", "from: 2027-01-01")
    put_in_force(house, "later.yaml", later, at=now())
    assert (erased(house, one, 37), erased(house, one, 61)) == ("GU027", "")


def test_whoever_confirms_another_pack_slips_no_figure_in_with_it(house, one):
    figure = json.dumps([{"from": "2000-01-01", "to": None, "lasts": ["0 months"]}])
    decide = "SELECT access_decide_change(%s, 'CONFIRMED', %s, '', %s, '910000', %s::jsonb, now())"

    def confirmed(name, text):
        change = proposed(house, name, text, at=now())
        with house.acting("security") as held, house.role("guitu_app") as door:
            for setting, value in (("token", held.token), ("purpose", held.purpose)):
                door.execute("SELECT set_config(%s, %s, false)", (f"guitu.{setting}", value))
            shown = dual_changes.digest_of(text)
            return door.execute(decide, (change, shown, str(uuid.uuid4()), figure)).fetchone()

    assert confirmed("2027.yaml", YEAR_2027) == ("",)
    assert erased(house, one, 37) == "GU027"
    # Control: two hands that both agree to a pack about keeping files say how long.
    assert confirmed("kept.yaml", SHORTER) == ("",)
    assert erased(house, one, 37) == ""
