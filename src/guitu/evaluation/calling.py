"""Calling the functions of the database that an evaluation is made of, each argument with its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

Argument = tuple[str, Any]


def _call(function: str, arguments: tuple[Argument, ...]) -> tuple[str, list[Any]]:
    places = ", ".join(f"%s::{kind}" for kind, _ in arguments)
    return f"{function}({places})", [value for _, value in arguments]


def told(function: str, *arguments: Argument) -> Any:
    """What a function of one value says. Inside the caller's transaction."""
    text, values = _call(function, arguments)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {text}", values)
        return cursor.fetchone()[0]


def page(
    function: str, *arguments: Argument, first: int, most: int, where: str = "true", given: Sequence[Any] = ()
) -> tuple[list[tuple[Any, ...]], int]:
    """At most `most` rows of such a function in its own order from `first` on, where a condition of our own over its
    columns holds (its values `given`), and how many hold in all. Inside the caller's transaction; one call.
    """
    text, values = _call(function, arguments)
    # Names of functions, types and conditions stand in the code.
    query = (
        f"WITH found AS MATERIALIZED (SELECT * FROM {text} WITH ORDINALITY WHERE {where}),"  # nosec B608 # noqa: S608 - names of our own functions
        " shown AS (SELECT * FROM found ORDER BY ordinality OFFSET %s LIMIT %s)"
        " SELECT counted.every, shown.* FROM (SELECT count(*) AS every FROM found) counted"
        " LEFT JOIN shown ON true ORDER BY shown.ordinality"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, *given, first, most])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return [row[1:-1] for row in found if row[-1] is not None], found[0][0]


def rows(function: str, *arguments: Argument) -> list[tuple[Any, ...]]:
    """The rows of a function that gives a table. Inside the caller's transaction."""
    text, values = _call(function, arguments)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {text}", values)  # nosec B608 # noqa: S608 - names of functions and types stand in the code
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
