"""A bundle whose bytes were changed is refused in words or shows what it did before; a policy counts nobody twice."""

import base64
import hashlib
import json
import uuid
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from guitu.ledger.log import bundles, checkpoints, forks, notes, policies
from guitu.ledger.log.bundles import BundleWrong, Content
from guitu.ledger.log.checkpoints import Checkpoint, CheckpointWrong
from guitu.ledger.log.entries import Recorded
from guitu.ledger.log.notes import COSIGNATURE
from guitu.ledger.log.policies import PolicyWrong
from guitu.ledger.log.tree import inclusion_proof, leaf_hash, node_hash, root
from guitu.web.command_line import verify
from guitu.web.command_line.answering import REFUSED

KEY, FIRST, SECOND = (Ed25519PrivateKey.from_private_bytes(bytes(range(at, at + 32))) for at in range(3))
LOG = notes.verifier_of("guitu/tests", KEY)
BUREAU = notes.verifier_of("bureau.example", FIRST, kind=COSIGNATURE)
PROCURATORATE = notes.verifier_of("procuratorate.example", SECOND, kind=COSIGNATURE)
HEAD = [f"log {LOG}", f"witness bureau {BUREAU} https://bureau.example", f"witness procuratorate {PROCURATORATE}"]
POLICY = "\n".join([*HEAD, "group both all bureau procuratorate", "quorum both"]) + "\n"
SALT, CANONICAL = bytes(range(16)), 'post\nRETURN\nperson\n{"状态": "签收"}'
PLACE, SIZE = 5, 11


@pytest.fixture(scope="module")
def bundle() -> str:
    commitment = hashlib.sha256(SALT + CANONICAL.encode()).digest()
    act = Recorded("handover:dossier:sent", uuid.UUID(int=1), datetime(2026, 9, 1, tzinfo=UTC), None, None, commitment)

    def tree(level: int, index: int) -> bytes:
        if level:
            return node_hash(tree(level - 1, 2 * index), tree(level - 1, 2 * index + 1))
        return act.leaf if index == PLACE else leaf_hash(b"%d" % index)

    note = Checkpoint(LOG.name, SIZE, root(tree, SIZE)).signed(KEY)
    lines = [
        notes.cosign(note.text, name.name, key, seconds=1) for name, key in ((BUREAU, FIRST), (PROCURATORATE, SECOND))
    ]
    published = str(note) + "".join(map(str, lines))
    hashes = inclusion_proof(tree, PLACE, SIZE)
    return bundles.write(act.text, Content(SALT, CANONICAL), index=PLACE, hashes=hashes, note=published, policy=POLICY)


def claimed(text: str) -> tuple[object, ...]:
    shown = bundles.verify(text, policy=policies.read(POLICY))
    return (
        shown.act,
        shown.event_id,
        shown.at,
        shown.unit_id,
        shown.other_unit_id,
        shown.content,
        shown.index,
        shown.judged.checkpoint,
    )


def test_a_changed_byte_is_refused_or_changes_nothing_that_is_claimed(bundle) -> None:
    whole, refused = claimed(bundle), 0
    for place in range(0, len(bundle), 3):
        bent = bundle[:place] + chr(ord(bundle[place]) ^ 1 << place % 7) + bundle[place + 1 :]
        try:
            assert claimed(bent) == whole, place
        except BundleWrong:
            refused += 1
    assert refused > 300


def test_no_piece_of_the_content_passes_as_salt_and_no_piece_of_the_salt_as_content(bundle) -> None:
    held = SALT + CANONICAL.encode()
    for length in (*range(16), *range(17, 37)):
        moved = {"salt": held[:length].hex(), "canonical": held[length:].decode()}
        bent = json.dumps(json.loads(bundle) | {"content": moved})
        assert (
            hashlib.sha256(bytes.fromhex(moved["salt"]) + moved["canonical"].encode()).digest()
            == hashlib.sha256(held).digest()
        )
        with pytest.raises(BundleWrong, match="content"):
            bundles.verify(bent)
    assert claimed(bundle)[5] == CANONICAL  # the control: the salt as long as it was made


