"""What the person asked for at a counter: the same state that the offices see, and whom to call."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from guitu.handover import requests
from guitu.web.window import rows


def of_person(person_id: uuid.UUID, now: datetime) -> list[dict[str, Any]]:
    """The person's requests, the newest first, with their own words and the answers."""
    found = requests.requests_of(person_id)
    said = requests.said_in([one.id for one in found])
    return [row | {"said": said[one.id]} for one, row in zip(found, rows.rows(found, now), strict=True)]
