"""The term of help: its last day, and whose is over."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from guitu.access.rule_packs import active_book
from guitu.journeys import policy
from guitu.journeys.clocks import province_of
from guitu.journeys.models import Journey
from guitu.journeys.operations.opening import standing_of


def help_until(journey: Journey) -> date:
    """The last legal day of the term of help (RS-19), counted from the release day."""
    unit = journey.receiving_unit_id or journey.sending_unit_id
    return policy.term_of_help(active_book(), standing_of(journey, province_of({unit})[unit]))


def lapsed_terms(*, at: datetime, most: int) -> list[uuid.UUID]:
    """Open journeys in help whose term is over at `at`, the oldest first."""
    over = Journey.objects.filter(ended_at__isnull=True, state="in_help", due_at__lte=at).order_by("due_at", "id")
    return list(over.values_list("id", flat=True)[:most])
