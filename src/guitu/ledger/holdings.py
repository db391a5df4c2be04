"""What a room's tables hold about a person, decided column by column: told to the person, withheld, or technical.

The contract of the personal copy and of erasure (adr on the rights desk). Each room that holds persons has an
`exporting.py` naming its tables and columns in these words, and an `erasing.py`; the room `rights` gathers them.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from django.db import models

from guitu.ledger import keys

TOLD, WITHHELD, LEFT_OUT = "told", "withheld", "technical"
UNIT, POST = "unit", "post"
"""What an id that is told points at: `rights` puts the unit's name, or the post's title without a name, beside it."""

Row = Any
"""A row: an instance of the holding's model, read or made for a test."""


@dataclass(frozen=True)
class Decision:
    """What becomes of one column in the copy, and on which ground it is withheld where it is.

    `belongs_to` opens an encrypted value (bound to that text); `file` marks bytes that are given as they are. `unless`
    names rows in which a told column is withheld all the same. `words` puts a code into words. `written` marks what an
    officer or another organ wrote freely: who decides about a copy looks whether somebody else speaks in it.
    """

    kind: str
    ground: str = ""
    points_at: str = ""
    belongs_to: Callable[[Row], str] | None = None
    file: bool = False
    unless: Callable[[Row], bool] | None = None
    words: Callable[[Row], str] | None = None
    written: bool = False


TELL = Decision(TOLD)
TELL_UNIT = Decision(TOLD, points_at=UNIT)
TELL_POST = Decision(TOLD, points_at=POST)
TELL_WRITTEN = Decision(TOLD, written=True)
TECHNICAL = Decision(LEFT_OUT)
SPOKEN_BY_OTHERS = "STATEMENTS"
"""The ground on which whoever decides leaves a passage out."""


def tell(words: Callable[[Row], str]) -> Decision:
    """A column that is told together with its code in words."""
    return Decision(TOLD, words=words)


def opened(
    belongs_to: Callable[[Row], str],
    *,
    unless: Callable[[Row], bool] | None = None,
    ground: str = "",
    written: bool = False,
) -> Decision:
    """An encrypted column that is told in the clear, but for rows of which `unless` is true (on that ground)."""
    return Decision(TOLD, ground, belongs_to=belongs_to, unless=unless, written=written)


def withheld(ground: str) -> Decision:
    """A column that stays out of the copy, which says so; `ground` is a code of rulebook/data/rights."""
    return Decision(WITHHELD, ground)


@dataclass(frozen=True)
class Holding:
    """One table that holds persons: which rows are a person's, and what becomes of each column (by its name).

    `rows` reads them where the table is closed to pages; otherwise they are found by `of_person`. `closed` is the
    ground on which a whole table is left out unread, `partly` one on which rows may be: said whether there
    are any or not.
    """

    model: type[models.Model]
    columns: Mapping[str, Decision]
    of_person: str = "person_id"
    rows: Callable[[uuid.UUID], Iterable[Row]] | None = None
    closed: str = ""
    partly: str = ""

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.model._meta.db_table

    @property
    def title(self) -> str:
        """What the table is, in Chinese: its own comment."""
        return str(self.model._meta.db_table_comment)


@dataclass(frozen=True)
class Cell:
    """One value of the copy: column, what the column is, the value as text, and in words where it is a code or id.

    `key` names a passage that was written freely.
    """

    column: str
    label: str
    value: object
    shown: str
    points_at: str
    key: str = ""


@dataclass(frozen=True)
class Kept:
    """That something was left out: what, and on which ground."""

    label: str
    ground: str


@dataclass(frozen=True)
class TableCopy:
    """The copy of one table: its rows, and what was left out of them."""

    table: str
    title: str
    rows: tuple[tuple[Cell, ...], ...]
    kept: tuple[Kept, ...]


class Cursor(Protocol):
    """What erasing needs of a database cursor: Django's and psycopg's both have it."""

    def execute(self, query: Any, params: Sequence[Any] | None = None) -> Any:
        """Send one statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows of the last statement."""


def column_names(model: type[models.Model]) -> list[str]:
    """The columns of a model's table, in order."""
    return [field.column for field in model._meta.concrete_fields]


def undecided(holding: Holding) -> list[str]:
    """Columns of the table without a decision, decisions without a column, and withheld ones without a ground."""
    held = set(column_names(holding.model))
    found = [f"{holding.table}.{name}: no decision" for name in sorted(held - set(holding.columns))]
    found += [f"{holding.table}.{name}: no such column" for name in sorted(set(holding.columns) - held)]
    for name, decision in holding.columns.items():
        if not decision.ground and (decision.kind == WITHHELD or decision.unless is not None):
            found.append(f"{holding.table}.{name}: withheld without a ground")
    return found


