"""The kinds of letters (data/letters): on which step, to which kinds of units, with which items, how they are answered.

A letter holds no more than its addressee may read: the items that say who is meant, and those that the addressee's own
kind reads by the table of core items; more only where the person asked for the matter themself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guitu.rulebook.book import load_national
from guitu.rulebook.reading import Section, open_text
from guitu.rulebook.records import Sentence
from guitu.rulebook.units import unit_kinds

DATA = Path(__file__).parent / "data" / "letters"
IDENTITY = frozenset({"name", "sex", "birth_date"})
"""The items without which nobody knows who is meant."""
ON_REQUEST = IDENTITY | {"id_doc", "household_region", "residence", "education", "skills", "employment", "living_needs"}
"""What a person who applies for something states of themself at any counter."""
READERS: Mapping[str, frozenset[str]] = {
    "police": frozenset({"PO", "CASE"}),
    "police_station": frozenset({"PO", "CASE"}),
    "court": frozenset({"CT", "CASE"}),
    "procuratorate": frozenset({"PC", "CASE"}),
    "prison_bureau": frozenset({"PR", "CASE"}),
    "civil_affairs": frozenset({"MZ"}),
    "human_resources": frozenset({"HR"}),
    "health": frozenset({"WJ"}),
    "education": frozenset(),
    "medical_insurance": frozenset(),
    "own": frozenset(),
}
"""Which readers of core items (item_reader) a kind of unit is; `own` is a person asked to attend, who acts alone."""
FACTS: Mapping[str, Sentence] = {
    "release_on": Sentence("释放日", "Day of release"),
    "release_type": Sentence("释放类型", "Kind of release"),
    "effective_on": Sentence("裁定、决定生效之日", "In force from"),
    "receiver": Sentence("接收单位", "Receiving unit"),
    "when": Sentence("时间", "Time"),
    "where": Sentence("地点", "Place"),
    "contact": Sentence("联系单位和电话", "Whom to call"),
}
"""What a letter may state beside the items."""
NEEDS = ("day", "reason")


@dataclass(frozen=True, slots=True)
class LetterAnswer:
    """One way to answer a letter; `needs` is ``day``, ``reason`` or nothing.

    `result_by` is the rule by which the result is owed after it; empty where it is the result.
    """

    id: str
    word: Sentence
    needs: str
    result_by: str = ""


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter.

    `step` is the step it belongs to, `outcome` the answer that sending it gives (both may be empty); `by` the positions
    that send it, `to` the kinds of units it can go to, the usual one first; `closes` is ``answer`` or ``receipt``;
    `rule` counts from the sending.
    """

    id: str
    word: Sentence
    step: str
    outcome: str
    by: frozenset[str]
    release_types: frozenset[str]
    to: tuple[str, ...]
    items: tuple[str, ...]
    facts: tuple[str, ...]
    asks: Sentence
    answers: tuple[LetterAnswer, ...]
    closes: str
    rule: str
    basis: tuple[str, ...]

    def answer(self, code: str) -> LetterAnswer | None:
        """One of the answers by its code, or None."""
        return next((one for one in self.answers if one.id == code), None)


@cache
def letter_kinds() -> Mapping[str, LetterKind]:
    """All kinds by code. Raises RulebookError where one cannot be read, or where it says too much."""
    path = DATA / "kinds.yaml"
    return read_kinds(path.name, path.read_text(encoding="utf-8"))


def read_kinds(file: str, text: str) -> Mapping[str, LetterKind]:
    """The kinds written in `text`. Raises RulebookError with file and line."""
    top = open_text(file, text)
    kinds: dict[str, LetterKind] = {}
    for part in top.sections("kinds", required=True):
        kind = _read_kind(part)
        if kind.id in kinds:
            raise part.error(f"{kind.id} 重复", f"{kind.id} is listed twice", "id")
        kinds[kind.id] = kind
    top.done()
    return kinds


def _read_kind(part: Section) -> LetterKind:
    book = load_national()
    ground = part.choice("ground", ["statutory", "request"])
    kind = LetterKind(
        id=part.text("id"),
        word=Sentence(part.text("zh"), part.text("en")),
        step=_word(part, "step"),
        outcome=_word(part, "outcome"),
        by=frozenset(part.texts("by", required=True)),
        release_types=frozenset(part.texts("release_types")),
        to=part.texts("to", required=True),
        items=part.texts("items", required=True),
        facts=part.texts("facts"),
        asks=Sentence(part.text("asks_zh"), part.text("asks_en")),
        answers=tuple(_read_answer(one) for one in part.sections("answers")),
        closes=part.choice("closes", ["answer", "receipt"]),
        rule=part.choice("rule", book.rules),
        basis=part.texts("basis", required=True),
    )
    part.done()
    _check_step(part, kind)
    for unit_kind in kind.to:
        if unit_kind not in READERS or (unit_kind != "own" and unit_kind not in unit_kinds()):
            raise part.error(f"不能发给“{unit_kind}”", f"nothing can go to {unit_kind!r}", "to")
        for item in kind.items:
            if item not in book.items:
                raise part.error(f"没有数据项“{item}”", f"no item is called {item!r}", "items")
            readers = set(book.items[item].readers)
            on_request = ground == "request" and item in ON_REQUEST
            if item not in IDENTITY and not on_request and not readers & READERS[unit_kind]:
                raise part.error(f"“{unit_kind}”无权读取“{item}”", f"{unit_kind!r} may not read {item!r}", "items")
    for rule in kind.basis:
        if rule not in book.rules:
            raise part.error(f"没有规则“{rule}”", f"no rule is called {rule!r}", "basis")
    for fact in kind.facts:
        if fact not in FACTS:
            raise part.error(f"不能写“{fact}”", f"a letter cannot state {fact!r}", "facts")
    if (kind.closes == "answer") != bool(kind.answers):
        raise part.error("答复办结的要列出答复", "a letter closed by an answer lists its answers", "answers")
    return kind


def _check_step(part: Section, kind: LetterKind) -> None:
    journey = load_national().journey("return_home")
    if kind.outcome and not kind.step:
        raise part.error("有结果的要写明步骤", "an outcome belongs to a step", "outcome")
    if not kind.step:
        return
    step = next((one for one in journey.steps if one.id == kind.step), None)
    if step is None:
        raise part.error(f"没有步骤“{kind.step}”", f"no step is called {kind.step!r}", "step")
    if kind.outcome and all(one.id != kind.outcome for one in step.outcomes):
        raise part.error(f"“{kind.step}”没有结果“{kind.outcome}”", f"{kind.step!r} has no {kind.outcome!r}", "outcome")


def _word(part: Section, key: str) -> str:
    """A word that may be empty, but is written."""
    return "" if part.is_word(key, "") else part.text(key)


def _read_answer(part: Section) -> LetterAnswer:
    needs = "" if part.is_word("needs", "") else part.choice("needs", NEEDS)
    result_by = part.choice("result_by", load_national().rules) if part.has("result_by") else ""
    found = LetterAnswer(part.text("id"), Sentence(part.text("zh"), part.text("en")), needs, result_by)
    part.done()
    return found
