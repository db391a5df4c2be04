"""What the person says on their own road, and what it moves at once: a pick-up or help declined is theirs to say.

Said by the person, their representative, or recorded by an officer with the signed sheet; it is stated which. Whatever
cannot move by the word alone stands as a statement and waits for an officer's answer.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.handover.declining import declined_by_own_word
from guitu.handover.speaking import speak_for
from guitu.journeys.operations import JourneyUnknown
from guitu.people import statements
from guitu.support.operations import help_declined_by_own_word

PICK_UP_NO, HELP_NO = "PICK_UP_NO", "HELP_NO"
MOVING = frozenset({PICK_UP_NO, HELP_NO})
"""The kinds of statements that are the person's own decision."""


def say(person_id: uuid.UUID, *, kind: str, words: str, event_id: uuid.UUID, at: datetime) -> bool:
    """Say something as the person or their representative; whether it moved what it was about.

    The same `event_id` again changes nothing. Raises what `people.statements.make_statement` raises.
    """
    statements.make_statement(person_id, kind=kind, words=words, event_id=event_id, at=at)
    return _moved(person_id, kind=kind, words=words, event_id=event_id, at=at)


def say_for(
    person_id: uuid.UUID, *, kind: str, words: str, sheet: bytes, file_name: str, event_id: uuid.UUID, at: datetime
) -> bool:
    """Record as an officer what the person said, with the signed sheet; whether it moved what it was about.

    Raises what `handover.speaking.speak_for` raises.
    """
    speak_for(person_id, kind=kind, words=words, sheet=sheet, file_name=file_name, event_id=event_id, at=at)
    return _moved(person_id, kind=kind, words=words, event_id=event_id, at=at)


def _moved(person_id: uuid.UUID, *, kind: str, words: str, event_id: uuid.UUID, at: datetime) -> bool:
    if kind not in MOVING:
        return False
    spoken_by = statements.spoken_by()
    mark = uuid.uuid5(event_id, "guitu:own-word")
    try:
        with transaction.atomic():
            if kind == HELP_NO:
                return help_declined_by_own_word(person_id, spoken_by=spoken_by, event_id=mark, at=at)
            return declined_by_own_word(person_id, words=words, spoken_by=spoken_by, event_id=mark, at=at)
    except JourneyUnknown as none:
        none.dismiss()
        return False  # Nothing is on its way any more: the statement stands and is answered.
