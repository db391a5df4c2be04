"""``roster check FILE``: a roster file's report without a browser and without a database."""

import datetime
import json
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from guitu.prison.roster import Report, RosterRefusedError, check_roster

_LEGAL_ZONE: Final = ZoneInfo("Asia/Shanghai")
_PROBLEMS_FOUND: Final = 1
_REFUSED: Final = 2

app = typer.Typer(help="释放名册 · release rosters", no_args_is_help=True)


@app.callback()
def roster() -> None:
    """释放名册 · release rosters."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="xlsx, xls, csv", exists=True, dir_okay=False, readable=True)],
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · as JSON")] = False,
    sheet: Annotated[list[str] | None, typer.Option(help="只读这张表，可重复 · only this sheet")] = None,
    show_values: Annotated[bool, typer.Option(help="显示完整证件号码 · full identity numbers")] = False,
) -> None:
    """检查名册文件，不写入任何数据 · check a roster file; nothing is written.

    Exit code 0: every row can be accepted; 1: something is to be corrected or decided; 2: the file is refused.
    """
    today = datetime.datetime.now(_LEGAL_ZONE).date()
    try:
        report = check_roster(file.read_bytes(), file.name, today=today, only_sheets=tuple(sheet or ()))
    except RosterRefusedError as refusal:
        if as_json:
            _print_json(refusal.as_json())
        else:
            typer.echo(
                f"{refusal.message_zh}。{refusal.remedy_zh}。\n{refusal.message_en}. {refusal.remedy_en}.", err=True
            )
        raise typer.Exit(_REFUSED) from refusal
    if as_json:
        _print_json(report.as_json(show_values=show_values))
    else:
        _print_text(report)
    raise typer.Exit(0 if report.clean else _PROBLEMS_FOUND)


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _print_text(report: Report) -> None:
    accepted, correct, decide = report.count("accepted"), report.count("to_correct"), report.count("to_decide")
    typer.echo(f"可以收下 {accepted} 行，要改正 {correct} 行，要决定 {decide} 行。")
    typer.echo(f"{accepted} rows can be accepted, {correct} are to be corrected, {decide} to be decided.")
    for problem in report.problems:
        place = f"{problem.sheet} {problem.row or ''}{problem.column and ' ' + problem.column}".strip()
        typer.echo(f"{place}  {problem.code}  {problem.message_zh}。{problem.remedy_zh}。")
        typer.echo(f"{' ' * 4}{problem.message_en}. {problem.remedy_en}.")
