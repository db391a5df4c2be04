"""A juvenile’s file is sealed when the help has ended, asked for unlawfully, asked for lawfully; corrected by two."""

import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access import person_codes
from guitu.access.compiling import _cage
from guitu.access.deciding import names_in_sight
from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.access.tree import working_roles
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.people import queries as persons
from guitu.people import questions, statements
from guitu.prison import operations as prison
from guitu.rights import asking, sealed_decisions, sealed_queries, sealing, worsening
from guitu.rights.sealed_queries import QueryRefused, QueryUnknown, QueryWish
from guitu.rights.sealing import SealingRefused, SealWish
from guitu.rulebook.looking import ReasonRefused
from tests.access.test_holding_back import hold, listed
from tests.access.test_what_a_post_sees import COUNTY_POST, explain
from tests.factories import rosters
from tests.factories.units import CITY, COUNTY, PRISON, PROVINCE
from tests.roads.themselves import as_person, let_in
from tests.roads.walking import RELEASE, Walk, after, day, home, received, ticking

BORN = "20080615"
NUMBER = rosters.number("910121", BORN, "115")
LOOKERS = (
    ("county", "RECEIVE_RETURN"),
    ("county-head", "SUPERVISE_LINKAGE"),
    ("prison", "PREPARE_RETURN"),
    ("province", "SUPERVISE_LINKAGE"),
    ("procurator", "OVERSEE"),
    ("identity", "CHECK_IDENTITY"),
)
ENDED = day(date(2031, 6, 20))
SEALED = ENDED + timedelta(days=2)
WISH = SealWish("JUVENILE_CRIME", "青榆县人民法院", "（2026）青刑封1号", date(2031, 6, 20))


def seal(walk, *, login="county", at=SEALED, wish=WISH, mark=None):
    with walk.house.acting(login):
        return sealing.seal(walk.person, wish, event_id=mark or uuid.uuid4(), at=at)


def post_of(login):
    from guitu.access.establishing import post_id
    from tests.factories.units import POSTS

    found = next(one for one in POSTS if one.login == login)
    return post_id(login, found.unit, found.role)


def query(**changed):
    values = {
        "number": NUMBER,
        "organ": "POLICE",
        "organ_name": "青榆县公安局",
        "ground": "CASE_HANDLING",
        "document": "青公查字〔2031〕7号",
        "aim": "办理另一起案件，核实前科情况",
        "items": ("offence", "sentence"),
        "post_id": post_of("county"),
    }
    return QueryWish(**(values | changed))


def record_query(walk, *, at, login="county", mark=None, **changed):
    mark = mark or uuid.uuid4()
    with walk.house.acting(login):
        sealed_queries.ask(query(**changed), event_id=mark, at=at)
    return mark


def grant(walk, mark, *, at, login="county-head", approved=True):
    with walk.house.acting(login):
        sealed_queries.decide(mark, approved=approved, finding="依据充分，同意查询两项", event_id=uuid.uuid4(), at=at)


def look(walk, mark, items, *, at, login="county"):
    with walk.house.acting(login):
        return sealed_queries.look(mark, items, event_id=uuid.uuid4(), at=at)


def refused(walk, mark, items, *, at, login="county"):
    with pytest.raises(QueryRefused) as found:
        look(walk, mark, items, at=at, login=login)
    return found.value.reason


def seen(house, login, person):
    """What a post finds out about somebody: asked, by name, by item, by road, by number, by lines of the ledger."""
    with house.acting(login), transaction.atomic(durable=True):
        return (
            ask("person:list", [person]),
            names_in_sight([person]),
            persons.shown_items([person]),
            roads.road_of(person),
            persons.held_numbers("resident_id", [NUMBER]),
            ledger.of_person(person),
        )


@contextmanager
def as_application(house, login, purpose):
    """The application's role with the token of a post."""
    with house.role("guitu_app") as door, door.transaction():
        door.execute(
            "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)",
            (house.token(login), purpose),
        )
        yield door


def rows_about(house, person):
    """How many rows about somebody each looker finds, over every table whose row policy speaks of persons."""
    tables = [
        (name, line["subject"])
        for name, line in _cage()["tables"].items()
        if line["cage"] in {"person", "pair", "told", "addressed"}
    ]
    found = {}
    for login, purpose in LOOKERS:
        with as_application(house, login, purpose) as door:
            each = [f"SELECT count(*) AS n FROM {name} WHERE {column} = %(p)s" for name, column in tables]
            each.append("SELECT count(*) FROM ledger_lines_of(%(p)s::uuid)")
            row = door.execute(f"SELECT sum(n) FROM ({' UNION ALL '.join(each)}) AS t", {"p": person}).fetchone()
        found[login] = row[0]
    return found


