"""What the journal keeps of a failure: its number, the kind of error and where in the code, never what it was about.

The text of an error can hold a name or a number of somebody; the journal is read by people who may see neither.
"""

from __future__ import annotations

import logging
import traceback

log = logging.getLogger("guitu.web")


def note_failure(number: str, view: str, error: BaseException | None) -> None:
    """Write a failure of `view` under the `number` that the user was told: kinds of error and places."""
    kinds: list[str] = []
    places: list[str] = []
    while error is not None:
        kinds.append(type(error).__qualname__)
        places = [
            f"{frame.filename.rpartition('/src/')[2]}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
        ] or places
        error = error.__cause__ or error.__context__
    log.error("failure %s in %s: %s at %s", number, view, " < ".join(kinds) or "?", " > ".join(places) or "?")
