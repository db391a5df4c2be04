"""What is written owes an entry of the ledger in its own transaction, whoever writes: a page, the clock, own SQL."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import api_tokens, compiled_rules, kept_writes
from guitu.access.compiling import _cage as cage
from guitu.access.establishing import account_id, post_id
from guitu.rulebook import load_national
from tests.factories.units import COUNTY, PRISON
from tests.ledger.test_kept import down, somebody
from tests.ledger.test_the_log import AT, as_role, grow, recheck
from tests.ledger.test_the_log import act as take_in

KEPT = re.compile(r"ledger_keep\((.*?);", re.DOTALL)
ACT = re.compile(r"'([a-z]+:[a-z]+:[a-z]+)'")
END = "UPDATE people_fact SET to_at = now() WHERE person_id = %s AND item = 'offence'"
SAY = "SELECT ledger_append('people:item:recorded', ARRAY[gen_random_uuid()], now(), %s, %s, NULL, ARRAY['{}'])"


def unsaid(house) -> list[tuple[str, list[str], dict[str, object]]]:
    """What the database recorded itself: the post, the persons, the rest; oldest first."""
    with house.role("guitu_owner") as door:
        found = door.execute(
            "SELECT p.canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.act = 'access:write:unsaid' ORDER BY e.at, e.id"
        ).fetchall()
    told = [canonical.split("\n", 3) for (canonical,) in found]
    return [(lines[0], [one for one in lines[2].split(",") if one], json.loads(lines[3])) for lines in told]


def say(cursor, whom: uuid.UUID) -> None:
    cursor.execute(SAY, [[str(whom)], [PRISON]])


def not_at_all(cursor, person) -> None:
    cursor.execute(END, [person])


def of_somebody_else(cursor, person) -> None:
    cursor.execute("SELECT id FROM people_person WHERE id <> %s LIMIT 1", [person])
    (other,) = cursor.fetchone()
    cursor.execute(END, [person])
    say(cursor, other)


def taken_back(cursor, person) -> None:
    cursor.execute(END, [person])
    cursor.execute("SAVEPOINT one")
    say(cursor, person)
    cursor.execute("ROLLBACK TO one")


def at_once(cursor, person) -> None:
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(END, [person])


def only_a_look(cursor, person) -> None:
    cursor.execute(END, [person])
    cursor.execute("SELECT access_require('person:open', ARRAY[%s]::uuid[], ARRAY['offence'])", [person])


ATTEMPTS = (not_at_all, of_somebody_else, taken_back, at_once, only_a_look)


def test_what_sql_of_ones_own_writes_about_a_person_the_database_records_itself(house) -> None:
    take_in(house, 2)
    with house.role("guitu_owner") as door:
        (person,) = door.execute("SELECT id FROM people_person ORDER BY id LIMIT 1").fetchone()
    own = str(post_id("prison", PRISON, "PRISON_LIAISON"))
    with house.acting("prison"):
        with transaction.atomic(), connection.cursor() as cursor:
            say(cursor, person)  # an entry of another transaction is none of the next ones
        for attempt in ATTEMPTS:
            with transaction.atomic(), connection.cursor() as cursor:
                attempt(cursor, person)
        told = (own, [str(person)], {"role": "guitu_app", "tables": ["people_fact"]})
        assert unsaid(house) == [told] * len(ATTEMPTS)
        with transaction.atomic(), connection.cursor() as cursor:  # the control: with its entry nothing is owed
            not_at_all(cursor, person)
            say(cursor, person)
        assert len(unsaid(house)) == len(ATTEMPTS)
        # Where the ledger cannot be written, neither is the row.
        present = "SELECT xmin::text FROM people_fact WHERE person_id = %s AND item = 'offence'"
        with house.role("guitu_owner") as door:
            before = door.execute(present, (person,)).fetchall()
        refused = pytest.raises(DatabaseError, match="down")
        with down(house, "ledger_entry"), refused, transaction.atomic(), connection.cursor() as cursor:
            not_at_all(cursor, person)
    with house.role("guitu_owner") as door:
        assert door.execute(present, (person,)).fetchall() == before
        assert door.execute("SELECT count(*) FROM ledger_owed").fetchone() == (0,)
        # The control: without the trigger nobody would learn of it.
        door.execute("DROP TRIGGER owes_an_entry_again ON people_fact")
    with house.acting("prison"), transaction.atomic(), connection.cursor() as cursor:
        not_at_all(cursor, person)
    assert len(unsaid(house)) == len(ATTEMPTS)
    grow()
    assert recheck().wrong == []


FORGED = (
    # So that a start would not tell of another public key of backups; that a batch of lines would never end.
    ("ledger:recipient:set", "{person}", "{}"),
    ("ledger:records:ended", "{person}", "{}"),
    ("access:traces:noted", "{person}", "{}"),
    ("access:item:read", "{person}", "{}"),
    ("access:write:unsaid", "{person}", "{}"),
    ("access:file:unsealed", "{person}", "{}"),
    # So that the person's file would not open any more: no page could say what it is.
    ("nobody:knows:this", "{person}", "{}"),
    (None, "{person}", "{}"),
    ("people:item:recorded", "{person}", "[]"),
    ("people:item:recorded", "{person}", None),
    ("people:item:recorded", None, "{}"),
    # So that the columns would say another text than was committed to.
    ("people:item:recorded", "{PERSON}", "{}"),
)


def test_a_post_says_no_act_of_the_database_or_the_machine_and_nothing_that_no_page_could_show(house) -> None:
    person = str(somebody(house))
    say_so = "SELECT ledger_append(%s, ARRAY[gen_random_uuid()], now(), ARRAY[%s], %s, NULL, ARRAY[%s])"
    before = entries(house)
    for act, whom, fact in FORGED:
        told = whom and whom.replace("{person}", person).replace("{PERSON}", person.upper())
        with house.acting("prison"), pytest.raises(DatabaseError) as refusal, transaction.atomic():
            connection.cursor().execute(say_so, [act, told, [PRISON], fact])
        assert refusal.value.__cause__.sqlstate == "GU028", (act, whom, fact)
    assert entries(house) == before
    with house.acting("prison"), transaction.atomic(), connection.cursor() as cursor:
        say(cursor, uuid.UUID(person))  # the control
    assert entries(house) == before + 1


def entries(house) -> int:
    with house.role("guitu_owner") as door:
        counted = "SELECT count(*) FROM ledger_entry WHERE act <> 'access:request:refused'"
        return door.execute(counted).fetchone()[0]  # that something was refused leaves an entry of its own


def test_what_the_database_and_the_machine_record_no_post_says(house) -> None:
    """Every act that only they write, as the sources have it, is missing from what a post may say."""
    with house.role("guitu_owner") as door:
        (said,) = door.execute("SELECT ledger_acts_of_posts()").fetchone()
    folder = compiled_rules.ACTS.parents[2] / "access" / "sql"
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.sql"))
    kept = {act for call in KEPT.findall(sources) for act in ACT.findall(call)}
    assert len(kept) >= 10
    assert not kept & set(said)
    assert not [act for act in said if act.startswith("ledger:")]
    assert set(load_national().acts) >= compiled_rules.UNSIGNED  # none is misspelt


def test_keys_and_changes_leave_an_entry_by_every_road(house) -> None:
    token = "SELECT access_issue_token('\\x00'::bytea, %s, 'RECEIVE_RETURN', 'x', '1 day', now())"
    change = "SELECT access_propose_change(gen_random_uuid(), 'KEY_ROTATION', 'intl', '', 'x', '[]', NULL, 'x', now())"
    with as_role("guitu_owner"):
        client = api_tokens.add_client("county.system", name="县级业务系统", done_by="root", at=AT)
    post = uuid.uuid4()
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at) SELECT %s, %s, p.unit_id, p.role,"
            " p.title, p.from_at FROM access_post p WHERE p.id = %s",
            (post, client, post_id("county", COUNTY, "COUNTY_OFFICER")),
        )
    for who, statement, values in (("security", token, [post]), ("system", change, [])):
        with house.acting(who), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    assert [told["tables"] for *_, told in unsaid(house)] == [["access_api_token"], ["access_dual_change"]]
    with as_role("guitu_owner"):
        made = api_tokens.issue_at_machine(
            post, purpose="RECEIVE_RETURN", name="对接", lasts=timedelta(days=30), done_by="root", at=AT
        )
        api_tokens.end_at_machine(made.id, done_by="root", at=AT)
    assert len(unsaid(house)) == 2  # the verbs of the machine say it themselves
    with house.role("guitu_owner") as door:
        acts = door.execute(
            "SELECT e.act, p.canonical LIKE '%%root%%' FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.event_id = ANY (%s) ORDER BY e.act",
            ([client, made.id],),
        ).fetchall()
        assert acts == [("access:client:registered", True), ("access:token:ended", True), ("access:token:issued", True)]
        door.execute("UPDATE access_api_token SET calls = calls + 1")  # the control: a call that is counted is no act
        assert len(unsaid(house)) == 2
        door.execute("UPDATE access_api_token SET name = 'y'")  # the owner's own SQL too
    assert unsaid(house)[-1] == ("", [], {"role": "guitu_owner", "tables": ["access_api_token"]})


def test_the_catalogue_holds_a_trigger_for_every_table_that_owes(house) -> None:
    said = kept_writes.kept()
    wanted = kept_writes.triggers(cage(), said)
    assert len({table for table, _ in wanted}) > 60
    with house.role("guitu_owner") as door:
        held = door.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgfoid = 'ledger_owe()'::regprocedure AND t.tgenabled = 'O'"
        ).fetchall()
        columns = set(door.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall())
    assert set(held) == set(wanted)
    assert {(table, one) for table, silent in said["silent"].items() for one in silent} <= columns


def test_a_table_of_which_it_is_not_said_whether_it_owes_is_noticed() -> None:
    said = kept_writes.kept()
    assert kept_writes.problems(cage(), said) == []
    forgotten = {"tables": cage()["tables"] | {"people_secret": {"cage": "closed"}}}
    assert kept_writes.problems(forgotten, said) == [
        "kept.yaml must say once whether people_secret owes an entry of the ledger"
    ]
    person = {"tables": {"people_new": {"cage": "person", "subject": "person_id"}}}
    assert ("people_new", "owes_an_entry") in kept_writes.triggers(person, {part: {} for part in said})


def test_what_the_worker_erases_is_in_the_register_with_an_entry_that_names_nobody(house) -> None:
    person, erasure = somebody(house), uuid.uuid4()
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO ledger_erasure (id, person_id, ground, approved_by, at) VALUES (%s, %s, 'CONSENT', %s, now())",
            (erasure, person, account_id("county-head")),
        )
        kept, subjects = door.execute(
            "SELECT p.canonical, p.subjects FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.act = 'ledger:erasure:registered' AND e.event_id = %s",
            (erasure,),
        ).fetchone()
    assert subjects == []
    assert "CONSENT" in kept
    assert str(person) not in kept
