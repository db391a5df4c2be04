"""A session that goes on from another network than it began: whether that is usual for its account."""

from __future__ import annotations

import uuid
from datetime import datetime

from guitu.access.entering import Hand, Rules, hand, note, unusual_of
from guitu.rulebook.sign_in import NETWORK


def noted_if_unusual(account_id: uuid.UUID, *, address: str, at: datetime, rules: Rules) -> bool:
    """Whether a session that goes on from this address goes on from a network that is not known.

    It leaves a line, one for each network as long as a session shortened by it may last: a browser that changes between
    two networks with each request would else fill the audit's list.
    """
    with hand() as at_door:
        unusual = NETWORK in unusual_of(at_door, account_id, address, at=at, rules=rules)
        if unusual and not _is_noted(at_door, account_id, address, at=at, rules=rules):
            note(at_door, "UNUSUAL", account_id=account_id, address=address, at=at)
        return unusual


def _is_noted(at_door: Hand, account_id: uuid.UUID, address: str, *, at: datetime, rules: Rules) -> bool:
    at_door.execute(
        "SELECT DISTINCT address FROM access_sign_in WHERE account_id = %s AND outcome = 'UNUSUAL' AND at > %s",
        (account_id, at - rules.surroundings.lasts),
    )
    network = rules.surroundings.network_of(address)
    return any(rules.surroundings.network_of(one) == network for (one,) in at_door.fetchall())
