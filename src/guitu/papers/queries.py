"""Reads of papers: what was issued and received, its bytes, what waits for a hand, what a code stands for."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.papers import policy, reading
from guitu.papers.models import Attachment, Document, Service
from guitu.papers.operations import DocumentUnknown, sealed_text
from guitu.papers.verification import kept

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_DOCUMENT, _FILE = "SELECT papers_document_opened(%s::uuid)", "SELECT papers_file_opened(%s::uuid)"


@dataclass(frozen=True)
class ServiceView:
    """One service of a document: to whom, how, when."""

    served_to: str
    method: str
    at: datetime


@dataclass(frozen=True)
class DocumentView:
    """A document without its content. `by_hand` are the characters still open; `superseded` says a newer one stands.

    `closed` are the core items it shows that the decision table keeps from the acting post; where it is empty the
    document can be opened.
    """

    id: uuid.UUID
    person_id: uuid.UUID | None
    kind: str
    number: str
    unit_id: uuid.UUID
    issued_at: datetime
    issued_by: uuid.UUID
    size: int
    by_hand: tuple[str, ...]
    completed_at: datetime | None
    superseded: bool
    services: tuple[ServiceView, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True)
class AttachmentView:
    """A file received, without its content; without name and source where `closed` items keep it from being opened."""

    id: uuid.UUID
    kind: str
    source: str
    file_name: str
    mime: str
    size: int
    unit_id: uuid.UUID
    post_id: uuid.UUID
    at: datetime
    closed: tuple[str, ...]


@dataclass(frozen=True)
class Filters:
    """Which of a unit's documents: of one kind, of one legal day, only those that wait for a hand."""

    kind: str = ""
    day: date | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class Verified:
    """What anybody may know of a document: that it stands, its number, unit and day, and that its seal holds."""

    number: str
    unit: str
    unit_en: str
    issued_on: date
    digest: str
    seal_holds: bool


class TooManyTries(PermissionError):
    """Too many codes that do not exist were tried from this network address; nothing is looked up until later."""


def _with_newer(found: QuerySet[Document]) -> QuerySet[Document]:
    return found.annotate(is_superseded=Exists(Document.objects.filter(supersedes=OuterRef("id"))))


def _views(documents: Iterable[Document]) -> list[DocumentView]:
    found = list(documents)
    ids = [document.id for document in found]
    services: dict[uuid.UUID, list[ServiceView]] = {}
    for service in Service.objects.filter(document__in=ids).order_by("at"):
        services.setdefault(service.document_id, []).append(ServiceView(service.served_to, service.method, service.at))
    closed = reading.closed_of([(one.person_id, tuple(one.shows)) for one in found])
    return [
        DocumentView(
            one.id,
            one.person_id,
            one.kind,
            one.number,
            one.unit_id,
            one.issued_at,
            one.issued_by,
            one.size,
            tuple(one.by_hand) if one.completed_at is None else (),
            one.completed_at,
            one.is_superseded,  # type: ignore[attr-defined] # annotated by _with_newer
            tuple(services.get(one.id, ())),
            kept,
        )
        for one, kept in zip(found, closed, strict=True)
    ]


def documents_of(person_id: uuid.UUID) -> list[DocumentView]:
    """The documents about the person within the acting post's reach, newest first."""
    found = _with_newer(Document.objects.defer("seal").filter(person_id=person_id))
    return _views(found.order_by("-issued_at", "-sequence", "kind"))


def attachments_of(person_id: uuid.UUID) -> list[AttachmentView]:
    """The files received about the person, newest first."""
    found = list(Attachment.objects.filter(person_id=person_id).order_by("-at", "id"))
    closed = reading.closed_of([(person_id, tuple(one.shows)) for one in found])
    return [_file_view(one, kept) for one, kept in zip(found, closed, strict=True)]


def _file_view(one: Attachment, closed: tuple[str, ...]) -> AttachmentView:
    source, name = ("", "") if closed else (one.source, one.file_name)
    return AttachmentView(one.id, one.kind, source, name, one.mime, one.size, one.unit_id, one.post_id, one.at, closed)


