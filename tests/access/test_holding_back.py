"""Looks held back from the person: on a decision with ground and end, shown by themselves when it ends."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from guitu.access import holding_back, person_codes, queries
from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed
from guitu.people.models import Person
from guitu.rulebook.decision_table import decision_table
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.holding_back import DATA, read_hold_rules
from guitu.rulebook.looking import ReasonRefused
from tests.access.test_watching import leave, post
from tests.factories.units import COUNTY, FOREIGN_COUNTY, POLICE, PROCURATORATE
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import SENT
from tests.web.reading import body

NOW = datetime.now(UTC)  # the row of a decision is asked of the database's own clock, which no test moves
TODAY = (NOW + timedelta(hours=8)).date()
DAY = timedelta(days=1)
WORDS = "告知会妨碍正在进行的核查工作"


def test_a_ground_stands_on_one_of_two_articles_and_the_versions_are_dated() -> None:
    text = DATA.read_text(encoding="utf-8")
    (rules,) = read_hold_rules(text)
    assert {one.article for one in rules.grounds.values()} == {"18", "35"}
    for wrong in (text.replace('article: "18"', 'article: "13"'), text.replace("days_most: 90", "days_most: 0")):
        with pytest.raises(RulebookError):
            read_hold_rules(wrong)


def told_to_person(house, person):
    with house.acting("person"), transaction.atomic():
        looks, total = person_codes.looks_by_others(person, first=0, most=500)
    assert len(looks) == total
    return [look.post for look in looks], total


def told_to_copy(house, person):
    """How many looks whoever builds the copy is told of, those of the person's own complaints left out."""
    with house.acting("prison"), transaction.atomic():
        return person_codes.looks_by_others(person, first=0, most=500)[1]


def told_to_office(house, person, login="county"):
    with house.acting(login), transaction.atomic():
        return [look.post for look in queries.looks_at(person, most=500)]


def moved(house, gone):
    """Let time pass for every decision: the rows move back, the database's clock goes on."""
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_look_hold SET decided_at = decided_at - %s, until_at = until_at - %s,"
            " looks_from = least(looks_from, decided_at - %s)",
            (gone, gone, gone),
        )


def hold(house, number, login="procurator", mark=None, **given):
    wanted = {
        "unit_id": unit_id(COUNTY),
        "post_id": post("county-second"),
        "case_number": "演示〔2026〕7号",
        "ground": "CASE_WORK",
        "words": WORDS,
        "first": TODAY - DAY,
        "last": TODAY + 10 * DAY,
    }
    with house.acting(login):
        holding_back.hold_back(mark or uuid.uuid4(), number=number, **(wanted | given), today=TODAY, at=NOW)


def lengthened(hold_id, former):
    last = TODAY + 5 * DAY
    holding_back.lengthen(hold_id, former, ground="CASE_WORK", words=WORDS, last=last, today=TODAY, at=NOW)


def reviewed(hold_id, *, upheld, review_id=None):
    words = "没有说明为什么会妨碍办案"
    holding_back.review(hold_id, upheld=upheld, words=words, review_id=review_id or uuid.uuid4(), today=TODAY, at=NOW)


def listed(house, which, login="procurator"):
    with house.acting(login), transaction.atomic():
        return holding_back.holds(which, first=0, most=20)[0]


def held_now():
    connection.close()
    return holding_back.held_back_at(datetime.now(UTC))


