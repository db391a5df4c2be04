"""Speaking for a person: an officer records what the person said, stated as such, with the sheet they signed."""

from __future__ import annotations

import uuid
from datetime import datetime

from guitu.access import operations as access
from guitu.papers import operations as papers
from guitu.people import statements

SHEET = "signed_statement"


def speak_for(
    person_id: uuid.UUID,
    *,
    kind: str,
    words: str,
    sheet: bytes,
    file_name: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Take in the signed sheet (PDF, JPEG or PNG), then the statement that refers to it; harmless when repeated.

    Raises NotAllowed, PersonUnknown, statements.StatementRefused, papers.policy.AttachmentRefused.
    """
    access.require("my_road:speak_for", [person_id])
    statements.check_statement(kind, words)
    sheet_id = papers.attach(
        person_id,
        kind=SHEET,
        source="本人签字",
        data=sheet,
        file_name=file_name,
        event_id=uuid.uuid5(event_id, "guitu:sheet"),
        at=at,
    )
    statements.make_statement_for(person_id, kind=kind, words=words, sheet_id=sheet_id, event_id=event_id, at=at)
