"""From texts to a rulebook: reads every record, checks every reference, and names file and line of each problem."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from guitu.rulebook.calendar import CalendarYear, read_calendar_year
from guitu.rulebook.catalogues import Act, Code, CodeTable, Item, read_act, read_code_table, read_item, read_source
from guitu.rulebook.crosswalk import Crosswalk, check_tables, read_crosswalk
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.journey import Journey, check_rules, read_journey
from guitu.rulebook.ladder import check_ladders
from guitu.rulebook.notice import Notice, read_notice
from guitu.rulebook.reading import Findings, Section, open_text
from guitu.rulebook.records import Citation, Rule, Source
from guitu.rulebook.rules import read_rule

FOLDERS = ("deadlines", "calendars", "items", "codes", "crosswalks", "journeys", "notices")
READERS_TABLE = "item_reader"
"""The code table of those who own or read core items."""
TOP_FILES = ("sources.yaml", "acts.yaml")


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


class Reading:
    """One reading of a set of named texts; after ``read`` its tables hold every record."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.findings = Findings()
        self.sources: dict[str, Source] = {}
        self.rules: dict[str, Rule] = {}
        self.years: dict[int, CalendarYear] = {}
        self.acts: dict[str, Act] = {}
        self.items: dict[str, Item] = {}
        self.codes: dict[str, CodeTable] = {}
        self.crosswalks: dict[str, Crosswalk] = {}
        self.journeys: dict[str, Journey] = {}
        self.notices: dict[str, Notice] = {}

    def read(self) -> None:
        """Reads all texts and checks all references; raises RulebookError with every problem found."""
        if "sources.yaml" not in self.texts:
            self.findings.add(RulebookError("sources.yaml", 1, "缺少来源表", "the list of sources is missing"))
        for name in sorted(self.texts):
            self.findings.attempt(lambda name=name: self._read_text(name))  # type: ignore[misc]
        if not list(self.findings):
            self._check_references()
        self.findings.stop_if_any()

    def _read_text(self, name: str) -> None:
        top = open_text(name, self.texts[name])
        folder = name.partition("/")[0]
        if name == "sources.yaml":
            self._each(top, "sources", lambda part: self._keep(self.sources, read_source(part), part))
        elif name == "acts.yaml":
            self._each(top, "acts", lambda part: self._keep(self.acts, read_act(part), part))
        elif folder == "deadlines":
            self._each(top, "rules", lambda part: self._keep(self.rules, read_rule(part), part))
        elif folder == "items":
            self._each(top, "items", lambda part: self._keep(self.items, read_item(part), part))
        elif folder == "codes":
            self._each(top, "tables", lambda part: self._keep(self.codes, read_code_table(part), part))
        elif folder == "crosswalks":
            self._each(top, "crosswalks", lambda part: self._keep(self.crosswalks, read_crosswalk(part), part))
        elif folder == "journeys":
            self._each(top, "journeys", lambda part: self._keep(self.journeys, read_journey(part), part))
        elif folder == "notices":
            self._each(top, "notices", lambda part: self._keep(self.notices, read_notice(part), part))
        elif folder == "calendars":
            self._keep_year(top)
            return
        else:
            raise top.error("规则库不认识这个文件", "the rulebook does not know this file")
        top.done()

    def _each(self, top: Section, key: str, read: Callable[[Section], None]) -> None:
        self.findings.each(top.sections(key, required=True), read)

    def _keep(self, table: dict[str, N], record: N, part: Section) -> None:
        if record.id in table:
            raise part.error(f"编号 {record.id} 重复", f"duplicate id {record.id}", "id")
        table[record.id] = record

    def _keep_year(self, top: Section) -> None:
        year = read_calendar_year(top)
        if year.year in self.years:
            raise top.error(f"{year.year}年重复", f"the year {year.year} is listed twice")
        self.years[year.year] = year

    def _check_references(self) -> None:
        for rule in self.rules.values():
            self.findings.attempt(lambda rule=rule: self._check_rule(rule))  # type: ignore[misc]
        for walk in self.crosswalks.values():
            self.findings.attempt(lambda walk=walk: check_tables(walk, self.codes))  # type: ignore[misc]
            self._check_basis(walk.basis, walk.file, walk.line, walk.id)
        for item in self.items.values():
            for reader in (*item.owner, *item.readers):
                if reader not in {entry.code for entry in self._item_readers()}:
                    self.findings.add(
                        RulebookError(
                            item.file,
                            item.line,
                            f"{item.id} 的读取角色 {reader} 不在代码表 {READERS_TABLE}",
                            f"{item.id} names a reader that {READERS_TABLE} does not have: {reader}",
                        )
                    )
            if item.source not in self.sources:
                self.findings.add(
                    RulebookError(
                        item.file,
                        item.line,
                        f"{item.id} 引用的来源 {item.source} 不存在",
                        f"{item.id} cites a source that does not exist: {item.source}",
                    )
                )
            if item.code_table is not None and item.code_table not in self.codes:
                self.findings.add(
                    RulebookError(
                        item.file,
                        item.line,
                        f"{item.id} 的代码表 {item.code_table} 不存在",
                        f"{item.id} names a code table that does not exist: {item.code_table}",
                    )
                )
        for journey in self.journeys.values():
            for found in check_rules(journey, self.rules, self.codes):
                self.findings.add(found)
        for notice in self.notices.values():
            self._check_basis(notice.basis, notice.file, notice.line, notice.id)
        for found in check_ladders(self.rules, self.codes):
            self.findings.add(found)

    def _item_readers(self) -> tuple[Code, ...]:
        table = self.codes.get(READERS_TABLE)
        return table.codes if table is not None else ()

    def _check_basis(self, basis: tuple[Citation, ...], file: str, line: int, owner: str) -> None:
        for citation in basis:
            if citation.source not in self.sources:
                self.findings.add(missing_source(file, line, owner, citation.source))

    def _check_rule(self, rule: Rule) -> None:
        for citation in rule.basis:
            source = self.sources.get(citation.source)
            if source is None:
                raise missing_source(rule.file, rule.line, rule.id, citation.source)
            ends = source.in_force_to
            if ends is not None and any(value.to is None or value.to > ends for value in rule.values):
                raise RulebookError(
                    rule.file,
                    rule.line,
                    f"{rule.id} 的数值晚于其依据 {source.id} 的失效日 {ends}",
                    f"{rule.id} outlives its source {source.id}, which ended on {ends}",
                )


