"""Which documents and received files the acting post may open: the decision table, asked about each item they show.

A document cannot be masked: it opens where every item of level L3 or L4 that it shows is seen or opened by the post, as
the table has it for the present purpose, relation and state of the file. The person's own documents (rulebook my_road)
are theirs to read whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from guitu.access.deciding import sight_of
from guitu.papers.catalogue import RECEIVED, kind_of, kinds
from guitu.papers.models import Attachment, Document
from guitu.people.dossiers import items_received
from guitu.people.queries import CLEAR
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import load_national
from guitu.rulebook.papers import shown_by_files

_OWN = "self"
_TRACED = frozenset({"L3", "L4"})


class DocumentClosed(AttemptRefused, PermissionError):
    """The decision table keeps `items` of what the document shows from the acting post."""

    def __init__(self, items: tuple[str, ...]) -> None:
        super().__init__(", ".join(items))
        self.items = items


def items_shown(kind: str, version: str, *, on: date) -> tuple[str, ...]:
    """The core items of levels L3 and L4 that a document of this kind, issued on a legal day, may show."""
    named = {field.item for field in kind_of(kind).version(version).fields if field.item}
    if RECEIVED in named:
        named = (named - {RECEIVED}) | set(items_received(on))
    return _traced(named)


def items_filed(kind: str) -> tuple[str, ...]:
    """The same of a received file of this kind, which nobody has read: at least what a document of ours would show."""
    versions = kinds()[kind].versions if kind in kinds() else ()
    named = {field.item for version in versions for field in version.fields if field.item}
    return _traced((named - {RECEIVED}).union(shown_by_files().of(kind)))


def _traced(items: Iterable[str]) -> tuple[str, ...]:
    levels = load_national().items
    return tuple(sorted(item for item in items if levels[item].level in _TRACED))


def items_in(document_id: uuid.UUID) -> tuple[str, ...]:
    """What a look at this document is traced with; empty for a document out of reach."""
    return tuple(Document.objects.filter(id=document_id).values_list("shows", flat=True).first() or ())


def items_in_file(attachment_id: uuid.UUID) -> tuple[str, ...]:
    """What a look at this received file is traced with; empty for one out of reach."""
    return tuple(Attachment.objects.filter(id=attachment_id).values_list("shows", flat=True).first() or ())


Shown = tuple[uuid.UUID | None, tuple[str, ...]]
"""Whom a document or file is about, and which items it shows."""


def closed_of(found: Sequence[Shown]) -> list[tuple[str, ...]]:
    """For each of these, the items that the table keeps from the acting post; empty where it may be opened."""
    sight = sight_of(dict.fromkeys(person_id for person_id, _items in found if person_id))
    return [
        tuple(item for item in items if sight.of(person_id, item).effect not in CLEAR)
        if person_id and not _is_own(sight.standings.get(person_id))
        else ()
        for person_id, items in found
    ]


def require_open(person_id: uuid.UUID | None, items: Iterable[str]) -> None:
    """Raise DocumentClosed where the table keeps one of `items` of this person from the acting post."""
    (kept,) = closed_of([(person_id, tuple(items))])
    if kept:
        raise DocumentClosed(kept)


def _is_own(held: object) -> bool:
    return getattr(held, "relation", "") == _OWN
