"""The log shows its growth to witnesses and keeps their lines; silence, refusal, a witness ahead are told apart."""

import uuid
from pathlib import Path

import pytest

from guitu.ledger import proving
from guitu.ledger.log import bundles, policies
from guitu.ledger.log.tree import leaf_hash
from guitu.ledger.witnessing import Asked, ask_all, note_quorum
from guitu.witness.judging import Witness
from guitu.witness.keeping import LOGS, Kept, Seen
from tests.ledger.test_the_log import AT, LOG, act, as_role, grow, some_entry

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
    judged = bundles.verify(proving.bundle(some_entry(house), policy=bench.text, with_content=False)).judged
    assert judged.witnessed
    assert judged.signed == tuple(sorted(NAMES))


def act_more(house) -> None:
    """One more roster, so that the log has something to grow by."""
    from datetime import timedelta

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
    bundle = proving.bundle(some_entry(house), policy=bench.text, with_content=False)
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
        event, name = door.execute("SELECT event_id, act FROM ledger_entry ORDER BY at, id LIMIT 1").fetchone()

    def vouched() -> str:
        return proving.vouched_for([event], name)[event]

    def noted() -> bool:
        with as_role("guitu_seq"):
            return note_quorum(policies.read(bench.text), at=AT, own_machine=own_machine)

    assert (noted(), vouched()) == (False, "WAITING")
    grow()
    bench.silent = {"procuratorate"}
    bench.ask()
    assert (noted(), vouched()) == (False, "WAITING")
    bench.silent = set()
    bench.ask()
    assert (noted(), noted(), vouched()) == (True, True, word)
    assert proving.vouched_for([uuid.UUID(int=1)], name) == {}


def test_a_policy_that_asks_for_nobody_shows_nothing(house) -> None:
    act(house, 1)
    grow()
    with as_role("guitu_seq"):
        assert not note_quorum(policies.read(f"log {LOG}\nquorum none\n"), at=AT, own_machine=False)