def missing_source(file: str, line: int, owner: str, source: str) -> RulebookError:
    """The problem of a citation that leads nowhere."""
    return RulebookError(
        file, line, f"{owner} 引用了不存在的来源 {source}", f"{owner} cites a source that does not exist: {source}"
    )


def journey_of_text(text: str, journey_id: str) -> Journey:
    """One journey of a kept text; raises RulebookError where the text holds no such journey."""
    top = open_text("journeys/kept.yaml", text)
    for part in top.sections("journeys", required=True):
        found = read_journey(part)
        if found.id == journey_id:
            return found
    raise top.error(f"没有流程 {journey_id}", f"there is no journey {journey_id}")


def canonical_sha256(texts: Mapping[str, str]) -> str:
    """The sha256 of texts in canonical form: by name, NFC, line ends \\n, no trailing blanks."""
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"# {name}\n{canonical_text(texts[name])}".encode())
    return digest.hexdigest()


def canonical_text(text: str) -> str:
    """A text in canonical form: NFC, line ends \\n, no trailing blanks, one newline at the end."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def read_folder(folder: Path) -> dict[str, str]:
    """The rulebook texts of a folder, by relative path.

    Raises RulebookError for a text that is not UTF-8, and for one whose name nobody would read (``new.yml``).
    """
    for name in FOLDERS:
        all_are_read(folder / name, told_from=folder)
    return {path.relative_to(folder).as_posix(): read_text(path) for path in text_paths(folder)}


def text_paths(folder: Path) -> list[Path]:
    """The files of a folder that belong to a rulebook, in a fixed order."""
    paths = [folder / name for name in TOP_FILES]
    for name in FOLDERS:
        paths.extend(sorted((folder / name).glob("*.yaml")))
    return [path for path in paths if path.is_file()]


def all_are_read(folder: Path, *, told_from: Path) -> None:
    """Raises RulebookError for a YAML text whose name does not end in ``.yaml``: its records would be left out."""
    for path in sorted(folder.glob("*")):
        if path.suffix != ".yaml" and path.suffix.lower() in {".yml", ".yaml"}:
            raise RulebookError(
                path.relative_to(told_from).as_posix(),
                1,
                "文件名须以 .yaml 结尾，否则其中的记录不会被读入",
                "the file's name must end in .yaml, or its records are not read",
            )


def read_text(path: Path) -> str:
    """One UTF-8 text; raises RulebookError naming the file where it is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RulebookError(str(path), line, "不是 UTF-8 文本", "not UTF-8 text") from error
