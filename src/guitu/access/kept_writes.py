"""Which writes owe an entry of the ledger: what compile makes from cage.yaml and kept.yaml (sql/written.sql)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

NAMING = frozenset({"person", "pair", "addressed"})
"""Kinds of table whose rows are about a person: the entry names the person, unless kept.yaml says otherwise."""
SERVING = "session_user IN ('guitu_app', 'guitu_job', 'guitu_signin')"
ANYBODY = "session_user <> 'guitu_load'"
"""The bulk loader of a generated province writes nothing that anybody has done."""


def kept() -> dict[str, Any]:
    """What kept.yaml says."""
    said: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "kept.yaml").read_text(encoding="utf-8"))
    return said


def problems(cage: dict[str, Any], said: dict[str, Any]) -> list[str]:
    """The tables of the cage of which it is not said, or said twice, whether they owe; and lines without a table."""
    found = []
    words = [table for part in ("act", "machine", "free") for table in said[part]]
    for table, line in cage["tables"].items():
        if words.count(table) > 1 or (not words.count(table) and line["cage"] not in NAMING):
            found.append(f"kept.yaml must say once whether {table} owes an entry of the ledger")
    named = {*words, *said["silent"], *said["begun"]}
    found += [f"kept.yaml names no table: {name}" for name in named - set(cage["tables"])]
    return sorted(found)


def triggers(cage: dict[str, Any], said: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The statement that makes each trigger, by table and name."""
    made = {}
    for table, line in cage["tables"].items():
        if table in said["free"]:
            continue
        unnamed = table in said["act"] or table in said["machine"]
        whom = "" if unnamed else line["subject"]
        silent = f"{{{','.join(said['silent'][table])}}}" if table in said["silent"] else ""
        when = ANYBODY if table in said["machine"] else SERVING
        for name, event, seen in (
            ("owes_an_entry", "INSERT", "NEW TABLE AS written"),
            ("owes_an_entry_again", "UPDATE", "OLD TABLE AS former NEW TABLE AS written"),
        ):
            if event == "INSERT" and table in said["begun"]:
                continue
            made[table, name] = (
                f'CREATE OR REPLACE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {seen}'
                f" FOR EACH STATEMENT WHEN ({when}) EXECUTE FUNCTION ledger_owe('{whom}', '{silent}')"
            )
    return made
