"""The Merkle tree of RFC 6962 section 2 (hashes of RFC 9162 section 2.1): roots, proofs, and how they are verified.

A hash is 32 bytes of SHA-256. A tree is read through `Subtree`: the hash of the perfect subtree of ``2**level`` leaves
that begins at leaf ``index * 2**level``; where the hashes lie (a list, tiles, a table) is the reader's affair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_LEAF, _NODE = b"\x00", b"\x01"

Subtree = Callable[[int, int], bytes]


class ProofWrong(ValueError):
    """A proof does not lead from what is claimed to the root; the text says which step failed."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(_NODE + left + right).digest()


def perfect_subtrees(begin: int, end: int) -> list[tuple[int, int]]:
    """The aligned perfect subtrees that cover the leaves [begin, end), from left to right, as (level, index)."""
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        found.append((level, begin >> level))
        begin += 1 << level
    return found


class Frontier:
    """A tree that only grows, as few hashes as its right edge needs: its root at any moment, none of its proofs."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []  # the perfect subtrees from left to right; their sizes are the bits of `size`

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash on the right."""
        joined, full = leaf, self.size
        while full & 1:
            joined, full = node_hash(self._edge.pop(), joined), full >> 1
        self._edge.append(joined)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self._edge:
            return EMPTY_ROOT
        folded = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            folded = node_hash(left, folded)
        return folded


def _range_hash(subtree: Subtree, begin: int, end: int) -> bytes:
    """The tree hash of the leaves [begin, end), where `begin` is aligned as in the recursion of RFC 6962."""
    hashes = [subtree(level, index) for level, index in perfect_subtrees(begin, end)]
    folded = hashes.pop()
    while hashes:
        folded = node_hash(hashes.pop(), folded)
    return folded


def root(subtree: Subtree, size: int) -> bytes:
    """The root of the first `size` leaves; of none, SHA-256 of nothing."""
    return _range_hash(subtree, 0, size) if size else EMPTY_ROOT


def _split(size: int) -> int:
    """The largest power of two below `size` (at least two)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of `size` leaves, from the leaf upward.

    Raises ValueError when the tree holds no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    begin, end, downward = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            downward.append((middle, end))
            end = middle
        else:
            downward.append((begin, middle))
            begin = middle
    return [_range_hash(subtree, low, high) for low, high in reversed(downward)]


def consistency_proof(subtree: Subtree, old: int, new: int) -> list[bytes]:
    """The hashes that prove that the first `old` leaves are the beginning of the tree of `new` leaves.

    Empty for equal sizes. Raises ValueError for `old` = 0 (everything begins with nothing) or `old` > `new`.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    begin, end, downward, whole = 0, new, [], True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            downward.append((middle, end))
            end = middle
        else:
            downward.append((begin, middle))
            begin, whole = middle, False
    if not whole:
        downward.append((begin, end))
    return [_range_hash(subtree, low, high) for low, high in reversed(downward)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], claimed_root: bytes) -> None:
    """Raise ProofWrong unless `proof` leads from the leaf hash at `index` to `claimed_root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofWrong(f"leaf {index} lies outside a tree of {size}")
    _well_formed((leaf, claimed_root, *proof))
    place, last, reached = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofWrong("the proof is longer than the path")
        if place & 1 or place == last:
            reached = node_hash(step, reached)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofWrong("the proof is shorter than the path")
    if reached != claimed_root:
        raise ProofWrong("the proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofWrong unless `proof` shows that the tree of `new` leaves continues that of `old` (RFC 9162, 2.1.4.2).

    From no leaves nothing can be proved: `old` = 0 is refused, whatever the proof.
    """
    if not 0 < old <= new:
        raise ProofWrong(f"from {old} to {new} leaves nothing can be proved")
    _well_formed((old_root, new_root, *proof))
    if old == new:
        if proof or old_root != new_root:
            raise ProofWrong("two roots for one size")
        return
    if not proof:
        raise ProofWrong("the proof is empty")
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofWrong("the proof is longer than the path")
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofWrong("the proof is shorter than the path")
    if before != old_root:
        raise ProofWrong("the proof does not hold the old root")
    if after != new_root:
        raise ProofWrong("the proof leads to another root")


def _well_formed(hashes: Iterable[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofWrong(f"a hash is not {HASH_BYTES} bytes long")
