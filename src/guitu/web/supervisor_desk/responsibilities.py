"""责任清单 the list of what each kind of office answers for, made from the rulebook, to be read and printed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.rulebook.book import load_national
from guitu.rulebook.clocks import length_en, length_zh
from guitu.rulebook.records import Rule
from guitu.rulebook.steps import DueMoment
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.permits import Request, reads
from guitu.web.person_file.road import standing_word
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import legal_day

OFFICES: dict[str, tuple[str, ...]] = {
    "prison": ("prison", "prison_leader"),
    "detention_house": ("detention_house", "prison", "prison_leader"),
    "county": ("county_agency", "county_agency_head", "county_justice_head", "aftercare_office", "new_county_agency"),
    "judicial_office": ("judicial_office", "social_worker"),
    "city": ("city_agency", "superior", "common_superior", "next_superior"),
    "province": ("province_agency", "prison_bureau", "superior", "common_superior", "next_superior"),
    "nation": ("national_agency", "superior", "common_superior", "next_superior"),
    "procuratorate": ("procuratorate", "county_procuratorate", "procuratorate_notice"),
}
"""Which offices of the rulebook a unit of each kind fills."""
POSITIONS = {
    "prison": "sending_unit",
    "detention_house": "sending_unit",
    "county": "receiving_unit",
    "judicial_office": "local_unit",
    "city": "superior_unit",
    "province": "superior_unit",
    "nation": "superior_unit",
}


@reads("rule:read")
def responsibilities(request: Request) -> HttpResponse:
    """What a kind of unit answers for: states and steps of the road, and every rule that names its offices."""
    own = request.acting_session.unit_kind
    asked = request.GET.get("kind", "")
    kind = asked if asked in OFFICES else own if own in OFFICES else "county"
    word = {code: queue_rows.code_word("unit_kind", code) for code in OFFICES}
    address = reverse("responsibilities")
    tabs = [
        {"label": word[code], "url": f"{address}?kind={code}", "count": None, "current": code == kind}
        for code in OFFICES
    ]
    own_name = request.acting_session.unit_name if kind == own and not english() else word[kind]
    page = frame(request, _("责任清单：%(unit)s") % {"unit": own_name}, current="responsibilities")
    duties = _of_road(kind)
    rules = [line for rule in load_national().rules.values() if (line := _of_rule(rule, kind)) is not None]
    rules.sort(key=lambda line: (line["order"], line["rule"]))
    return show(request, "supervisor/responsibilities.html", page, tabs=tabs, duties=duties, rules=rules)


def _of_road(kind: str) -> list[dict[str, Any]]:
    """The states and steps whose owner stands where a unit of this kind stands, in process order."""
    journey, position = load_national().journeys["return_home"], POSITIONS.get(kind, "")
    made: list[dict[str, Any]] = []
    for state in journey.states:
        if state.owner == position and state.kind != "end":
            name = state.en if english() else state.zh
            made += [_duty(state.stage, name, _("环节"), due) for due in state.due]
    for step in journey.steps:
        if step.owner == position:
            made.append(_duty(step.stage, queue_rows.step_word(step), _("步骤"), step.due))
    return sorted(made, key=lambda line: line["stage"])


def _duty(stage: str, name: str, kind: str, due: DueMoment) -> dict[str, Any]:
    rule = load_national().rules[due.rule]
    return {
        "stage": queue_rows.stage_of(stage),
        "name": name,
        "kind": kind,
        "rule": rule.id,
        "url": reverse("rule", args=[rule.id]),
        "limit": limit_of(rule),
        "standing": standing_word(rule.id),
    }


def limit_of(rule: Rule) -> str:
    """The limits in force today in words: what is set, and our own promise where it is stricter."""
    value = rule.value_on(legal_day(now()))
    if value is None:
        return ""
    length = length_en if english() else length_zh
    told = [length(limit) for limit in (value.statutory, value.service) if limit is not None]
    return " / ".join(told) if told else _("立即或者及时")


def _of_rule(rule: Rule, kind: str) -> dict[str, Any] | None:
    """One rule that names an office of this kind of unit, with the part the office has in it."""
    offices, ladder = set(OFFICES[kind]), rule.when_overdue.ladder if rule.when_overdue else ()
    parts, order = [], 9
    if rule.responsible in offices:
        parts.append(_("承办"))
        order = 1
    if rule.approver in offices:
        parts.append(_("审批"))
        order = min(order, 2)
    for number, office in enumerate(ladder, start=1):
        if office in offices:
            parts.append(_("逾期后第%(number)d级督办") % {"number": number})
            order = min(order, 3)
    if not parts:
        return None
    return {
        "rule": rule.id,
        "url": reverse("rule", args=[rule.id]),
        "name": rule.name_en if english() else rule.name_zh,
        "part": _("、").join(parts),
        "limit": limit_of(rule) if rule.kind != "norm" else "",
        "standing": standing_word(rule.id),
        "order": order,
    }
