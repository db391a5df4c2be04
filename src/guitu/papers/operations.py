"""Writes of papers: issue a document, take in a file, record that something was served or completed by hand."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.papers import policy, reading, scanning
from guitu.papers.catalogue import kind_of
from guitu.papers.models import Attachment, Document, Service
from guitu.papers.typesetting import Head, typeset
from guitu.papers.verification import code_for, kept
from guitu.people import queries as persons
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.book import load_national

_SHANGHAI = ZoneInfo("Asia/Shanghai")
SERVICE_METHODS = ("IN_PERSON", "BY_POST", "BY_PLATFORM", "LEFT_BEHIND")


class FactsMissing(ValueError):
    """Fields without which a document of this kind is not issued; `fields` are their codes."""

    def __init__(self, kind: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"{kind}: {', '.join(fields)}")
        self.kind, self.fields = kind, fields


class DocumentUnknown(AttemptRefused, LookupError):
    """No such document or file of this person within the acting post's reach."""


@dataclass(frozen=True)
class Issued:
    """A document that stands: its number, its verification code, and the characters left open for a hand."""

    id: uuid.UUID
    number: str
    code: str
    by_hand: tuple[str, ...]

    @property
    def needs_hand_completion(self) -> bool:
        """Whether characters were left open that no font of ours has."""
        return bool(self.by_hand)


def issue(
    kind: str,
    *,
    person_id: uuid.UUID | None,
    facts: Mapping[str, str],
    event_id: uuid.UUID,
    at: datetime,
    journey_id: uuid.UUID | None = None,
) -> Issued:
    """Issue a document of `kind` about the person (None: about nobody) out of plain facts (field code → text).

    Runs inside the caller's transaction and acting session; the caller has asked and records the act with the number.
    A repeated `event_id` returns the document of the first time. The latest document of this kind by the same unit in
    the same journey is superseded. Numbers are gapless: with the transaction the number is given back. Raises
    catalogue.KindUnknown, FactsMissing naming every missing field, glyphs.FontMissing.
    """
    earlier = Document.objects.filter(event_id=event_id, kind=kind).first()
    if earlier is not None:
        return Issued(earlier.id, earlier.number, code_for(earlier.id), tuple(earlier.by_hand))
    found = kind_of(kind)
    day = at.astimezone(_SHANGHAI).date()
    version = found.on(day)
    missing = policy.missing_facts(version.needed, facts)
    if missing:
        raise FactsMissing(kind, missing)
    session = actor().session
    unit = units.unit(session.unit_id)
    before = _before(kind, unit.id, journey_id)
    sequence = _next_in_line(unit, kind, day.year)
    number = policy.number_of(policy.unit_sign(unit.name, unit.kind), found.sign, day.year, sequence)
    document_id = uuid.uuid5(event_id, f"papers:{kind}")
    code = code_for(document_id)
    made = typeset(found, version, facts, Head(number, unit.name, at, code, settings.GUITU_VERIFY_ADDRESS))
    digest = hashlib.sha256(made.data).digest()
    Document.objects.create(
        id=document_id,
        person_id=person_id,
        division=persons.division_of(person_id) if person_id else session.division,
        kind=kind,
        version=version.number,
        number=number,
        unit_id=unit.id,
        year=day.year,
        sequence=sequence,
        issued_at=at,
        issued_by=session.post_id,
        digest=digest,
        seal=keys.sign(sealed_text(number, unit_id=unit.id, issued_at=at, digest=digest)),
        code_index=kept(code),
        body=keys.encrypt_bytes(made.data, belongs_to=f"document:{document_id}"),
        size=len(made.data),
        shows=list(reading.items_shown(kind, version.number, on=day)),
        journey_id=journey_id,
        event_id=event_id,
        supersedes=before,
        by_hand=list(made.by_hand),
    )
    return Issued(document_id, number, code, made.by_hand)


def number_issued(kind: str, event_id: uuid.UUID) -> str:
    """The number of the document of `kind` that this event issued. Raises DocumentUnknown."""
    number = Document.objects.filter(event_id=event_id, kind=kind).values_list("number", flat=True).first()
    if number is None:
        raise DocumentUnknown
    return number


def next_number(kind: str, *, at: datetime) -> str:
    """The acting unit's next number for a paper of `kind` that is printed from the page, in the same line as those
    issued: gapless, given back with the transaction. Raises catalogue.KindUnknown.
    """
    unit, year = units.unit(actor().session.unit_id), at.astimezone(_SHANGHAI).year
    sequence = _next_in_line(unit, kind, year)
    return policy.number_of(policy.unit_sign(unit.name, unit.kind), kind_of(kind).sign, year, sequence)


def _before(kind: str, unit_id: uuid.UUID, journey_id: uuid.UUID | None) -> Document | None:
    if journey_id is None:
        return None
    earlier = Document.objects.filter(kind=kind, unit_id=unit_id, journey_id=journey_id)
    return earlier.only("id").order_by("-issued_at", "-sequence").first()


