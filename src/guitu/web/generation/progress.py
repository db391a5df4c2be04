"""A line in the terminal that says how far work has come, written anew at most ten times a second."""

from __future__ import annotations

import sys
import time

_TENTH = 0.1


class Progress:
    """Counts towards `whole`; where standard error is no terminal, or not `live`, only the end is told."""

    def __init__(self, what: str, whole: int, *, live: bool = True) -> None:
        self.what, self.whole, self.done = what, whole, 0
        self._live = live and sys.stderr.isatty()
        self._begun, self._shown = time.monotonic(), 0.0

    def add(self, number: int) -> None:
        """Count `number` more as done."""
        self.done += number
        moment = time.monotonic()
        if self._live and moment - self._shown > _TENTH:
            self._shown = moment
            share = self.done * 100 // max(self.whole, 1)
            sys.stderr.write(f"\r{self.what}: {self.done:,} / {self.whole:,} ({share} %)")
            sys.stderr.flush()

    def end(self) -> None:
        """Tell the number and the time it took."""
        start = "\r" if self._live else ""
        taken = time.monotonic() - self._begun
        sys.stderr.write(f"{start}{self.what}: {self.done:,} / {self.whole:,}, {taken:.1f} s\n")
