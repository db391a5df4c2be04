"""A rule pack brought into force as it is in an office: proposed by one administrator, confirmed by another."""

import uuid
from datetime import datetime

from guitu.access import dual_changes


def proposed(house: object, name: str, text: str, *, at: datetime, replaces: uuid.UUID | None = None) -> uuid.UUID:
    """Propose a pack as the system administrator; returns the change."""
    change = uuid.uuid4()
    with house.acting("system"):
        dual_changes.propose_pack(change, name=name, text=text, words="按公布的通知装载", replaces=replaces, at=at)
    return change


def put_in_force(house: object, name: str, text: str, *, at: datetime, replaces: uuid.UUID | None = None) -> uuid.UUID:
    """Propose a pack and confirm it as the security administrator; returns the change."""
    change = proposed(house, name, text, at=at, replaces=replaces)
    with house.acting("security"):
        dual_changes.decide(change, dual_changes.CONFIRMED, shown=dual_changes.digest_of(text), at=at)
    return change
