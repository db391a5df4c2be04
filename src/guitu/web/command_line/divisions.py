"""``rule divisions …``: which division list is in force, and a newer one from a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from guitu.rulebook import RulebookError
from guitu.rulebook.division_editions import load_edition, lost_codes
from guitu.rulebook.divisions import Divisions, installed_edition
from guitu.web.command_line.answering import PROBLEM, as_json, fail, stop_for

app = typer.Typer(help="行政区划表：查看、核对、装载 · the division list", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV，列同内置表 · CSV, columns as shipped")]


def _facts(edition: Divisions, path: Path) -> dict[str, object]:
    rows = list(edition)
    return {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": len(rows),
        "present_counties": sum(1 for row in rows if row.level == "county" and row.living),
    }


def _tell(facts: dict[str, object], *, json_output: bool) -> None:
    if json_output:
        typer.echo(as_json(facts))
        return
    typer.echo(
        f"{facts['file']} · {facts['rows']}行 rows · 现行县级 present counties {facts['present_counties']}"
        f"\nsha256 {facts['sha256']}"
    )


def _existing(path: Path) -> Path:
    if not path.is_file():
        fail(f"文件不存在：{path}", f"no such file: {path}")
    return path


@app.command("show")
def show(json_output: JsonOption = False) -> None:
    """现在用哪一份区划表 · which list is in force."""
    try:
        _tell(_facts(Divisions.load(), installed_edition()), json_output=json_output)
    except RulebookError as error:
        stop_for(error)


@app.command("check")
def check(file: FileArgument, json_output: JsonOption = False) -> None:
    """核对一份区划表，什么也不写 · check a list; writes nothing."""
    try:
        edition = Divisions.from_csv(_existing(file))
        lost = lost_codes(edition, Divisions.load())
    except RulebookError as error:
        stop_for(error)
    _tell({**_facts(edition, file), "lost_codes": [row.short for row in lost]}, json_output=json_output)
    if lost:
        if not json_output:
            codes = ", ".join(row.short for row in lost[:10])
            typer.echo(f"缺少现有代码 · known codes missing: {codes}", err=True)
        raise typer.Exit(PROBLEM)


@app.command("load")
def load(file: FileArgument, json_output: JsonOption = False) -> None:
    """装载一份区划表；有一处不对就不换 · put a newer list in force, or leave the present one."""
    try:
        edition = load_edition(_existing(file))
    except RulebookError as error:
        stop_for(error)
    _tell(_facts(edition, installed_edition()), json_output=json_output)
