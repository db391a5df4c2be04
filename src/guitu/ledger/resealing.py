"""Sealing anew: values of older keys are opened and sealed under the current one, in small batches.

Runs as guitu_owner. Each batch is a transaction of its own and takes only what is not under the current key: killed at
any moment, the next run goes on where it was. What does not open is left as it is and counted.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from guitu.ledger import keys


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values: its table, what each value is bound to (a pattern over the row's columns), and where
    the row's blind index stands with the column that names its kind. `at_once` rows are sealed in one transaction."""

    table: str
    column: str
    place: str
    index: tuple[str, str] | None = None
    at_once: int = 200

    @property
    def named(self) -> list[str]:
        """The columns that the pattern reads."""
        return sorted({name for _, name, _, _ in string.Formatter().parse(self.place) if name})


@dataclass
class Resealed:
    """How many values were sealed anew and how many did not open, with the first of these (table, column, id)."""

    sealed: int = 0
    unopened: int = 0
    first_unopened: tuple[str, str, str] | None = None


def used_labels(columns: Iterable[SealedColumn]) -> Counter[str]:
    """How many values stand under each ``suite/key id``. Values of an older installation have a key id alone."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for one in columns:
            cursor.execute(
                f"SELECT convert_from({_label(one)}, 'UTF8'), count(*) FROM {one.table}"  # nosec B608 # noqa: S608 - our own names
                f" WHERE {one.column} IS NOT NULL GROUP BY 1"
            )
            found.update({str(label): int(number) for label, number in cursor.fetchall()})
    return found


def reseal(columns: Iterable[SealedColumn], *, noted: Callable[[str, int], None]) -> Resealed:
    """Seal everything that is not under the current key; `noted` is told table and values done after each batch."""
    made = Resealed()
    for one in columns:
        after: str | None = None
        done = 0
        while True:
            with transaction.atomic():
                after, sealed = _batch(one, after, made)
            if after is None:
                break
            done += sealed
            noted(one.table, done)
    return made


def _label(one: SealedColumn) -> str:
    return f"substr({one.column}, 2, get_byte({one.column}, 0))"


def _batch(one: SealedColumn, after: str | None, made: Resealed) -> tuple[str | None, int]:
    """Seal the next rows by id after `after`; the last id of them (None: no more) and how many were sealed."""
    read = [*one.named, *([one.index[1]] if one.index else [])]
    columns = "".join(f", {name}::text" for name in read)
    label = keys.current_label().encode()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text, {one.column}{columns} FROM {one.table}"  # nosec B608 # noqa: S608 - our own names
            f" WHERE {one.column} IS NOT NULL AND {_label(one)} <> %s AND (%s::uuid IS NULL OR id > %s::uuid)"
            " ORDER BY id LIMIT %s FOR NO KEY UPDATE",
            [label, after, after, one.at_once],
        )
        rows = cursor.fetchall()
        changes: list[list[Any]] = []
        for key, sealed, *values in rows:
            row = dict(zip(read, values, strict=True))
            place = one.place.format(**row)
            try:
                plain = keys.decrypt_bytes(sealed, belongs_to=place)
            except (keys.KeyMissing, keys.ValueTampered):
                made.unopened += 1
                made.first_unopened = made.first_unopened or (one.table, one.column, str(key))
                continue
            change: list[Any] = [keys.encrypt_bytes(plain, belongs_to=place)]
            if one.index:
                change.append(keys.blind_index(row[one.index[1]], plain.decode()))
            changes.append([*change, key])
        indexed = f", {one.index[0]} = %s" if one.index else ""
        cursor.executemany(
            f"UPDATE {one.table} SET {one.column} = %s{indexed} WHERE id = %s::uuid",  # nosec B608 # noqa: S608 - our own names
            changes,
        )
    made.sealed += len(changes)
    return (str(rows[-1][0]) if rows else None), len(changes)
