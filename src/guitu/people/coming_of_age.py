"""Mandates that end because the person has come of age: ended by the clock, told to the person and to the office.

A mandate given for a juvenile rests on guardianship; the database ends it with the birthday, whether or not anybody
is told. From then on the person speaks for themself and may give a mandate of their own.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection, transaction

from guitu.access.tree import desk
from guitu.ledger.operations import record
from guitu.notices.operations import Person, Telling, tell_all


def tell_of_age(*, at: datetime, most: int) -> int:
    """Note and tell, at most so many, of mandates that ended so until `at`, each once; how many. Run by the tick."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_end_of_minority(%s::timestamptz, %s::integer)", [at, most])
        ended = cursor.fetchall()
        tellings: list[Telling] = []
        for mandate_id, person_id, division, login, responsible in ended:
            facts = {"number": login}
            tellings += [
                Telling(Person(person_id), "OWN_MANDATE_OF_AGE", mandate_id, facts),
                Telling(desk(responsible), "MANDATE_OF_AGE", mandate_id, facts, "", None, person_id),
            ]
            record(
                "access:mandate:of_age",
                subjects=[person_id],
                division=division,
                at=at,
                event_id=uuid.uuid5(mandate_id, "guitu:of_age"),
                mandate=str(mandate_id),
            )
        tell_all(tellings, at=at)
    return len(ended)
