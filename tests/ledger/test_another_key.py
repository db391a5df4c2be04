"""Another key where one stood, the log's own or a witness's, in whatever order; and a log whose edge is bent.

Nothing is signed by a key that has not signed what stands, it is told, and what was handed out before still holds.
"""

import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guitu.ledger.log import bundles, notes, policies
from guitu.ledger.log.bundles import BundleWrong
from guitu.ledger.sequencing import LogBroken
from guitu.ledger.witnessing import note_quorum
from guitu.web import sequencer
from guitu.witness.keeping import LOGS, Kept
from tests.ledger.test_nightly import recheck as recheck_of_the_night
from tests.ledger.test_the_log import AT, KEY, LOG, act, as_role, at_the_machine, grow, recheck, some_entry
from tests.ledger.test_witnessing import Bench, act_more

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
SAME_NAME, OWN_NAME = notes.verifier_of(LOG.name, OTHER), notes.verifier_of("guitu/another", OTHER)
BENT = {
    "the root": "UPDATE ledger_checkpoint SET root = set_byte(root, 5, get_byte(root, 5) # 1)",
    "the signature": "UPDATE ledger_checkpoint SET note = regexp_replace(note, '(.)(...\n)$', '\\1\\1\\2')",
    "the whole note": "UPDATE ledger_checkpoint SET note = 'nonsense'",
    "a tile": "UPDATE ledger_tile SET hashes = substr(hashes, 33)",
    "no tile": "DELETE FROM ledger_tile",
    "no checkpoint": "DELETE FROM ledger_checkpoint",
}


@pytest.fixture
def bench(tmp_path) -> Bench:
    return Bench(tmp_path)


def turn(house, monkeypatch, key=KEY, log=LOG, bench: Bench | None = None) -> str:
    """One turn of a sequencer that has just begun with this key; the fault that its beat tells."""
    text = bench.text if bench else f"log {log}\nquorum none\n"
    monkeypatch.setattr(sequencer, "log_policy", lambda: text)
    rounds = sequencer.Sequencer(key, log, **({"send": bench.send} if bench else {}))
    with as_role("guitu_seq"):
        sequencer.turn(rounds, log, at=AT)
    with house.role("guitu_owner") as door:
        return door.execute("SELECT fault FROM access_beat WHERE process = 'sequencer'").fetchone()[0]


def signed(house) -> list[tuple[int, str]]:
    with house.role("guitu_owner") as door:
        return door.execute("SELECT size, note FROM ledger_checkpoint ORDER BY size").fetchall()


def told(house) -> set[str]:
    with house.role("guitu_owner") as door:
        return {code for (code,) in door.execute("SELECT code FROM ledger_finding").fetchall()}


def bend(house, what: str) -> None:
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")  # past the triggers, as whoever holds the disk can go
        door.execute(what)


@pytest.mark.parametrize("log", [SAME_NAME, OWN_NAME], ids=["under the same name", "under a name of its own"])
def test_a_key_that_has_not_signed_what_stands_signs_nothing_and_that_is_told(house, monkeypatch, log) -> None:
    act(house, 2)
    assert turn(house, monkeypatch) == ""
    before = signed(house)
    act_more(house)
    assert turn(house, monkeypatch, OTHER, log) == "LOG_BROKEN"
    assert (signed(house), "LOG_BROKEN" in told(house)) == (before, True)
    assert turn(house, monkeypatch) == ""  # the control: with the key that has signed it goes on
    assert len(signed(house)) > len(before)
    assert recheck().wrong == []


@pytest.mark.parametrize("what", sorted(BENT))
def test_whatever_is_bent_at_the_edge_of_the_log_stops_it_with_a_word_and_the_night_names_the_place(
    house, monkeypatch, what
) -> None:
    act(house, 2)
    assert turn(house, monkeypatch) == ""
    assert recheck().wrong == recheck_of_the_night()[0].wrong == []
    bend(house, BENT[what])
    bent = signed(house)
    act_more(house)
    with house.role("guitu_owner") as door:
        door.execute("DELETE FROM ledger_recheck")  # another night
    assert turn(house, monkeypatch) == "LOG_BROKEN"
    assert signed(house) == bent
    named = {"no checkpoint": "CHECKPOINT_MISSING", "a tile": "TILE_CHANGED", "no tile": "TILE_CHANGED"}
    assert {named.get(what, "CHECKPOINT_UNSIGNED"), "LOG_BROKEN"} <= told(house)
    assert named.get(what, "CHECKPOINT_UNSIGNED") in {code for code, _ in recheck().wrong}


