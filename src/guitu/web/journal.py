"""What the journal keeps: one line of JSON for each event, in UTC; of a failure its kind and place.

Not its words: they can hold a name or a number of somebody (the database adds the row that it refused), and the journal
is read by people who may see neither. An error that says of itself that it `names_no_person` is given with its words.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

log = logging.getLogger("guitu.web")


class Line(logging.Formatter):
    """A record as one line: ``at`` (UTC), ``level``, ``by`` (logger, process), ``said``, ``failure`` if one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. What was typed cannot begin another: line breaks stand escaped in it."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "by": f"{record.name}:{record.process}",
            "said": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told["failure"] = failure(record.exc_info[1])
        return json.dumps(told, ensure_ascii=True)


def note_failure(number: str, view: str, error: BaseException | None) -> None:
    """Write a failure of `view` under the `number` that the user was told: kinds of error and places."""
    log.error("failure %s in %s: %s", number, view, failure(error))


def failure(error: BaseException | None) -> str:
    """Kinds of error, the outermost first, and the places in the code; their words only where they name no person."""
    kinds: list[str] = []
    places: list[str] = []
    while error is not None:
        said = f": {error}" if getattr(error, "names_no_person", False) else ""
        kinds.append(f"{type(error).__qualname__}{said}")
        places = [
            f"{frame.filename.rpartition('/src/')[2]}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
        ] or places
        error = error.__cause__ or error.__context__
    return f"{' < '.join(kinds) or '?'} at {' > '.join(places) or '?'}"
