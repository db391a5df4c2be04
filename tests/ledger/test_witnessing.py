"""The log shows its growth to witnesses and keeps their lines; silence, refusal, a witness ahead are told apart."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from guitu.launcher.roles import drop_database
from guitu.ledger import proving
from guitu.ledger.log import bundles, notes, policies
from guitu.ledger.log.notes import COSIGNATURE
from guitu.ledger.log.tree import leaf_hash
from guitu.ledger.witnessing import Asked, ask_all, note_ailing, note_quorum
from guitu.web import sequencer
from guitu.witness.judging import Witness
from guitu.witness.keeping import LOGS, Kept, Seen
from tests.conftest import House, copied
from tests.ledger.test_the_log import AT, KEY, LOG, act, as_role, at_the_machine, grow, some_entry

SECONDS = 1_790_000_000
NAMES = ("prison-bureau", "justice-bureau", "procuratorate")


class Bench:
    """Three witnesses that answer without a network, and the policy that asks two of them, the procuratorate always."""

    def __init__(self, folder: Path) -> None:
        self.kept = {name: Kept(folder / name, f"{name}.example") for name in NAMES}
        for kept in self.kept.values():
            (kept.folder / LOGS).write_text(f"{LOG}\n", encoding="utf-8")
        lines = [f"witness {name} {kept.verifier} http://{name}" for name, kept in self.kept.items()]
        lines += ["group either any prison-bureau justice-bureau", "group both all procuratorate either", "quorum both"]
        self.text = f"log {LOG}\n" + "\n".join(lines) + "\n"
        self.silent: set[str] = set()
        self.calls = 0

    def send(self, address: str, body: bytes) -> tuple[int, str]:
        self.calls += 1
        name = address.removeprefix("http://").removesuffix("/add-checkpoint")
        if name in self.silent:
            raise ConnectionRefusedError
        answer = Witness(self.kept[name]).add_checkpoint(body.decode(), seconds=SECONDS)
        return answer.status, answer.body

    def ask(self) -> dict[str, str]:
        with as_role("guitu_seq"):
            return {one.witness: one.outcome for one in ask_all(policies.read(self.text), send=self.send)}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_all_cosign_growth_and_the_bundle_is_witnessed(house, bench) -> None:
    act(house, 2)
    grow()
    assert bench.ask() == dict.fromkeys(NAMES, "OK")
    act_more(house)
    grow()
    assert bench.ask() == dict.fromkeys(NAMES, "OK")
    judged = bundles.verify(at_the_machine(some_entry(house), policy=bench.text)).judged
    assert judged.witnessed
    assert judged.signed == tuple(sorted(NAMES))


def act_more(house) -> None:
    """One more roster, so that the log has something to grow by."""
    from guitu.prison import operations as prison
    from tests.factories import rosters

    book = rosters.workbook(rosters.row("唐若笙", release=AT.date() + timedelta(days=60), order="311"))
    with house.acting("prison"):
        prison.import_roster(book, file_name="名册.xlsx", today=AT.date(), at=AT)


def test_who_has_signed_is_not_asked_again_and_nothing_is_asked_of_an_empty_log(house, bench) -> None:
    assert bench.ask() == {}
    act(house, 1)
    grow()
    bench.ask()
    calls = bench.calls
    assert bench.ask() == {}
    assert bench.calls == calls


@pytest.mark.parametrize(("silent", "enough"), [("justice-bureau", True), ("procuratorate", False)])
def test_two_of_three_are_enough_and_the_procuratorate_always_one_of_them(house, bench, silent, enough) -> None:
    act(house, 1)
    grow()
    bench.silent = {silent}
    assert bench.ask()[silent] == "SILENT"
    bundle = at_the_machine(some_entry(house), policy=bench.text)
    assert bundles.verify(bundle).judged.witnessed is enough
    bench.silent = set()
    assert bench.ask() == {silent: "OK"}


def test_a_witness_that_saw_more_than_this_log_holds_says_so(house, bench) -> None:
    act(house, 1)
    grow()
    bench.kept["procuratorate"].keep(LOG.name, Seen(1_000_000, leaf_hash(b"later")))
    assert bench.ask()["procuratorate"] == "AHEAD"


def test_a_witness_that_saw_another_tree_refuses(house, bench) -> None:
    act(house, 2)
    grow()
    bench.kept["procuratorate"].keep(LOG.name, Seen(1, leaf_hash(b"another first act")))
    assert bench.ask()["procuratorate"] == "REFUSED"


def test_a_witness_that_lost_its_memory_or_ours_is_caught_up_with(house, bench) -> None:
    act(house, 2)
    grow(1)
    first = proving.published()
    grow()
    bench.kept["procuratorate"].keep(LOG.name, Seen(first.size, first.root))  # we have no line of it, it has seen us
    assert bench.ask()["procuratorate"] == "OK"


def test_a_line_of_another_key_is_not_kept(house, bench) -> None:
    act(house, 1)
    grow()
    honest = bench.send
    bench.send = lambda address, body: honest("http://prison-bureau/add-checkpoint", body)
    with as_role("guitu_seq"):
        found = ask_all(policies.read(bench.text), send=bench.send)
    assert Asked("procuratorate", "WRONG") in found


@pytest.mark.parametrize(("own_machine", "word"), [(True, "DEMONSTRATION"), (False, "WITNESSED")])
def test_an_act_waits_until_the_quorum_has_signed_a_checkpoint_that_holds_it(house, bench, own_machine, word) -> None:
    act(house, 1)
    with house.role("guitu_owner") as door:
        event, name = door.execute(
            "SELECT event_id, act FROM ledger_entry WHERE act = 'prison:person:expected'"
        ).fetchone()

    def vouched() -> tuple[str, datetime]:
        with house.acting("prison"), transaction.atomic():
            found = proving.vouched_for([event], name)[event]
        return found.word, found.since

    def noted() -> bool:
        with as_role("guitu_seq"):
            return note_quorum(policies.read(bench.text), at=later, own_machine=own_machine)

    later = AT + timedelta(minutes=7)
    with house.role("guitu_owner") as door:
        recorded = door.execute("SELECT at FROM ledger_entry WHERE event_id = %s", (event,)).fetchone()[0]
    assert recorded < later
    assert (noted(), vouched()) == (False, ("WAITING", recorded))  # since it was recorded
    grow()
    bench.silent = {"procuratorate"}
    bench.ask()
    assert (noted(), vouched()) == (False, ("WAITING", recorded))
    bench.silent = set()
    bench.ask()
    assert (noted(), noted(), vouched()) == (True, True, (word, later))  # since the quorum had signed
    act(house, 2)
    later += timedelta(minutes=7)
    grow()
    bench.ask()
    noted()
    assert vouched() == (word, AT + timedelta(minutes=7))  # a later checkpoint changes no since
    with house.acting("prison"), transaction.atomic():
        assert proving.vouched_for([uuid.UUID(int=1)], name) == {}


def test_a_policy_that_asks_for_nobody_shows_nothing(house) -> None:
    act(house, 1)
    grow()
    with as_role("guitu_seq"):
        assert not note_quorum(policies.read(f"log {LOG}\nquorum none\n"), at=AT, own_machine=False)


def sequencer_of(bench):
    """The process's rounds with the bench's policy and witnesses; `round` answers what was taken and noted."""
    return sequencer.Sequencer(KEY, LOG, send=bench.send)


def one_round(house, rounds, bench, monkeypatch) -> tuple[int, str]:
    monkeypatch.setattr(sequencer, "log_policy", lambda: bench.text)
    with as_role("guitu_seq"):
        taken = rounds.round(at=AT).taken
    with house.role("guitu_owner") as door:
        return taken, door.execute("SELECT fault FROM access_beat WHERE process = 'sequencer'").fetchone()[0]


BUREAU = notes.verifier_of("bureau", Ed25519PrivateKey.from_private_bytes(bytes(range(9, 41))), kind=COSIGNATURE)
WITHOUT_PROCURATORATE = f"log {LOG}\nwitness bureau {BUREAU}\nquorum bureau\n"


@pytest.mark.parametrize(
    "unreadable",
    [f"log {LOG}\nquorum everybody\n", "log none\n", WITHOUT_PROCURATORATE],
    ids=["policy", "note", "nobody mandatory"],
)
def test_by_an_unreadable_witness_policy_nothing_is_signed_and_that_is_told(
    house, bench, monkeypatch, caplog, unreadable
) -> None:
    rounds, readable = sequencer_of(bench), bench.text
    bench.text = unreadable
    act(house, 2)
    taken, fault = one_round(house, rounds, bench, monkeypatch)
    assert (taken, fault) == (0, "POLICY")
    assert "the witness policy cannot be read" in caplog.text
    bench.text = readable  # mended while the process runs: the next round asks the witnesses again
    taken, fault = one_round(house, rounds, bench, monkeypatch)
    assert (taken > 0, fault) == (True, "")  # what waited is taken in


@pytest.fixture
def older(house, bench, monkeypatch):
    """The house as it was an hour ago, as a backup or a standby that lags holds it, while its witnesses lived on."""
    act(house, 2)
    rounds = sequencer_of(bench)
    assert one_round(house, rounds, bench, monkeypatch)[1] == ""
    name = f"{house.database}_older"
    connection.close()
    copied(house.server, house.database, name)
    act_more(house)
    assert one_round(house, rounds, bench, monkeypatch)[0] > 0
    connection.close()
    connection.settings_dict["NAME"] = name
    yield House(house.server, name)
    connection.close()
    connection.settings_dict["NAME"] = house.database
    drop_database(house.server.dsn("postgres", "postgres"), name)


def test_a_log_restored_from_an_older_copy_is_not_signed_on_while_its_witnesses_live(older, bench, monkeypatch) -> None:
    act_more(older)
    before, again = proving.published(), sequencer_of(bench)
    for _ in range(2):
        assert one_round(older, again, bench, monkeypatch) == (0, "ROLLED_BACK")
    assert proving.published() == before  # nothing was signed: there is no second history
    with older.role("guitu_owner") as door:
        found = door.execute("SELECT code FROM ledger_finding").fetchall()
    assert [code for (code,) in found] == ["WITNESS_AHEAD"] * 3
    # The control: with witnesses that had seen no more than the copy holds, it would go on.
    for kept in bench.kept.values():
        kept.keep(LOG.name, Seen(before.size, before.root))
    taken, fault = one_round(older, again, bench, monkeypatch)
    assert (taken > 0, fault) == (True, "")


def test_after_a_start_nothing_is_signed_before_the_witnesses_that_count_have_answered(
    house, bench, monkeypatch
) -> None:
    act(house, 1)
    assert one_round(house, sequencer_of(bench), bench, monkeypatch)[1] == ""  # the first checkpoint waits for nobody
    act_more(house)
    again = sequencer_of(bench)
    bench.silent = {"procuratorate"}
    assert one_round(house, again, bench, monkeypatch) == (0, "UNCONFIRMED")
    bench.silent = {"justice-bureau"}
    taken, fault = one_round(house, again, bench, monkeypatch)
    assert (taken > 0, fault) == (True, "WITNESS")


def test_one_witness_that_the_quorum_can_do_without_holds_up_nothing(house, bench, monkeypatch) -> None:
    act(house, 1)
    rounds = sequencer_of(bench)
    one_round(house, rounds, bench, monkeypatch)
    bench.kept["justice-bureau"].keep(LOG.name, Seen(1_000_000, leaf_hash(b"its own error")))
    act_more(house)
    taken, fault = one_round(house, rounds, bench, monkeypatch)
    assert (taken > 0, fault) == (True, "WITNESS")


def test_a_witness_that_has_not_signed_for_long_is_found_once_for_each_spell(house, bench, monkeypatch) -> None:
    act(house, 1)
    grow(at=AT)
    bench.silent = {"procuratorate"}
    policy = policies.read(bench.text)

    def stale() -> list[tuple[str, object]]:
        with house.role("guitu_owner") as door:
            return door.execute("SELECT which, since FROM ledger_finding WHERE code = 'WITNESS_STALE'").fetchall()

    for minutes in (10, 59, 61, 70):
        bench.ask()
        with as_role("guitu_seq"):
            note_ailing(policy, [], at=AT + timedelta(minutes=minutes), stale=timedelta(hours=1))
        assert stale() == ([("procuratorate.0000", AT)] if minutes > 60 else [])