def told_of_deciding(house):
    """Every notice that something about a sealed file waits: which, whom, whether it names a person, what it says."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT n.code, u.code, n.roles, n.person_id, n.facts->>'number' FROM notices_notice n"
            " JOIN access_unit u ON u.id = n.unit_id WHERE n.code LIKE 'SEAL%' ORDER BY n.at, n.key"
        ).fetchall()


def waits_for_the_head_then_climbs(house, walk, mark, asked):
    """Who may decide is told at once; when three working days have passed they are told again, then the city."""
    told = [("SEALED_QUERY_TO_DECIDE", COUNTY, ["COUNTY_HEAD"], None, sealed_queries.number_of(mark))]
    assert told_of_deciding(house) == told
    late = ("SEALED_DECISION_LATE", COUNTY, ["COUNTY_HEAD"], None, told[0][4])
    for days, more in ((3, []), (4, [late]), (30, [("SEALED_DECISION_LATE", CITY, [*working_roles()], *late[3:])])):
        told += more
        for new in (len(more), 0):  # each step once
            with ticking():
                assert sealed_decisions.tell_late_decisions(at=asked + timedelta(days=days)) == new
        assert told_of_deciding(house) == told


def one(house, login, mark, at):
    with house.acting(login), transaction.atomic():
        return sealed_queries.one(mark, at=at)


def the_end(house) -> Walk:
    """Received, released, let in, registered, helped for the whole term."""
    walk = home(received(Walk(house, born=BORN)))
    let_in(walk)
    walk.agree(RELEASE + timedelta(days=3))
    walk.tick(ENDED)
    return walk


def test_a_juveniles_file_is_sealed_asked_for_unlawfully_and_asked_for_lawfully(house):
    walk, mark, stranger = the_end(house), uuid.uuid4(), uuid.uuid4()
    before_it = rows_about(house, walk.person)
    assert {login for login, rows in before_it.items() if rows} >= {"county", "county-head", "prison", "province"}

    # Only the office in charge, on a ground of the rulebook and a document.
    for login in ("prison", "county-head", "procurator"):
        with pytest.raises(NotAllowed):
            seal(walk, login=login)
    with pytest.raises(PersonUnknown):
        seal(walk, login="foreign")
    for changed, why in (
        ({"ground": "EMPLOYER_ASKS"}, "GROUND"),
        ({"document": " "}, "DOCUMENT"),
        ({"decided_on": date(2031, 6, 23)}, "DAY"),
    ):
        with pytest.raises(SealingRefused, match=why):
            seal(walk, wish=replace(WISH, **changed))
    assert seal(walk, mark=mark) == seal(walk, mark=mark) == sealing.number_of(mark)

    # From then on everybody is answered as for somebody who does not exist; the person sees the own file.
    assert rows_about(house, walk.person) == dict.fromkeys(before_it, 0)
    for login, _ in LOOKERS:
        assert seen(house, login, walk.person) == seen(house, login, stranger), login
        assert seen(house, login, walk.person)[4] == {}, login
    with as_person(walk), transaction.atomic(durable=True):
        ask("my_road:read", [walk.person])
        assert persons.file_of(walk.person).name == "陈柏舟"
        assert roads.road_of(walk.person).task.state == "completed"
        assert sealing.own_sealing().looks == 0
    for say in (  # no office would read it
        lambda mark: statements.make_statement(walk.person, kind="WORD", words="我在", event_id=mark, at=SEALED),
        lambda mark: asking.ask(walk.person, kind="COPY", words="", contested=None, event_id=mark, at=SEALED),
    ):
        with as_person(walk), pytest.raises(statements.StatementRefused, match="SEALED"):
            say(uuid.uuid4())

    # Asked for unlawfully.
    asked = SEALED + timedelta(days=30)
    for changed, why in (
        ({"organ": "ENTITLED"}, "ORGAN"),
        ({"ground": "EMPLOYER_ASKS"}, "GROUND"),
        ({"document": ""}, "DOCUMENT"),
        ({"aim": "招工"}, "WORDS"),
        ({"items": ()}, "ITEMS"),
        ({"post_id": post_of("prison")}, "POST"),
        ({"number": rosters.number("910121", BORN, "117")}, "UNKNOWN"),
    ):
        with pytest.raises(QueryRefused, match=why):
            record_query(walk, at=asked, **changed)
    for login in ("sibling", "foreign"):  # offices that sealed nobody
        with pytest.raises(QueryRefused, match="UNKNOWN"):
            record_query(walk, at=asked, login=login, post_id=post_of(login))
    for login in ("prison", "province", "procurator"):
        with pytest.raises(NotAllowed):
            record_query(walk, at=asked, login=login)

    # Asked for lawfully: one records, another decides, the named items open to the named post.
    mark = record_query(walk, at=asked)
    assert record_query(walk, at=asked, mark=mark) == mark
    waits_for_the_head_then_climbs(house, walk, mark, asked)
    assert refused(walk, mark, ["offence"], at=asked) == "UNDECIDED"
    with pytest.raises(NotAllowed):
        grant(walk, mark, at=asked, login="county-second")
    assert explain(COUNTY_POST, walk.person, "offence", "RECEIVE_RETURN")[0]["effect"] == "unknown"
    grant(walk, mark, at=asked)
    for item, opens in (("offence", True), ("prior_record", False)):  # of named items the query says yes, of no others
        told, code = explain(COUNTY_POST, walk.person, item, "RECEIVE_RETURN")
        assert (told["seen"], told["effect"], told["relation"]) == (opens, "two_persons", "lawful_query")
        assert (told["query"], code) == (sealed_queries.number_of(mark) if opens else None, 0 if opens else 1)
        assert (told["line"], "until" in told) == ("DT-213", True)
    assert look(walk, mark, ["offence", "sentence"], at=asked) == {"offence": "盗窃罪", "sentence": '{"text":"三年"}'}
    assert refused(walk, mark, ["offence", "prior_record"], at=asked) == "ITEM"
    with pytest.raises(QueryUnknown):
        look(walk, mark, ["offence"], at=asked, login="county-second")
    assert rows_about(house, walk.person) == dict.fromkeys(before_it, 0)  # a query is no sight of the file
    view = one(house, "county", mark, asked)
    assert (view.state, view.looks) == ("OPEN", 1)

    # It ends by itself.
    assert look(walk, mark, ["offence"], at=view.until_at - timedelta(microseconds=1)) == {"offence": "盗窃罪"}
    assert refused(walk, mark, ["offence"], at=view.until_at) == "ENDED"
    assert one(house, "county", mark, view.until_at).state == "ENDED"
    with as_person(walk), transaction.atomic():
        assert sealing.own_sealing().looks == 2
        lines, _ = person_codes.looks_by_others(walk.person, first=0, most=50)
    outcomes = [line.outcome for line in lines if line.action == "sealed:read" and line.fields]
    assert outcomes == ["DENIED", "ALLOWED", "DENIED", "ALLOWED", "DENIED"]  # the newest first


def test_who_is_taken_in_again_is_a_new_person_and_a_wrong_sealing_is_corrected_by_two(house):
    walk, mark = the_end(house), uuid.uuid4()
    before_it = rows_about(house, walk.person)
    seal(walk, mark=mark)

    # A later roster with the same number registers a new person, as for a number that nobody holds.
    later = datetime(2032, 3, 1, 1, 0, tzinfo=UTC)
    with house.acting("other-prison"):
        row = rosters.row("陈柏舟", release=date(2032, 9, 1), born=BORN)
        prison.import_roster(rosters.workbook(row), file_name="名册.xlsx", today=later.date(), at=later)
        with transaction.atomic():
            ((task,), _) = roads.queue("sending", roads.Filters(), now=later, first=0, most=2)
    assert task.person_id != walk.person
    with house.acting("identity"), transaction.atomic():
        assert questions.listed(own_unit_only=False, decided=False, first=0, most=5) == ([], 0)
    with house.acting("county"), transaction.atomic():
        assert sealing.sealing(mark).met == 1  # the office that sealed it learns of it, and no other does
    with house.acting("foreign"), transaction.atomic():
        assert sealing.sealing(mark) is None

    # A number that stands on a file joined into it leads to the sealing as the file's own does.
    with house.acting("other-prison"):
        row = rosters.row("林见秋", release=date(2032, 9, 1), born="19900101", order="117")
        prison.import_roster(rosters.workbook(row), file_name="名册.xlsx", today=later.date(), at=later)
    other = rosters.number("910121", "19900101", "117")
    with pytest.raises(QueryRefused, match="UNKNOWN"):
        record_query(walk, at=later, number=other)
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE rights_sealing SET suspended = jsonb_set(suspended, '{files}', suspended -> 'files' ||"
            " (SELECT to_jsonb(p.id::text) FROM people_person p WHERE p.name = '林见秋'))"
        )
    record_query(walk, at=later, number=other)
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE rights_sealing SET suspended = jsonb_set(suspended, '{files}', (suspended -> 'files') - 1)"
        )

    # Corrected by two.
    proposal = uuid.uuid4()
    with house.acting("county"):
        sealing.propose_correction(
            mark,
            ground="WRONG_PERSON",
            document="青法更字1号",
            words="文书上是另一个人，已经核对",
            event_id=proposal,
            at=later,
        )
        with pytest.raises(NotAllowed):
            decide(mark, proposal, later)
    with house.role("guitu_owner") as door, pytest.raises(psycopg.errors.CheckViolation):
        door.execute(
            "UPDATE rights_unsealing SET decided_at = now(), decided_by = proposed_by, approved = true, finding = 'x'"
        )
    assert (*told_of_deciding(house)[-1][:3], len(told_of_deciding(house))) == (
        *("SEALING_TO_CORRECT", COUNTY, ["COUNTY_HEAD"], 2),  # the query before it was told too
    )
    with house.acting("county-head"):
        decide(mark, proposal, later)
        decide(mark, proposal, later)
    with ticking():
        assert sealed_decisions.tell_late_decisions(at=later + timedelta(days=60)) == 0  # nothing waits any more
    # All is back, and a line more: that it was sealed.
    assert rows_about(house, walk.person) == {login: rows + 1 for login, rows in before_it.items()}


def decide(mark, proposal, at):
    sealing.decide_correction(mark, proposal, approved=True, finding="核对无误，更正封存", event_id=uuid.uuid4(), at=at)


def test_not_while_anything_is_in_hand_nor_by_hand_and_control_the_row_policy_alone_hides_it(house):
    walk = home(received(Walk(house, born=BORN)))
    wish = replace(WISH, decided_on=RELEASE)
    with pytest.raises(SealingRefused, match="IN_HAND"):
        seal(walk, at=after(5), wish=wish)
    for statement in (
        "UPDATE people_person SET sealed_at = now()",
        "UPDATE people_person SET division = 'J10121000000'",
    ):
        with pytest.raises(psycopg.Error), as_application(house, "county", "RECEIVE_RETURN") as door:
            door.execute(statement)
    walk.agree(RELEASE + timedelta(days=3))
    walk.tick(ENDED)
    with house.role("guitu_owner") as door:
        (number,) = door.execute("SELECT number FROM people_person WHERE id = %s", (walk.person,)).fetchone()
        door.execute(
            "INSERT INTO rights_worsening (id, person_id, division, file_number, addressee_id, said_id, said_at, what,"
            " event_id, event_at, by_unit_id, by_post, found_at, due_at, due_rule, outcome)"
            " SELECT gen_random_uuid(), id, division, number, %s, id, now(), 'prison_grade', id, now(), %s, id, now(),"
            " now(), 'RD-WORSENED-REVIEW', '' FROM people_person WHERE id = %s",
            (unit_id(PROVINCE), unit_id(PRISON), walk.person),
        )
    hold(house, number)
    assert about_it(house) == (1, [number])
    seal(walk)
    with house.role("guitu_owner") as door:  # whatever scope somebody still gets
        door.execute(
            "INSERT INTO access_reach (id, person_id, division, unit_id, relation, from_at)"
            " SELECT gen_random_uuid(), %s, u.division, u.id, 'receiver', now() - interval '1 day' FROM access_unit u"
            " WHERE u.id = %s",
            (walk.person, unit_id(PRISON)),
        )
    assert set(rows_about(house, walk.person).values()) == {0}
    # What stands apart tells the number no more, and no hold on looks tells whether there is such a number.
    assert about_it(house) == (0, [""])
    with pytest.raises(ReasonRefused, match="no file with this number"):
        hold(house, number)
    with house.role("guitu_owner") as door:  # the control: sealed in word only, standing where it stood
        door.execute("ALTER TABLE people_person DROP CONSTRAINT people_person_sealed_apart")
        door.execute("UPDATE people_person SET division = people_unsealed_division(division)")
    found = rows_about(house, walk.person)
    assert (found["county"] > 0, found["prison"] > 0) == (True, True)
    with house.role("guitu_owner") as door:  # and what stands apart, sealed in no word
        door.execute("UPDATE people_person SET sealed_at = NULL")
    assert about_it(house)[0] == 1


def about_it(house):
    """How many reviews after a complaint the superior sees, and the numbers in the decisions to hold looks back."""
    with house.acting("province"), transaction.atomic():
        reviews = worsening.listed(is_open=True, first=0, most=5)[1]
    return reviews, [one.number for one in listed(house, "RUNNING")]
