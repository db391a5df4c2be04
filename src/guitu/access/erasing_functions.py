"""The functions by which rooms erase a person, made by compile from the cage: no table of persons is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BY_HAND = frozenset({"access", "ledger"})
"""Rooms whose forgetting is written out in sql/: what they keep, and why, is said there."""
ROOT = "people_person"
_CHILDREN, _ROWS, _ROOT = range(3)


def of_rooms(cage: Mapping[str, Any]) -> list[str]:
    """One statement for each room that holds persons: ``CREATE FUNCTION <room>_erase(person)``.

    Deletes in one order: what hangs on other rows, rows about the person, the person. What outlives them stays without
    its person. Each call is refused unless a decision to erase this person is being carried out (`rights_may_erase`).
    """
    rooms: dict[str, list[tuple[int, str, str]]] = {}
    outliving = {table: line["outlives"] for table, line in cage["tables"].items() if "outlives" in line}
    for table, line in cage["tables"].items():
        room = table.partition("_")[0]
        condition = _whose(line)
        if condition and room not in BY_HAND:
            order = _CHILDREN if "hangs" in line else _ROOT if table == ROOT else _ROWS
            rooms.setdefault(room, []).append((order, table, condition))
    return [_function(room, sorted(tables), outliving) for room, tables in sorted(rooms.items())]


def _whose(line: Mapping[str, Any]) -> str:
    """Which rows of a table are about the person; empty where none can be."""
    if "hangs" in line:
        by, parent = line["hangs"]["by"], line["hangs"]["from"]
        return f"{by} IN (SELECT h.id FROM {parent} h WHERE h.person_id = person)"  # nosec B608 # noqa: S608 - names from the cage
    if "subject" not in line:
        return ""
    also = f" OR {line['also']} = person" if "also" in line else ""
    return f"{line['subject']} = person{also}"


def _function(room: str, tables: list[tuple[int, str, str]], outliving: Mapping[str, str]) -> str:
    steps = "\n".join(_step(table, condition, outliving.get(table, "")) for _, table, condition in tables)
    return (
        f"CREATE OR REPLACE FUNCTION {room}_erase(person uuid) RETURNS TABLE (from_table text, gone bigint)"
        " LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$\n"
        "#variable_conflict use_column\nBEGIN\n"
        f"  PERFORM rights_may_erase(person);\n{steps}\nEND $$"
    )


def _step(table: str, condition: str, outlives: str) -> str:
    """Delete what is about the person; before it, let rows that outlive them stand without their person."""
    kept = f"  UPDATE {table} SET person_id = NULL WHERE {condition} AND {outlives};\n" if outlives else ""  # nosec B608 # noqa: S608 - from the cage
    return (
        f"{kept}  DELETE FROM {table} WHERE {condition};\n"  # nosec B608 # noqa: S608 - names from the cage
        f"  GET DIAGNOSTICS gone = ROW_COUNT; from_table := '{table}'; RETURN NEXT;"
    )
