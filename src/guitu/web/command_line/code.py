"""``guitu code …``: code tables, and what a grade of one scale leads to on another."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Annotated

import typer

from guitu.rulebook import MappedGrade, RefusalError, Rulebook, RulebookError, load_national, map_grade
from guitu.rulebook.clocks import read_start
from guitu.rulebook.describing import as_data
from guitu.web.command_line.answering import as_json, fail, refuse, stop_for

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="代码表与对照 · code tables")
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
UNASSESSED = ("", "null", "NULL")


def _book() -> Rulebook:
    try:
        return load_national()
    except RulebookError as error:
        stop_for(error)


@app.command("list")
def list_tables(json_output: JsonOption = False) -> None:
    """列出代码表和对照表 · list the code tables and crosswalks."""
    book = _book()
    rows = [
        {"id": table.id, "kind": "table", "zh": table.zh, "en": table.en, "standard": table.standard}
        for table in book.codes.values()
    ]
    rows += [
        {"id": walk.id, "kind": "crosswalk", "zh": walk.zh, "en": walk.en, "standard": None}
        for walk in book.crosswalks.values()
    ]
    if json_output:
        typer.echo(as_json(rows))
        return
    for row in rows:
        typer.echo(f"{row['id']}\t{row['kind']}\t{row['zh']} · {row['en']}")


@app.command()
def show(table: Annotated[str, typer.Argument(metavar="TABLE")], json_output: JsonOption = False) -> None:
    """显示一张代码表 · show one code table."""
    try:
        found = _book().code_table(table)
    except RefusalError as error:
        refuse(error, json_output, table=table)
    if json_output:
        typer.echo(as_json(as_data(found)))
        return
    typer.echo(f"{found.id} {found.zh} · {found.en} ({found.standard or '-'})")
    for entry in found.codes:
        typer.echo(f"{entry.code}\t{entry.zh} · {entry.en}")


@app.command("map")
def map_value(  # noqa: PLR0917 - one parameter for each option of the verb
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="未评估写 null · null where not assessed")],
    scale: Annotated[str | None, typer.Option(help="原量表 · the scale of the source")] = None,
    assessed_on: Annotated[str | None, typer.Option(help="评估日期 · day of the assessment")] = None,
    mapped_at: Annotated[str | None, typer.Option("--at", help="对照时刻 · when it is mapped")] = None,
    json_output: JsonOption = False,
) -> None:
    """一个等级在另一尺度上是什么（暂定） · what a grade leads to on the other scale (provisional)."""
    book = _book()
    try:
        walk = book.crosswalk(table)
        grade = map_grade(
            walk,
            None if value in UNASSESSED else value,
            scale=scale,
            assessed_on=_day(assessed_on),
            mapped_at=read_start(mapped_at) if mapped_at is not None else None,
        )
    except RefusalError as error:
        refuse(error, json_output, table=table, value=value)
    except ValueError as error:
        zh, _, en = str(error).partition(" · ")
        fail(zh, en)
    if json_output:
        stands = {"value": walk.provisional.value, "unit": walk.provisional.unit}
        typer.echo(
            as_json({"crosswalk": walk.id, **_plain(grade), "provisional_for": stands, "verified": walk.verified})
        )
        return
    typer.echo(_told(book, walk.from_table, walk.to_table, grade))


def _plain(grade: MappedGrade) -> dict[str, object]:
    return {field.name: as_data(getattr(grade, field.name)) for field in dataclasses.fields(grade)}


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    start = read_start(text)
    return start.date() if isinstance(start, dt.datetime) else start


def _told(book: Rulebook, from_table: str, to_table: str, grade: MappedGrade) -> str:
    if grade.value is None or grade.to is None:
        return "未评估：没有等级，从不视为低 · not assessed: no grade, never taken as low"
    source = book.code_table(from_table).code(grade.value)
    target = book.code_table(to_table).code(grade.to)
    told = f"{source.code} {source.zh} · {source.en} → {target.code} {target.zh} · {target.en}(暂定 provisional)"
    return f"{told}\n{grade.note.zh} · {grade.note.en}" if grade.note else told
