"""Whom the log believes is in the log: a changed witness policy is an entry, once for each change."""

from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError

from guitu.ledger import proving
from guitu.web import sequencer
from tests.ledger.test_the_log import AT, KEY, LOG, act, as_role
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


def round_of(monkeypatch, rounds, text, minutes):
    monkeypatch.setattr(sequencer, "log_policy", lambda: text)
    with as_role("guitu_seq"):
        sequencer.turn(rounds, LOG, at=AT + timedelta(minutes=minutes))


def test_a_changed_policy_is_an_entry_once_and_going_back_is_another(house, monkeypatch, tmp_path):
    bench = Bench(tmp_path)
    rounds = sequencer.Sequencer(KEY, LOG, send=bench.send)
    for minutes in (0, 1):
        round_of(monkeypatch, rounds, NOBODY, minutes)
    again = sequencer.Sequencer(KEY, LOG, send=bench.send)  # another start of the process: the ledger knows it
    round_of(monkeypatch, again, NOBODY, 2)
    assert entries(house) == [NOBODY]
    round_of(monkeypatch, again, bench.text, 3)
    round_of(monkeypatch, again, NOBODY, 4)
    assert entries(house) == [NOBODY, bench.text, NOBODY]
    # One that cannot be read is gone by nobody: nothing is noted, and what stood before is still what was noted last.
    round_of(monkeypatch, again, "quorum somebody\n", 5)
    assert entries(house) == [NOBODY, bench.text, NOBODY]


def test_what_was_noted_last_is_so_by_its_place_in_the_log_and_not_by_a_clock_that_was_set_back(house, monkeypatch):
    rounds = sequencer.Sequencer(KEY, LOG)
    other = f"log {LOG}\n# moved\nquorum none\n"
    round_of(monkeypatch, rounds, NOBODY, 60)
    round_of(monkeypatch, rounds, other, 0)
    again = sequencer.Sequencer(KEY, LOG)
    round_of(monkeypatch, again, other, 0)
    assert sorted(entries(house)) == sorted([NOBODY, other])  # by the clock it would stand anew


def test_by_a_policy_that_could_not_be_noted_nothing_is_done(house, monkeypatch, tmp_path):
    act(house)
    bench = Bench(tmp_path)
    rounds, asked = sequencer.Sequencer(KEY, LOG, send=bench.send), []
    monkeypatch.setattr(sequencer, "ask_all", lambda policy, **_rest: asked.append(policy) or [])

    def fails(*_said, **_named):
        raise OperationalError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(sequencer, "note_policy", fails)
        round_of(monkeypatch, rounds, bench.text, 0)
    assert (entries(house), asked, proving.published()) == ([], [], None)  # nobody asked, nothing signed
    round_of(monkeypatch, rounds, bench.text, 1)  # the control: as soon as it can be noted
    assert entries(house) == [bench.text]
    assert asked
    assert proving.published() is not None


def test_no_page_and_no_job_says_that_the_policy_changed(house):
    for role in ("guitu_app", "guitu_job"):
        with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute("SELECT ledger_note_policy('quorum none', now())")
