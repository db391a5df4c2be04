"""Finding by name: what was typed, and the characters that sound so, compared with no more than the post sees."""

from __future__ import annotations

import functools
import uuid

from django.db import connection
from django.db.models.expressions import RawSQL

from guitu.access.acting import actor
from guitu.people.names import readings
from guitu.rulebook.decision_table import decision_table
from guitu.rulebook.surnames import common_surnames


@functools.cache
def _spoken() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((one, readings(one)[0]) for one in common_surnames())


def sounding(words: str) -> list[str]:
    """The surnames of one character whose sound begins with these letters; none for anything but letters."""
    letters = words.strip().lower()
    if not (letters.isascii() and letters.isalpha()):
        return []
    return [one for one, spoken in _spoken() if any(reading.startswith(letters) for reading in spoken)]


def by_surname_alone() -> bool:
    """Whether the acting post sees of some persons the masked name only, and so finds them by no more than that."""
    now = actor()
    return any(
        line.effect == "mask"
        and "name" in line.items
        and now.session.role in line.roles
        and now.purpose in line.purposes
        for line in decision_table().lines
    )


def called(words: str) -> RawSQL:
    """The persons in sight who are called so, as far as the acting post sees names, for ``person_id__in=…``."""
    return RawSQL("SELECT people_called(%s::text, %b::text[])", [words, sounding(words)])


def found(words: str, *, most: int) -> list[uuid.UUID]:
    """The ids of the first persons that the search finds, in its order; of several readings all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM people_find(%s::text, %b::text[], %s::integer)", [words, sounding(words), most]
        )
        return [row[0] for row in cursor.fetchall()]
