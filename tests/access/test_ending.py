"""Processing records end with their term: with a proof, whole or not at all, never while something needs them."""

import json
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import queries, retention
from guitu.ledger import ending
from guitu.ledger.erasing import register_file
from guitu.ledger.log import bundles
from guitu.ledger.sequencing import note_traces
from guitu.rights.replaying import replay_all
from guitu.rulebook.book import load_national
from guitu.rulebook.retention import ended_before, kept_months, record_classes
from tests.ledger.test_rows_against_the_log import nightly_wrong
from tests.ledger.test_the_log import act, as_role, bundle_of, grow, recheck, some_entry
from tests.roads.test_what_time_alone_brings_about import ticking

AT = datetime(2026, 9, 1, 18, 0, tzinfo=UTC)
OLD = datetime(2020, 3, 1, 2, 0, tzinfo=UTC)
MOST = 1000


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUITU_HOME", str(tmp_path))


def looked(house, at: datetime, *, persons=(), action="person:open", fields=(), outcome="ALLOWED", post=None):
    """A line of the trace of an earlier day, noted in a batch of its own; its id."""
    with house.role("guitu_owner") as door:
        made = uuid.uuid4()
        door.execute(
            "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome)"
            " SELECT %s, %s, p.id, p.unit_id, 'RECEIVE', %s, %s, %s, %s FROM access_post p"
            " WHERE p.role = 'COUNTY_OFFICER' OR p.id = %s ORDER BY p.id = %s DESC NULLS LAST, p.id LIMIT 1",
            (made, at, action, list(persons), list(fields), outcome, post, post),
        )
    with as_role("guitu_seq"):
        assert note_traces(at=at, most=1) == 1
    return made


def signed_in(house, at: datetime, outcome: str, account=None) -> uuid.UUID:
    with house.role("guitu_owner") as door:
        made = uuid.uuid4()
        door.execute(
            "INSERT INTO access_sign_in (id, at, account_id, outcome, address) VALUES (%s, %s, %s, %s, '10.0.0.1')",
            (made, at, account, outcome),
        )
    return made


def ended(at: datetime = AT, most: int = MOST) -> Counter[str]:
    with ticking():
        return +Counter(retention.end_records(at=at, most=most))


def held(house, table: str) -> set[uuid.UUID]:
    with house.role("guitu_owner") as door:
        return {row[0] for row in door.execute(f"SELECT id FROM {table}").fetchall()}


def test_terms_are_rules_with_their_least_beside_them_and_count_in_legal_days() -> None:
    book = load_national()
    for one in record_classes().values():
        assert not one.least or kept_months(one) >= 6
        assert {book.rules[rule].standing for rule in (one.rule, one.least) if rule} <= {"service", "law"}
    traces = record_classes()["TRACES"]
    midnight = datetime(2026, 8, 31, 16, 0, tzinfo=UTC)  # the first of September begins in Shanghai
    before = ended_before(book, traces, at=midnight)
    assert before == datetime(2021, 8, 31, 16, 0, tzinfo=UTC)
    assert ended_before(book, traces, at=midnight - timedelta(seconds=1)) == before - timedelta(days=1)


