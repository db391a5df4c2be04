"""The one reader of the law cases: what a case asks, what the rulebook answers, and where they differ."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook import RefusalError, Rulebook, crosswalk
from guitu.rulebook.clocks import count_clock, count_term, facts_as_words, legal_day, read_start
from guitu.rulebook.counting import LEGAL_TIME
from guitu.rulebook.records import Limit

FOLDER = Path(__file__).parent
Case = dict[str, Any]
_KEYS = {"name", "name_en", "covers", "rule", "clock", "from", "given", "expect", "worked_by_hand"}
_EXPECT = {"statutory", "service", "provisional", "refused", "threshold", "map", "in_time"}
_CLOCK_KEYS = {"direction", "kind", "layer", "value", "unit", "roll", "statutory", "service"}
_ASIDE = ("custody", "province", "travel_days", "posted", "received", "as_of")


def read_cases() -> list[Case]:
    """All cases of the folder, each with the file it stands in; a malformed one is an error."""
    cases: list[Case] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
            where = f"{path.name}: {case.get('name')}"
            assert set(case) <= _KEYS, f"{where}: unknown keys {set(case) - _KEYS}"
            missing = [key for key in ("name", "name_en", "worked_by_hand", "covers", "expect") if not case.get(key)]
            assert not missing, f"{where}: without {missing}"
            assert set(case["expect"]) <= _EXPECT, f"{where}: unknown expectations"
            cases.append({**case, "file": path.name})
    return cases


def differences(case: Case, book: Rulebook) -> list[str]:
    """What the rulebook answers otherwise than the jurist; empty where they agree."""
    expect, given = case["expect"], dict(case.get("given") or {})
    if "map" in expect:
        return _mapping(expect["map"], book)
    if "threshold" in expect:
        return _thresholds(case, expect["threshold"], book)
    try:
        answer = _ask(case, given, book)
    except RefusalError as refusal:
        return _compare({"refused": refusal.reason}, expect)
    if "in_time" in expect and answer["moment"] is not None:
        answer["in_time"] = answer["moment"].in_time(
            received_at=_instant(given.get("received")), posted_at=_instant(given.get("posted"))
        )
    return _compare(answer, expect)


def _ask(case: Case, given: dict[str, Any], book: Rulebook) -> dict[str, Any]:
    start = read_start(str(case["from"]))
    custody, travel_days = bool(given.get("custody", False)), int(given.get("travel_days", 0))
    facts = {name: fact for name, fact in given.items() if name not in _ASIDE}
    if "rule" in case:
        province = given.get("province")
        due = book.due(
            case["rule"],
            start,
            custody=custody,
            province=str(province) if province is not None else None,
            facts=facts,
            travel_days=travel_days,
        )
        statutory, service, provisional = due.statutory, due.service, due.provisional
    else:
        clock = case["clock"]
        assert set(clock) <= _CLOCK_KEYS, f"unknown keys in the clock of {case['name']}"
        words = facts_as_words(facts)
        if clock["kind"] == "term" and "value" not in clock:
            counted = count_term(start, **{name: int(word) for name, word in words.items()})
        else:
            layers = {layer: clock[layer] for layer in ("statutory", "service") if layer in clock}
            if "layer" in clock:
                layers[clock["layer"]] = clock
            limits = {
                layer: Limit(part["value"], part["unit"], part.get("roll", "none")) for layer, part in layers.items()
            }
            counted = count_clock(
                limits.get("statutory"),
                limits.get("service"),
                start,
                kind=clock["kind"],
                direction=clock["direction"],
                calendar=book.calendar,
                custody=custody,
                travel_days=travel_days,
            )
        statutory, service, provisional = counted.statutory, counted.service, counted.provisional
    return {
        "statutory": statutory.as_json() if statutory else None,
        "service": service.as_json() if service else None,
        "provisional": provisional,
        "moment": statutory,
    }


def _compare(answer: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    found = []
    for key, wanted in expect.items():
        got = answer.get(key)
        if isinstance(wanted, dict):
            told = got if isinstance(got, dict) else {}
            found += [
                f"{key}.{part}: worked by hand {_text(day)}, computed {told.get(part)}"
                for part, day in wanted.items()
                if told.get(part) != _text(day)
            ]
        elif got != wanted:
            found.append(f"{key}: worked by hand {wanted}, computed {got}")
    return found


def _thresholds(case: Case, wanted: dict[str, Any], book: Rulebook) -> list[str]:
    start = legal_day(read_start(str(case["from"])))
    as_of = start + dt.timedelta(days=wanted["days"])
    fulfilled = {state.threshold.id: state.fulfilled for state in book.thresholds(case["rule"], start, as_of)}
    claims = {**dict.fromkeys(wanted.get("reached", []), True), **dict.fromkeys(wanted.get("not_reached", []), False)}
    return [f"{name}: worked by hand {claim}" for name, claim in claims.items() if fulfilled.get(name) is not claim]


def _mapping(wanted: dict[str, Any], book: Rulebook) -> list[str]:
    try:
        grade = crosswalk.map_grade(book.crosswalk(wanted["table"]), wanted["value"])
    except RefusalError as refusal:
        # A refusal that the case does not name is a difference, never a pass.
        return _compare({"refused": refusal.reason}, {"refused": wanted.get("refused")})
    answer = {"to": grade.to, "provisional": grade.provisional, "value": grade.value, "table": wanted["table"]}
    return _compare(answer, wanted)


def _instant(text: object) -> dt.datetime | None:
    if text is None:
        return None
    start = read_start(str(text))
    assert isinstance(start, dt.datetime)
    return start if start.tzinfo else start.replace(tzinfo=LEGAL_TIME)


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