def test_looks_are_held_back_by_a_decision_and_appear_by_themselves_when_it_ends(fresh):  # noqa: F811
    person, mark = fresh.persons[SENT], uuid.uuid4()
    with fresh.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (person,)).fetchone()[0]
    for login in ("county", "county-second", "county-head", "police"):
        leave(fresh, login, [NOW - timedelta(hours=1)], person)
    leave(fresh, "county-second", [NOW - 40 * DAY], person)  # before the first day: the person has read it
    shown, before = told_to_person(fresh, person)
    in_office = told_to_office(fresh, person)
    assert told_to_copy(fresh, person) == before
    for _ in range(2):  # a second press is the same decision
        hold(fresh, number, mark=mark)
    assert told_to_person(fresh, person)[1] == before - 1  # the older line of the post stays
    assert told_to_copy(fresh, person) == before - 1
    assert len(told_to_office(fresh, person)) == len(in_office) - 1
    assert held_now() == 1
    # The whole unit, decided by its head: never the own looks; the police beside is another unit.
    hold(fresh, number, "county-head", post_id=None)
    lately = shown.count("安置帮教岗") - 1
    assert told_to_person(fresh, person)[1] == before - lately
    assert "局长" in told_to_person(fresh, person)[0]
    hold(fresh, number, unit_id=unit_id(POLICE), post_id=None)
    assert (told_to_person(fresh, person)[1], held_now()) == (before - lately - 1, lately + 1)
    assert sorted(one.looks for one in listed(fresh, "RUNNING")) == [1, 1, lately]

    longer = uuid.uuid4()
    moved(fresh, 9 * DAY)
    assert (told_to_person(fresh, person)[1], held_now()) == (
        before - lately - 1,
        lately + 1,
    )  # control: the day before the end
    with fresh.acting("procurator"):
        for _ in range(2):
            lengthened(longer, mark)
        with pytest.raises(ReasonRefused, match="over"):  # one decision is lengthened once
            lengthened(uuid.uuid4(), mark)
    moved(fresh, 3 * DAY)
    assert (told_to_person(fresh, person)[1], held_now()) == (before - 1, 1)
    assert len(told_to_office(fresh, person)) == len(in_office) - 1
    assert ([one.id for one in listed(fresh, "RUNNING", "audit")], len(listed(fresh, "ENDED", "audit"))) == (
        [longer],
        3,
    )
    with fresh.acting("procurator"), pytest.raises(ReasonRefused, match="over"):
        lengthened(uuid.uuid4(), mark)
    moved(fresh, 9 * DAY)
    assert (told_to_person(fresh, person), held_now()) == ((shown, before), 0)
    assert told_to_copy(fresh, person) == before
    assert told_to_office(fresh, person) == in_office
    with fresh.role("guitu_owner") as door:
        kept = door.execute(
            "SELECT e.act, p.subjects, p.division, p.canonical FROM ledger_payload p"
            " JOIN ledger_entry e ON e.id = p.entry_id WHERE e.act LIKE 'access:looks:%' ORDER BY e.act"
        ).fetchall()
    assert [act for act, *_ in kept] == ["access:looks:held_back"] * 3 + ["access:looks:lengthened"]
    assert all((subjects, division) == ([], "") and str(person) not in text for _, subjects, division, text in kept)


def test_only_a_named_approver_decides_never_about_the_own_looks_and_another_reviews_it(fresh):  # noqa: F811
    person, mark = fresh.persons[SENT], uuid.uuid4()
    with fresh.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (person,)).fetchone()[0]
    leave(fresh, "county-second", [NOW - timedelta(hours=1)], person)
    before = told_to_person(fresh, person)[1]
    for login in ("county", "prison", "city", "audit"):
        with pytest.raises(NotAllowed):
            hold(fresh, number, login)
    for wrong in (
        {"post_id": post("procurator"), "unit_id": unit_id(PROCURATORATE)},  # the own looks
        {"post_id": post("foreign"), "unit_id": unit_id(FOREIGN_COUNTY)},
        {"post_id": post("police")},  # not of this unit
        {"number": "P-0"},
        {"ground": "CONVENIENT"},
        {"case_number": " "},
        {"words": "保密"},
        {"first": TODAY - 31 * DAY},
        {"last": TODAY + 91 * DAY},
        {"last": TODAY - DAY},
    ):
        with pytest.raises(ReasonRefused):
            hold(fresh, **({"number": number} | wrong))
    assert (told_to_person(fresh, person)[1], held_now()) == (before, 0)
    hold(fresh, number, "county-head", mark)
    assert told_to_person(fresh, person)[1] == before - 1
    for login in ("county-head", "prison-leader"):  # whoever decided, and whom it does not concern
        with fresh.acting(login), pytest.raises((NotAllowed, LookupError)):
            reviewed(mark, upheld=False)
    again = uuid.uuid4()
    assert [one.reviewable for one in listed(fresh, "RUNNING", "city")] == [True]
    with fresh.acting("city"):
        with pytest.raises(ReasonRefused):
            holding_back.review(mark, upheld=False, words="不", review_id=again, today=TODAY, at=NOW)
        for _ in range(2):
            reviewed(mark, upheld=False, review_id=again)
    assert (told_to_person(fresh, person)[1], held_now()) == (before, 0)  # shown at once
    hold(fresh, number)
    (running,) = listed(fresh, "RUNNING")
    with fresh.acting("city"), pytest.raises(LookupError):  # no office of justice reviews the procuratorate
        reviewed(running.id, upheld=False)
    assert held_now() == 1


