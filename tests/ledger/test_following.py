"""A third party follows a log: growth, rollback and fork are told apart, and a fork can be shown to anybody."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from guitu.ledger.log import following, forks, tiles
from guitu.ledger.log.checkpoints import Checkpoint
from guitu.ledger.log.following import FollowWrong
from guitu.ledger.log.forks import ForkWrong
from guitu.ledger.log.tree import leaf_hash, root
from guitu.witness.judging import Witness
from guitu.witness.keeping import LOGS, Kept
from tests.conftest import ROOT
from tests.ledger.test_the_witness import KEY, LOG, OTHER, asked, tree
from tests.ledger.test_tree import reading

Pages = dict[str, bytes]


def published(size: int, *, changed: int = -1, key=KEY, tell: int | None = None) -> Pages:
    """What a log of `size` leaves publishes; `changed` is a leaf that is another, `tell` another size in its note."""
    leaves = [leaf_hash(f"{place}{'!' if place == changed else ''}".encode()) for place in range(size)]
    stored = tiles.appended(0, {}, leaves)
    top = root(tiles.reader(reading(stored)), size)
    pages = {"checkpoint": str(Checkpoint("guitu/tests", tell or size, top).signed(key)).encode()}
    for level, index, _ in tiles.widths(size):
        for place in range(index + 1):
            held = stored[level, place]
            pages[tiles.path(level, place, len(held) // 32)] = held
    return pages


def follow(pages: Pages, last: str | None = None):
    return following.follow(pages.__getitem__, LOG, last=last)


def test_growth_is_followed_step_by_step() -> None:
    last, outcomes = None, []
    for size in (5, 5, 256, 257, 700):
        found = follow(published(size), last)
        last = found.note
        outcomes.append(found.outcome)
    assert outcomes == ["FIRST", "SAME", "GROWN", "GROWN", "GROWN"]


@pytest.mark.parametrize(("old", "new"), [(5, 5), (5, 9), (8, 9), (256, 300), (300, 700), (1, 2)])
def test_a_fork_is_told_and_its_proof_convinces_whoever_knows_the_key(old: int, new: int) -> None:
    honest, forked = published(old), published(new, changed=old - 1)
    found = follow(forked, honest["checkpoint"].decode())
    assert found.outcome == "FORKED"
    shown = forks.verify(found.fork, logs={LOG.name: LOG})
    assert (shown.older.size, shown.newer.size) == (old, new)
    assert follow(published(new), honest["checkpoint"].decode()).outcome in {"SAME", "GROWN"}  # the control


def test_a_smaller_tree_is_a_rollback_and_is_not_taken_for_growth() -> None:
    last = published(9)["checkpoint"].decode()
    found = follow(published(5), last)
    assert (found.outcome, found.fork) == ("ROLLED_BACK", "")


def test_what_does_not_lead_to_the_signed_root_is_not_believed_and_is_no_fork_either() -> None:
    last = published(300)["checkpoint"].decode()
    good = published(700)
    assert follow(good, last).outcome == "GROWN"  # the control
    bent = good | {"tile/0/002.p/188": bytes(32) + good["tile/0/002.p/188"][32:]}
    with pytest.raises(FollowWrong):  # what only the proof of growth reads
        follow(good | {"tile/0/001": good["tile/0/001"][:-32] + bytes(32)}, last)
    short = good | {"tile/1/000.p/2": good["tile/1/000.p/2"][:-32]}
    unsigned = good | {"checkpoint": published(700, key=OTHER)["checkpoint"]}
    other = good | {"checkpoint": good["checkpoint"].replace(b"guitu/tests", b"guitu/other")}
    nonsense = good | {"checkpoint": b"\xff"}
    for pages in (bent, short, unsigned, other, nonsense):
        for before in (None, last):
            with pytest.raises(FollowWrong):
                follow(pages, before)
    with pytest.raises(FollowWrong):
        follow(good, "not a checkpoint\n")


def test_no_proof_of_a_fork_can_be_made_of_an_honest_log() -> None:
    old, new = published(300), published(700)
    notes_of = [pages["checkpoint"].decode() for pages in (old, new)]
    real = json.loads(follow(published(700, changed=7), notes_of[0]).fork)
    assert forks.verify(json.dumps(real)).newer.size == 700  # the control
    stored = {(0, 0): new["tile/0/000"], (0, 1): new["tile/0/001"], (0, 2): new["tile/0/002.p/188"]}
    stored[1, 0] = new["tile/1/000.p/2"]
    first_half = forks.shown_by(tiles.reader(reading(stored)), 300, 700)
    attempts = [
        forks.write(LOG, *notes_of, first_half),
        forks.write(LOG, *notes_of),
        forks.write(LOG, notes_of[0], notes_of[0]),
        forks.write(LOG, notes_of[1], notes_of[0], first_half),
        json.dumps(real | {"newer": notes_of[1]}),
        json.dumps(real | {"older": real["older"].replace("300", "299")}),
        json.dumps(real | {"subtrees": real["subtrees"][:-1]}),
        json.dumps(real | {"subtrees": ["!"]}),
        json.dumps(real | {"log": "x"}),
        json.dumps({"format": forks.FORMAT}),
        "[]",
        "nothing",
    ]
    for attempt in attempts:
        with pytest.raises(ForkWrong):
            forks.verify(attempt)
    with pytest.raises(ForkWrong, match="not known"):
        forks.verify(json.dumps(real), logs={})


def test_a_witness_that_sees_two_checkpoints_of_one_size_keeps_what_proves_it(tmp_path: Path, capsys) -> None:
    kept = Kept(tmp_path, "procuratorate.example")
    (tmp_path / LOGS).write_text(f"{LOG}\n", encoding="utf-8")
    witness = Witness(kept)
    assert witness.add_checkpoint(asked(0, 9), seconds=1).status == 200
    assert witness.add_checkpoint(asked(9, 9), seconds=1).status == 200  # the control: the same once more
    assert list(tmp_path.glob("fork-*")) == []
    for _ in range(2):
        assert witness.add_checkpoint(asked(9, 9, log=tree(change_at=3)), seconds=1).status == 409
    (proof,) = tmp_path.glob("fork-*.json")
    assert forks.verify(proof.read_text(encoding="utf-8"), logs={LOG.name: LOG}).newer.size == 9
    assert str(proof) in capsys.readouterr().err


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The verb as whoever follows runs it: no database in the environment."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    whole = [sys.executable, "-P", "-m", "guitu.web.command_line", *arguments]
    return subprocess.run(whole, capture_output=True, text=True, env=env, check=False)


def test_the_command_keeps_what_it_saw_and_writes_the_proof_that_verify_knows(tmp_path: Path) -> None:
    pages = published(5)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path.removeprefix("/log/"))
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_) -> None:
            """Say nothing."""

    state, policy = tmp_path / "seen.json", tmp_path / "policy"
    policy.write_text(f"log {LOG}\nquorum none\n", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/log/"
            follows = ("ledger", "follow", url, "--state", str(state))
            assert "--policy" in command(*follows).stderr
            assert command(*follows, "--policy", str(policy)).returncode == 0
            pages = published(300, changed=2)
            told = command(*follows, "--json")
            assert (told.returncode, json.loads(told.stdout)["outcome"]) == (1, "FORKED")
            assert json.loads(state.read_text(encoding="utf-8"))["checkpoint"] == published(5)["checkpoint"].decode()
            pages = {}
            assert command(*follows).returncode == 2
        finally:
            server.shutdown()
    proof = json.loads(told.stdout)["proof"]
    shown = command("verify", proof, "--policy", str(policy))
    assert (shown.returncode, "分叉证据成立" in shown.stdout) == (0, True)
    Path(proof).write_text(Path(proof).read_text(encoding="utf-8").replace('"older": "', '"older": "x'), "utf-8")
    assert command("verify", proof).returncode == 2
