"""The rulebook in force: the national records under the packs that this installation has loaded (decision 15).

Packs are rows that are never edited: a newer one replaces an older one. Whoever counts asks `active_book`, which
compares the set of packs with the one it last built; a pack that cannot be proved is refused and nothing changes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from guitu.access.acting import actor
from guitu.access.models import RulePack
from guitu.access.operations import require
from guitu.ledger.operations import record
from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.loading import canonical_sha256
from guitu.rulebook.packs import read_pack


class PackLoadedAlready(ValueError):
    """This very text is loaded already."""


@dataclass(frozen=True)
class LoadedPack:
    """A pack as the administrator's page shows it. `loaded_at` is aware (UTC)."""

    id: uuid.UUID
    name: str
    sha256: str
    jurisdiction: str
    loaded_at: datetime
    loaded_by: uuid.UUID
    replaced: bool


def _active() -> list[tuple[str, str]]:
    """Name and digest of every pack that no other replaces."""
    rows = RulePack.objects.filter(rulepack__isnull=True).order_by("sha256")
    return list(rows.values_list("name", "sha256"))


@lru_cache(maxsize=4)
def _built(digests: tuple[tuple[str, str], ...]) -> Rulebook:
    texts = dict(RulePack.objects.filter(sha256__in=[digest for _, digest in digests]).values_list("name", "text"))
    return load_national().with_packs(texts)


def active_book() -> Rulebook:
    """The rulebook in force now. Runs inside the caller's transaction; one small query when nothing has changed."""
    return _built(tuple(_active()))


def load_pack(name: str, text: str, *, at: datetime, replaces: uuid.UUID | None = None) -> str:
    """Prove a pack against the rulebook in force and load it; returns its digest.

    Raises NotAllowed, PackLoadedAlready, or RulebookError with file and line of every problem; then nothing is stored.
    """
    require("rule:load")
    session = actor().session
    with transaction.atomic():
        digest = canonical_sha256({"pack": text})
        if RulePack.objects.filter(sha256=digest).exists():
            raise PackLoadedAlready(digest)
        standing = RulePack.objects.filter(rulepack__isnull=True)
        packs = {row.name: row.text for row in standing if row.id != replaces}
        load_national().with_packs({**packs, name: text})
        pack = RulePack.objects.create(
            name=name,
            sha256=digest,
            text=text,
            jurisdiction=read_pack(name, text, digest).jurisdiction,
            loaded_at=at,
            loaded_by=session.post_id,
            replaces_id=replaces,
        )
        record(
            "access:pack:loaded",
            subjects=[],
            division=session.division,
            at=at,
            event_id=pack.id,
            name=name,
            sha256=digest,
        )
    return digest


def packs_listed() -> list[LoadedPack]:
    """All packs, newest first. Inside the caller's transaction."""
    return [
        LoadedPack(
            row.id,
            row.name,
            row.sha256,
            row.jurisdiction,
            row.loaded_at,
            row.loaded_by,
            replaced=hasattr(row, "rulepack"),
        )
        for row in RulePack.objects.select_related("rulepack").order_by("-loaded_at", "name")
    ]
