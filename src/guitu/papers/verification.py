"""The code by which anybody can find out that a document exists: how it is made, kept and drawn."""

from __future__ import annotations

import io
import uuid

import segno

from guitu.ledger import keys
from guitu.papers import policy


def code_for(document_id: uuid.UUID) -> str:
    """The verification code of this document: made with the installation's key, so that it cannot be guessed."""
    return policy.code_of(keys.mark("papers:code", str(document_id)))


def kept(code: str) -> bytes:
    """What the database keeps of a code: a keyed digest, from which the code cannot be read."""
    return keys.mark("papers:code-kept", code)


def looked_up_at(address: str, code: str) -> str:
    """What the picture on the paper says: the page of this code, or the bare code where no public address is set."""
    return f"{address.rstrip('/')}/{code}/" if address else code


def picture(address: str, code: str) -> str:
    """The QR code of `looked_up_at` as an SVG text."""
    buffer = io.BytesIO()
    segno.make_qr(looked_up_at(address, code), error="m").save(
        buffer, kind="svg", xmldecl=False, svgns=True, scale=1, border=0
    )
    return buffer.getvalue().decode()
