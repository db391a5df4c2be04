"""The term of help: its last day."""

from __future__ import annotations

from datetime import date

from guitu.access.rule_packs import active_book
from guitu.journeys import policy
from guitu.journeys.models import Journey
from guitu.journeys.operations.opening import standing


def help_until(journey: Journey) -> date:
    """The last legal day of the term of help, counted from the release day by the rule that the journey names."""
    return policy.term_of_help(active_book(), standing(journey))
