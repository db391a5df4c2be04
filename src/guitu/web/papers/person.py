"""The documents and files of one person: the list, one document, keeping a file, service, completion by hand."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from guitu.access.roles import ROLES
from guitu.exchange import queries as parcels
from guitu.handover import issuing
from guitu.journeys.queries import road_of
from guitu.papers import operations as papers
from guitu.papers import policy, queries, reading
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.support.agreement_papers import AGREEMENT, issue_agreement
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.papers import rows
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import english, frame, show


@reads("paper:read")
def listed(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """All documents issued and files received about the person, newest first, with what can be done with them."""
    file = persons.file_of(person_id)
    found = queries.documents_of(person_id)
    session, road = request.acting_session, road_of(person_id)
    own = {one.id for one in found if one.unit_id == session.unit_id}
    documents = [row | {"own": row["id"] in own, "mark": uuid.uuid4()} for row in rows.documents(found)]
    table = load_national().codes["document_type"]
    page = frame(request, _("%(name)s的文书") % {"name": file.name}, current="")
    return show(
        request,
        "papers/person.html",
        page,
        file=file,
        documents=documents,
        **rows.lacking(found, session, road, parcels.parcels_of(road.task.journey_id) if road else ()),
        attachments=rows.attachments(person_id, queries.attachments_of(person_id)),
        kinds=[{"value": one.code, "label": one.en if english() else one.zh} for one in table.codes],
        methods=rows.methods(),
        may_attach="paper:attach" in ROLES[session.role].may,
        may_issue="paper:issue" in ROLES[session.role].may,
        mark=uuid.uuid4(),
        limit=policy.ATTACHMENT_LIMIT // (1024 * 1024),
    )


def _shown(document_id: uuid.UUID, **_rest: object) -> tuple[str, ...]:
    return reading.items_in(document_id)


def _shown_in_file(attachment_id: uuid.UUID, **_rest: object) -> tuple[str, ...]:
    return reading.items_in_file(attachment_id)


@reads("paper:read", seen=_shown)
def document(request: Request, person_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """One document as issued; the line of the look names the items it may show, and is a refusal where one is kept."""
    held = next((one for one in queries.documents_of(person_id) if one.id == document_id), None)
    if held is None:
        return refusals.not_found(request)
    return rows.pdf(queries.document_bytes(document_id), held.number)


@reads("paper:read", seen=_shown_in_file)
def attachment(request: Request, person_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """A received file, to be saved: what others made is not opened inside our pages."""
    if all(one.id != attachment_id for one in queries.attachments_of(person_id)):
        return refusals.not_found(request)
    data, view = queries.attachment_bytes(attachment_id)
    answer = HttpResponse(data, content_type=view.mime)
    answer["Content-Disposition"] = content_disposition_header(True, view.file_name) or "attachment"
    return answer


@writes("paper:attach")
def attach(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Keep a received file; a refusal says which files are taken."""
    mark, kind = mark_of(request), request.POST.get("kind", "")
    file, source = request.FILES.get("file"), request.POST.get("source", "")
    try:
        papers.attach(
            person_id,
            kind=kind,
            source=source,
            data=file.read() if file else b"",
            file_name=(file.name or "") if file else "",
            event_id=mark,
            at=now(),
        )
    except policy.AttachmentRefused as refusal:
        most = {"most": policy.LONGEST_SOURCE}
        of_source = {
            "NO_SOURCE": _("请写明文件是谁给的。"),
            "SOURCE_LONG": _("“文件是谁给的”太长了，不超过%(most)d字。") % most,
        }
        if refusal.reason in of_source:
            return refusals.unprocessable(request, _("文件没有存入"), of_source[refusal.reason])
        why = {
            "EMPTY": _("没有选文件，或者文件是空的。"),
            "TOO_LARGE": _("文件超过%(limit)s兆字节。") % {"limit": policy.ATTACHMENT_LIMIT // (1024 * 1024)},
            "NOT_ALLOWED": _("只收PDF、JPEG、PNG文件。"),
            "NOT_WHAT_IT_SAYS": _("文件内容与后缀不符，或者已经损坏。"),
            "INFECTED": _("查毒程序在文件里发现了有害内容。"),
            "SCANNER_SILENT": _("查毒程序没有应答，没有查过的文件不收；请稍后再存，或者告诉系统管理员。"),
        }
        return refusals.unprocessable(
            request, _("文件没有存入"), why[refusal.reason], _("请换一个文件再存；原来的记录没有变。")
        )
    except KeyError:
        return refusals.bad_request(request)
    return redirect("papers", person_id=person_id)


@writes("paper:issue")
def make_up(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Make the unit's own documents that the file lacks: the help agreement in force, or those of what was sent."""
    if request.POST.get("kind") == AGREEMENT:
        issue_agreement(person_id, event_id=mark_of(request), at=now())
    else:
        issuing.make_documents(person_id, event_id=mark_of(request), at=now())
    return redirect("papers", person_id=person_id)


@writes("paper:issue")
def served(request: Request, person_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Record that a document was served."""
    mark = mark_of(request)
    try:
        papers.serve(
            document_id,
            person_id=person_id,
            served_to=request.POST.get("served_to", ""),
            method=request.POST.get("method", ""),
            event_id=mark,
            at=now(),
        )
    except KeyError:
        return refusals.bad_request(request)
    except papers.DocumentUnknown:
        return refusals.not_found(request)
    except ValueError:
        return refusals.unprocessable(request, _("送达没有登记"), _("请写明送给了谁，并选送达方式。"))
    return redirect("papers", person_id=person_id)


@writes("paper:issue")
def completed(request: Request, person_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Record that the open characters were written in by hand and signed for."""
    mark = mark_of(request)
    try:
        papers.complete_by_hand(document_id, person_id=person_id, event_id=mark, at=now())
    except papers.DocumentUnknown:
        return refusals.not_found(request)
    return redirect("papers", person_id=person_id)
