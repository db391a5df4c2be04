"""The sequencer takes acts into the tree, signs what it has become, and what was tampered with is named."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from guitu.ledger import proving, rechecking, sequencing
from guitu.ledger.log import bundles, checkpoints, notes, policies
from guitu.ledger.log.bundles import BundleWrong
from guitu.ledger.log.tree import verify_consistency
from guitu.ledger.proving import NotInTheLog
from guitu.ledger.sequencing import Grown, LogBroken
from guitu.prison import operations as prison
from tests.factories import rosters

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = notes.verifier_of("guitu/tests", KEY)
POLICY = f"log {LOG}\nquorum none\n"


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Django's own connection as another role of the database."""
    connection.close()
    before = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


def grow(most: int = 1024, at: datetime = AT) -> Grown:
    with as_role("guitu_seq"):
        return sequencing.sequence(KEY, LOG, at=at, most=most)


def act(house, count: int = 3) -> None:
    """Take in a roster of `count` rows: each leaves an entry."""
    rows = [
        rosters.row(name, release=AT.date() + timedelta(days=90), order=f"{100 + place}")
        for place, name in NAMES[:count]
    ]
    with house.acting("prison"):
        prison.import_roster(rosters.workbook(*rows), file_name="名册.xlsx", today=AT.date(), at=AT)


NAMES = list(enumerate(("陈柏舟", "何以宁", "沈砚秋", "潘岳清", "唐若笙")))


def recheck():
    with as_role("guitu_owner"):
        return rechecking.recheck(LOG)


def at_the_machine(entry: uuid.UUID, *, policy: str = POLICY) -> str:
    """The bundle without content, as `./guitu ledger prove` hands it out."""
    with as_role("guitu_owner"):
        return proving.bundle(entry, policy=policy)


def go_by(policy: str, at: datetime = AT) -> None:
    """Have it noted whom the log believes, as the sequencer does before it goes by it."""
    with as_role("guitu_seq"):
        sequencing.note_policy(policy, at=at)


def bundle_of(house, entry: uuid.UUID) -> str:
    """The bundle with what was recorded, as the prison downloads that of a line about one person."""
    with house.role("guitu_owner") as door:
        payload = door.execute("SELECT subjects FROM ledger_payload WHERE entry_id = %s", (entry,)).fetchone()
    if payload is None or len(payload[0]) != 1:
        return at_the_machine(entry)
    go_by(POLICY)
    with house.acting("prison"), transaction.atomic():
        return proving.bundle_of_line(payload[0][0], entry, to_the_person=True, with_content=True)


def some_entry(house) -> uuid.UUID:
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT l.entry_id FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE split_part(e.act, ':', 1) IN ('people', 'prison', 'journeys') ORDER BY l.index LIMIT 1"
        ).fetchone()[0]


def test_what_was_recorded_is_taken_in_signed_and_proved(house) -> None:
    act(house)
    grown = grow()
    assert grown.taken >= 3
    latest = proving.published()
    assert latest.size == grown.taken
    stated, _ = checkpoints.opened(latest.note, LOG)
    assert (stated.size, stated.root) == (latest.size, latest.root)
    text = bundle_of(house, some_entry(house))
    shown = bundles.verify(text)
    assert shown.act.startswith(("people:", "prison:", "journeys:"))
    assert shown.content
    assert shown.judged.witnessed
    assert recheck().wrong == []


def test_growth_is_taken_in_in_batches_and_each_checkpoint_continues_the_one_before(house) -> None:
    act(house, 5)
    sizes, more = [], True
    while more:
        grown = grow(2)
        more = grown.more
        if grown.taken:
            sizes.append(proving.published().size)
    assert grow() == Grown(0, more=False)
    assert sizes == sorted(set(sizes))
    assert len(sizes) >= 3
    for old in sizes:
        first, last = proving.published(old), proving.published()
        verify_consistency(old, last.size, first.root, last.root, proving.growth(old, last.size))
    assert recheck().checkpoints == len(sizes)


def test_an_act_not_yet_taken_in_and_an_unknown_one_have_no_proof(house) -> None:
    act(house, 1)
    with house.role("guitu_owner") as door:
        waiting = door.execute("SELECT entry_id FROM ledger_pending LIMIT 1").fetchone()[0]
    for entry, is_waiting in ((waiting, True), (uuid.UUID(int=1), False)):
        with pytest.raises(NotInTheLog) as refusal:
            at_the_machine(entry)
        assert refusal.value.waiting is is_waiting


def test_the_log_holds_after_a_payload_is_erased_and_nobody_can_confirm_it_any_more(house) -> None:
    act(house)
    grow()
    entry = some_entry(house)
    with house.role("guitu_owner") as door:
        door.execute("DELETE FROM ledger_payload WHERE entry_id = %s", (entry,))
        assert recheck().wrong == [("CONTENT_MISSING", str(entry))]  # gone, and no erasure says so
        door.execute("INSERT INTO ledger_payload_gone VALUES (%s)", (entry,))
    found = recheck()
    assert (found.wrong, found.erased) == ([], 1)
    text = bundle_of(house, entry)
    assert bundles.verify(text).content is None