def _of_own_unit(filters: Filters) -> QuerySet[Document]:
    found = _with_newer(Document.objects.filter(unit_id=actor().session.unit_id))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.day:
        start = datetime.combine(filters.day, time(), _SHANGHAI)
        end = datetime.combine(filters.day + timedelta(days=1), time(), _SHANGHAI)
        found = found.filter(issued_at__gte=start, issued_at__lt=end)
    if filters.by_hand:
        found = found.filter(~Q(by_hand=[]), completed_at__isnull=True)
    return found


def issued_by_own_unit(filters: Filters, *, first: int, most: int) -> tuple[list[DocumentView], int]:
    """The acting unit's own documents, newest first, and how many there are; with ``by_hand`` those that wait."""
    found = _of_own_unit(filters)
    page = found.defer("seal").order_by("-issued_at", "kind", "-sequence")[first : first + most]
    return _views(page), found.count()


def waiting_for_a_hand() -> int:
    """How many documents of the acting unit have characters that are still to be written in by hand."""
    return _of_own_unit(Filters(by_hand=True)).count()


def document_bytes(document_id: uuid.UUID) -> bytes:
    """The PDF of a document, after digest and seal were checked.

    The caller has asked and traced the look with the items it shows: without that line the database gives no byte
    (DatabaseError GU025). Raises DocumentUnknown out of reach, reading.DocumentClosed where the decision table does not
    let it be opened, keys.ValueTampered if it is not what was sealed.
    """
    found = Document.objects.filter(id=document_id).first()
    if found is None:
        raise DocumentUnknown
    reading.require_open(found.person_id, found.shows)
    data = keys.decrypt_bytes(_bytes(_DOCUMENT, document_id), belongs_to=f"document:{document_id}")
    digest = hashlib.sha256(data).digest()
    sealed = sealed_text(found.number, unit_id=found.unit_id, issued_at=found.issued_at, digest=digest)
    if digest != bytes(found.digest) or not keys.verify(sealed, bytes(found.seal)):
        raise keys.ValueTampered(f"document {found.number} does not match its seal")
    return data


def attachment_bytes(attachment_id: uuid.UUID) -> tuple[bytes, AttachmentView]:
    """A received file and what is known of it. The caller has asked and traced, as for `document_bytes`.

    Raises DocumentUnknown, reading.DocumentClosed.
    """
    one = Attachment.objects.filter(id=attachment_id).first()
    if one is None:
        raise DocumentUnknown
    reading.require_open(one.person_id, one.shows)
    data = keys.decrypt_bytes(_bytes(_FILE, attachment_id), belongs_to=f"attachment:{attachment_id}")
    return data, _file_view(one, ())


def _bytes(asked: str, of: uuid.UUID) -> bytes:
    """The encrypted bytes, which the database gives after the line of the look."""
    with connection.cursor() as cursor:
        cursor.execute(asked, [of])
        (sealed,) = cursor.fetchone()
    if sealed is None:
        raise DocumentUnknown
    return bytes(sealed)


def persons_of(document_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Whom these documents are about, by document; those out of reach are left out."""
    return dict(Document.objects.filter(id__in=document_ids).values_list("id", "person_id"))


def verify(code: str, *, address: str, at: datetime) -> Verified | None:
    """What anybody may know of the document with this code, or None; needs no acting session.

    From one network address so many codes that do not exist are looked up as the rulebook has it; then TooManyTries.
    """
    known = policy.typed_code(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM papers_verify(%s::bytea, %s::text, %s::timestamptz)",
            [kept(known), keys.mark("papers:address", address).hex(), at],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    slowed, number, unit_id, unit, unit_en, issued_at, digest, seal = row
    if slowed:
        raise TooManyTries
    sealed = sealed_text(number, unit_id=unit_id, issued_at=issued_at, digest=bytes(digest))
    holds = keys.verify(sealed, bytes(seal))
    return Verified(number, unit, unit_en, issued_at.astimezone(_SHANGHAI).date(), bytes(digest).hex(), holds)
