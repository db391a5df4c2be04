"""How lateness climbs: when each step of a rule's ladder is reached. Pure; the moments are handed in.

Step 1 is reached when the clock ends; each further step after the interval of RH-LADDER. A rule that states a limit of
its own for each step (variants with the fact ``step``, such as RH-NO-RECEIVER) counts each from the clock's anchor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guitu.rulebook.catalogues import CodeTable
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.records import Limit, Rule, Value

LADDER_STEPS = "RH-LADDER"
"""The rule that holds the time between two steps."""
DUE_SOON = "RH-DUE-SOON"
"""The rule that holds how long before its end a clock is called to mind."""
OFFICES = "office"
"""The code table of the offices that a ladder may name."""
STEP = "step"
_INTERVALS = ("day", "working_day")
_OWN = ("hour", "day", "working_day")


def own_steps(value: Value) -> tuple[Limit, ...]:
    """The limits that a rule states itself for each step, in order, or none."""
    if not value.variants or any([name for name, _ in variant.when] != [STEP] for variant in value.variants):
        return ()
    return tuple(variant.service or variant.statutory for variant in value.variants)  # type: ignore[misc]


def check_ladders(rules: Mapping[str, Rule], codes: Mapping[str, CodeTable]) -> Iterator[RulebookError]:
    """The problems of all ladders: unknown offices, no interval to climb by, own steps that are not one per office."""
    known = {code.code for code in codes[OFFICES].codes} if OFFICES in codes else set()
    for rule in rules.values():
        ladder = rule.when_overdue.ladder if rule.when_overdue else ()
        for office in ladder:
            if office not in known:
                yield _problem(rule, f"督办机关 {office} 不在代码表 {OFFICES}", f"{OFFICES} has no code {office}")
        if len(ladder) > 1 and LADDER_STEPS not in rules:
            yield _problem(rule, f"缺少逐级间隔 {LADDER_STEPS}", f"{LADDER_STEPS}, the time between steps, is missing")
        for value in rule.values:
            own = own_steps(value)
            if own and (len(own) != len(ladder) or any(limit is None or limit.unit not in _OWN for limit in own)):
                yield _problem(
                    rule,
                    "逐级时限须与督办机关一一对应，以小时、日或工作日计",
                    "a limit for each step of the ladder, in hours, days or working days, is needed",
                )
    for name in (LADDER_STEPS, DUE_SOON):
        for value in rules[name].values if name in rules else ():
            if value.service is None or value.service.unit not in _INTERVALS or value.statutory is not None:
                yield _problem(
                    rules[name],
                    f"{name} 以日或工作日计，属服务承诺",
                    f"{name} is our own promise, in days or working days",
                )


def _problem(rule: Rule, zh: str, en: str) -> RulebookError:
    return RulebookError(rule.file, rule.line, f"{rule.id}：{zh}", f"{rule.id}: {en}")