def part(**changed: object) -> object:
    return lambda text: json.dumps(json.loads(text) | changed)


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: "[" * 100_000,
        lambda text: text.replace('"format"', '"note": ' + "[" * 50_000 + "]" * 50_000 + ', "format"'),
        lambda text: text.replace("{", '{"entry": "此前写的", ', 1),
        lambda text: text.replace('"canonical"', '"canonical": "此前写的", "canonical"'),
        lambda text: text.replace('"format"', '"note": NaN, "format"'),
        lambda text: text.replace("index 5", "index ５"),
        lambda text: text.replace("index 5", "index 05"),
        lambda text: text.replace("index 5", "index " + "9" * 5000),
        part(note="此人无罪"),
        part(proof=bundles.PROOF),
        part(proof=bundles.PROOF + "\n\n"),
        part(entry="\ud800"),
        part(policy=f"{POLICY}group many {'9' * 5000} bureau\n"),
        part(content=[]),
        part(content={"salt": SALT.hex(), "canonical": 5}),
        part(content={"salt": SALT.hex(), "canonical": "\ud800"}),
        part(content={"salt": SALT.hex(), "canonical": CANONICAL, "name": "某人"}),
    ],
)
def test_what_is_no_bundle_is_refused_in_words(bundle, bend) -> None:
    with pytest.raises(BundleWrong):
        bundles.verify(bend(bundle))
    assert not forks.is_one(bend(bundle))


@pytest.mark.parametrize(
    "lines",
    [
        ["group twice 2 bureau bureau", "quorum twice"],
        [
            f"witness other {notes.verifier_of('other', FIRST, kind=COSIGNATURE)}",
            "group two 2 bureau other",
            "quorum two",
        ],
        [f"witness own {notes.verifier_of(LOG.name, KEY, kind=COSIGNATURE)}", "quorum own"],
        [f"log {notes.verifier_of(LOG.name, SECOND)}", "quorum bureau"],
        ["# 见下\x85quorum none"],
        ["# 见下\u2028quorum none"],
        ["group g ２ bureau procuratorate", "quorum g"],
        [f"group g {'9' * 5000} bureau", "quorum g"],
        [
            f"witness far {notes.verifier_of('far', Ed25519PrivateKey.generate(), kind=COSIGNATURE)} http://far:99999",
            "quorum far",
        ],
    ],
)
def test_a_policy_in_which_one_counts_twice_or_that_two_read_differently_is_refused(lines) -> None:
    with pytest.raises(PolicyWrong) as refused:
        policies.read("\n".join([*HEAD, *lines]) + "\n")
    assert "can be met without" not in str(refused.value)
    assert policies.read(POLICY.replace("\n", "\r\n") + "# 备注　全角空格\n").quorum == "both"  # the control


@pytest.mark.parametrize(
    "lines",
    [
        ["quorum bureau"],
        ["group either any bureau procuratorate", "quorum either"],
        ["group two 1 bureau procuratorate", "group all all two bureau", "quorum all"],
    ],
)
def test_a_policy_whose_quorum_everybody_but_the_procuratorate_can_meet_is_refused_wherever_it_is_read(
    bundle, tmp_path, lines
) -> None:
    stated = "\n".join([*HEAD, *lines]) + "\n"
    with pytest.raises(PolicyWrong, match="can be met without a witness named procuratorate"):
        policies.read(stated)
    with pytest.raises(BundleWrong, match="can be met without"):  # the bundle's own
        bundles.verify(json.dumps(json.loads(bundle) | {"policy": stated}))
    held, given = tmp_path / "held.json", tmp_path / "policy"
    held.write_text(bundle, encoding="utf-8")
    given.write_text(stated, encoding="utf-8")
    asked = [str(held), "--policy", str(given)]
    refused = CliRunner().invoke(verify.app, asked)
    assert (refused.exit_code, "can be met without" in refused.stderr) == (REFUSED, True)
    given.write_text(POLICY, encoding="utf-8")
    assert CliRunner().invoke(verify.app, asked).exit_code == 0  # the control


@pytest.mark.parametrize("quorum", ["none", "procuratorate", "both"])
def test_a_policy_that_asks_nobody_or_always_the_procuratorate_is_read(quorum) -> None:
    assert policies.read(POLICY.replace("quorum both", f"quorum {quorum}")).quorum == quorum


def test_a_witness_is_the_procuratorate_by_a_whole_part_of_its_name() -> None:
    for name, is_one in {"demo-procuratorate": True, "Procuratorate.example": True, "nonprocuratorate": False}.items():
        stated = f"log {LOG}\nwitness {name} {PROCURATORATE}\nquorum {name}\n"
        if is_one:
            assert policies.read(stated).quorum == name
        else:
            with pytest.raises(PolicyWrong):
                policies.read(stated)


def test_a_tree_of_no_leaves_has_one_root() -> None:
    empty = hashlib.sha256(b"").digest()
    assert Checkpoint("x", 0, empty).text == f"x\n0\n{base64.b64encode(empty).decode()}\n"
    with pytest.raises(CheckpointWrong):
        checkpoints.read(Checkpoint("x", 0, leaf_hash(b"x")).text)