def test_what_has_ended_goes_with_a_proof_that_both_rechecks_hold_it_to(house) -> None:
    act(house, 1)
    (person,) = held(house, "people_person")
    plain, opened = looked(house, OLD, persons=[person]), looked(house, OLD, persons=[person], fields=["ADDRESS"])
    refused = looked(house, OLD + timedelta(1), outcome="DENIED")
    young = looked(house, AT - timedelta(900), persons=[person], fields=["ADDRESS"])
    failed, went_in = signed_in(house, OLD, "FAILED"), signed_in(house, OLD, "SUCCEEDED")
    lately = signed_in(house, AT - timedelta(20), "FAILED")
    grow()
    text = bundle_of(house, some_entry(house))
    assert ended() == {"TRACES": 3, "SIGN_INS": 2}
    assert not {plain, opened, refused} & held(house, "access_trace")
    assert (held(house, "access_sign_in") & {failed, went_in, lately}, young in held(house, "access_trace")) == (
        {lately},
        True,
    )
    assert ended() == {}  # twice changes nothing
    with house.role("guitu_owner") as door:
        contents = door.execute("SELECT count(*) FROM ledger_payload WHERE canonical LIKE %s", (f"%{OLD:%Y-%m-%d}%",))
        assert contents.fetchone()[0] == 0
        of_them = "SELECT count(*) FROM ledger_payload_gone g JOIN ledger_entry e ON e.id = g.entry_id WHERE e.event_id"
        assert door.execute(f"{of_them} = ANY (%s)", ([opened, refused, failed],)).fetchone()[0] == 3
        told = door.execute(
            "SELECT p.canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id WHERE e.act ="
            " 'ledger:records:ended' ORDER BY p.canonical LIKE '%%TRACES%%' DESC"
        ).fetchall()
    said = json.loads(told[0][0].split("\n", 3)[3])
    assert len(told) == 2
    assert (said["class"], said["rule"], said["lines"], said["contents"]) == ("TRACES", "RK-TRACE", 3, 5)
    grow()
    assert recheck().wrong == nightly_wrong() == []
    assert bundles.verify(text).content  # what was handed out before holds on
    # Whoever deletes without a proof, or changes the proof, is named.
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        entry = door.execute("SELECT id FROM ledger_entry WHERE act = 'access:item:read' AND event_id = %s", (young,))
        look = entry.fetchone()[0]
        proof = "SELECT id FROM ledger_entry WHERE act = 'ledger:records:ended' AND event_id = ANY (SELECT id FROM"
        proof = door.execute(f"{proof} ledger_ending WHERE record_class = 'TRACES')").fetchone()[0]
        door.execute("DELETE FROM ledger_payload WHERE entry_id = %s", (look,))
        door.execute("INSERT INTO ledger_payload_gone (entry_id) VALUES (%s)", (look,))
        assert recheck().wrong == [("CONTENT_MISSING", str(look))]  # no erasure takes the content of a look
        door.execute("UPDATE ledger_payload_gone SET ending_id = (SELECT id FROM ledger_ending LIMIT 1)"
                     " WHERE entry_id = %s", (look,))  # fmt: skip
        assert [code for code, _ in recheck().wrong] == ["ENDING_DIFFERS"]
        door.execute("DELETE FROM ledger_payload_gone WHERE entry_id = %s", (look,))
        door.execute("UPDATE ledger_ending SET lines = 2 WHERE record_class = 'TRACES'")
        assert set(recheck().wrong) == {("CONTENT_MISSING", str(look)), ("ENDING_DIFFERS", str(proof))}


def put(door: psycopg.Connection, table: str, **given: object) -> None:
    """A row with these values, past triggers and keys; what must not be empty is filled in by its type."""
    wanted = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
    )
    empty = {
        **{"uuid": uuid.uuid4, "timestamp with time zone": lambda: AT, "interval": timedelta, "date": AT.date},
        **{"boolean": bool, "ARRAY": list, "bytea": bytes, "jsonb": lambda: "{}"},
        **dict.fromkeys(("integer", "bigint", "smallint"), int),
    }
    for name, kind in door.execute(wanted, (table,)).fetchall():
        given.setdefault(name, empty.get(kind, lambda name=name: f"x{name}"[:12])())
    names = list(given)
    door.execute(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})", list(given.values())
    )


GUARDS = {
    "an open complaint": (
        "rights_complaint",
        {"way": "ENVELOPE", "outcome": ""},
        "answered_at = now(), outcome = 'FOUND', answered_by = gen_random_uuid(), sealed_answer = '.'",
    ),
    "an open request": (
        "rights_request",
        {"outcome": "", "ground": "G"},
        "decided_at = now(), outcome = 'REFUSED', decided_by = gen_random_uuid(), decided_unit = gen_random_uuid()",
    ),
    "an unfinished review of what went worse": (
        "rights_worsening",
        {"outcome": ""},
        "decided_at = now(), outcome = 'KEPT', decided_by = gen_random_uuid(), sealed_words = '.'",
    ),
    "an emergency look not reviewed": (
        "access_glass",
        {"opened_at": OLD, "until_at": AT},
        "reviewed_at = now(), reviewed_by = gen_random_uuid(), justified = true",
    ),
    "looks held back": (
        "access_look_hold",
        {"decided_at": AT, "looks_from": AT, "until_at": AT + timedelta(1)},
        "decided_at = %(old)s, looks_from = %(old)s, until_at = %(old)s + interval '9 days'",
    ),
    "a lawful query": (
        "rights_sealed_query",
        {"items": ["ADDRESS"], "finding": ""},
        "decided_at = now(), approved = false, decided_by = gen_random_uuid(), finding = 'x'",
    ),
}
"""Table, values of an open one, and how it is concluded."""
ANSWERED = f"UPDATE rights_complaint SET {GUARDS['an open complaint'][2]}"
OFFICER = "SELECT id, account_id, unit_id FROM access_post WHERE role = %s ORDER BY id LIMIT 1"


