"""The decision table (data/decision_table): who, for which purpose, sees what of whom; what is not written is not seen.

A line names roles, purposes, relations, states of the file, and either levels or single items. A line that names an
item stands above one that names a level; two lines of one kind may not meet. Pure: the day is handed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.catalogues import LEVELS
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.masking import MASKS
from guitu.rulebook.reading import Findings, Section, open_text
from guitu.rulebook.records import Citation, Sentence

DATA = Path(__file__).parent / "data" / "decision_table"
RELATIONS = (
    "self",
    "representative",
    "assigned",
    "own_unit",
    "receiver",
    "shared",
    "oversight",
    "former",
    "below",
    "lawful_query",
    "addressed",
)
"""How a session stands to a person. Where several hold, the first counts."""
STATES = ("sealed", "ended", "free_person", "refused_help", "handed_over", "active")
"""How a file stands. Where several hold, the first counts."""
EFFECTS = ("allow", "mask", "reveal", "two_persons", "deny")
SIGHTS = ("OWN", "SUPERIOR", "ASSIGNED", "ADDRESSED")
_WORDS, _ROLES = "words.yaml", "roles.yaml"


@dataclass(frozen=True, slots=True)
class Sight:
    """A role's purposes, the first being where a session begins, and over which divisions it sees."""

    role: str
    purposes: tuple[str, ...]
    sees: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of the table. Either `levels` or `items` is empty; `mask` names a rule where `effect` is ``mask``."""

    id: str
    word: Sentence
    roles: tuple[str, ...]
    purposes: tuple[str, ...]
    relations: tuple[str, ...]
    states: tuple[str, ...]
    levels: tuple[str, ...]
    items: tuple[str, ...]
    effect: str
    mask: str
    basis: tuple[Citation, ...]
    retention: str
    from_: dt.date
    to: dt.date | None
    checked_on: dt.date
    file: str
    line: int

    def holds_on(self, day: dt.date) -> bool:
        """Whether the line is in force on a legal day; `to` is the first day on which it no longer is."""
        return self.from_ <= day and (self.to is None or day < self.to)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the table says; `line` is None where no line stands, which means no."""

    effect: str
    mask: str
    line: TableLine | None


Cell = tuple[str, str, str, str, str]
"""Role, purpose, relation, state, item or level."""
NOTHING = Decision("deny", "", None)


@dataclass(frozen=True)
class DecisionTable:
    """All lines, ready to be asked."""

    sights: Mapping[str, Sight]
    lines: tuple[TableLine, ...]
    words: Mapping[str, Mapping[str, Sentence]]
    """For relations, states, effects, masks and retentions: each code with its words."""
    cells: Mapping[Cell, tuple[TableLine, ...]]
    levels: Mapping[str, str]
    """The level of each item."""
    purposes: frozenset[str]

    def decide(self, role: str, purpose: str, item: str, *, relation: str, state: str, on: dt.date) -> Decision:
        """What a role sees of an item on a legal day. Raises RefusalError("unknown") for a word that is none."""
        for zh, en, word, words in (
            ("角色", "role", role, self.sights),
            ("数据项", "item", item, self.levels),
            ("关系", "relation", relation, RELATIONS),
            ("状态", "state", state, STATES),
            ("目的", "purpose", purpose, self.purposes),
        ):
            if word not in words:
                raise RefusalError("unknown", f"没有{zh}“{word}”", f"there is no {en} {word!r}")
        for what in (item, self.levels[item]):
            for line in self.cells.get((role, purpose, relation, state, what), ()):
                if line.holds_on(on):
                    return Decision(line.effect, line.mask, line)
        return NOTHING

    def periods(self) -> Iterator[tuple[tuple[str, str, str, str], str, Decision, dt.date, dt.date | None]]:
        """Each cell with a line: role, purpose, relation, state; item; decision; first day, day after the last."""
        for place in sorted({cell[:4] for cell in self.cells}):
            for item, level in self.levels.items():
                lines = [line for what in (item, level) for line in self.cells.get((*place, what), ())]
                edges = sorted({line.from_ for line in lines} | {line.to for line in lines if line.to})
                for day, following in zip(edges, [*edges[1:], None], strict=True) if edges else ():
                    role, purpose, relation, state = place
                    found = self.decide(role, purpose, item, relation=relation, state=state, on=day)
                    if found.line is not None:
                        yield place, item, found, day, following


@cache
def decision_table() -> DecisionTable:
    """The national table, read once. Raises RulebookError with file and line of everything that is wrong."""
    return read_table({path.name: path.read_text(encoding="utf-8") for path in sorted(DATA.glob("*.yaml"))})


def read_table(texts: Mapping[str, str]) -> DecisionTable:
    """The table written in these texts by file name. Raises RulebookError with file and line."""
    for name in (_WORDS, _ROLES):
        if name not in texts:
            raise RulebookError(name, 1, "缺少决定表的这个文件", "this file of the decision table is missing")
    book = load_national()
    words = _read_words(open_text(_WORDS, texts[_WORDS]), book)
    sights = _read_sights(open_text(_ROLES, texts[_ROLES]))
    findings = Findings()
    lines: dict[str, TableLine] = {}
    cells: dict[Cell, list[TableLine]] = {}

    def keep(part: Section) -> None:
        line = _read_line(part, sights, words, book)
        if line.id in lines:
            raise part.error(f"编号 {line.id} 重复", f"duplicate id {line.id}", "id")
        lines[line.id] = line
        _lay(line, sights, cells, part)

    for name in sorted(set(texts) - {_WORDS, _ROLES}):
        top = open_text(name, texts[name])
        findings.each(top.sections("lines", required=True), keep)
        findings.attempt(top.done)
    findings.stop_if_any()
    return DecisionTable(
        sights,
        tuple(lines.values()),
        words,
        {cell: tuple(held) for cell, held in cells.items()},
        {code: item.level for code, item in book.items.items()},
        frozenset(purpose for sight in sights.values() for purpose in sight.purposes),
    )


