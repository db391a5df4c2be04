"""Persons of the own unit whose matters have all ended, and since when."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Max

from guitu.access.acting import actor
from guitu.access.deciding import shown_names
from guitu.journeys.models import Journey


def ended_persons() -> list[tuple[uuid.UUID, str, datetime]]:
    """Persons for whom the acting unit is responsible, with no matter open: id, name, end of the last, in its order."""
    own = Journey.objects.filter(person__responsible_unit_id=actor().session.unit_id)
    still_open = own.filter(ended_at__isnull=True).values("person_id")
    rows = own.exclude(person_id__in=still_open).values("person_id").annotate(last=Max("ended_at"))
    found = list(rows.order_by("last", "person_id").values_list("person_id", "last"))
    names = shown_names(person for person, _ in found)
    return [(person, names[person], last) for person, last in found]
