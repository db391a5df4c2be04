"""Many rows go to the database as one parameter.

Django binds every value of a bulk insert by itself, tens of thousands of them a statement; taking such a statement
apart costs more than storing the rows. Here all rows travel as one JSON text that the database unfolds into columns.
"""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from typing import Any

import psycopg
from django.db.backends.postgresql import compiler
from django.db.backends.postgresql.compiler import (  # type: ignore[import-untyped] # no stubs for it
    SQLAggregateCompiler,
    SQLCompiler,
    SQLDeleteCompiler,
    SQLUpdateCompiler,
)
from psycopg.types.range import Range

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]


class RowsFromJson(compiler.InsertUnnest):  # type: ignore[misc] # no stubs for it
    """The source of a bulk insert: one JSON text, unfolded into the columns of the statement in their order."""

    def __str__(self) -> str:
        return f"json_to_recordset(%s::json) AS given({', '.join(self)})"


class SQLInsertCompiler(compiler.SQLInsertCompiler):  # type: ignore[misc] # no stubs for it
    """Sends the literal rows of a bulk insert as one JSON parameter; all else as Django does."""

    def assemble_as_sql(self, fields: Any, value_rows: Any) -> Any:
        """Placeholders and parameters of the rows."""
        if len(value_rows) <= 1 or any(field is None for field in fields):
            return super().assemble_as_sql(fields, value_rows)
        if any(hasattr(value, "as_sql") for row in value_rows for value in row):
            return super().assemble_as_sql(fields, value_rows)
        names = [f"c{place}" for place in range(len(fields))]
        rows = [dict(zip(names, row, strict=True)) for row in value_rows]
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=as_text)
        columns = [
            f"{name} {field.db_type(self.connection).split('(')[0]}" for name, field in zip(names, fields, strict=True)
        ]
        return RowsFromJson(columns), [[text]]


def as_text(value: object) -> str:
    """A value that JSON does not know, in the words in which PostgreSQL reads its type. Raises TypeError."""
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, psycopg.Binary):
        value = value.obj
    if isinstance(value, bytes | bytearray | memoryview):
        return f"\\x{bytes(value).hex()}"
    if isinstance(value, Range):
        return _range(value)
    raise TypeError(f"a bulk insert cannot carry a {type(value).__name__}")


def _range(value: Range[Any]) -> str:
    if value.isempty:
        return "empty"
    lower, upper = ("" if end is None else f'"{as_text(end)}"' for end in (value.lower, value.upper))
    bounds = value.bounds or "[)"
    return f"{bounds[0]}{lower},{upper}{bounds[1]}"
