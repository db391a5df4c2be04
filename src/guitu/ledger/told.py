"""What of a line about them a person is told: facts that a room withholds, and papers whose existence is not told."""

from __future__ import annotations

import json
from typing import Any

from guitu.ledger.queries import FILE_TAKEN_IN
from guitu.rulebook.rights import rights_rules

WITHHELD_FACTS = {"evaluation:contact:answered": frozenset({"code"})}
"""What a line repeats of a column that its room withholds (evaluation_contact.code)."""


def facts_told(act: str, canonical: str) -> dict[str, Any]:
    """What a line records, without what its room withholds."""
    left_out = WITHHELD_FACTS.get(act, frozenset())
    said = json.loads(canonical.split("\n", 3)[3])
    return {key: value for key, value in said.items() if key not in left_out}


def is_secret(act: str, canonical: str) -> bool:
    """Whether the line says that a paper was taken in of which even the existence is not told."""
    return act == FILE_TAKEN_IN and facts_told(act, canonical).get("kind") in rights_rules().secret_papers