TAMPERING = {
    "CONTENT_CHANGED": "UPDATE ledger_payload SET canonical = canonical || ' ' WHERE entry_id = %(entry)s",
    "LEAF_CHANGED": "UPDATE ledger_entry SET at = at + interval '1 second' WHERE id = %(entry)s",
    "LEAF_MISSING": "DELETE FROM ledger_leaf WHERE entry_id = %(entry)s",
    "LEAF_WITHOUT_ENTRY": "DELETE FROM ledger_entry WHERE id = %(entry)s",
    "TILE_CHANGED": "UPDATE ledger_tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)",
    "ROOT_CHANGED": "UPDATE ledger_leaf SET leaf_hash = set_byte(leaf_hash, 5, get_byte(leaf_hash, 5) # 1)"
    " WHERE entry_id = %(entry)s",
    "CHECKPOINT_UNSIGNED": "UPDATE ledger_checkpoint SET root = set_byte(root, 5, get_byte(root, 5) # 1)",
}


@pytest.mark.parametrize("code", sorted(TAMPERING))
def test_a_flipped_bit_is_found_and_the_entry_is_named(house, code: str) -> None:
    act(house)
    grow()
    assert recheck().wrong == []  # the control: untouched it holds
    entry = some_entry(house)
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")  # past the triggers, as whoever holds the disk can go
        door.execute(TAMPERING[code], {"entry": entry})
    wrong = recheck().wrong
    assert code in {found for found, _ in wrong}
    if code in {"CONTENT_CHANGED", "LEAF_CHANGED", "LEAF_WITHOUT_ENTRY"}:
        assert (code, str(entry)) in wrong


def test_a_tree_that_does_not_lead_to_the_last_signed_root_is_not_signed_again(house) -> None:
    act(house, 2)
    grow()
    with house.role("postgres") as door:
        door.execute("UPDATE ledger_tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) WHERE level = 0")
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(rosters.row("唐若笙", release=AT.date() + timedelta(days=60), order="311")),
            file_name="名册.xlsx",
            today=AT.date(),
            at=AT,
        )
    with pytest.raises(LogBroken):
        grow()
    with house.role("postgres") as door:
        door.execute("UPDATE ledger_tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) WHERE level = 0")
    assert grow().taken >= 1  # the control: mended, it goes on


def test_two_sequencers_at_once_one_works_the_other_does_nothing(house) -> None:
    act(house, 1)
    with house.role("guitu_seq") as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE ledger_recheck IN SHARE UPDATE EXCLUSIVE MODE")
        assert grow() == Grown(0, more=False)
        other.execute("ROLLBACK")
    assert grow().taken >= 1


def test_no_other_role_of_a_process_holds_up_the_log_whatever_it_locks(house) -> None:
    act(house, 4)
    modes = [mode.replace("_", " ") for mode in ("ACCESS_SHARE", "SHARE_UPDATE_EXCLUSIVE", "ACCESS_EXCLUSIVE")]
    for role in ("guitu_app", "guitu_job", "guitu_signin"):
        with house.role(role) as other:
            for mode in modes:
                with pytest.raises(psycopg.errors.InsufficientPrivilege), other.transaction():
                    other.execute(f"LOCK TABLE ledger_recheck IN {mode} MODE")
            other.execute("BEGIN")
            for table in ("ledger_leaf", "ledger_tile", "ledger_checkpoint", "ledger_entry"):
                if other.execute("SELECT has_table_privilege(%s, 'SELECT')", (table,)).fetchone()[0]:
                    other.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
            taken = grow(most=1).taken
            other.execute("ROLLBACK")
        assert taken == 1, role
    with house.role("guitu_owner") as door:  # control: whoever may lock it holds the log up
        door.execute("GRANT UPDATE ON ledger_recheck TO guitu_app")
    with house.role("guitu_app") as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE ledger_recheck IN SHARE UPDATE EXCLUSIVE MODE")
        assert grow() == Grown(0, more=False)
        other.execute("ROLLBACK")


@pytest.mark.parametrize("role", ["guitu_app", "guitu_job", "guitu_signin"])
@pytest.mark.parametrize("table", ["ledger_leaf", "ledger_tile", "ledger_checkpoint", "ledger_cosignature"])
def test_only_the_sequencer_writes_the_tree(house, role: str, table: str) -> None:
    with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(f"INSERT INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT canonical FROM ledger_payload",
        "UPDATE ledger_leaf SET index = index",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_entry SET at = at",
        "SELECT name FROM people_person",
        "DELETE FROM ledger_tile",
    ],
)
def test_the_sequencer_reads_no_person_and_rewrites_nothing(house, attempt: str) -> None:
    with house.role("guitu_seq") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(attempt)


def test_a_bent_bundle_is_refused(house) -> None:
    act(house)
    grow()
    text = bundle_of(house, some_entry(house))
    bundles.verify(text)  # the control
    other = notes.verifier_of("guitu/tests", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
    for bent in (
        text.replace('"entry": "guitu-entry/1', '"entry": "guitu-entry/2'),
        re.sub(r"index \d+", "index 1", text, count=1),
        text.replace('"canonical": "', '"canonical": "x'),
        text.replace("2026-09-01", "2026-09-02", 1),
        text.replace(str(LOG), str(other)),
        "{}",
        "not json",
        text.replace("tlog-proof@v1", "tlog-proof@v2"),
    ):
        assert bent != text
        with pytest.raises(BundleWrong):
            bundles.verify(bent)
    with pytest.raises(BundleWrong, match="does not know the log"):
        bundles.verify(text, policy=policies.read("log " + FOREIGN + "\nquorum none\n"))


FOREIGN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
