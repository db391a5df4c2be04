"""Whether the database refused because this machine's clock and its own are apart: nothing is done until they agree."""

from __future__ import annotations

from datetime import datetime

from guitu.rulebook.looking import moment_rules

NOT_NOW = "GU026"  # access_moment: what the process says is now is not (docs/adr/0050)


def clocks_are_apart(error: BaseException | None) -> bool:
    """Say whether this error, or the server's that caused it, is that the present moment was not believed."""
    while error is not None:
        if getattr(error, "sqlstate", None) == NOT_NOW:
            return True
        error = error.__cause__
    return False


def seconds_apart(moment: datetime) -> float | None:
    """By how many seconds `moment` (now, UTC) is ahead of the database's clock, or below 0 behind; None if believed."""
    from django.db import connection  # a refused command line is told without Django

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    rules = moment_rules()
    ahead = moment - theirs
    return None if -rules.behind < ahead < rules.ahead else ahead.total_seconds()
