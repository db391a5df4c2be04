"""Before and after the people: the empty province is founded, later what was loaded is measured for the planner.

``python -m guitu.web.generation.founding [--finish]``, as guitu_owner.
"""

from __future__ import annotations

import os
import sys

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

from django.db import connection

from guitu.access import establishing
from guitu.people.queries import is_empty
from guitu.web.clock import now
from guitu.web.generation import cast
from guitu.web.schema import prepare_schema

OPENED_BEFORE = 2


def main(arguments: list[str]) -> int:
    """Found units and posts, or with ``--finish`` gather statistics and note the province as complete; the exit code.

    An installation that holds persons already is left as it is: exit code OPENED_BEFORE.
    """
    if "--finish" in arguments:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        establishing.mark_filled(at=now())
        return 0
    prepare_schema()
    establishing.declare("DEMONSTRATION", at=now())
    establishing.found_machine(at=establishing.beginning())
    if not is_empty():
        return OPENED_BEFORE
    if not establishing.has_units():
        posts = [post for held in cast.posts().values() for post in held]
        establishing.found(cast.units().values(), posts, at=establishing.beginning())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
