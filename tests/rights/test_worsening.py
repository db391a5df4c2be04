"""What went worse after a complaint comes before the superior, and the office that did it is told by nothing."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed
from guitu.access.roles import ROLES
from guitu.journeys.policy import MoveNotAllowed
from guitu.people.facts import NewFact, end_facts, write_facts
from guitu.people.models import Person
from guitu.people.queries import division_of
from guitu.rights import complaints, deciding, late, worsening
from guitu.rights.policy import is_worse
from guitu.rulebook.book import load_national
from guitu.rulebook.rights import rights_rules
from guitu.web import speaking_signs
from tests.access.test_watching import leave
from tests.factories.units import CITY, COUNTY, PRISON, PROCURATORATE, PROVINCE
from tests.rights.test_from_the_request_to_the_answer import ask, decide
from tests.roads.walking import ticking
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import KEPT, MOMENT, SENT
from tests.web.reading import without_tokens

DAY = timedelta(days=1)
OFFICES = ("prison", "prison-leader", "prison-head", "county", "county-head", "city", "procurator")
OPEN_TO_ALL = ("ledger_tile", "ledger_checkpoint")
"""Of these every session reads the hashes that the log publishes anyway."""


def test_a_grade_is_worse_only_where_both_are_codes_of_the_table_which_stand_worst_first() -> None:
    codes = [one.code for one in load_national().codes["prison_danger_grade"].codes]
    assert (codes[0], codes[-1]) == ("PG1", "PG5")
    assert [code.code for code in load_national().codes["community_band"].codes] == ["H", "M", "L"]
    assert is_worse("PG4", "PG3", codes)
    assert not any(is_worse(*pair, codes) for pair in (("PG3", "PG4"), ("PG3", "PG3"), ("", "PG1"), ("PG5", "?")))


def grade(house, name, value, at, login="prison"):
    person = house.persons[name]
    with house.acting(login), transaction.atomic():
        end_facts([(person, "prison_grade")], at=at)
        write_facts([NewFact(person, division_of(person), "prison_grade", value, "桐岭监狱")], at=at)


def complain(house, at=MOMENT):
    event = uuid.uuid4()
    with house.acting("person"):
        complaints.complain(house.persons[SENT], about=unit_id(PRISON), words="不公", event_id=event, at=at)
    return event


def put(at):
    with ticking():
        return worsening.put_before_superiors(at=at)


APART = ("rights_worsening_seen", "rights_complaint_seen")


def readable(house, login):
    """A digest of every row of every table and of what stands apart, by table, in the columns this post can read."""
    with house.acting(login) as state, transaction.atomic(durable=True), connection.cursor() as cursor:
        access.ask(min(ROLES[state.session.role].may), Person.objects.values_list("id", flat=True))
        cursor.execute(
            "SELECT c.relname, string_agg('t.' || a.attname, ', ' ORDER BY a.attnum) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE n.nspname = 'public' AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v')"
            " AND has_column_privilege(c.oid, a.attnum, 'SELECT') AND c.relname <> ALL (%s) GROUP BY c.relname",
            [list(OPEN_TO_ALL)],
        )
        found = {}
        for table, columns in [*cursor.fetchall(), *((f"{name}()", "t") for name in APART)]:
            row = f"md5(ROW({columns})::text)"
            cursor.execute(f"SELECT count(*), md5(string_agg({row}, '' ORDER BY {row})) FROM {table} t")
            found[table] = cursor.fetchone()
    return found


def pages(house, login):
    person, browser = house.persons[SENT], house.client(login)
    addresses = [f"/persons/{person}/papers/", "/notices/", "/rights/", "/board/", "/complaints/", "/search/?q=" + SENT]
    return {one: without_marks(browser.get(one)) for one in addresses}


def without_marks(answer):
    return re.sub(rb'(name="mark" value=")[^"]*', rb"\1", without_tokens(answer))


def held(house, login, *, is_open=True):
    with house.acting(login), transaction.atomic():
        return worsening.listed(is_open=is_open, first=0, most=20)[0]


def test_what_went_worse_within_ninety_days_of_a_complaint_is_reviewed_and_the_office_learns_nothing(fresh):  # noqa: F811
    for name in (SENT, KEPT):
        grade(fresh, name, "PG4", MOMENT - DAY)
    grade(fresh, KEPT, "PG1", MOMENT + DAY)  # nobody complained
    complain(fresh)
    grade(fresh, SENT, "PG5", MOMENT + 2 * DAY)  # better
    refused = ask(fresh, "COPY", at=MOMENT + DAY)
    decide(fresh, refused, "REFUSED", "SECRET")
    assert put(MOMENT + 3 * DAY) == (1, [])  # the refusal by the office complained about
    assert put(MOMENT + 3 * DAY) == (0, [])
    grade(fresh, SENT, "PG3", MOMENT + 90 * DAY)
    last = MOMENT + 91 * DAY
    grade(fresh, SENT, "PG1", last)  # control: a day too late
    before = {login: (readable(fresh, login), pages(fresh, login)) for login in OFFICES}
    assert put(last) == (1, [])
    assert put(last) == (0, [])
    for login in OFFICES:
        assert (readable(fresh, login), pages(fresh, login)) == before[login], login
    with fresh.role("guitu_owner") as door:  # control: under another policy each would find the rows
        (using,) = door.execute(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'reach'"
            " AND polrelid = 'rights_worsening'::regclass"
        ).fetchone()
        door.execute("ALTER POLICY reach ON rights_worsening USING (true)")
        assert readable(fresh, "prison") != before["prison"][0]
        door.execute(f"ALTER POLICY reach ON rights_worsening USING ({using})")
        told = door.execute(
            "SELECT unit_id, person_id, facts ? 'number' FROM notices_notice WHERE code = 'WORSENING_TO_REVIEW'"
        ).fetchall()
        entries = door.execute(
            "SELECT p.subjects, p.division FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE e.act LIKE 'rights:worsening:%'"
        ).fetchall()
    assert told == [(unit_id(PROVINCE), None, False)] * 2
    assert entries == [([], "")] * 2
    assert {one.what: one.by_unit_id for one in held(fresh, "province")} == {
        "RIGHT_REFUSED": unit_id(PRISON),
        "prison_grade": unit_id(PRISON),
    }


def test_the_superior_takes_it_back_as_an_ordinary_request_and_the_person_reads_the_outcome(fresh):  # noqa: F811
    grade(fresh, SENT, "PG4", MOMENT - DAY)
    complain(fresh, MOMENT - 2 * timedelta(hours=1))
    grade(fresh, SENT, "PG2", MOMENT - timedelta(hours=1))
    assert put(MOMENT) == (1, [])
    (one,) = held(fresh, "province")
    browser, own = fresh.client("province"), fresh.client("person")
    assert "上级正在复核" in own.get("/my/complaints/").content.decode()
    desk = browser.get("/worsened/").content.decode()
    assert one.file_number in desk
    assert "PG2" not in desk
    mark = re.search(r'name="mark" value="([^"]+)"', desk).group(1)
    form = {"mark": mark, "worsening": str(one.id), "outcome": "TAKEN_BACK", "words": "评定依据不足，已要求重新核对。"}
    for wrong in ({"words": ""}, {"outcome": "?"}):
        assert browser.post("/worsened/decide/", form | wrong).status_code == 422
    with fresh.acting("prison"), pytest.raises(NotAllowed):
        worsening.decide(one.id, outcome="KEPT", words="好", event_id=uuid.uuid4(), at=MOMENT)
    with fresh.acting("city"), pytest.raises(worsening.WorseningUnknown):
        worsening.decide(one.id, outcome="KEPT", words="好", event_id=uuid.uuid4(), at=MOMENT)
    for _ in range(2):  # a second press changes nothing
        assert browser.post("/worsened/decide/", form)["Location"] == "/worsened/"
    with fresh.acting("province"), pytest.raises(MoveNotAllowed):
        worsening.decide(one.id, outcome="KEPT", words="好", event_id=uuid.uuid4(), at=MOMENT)
    assert (held(fresh, "province"), len(held(fresh, "province", is_open=False))) == ([], 1)
    for login in ("person", "representative"):
        assert "评定依据不足" in fresh.client(login).get("/my/complaints/").content.decode()
    with fresh.role("guitu_owner") as door:
        ((request, kind, duty),) = door.execute("SELECT id, kind, duty_unit_id FROM rights_request").fetchall()
    assert (kind, duty) == ("CORRECTION", unit_id(PRISON))
    page = fresh.client("prison").get(f"/rights/{fresh.persons[SENT]}/{request}/").content.decode()
    assert rights_rules().worsenings["prison_grade"].back in page
    for word in ("投诉", "复核", "评定依据不足"):
        assert word not in re.sub(r"<(nav|aside).*?</\1>", "", page, flags=re.S), word
    decide(fresh, request, "GRANTED")
    with fresh.acting("province"), transaction.atomic():
        assert deciding.holds(uuid.uuid4()) is False


def test_a_complaint_past_its_day_climbs_past_every_office_it_may_be_about(fresh):  # noqa: F811
    event = complain(fresh)
    with fresh.role("guitu_owner") as door:
        higher = uuid.uuid4()
        door.execute(
            "INSERT INTO access_unit SELECT (jsonb_populate_record(u, jsonb_build_object('id', %s::text, 'code',"
            " '919950009000', 'name', '云汀市人民检察院', 'parent_id', %s::text, 'division', '919950009000',"
            " 'division_end', '919950010000'))).* FROM access_unit u WHERE u.id = %s",
            (higher, unit_id(CITY), unit_id(PROCURATORATE)),
        )
        door.execute(
            "INSERT INTO access_post SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()::text,"
            " 'unit_id', %s::text))).* FROM access_post p WHERE p.role = 'PROCURATORATE'",
            (higher,),
        )

        def told():
            rows = door.execute(
                "SELECT code, unit_id, person_id, facts::text FROM notices_notice WHERE subject_id = %s ORDER BY at",
                (event,),
            ).fetchall()
            assert not any(complaints.number_of(event) in facts or SENT in facts for *_, facts in rows)
            return [row[:3] for row in rows]

        def climb(at):
            with ticking():
                return late.tell_late_complaints(at=at, most=50)

        assert (climb(MOMENT + 30 * DAY), told()) == (0, [])  # control: the last day is not over
        assert climb(MOMENT + 31 * DAY) == 1
        assert told() == [("COMPLAINT_LATE", unit_id(PROCURATORATE), None)]
        assert (climb(MOMENT + 31 * DAY), len(told())) == (0, 1)
        assert climb(MOMENT + 60 * DAY) == 1
        assert told()[1:] == [("COMPLAINT_ESCALATED", higher, None)]
        assert climb(MOMENT + 90 * DAY) == 0
    for login in ("prison", "prison-leader", "county", "county-head", "city", "province"):
        page = fresh.client(login).get("/notices/").content.decode()
        assert "件投诉" not in page, login
    assert "件投诉" in fresh.client("procurator").get("/notices/").content.decode()


def test_a_sign_that_speaks_is_told_to_the_audit_once_a_day_for_each_post(fresh):  # noqa: F811
    night = datetime(2026, 9, 10, 15, 0, tzinfo=UTC)  # 23:00 in the fictional province
    person = fresh.persons[SENT]
    leave(fresh, "county", [night + timedelta(minutes=n) for n in range(6)], person)
    leave(fresh, "county-second", [night + timedelta(minutes=n) for n in range(5)], person)  # control: not above 5

    def tell(at):
        with ticking():
            return speaking_signs.tell_speaking(at=at)

    assert tell(night) == 0  # the day is not over
    assert [tell(night + DAY), tell(night + DAY + timedelta(minutes=5))] == [1, 0]
    with fresh.role("guitu_owner") as door:
        ((unit, roles, person_id, facts),) = door.execute(
            "SELECT unit_id, roles, person_id, facts FROM notices_notice WHERE code = 'LOOKS_SPEAK'"
        ).fetchall()
    assert (unit, roles, person_id) == (unit_id(PROVINCE), ["AUDIT_ADMINISTRATOR"], None)
    assert facts == {"unit": str(unit_id(COUNTY)), "count": "1"}
    assert tell(night + 2 * DAY) == 1
    assert "谁在查阅" in fresh.client("audit").get("/notices/").content.decode()
