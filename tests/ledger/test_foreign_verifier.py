"""A verifier that somebody else wrote (Go, golang.org/x/mod/sumdb) accepts this log and refuses what was tampered with.

In ``./guitu test --full``, where Debian's golang-go and golang-golang-x-mod-dev are installed.
"""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from guitu.ledger.log import tiles
from guitu.ledger.log.checkpoints import Checkpoint
from guitu.ledger.log.tree import consistency_proof, inclusion_proof, leaf_hash, root
from tests.ledger.test_the_witness import KEY, LOG, OTHER
from tests.ledger.test_tree import reading

PROGRAM = Path(__file__).parent / "foreign_verifier" / "main.go"
LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
OLD, NEW, INDEX = 300, 70_000, 4_711


@pytest.fixture(scope="module")
def foreign(repetitions, tmp_path_factory):
    """The verifier, built; answers exit code and words."""
    if not repetitions(0, full=1):
        pytest.skip("only in test --full")
    if shutil.which("go") is None or not LIBRARY.is_dir():
        pytest.skip("golang-go and golang-golang-x-mod-dev are not installed")
    folder = tmp_path_factory.mktemp("foreign")
    env = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache")}
    binary = folder / "verifier"
    subprocess.run(["go", "build", "-o", str(binary), str(PROGRAM)], env=env, check=True)

    def verify(asked: dict[str, object]) -> tuple[int, str]:
        done = subprocess.run([binary], input=json.dumps(asked), capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    return verify


def coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.fixture(scope="module")
def honest() -> dict[str, object]:
    """A log of 70,000 entries as this house publishes and proves it."""
    entries = [f"第{place}条\n".encode() for place in range(NEW)]
    stored = tiles.appended(0, {}, [leaf_hash(one) for one in entries])
    subtree = tiles.reader(reading(stored))
    top = root(subtree, NEW)
    return {
        "key": str(LOG),
        "checkpoint": str(Checkpoint(LOG.name, NEW, top).signed(KEY)),
        "entry": coded(entries[INDEX]),
        "index": INDEX,
        "inclusion": [coded(one) for one in inclusion_proof(subtree, INDEX, NEW)],
        "old_size": OLD,
        "old_root": coded(root(subtree, OLD)),
        "growth": [coded(one) for one in consistency_proof(subtree, OLD, NEW)],
        "tiles": {f"{level}/{index}": coded(held) for (level, index), held in stored.items()},
    }


def bent(one: str) -> str:
    """The same base64 text with one bit of what it holds turned."""
    raw = bytearray(base64.b64decode(one))
    raw[7] ^= 1
    return coded(bytes(raw))


def test_a_foreign_verifier_accepts_the_log_and_refuses_what_was_tampered_with(foreign, honest) -> None:
    assert foreign(honest) == (0, "ok")
    other_root = str(Checkpoint(LOG.name, NEW, leaf_hash(b"another tree")).signed(KEY))
    tampered = {
        "another size in the checkpoint": {"checkpoint": honest["checkpoint"].replace("70000", "70001")},
        "a root that the log's key has signed, of another tree": {"checkpoint": other_root},
        "a checkpoint of another key": {"checkpoint": str(Checkpoint(LOG.name, NEW, bytes(32)).signed(OTHER))},
        "another entry": {"entry": bent(honest["entry"])},
        "another place": {"index": INDEX + 1},
        "a bent proof of inclusion": {"inclusion": [bent(honest["inclusion"][0]), *honest["inclusion"][1:]]},
        "a shortened proof of inclusion": {"inclusion": honest["inclusion"][:-1]},
        "another older root": {"old_root": bent(honest["old_root"])},
        "a bent proof of growth": {"growth": [bent(honest["growth"][0]), *honest["growth"][1:]]},
        "a bent tile": {"tiles": honest["tiles"] | {f"0/{INDEX // 256}": bent(honest["tiles"][f"0/{INDEX // 256}"])}},
        "a tile of the upper level": {"tiles": honest["tiles"] | {"1/0": bent(honest["tiles"]["1/0"])}},
    }
    for what, change in tampered.items():
        assert foreign(honest | change)[0] == 1, what