def copied(holdings: Sequence[Holding], person_id: uuid.UUID) -> list[TableCopy]:
    """The copy of these tables for one person, as far as the acting session sees the rows. In the open transaction."""
    return [table_copy(holding, _rows_of(holding, person_id)) for holding in holdings]


def _rows_of(holding: Holding, person_id: uuid.UUID) -> Iterable[Row]:
    if holding.closed:
        return ()
    if holding.rows is not None:
        return holding.rows(person_id)
    manager: models.Manager[models.Model] = holding.model._default_manager
    return manager.filter(**{holding.of_person: person_id}).order_by("pk")


def table_copy(holding: Holding, rows: Iterable[Row]) -> TableCopy:
    """The copy of given rows: told columns as cells, and once for each withheld column that it was left out."""
    made: list[tuple[Cell, ...]] = []
    ground = holding.closed or holding.partly
    kept: dict[Kept, None] = {Kept(holding.title, ground): None} if ground else {}
    fields = {field.column: field for field in holding.model._meta.concrete_fields}
    for row in rows:
        cells: list[Cell] = []
        for name, decision in holding.columns.items():
            value = getattr(row, fields[name].attname, None)
            if decision.kind == LEFT_OUT or value is None or value in ("", []):
                continue
            label = _label(fields[name])
            if decision.kind == WITHHELD or (decision.unless is not None and decision.unless(row)):
                kept[Kept(label, decision.ground)] = None
                continue
            cell = _cell(name, label, value, decision, row)
            if cell.value != "":
                cells.append(replace(cell, key=_key(holding, name, row)) if decision.written else cell)
        made.append(tuple(cells))
    return TableCopy(holding.table, holding.title, tuple(made), tuple(kept))


def without(made: TableCopy, left_out: Collection[str]) -> TableCopy:
    """The copy of a table without these passages (`Cell.key`); it says that some were left out."""
    gone = {Kept(cell.label, SPOKEN_BY_OTHERS): None for row in made.rows for cell in row if cell.key in left_out}
    rows = tuple(tuple(cell for cell in row if not cell.key or cell.key not in left_out) for row in made.rows)
    return TableCopy(made.table, made.title, rows, tuple(dict.fromkeys((*made.kept, *gone))))


def passages(holding: Holding, person_id: uuid.UUID) -> list[tuple[str, str, str]]:
    """What was written freely in this table about the person: key, what the column is, the text (a file's name)."""
    written = {name: decision for name, decision in holding.columns.items() if decision.written}
    if not written or holding.closed:
        return []
    fields = {field.column: field for field in holding.model._meta.concrete_fields}
    found: list[tuple[str, str, str]] = []
    for row in _rows_of(holding, person_id):
        for name, decision in written.items():
            value = getattr(row, fields[name].attname)
            if not value or (decision.unless is not None and decision.unless(row)):
                continue
            text = row.file_name if decision.file else _cell(name, "", value, decision, row).value
            if text:
                found.append((_key(holding, name, row), _label(fields[name]), str(text)))
    return found


def _key(holding: Holding, column: str, row: Row) -> str:
    return f"{holding.table}.{column}:{row.pk}"


def _label(field: models.Field[Any, Any]) -> str:
    return str(getattr(field, "db_comment", "") or field.column)


def _cell(name: str, label: str, value: object, decision: Decision, row: Row) -> Cell:
    plain: object
    if decision.belongs_to is not None and decision.file:
        data = keys.decrypt_bytes(bytes(value), belongs_to=decision.belongs_to(row))  # type: ignore[call-overload]
        return Cell(name, label, base64.b64encode(data).decode("ascii"), "", "file")
    if decision.belongs_to is not None:
        plain = keys.decrypt(bytes(value), belongs_to=decision.belongs_to(row))  # type: ignore[call-overload]
    else:
        plain = as_plain(value)
    return Cell(name, label, plain, decision.words(row) if decision.words else "", decision.points_at)


def as_plain(value: object) -> object:
    """A value of a column as JSON has it: moments ISO 8601 in UTC, days ISO 8601, ids and ranges as text."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)


def erased(room: str, person_id: uuid.UUID, cursor: Cursor) -> dict[str, int]:
    """Delete the rows of a room's tables that hold the person; how many of each table.

    The function of the database (compiled from the cage, so that no table is forgotten) lets nobody call it but the
    worker while it carries out a decision to erase this very person, and the owner after a restore.
    """
    cursor.execute(f"SELECT * FROM {room}_erase(%s::uuid)", [person_id])  # nosec B608 # noqa: S608 - a room's own name
    return {str(table): int(gone) for table, gone in cursor.fetchall()}
