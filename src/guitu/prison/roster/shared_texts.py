"""Texts that a workbook keeps once and many cells name by number: few bytes that would be laid out as many."""

from dataclasses import dataclass

from guitu.prison.roster.catalogue import Limits
from guitu.prison.roster.report import RosterRefusedError

_MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class SharedTexts:
    """The number of signs of each text, and of all those that cells have named so far."""

    lengths: list[int]
    limits: Limits
    signs: int = 0

    def take(self, number: int) -> None:
        """A cell names this text. Raises RosterRefusedError: there is none, or they are too much in all."""
        if number >= len(self.lengths):
            raise RosterRefusedError("FILE_DAMAGED")
        self.signs += self.lengths[number]
        if self.signs > self.limits.unpacked_megabytes * _MEGABYTE:
            raise RosterRefusedError("INFLATION", limit=f"{self.limits.unpacked_megabytes} MB")
