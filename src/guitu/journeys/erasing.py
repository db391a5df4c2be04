"""How this room forgets a person; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.ledger.holdings import Cursor, erased


def erase(person_id: uuid.UUID, cursor: Cursor) -> dict[str, int]:
    """Delete what this room holds about the person; how many rows of each table.

    In the transaction of the worker that carries out a decision, or of the owner after a restore.
    """
    return erased("journeys", person_id, cursor)
