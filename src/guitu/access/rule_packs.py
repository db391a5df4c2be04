"""The rulebook in force: the national records under the packs that this installation has loaded (decision 15).

Two administrators bring a pack into force (`dual_changes`).

Packs are rows that are never edited: a newer one replaces an older one. Whoever counts asks `active_book`, which
compares the set of packs with the one it last built; a pack that cannot be proved is refused and nothing changes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from guitu.access.compiled_rules import KEPT_FILE
from guitu.access.models import RulePack
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.loading import canonical_sha256
from guitu.rulebook.pack_differences import PackDifference, pack_differences
from guitu.rulebook.packs import at_least


class PackLoadedAlready(ValueError):
    """This very text is loaded already."""


class PackNameTaken(ValueError):
    """Another pack in force bears this name; by its name a pack is found among the texts."""


class PackNotInForce(AttemptRefused, ValueError):
    """The pack that is to be replaced is not in force."""


@dataclass(frozen=True)
class LoadedPack:
    """A pack as the administrator's page shows it. `loaded_at` is aware (UTC); `change`: by which two hands."""

    id: uuid.UUID
    name: str
    sha256: str
    jurisdiction: str
    loaded_at: datetime
    loaded_by: uuid.UUID
    replaced: bool
    change: uuid.UUID | None


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


def digest(text: str) -> str:
    """The digest by which a pack's text is known."""
    return canonical_sha256({"pack": text})


def kept_files(name: str, text: str) -> list[dict[str, Any]]:
    """How long files are kept under a pack: from which legal day (ISO) to which (exclusive, None: open), and lengths.

    The earliest end of the lengths counts, as with the clock. Empty where the pack says nothing of it. The database
    holds an erasure to this, or to the national rule (sql/rights.sql).
    """
    book = load_national().with_packs({name: text})
    kept = []
    for own in (rule for pack in book.packs for rule in pack.rules if rule.id == KEPT_FILE):
        for value in own.values:
            inside = {national.from_ for national in book.rules[KEPT_FILE].values if value.covers(national.from_)}
            days: list[date | None] = [*sorted({value.from_, *inside}), value.to]
            for day, until in pairwise(days):
                stands = book.value_on(KEPT_FILE, day or value.from_, own.jurisdiction)
                kept.append(
                    {
                        "from": day and day.isoformat(),
                        "to": until and until.isoformat(),
                        "lasts": [at_least(limit) for limit in (stands.statutory, stands.service) if limit],
                    }
                )
    return kept


def proved(name: str, text: str, *, replaces: uuid.UUID | None) -> tuple[PackDifference, ...]:
    """What a pack would change, proved against the rulebook in force. Inside the caller's transaction.

    Raises PackLoadedAlready, PackNameTaken, PackNotInForce (what is to be replaced), RulebookError with file and line
    of every problem.
    """
    if RulePack.objects.filter(sha256=digest(text)).exists():
        raise PackLoadedAlready(name)
    standing = list(RulePack.objects.filter(rulepack__isnull=True))
    if replaces is not None and replaces not in {row.id for row in standing}:
        raise PackNotInForce(replaces)
    packs = {row.name: row.text for row in standing if row.id != replaces}
    if name in packs:
        raise PackNameTaken(name)
    return pack_differences(active_book(), load_national().with_packs({**packs, name: text}))


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
            change=row.dual_change_id,
        )
        for row in RulePack.objects.select_related("rulepack").order_by("-loaded_at", "name")
    ]
