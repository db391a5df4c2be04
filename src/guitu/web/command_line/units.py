"""``access units …``: the units of a real installation from a file, as guitu_owner."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guitu.web.command_line.answering import PROBLEM, as_json, fail
from guitu.web.command_line.owner import as_owner

if TYPE_CHECKING:
    from guitu.access.unit_files import UnitProblem

app = typer.Typer(help="单位：从文件核对、装载 · units from a file", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV 或 YAML · CSV or YAML")]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        fail(f"文件打不开：{path}", f"the file cannot be opened: {path}")


def _answer(
    path: Path, counts: Mapping[str, int | tuple[str, ...]], problems: tuple[UnitProblem, ...], *, json_output: bool
) -> None:
    if json_output:
        told = {"file": path.name, **counts, "problems": [asdict(problem) for problem in problems]}
        typer.echo(as_json(told))
    else:
        for problem in problems:
            place = f"第{problem.row}行 row {problem.row}" if problem.row else "文件 file"
            typer.echo(
                f"{place} {problem.field}：{problem.message_zh} → {problem.remedy_zh}\n"
                f"    {problem.message_en} → {problem.remedy_en}",
                err=True,
            )
        numbers = {name: value if isinstance(value, int) else len(value) for name, value in counts.items()}
        typer.echo(" · ".join(f"{name} {number}" for name, number in numbers.items()))
    if problems:
        raise typer.Exit(PROBLEM)


@app.command("check")
def check(file: FileArgument, json_output: JsonOption = False) -> None:
    """核对单位文件，什么也不写 · check a file of units against the installation; writes nothing."""
    data = _read(file)
    with as_owner():
        from guitu.access import founding
        from guitu.web.clock import now
        from guitu.web.templatetags.guitu_words import legal_day

        checked = founding.check(data, file.name, on=legal_day(now()))
    _answer(file, {"rows": len(checked.rows)}, checked.problems, json_output=json_output)


@app.command("load")
def load(file: FileArgument, json_output: JsonOption = False) -> None:
    """装载单位文件：新设、变更、停用；有一处不对就一概不写 · found, change and end units; all or nothing."""
    data = _read(file)
    with as_owner():
        from guitu.access import founding
        from guitu.web.clock import now

        loaded = founding.load(data, file.name, done_by=getpass.getuser(), at=now())
    counts: dict[str, int | tuple[str, ...]] = {
        "founded": loaded.founded,
        "changed": loaded.changed,
        "ended": loaded.ended,
        "unchanged": loaded.unchanged,
    }
    _answer(file, counts, loaded.problems, json_output=json_output)
