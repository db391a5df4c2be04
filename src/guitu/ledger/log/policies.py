"""Whom to believe (C2SP tlog-policy): the log's key, the witnesses' keys, and which of them must have co-signed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from guitu.ledger.log import checkpoints, notes
from guitu.ledger.log.checkpoints import Checkpoint, CheckpointWrong
from guitu.ledger.log.notes import COSIGNATURE, ED25519, UNNUMBERED, NoteWrong, Verifier

NOBODY = "none"
MANDATORY = "procuratorate"
"""A part of the name, between full stops or hyphens, of each witness that no quorum can do without."""
SM2_LINE = "#sm2"
"""Begins the line of a log's SM2 key: a remark to readers that do not know it."""
HOLDS, ABSENT, NOT_LOOKED_AT = "HOLDS", "ABSENT", ""
_PARTS = re.compile(r"[.-]")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,2}")
_UNSEEN, _LINE_ENDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"}), frozenset("\t\r\n")


class PolicyWrong(ValueError):
    """A policy's text cannot be read; the text names the line."""

    names_no_person = True
    """The journal may have its words: they tell of a file of the installation."""


@dataclass(frozen=True)
class Witness:
    """One witness of the policy: the name the policy gives it, its key, and where it answers ("" if not said)."""

    name: str
    verifier: Verifier
    address: str


@dataclass(frozen=True)
class Policy:
    """Keys of logs by origin, witnesses and groups by name, and the name that must be satisfied (``none``: nobody)."""

    logs: Mapping[str, Verifier]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str
    national: Mapping[str, Verifier] = field(default_factory=dict)

    def witnessed(self, name: str, signed: set[str]) -> bool:
        """Whether the witness or group `name` is satisfied when those in `signed` have co-signed."""
        if name == NOBODY:
            return True
        if name in self.witnesses:
            return name in signed
        threshold, members = self.groups[name]
        return sum(self.witnessed(member, signed) for member in members) >= threshold


def read(text: str) -> Policy:
    """The policy that `text` states: lines ``log``, ``witness``, ``group``, ``quorum``; ``#`` begins a remark.

    A name must be defined above the line that uses it, and only once. No key counts twice: neither under two names, nor
    in one group, nor the log's as a witness of itself. Who asks anybody asks the procuratorate: a quorum that everybody
    else can meet is none. Raises PolicyWrong.
    """
    if any(unicodedata.category(sign) in _UNSEEN and sign not in _LINE_ENDS for sign in text):
        raise PolicyWrong("the policy holds signs that are not seen")
    logs: dict[str, Verifier] = {}
    witnesses: dict[str, Witness] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    quorum: str | None = None
    national: dict[str, Verifier] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if not words or (words[0].startswith("#") and words[0] != SM2_LINE):
            continue
        try:
            match words:
                case ["#sm2", key]:
                    verifier = _key(key, UNNUMBERED)
                    national[verifier.name] = verifier
                case ["log", key, *address] if len(address) <= 1:
                    verifier = _key(key, ED25519)
                    _must_be_new(verifier.name, logs)
                    _must_be_another_key(verifier, logs, witnesses)
                    logs[verifier.name] = verifier
                case ["witness", name, key, *address] if len(address) <= 1:
                    verifier = _key(key, COSIGNATURE)
                    _must_be_new(name, witnesses, groups)
                    _must_be_another_key(verifier, logs, witnesses)
                    witnesses[name] = Witness(name, verifier, _address(*address))
                case ["group", name, threshold, *members]:
                    _must_be_new(name, witnesses, groups)
                    if len(set(members)) != len(members):
                        raise PolicyWrong("a group names a member twice")
                    groups[name] = _threshold(threshold, members), tuple(members)
                    _must_be_known(members, witnesses, groups, but=name)
                case ["quorum", name] if quorum is None:
                    if name != NOBODY:
                        _must_be_known([name], witnesses, groups)
                    quorum = name
                case _:
                    raise PolicyWrong("cannot be read")
        except (PolicyWrong, NoteWrong) as fault:
            raise PolicyWrong(f"line {number}: {fault}") from fault
    if not logs or quorum is None:
        raise PolicyWrong("a policy names a log and a quorum")
    policy = Policy(logs, witnesses, groups, quorum, national)
    if quorum != NOBODY and policy.witnessed(quorum, {name for name in witnesses if not _is_mandatory(name)}):
        raise PolicyWrong(f"the quorum {quorum} can be met without a witness named {MANDATORY}")
    return policy


@dataclass(frozen=True)
class Judged:
    """A checkpoint that a policy accepts, or would accept with more witnesses: who has co-signed, and is it enough."""

    checkpoint: Checkpoint
    signed: tuple[str, ...]
    witnessed: bool
    national: str = NOT_LOOKED_AT
    """Of the log's SM2 signature: HOLDS, ABSENT, or empty where the policy names no SM2 key of the log."""


def judge(published: str, policy: Policy) -> Judged:
    """The checkpoint in a note, judged. Raises NoteWrong or CheckpointWrong when the log itself has not signed it."""
    stated = checkpoints.read(notes.read(published).text)
    log = policy.logs.get(stated.origin)
    if log is None:
        raise CheckpointWrong(f"the policy does not know the log {stated.origin}")
    checkpoint, note = checkpoints.opened(published, log)
    signed = {one.name for one in policy.witnesses.values() if note.signed_by(one.verifier) is not None}
    key = policy.national.get(stated.origin)
    national = NOT_LOOKED_AT if key is None else ABSENT if note.signed_by(key) is None else HOLDS
    return Judged(checkpoint, tuple(sorted(signed)), policy.witnessed(policy.quorum, signed), national)


def _is_mandatory(name: str) -> bool:
    return MANDATORY in _PARTS.split(name.lower())


def _key(stated: str, kind: int) -> Verifier:
    verifier = notes.read_verifier(stated)
    if verifier.kind != kind:
        raise PolicyWrong(f"a key of the wrong kind: {stated}")
    return verifier


def _address(stated: str = "") -> str:
    try:
        parts = urlsplit(stated)
        reachable = not stated or (parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        reachable = False
    if not reachable:
        raise PolicyWrong(f"not an address: {stated}")
    return stated


def _threshold(stated: str, members: list[str]) -> int:
    wanted = {"all": len(members), "any": 1}.get(stated) or (int(stated) if _THRESHOLD.fullmatch(stated) else 0)
    if not 1 <= wanted <= len(members):
        raise PolicyWrong(f"no group of {len(members)} has a threshold of {stated[:20]}")
    return wanted


def _must_be_another_key(verifier: Verifier, logs: Mapping[str, Verifier], witnesses: Mapping[str, Witness]) -> None:
    known = [*logs.values(), *(one.verifier for one in witnesses.values())]
    if any(held.public == verifier.public for held in known):
        raise PolicyWrong(f"the key of {verifier.name} stands there under another name")


def _must_be_new(name: str, *named: Mapping[str, object]) -> None:
    if name == NOBODY or any(name in known for known in named):
        raise PolicyWrong(f"{name} is named twice")


def _must_be_known(names: list[str], *named: Mapping[str, object], but: str = "") -> None:
    for name in names:
        if name == but or not any(name in known for known in named):
            raise PolicyWrong(f"{name} is not defined above")
