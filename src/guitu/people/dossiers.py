"""What a dossier carries: what the decision table lets both ends see, and nothing else."""

from __future__ import annotations

import uuid
from datetime import date

from guitu.access.deciding import sight_of
from guitu.people.queries import CLEAR, values_of
from guitu.rulebook.book import load_national
from guitu.rulebook.decision_table import decision_table

RECEIVER = ("COUNTY_OFFICER", "RECEIVE_RETURN")
"""Role and purpose under which a dossier is read where it arrives."""
SENDER = ("PRISON_LIAISON", "PREPARE_RETURN")
"""Role and purpose under which one is sent; a detention officer's lines are the same."""


def items_received(on: date) -> list[str]:
    """The core items that a dossier sent on a legal day may carry, by the decision table alone.

    What a county officer sees or opens of somebody handed over, and the sender of somebody in its hands.
    """
    table = decision_table()
    return [
        item
        for item in load_national().items
        if table.decide(*RECEIVER, item, relation="receiver", state="handed_over", on=on).effect in CLEAR
        and table.decide(*SENDER, item, relation="own_unit", state="active", on=on).effect in CLEAR
    ]


def items_for_dossier(person_id: uuid.UUID) -> dict[str, str]:
    """The present core items in the clear that a dossier carries (purpose limitation); none of somebody out of sight.

    The caller has asked and traced before.
    """
    held = sight_of([person_id]).standings.get(person_id)
    return {} if held is None else values_of(person_id, items_received(held.on))
