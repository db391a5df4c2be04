"""Whether a version lies among those an advisory names: lists, OSV ranges, CycloneDX ``vers`` ranges.

Sources: OSV schema 1.6 (evaluation of ``affected``), package-url VERS, PEP 440, Semantic Versioning 2.0.0.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from packaging.version import InvalidVersion, Version

from guitu.launcher.components import PYPI

_SEMANTIC = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+.*)?")
_BOUND = re.compile(r"(>=|<=|!=|>|<|=)?(.+)")


class Unreadable(ValueError):
    """A version or range that cannot be compared; says which."""


def order_of(ecosystem: str, version: str) -> Any:
    """What versions of an ecosystem are compared by. Raises Unreadable."""
    if ecosystem == PYPI:
        try:
            return Version(version)
        except InvalidVersion as error:
            raise Unreadable(version) from error
    parts = _SEMANTIC.fullmatch(version)
    if parts is None:
        raise Unreadable(version)
    numbers = tuple(int(one or 0) for one in parts.groups()[:3])
    if parts[4] is None:
        return (*numbers, (1,))
    marks = tuple((0, int(one), "") if one.isdigit() else (1, 0, one) for one in parts[4].split("."))
    return (*numbers, (0, marks))


def listed(ecosystem: str, version: str, affected: Mapping[str, Any]) -> bool:
    """Whether an OSV ``affected`` names the version, by its list or its ranges. Raises Unreadable for neither."""
    if version in affected.get("versions", ()):
        return True
    ranges = [one for one in affected.get("ranges", ()) if one.get("type") in {"ECOSYSTEM", "SEMVER"}]
    if not ranges and not affected.get("versions"):
        raise Unreadable("no range")
    return any(_within(ecosystem, version, one.get("events", ())) for one in ranges)


def _within(ecosystem: str, version: str, events: Iterable[Mapping[str, str]]) -> bool:
    own, steps = order_of(ecosystem, version), []
    for event in events:
        for kind, at in event.items():
            if kind == "introduced" and at == "0":
                steps.append((False, own, 2, kind))  # before every version
            elif at != "*":
                steps.append((True, order_of(ecosystem, at), {"introduced": 1}.get(kind, 0), kind))
    inside = False
    for later, at, _, kind in sorted(steps, key=lambda step: step[:3]):
        if kind == "introduced" and (not later or own >= at):
            inside = True
        elif (kind in {"fixed", "limit"} and own >= at) or (kind == "last_affected" and own > at):
            inside = False
    return inside


def among(ecosystem: str, version: str, spans: Sequence[Mapping[str, str]]) -> bool:
    """Whether a CycloneDX ``versions`` list names the version as affected; no list at all means every version."""
    hit = not spans
    for one in spans:
        if one.get("status", "affected") == "unaffected":
            if _spans(ecosystem, version, one):
                return False
        elif _spans(ecosystem, version, one):
            hit = True
    return hit


def _spans(ecosystem: str, version: str, one: Mapping[str, str]) -> bool:
    if "version" in one:
        return bool(order_of(ecosystem, one["version"]) == order_of(ecosystem, version))
    scheme, _, written = one.get("range", "").partition("/")
    if not scheme.startswith("vers:") or not written:
        raise Unreadable(one.get("range", "no range"))
    return written == "*" or _in_vers(ecosystem, version, written)


def _in_vers(ecosystem: str, version: str, written: str) -> bool:
    own, bounds = order_of(ecosystem, version), []
    for part in written.split("|"):
        found = _BOUND.fullmatch(part.strip())
        if found is None:
            raise Unreadable(written)
        bounds.append((found[1] or "=", order_of(ecosystem, unquote(found[2]))))
    if any(sign == "!=" and at == own for sign, at in bounds):
        return False
    if any("=" in sign and sign != "!=" and at == own for sign, at in bounds):
        return True
    edges = sorted(((at, sign[0]) for sign, at in bounds if sign[0] in "<>"), key=lambda edge: edge[0])
    if not edges:
        return False
    below, above = edges[0], edges[-1]
    if (below[1] == "<" and own < below[0]) or (above[1] == ">" and own > above[0]):
        return True
    return any(low[1] == ">" and high[1] == "<" and low[0] < own < high[0] for low, high in itertools.pairwise(edges))
