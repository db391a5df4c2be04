"""The kinds of documents: read from the manifests beside the templates, once per process. No Django."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATES = Path(__file__).parent / "templates"
RECEIVED = "received"
"""Instead of an item in a manifest: whatever the decision table lets a receiving county read (a dossier)."""


class CatalogueBroken(ValueError):
    """A manifest that cannot be used; the message names file and entry."""


class KindUnknown(LookupError):
    """No such kind of document, or no version of it in force on that day."""


@dataclass(frozen=True)
class Field:
    """One field of a document: its code, its words, the core item (or `RECEIVED`) it holds, whether it is needed."""

    code: str
    zh: str
    en: str
    item: str | None
    needed: bool


@dataclass(frozen=True)
class Version:
    """One version of a template: its number, the first day it is used, where its content comes from."""

    number: str
    from_on: dt.date
    source: str
    fields: tuple[Field, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """The codes of the fields without which nothing is issued."""
        return tuple(field.code for field in self.fields if field.needed)


@dataclass(frozen=True)
class Kind:
    """A kind of document: its words, its sign in numbers, whether it is about a person, its versions (newest last)."""

    code: str
    zh: str
    en: str
    sign: str
    about_person: bool
    versions: tuple[Version, ...]

    def on(self, day: dt.date) -> Version:
        """The version used on the legal day `day`. Raises KindUnknown before the first."""
        found = [version for version in self.versions if version.from_on <= day]
        if not found:
            raise KindUnknown(f"{self.code} on {day}")
        return found[-1]

    def version(self, number: str) -> Version:
        """The version of this number, also one no longer used. Raises KindUnknown."""
        for version in self.versions:
            if version.number == number:
                return version
        raise KindUnknown(f"{self.code} {number}")

    @property
    def folder(self) -> Path:
        """Where its templates lie: `<version>.typ`."""
        return TEMPLATES / self.code


_KIND = {"zh", "en", "sign", "about_person", "versions"}
_VERSION = {"number", "from", "source", "fields"}
_FIELD = {"code", "zh", "en", "item", "needed"}


def _keys(found: Any, wanted: set[str], where: str) -> dict[str, Any]:
    if not isinstance(found, dict) or set(found) != wanted:
        raise CatalogueBroken(f"{where}: the keys must be {', '.join(sorted(wanted))}")
    return found


def _kind(path: Path) -> Kind:
    where = f"{path.parent.name}/{path.name}"
    read = _keys(yaml.safe_load(path.read_text(encoding="utf-8")), _KIND, where)
    versions = []
    for one in read["versions"]:
        version = _keys(one, _VERSION, where)
        fields = tuple(Field(**_keys(field, _FIELD, f"{where} {version['number']}")) for field in version["fields"])
        if not (path.parent / f"{version['number']}.typ").is_file():
            raise CatalogueBroken(f"{where}: version {version['number']} has no template")
        versions.append(Version(str(version["number"]), version["from"], version["source"], fields))
    if not versions or sorted(versions, key=lambda version: version.from_on) != versions:
        raise CatalogueBroken(f"{where}: versions stand in the order of their first days")
    return Kind(path.parent.name, read["zh"], read["en"], read["sign"], read["about_person"], tuple(versions))


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """All kinds of documents by code. Raises CatalogueBroken."""
    found = {kind.code: kind for kind in map(_kind, sorted(TEMPLATES.glob("*/manifest.yaml")))}
    signs = [kind.sign for kind in found.values()]
    if len(set(signs)) != len(signs):
        raise CatalogueBroken("two kinds of documents share a sign: their numbers would be the same")
    return found


def kind_of(code: str) -> Kind:
    """The kind of document with this code. Raises KindUnknown."""
    try:
        return kinds()[code]
    except KeyError as error:
        raise KindUnknown(code) from error
