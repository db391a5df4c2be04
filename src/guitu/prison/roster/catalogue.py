"""What the roster check knows: limits, headings, code words and problem texts, read from the rulebook's data.

The data stands in ``rulebook/data/roster``; a missing or unknown key stops the reading and names the file.
"""

import datetime
import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal

import yaml

Effect = Literal["correct", "decide", "note"]

_HEADING_NOISE: Final = re.compile(r"[\s\u200b-\u200f\ufeff*＊★:：,，、;；/|｜._\-—]+")
_HEADING_REMARK: Final = re.compile(r"[(\[（【].*?[)\]）】]")


class CatalogueError(Exception):
    """The roster data of the rulebook cannot be used; the text names the file and the key."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be and which values are believable; units stand in the names or in limits.yaml."""

    megabytes: int
    inflation: int
    unpacked_megabytes: int
    data_rows: int
    area_cells: int
    header_search_rows: int
    header_lines: int
    earliest_year: int
    latest_year: int
    serial_first: int
    serial_last: int
    exact_digits: int
    youngest_age: int
    oldest_age: int
    release_years_ahead: int
    text_length: int


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a roster: its names, its kind of value, and whether a row needs it or identifies by it."""

    code: str
    zh: str
    en: str
    kind: str
    table: str | None
    required: bool
    identity: bool
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one problem or refusal; `effect` says what the problem does to its row."""

    code: str
    effect: Effect
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of ``rulebook/data/roster`` in usable form; words are keyed in their plain form (`plain`)."""

    limits: Limits
    fields: Mapping[str, Field]
    required_together: tuple[tuple[str, ...], ...]
    synonyms: Mapping[str, str]
    ignored: frozenset[str]
    footer_words: tuple[str, ...]
    total_words: tuple[str, ...]
    other_person_words: tuple[str, ...]
    no_document_words: frozenset[str]
    not_assessed_words: frozenset[str]
    tables: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, tuple[str, ...]]
    problems: Mapping[str, Wording]
    refusals: Mapping[str, Wording]


def plain(text: str) -> str:
    """A word in the form in which words are compared: half-width, lower case, without spaces and separators."""
    return _HEADING_NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def plain_heading(text: str) -> str:
    """A heading in comparable form: as `plain`, without a remark in brackets such as （必填）."""
    short = plain(_HEADING_REMARK.sub("", unicodedata.normalize("NFKC", text)))
    return short or plain(text)


@functools.cache
def catalogue() -> Catalogue:
    """The roster data of the rulebook. Raises CatalogueError when a file is incomplete or contradicts itself."""
    limits = _read("limits.yaml", {"file", "values"})
    headings = _read(
        "headings.yaml",
        {
            "fields",
            "required_together",
            "ignored",
            "footer_words",
            "total_words",
            "other_person_words",
            "no_document_words",
            "not_assessed_words",
            "tables",
        },
    )
    problems = _read("problems.yaml", {"problems", "refusals"})
    fields = {code: _field(code, raw) for code, raw in headings["fields"].items()}
    tables = {name: _table(name, raw) for name, raw in headings["tables"].items()}
    for field in fields.values():
        if (field.table not in tables) == (field.table is not None or field.kind in {"code", "open_code", "flags"}):
            raise CatalogueError(f"headings.yaml: {field.code} names the unknown table {field.table}")
    return Catalogue(
        limits=_limits({**limits["file"], **limits["values"]}),
        fields=fields,
        required_together=tuple(tuple(group) for group in headings["required_together"]),
        synonyms=_synonyms(fields),
        ignored=frozenset(plain_heading(word) for word in headings["ignored"]),
        footer_words=tuple(plain(word) for word in headings["footer_words"]),
        total_words=tuple(plain(word) for word in headings["total_words"]),
        other_person_words=tuple(plain(word) for word in headings["other_person_words"]),
        no_document_words=frozenset(plain(word) for word in headings["no_document_words"]),
        not_assessed_words=frozenset(plain(word) for word in headings["not_assessed_words"]),
        tables=tables,
        labels={name: tuple(words[0] for words in raw.values()) for name, raw in headings["tables"].items()},
        problems={code: _wording("problems", code, raw) for code, raw in problems["problems"].items()},
        refusals={
            code: _wording("refusals", code, {"effect": "correct", **raw}) for code, raw in problems["refusals"].items()
        },
    )


def _read(name: str, keys: set[str]) -> dict[str, Any]:
    text = files("guitu.rulebook").joinpath("data", "roster", name).read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    expected = keys | {"source", "checked_on", "owner"}
    if not isinstance(data, dict) or set(data) != expected:
        found = sorted(data) if isinstance(data, dict) else type(data).__name__
        raise CatalogueError(f"{name}: expected the keys {sorted(expected)}, found {found}")
    if not isinstance(data["checked_on"], datetime.date):
        raise CatalogueError(f"{name}: checked_on is no date")
    return data


def _limits(raw: dict[str, int]) -> Limits:
    expected = set(Limits.__slots__)
    if set(raw) != expected or not all(isinstance(value, int) and value > 0 for value in raw.values()):
        raise CatalogueError(f"limits.yaml: expected positive whole numbers for {sorted(expected)}")
    return Limits(**raw)


def _field(code: str, raw: dict[str, Any]) -> Field:
    unknown = set(raw) - {"zh", "en", "kind", "table", "required", "identity", "synonyms"}
    if unknown or not {"zh", "en", "kind", "synonyms"} <= set(raw):
        raise CatalogueError(f"headings.yaml: field {code} has missing or unknown keys {sorted(unknown)}")
    return Field(
        code=code,
        zh=raw["zh"],
        en=raw["en"],
        kind=raw["kind"],
        table=raw.get("table"),
        required=raw.get("required", False),
        identity=raw.get("identity", False),
        synonyms=tuple(raw["synonyms"]),
    )


def _synonyms(fields: Mapping[str, Field]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields.values():
        for word in (field.zh, *field.synonyms):
            key = plain_heading(word)
            if found.setdefault(key, field.code) != field.code:
                raise CatalogueError(f"headings.yaml: {word} is a synonym of both {found[key]} and {field.code}")
    return found


def _table(name: str, raw: dict[str, list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, words in raw.items():
        for word in (code, *words):
            if not isinstance(word, str):
                raise CatalogueError(f"headings.yaml: table {name}: {word!r} is not a text; put it in quotes")
            if found.setdefault(plain(word), code) != code:
                raise CatalogueError(
                    f"headings.yaml: table {name}: {word} stands under {found[plain(word)]} and {code}"
                )
    return found


def _wording(part: str, code: str, raw: dict[str, str]) -> Wording:
    expected = {"effect", "zh", "en", "remedy_zh", "remedy_en"}
    if set(raw) != expected or raw["effect"] not in {"correct", "decide", "note"}:
        raise CatalogueError(f"problems.yaml: {part}: {code} needs exactly {sorted(expected)}")
    return Wording(code=code, **raw)  # type: ignore[arg-type]  # the effect was checked in the line above
