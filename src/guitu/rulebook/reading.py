"""Reading a rulebook text with its lines: every key must be known, every problem names file and line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import yaml

from guitu.rulebook.errors import RulebookError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"-?\d+")
_FLAGS = {"true": True, "false": False}
_DEEPEST = 40
_NULL = "tag:yaml.org,2002:null"
T = TypeVar("T")


def problem(file: str, node: yaml.Node, zh: str, en: str) -> RulebookError:
    """The error for a node of a file, with the line counted from one."""
    return RulebookError(file, node.start_mark.line + 1, zh, en)


class Section:
    """One mapping of a rulebook file; remembers its line and which keys have been read."""

    def __init__(self, file: str, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise problem(file, node, "此处应为键值表", "a mapping is expected here")
        self.file = file
        self.node = node
        self._values: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        self._unread: set[str] = set()
        for key, value in node.value:
            name = key.value
            if not isinstance(name, str):
                raise problem(file, key, "键必须是一个词", "a key must be a word")
            if name in self._values:
                raise problem(file, key, f"键“{name}”重复", f"duplicate key {name!r}")
            self._values[name] = value
            self._keys[name] = key
            self._unread.add(name)

    @property
    def line(self) -> int:
        """The first line of the mapping, counted from one."""
        return int(self.node.start_mark.line) + 1

    def error(self, zh: str, en: str, key: str | None = None) -> RulebookError:
        """The error at this mapping, or at one of its keys."""
        return problem(self.file, self._keys.get(key or "", self.node), zh, en)

    def has(self, key: str) -> bool:
        """Whether the key is written at all (also when its value is null)."""
        return key in self._values

    def names(self) -> list[str]:
        """The keys in the order of the text."""
        return list(self._values)

    def is_null(self, key: str) -> bool:
        """Whether the key is absent or null."""
        node = self._values.get(key)
        if node is None:
            return True
        empty = isinstance(node, yaml.ScalarNode) and node.tag == _NULL
        if empty:
            self._unread.discard(key)
        return empty

    def is_word(self, key: str, word: str) -> bool:
        """Whether the key holds exactly this word."""
        node = self._values.get(key)
        found = isinstance(node, yaml.ScalarNode) and node.value == word
        if found:
            self._unread.discard(key)
        return found

    def _take(self, key: str) -> yaml.Node:
        self._unread.discard(key)
        node = self._values.get(key)
        if node is None:
            raise self.error(f"缺少“{key}”", f"missing key {key!r}")
        return node

    def text(self, key: str) -> str:
        """A non-empty word or sentence."""
        node = self._take(key)
        if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL or not node.value.strip():
            raise problem(self.file, node, f"“{key}”应为文字，不得为空", f"{key!r} must be text and not empty")
        return str(node.value).strip()

    def optional_text(self, key: str) -> str | None:
        """A word or sentence, or None where the key is absent or null."""
        return None if self.is_null(key) else self.text(key)

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of the allowed words."""
        if default is not None and not self.has(key):
            return default
        word = self.text(key)
        if word not in allowed:
            listed = ", ".join(sorted(allowed))
            raise self.error(f"“{key}”不能是“{word}”，只能是：{listed}", f"{key!r} is {word!r}, allowed: {listed}", key)
        return word

    def integer(self, key: str) -> int:
        """A whole number, zero or more."""
        word = self.text(key)
        if not _INTEGER.fullmatch(word) or int(word) < 0:
            raise self.error(f"“{key}”应为非负整数", f"{key!r} must be a whole number, zero or more", key)
        return int(word)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        if default is not None and not self.has(key):
            return default
        word = self.text(key).lower()
        if word not in _FLAGS:
            raise self.error(f"“{key}”应为 true 或 false", f"{key!r} must be true or false", key)
        return _FLAGS[word]

    def date(self, key: str) -> dt.date:
        """A real calendar day written YYYY-MM-DD."""
        return read_date(self.file, self._take(key), key)

    def optional_date(self, key: str) -> dt.date | None:
        """A day, or None where the key is absent or null."""
        return None if self.is_null(key) else self.date(key)

    def nodes(self, key: str, *, required: bool = False) -> list[yaml.Node]:
        """The entries of a list; empty where the key is absent or null, unless required."""
        if not required and self.is_null(key):
            return []
        node = self._take(key)
        if not isinstance(node, yaml.SequenceNode) or (required and not node.value):
            raise problem(self.file, node, f"“{key}”应为列表，不得为空", f"{key!r} must be a list and not empty")
        return list(node.value)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of words."""
        words = []
        for node in self.nodes(key, required=required):
            if not isinstance(node, yaml.ScalarNode) or not node.value:
                raise problem(self.file, node, f"“{key}”的每一项应为文字", f"each entry of {key!r} must be text")
            words.append(str(node.value))
        return tuple(words)

    def dates(self, key: str) -> tuple[dt.date, ...]:
        """A list of days."""
        return tuple(read_date(self.file, node, key) for node in self.nodes(key))

    def section(self, key: str) -> Section:
        """A mapping inside this one."""
        return Section(self.file, self._take(key))

    def optional_section(self, key: str) -> Section | None:
        """A mapping, or None where the key is absent or null."""
        return None if self.is_null(key) else self.section(key)

    def sections(self, key: str, *, required: bool = False) -> list[Section]:
        """A list of mappings."""
        return [Section(self.file, node) for node in self.nodes(key, required=required)]

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A mapping of plain words, as written (true, 3 and yes stay words)."""
        section = self.section(key)
        return tuple((name, section.text(name)) for name in section.names())

    def done(self) -> None:
        """To be called when a record has been read: a key that nobody asked for is an error."""
        for name in self._values:
            if name in self._unread:
                raise self.error(f"不认识的键“{name}”", f"unknown key {name!r}", name)