def test_nothing_ends_while_something_needs_it_and_once_that_is_over_it_goes(house) -> None:
    """The line about nobody in particular is the control: it goes at the first round, beside all that are held."""
    whom = {name: uuid.uuid4() for name in GUARDS}
    joined, reviewed = uuid.uuid4(), uuid.uuid4()
    lines = {name: looked(house, OLD + timedelta(number), persons=[person]) for number, (name, person) in
             enumerate(whom.items())}  # fmt: skip
    lines["a joined file"] = looked(house, OLD + timedelta(20), persons=[joined])
    free = looked(house, OLD + timedelta(21), persons=[uuid.uuid4()])
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        for name, (table, values, _) in GUARDS.items():
            put(door, table, person_id=whom[name], **values)
        put(door, "people_join", person_id=whom["an open complaint"], joined_id=joined)
        put(door, "access_reading_review", post_id=reviewed, outcome="JUSTIFIED", since=OLD, until=AT)
    assert ended()["TRACES"] == 1
    assert free not in held(house, "access_trace")
    assert set(lines.values()) <= held(house, "access_trace")
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        for name, (table, _, concluded) in GUARDS.items():
            of_them = [lines[name], *([lines["a joined file"]] if name == "an open complaint" else [])]
            door.execute(f"UPDATE {table} SET {concluded} WHERE person_id = %(of)s", {"of": whom[name], "old": OLD})
            assert ended()["TRACES"] == len(of_them), name
            assert not set(of_them) & held(house, "access_trace"), name


def test_a_review_of_reading_keeps_what_it_looked_at_for_a_term_of_its_own_and_a_changed_line_stays_as_evidence(
    house,
) -> None:
    with house.role("guitu_owner") as door:
        post = door.execute("SELECT id FROM access_post WHERE role = 'COUNTY_OFFICER' ORDER BY id LIMIT 1").fetchone()[
            0
        ]
    read, changed, beside = (looked(house, OLD + timedelta(number), post=post) for number in range(3))
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        window = {"since": OLD - timedelta(1), "until": OLD + timedelta(hours=1)}
        put(door, "access_reading_review", post_id=post, reviewed_at=AT - timedelta(400), outcome="JUSTIFIED", **window)
        door.execute("UPDATE access_trace SET action = 'person:search' WHERE id = %s", (changed,))
    assert ended()["TRACES"] == 1
    assert {read, changed} <= held(house, "access_trace")
    assert beside not in held(house, "access_trace")
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        door.execute("UPDATE access_reading_review SET reviewed_at = %s", (OLD + timedelta(30),))
        assert ended()["TRACES"] == 1
        door.execute("UPDATE access_trace SET action = 'person:open' WHERE id = %s", (changed,))
    assert ended()["TRACES"] == 1


def test_only_the_clock_ends_records_nothing_younger_than_the_term_and_nobody_deletes_beside_it(house) -> None:
    line = looked(house, AT - timedelta(900))
    call = "SELECT * FROM ledger_end(%s, 'TRACES', 'RK-TRACE', %s, %s, 10, NULL, NULL, NULL)"
    with house.acting("county"), transaction.atomic(), pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(call, [uuid.uuid4(), OLD, AT])
    with ticking(), pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(call, [uuid.uuid4(), AT, AT])
    assert refused.value.__cause__.sqlstate == "GU010"  # the database keeps the national term by its own clock
    proof = (
        "WITH s AS (SELECT set_config('guitu.ending', %(id)s::text, true)) INSERT INTO ledger_ending (id, record_class,"
        " rule, before, at, first_at, last_at, lines, digest, in_transaction) SELECT %(id)s, 'TRACES', 'RK-TRACE',"
        " %(old)s, %(at)s, %(old)s, %(old)s, 1, '', pg_current_xact_id()::text::bigint FROM s"
    )

    def deleted(door: psycopg.Connection, *, proved: bool) -> None:
        with door.transaction():
            if proved:
                door.execute(proof, {"id": line, "old": OLD, "at": AT})
            door.execute("DELETE FROM access_trace WHERE id = %s", (line,))

    with house.role("guitu_owner") as door:
        for proved in (False, True):  # not the owner either, nor under a proof that says something older
            with pytest.raises(psycopg.Error) as refusal:
                deleted(door, proved=proved)
            assert refusal.value.sqlstate == "GU010"


