"""Several documents as one file for the printer. What is printed is a copy; the issued documents stay as they are."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import datetime

from guitu.papers.queries import document_bytes
from guitu.papers.typesetting import compiled_from

MOST = 100
"""Documents in one print job: decrypted, checked and joined in about two seconds (docs/adr/0021)."""


_MARK = "copied-1.typ"


class TooMany(ValueError):
    """More documents than one print job takes."""


def joined(document_ids: Sequence[uuid.UUID], *, line: str, at: datetime) -> bytes:
    """The documents one after the other in one PDF, each beginning on a front page when printed on both sides.

    Several carry `line` (who printed, when, how many) at the foot of each page and among the file's properties: what
    leaves together says whose hands it left through. One alone is as it was issued. The caller has asked and traced.
    Raises TooMany above `MOST`, DocumentUnknown, reading.DocumentClosed, keys.ValueTampered.
    """
    from pypdf import PdfReader, PdfWriter

    if len(document_ids) > MOST:
        raise TooMany
    writer, mark = PdfWriter(), None
    if len(document_ids) > 1:
        mark = PdfReader(io.BytesIO(compiled_from(_MARK, {"line": line}, at))).pages[0]
        writer.add_metadata({"/Subject": line})
    for document_id in document_ids:
        reader = PdfReader(io.BytesIO(document_bytes(document_id)))
        for page in reader.pages:
            added = writer.add_page(page)
            if mark is not None:
                added.merge_page(mark)
        if len(reader.pages) % 2 and len(document_ids) > 1:
            writer.add_blank_page()
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
