"""``weaknesses``: known weaknesses, carried in as files, compared with what the lock files name. No network is asked.

A file is an OSV entry, a list of them, the archive or folder in which a registry's entries are published, or a
CycloneDX document with ``vulnerabilities``. What cannot be compared is said and is no "nothing known".
"""

from __future__ import annotations

import datetime
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from guitu.launcher.components import ECOSYSTEMS, Component, locked, plain
from guitu.launcher.speech import LauncherError
from guitu.launcher.versions import Unreadable, among, listed

REMEDY = Path("security/remedy.yaml")
CLEAN, AFFECTED, NOT_WHOLE = 0, 1, 2


@dataclass(frozen=True)
class Weakness:
    """A known weakness of a locked package. `known_on`: the legal day on which its entry was published."""

    id: str
    component: Component
    known_on: datetime.date | None
    severity: str
    summary: str


@dataclass(frozen=True)
class _Stated:
    """What an entry states of a weakness, whatever its form; the moment and the words as they are written there."""

    id: str
    published: str
    severity: str
    words: str


@dataclass
class Compared:
    """What a comparison found. `entries`: how many of each ecosystem were read; `newest`: the last change of any."""

    found: list[Weakness] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ECOSYSTEMS, 0))
    newest: str = ""


@dataclass(frozen=True)
class Remedy:
    """The written time frames, and what has been answered: by weakness, package and version, with its reason."""

    reachable_working_days: int
    other: datetime.timedelta
    answered: Mapping[tuple[str, str], str]

    def due_on(self, one: Weakness) -> datetime.date | None:
        """The last day for a weakness that cannot be reached from outside; None where nobody says since when."""
        return one.known_on + self.other if one.known_on else None


