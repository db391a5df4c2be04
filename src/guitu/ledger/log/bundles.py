"""A bundle: everything by which somebody without database and network sees that an act stands in the log.

One JSON object: ``entry`` (the leaf's text), ``content`` (the salt in hexadecimal and the canonical text; null when
erased or not handed out), ``proof`` (C2SP tlog-proof: index, hashes, checkpoint) and ``policy`` (as the log states it;
whoever verifies may bring another).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guitu.ledger.log import policies
from guitu.ledger.log.checkpoints import CheckpointWrong
from guitu.ledger.log.entries import COMMITMENT_LINE, LINES, VERSION
from guitu.ledger.log.notes import NoteWrong
from guitu.ledger.log.objects import read_object
from guitu.ledger.log.policies import Judged, Policy, PolicyWrong
from guitu.ledger.log.tree import ProofWrong, leaf_hash, verify_inclusion

FORMAT = "guitu-bundle/1"
PROOF = "c2sp.org/tlog-proof@v1"
_PARTS, _OPENED = {"format", "entry", "content", "proof", "policy"}, {"salt", "canonical"}
_SALT = re.compile(r"[0-9a-f]{32}")
"""128 bits, no more and no less: were its length free, a piece of the content could be passed off as salt."""
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class BundleWrong(ValueError):
    """The bundle is not one, or does not show what it claims; the text says which part failed."""


@dataclass(frozen=True)
class Content:
    """What was recorded, and the salt under which it is committed."""

    salt: bytes
    canonical: str


@dataclass(frozen=True)
class Shown:
    """What a bundle shows: the lines of the entry, the content if handed out, the leaf's place, who vouches."""

    act: str
    event_id: str
    at: str
    unit_id: str
    other_unit_id: str
    content: str | None
    index: int
    judged: Judged


def write(entry: bytes, content: Content | None, *, index: int, hashes: Sequence[bytes], note: str, policy: str) -> str:
    """The bundle as text; `note` is the checkpoint with its co-signatures, `policy` the log's own."""
    lines = [PROOF, f"index {index}", *(base64.b64encode(one).decode() for one in hashes)]
    opened = None if content is None else {"salt": content.salt.hex(), "canonical": content.canonical}
    bundle = {
        "format": FORMAT,
        "entry": entry.decode(),
        "content": opened,
        "proof": "\n".join(lines) + "\n\n" + note,
        "policy": policy,
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"


def verify(text: str, *, policy: Policy | None = None) -> Shown:
    """What the bundle shows, under `policy` or, without one, the bundle's own. Raises BundleWrong."""
    try:
        bundle = read_object(text)
    except ValueError as fault:
        raise BundleWrong("not a bundle") from fault
    if set(bundle) != _PARTS or bundle["format"] != FORMAT:
        raise BundleWrong("not a bundle")
    entry, proof, stated = bundle["entry"], bundle["proof"], bundle["policy"]
    if not all(isinstance(part, str) for part in (entry, proof, stated)):
        raise BundleWrong("not a bundle")
    try:
        index, hashes, note = _proof(proof)
        judged = policies.judge(note, policy or policies.read(stated))
        checkpoint = judged.checkpoint
        verify_inclusion(leaf_hash(entry.encode()), index, checkpoint.size, hashes, checkpoint.root)
    except (NoteWrong, CheckpointWrong, PolicyWrong, ProofWrong) as fault:
        raise BundleWrong(str(fault)) from fault
    except UnicodeEncodeError as fault:
        raise BundleWrong("not a bundle") from fault
    lines = entry.split("\n")
    if len(lines) != LINES + 1 or lines[0] != VERSION or lines[-1]:
        raise BundleWrong("the entry is of an unknown form")
    canonical = _opened(bundle["content"], lines[COMMITMENT_LINE])
    return Shown(lines[1], lines[2], lines[3], lines[4], lines[5], canonical, index, judged)


def _opened(content: Any, commitment: str) -> str | None:
    """What was recorded, if it is handed out and is what was committed to."""
    if content is None:
        return None
    if not isinstance(content, dict) or set(content) != _OPENED:
        raise BundleWrong("the content is of an unknown form")
    salt, canonical = content["salt"], content["canonical"]
    if not isinstance(canonical, str) or not isinstance(salt, str) or not _SALT.fullmatch(salt):
        raise BundleWrong("the content is of an unknown form")
    try:
        digest = hashlib.sha256(bytes.fromhex(salt) + canonical.encode()).hexdigest()
    except UnicodeEncodeError as fault:
        raise BundleWrong("the content is of an unknown form") from fault
    if digest != commitment:
        raise BundleWrong("the content is not what was committed to")
    return canonical


def _proof(text: str) -> tuple[int, list[bytes], str]:
    head, mark, note = text.partition("\n\n")
    name, _, rest = head.partition("\n")
    numbered, *hashes = rest.split("\n")
    if not mark or name != PROOF:
        raise BundleWrong("the proof is not a tlog-proof")
    index = _INDEX.fullmatch(numbered)
    if index is None:
        raise BundleWrong("the proof has no index")
    try:
        return int(index[1]), [base64.b64decode(line, validate=True) for line in hashes], note
    except (binascii.Error, ValueError) as fault:
        raise BundleWrong("a hash of the proof is not base64") from fault
