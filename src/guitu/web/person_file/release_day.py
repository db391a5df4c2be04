"""The check of the release day on a person's file: what is to be thought of, before and after a pick-up is planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guitu.access.queries import UnitView
from guitu.access.rule_packs import active_book
from guitu.handover.feasibility import Place, Planned, findings
from guitu.rulebook.release_day import release_day_rules
from guitu.web.person_file.sight import RECEIVERS, Sight
from guitu.web.shell import english


def context(sight: Sight, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The findings for both sides until the person is released; `shown` is the road's context with its plan, if any."""
    task = sight.road.task
    receiver = sight.names.get(task.local_unit_id or task.receiving_unit_id) if task.receiving_unit_id else None
    if (
        receiver is None
        or task.released_at is not None
        or task.ended_at is not None
        or sight.today > task.release_on
        or sight.positions.isdisjoint(RECEIVERS | {"sending_unit"})
    ):
        return {}
    rules = release_day_rules()
    found = findings(
        task.release_on,
        _place(sight.names[task.sending_unit_id]),
        _place(receiver),
        _planned(shown.get("plan")),
        calendar=active_book().calendar,
        rules=rules,
    )
    made = []
    for one in found:
        kind = rules.findings[one.code]
        words = kind.words.en if english() else kind.words.zh
        made.append({"code": one.code, "weight": kind.weight, "said": words.format(**one.facts)})
    return {"release_day": made, "release_day_planned": "plan" in shown}


def _place(unit: UnitView) -> Place:
    return Place(
        float(unit.latitude) if unit.latitude is not None else None,
        float(unit.longitude) if unit.longitude is not None else None,
        unit.opening_hours,
    )


def _planned(plan: Mapping[str, Any] | None) -> Planned | None:
    if plan is None:
        return None
    return Planned(
        leaves_at=plan["leaves_at"],
        arrival_at=plan["arrival_at"],
        transport=plan["transport"],
        medication_days=plan["medication_days"],
        has_id_card=plan["has_id_card"],
        has_phone=plan["has_phone"],
    )
