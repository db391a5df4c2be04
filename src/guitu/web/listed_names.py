"""Names for a list in which juveniles do not stand by name."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.utils.translation import gettext as _

from guitu.access.deciding import names_in_sight
from guitu.journeys import queries as roads


def listed_names(person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those of these persons whom the acting post sees, as it may see them; a juvenile's never.

    Inside the caller's transaction. Two statements, none for nobody.
    """
    if not person_ids:
        return {}
    names = names_in_sight(person_ids)
    return names | dict.fromkeys(roads.juveniles_among(names.keys()), _("未成年人案件"))
