"""What went worse after a complaint, as rows of a page: for the superior's desk and for the person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.rights.worsening import WorseningView
from guitu.rulebook.rights import rights_rules
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import say


def outcomes() -> dict[str, str]:
    """How the review can come out, in words."""
    return {"KEPT": _("看过了，维持"), "TAKEN_BACK": _("退回去更正")}


def worsened_rows(found: Iterable[WorseningView]) -> list[dict[str, Any]]:
    """The rows with their units and codes in words."""
    views, moment, kinds, said = list(found), now(), rights_rules().worsenings, outcomes()
    units = {one.by_unit_id for one in views} | {one.about_unit_id for one in views if one.about_unit_id}
    names = access.units_named(units)
    return [
        {
            "one": one,
            "what": say(kinds[one.what].words),
            "by": unit_name(names.get(one.by_unit_id)),
            "about": unit_name(names.get(one.about_unit_id)) if one.about_unit_id else "",
            "due": queue_rows.shown_due(one.due_at),
            "late": one.decided_at is None and one.due_at <= moment,
            "outcome": said.get(one.outcome, ""),
        }
        for one in views
    ]
