"""Passages that offices wrote in their own words: who decides about a copy reads them and names those not to be given.

A program cannot tell whether a note repeats what a victim, a neighbour or family said; a human looks before each copy.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from guitu.ledger import holdings as contract
from guitu.rights.rooms import ROOMS


@dataclass(frozen=True)
class Passage:
    """One passage as the copy would give it: its key, of which table and column, and what it says (a file's name)."""

    key: str
    table: str
    label: str
    text: str

    @property
    def table_and_column(self) -> str:
        """Of which table and column it is, as ``table.column``."""
        return self.key.partition(":")[0]


def passages(person_id: uuid.UUID) -> list[Passage]:
    """All passages about the person that the acting session sees, in the order of the copy. In the open transaction."""
    return [
        Passage(key, holding.title, label, text)
        for room in ROOMS
        for holding in room.holdings
        for key, label, text in contract.passages(holding, person_id)
    ]
