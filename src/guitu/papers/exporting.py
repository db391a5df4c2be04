"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    TOLD,
    Decision,
    Holding,
    Row,
    TableCopy,
    copied,
)
from guitu.papers.models import Attachment, Document, Service
from guitu.rulebook.rights import rights_rules


def _is_kept(row: Row) -> bool:
    return row.kind in rights_rules().investigation_papers


def _documents(person_id: uuid.UUID) -> Iterable[Document]:
    return Document.objects.raw("SELECT * FROM papers_copied_documents(%s::uuid)", [person_id])


def _attachments(person_id: uuid.UUID) -> Iterable[Attachment]:
    """Files about the person, but for those that they would have to know of before an act of law is carried out."""
    secret = list(rights_rules().secret_papers)
    return Attachment.objects.raw(
        "SELECT * FROM papers_copied_files(%s::uuid) WHERE kind <> ALL (%s::text[]) ORDER BY id", [person_id, secret]
    )


def _place(row: Row) -> str:
    return f"{'document' if isinstance(row, Document) else 'attachment'}:{row.id}"


_FILE = Decision(TOLD, "INVESTIGATION", belongs_to=_place, file=True, unless=_is_kept)
_SAID_OF_IT = Decision(TOLD, "INVESTIGATION", unless=_is_kept)

HOLDINGS = (
    Holding(
        Document,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            "version": TECHNICAL,
            "number": TELL,
            "unit_id": TELL_UNIT,
            "year": TECHNICAL,
            "sequence": TECHNICAL,
            "issued_at": TELL,
            "issued_by": TELL_POST,
            "digest": TELL,
            "seal": TECHNICAL,
            "code_index": TECHNICAL,
            "body": _FILE,
            "size": TELL,
            "shows": TECHNICAL,
            "journey_id": TELL,
            "event_id": TECHNICAL,
            "supersedes_id": TELL,
            "by_hand": TELL,
            "completed_at": TELL,
            "completed_by": TELL_POST,
        },
        rows=_documents,
    ),
    Holding(
        Attachment,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            # Where it comes from and what it is called may name who was heard.
            "source": _SAID_OF_IT,
            "file_name": _SAID_OF_IT,
            "mime": TELL,
            "size": TELL,
            "digest": TELL,
            "body": replace(_FILE, written=True),
            "shows": TECHNICAL,
            "unit_id": TELL_UNIT,
            "post_id": TELL_POST,
            "at": TELL,
            "event_id": TECHNICAL,
        },
        rows=_attachments,
        partly="BEFORE_ACTING",
    ),
    Holding(
        Service,
        {
            "id": TECHNICAL,
            "document_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "served_to": TELL,
            "method": TELL,
            "at": TELL,
            "post_id": TELL_POST,
            "event_id": TECHNICAL,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
