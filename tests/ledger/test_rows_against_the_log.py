"""What stands beside the log is held to it: a line of the trace or a content changed, missing or misfiled is named."""

import uuid

import pytest

from guitu.ledger import nightly
from guitu.ledger.sequencing import note_traces
from tests.ledger.test_kept import asked, somebody
from tests.ledger.test_the_log import AT, LOG, as_role, grow, recheck

CHANGES = {
    "TRACE_MISSING": "DELETE FROM access_trace WHERE id = %(line)s",
    "TRACE_CHANGED": "UPDATE access_trace SET subjects = '{}' WHERE id = %(line)s",
    "TRACES_DIFFER": "DELETE FROM ledger_noted_trace WHERE trace_id = %(line)s",
    "CONTENT_MISSING": "DELETE FROM ledger_payload WHERE entry_id = %(entry)s",
    "CONTENT_MOVED": "UPDATE ledger_payload SET subjects = ARRAY[gen_random_uuid()] WHERE entry_id = %(entry)s",
}
KEPT = {"access_trace": "lines", "ledger_noted_trace": "noted", "ledger_payload": "held"}
NAMES_THE_LINE = {"TRACE_MISSING", "TRACE_CHANGED"}


def note(*, whole: bool = False) -> int:
    with as_role("guitu_seq"):
        return note_traces(at=AT, most=1000, whole=whole)


def nightly_wrong() -> list[tuple[str, str]]:
    with as_role("guitu_seq"):
        return nightly.recheck_batch(LOG, at=AT, most=100).wrong


def test_a_row_changed_or_missing_beside_the_log_is_named_by_both_rechecks(house) -> None:
    person = somebody(house)
    assert asked(house, "prison", "person:open", person) == "ALLOWED"  # names and states alone: no entry of its own
    with house.role("guitu_owner") as door:
        line = door.execute("SELECT id FROM access_trace WHERE action = 'person:open'").fetchone()[0]
        entry = door.execute(
            "SELECT entry_id FROM ledger_payload WHERE subjects @> ARRAY[%s::uuid] LIMIT 1", (person,)
        ).fetchone()[0]
    assert (note() > 0, note()) == (True, 0)  # each line once
    assert asked(house, "prison", "person:open", person) == "ALLOWED"
    assert note() == 2  # the list of whoever acts, and the file
    grow()
    assert recheck().wrong == nightly_wrong() == []  # the control: untouched it holds
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")  # past the triggers, as whoever holds the disk can go
        for code, change in CHANGES.items():
            for table, copy in KEPT.items():
                door.execute(f"CREATE TEMP TABLE {copy} AS TABLE {table}")
            door.execute(change, {"line": line, "entry": entry})
            wrong = recheck().wrong
            assert nightly_wrong() == wrong
            which = line if code in NAMES_THE_LINE else entry
            if code == "TRACES_DIFFER":
                assert [found for found, _ in wrong] == [code]
            else:
                assert wrong == [(code, str(which))], code
            for table, copy in KEPT.items():
                door.execute(f"TRUNCATE {table}")
                door.execute(f"INSERT INTO {table} TABLE {copy}")
                door.execute(f"DROP TABLE {copy}")
        assert recheck().wrong == []  # put back, it holds again
        door.execute("UPDATE access_trace SET words = 'x' WHERE id = %s", (line,))
        door.execute(
            "UPDATE ledger_noted_trace d SET digest = ledger_trace_digest(t) FROM access_trace t"
            " WHERE t.id = d.trace_id AND t.id = %s",
            (line,),
        )
    assert [code for code, _ in recheck().wrong] == ["TRACES_DIFFER"]  # whoever forges the digest too meets the entry


def test_a_sensitive_look_is_held_to_its_own_entry_before_any_batch_is_noted(house) -> None:
    person = somebody(house)
    assert asked(house, "prison", "person:open", person, "ADDRESS") == "ALLOWED"
    assert recheck().wrong == []
    with house.role("postgres") as door:
        line = door.execute("SELECT id FROM access_trace WHERE 'ADDRESS' = ANY (fields)").fetchone()[0]
        door.execute("SET session_replication_role = replica")
        door.execute("UPDATE access_trace SET fields = '{}' WHERE id = %s", (line,))
    assert recheck().wrong == [("TRACE_CHANGED", str(line))]


def test_a_line_that_came_too_late_for_its_batch_is_noted_at_night_so_that_it_is_held_and_ends(house) -> None:
    person = somebody(house)
    assert asked(house, "prison", "person:open", person) == "ALLOWED"
    assert note() > 0
    with house.role("guitu_owner") as door:  # written by a transaction that was under way for longer than the window
        door.execute(
            "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason,"
            " words) SELECT gen_random_uuid(), at - interval '3 hours', post_id, unit_id, purpose, action, subjects,"
            " fields, outcome, reason, words FROM access_trace WHERE action = 'person:open'"
        )
    assert note() == 0, "control: the rounds of the day do not see it"
    assert (note(whole=True), note(whole=True)) == (1, 0)
    with house.role("guitu_owner") as door:
        left = "SELECT id FROM access_trace EXCEPT SELECT trace_id FROM ledger_noted_trace"
        assert door.execute(left).fetchall() == []


@pytest.mark.parametrize("role", ["guitu_app", "guitu_job", "guitu_signin"])
def test_nobody_but_the_sequencer_notes_or_asks(house, role: str) -> None:
    with house.role(role) as door:
        for call in ("ledger_note_traces(now(), 1, true)", f"ledger_rows_differ(ARRAY['{uuid.UUID(int=1)}'::uuid])"):
            with pytest.raises(Exception, match="permission denied"):
                door.execute(f"SELECT {call}")
