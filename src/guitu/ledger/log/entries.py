"""What a leaf of the log says about an act: no name, no number, no plain digest of a number."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import NamedTuple

from guitu.ledger.log.tree import leaf_hash

VERSION = "guitu-entry/1"
LINES = 7
COMMITMENT_LINE = 6


class Recorded(NamedTuple):
    """An act as it stands in the ledger; `at` is aware, `commitment` SHA-256(salt of 128 random bits ‖ content)."""

    act: str
    event_id: uuid.UUID
    at: datetime
    unit_id: uuid.UUID | None
    other_unit_id: uuid.UUID | None
    commitment: bytes

    @property
    def text(self) -> bytes:
        """The bytes whose leaf hash stands in the tree: a line each, UTF-8.

        Version, act, event, moment (UTC, to the microsecond), acting unit, other unit (``-`` for none), and the
        commitment in hexadecimal. Whoever has the content and its salt can show what was recorded; once both are erased
        nobody can.
        """
        moment = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        units = [str(self.unit_id or "-"), str(self.other_unit_id or "-")]
        lines = [VERSION, self.act, str(self.event_id), moment, *units, bytes(self.commitment).hex()]
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def leaf(self) -> bytes:
        """The leaf hash of this act."""
        return leaf_hash(self.text)