def test_control_met_by_the_broken_tree_alone_a_bent_note_ends_the_process_without_a_word(house, monkeypatch) -> None:
    act(house, 2)
    turn(house, monkeypatch)
    bend(house, BENT["the signature"])
    act_more(house)
    monkeypatch.setattr(sequencer, "BROKEN", (LogBroken,))
    with pytest.raises(notes.NoteWrong):
        turn(house, monkeypatch)
    assert told(house) == set()


def rotated(bench: Bench, name: str) -> Kept:
    """The witness has a new key and a new folder; the policy does not know it yet."""
    fresh = Kept(bench.kept[name].folder.with_name(f"{name}-{uuid.uuid4().hex[:6]}"), f"{name}.example")
    (fresh.folder / LOGS).write_text(f"{LOG}\n", encoding="utf-8")
    return fresh


def bundle(house, bench: Bench) -> str:
    return at_the_machine(some_entry(house), policy=bench.text)


def quorum(bench: Bench) -> bool:
    with as_role("guitu_seq"):
        return note_quorum(policies.read(bench.text), at=AT, own_machine=False)


def test_the_key_of_a_witness_is_exchanged_and_the_old_one_vouches_for_nothing_more(house, bench) -> None:
    act(house, 2)
    grow()
    bench.ask()
    handed_out, former = bundle(house, bench), bench.text
    fresh = rotated(bench, "procuratorate")
    # First the policy, then the witness: what the old key has signed does not count under the new one's name.
    bench.text = former.replace(str(bench.kept["procuratorate"].verifier), str(fresh.verifier))
    bench.ask()
    assert quorum(bench) is False
    assert bundles.verify(bundle(house, bench)).judged.witnessed is False  # as anybody sees it offline
    with house.role("guitu_owner") as door:  # control: by the witness's name alone it had counted
        names = door.execute("SELECT array_agg(DISTINCT witness) FROM ledger_cosignature").fetchone()[0]
    assert policies.read(bench.text).witnessed("both", set(names)) is True
    act_more(house)
    grow()
    assert bench.ask()["procuratorate"] == "WRONG"  # it signs with the key that was taken out
    assert quorum(bench) is False
    old, bench.kept["procuratorate"] = bench.kept["procuratorate"], fresh
    assert bench.ask()["procuratorate"] == "OK"
    assert quorum(bench) is True
    assert bundles.verify(bundle(house, bench)).judged.witnessed is True
    # What was handed out before holds offline under the policy of its day, and under one that names both keys.
    assert bundles.verify(handed_out).judged.witnessed is True
    assert bundles.verify(handed_out, policy=policies.read(bench.text)).judged.witnessed is False
    before = f"witness procuratorate-before {old.verifier}\ngroup one any procuratorate procuratorate-before\n"
    both = bench.text.replace("group either", f"{before}group either").replace("all procuratorate", "all one")
    for one in (handed_out, bundle(house, bench)):
        assert bundles.verify(one, policy=policies.read(both)).judged.witnessed is True


def test_a_witness_exchanged_before_the_policy_knows_it_is_a_wrong_line_and_nothing_is_lost(house, bench) -> None:
    act(house, 2)
    grow()
    bench.ask()
    old, bench.kept["procuratorate"] = bench.kept["procuratorate"], rotated(bench, "procuratorate")
    act_more(house)
    grow()
    assert (bench.ask()["procuratorate"], quorum(bench)) == ("WRONG", False)
    bench.text = bench.text.replace(str(old.verifier), str(bench.kept["procuratorate"].verifier))
    assert (bench.ask()["procuratorate"], quorum(bench)) == ("OK", True)
    assert recheck().wrong == []


def test_two_keys_of_the_log_in_one_policy_are_refused_and_a_bundle_holds_under_its_own_alone(house) -> None:
    """One name has one key: else whoever finds an old one signs another history under it."""
    act(house, 1)
    grow()
    own = at_the_machine(some_entry(house), policy=f"log {LOG}\nquorum none\n")
    with pytest.raises(policies.PolicyWrong, match="named twice"):
        policies.read(f"log {LOG}\nlog {SAME_NAME}\nquorum none\n")
    for brought in (f"log {SAME_NAME}\nquorum none\n", f"log {OWN_NAME}\nquorum none\n"):
        with pytest.raises(BundleWrong):
            bundles.verify(own, policy=policies.read(brought))
    bundles.verify(own, policy=policies.read(f"log {LOG}\nlog {OWN_NAME}\nquorum none\n"))  # a log that came after it
