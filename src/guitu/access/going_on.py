"""A session that goes on from another network than it began: whether that is usual for its account."""

from __future__ import annotations

import uuid
from datetime import datetime

from guitu.access.entering import Rules, hand, note, unusual_of
from guitu.rulebook.sign_in import NETWORK


def noted_if_unusual(account_id: uuid.UUID, *, address: str, at: datetime, rules: Rules) -> bool:
    """Whether a session that goes on from this address goes on from a network that is not known; it leaves a line."""
    with hand() as at_door:
        unusual = NETWORK in unusual_of(at_door, account_id, address, at=at, rules=rules)
        if unusual:
            note(at_door, "UNUSUAL", account_id=account_id, address=address, at=at)
        return unusual