def test_a_decision_tells_of_no_file_that_its_unit_never_looked_at(fresh):  # noqa: F811
    person, beside = fresh.persons[SENT], {"unit_id": unit_id(POLICE), "post_id": None}
    with fresh.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (person,)).fetchone()[0]
        door.execute("DELETE FROM access_reach WHERE person_id = %s AND relation <> 'self'", (person,))
        door.execute("UPDATE people_person SET division = %s WHERE id = %s", (FOREIGN_COUNTY, person))
    said = set()
    for one in (number, "GT-00000-00000"):  # somebody's of another county and nobody's are one answer
        with pytest.raises(ReasonRefused) as refusal:
            hold(fresh, one, "county-head", **beside)
        said.add(str(refusal.value))
    assert len(said) == 1
    leave(fresh, "police", [NOW - timedelta(hours=1)], person)  # the control: a look to be held back there is
    hold(fresh, number, "county-head", **beside)
    assert held_now() == 1


def test_who_keeps_the_file_reads_every_look_but_those_of_oversight_enquiry_and_case_work(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    before = told_to_office(fresh, person)
    leave(fresh, "county-head", [NOW], person, purpose="REVIEW_LOOKS")
    leave(fresh, "procurator", [NOW], person, purpose="OVERSEE")
    assert told_to_office(fresh, person) == before
    leave(fresh, "county-head", [NOW], person, purpose="SUPERVISE_LINKAGE")  # control: the same post, its ordinary work
    assert len(told_to_office(fresh, person)) == len(before) + 1
    assert {"局长", "检察监督岗"} <= set(told_to_person(fresh, person)[0])
    with fresh.acting("county-head", purpose="REVIEW_LOOKS"), transaction.atomic():
        assert not Person.objects.exists()
    said = decision_table().decide("COUNTY_HEAD", "REVIEW_LOOKS", "name", relation="own_unit", state="active", on=TODAY)
    assert (said.effect, said.line and said.line.id) == ("deny", "DT-308")


def test_the_database_holds_no_look_back_beyond_the_rulebook_even_by_the_owners_sql(house):
    def tried(door, *, until="0 days", since="0 days", decided="0 days", former="NULL", ground="CASE_WORK"):
        zone = "AT TIME ZONE 'Asia/Shanghai'"
        day = f"date_trunc('day', now() {zone})"
        with pytest.raises(psycopg.Error) as refusal:
            door.execute(
                "INSERT INTO access_look_hold (decided_at, until_at, looks_from, ground, lengthens_id) VALUES"
                f" (now() + %s::interval, ({day} + %s::interval) {zone}, ({day} - %s::interval) {zone}, %s, {former})",
                (decided, until, since, ground),
            )
        return refusal.value.sqlstate

    let_pass = "23502"  # what is missing of the row
    with house.role("guitu_owner") as door:
        assert tried(door, until="91 days", since="30 days") == let_pass  # to the end of the ninetieth day after
        assert tried(door, until="91 days 1 second") == "GU024"
        assert tried(door, until="91 days", since="31 days") == "GU024"
        assert tried(door, since="31 days", former="gen_random_uuid()") == let_pass  # it begins where the former began
        assert tried(door, until="200 days", decided="150 days") == "GU024"  # a moment ahead makes no longer one
        assert tried(door, ground="CONVENIENCE") == "GU024"  # no ground of law
        door.execute("ALTER TABLE access_look_hold DISABLE TRIGGER within_the_rulebook")
        assert tried(door, until="200 days", ground="CONVENIENCE") == let_pass  # the control


def test_the_public_number_is_exact_and_of_the_beginning_of_the_day(fresh, monkeypatch) -> None:  # noqa: F811
    """Everybody reads it, signed in or not; nobody can watch it move when a decision is made or somebody looks."""
    person = fresh.persons[SENT]
    begun = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(hours=8)

    def public() -> int:
        connection.close()
        return holding_back.held_back_publicly(TODAY)

    assert public() == 0
    with fresh.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (person,)).fetchone()[0]
    leave(fresh, "county-second", [NOW - timedelta(minutes=1)] * 9, person)
    hold(fresh, number)
    assert held_now() >= 1, "control: at this moment it has moved"
    assert public() == 0, "what is decided today moves nothing today"
    with fresh.role("postgres") as door:  # the same decision and looks, the day before
        door.execute("SET session_replication_role = replica")
        moment = begun - timedelta(hours=6)
        door.execute("UPDATE access_look_hold SET decided_at = %s, looks_from = %s", (moment, moment - DAY))
        door.execute(
            "UPDATE access_trace SET at = %s WHERE subjects @> %s AND at > %s", (moment, [person], NOW - 2 * DAY)
        )
    exact = holding_back.held_back_at(begun)
    assert exact >= 9
    assert public() == exact
    monkeypatch.setattr("guitu.web.looking.holding_back.now", lambda: NOW)
    page = body(fresh.client(None).get("/looks-held-back/"))
    assert f"{TODAY.isoformat()}零时，全系统暂不显示的查阅：{exact}次" in page
