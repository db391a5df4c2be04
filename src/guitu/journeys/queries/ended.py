"""Persons of the own unit whose matters have all ended, and since when."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Max, Q

from guitu.access.acting import actor
from guitu.access.deciding import shown_names
from guitu.journeys.models import Journey


class EndedPersons:
    """Persons for whom the acting unit is responsible, with no matter open, whose last one ended before a moment.

    `but` are left out. In the order of the ends; read inside the caller's transaction.
    """

    def __init__(self, *, before: datetime, but: Collection[uuid.UUID]) -> None:
        own = Journey.objects.filter(person__responsible_unit_id=actor().session.unit_id)
        known = own.exclude(person_id__in=list(but)).values("person_id")
        ends = known.annotate(last=Max("ended_at"), still_open=Count("id", filter=Q(ended_at__isnull=True)))
        self._found = ends.filter(still_open=0, last__lt=before)

    def count(self) -> int:
        """How many there are."""
        return self._found.count()

    def has_all(self, person_ids: Collection[uuid.UUID]) -> bool:
        """Whether every one of these is among them."""
        wanted = set(person_ids)
        return self._found.filter(person_id__in=list(wanted)).count() == len(wanted)

    def page(self, first: int, end: int) -> list[tuple[uuid.UUID, str, datetime]]:
        """Those from place `first` up to `end` (exclusive): id, name as the acting post may see it, last end."""
        rows = self._found.order_by("last", "person_id").values_list("person_id", "last")[first:end]
        found = [(person_id, last) for person_id, last in rows if last is not None]
        names = shown_names(person for person, _ in found)
        return [(person, names[person], last) for person, last in found]
