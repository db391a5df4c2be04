"""Whom the log believes is in the log: a changed witness policy is an entry, once for each change."""

from datetime import timedelta

import psycopg
import pytest

from guitu.web import sequencer
from tests.ledger.test_the_log import AT, LOG, as_role
from tests.ledger.test_witnessing import Bench

NOBODY = f"log {LOG}\nquorum none\n"


def entries(house):
    """The policies that stand in the ledger, the oldest first."""
    with house.role("guitu_owner") as door:
        rows = door.execute(
            "SELECT split_part(p.canonical, E'\\n', 4)::jsonb ->> 'policy' FROM ledger_entry e"
            " JOIN ledger_payload p ON p.entry_id = e.id WHERE e.act = 'ledger:policy:changed' ORDER BY e.at, e.id"
        ).fetchall()
    return [row[0] for row in rows]


def noted(monkeypatch, text, before, minutes):
    monkeypatch.setattr(sequencer, "log_policy", lambda: text)
    with as_role("guitu_seq"):
        return sequencer.policy_noted(before, at=AT + timedelta(minutes=minutes))


def test_a_changed_policy_is_an_entry_once_and_going_back_is_another(house, monkeypatch, tmp_path):
    with_witnesses = Bench(tmp_path).text
    first = noted(monkeypatch, NOBODY, "", 0)
    assert noted(monkeypatch, NOBODY, first, 1) == NOBODY
    assert noted(monkeypatch, NOBODY, "", 2) == NOBODY  # another start of the process: the ledger knows it
    assert entries(house) == [NOBODY]
    assert noted(monkeypatch, with_witnesses, NOBODY, 3) == with_witnesses
    assert noted(monkeypatch, NOBODY, with_witnesses, 4) == NOBODY
    assert entries(house) == [NOBODY, with_witnesses, NOBODY]
    # One that cannot be read is gone by nobody: nothing is noted, and what stood before is still what was noted last.
    assert noted(monkeypatch, "quorum somebody\n", NOBODY, 5) == NOBODY
    assert entries(house) == [NOBODY, with_witnesses, NOBODY]


def test_no_page_and_no_job_says_that_the_policy_changed(house):
    for role in ("guitu_app", "guitu_job"):
        with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute("SELECT ledger_note_policy('quorum none', now())")
