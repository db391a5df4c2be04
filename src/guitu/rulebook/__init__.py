"""规则 The rulebook: what law, policy and our own promises say about time, as data; pure Python, no Django."""

from guitu.rulebook.book import Due, Rulebook, due, load_national
from guitu.rulebook.calendar import Calendar, CalendarYear
from guitu.rulebook.clocks import Moment
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.records import Citation, Limit, Rule, Sentence, Source, Value

__all__ = [
    "Calendar",
    "CalendarYear",
    "Citation",
    "Due",
    "Limit",
    "Moment",
    "RefusalError",
    "Rule",
    "Rulebook",
    "RulebookError",
    "Sentence",
    "Source",
    "Value",
    "due",
    "load_national",
]
