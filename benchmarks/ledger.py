"""The log: entries a second at batches of 256, proof and verification, beside the library `pymerkle` in the same run.

Works on the entries that wait in an installation that `demo generate` has filled, as guitu_seq, on a server that syncs
every commit to disk; where fewer stand there than are asked for, entries of nothing are added (it is a throwaway).
Bars: at least 10,000 entries a second; proof and verification within 5 ms at the 95th percentile.
"""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime

import psycopg
from django.db import connection
from pymerkle import InmemoryTree, verify_inclusion

from benchmarks.measuring import percentile, timed
from guitu.launcher import keys
from guitu.launcher.home import current_home
from guitu.ledger import proving
from guitu.ledger.log import tree
from guitu.ledger.log_key import log_key, log_verifier
from guitu.ledger.sequencing import sequence, stored_tree

BATCH, PROOFS, BESIDE = 256, 500, 100_000
RATE, PROOF_SECONDS = 10_000, 0.005


def report(most: int) -> int:
    """Sequence up to `most` waiting entries and prove; prints the figures; 1 where a bar was missed."""
    key, log = log_key(), log_verifier()
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        synced = cursor.fetchone()[0]
    _fill(most)
    load = os.getloadavg()[0]
    taken, started = 0, time.perf_counter()
    while taken < most:
        grown = sequence(key, log, at=datetime.now(UTC), most=BATCH)
        taken += grown.taken
        if not grown.more:
            break
    rate = taken / (time.perf_counter() - started)
    latest = proving.published()
    if latest is None:
        raise SystemExit("no entries wait in this installation")
    times, dice = [], random.Random(6962)
    with connection.cursor() as cursor:
        for _ in range(PROOFS):
            index = dice.randrange(latest.size)
            cursor.execute("SELECT leaf_hash FROM ledger_leaf WHERE index = %s", [index])
            leaf = bytes(cursor.fetchone()[0])
            times.append(timed(lambda leaf=leaf, index=index: _prove(cursor, leaf, index, latest)))
    ours = percentile(times, 0.95)
    beside_rate, beside_proof = _pymerkle()
    print(f"load {load:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end\n")
    print("| | leaves | entries/s | proof and verification p95 ms |\n|---|---|---|---|")
    print(f"| ours, batches of {BATCH}, fsync {synced} | {latest.size:,} | {rate:,.0f} | {ours * 1000:.2f} |")
    print(f"| pymerkle, in memory | {BESIDE:,} | {beside_rate:,.0f} | {beside_proof * 1000:.2f} |")
    return int(rate < RATE or ours > PROOF_SECONDS)


def _fill(most: int) -> None:
    """Let at least `most` entries stand in the ledger, in the log or waiting for it."""
    place = connection.settings_dict
    password = keys.read_password(current_home(), "guitu_load")
    address = {"host": place["HOST"], "port": place["PORT"], "dbname": place["NAME"]}
    with psycopg.connect(**address, user="guitu_load", password=password) as door:
        held = door.execute("SELECT count(*) FROM ledger_entry").fetchone()
        missing = most - held[0] if held else 0
        if missing > 0:
            door.execute(
                "WITH made AS (INSERT INTO ledger_entry (id, act, event_id, at, commitment) SELECT gen_random_uuid(),"
                " 'benchmarks:row:made', gen_random_uuid(), clock_timestamp(), sha256(uuid_send(gen_random_uuid()))"
                " FROM generate_series(1, %s) RETURNING id) INSERT INTO ledger_pending SELECT id FROM made",
                (missing,),
            )


def _prove(cursor, leaf: bytes, index: int, latest: proving.Published) -> None:
    hashes = tree.inclusion_proof(stored_tree(cursor), index, latest.size)
    tree.verify_inclusion(leaf, index, latest.size, hashes, latest.root)


def _pymerkle() -> tuple[float, float]:
    beside = InmemoryTree(algorithm="sha256")
    entries = [f"{number}".encode() for number in range(BESIDE)]
    seconds = timed(lambda: [beside.append_entry(one) for one in entries])
    top, dice, times = beside.get_root(), random.Random(6962), []
    for _ in range(PROOFS):
        index = dice.randrange(BESIDE)

        def prove(index: int = index) -> None:
            verify_inclusion(beside.get_leaf(index + 1), top, beside.prove_inclusion(index + 1))

        times.append(timed(prove))
    return BESIDE / seconds, percentile(times, 0.95)
