"""Sources, acts, code tables and core items: the lists that records and rooms refer to."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from guitu.rulebook.counting import add_months
from guitu.rulebook.errors import RefusalError
from guitu.rulebook.reading import Section
from guitu.rulebook.records import Sentence, Source
from guitu.rulebook.steps import OUTCOME_KINDS

PART_KINDS = ("text", "date", "phone", "division", "address")
LEVELS = ("L1", "L2", "L3", "L4")
_ACT = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")


def read_source(section: Section) -> Source:
    """One source of ``sources.yaml``."""
    source = Source(
        id=section.text("id"),
        zh=section.text("zh"),
        en=section.text("en"),
        document=section.optional_text("document"),
        in_force_from=section.date("in_force_from"),
        in_force_to=section.optional_date("in_force_to"),
        verified=section.flag("verified"),
        checked_on=section.date("checked_on"),
        note=read_note(section),
    )
    if source.in_force_to is not None and source.in_force_to <= source.in_force_from:
        raise section.error("失效日必须晚于生效日", "in_force_to must be after in_force_from", "in_force_to")
    section.done()
    return source


@dataclass(frozen=True, slots=True)
class Act:
    """The name of an act in the ledger (``room:thing:happened``) with its sentence in both languages."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code table, with the days between which it may be given (end exclusive).

    `item` is the core item that it tells something of: who may not see that item may not see that somebody has it.
    `kind` is what an outcome counts as (steps.OUTCOME_KINDS).
    """

    code: str
    zh: str
    en: str
    from_: dt.date | None
    to: dt.date | None
    note: Sentence | None
    item: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A code table with the standard it follows."""

    id: str
    zh: str
    en: str
    standard: str | None
    codes: tuple[Code, ...]
    verified: bool
    checked_on: dt.date
    note: Sentence | None

    def code(self, code: str) -> Code:
        """An entry by its code; raises RefusalError("unknown")."""
        for entry in self.codes:
            if entry.code == code:
                return entry
        raise RefusalError("unknown", f"代码表“{self.zh}”没有 {code}", f"the table {self.id} has no code {code}")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a core item of several parts; `kind` says how it is filled in."""

    id: str
    zh: str
    en: str
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """One of the core data items (核心数据项): what it is, how sensitive, who owns it and who may read it."""

    id: str
    number: int
    zh: str
    en: str
    type: str
    code_table: str | None
    level: str
    owner: tuple[str, ...]
    readers: tuple[str, ...]
    review_months: int | None
    parts: tuple[Part, ...]
    by_hand: bool
    source: str
    checked_on: dt.date
    note: Sentence | None
    file: str
    line: int

    def review_on(self, collected_on: dt.date) -> dt.date | None:
        """The day on which a value collected on that legal day is to be checked again; None for lasting facts."""
        return None if self.review_months is None else add_months(collected_on, self.review_months)


def read_act(section: Section) -> Act:
    """One act of ``acts.yaml``."""
    act = Act(section.text("id"), section.text("zh"), section.text("en"))
    if not _ACT.fullmatch(act.id):
        raise section.error("行为名应写作 room:thing:happened", "an act is named room:thing:happened", "id")
    section.done()
    return act


def read_code_table(section: Section) -> CodeTable:
    """One table of ``codes/*.yaml``."""
    codes: list[Code] = []
    for part in section.sections("codes", required=True):
        code = Code(
            part.text("code"),
            part.text("zh"),
            part.text("en"),
            part.optional_date("from"),
            part.optional_date("to"),
            read_note(part),
            part.optional_text("item"),
            part.choice("kind", OUTCOME_KINDS) if part.has("kind") else None,
        )
        part.done()
        if codes and (codes[0].kind is None) != (code.kind is None):
            raise part.error("同一代码表各项须都有或都没有 kind", "all codes of a table have a kind or none", "code")
        if code.code in {earlier.code for earlier in codes}:
            raise part.error(f"代码 {code.code} 重复", f"the code {code.code} is listed twice", "code")
        codes.append(code)
    table = CodeTable(
        id=section.text("id"),
        zh=section.text("zh"),
        en=section.text("en"),
        standard=section.optional_text("standard"),
        codes=tuple(codes),
        verified=section.flag("verified"),
        checked_on=section.date("checked_on"),
        note=read_note(section),
    )
    section.done()
    return table


def read_item(section: Section) -> Item:
    """One item of ``items/*.yaml``."""
    item = Item(
        id=section.text("id"),
        number=section.integer("number"),
        zh=section.text("zh"),
        en=section.text("en"),
        type=section.text("type"),
        code_table=section.optional_text("code_table"),
        level=section.choice("level", LEVELS),
        owner=section.texts("owner", required=True),
        readers=section.texts("readers", required=True),
        review_months=None if section.is_null("review_months") else section.integer("review_months"),
        parts=tuple(_read_part(part) for part in section.sections("parts")),
        by_hand=section.flag("by_hand", default=True),
        source=section.text("source"),
        checked_on=section.date("checked_on"),
        note=read_note(section),
        file=section.file,
        line=section.line,
    )
    if item.review_months == 0:
        raise section.error("核对间隔至少一个月", "review_months is at least one", "review_months")
    section.done()
    return item


def _read_part(section: Section) -> Part:
    part = Part(section.text("id"), section.text("zh"), section.text("en"), section.choice("kind", PART_KINDS))
    section.done()
    return part


def read_note(section: Section) -> Sentence | None:
    """The optional ``note_zh`` and ``note_en`` of a record."""
    zh, en = section.optional_text("note_zh"), section.optional_text("note_en")
    if zh is None and en is None:
        return None
    if zh is None or en is None:
        raise section.error("说明须中英文俱全", "a note needs both languages", "note_zh" if zh else "note_en")
    return Sentence(zh, en)
