"""What was attempted and refused because of right or reach: raised by any room, kept by whoever opened the session.

An attempt is refused where somebody asked for what is not theirs to do: not their permission, unit or sight, their own
matter, a matter past that state. A form that may be filled in again is none (docs/adr/0054).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_listening: ContextVar[Callable[[AttemptRefused], None] | None] = ContextVar("guitu_attempts", default=None)


class AttemptRefused(Exception):
    """A refusal that is kept, whoever catches it; to be named first among the bases of a refusal.

    `code` or `reason` of the refusal says why; those in `of_the_form` say only that a form is not filled in rightly
    ("" is a refusal without one). Those of which the database has written its own line stand there too.
    """

    of_the_form: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *said: object) -> None:
        super().__init__(*said)
        self._dismissed = False
        listener = _listening.get()
        if listener is not None:
            listener(self)

    def dismiss(self) -> None:
        """Say that nobody was refused by it: what was asked for was done in another way."""
        self._dismissed = True

    @property
    def why(self) -> str:
        """The code by which the refusal is kept; empty where it is about the form alone. Never words, never a value."""
        of_kind = _WORD.sub("_", type(self).__name__).upper()
        closer = str(getattr(self, "code", "") or getattr(self, "reason", ""))
        if self._dismissed or closer in self.of_the_form:
            return ""
        return f"{of_kind}:{closer}" if closer else of_kind


@contextmanager
def listening(listener: Callable[[AttemptRefused], None] | None) -> Iterator[None]:
    """Tell `listener` of each refusal made inside; None tells nobody: what is tried there, nobody asked for."""
    mark = _listening.set(listener)
    try:
        yield
    finally:
        _listening.reset(mark)
