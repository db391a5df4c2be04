"""Calling the functions of the database that an evaluation is made of, each argument with its type."""

from __future__ import annotations

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


def rows(function: str, *arguments: Argument) -> list[tuple[Any, ...]]:
    """The rows of a function that gives a table. Inside the caller's transaction."""
    text, values = _call(function, arguments)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {text}", values)  # noqa: S608 - names of functions and types stand in the code
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
