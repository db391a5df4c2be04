"""The recheck of every night finds what was changed and names it, in batches; the administrators are told once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.ledger import nightly
from guitu.ledger.nightly import recheck_batch
from guitu.ledger.policy import recheck_due
from guitu.web import log_watch, tick
from guitu.web.gate import token_cookie
from tests.ledger.test_the_log import AT, LOG, TAMPERING, act, as_role, grow, some_entry
from tests.web.peopled import serve_from_source


def recheck(most: int = 1) -> list[nightly.Batch]:
    """A whole pass as guitu_seq, batch by batch."""
    batches = []
    with as_role("guitu_seq"):
        while not batches or not batches[-1].ended:
            batches.append(recheck_batch(LOG, at=AT, most=most))
    return batches


def tamper(house, code: str, entry) -> None:
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")  # past the triggers, as whoever holds the disk can go
        door.execute(TAMPERING[code], {"entry": entry})


def told(house) -> dict[str, int]:
    """How many notices of each code stand for the two administrators' desks."""
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT code, roles FROM notices_notice WHERE code LIKE 'LOG_%'").fetchall()
    assert {role for _, roles in rows for role in roles} == {"SYSTEM_ADMINISTRATOR", "AUDIT_ADMINISTRATOR"}
    return {code: sum(one == code for one, _ in rows) for code, _ in rows}


def test_a_flipped_bit_anywhere_is_found_named_and_told_once(house, monkeypatch) -> None:
    act(house)
    grow()
    (batch,) = recheck()
    assert (batch.wrong, batch.leaves > 0) == ([], True)  # the control: untouched it holds
    entry = some_entry(house)
    with house.role("postgres") as door:
        held = door.execute("SELECT canonical FROM ledger_payload WHERE entry_id = %s", (entry,)).fetchone()[0]
        index = door.execute("SELECT index FROM ledger_leaf WHERE entry_id = %s", (entry,)).fetchone()[0]
    tamper(house, "CONTENT_CHANGED", entry)
    assert recheck()[0].wrong == [("CONTENT_CHANGED", str(entry))]
    assert recheck()[0].wrong == [("CONTENT_CHANGED", str(entry))]
    for _ in range(2):
        with as_role("guitu_job"):
            tick.run_once(at=AT)
    assert told(house) == {"LOG_CHANGED": 1}  # both administrators sit in one unit here
    serve_from_source(monkeypatch)
    browser = Client()
    browser.cookies[token_cookie()] = house.token("system")
    browser.cookies["django_language"] = "zh-hans"
    assert f"台账复核发现不符：CONTENT_CHANGED，{str(entry).upper()}" in browser.get("/notices/").content.decode()
    assert f"CONTENT_CHANGED {entry}" in browser.get("/installation/").content.decode()
    with house.role("postgres") as door:
        door.execute("UPDATE ledger_payload SET canonical = %s WHERE entry_id = %s", (held, entry))
    # A flipped bit of a leaf's hash is named by its entry, where the recheck of everything at once sees only the root.
    for tampering, code in (("TILE_CHANGED", ""), ("ROOT_CHANGED", "LEAF_CHANGED"), ("CHECKPOINT_UNSIGNED", "")):
        tamper(house, tampering, entry)
        assert (code or tampering) in {one for one, _ in recheck()[0].wrong}, tampering
    for code in ("LEAF_CHANGED", "LEAF_WITHOUT_ENTRY"):
        tamper(house, code, entry)
        assert (code, str(entry)) in recheck()[0].wrong
    tamper(house, "LEAF_MISSING", entry)
    assert ("LEAF_MISSING", str(index)) in recheck()[0].wrong


def test_a_disk_that_is_nearly_full_is_told_to_the_system_administrator_once_a_day(house) -> None:
    def told_at(days: int, free: int) -> int:
        with as_role("guitu_job"):
            session = queries.session_of(signing_in.mint_tick(lasts=timedelta(minutes=5)))
            with acting(session, session.purposes[0]):
                return log_watch.tell_low_disk(at=AT + timedelta(days=days), free=free, whole=1000, percent=10)

    assert [told_at(0, 100), told_at(0, 99), told_at(0, 50), told_at(1, 50)] == [0, 1, 0, 1]


def test_a_long_log_is_rechecked_in_batches_and_the_tiles_above_are_compared(house) -> None:
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO ledger_entry (id, act, event_id, at, commitment) SELECT gen_random_uuid(), 'tests:row:made',"
            " gen_random_uuid(), %s + n * interval '1 ms', sha256(n::text::bytea) FROM generate_series(1, 700) n",
            (AT,),
        )
        door.execute("INSERT INTO ledger_pending (entry_id) SELECT id FROM ledger_entry ON CONFLICT DO NOTHING")
        door.execute("INSERT INTO ledger_payload_gone SELECT id FROM ledger_entry WHERE act = 'tests:row:made'")
    while grow(300).more:
        pass
    batches = recheck()
    assert [one.ended for one in batches] == [False, False, True]
    assert [wrong for one in batches for wrong in one.wrong] == []
    with as_role("guitu_seq"):
        assert nightly.last_pass().leaves == sum(one.leaves for one in batches) >= 700
    with house.role("postgres") as door:
        door.execute("UPDATE ledger_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE level = 1")
    wrong = [found for one in recheck() for found in one.wrong]
    assert ("TILE_CHANGED", "tile/1/000") in wrong
    with house.role("guitu_seq") as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE ledger_recheck IN SHARE UPDATE EXCLUSIVE MODE")
        with as_role("guitu_seq"):
            assert recheck_batch(LOG, at=AT, most=1) == nightly.Batch()  # the sequencer works elsewhere
        other.execute("ROLLBACK")


def local(day: int, hour: int) -> datetime:
    return timezone.localtime(datetime(2026, 9, day, hour, tzinfo=UTC) - timedelta(hours=8))


@pytest.mark.parametrize(
    ("now", "begun", "ended", "due"),
    [
        (local(2, 14), None, True, True),  # never yet: at any hour
        (local(2, 1), local(1, 2), True, False),
        (local(2, 2), local(1, 2), True, True),
        (local(2, 5), local(2, 2), True, False),  # once a night
        (local(2, 5), local(2, 2), False, True),  # goes on while the night lasts
        (local(2, 6), local(2, 2), False, False),
        (local(3, 2), local(2, 2), False, True),  # and the next night
        (local(3, 2), local(1, 14), True, True),
    ],
)
def test_a_pass_begins_once_a_night_and_goes_on_while_it_lasts(now, begun, ended, due) -> None:
    assert recheck_due(now, hour=2, lasts=4, begun=begun, ended=ended) is due
