"""``guitu export identify FILE``: from which export a file found somewhere comes; on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guitu.web.command_line.answering import fail
from guitu.web.command_line.owner import as_owner

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="导出：查出处 · exports")


@app.callback()
def export() -> None:
    """导出：查文件的出处 · exports: where a file comes from."""


@app.command()
def identify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="找到的文件 · the file found")],
) -> None:
    """这份文件出自哪一次导出 · which export this file comes from, and by which of its marks."""
    with as_owner():
        from guitu.handover.identifying import identify as found_in

        try:
            found = found_in(file.read_bytes())
        except ValueError:
            fail("读不出这个文件：只认CSV和XLSX", "This file cannot be read: only CSV and XLSX")
    if not found:
        typer.echo("没有查出是哪一次导出（暗记可能已被去掉） · no export was found (the marks may have been removed)")
        raise typer.Exit(1)
    for one in found:
        marks = "、".join(one.marks)
        typer.echo(f"{one.number}  {marks}  {one.fits}/{one.rows}")
