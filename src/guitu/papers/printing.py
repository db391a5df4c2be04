"""Several documents as one file for the printer. What is printed is a copy; the issued documents stay as they are."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence

from guitu.papers.queries import document_bytes

MOST = 100
"""Documents in one print job: decrypted, checked and joined in about two seconds (docs/adr/0021)."""


class TooMany(ValueError):
    """More documents than one print job takes."""


def joined(document_ids: Sequence[uuid.UUID]) -> bytes:
    """The documents one after the other in one PDF, each beginning on a front page when printed on both sides.

    The caller has asked and traced. Raises TooMany above `MOST`, DocumentUnknown, keys.ValueTampered.
    """
    from pypdf import PdfReader, PdfWriter

    if len(document_ids) > MOST:
        raise TooMany
    writer = PdfWriter()
    for document_id in document_ids:
        reader = PdfReader(io.BytesIO(document_bytes(document_id)))
        for page in reader.pages:
            writer.add_page(page)
        if len(reader.pages) % 2 and len(document_ids) > 1:
            writer.add_blank_page()
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
