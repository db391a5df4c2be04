"""How the pure verbs answer: JSON on request, Chinese with English beside otherwise; exit codes 0, 1, 2."""

from __future__ import annotations

import json
from typing import NoReturn

import typer

from guitu.rulebook import RefusalError, RulebookError

PROBLEM = 1
REFUSED = 2


def as_json(answer: object) -> str:
    """One JSON text with Chinese readable."""
    return json.dumps(answer, ensure_ascii=False)


def refusal_json(error: RefusalError, **known: object) -> dict[str, object]:
    """A refusal as data."""
    return {**known, "refused": error.reason, "message_zh": error.zh, "message_en": error.en}


def refuse(error: RefusalError, json_output: bool, **known: object) -> NoReturn:
    """Says why a question is refused and leaves with exit code 2."""
    if json_output:
        typer.echo(as_json(refusal_json(error, **known)))
    else:
        typer.echo(f"不予计算：{error.zh}\nRefused: {error.en}", err=True)
    raise typer.Exit(REFUSED)


def fail(zh: str, en: str) -> NoReturn:
    """Says what is wrong with the question and leaves with exit code 1."""
    typer.echo(f"{zh}\n{en}", err=True)
    raise typer.Exit(PROBLEM)


def stop_for(error: RulebookError) -> NoReturn:
    """Shows every problem of a rulebook that may not be used and leaves with exit code 1."""
    for problem in error.problems:
        typer.echo(str(problem), err=True)
    raise typer.Exit(PROBLEM)
