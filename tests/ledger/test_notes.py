"""Signed notes and checkpoints: what is written is read again, what is bent is refused, the published example holds."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guitu.ledger.log import checkpoints, notes
from guitu.ledger.log.checkpoints import Checkpoint, CheckpointWrong
from guitu.ledger.log.notes import COSIGNATURE, NoteWrong
from guitu.ledger.log.tree import leaf_hash

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LOG = notes.verifier_of("guitu.example/log", KEY)
WITNESS = notes.verifier_of("procuratorate.example", OTHER, kind=COSIGNATURE)
STATED = Checkpoint("guitu.example/log", 1234, leaf_hash(b"x"))
SECONDS = 1_790_000_000

# The example key and note of the documentation of Go's package sumdb/note.
FOREIGN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
FOREIGN_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_a_foreign_implementation_holds() -> None:
    verifier = notes.read_verifier(FOREIGN_KEY)
    assert str(verifier) == FOREIGN_KEY
    note = notes.read(FOREIGN_NOTE)
    assert note.signed_by(verifier)
    assert str(note) == FOREIGN_NOTE


def test_one_changed_letter_of_the_foreign_note_is_noticed() -> None:
    with pytest.raises(NoteWrong, match="does not hold"):
        notes.read(FOREIGN_NOTE.replace("answer", "anzwer")).signed_by(notes.read_verifier(FOREIGN_KEY))


def test_a_checkpoint_is_signed_published_and_opened() -> None:
    published = str(STATED.signed(KEY))
    assert published.startswith("guitu.example/log\n1234\n")
    found, note = checkpoints.opened(published, notes.read_verifier(str(LOG)))
    assert found == STATED
    assert note.signed_by(notes.verifier_of("guitu.example/log", OTHER)) is None


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: text.replace("1234", "1235"),
        lambda text: text.replace("1234", "01234"),
        lambda text: text.replace("1234", "-1"),
        lambda text: text.replace("guitu.example/log\n", "another.example/log\n", 1),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text[:-1],
        lambda text: text.replace("— ", "- "),
        lambda text: text + "\x00",
        lambda text: text.split("\n\n")[0] + "\n\n",
        lambda text: text.split("\n\n")[0] + "\n\n— guitu.example/log AAAA\n",
        lambda text: text.split("\n\n")[0] + "\n\n— guitu.example/log !!!!\n",
    ],
)
def test_a_bent_checkpoint_is_refused(bend) -> None:
    bent = bend(str(STATED.signed(KEY)))
    with pytest.raises((NoteWrong, CheckpointWrong)):
        checkpoints.opened(bent, LOG)


def test_a_checkpoint_signed_by_the_right_key_under_another_origin_is_refused() -> None:
    foreign = Checkpoint("another.example/log", 5, leaf_hash(b"x"))
    note = notes.Note(foreign.text, (notes.sign(foreign.text, LOG.name, KEY),))
    with pytest.raises(CheckpointWrong, match="another log"):
        checkpoints.opened(str(note), LOG)


@pytest.mark.parametrize(
    "text", ["", "origin\n", "origin\n5\n", "origin\n5\nAAAA\n", "origin\nfive\nAAAA\n", "\n5\nAA==\n"]
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointWrong):
        checkpoints.read(text)


def test_a_cosignature_states_its_moment_and_covers_it() -> None:
    note = STATED.signed(KEY)
    line = notes.cosign(note.text, WITNESS.name, OTHER, seconds=SECONDS)
    both = notes.read(str(note) + str(line))
    found = both.signed_by(notes.read_verifier(str(WITNESS)))
    assert found
    assert notes.moment_of(found.body) == SECONDS
    assert both.signed_by(LOG)
    moved = notes.Signature(line.name, line.key_id, (SECONDS + 1).to_bytes(8, "big") + line.body[8:])
    with pytest.raises(NoteWrong, match="does not hold"):
        notes.Note(note.text, (moved,)).signed_by(WITNESS)
    with pytest.raises(NoteWrong, match="does not hold"):
        notes.Note(note.text, (notes.Signature(line.name, line.key_id, b"short"),)).signed_by(WITNESS)


def test_a_witness_and_a_log_of_one_key_have_different_key_ids() -> None:
    assert notes.verifier_of("a", KEY).key_id != notes.verifier_of("a", KEY, kind=COSIGNATURE).key_id


NO_KEYS = ["", "name", "name+00000000+AAAA", FOREIGN_KEY.replace("Peter", "Pe ter"), FOREIGN_KEY[:-4] + "AAAA"]


@pytest.mark.parametrize("stated", [*NO_KEYS, FOREIGN_KEY.replace("c74f20a3", "c74f20a4")])
def test_a_text_that_is_no_key_is_refused(stated: str) -> None:
    with pytest.raises(NoteWrong):
        notes.read_verifier(stated)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "line\nbreak"])
def test_a_name_that_cannot_stand_in_a_note_is_refused(name: str) -> None:
    with pytest.raises(NoteWrong):
        notes.verifier_of(name, KEY)


def test_a_text_without_a_last_line_break_is_not_signed() -> None:
    with pytest.raises(NoteWrong, match="line break"):
        notes.sign("text", "name", KEY)


def test_a_note_too_long_or_with_too_many_lines_is_refused() -> None:
    line = str(notes.sign("text\n", "name", KEY))
    with pytest.raises(NoteWrong, match="too many"):
        notes.read("text\n\n" + line * (notes.MOST_LINES + 1))
    assert len(notes.read("text\n\n" + line * notes.MOST_LINES).signatures) == notes.MOST_LINES
    with pytest.raises(NoteWrong, match="too long"):
        notes.read("x" * notes.MOST_BYTES + "\n\n" + line)
