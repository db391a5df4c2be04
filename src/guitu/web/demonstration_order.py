"""In which order the plans of the demonstration meet people: by what was written of them, not by a drawn number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import ActingSession, acting
from guitu.journeys.queries import Task


def as_written(task: Task) -> tuple[str, date, str]:
    """The place of a person among those of a plan: the same in every installation filled with the same people.

    Names repeat seldom; whom name and release day do not part, the printed number does, which is drawn.
    """
    return task.person_name, task.release_on, task.person_number


@contextmanager
def at_its_list(session: ActingSession) -> Iterator[None]:
    """A transaction of this session, which has opened its list before. Raises NotAllowed."""
    with acting(session, session.purposes[0]):
        access.require("person:list")
        with transaction.atomic():
            yield