def remedy_of(text: str) -> Remedy:
    """Read security/remedy.yaml. Raises LauncherError for a figure that is none and an answer without its reason."""
    held = yaml.safe_load(text) or {}
    named: list[Any] = [held.get(name) for name in ("reachable_working_days", "other_days", "answered")]
    reachable, other, answers = named
    if (
        not all(isinstance(one, int) and one > 0 for one in (reachable, other))
        or not isinstance(answers, list)
        or not all(
            set(one) == {"id", "component", "why", "answered_on"} and len(str(one["why"])) > 10 for one in answers
        )
    ):
        raise LauncherError(
            f"{REMEDY} 里的天数须为正整数，每条处置须写明 id、component、why（理由）和 answered_on（日期）",
            f"{REMEDY}: figures are whole and above zero; each answer names id, component, why and answered_on",
            exit_code=NOT_WHOLE,
        )
    by = {(one["id"], one["component"]): one["why"] for one in answers}
    return Remedy(reachable, datetime.timedelta(days=other), by)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The documents in a file, an archive or a folder. Raises LauncherError for what is none."""
    try:
        if path.is_dir():
            for part in sorted(path.rglob("*.json")):
                yield from _documents(part.read_bytes())
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".json"):
                        yield from _documents(archive.read(name))
        else:
            yield from _documents(path.read_bytes())
    except (OSError, RuntimeError, UnicodeDecodeError, json.JSONDecodeError, zipfile.BadZipFile, zlib.error) as error:
        raise LauncherError(
            f"读不了 {path}：{error}", f"{path} cannot be read: {error}", exit_code=NOT_WHOLE
        ) from error


def _documents(data: bytes) -> Iterator[dict[str, Any]]:
    text = data.decode("utf-8")
    try:
        held = [json.loads(text)]
    except json.JSONDecodeError:
        held = [json.loads(line) for line in text.splitlines() if line.strip()]  # one entry a line
    for one in held:
        whole = one if isinstance(one, list) else one.get("vulns", [one]) if isinstance(one, dict) else [one]
        for entry in whole:
            if not isinstance(entry, dict) or not ("affected" in entry or "vulnerabilities" in entry or "id" in entry):
                raise json.JSONDecodeError("neither OSV nor CycloneDX", text[:1], 0)
            yield entry


def compare(documents: Iterable[dict[str, Any]], components: Sequence[Component]) -> Compared:
    """Hold every entry against the locked packages; each weakness once for each package and version."""
    held: dict[tuple[str, str], list[Component]] = {}
    for one in components:
        held.setdefault((one.ecosystem, one.name), []).append(one)
    told = Compared()
    for document in documents:
        try:
            if document.get("bomFormat") == "CycloneDX":
                _compare_cyclonedx(document, held, told)
            elif not document.get("withdrawn"):
                _compare_osv(document, held, told)
        except (AttributeError, TypeError) as error:  # a list or a word where its form wants something else
            told.not_compared.append(f"{document.get('id', '?')}  ({error})")
    told.found = sorted(set(told.found), key=lambda one: (one.component.purl, one.id))
    told.not_compared = sorted(set(told.not_compared))
    return told


def _note(told: Compared, ecosystem: str, moment: str) -> None:
    told.entries[ecosystem] += 1
    told.newest = max(told.newest, moment)


def _day(moment: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(moment[:10])
    except ValueError:
        return None


def _package(affected: Mapping[str, Any]) -> tuple[str, str]:
    held = affected.get("package", {})
    ecosystem = str(held.get("ecosystem", "")).partition(":")[0].lower()
    return ecosystem, plain(ecosystem, str(held.get("name", "")))


def _judge(told: Compared, of: Sequence[Component], found: _Stated, affects: Callable[[str, str], bool]) -> None:
    for one in of:
        try:
            hit = affects(one.ecosystem, one.version)
        except Unreadable as unread:
            told.not_compared.append(f"{found.id}  {one.purl}  ({unread})")
            continue
        if hit:
            summary = next(iter(found.words.strip().splitlines()), "")
            told.found.append(Weakness(found.id, one, _day(found.published), found.severity, summary))


def _compare_osv(entry: dict[str, Any], held: Mapping[tuple[str, str], list[Component]], told: Compared) -> None:
    severity = str(entry.get("database_specific", {}).get("severity", "")) or next(
        (str(one.get("score", "")) for one in entry.get("severity", ())), ""
    )
    words = str(entry.get("summary") or entry.get("details", ""))
    stated = _Stated(str(entry.get("id", "?")), str(entry.get("published", "")), severity, words)
    by_package = [(_package(affected), affected) for affected in entry.get("affected", ())]
    for ecosystem in {ecosystem for (ecosystem, _), _ in by_package} & set(ECOSYSTEMS):
        _note(told, ecosystem, str(entry.get("modified", stated.published)))
    for package, affected in by_package:
        _judge(told, held.get(package, ()), stated, partial(listed, affected=affected))


def _compare_cyclonedx(bom: dict[str, Any], held: Mapping[tuple[str, str], list[Component]], told: Compared) -> None:
    named = {str(one.get("bom-ref", "")): str(one.get("purl", "")) for one in bom.get("components", ())}
    for entry in bom.get("vulnerabilities", ()):
        severity = next((str(one.get("severity", "")) for one in entry.get("ratings", ())), "")
        words = str(entry.get("description", ""))
        stated = _Stated(str(entry.get("id", "?")), str(entry.get("published", "")), severity, words)
        for affects in entry.get("affects", ()):
            ref = str(affects.get("ref", ""))
            ref = named.get(ref) or named.get(unquote(ref.rpartition("#")[2])) or ref
            if not ref.startswith("pkg:"):
                told.not_compared.append(f"{stated.id}  {ref}")
                continue
            kind, _, rest = ref.removeprefix("pkg:").partition("?")[0].partition("/")
            name, _, version = rest.rpartition("@") if "@" in rest else (rest, "", "")
            if kind not in ECOSYSTEMS:
                continue
            _note(told, kind, str(entry.get("updated", stated.published)))
            spans = affects.get("versions") or ([{"version": unquote(version)}] if version else [])
            _judge(told, held.get((kind, plain(kind, unquote(name))), ()), stated, partial(among, spans=spans))


def weaknesses(root: Path, files: Sequence[Path], *, today: datetime.date, as_json: bool) -> int:
    """Compare and print; returns 0 nothing known, 1 something affected and not answered, 2 not compared wholly."""
    remedy = remedy_of((root / REMEDY).read_text(encoding="utf-8"))
    components = locked(root)
    told = compare((document for path in files for document in read(path)), components)
    without = [one for one in ECOSYSTEMS if not told.entries[one]]
    waiting = [one for one in told.found if (one.id, one.component.purl) not in remedy.answered]
    code = AFFECTED if waiting else NOT_WHOLE if without or told.not_compared else CLEAN
    if as_json:
        answer = {
            "components": len(components),
            "entries": told.entries,
            "newest": told.newest,
            "not_covered": without,
            "not_compared": told.not_compared,
            "affected": [_as_data(one, remedy, today) for one in told.found],
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
        return code
    read_of = "  ".join(f"{name} {number}" for name, number in told.entries.items())
    lines = [f"组件 {len(components)} 个；读入条目 {read_of}；最新一条 {told.newest or '—'}"]
    lines += [f"{len(components)} components; entries read: {read_of}; the newest of {told.newest or '—'}"]
    for one in told.found:
        lines += _sentences(one, remedy, today)
    lines += [f"? 没能比对 · not compared: {line}" for line in told.not_compared]
    lines += [f"? 文件里没有 {one} 的条目，这一类没有比对 · no entry of {one}: not compared" for one in without]
    if code == CLEAN:
        lines.append("没有未处置的已知漏洞  ·  no known weakness that is not answered")
    elif waiting:
        days = remedy.reachable_working_days
        lines.append(f"从外面够得着的，须在 {days} 个工作日内处置（升级或者关闭功能）")
        lines.append(f"What can be reached from outside is answered within {days} working days (upgrade or close)")
    sys.stdout.write("\n".join(lines) + "\n")
    return code


def _as_data(one: Weakness, remedy: Remedy, today: datetime.date) -> dict[str, Any]:
    due = remedy.due_on(one)
    return {
        "id": one.id,
        "component": one.component.purl,
        "serves": one.component.serves,
        "severity": one.severity,
        "summary": one.summary,
        "known_on": one.known_on.isoformat() if one.known_on else None,
        "due_on": due.isoformat() if due else None,
        "overdue": due is not None and today > due,
        "answered": remedy.answered.get((one.id, one.component.purl)),
    }


def _sentences(one: Weakness, remedy: Remedy, today: datetime.date) -> list[str]:
    told = _as_data(one, remedy, today)
    use = "运行时用 · serves" if told["serves"] else "只用于构建和检验 · builds or checks only"
    lines = [f"{'·' if told['answered'] else '✗'} {one.id}  {told['component']}  {one.severity}  {use}"]
    if one.summary:
        lines.append(f"    {one.summary}")
    if told["answered"]:
        return [*lines, f"    已处置 · answered: {told['answered']}"]
    late = "，已逾期 · overdue" if told["overdue"] else ""
    known, due = told["known_on"] or "?", told["due_on"] or "?"
    return [*lines, f"    公布 · published {known}，最迟 · at the latest {due}{late}"]