def _lay(line: TableLine, sights: Mapping[str, Sight], cells: dict[Cell, list[TableLine]], part: Section) -> None:
    """Put the line into its cells. Raises RulebookError where another line stands there on one of its days."""
    for cell in _cells_of(line, sights):
        for other in cells.get(cell, ()):
            apart = (line.to is not None and line.to <= other.from_) or (
                other.to is not None and other.to <= line.from_
            )
            if not apart:
                where = " · ".join(cell)
                raise part.error(
                    f"{line.id} 与 {other.id} 重叠：{where}", f"{line.id} overlaps {other.id}: {where}", "id"
                )
    for cell in _cells_of(line, sights):
        cells.setdefault(cell, []).append(line)


def _cells_of(line: TableLine, sights: Mapping[str, Sight]) -> Iterable[Cell]:
    return (
        (role, purpose, relation, state, what)
        for role in line.roles
        for purpose in line.purposes
        if purpose in sights[role].purposes
        for relation in line.relations
        for state in line.states
        for what in (*line.items, *line.levels)
    )


def _read_words(top: Section, book: Rulebook) -> dict[str, dict[str, Sentence]]:
    expected = {"relations": RELATIONS, "states": STATES, "effects": EFFECTS, "masks": tuple(MASKS)}
    words: dict[str, dict[str, Sentence]] = {}
    for kind in (*expected, "retentions"):
        held: dict[str, Sentence] = {}
        for part in top.sections(kind, required=True):
            held[part.text("id")] = Sentence(part.text("zh"), part.text("en"))
            if kind == "retentions":
                _read_basis(part, book)
                part.date("checked_on")
            part.done()
        if kind in expected and tuple(held) != expected[kind]:
            told = ", ".join(expected[kind])
            raise top.error(f"“{kind}”应依次是：{told}", f"{kind!r} are, in this order: {told}", kind)
        words[kind] = held
    top.done()
    return words


def _read_sights(top: Section) -> dict[str, Sight]:
    sights: dict[str, Sight] = {}
    for part in top.sections("roles", required=True):
        sight = Sight(
            part.text("role"),
            part.texts("purposes", required=True),
            part.choice("sees", SIGHTS),
            part.file,
            part.line,
        )
        part.done()
        if sight.role in sights:
            raise part.error(f"角色 {sight.role} 重复", f"the role {sight.role} is listed twice", "role")
        sights[sight.role] = sight
    top.done()
    return sights


def _read_line(
    part: Section, sights: Mapping[str, Sight], words: Mapping[str, Mapping[str, Sentence]], book: Rulebook
) -> TableLine:
    effect, _, mask = part.text("effect").partition(":")
    line = TableLine(
        id=part.text("id"),
        word=Sentence(part.text("zh"), part.text("en")),
        roles=part.texts("roles", required=True),
        purposes=part.texts("purposes", required=True),
        relations=part.texts("relations", required=True),
        states=part.texts("states", required=True),
        levels=part.texts("levels"),
        items=part.texts("items"),
        effect=effect,
        mask=mask,
        basis=_read_basis(part, book),
        retention=part.choice("retention", words["retentions"]),
        from_=part.date("from"),
        to=part.optional_date("to"),
        checked_on=part.date("checked_on"),
        file=part.file,
        line=part.line,
    )
    part.done()
    _check_words(part, line, sights, book)
    if bool(line.levels) == bool(line.items):
        raise part.error("写类别或者写数据项，二者之一", "a line names levels or items, one of the two")
    if effect not in EFFECTS or (effect == "mask") != bool(mask) or (mask and mask not in MASKS):
        told = ", ".join((*(one for one in EFFECTS if one != "mask"), *(f"mask:{one}" for one in MASKS)))
        raise part.error(f"“effect”只能是：{told}", f"'effect' is one of: {told}", "effect")
    if line.to is not None and line.to <= line.from_:
        raise part.error("失效日必须晚于生效日", "'to' must be after 'from'", "to")
    return line


def _check_words(part: Section, line: TableLine, sights: Mapping[str, Sight], book: Rulebook) -> None:
    purposes = {purpose for role in line.roles if role in sights for purpose in sights[role].purposes}
    for key, named, known in (
        ("roles", line.roles, sights),
        ("purposes", line.purposes, purposes),
        ("relations", line.relations, RELATIONS),
        ("states", line.states, STATES),
        ("levels", line.levels, LEVELS),
        ("items", line.items, book.items),
    ):
        for word in named:
            if word not in known:
                raise part.error(f"“{key}”里没有“{word}”", f"{key!r} knows no {word!r}", key)
        if len(set(named)) != len(named):
            raise part.error(f"“{key}”里有重复", f"{key!r} names something twice", key)


def _read_basis(part: Section, book: Rulebook) -> tuple[Citation, ...]:
    basis = []
    for one in part.sections("basis", required=True):
        source = one.choice("source", book.sources)
        basis.append(Citation(source, one.text("article")))
        one.done()
    return tuple(basis)
