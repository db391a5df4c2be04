"""An entry of the ledger about persons, for tests that write below whoever records."""

import uuid
from datetime import datetime

from guitu.ledger.operations import Act, record_many
from guitu.people.queries import division_of


def say(*persons: uuid.UUID, at: datetime) -> None:
    """Record something about each of them, in the caller's transaction."""
    record_many("people:item:recorded", [Act(uuid.uuid4(), (one,), division_of(one), {}) for one in persons], at=at)