def read_date(file: str, node: yaml.Node, key: str) -> dt.date:
    """A real calendar day written YYYY-MM-DD; raises RulebookError for anything else."""
    word = node.value if isinstance(node, yaml.ScalarNode) else ""
    if _DATE.fullmatch(word):
        try:
            return dt.date.fromisoformat(word)
        except ValueError:
            raise problem(file, node, f"“{key}”不是真实的日期：{word}", f"{key!r} is no real day: {word}") from None
    raise problem(file, node, f"“{key}”应写作 年-月-日（2026-01-31）", f"{key!r} must be written YYYY-MM-DD")


def open_text(file: str, text: str) -> Section:
    """The top mapping of a text; raises RulebookError where it is no YAML mapping."""
    try:
        _refuse_deep_nesting(file, text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise RulebookError(file, line, "不是有效的 YAML", f"not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise RulebookError(file, 1, "不是有效的 YAML", "not valid YAML") from error
    if node is None:
        raise RulebookError(file, 1, "文件是空的", "the file is empty")
    return Section(file, node)


def _refuse_deep_nesting(file: str, text: str) -> None:
    """Composing calls itself for each level, so a text nested without end is refused before."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > _DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark is not None else 1
                raise RulebookError(file, line, "嵌套过深", "nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class Findings:
    """Collects the problems of one reading, so that all can be shown together."""

    def __init__(self) -> None:
        self._found: list[RulebookError] = []

    def each(self, entries: Iterable[T], read: Callable[[T], None]) -> None:
        """Reads each entry; a broken one is kept as a problem and the next is read."""
        for entry in entries:
            self.attempt(lambda entry=entry: read(entry))  # type: ignore[misc]

    def attempt(self, read: Callable[[], None]) -> None:
        """Runs one reading and keeps its problem."""
        try:
            read()
        except RulebookError as error:
            self._found.extend(error.problems)

    def add(self, error: RulebookError) -> None:
        """Keeps one problem."""
        self._found.append(error)

    def __iter__(self) -> Iterator[RulebookError]:
        return iter(self._found)

    def stop_if_any(self) -> None:
        """Raises the first problem with the others attached, ordered by file and line."""
        if self._found:
            first, *others = sorted(self._found, key=lambda found: (found.file, found.line))
            raise RulebookError(first.file, first.line, first.zh, first.en, others)
