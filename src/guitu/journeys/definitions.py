"""Which text a journey runs under: the one it began with, kept in full (decision 16)."""

from __future__ import annotations

from functools import lru_cache

from guitu.access.permitted_moves import digest as _digest_of
from guitu.access.rule_packs import active_book
from guitu.journeys.models import Definition
from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.journey import Journey
from guitu.rulebook.loading import journey_of_text


@lru_cache(maxsize=16)
def _digest(text: str) -> str:
    return _digest_of(text)


def in_force(kind: str) -> tuple[Rulebook, Journey, str]:
    """The rulebook in force, the journey as it opens now, and the digest under which compile has kept its text."""
    book = active_book()
    return book, book.journey(kind), _digest(book.text_of_journey(kind))


def present(kind: str) -> tuple[Journey, str]:
    """The journey as it opens now, and the digest of its text."""
    _, journey, digest = in_force(kind)
    return journey, digest


@lru_cache(maxsize=16)
def _read(kind: str, digest: str) -> Journey:
    kept = Definition.objects.get(sha256=digest)
    return journey_of_text(kept.text, kind)


def pinned(kind: str, digest: str) -> Journey:
    """The journey as it was when a running one opened under `digest`."""
    book = load_national()  # packs change values, never journeys
    if _digest(book.text_of_journey(kind)) == digest:
        return book.journey(kind)
    return _read(kind, digest)