def _next_in_line(unit: units.UnitView, kind: str, year: int) -> int:
    """The next number of this unit, kind and year; the counter's row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO papers_counter (id, unit_id, division, kind, year, last) VALUES (%s, %s, %s, %s, %s, 1)"
            " ON CONFLICT ON CONSTRAINT papers_counter_once DO UPDATE SET last = papers_counter.last + 1"
            " RETURNING last",
            [uuid.uuid4(), unit.id, unit.division, kind, year],
        )
        sequence: int = cursor.fetchone()[0]
    return sequence


def sealed_text(number: str, *, unit_id: uuid.UUID, issued_at: datetime, digest: bytes) -> bytes:
    """The bytes that a document's seal covers: number, unit, moment of issue, SHA-256 of the PDF."""
    moment = issued_at.astimezone(_SHANGHAI).isoformat()
    return "\n".join(("guitu-document-1", number, str(unit_id), moment, digest.hex())).encode()


def attach(
    person_id: uuid.UUID,
    *,
    kind: str,
    source: str,
    data: bytes,
    file_name: str,
    event_id: uuid.UUID,
    at: datetime,
) -> uuid.UUID:
    """Take in a file about the person: a PDF, JPEG or PNG of at most ten megabytes; returns its id.

    `kind` is a code of the table document_type, `source` says from whom it is. A repeated `event_id` changes
    nothing. Raises NotAllowed, PersonUnknown, policy.AttachmentRefused with the reason, KeyError for an unknown kind.
    """
    access.require("paper:attach", [person_id])
    said = policy.said_source(source)
    mime = policy.accepted_type(data, file_name)
    scanning.scan(data)
    if kind not in {entry.code for entry in load_national().codes["document_type"].codes}:
        raise KeyError(kind)
    with transaction.atomic():
        earlier = Attachment.objects.filter(event_id=event_id).values_list("id", flat=True).first()
        if earlier is not None:
            return earlier
        session = actor().session
        attachment_id = uuid.uuid5(event_id, "papers:attachment")
        division = persons.division_of(person_id)
        Attachment.objects.create(
            id=attachment_id,
            person_id=person_id,
            division=division,
            kind=kind,
            source=said,
            file_name=file_name.rpartition("/")[2].rpartition("\\")[2][-120:],
            mime=mime,
            size=len(data),
            digest=hashlib.sha256(data).digest(),
            body=keys.encrypt_bytes(data, belongs_to=f"attachment:{attachment_id}"),
            shows=list(reading.items_filed(kind)),
            unit_id=session.unit_id,
            post_id=session.post_id,
            at=at,
            event_id=event_id,
        )
        record(
            "papers:file:attached",
            subjects=[person_id],
            division=division,
            at=at,
            event_id=event_id,
            kind=kind,
            digest=hashlib.sha256(data).hexdigest(),
        )
    return attachment_id


def serve(
    document_id: uuid.UUID, *, person_id: uuid.UUID, served_to: str, method: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Record that a document about the person was served: to whom, how (SERVICE_METHODS), at which moment.

    A repeated `event_id` changes nothing. Raises NotAllowed, PersonUnknown, DocumentUnknown, ValueError for an unknown
    method or an empty `served_to`.
    """
    access.require("paper:issue", [person_id])
    if method not in SERVICE_METHODS or not served_to.strip():
        raise ValueError("a service names whom it reached and one of the known ways")
    with transaction.atomic():
        document = _of_person(document_id, person_id)
        if Service.objects.filter(event_id=event_id).exists():
            return
        Service.objects.create(
            document=document,
            person_id=person_id,
            division=document.division,
            served_to=served_to.strip(),
            method=method,
            at=at,
            post_id=actor().session.post_id,
            event_id=event_id,
        )
        record(
            "papers:document:served",
            subjects=[person_id],
            division=document.division,
            at=at,
            event_id=event_id,
            number=document.number,
            method=method,
        )


def complete_by_hand(document_id: uuid.UUID, *, person_id: uuid.UUID, event_id: uuid.UUID, at: datetime) -> None:
    """Record that the open characters of a document were written in by hand and signed for; done once.

    Only the unit that issued it can. Raises NotAllowed, PersonUnknown, DocumentUnknown.
    """
    access.require("paper:issue", [person_id])
    with transaction.atomic():
        session = actor().session
        document = _of_person(document_id, person_id)
        if document.unit_id != session.unit_id or not document.by_hand:
            raise DocumentUnknown
        if document.completed_at is not None:
            return
        document.completed_at, document.completed_by = at, session.post_id
        document.save(update_fields=["completed_at", "completed_by"])
        record(
            "papers:document:completed",
            subjects=[person_id],
            division=document.division,
            at=at,
            event_id=event_id,
            number=document.number,
        )


def _of_person(document_id: uuid.UUID, person_id: uuid.UUID) -> Document:
    found = (
        Document.objects.select_for_update(no_key=True, of=("self",))
        .filter(id=document_id, person_id=person_id)
        .first()
    )
    if found is None:
        raise DocumentUnknown
    return found