def test_a_round_that_is_broken_off_leaves_everything_and_the_next_one_does_it(
    house, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, failed = looked(house, OLD), signed_in(house, OLD, "FAILED")

    def killed(path, new) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ending, "append", killed)  # proof and deletion are written, the transaction is not over
        with pytest.raises(KeyboardInterrupt):
            ended()
    assert (line in held(house, "access_trace"), held(house, "ledger_ending")) == (True, set())
    monkeypatch.setattr(retention, "record_classes", lambda: {"SIGN_INS": record_classes()["SIGN_INS"]})
    assert ended() == {"SIGN_INS": 1}
    assert failed not in held(house, "access_sign_in")
    monkeypatch.undo()
    assert line in held(house, "access_trace")


def test_a_restored_older_copy_loses_again_what_had_ended_and_nothing_else(house) -> None:
    kept_tables = ("access_trace", "ledger_noted_trace", "ledger_payload", "ledger_payload_gone", "ledger_ending",
                   "access_sign_in")  # fmt: skip
    whom = uuid.uuid4()
    line, spared = looked(house, OLD, fields=["ADDRESS"]), looked(house, OLD + timedelta(hours=1), persons=[whom])
    after, younger = looked(house, OLD + timedelta(hours=2)), looked(house, OLD + timedelta(1))
    failed, later = signed_in(house, OLD, "FAILED"), signed_in(house, OLD + timedelta(1), "FAILED")
    other = signed_in(house, OLD, "SUCCEEDED")
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        for table in kept_tables:
            door.execute(f"CREATE TABLE backup_{table} AS TABLE {table}")
        put(door, "rights_complaint", person_id=whom, way="ENVELOPE", outcome="")  # which the copy does not know of
        assert ended(most=2) == {"TRACES": 2, "SIGN_INS": 2}
        assert (line in held(house, "access_trace"), failed in held(house, "access_sign_in")) == (False, False)
        door.execute("TRUNCATE rights_complaint")
        for table in kept_tables:
            door.execute(f"TRUNCATE {table}")
            door.execute(f"INSERT INTO {table} TABLE backup_{table}")
            door.execute(f"DROP TABLE backup_{table}")
    assert {line, spared, after, younger} <= held(house, "access_trace")  # the control: the copy has brought it back
    with as_role("guitu_owner"):
        replay_all([], at=AT)
        replay_all([], at=AT)
    assert {line, spared, after, younger} & held(house, "access_trace") == {spared, younger}
    assert {failed, other, later} & held(house, "access_sign_in") == {later}
    assert len(ending.read_endings(register_file())) == len(held(house, "ledger_ending")) == 2


def test_what_is_kept_longer_is_told_to_the_person_and_to_oversight_and_to_no_office(house) -> None:
    """Whoever of the office still saw an old look would learn that something is open about the person."""
    act(house, 1)
    (person,) = held(house, "people_person")
    old = looked(house, OLD, persons=[person])
    looked(house, OLD + timedelta(1))
    with house.acting("prison"), transaction.atomic():
        assert OLD in [look.at for look in queries.looks_at(person)]  # the control: before an ending it stands there
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        put(door, "rights_complaint", person_id=person, way="ENVELOPE", outcome="")
    assert ended()["TRACES"] == 1
    assert old in held(house, "access_trace")
    with house.acting("prison"), transaction.atomic():
        assert OLD not in [look.at for look in queries.looks_at(person)]
        told = retention.kept("TRACES")
    assert (told.before, told.ended_at, told.rule, told.months) == (
        ended_before(load_national(), record_classes()["TRACES"], at=AT), AT, "RK-TRACE", 60,
    )  # fmt: skip
