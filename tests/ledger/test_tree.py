"""The tree against the definition of RFC 6962 written out, against foreign vectors, against a foreign library."""

import base64
import hashlib
import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guitu.ledger.log import tiles
from guitu.ledger.log.tree import (
    EMPTY_ROOT,
    ProofWrong,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    perfect_subtrees,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(os.environ.get("GUITU_MERKLE_VECTORS", "")) / "inclusion.jsonl"
"""Inclusion vectors of another implementation, one JSON object a line, where their folder is named."""
SMALL = 70


def entries(count: int) -> list[bytes]:
    return [f"第{number}条".encode() for number in range(count)]


def by_definition(held: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it is written there."""
    if not held:
        return hashlib.sha256(b"").digest()
    if len(held) == 1:
        return hashlib.sha256(b"\x00" + held[0]).digest()
    split = 1
    while split * 2 < len(held):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(held[:split]) + by_definition(held[split:])).digest()


def subtree_of(held: list[bytes]):
    """Reads perfect subtrees straight from the entries."""
    return lambda level, index: by_definition(held[index << level : (index + 1) << level])


def reading(stored: dict[tuple[int, int], bytes]):
    """Reads tiles from where the test keeps them."""
    return lambda level, index: stored[level, index]


@pytest.mark.parametrize("size", [*range(SMALL), 255, 256, 257, 511, 512, 513])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    held = entries(size)
    assert root(subtree_of(held), size) == by_definition(held)
    assert root(subtree_of([]), 0) == EMPTY_ROOT


def test_every_proof_of_every_small_tree_holds() -> None:
    held = entries(SMALL)
    subtree = subtree_of(held)
    roots = [root(subtree, size) for size in range(SMALL + 1)]
    for size in range(1, SMALL + 1):
        for index in range(size):
            proof = inclusion_proof(subtree, index, size)
            verify_inclusion(leaf_hash(held[index]), index, size, proof, roots[size])
        for old in range(1, size + 1):
            verify_consistency(old, size, roots[old], roots[size], consistency_proof(subtree, old, size))


def test_a_bent_proof_of_inclusion_is_refused() -> None:
    held = entries(SMALL)
    subtree = subtree_of(held)
    refused = 0
    for size in (1, 2, 3, 7, 8, 9, 33, SMALL):
        top = root(subtree, size)
        for index in range(size):
            proof, leaf = inclusion_proof(subtree, index, size), leaf_hash(held[index])
            bent = [
                (leaf_hash(b"other"), index, size, proof, top),
                (leaf, index, size, [*proof, leaf], top),
                (leaf, index, size, [leaf, *proof], top),
                (leaf, index, size, proof, leaf_hash(b"other")),
                (leaf, index, size, [one[:31] for one in proof] or [b""], top),
                (leaf, -1, size, proof, top),
                (leaf, size, size, proof, top),
            ]
            bent += [(leaf, index, size, proof[:-1], top), (leaf, index, size, proof[1:], top)] if proof else []
            bent += [(leaf, other, size, proof, top) for other in range(size) if other != index]
            for attempt in bent:
                with pytest.raises(ProofWrong):
                    verify_inclusion(*attempt)
                refused += 1
            verify_inclusion(leaf, index, size, proof, top)  # the control: unbent it holds
    assert refused > 6000


def test_a_bent_proof_of_consistency_is_refused_and_none_begins_with_nothing() -> None:
    held = entries(SMALL)
    subtree = subtree_of(held)
    for size in (1, 2, 3, 6, 8, 9, 33, SMALL):
        new = root(subtree, size)
        with pytest.raises(ProofWrong):
            verify_consistency(0, size, EMPTY_ROOT, new, [])
        for old in range(1, size + 1):
            first, proof = root(subtree, old), consistency_proof(subtree, old, size)
            bent = [
                (old, size, leaf_hash(b"other"), new, proof),
                (old, size, first, leaf_hash(b"other"), proof),
                (old, size, first, new, [*proof, first]),
                (size + 1, size, first, new, proof),
            ]
            bent += [(old, size, first, new, proof[:-1]), (old, size, first, new, proof[1:])] if proof else []
            bent += [(old - 1, size, first, new, proof), (old + 1, size, first, new, proof)] if old < size else []
            for attempt in bent:
                with pytest.raises(ProofWrong):
                    verify_consistency(*attempt)
            verify_consistency(old, size, first, new, proof)


def test_there_is_no_proof_about_what_the_tree_does_not_hold() -> None:
    subtree = subtree_of(entries(5))
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(subtree, index, size)
    for old, new in ((0, 5), (6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no consistency proof"):
            consistency_proof(subtree, old, new)


@given(begin=st.integers(0, 10_000), length=st.integers(0, 10_000))
@settings(max_examples=200)
def test_perfect_subtrees_cover_a_range_once(begin: int, length: int) -> None:
    at = begin
    for level, index in perfect_subtrees(begin, begin + length):
        assert index << level == at
        at += 1 << level
    assert at == begin + length


@pytest.mark.skipif(not VECTORS.is_file(), reason="GUITU_MERKLE_VECTORS names no folder with foreign vectors")
def test_foreign_vectors_are_accepted_and_refused_as_they_say() -> None:
    lines = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        proof = [base64.b64decode(one) for one in line["proof"] or []]
        leaf, top = base64.b64decode(line["leafHash"] or ""), base64.b64decode(line["root"] or "")
        refused = False
        try:
            verify_inclusion(leaf, line["leafIdx"], line["treeSize"], proof, top)
        except ProofWrong:
            refused = True
        assert refused == line["wantErr"], line["name"]
    assert len(lines) == 98


def test_a_foreign_library_finds_the_same_roots_and_proofs(repetitions) -> None:
    from pymerkle import InmemoryTree

    sizes = [*range(1, repetitions(130, full=513)), *(2**power for power in range(8, repetitions(10, full=13)))]
    sizes += [20_000] if repetitions(0, full=1) else []
    dice = random.Random(6962)
    oracle = InmemoryTree(algorithm="sha256")
    stored: dict[tuple[int, int], bytes] = {}
    size = 0
    for wanted in sorted(set(sizes)):
        fresh = [f"条目{number}".encode() for number in range(size, wanted)]
        edge = {level: stored.get((level, index), b"") for level, index, _ in tiles.widths(size)}
        stored |= tiles.appended(size, edge, [leaf_hash(one) for one in fresh])
        for one in fresh:
            oracle.append_entry(one)
        size = wanted
        subtree = tiles.reader(reading(stored))
        assert root(subtree, size) == oracle.get_root(size)
        for index in {0, size - 1, dice.randrange(size)}:
            theirs = oracle.prove_inclusion(index + 1, size).path
            assert theirs == [leaf_hash(f"条目{index}".encode()), *inclusion_proof(subtree, index, size)]
        for old in {1, size, dice.randrange(size) + 1}:
            proof = consistency_proof(subtree, old, size)
            verify_consistency(old, size, oracle.get_root(old), oracle.get_root(size), proof)


@given(steps=st.lists(st.integers(1, 700), max_size=6))
@settings(max_examples=40, deadline=None)
def test_tiles_grown_in_any_steps_hold_the_same_tree(steps: list[int]) -> None:
    held, stored, size = entries(sum(steps)), {}, 0
    for step in steps:
        edge = {level: stored.get((level, index), b"") for level, index, _ in tiles.widths(size)}
        stored |= tiles.appended(size, edge, [leaf_hash(one) for one in held[size : size + step]])
        size += step
    subtree = tiles.reader(reading(stored))
    assert root(subtree, size) == by_definition(held)
    whole: dict[tuple[int, int], bytes] = tiles.appended(0, {}, [leaf_hash(one) for one in held])
    assert whole == stored
    for level, index, width in tiles.widths(size):
        assert len(stored[level, index]) == width * 32


def test_a_tile_that_is_too_short_is_named() -> None:
    stored = tiles.appended(0, {}, [leaf_hash(one) for one in entries(300)])
    stored[0, 1] = stored[0, 1][:-1]
    with pytest.raises(tiles.TileMissing, match="tile 0/1"):
        root(tiles.reader(reading(stored)), 300)
    with pytest.raises(tiles.TileMissing, match="right edge of level 0"):
        tiles.appended(300, {0: stored[0, 1]}, [leaf_hash(b"next")])


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0, 0), "tile/0/000"),
        ((1, 273, 17), "tile/1/273.p/17"),
        ((0, 1234067), "tile/0/x001/x234/067"),
        (("entries", 5, 1), "tile/entries/005.p/1"),
    ],
)
def test_a_tile_is_called_as_the_format_says(place, expected: str) -> None:
    assert tiles.path(*place) == expected
    assert node_hash(EMPTY_ROOT, EMPTY_ROOT) != EMPTY_ROOT
