"""A notice told to who does not see the person names the file by its number: once it is sealed, nobody reads it."""

import uuid
from datetime import UTC, datetime

from django.db import transaction

from guitu.notices import queries
from guitu.notices.models import Notice
from guitu.people import emergency
from guitu.rights import sealing
from tests.rights.test_from_the_request_to_the_answer import rows
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import AT_SIBLING
from tests.web.test_sealed_pages import ended

NOW = datetime.now(UTC)
WISH = sealing.SealWish("JUVENILE_CRIME", "青榆县人民法院", "（2026）青刑封1号", NOW.date())


def told(house, login="county-head"):
    """How many notices of emergency looks the leader reads, in the list and by the bell."""
    with house.acting(login), transaction.atomic():
        return Notice.objects.filter(code="GLASS_BROKEN").count()


def bell(house, login="county-head"):
    with house.acting(login), transaction.atomic():
        return queries.unread()


def test_a_notice_of_an_emergency_look_is_gone_for_its_leader_once_the_file_is_sealed(fresh):  # noqa: F811
    person = fresh.persons[AT_SIBLING]
    ((number,),) = rows(fresh, "SELECT number FROM people_person WHERE id = %s", person)
    before = bell(fresh)
    with fresh.acting("county"):
        opened = emergency.break_glass(number, "life", "有人来电说他要轻生，须马上联系", glass_id=uuid.uuid4(), at=NOW)
    assert opened.outcome == "OPENED"
    assert (told(fresh), bell(fresh)) == (1, before + 1)
    ended(fresh, person)
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE access_glass SET reviewed_at = now(), reviewed_by = post_id, justified = true")
        door.execute(
            "UPDATE people_person SET responsible_unit_id = (SELECT p.unit_id FROM access_post p JOIN access_account a"
            " ON a.id = p.account_id WHERE a.login = 'sibling') WHERE id = %s",
            (person,),
        )
    mark = uuid.uuid4()
    with fresh.acting("sibling"):
        sealing.seal(person, WISH, event_id=mark, at=NOW)
    assert (told(fresh), bell(fresh)) == (0, before)
    with fresh.role("guitu_owner") as door:  # control: as it was kept before, the leader goes on reading the number
        door.execute("UPDATE notices_notice SET person_id = NULL, division = told_division WHERE code = 'GLASS_BROKEN'")
    assert (told(fresh), bell(fresh)) == (1, before + 1)
