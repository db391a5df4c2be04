"""What the person has been told: each notice as a sentence to them."""

from __future__ import annotations

import uuid
from typing import Any

from guitu.notices import queries as notices
from guitu.web.notices.words import own_kind_words, sentences
from guitu.web.permits import Request


def of_person(request: Request, person_id: uuid.UUID, *, first: int, most: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the notices to this person, newest first; how many there are in all."""
    found, total = notices.told_to_person(person_id, first=first, most=most)
    words = own_kind_words()
    rows = [
        {"at": one.at, "kind": words.get(one.code, ""), "sentence": sentence}
        for one, sentence in zip(found, sentences(request, found), strict=True)
    ]
    return rows, total
