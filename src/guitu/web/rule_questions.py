"""Asking the rulebook when a clock ends, as the command line and the interface ask: a start and a few words."""

from __future__ import annotations

from collections.abc import Iterable

from guitu.rulebook import Due, Rulebook
from guitu.rulebook.book import TERM_FACTS
from guitu.rulebook.clocks import read_start

_DIVISION_DIGITS = 6


def ask_due(book: Rulebook, rule_id: str, start: str, flags: Iterable[str]) -> Due:
    """One question with its flags (custody, province=CODE, travel_days=N, fact=value).

    Raises RefusalError, or ValueError for a start or flag that is not understood or contradicts another, its text in
    both languages.
    """
    rule = book.rule(rule_id)
    known = set(TERM_FACTS) if rule.kind == "term" else set()
    known |= {name for value in rule.values for variant in value.variants for name, _ in variant.when}
    facts: dict[str, object] = {}
    custody, province, travel_days = False, None, 0
    said: dict[str, str] = {}
    for flag in flags:
        name, equals, word = flag.partition("=")
        if said.setdefault(name, word) != word:
            raise ValueError(
                f"“{name}”给了两个不同的值：{said[name]}、{word} · {name} is given twice: {said[name]}, {word}"
            )
        if flag == "custody":
            custody = True
        elif name == "province" and len(word) == _DIVISION_DIGITS and word.isdecimal():
            province = word
        elif name == "travel_days" and word.isdecimal():
            travel_days = int(word)
        elif equals and name in known:
            facts[name] = word
        else:
            listed = ", ".join(sorted(known)) or "-"
            raise ValueError(
                f"规则 {rule_id} 不认识“{flag}”（可用的事实：{listed}）"
                f" · {rule_id} does not know {flag!r} (facts: {listed})"
            )
    return book.due(
        rule_id, read_start(start), custody=custody, province=province, facts=facts, travel_days=travel_days
    )


def both_languages(error: ValueError) -> tuple[str, str]:
    """The Chinese and the English half of such a text."""
    zh, _, en = str(error).partition(" · ")
    return zh, en or zh
