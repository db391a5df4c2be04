"""规则 The rulebook: what law, policy and our own promises say about time, as data; pure Python, no Django."""

from guitu.rulebook.book import Due, Rulebook, due, load_national
from guitu.rulebook.calendar import Calendar, CalendarYear
from guitu.rulebook.catalogues import Act, Code, CodeTable, Item
from guitu.rulebook.clocks import Moment, ThresholdState
from guitu.rulebook.crosswalk import Crosswalk, MappedGrade, map_grade
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.journey import Journey, Move, State, move
from guitu.rulebook.records import Citation, Limit, Rule, Sentence, Source, Value

__all__ = [
    "Act",
    "Calendar",
    "CalendarYear",
    "Citation",
    "Code",
    "CodeTable",
    "Crosswalk",
    "Due",
    "Item",
    "Journey",
    "Limit",
    "MappedGrade",
    "Moment",
    "Move",
    "RefusalError",
    "Rule",
    "Rulebook",
    "RulebookError",
    "Sentence",
    "Source",
    "State",
    "ThresholdState",
    "Value",
    "due",
    "load_national",
    "map_grade",
    "move",
]
