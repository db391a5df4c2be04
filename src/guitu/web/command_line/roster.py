"""``roster check`` and ``roster import``: a roster file without a browser, alone or in a post of this installation."""

from __future__ import annotations

import datetime
import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from guitu.prison.roster import Report, RosterRefusedError, check_roster

_LEGAL_ZONE: Final = ZoneInfo("Asia/Shanghai")
_PROBLEMS_FOUND: Final = 1
_REFUSED: Final = 2
_REAL: Final = "guitu.settings.production"

File = Annotated[Path, typer.Argument(help="xlsx, xls, csv", exists=True, dir_okay=False, readable=True)]
Json = Annotated[bool, typer.Option("--json", help="机器可读 · as JSON")]
Sheets = Annotated[list[str] | None, typer.Option(help="只读这张表，可重复 · only this sheet")]
ShowValues = Annotated[bool, typer.Option(help="显示完整证件号码 · full identity numbers")]
Post = Annotated[str, typer.Option("--as", help="岗位：编号，或 登录名:单位编码:角色 · id, or login:unit-code:role")]
Purpose = Annotated[str, typer.Option(help="目的代码，见 access roles · code of the purpose")]

app = typer.Typer(help="释放名册 · release rosters", no_args_is_help=True)


@app.callback()
def roster() -> None:
    """释放名册 · release rosters."""


@app.command()
def check(
    file: File,
    *,
    as_json: Json = False,
    sheet: Sheets = None,
    show_values: ShowValues = False,
    post: Post = "",
    purpose: Purpose = "",
) -> None:
    """检查名册文件，不写入任何人员数据 · check a roster file; nothing of a person is written.

    Without a post the file alone is read; in a post it is compared with the files held there. Exit code 0: every row
    can be accepted; 1: something is to be corrected or decided; 2: the file, the post or the purpose is refused.
    """
    _both_or_neither(post, purpose)
    with _refusals(file, as_json=as_json):
        if post:
            report = _in_post(file, post, purpose, sheets=tuple(sheet or ()), write=False)
        else:
            report = check_roster(
                file.read_bytes(),
                file.name,
                today=datetime.datetime.now(_LEGAL_ZONE).date(),
                only_sheets=tuple(sheet or ()),
                fictional_allowed=os.environ.get("DJANGO_SETTINGS_MODULE") != _REAL,
            )
    _answer(report, as_json=as_json, show_values=show_values)


@app.command("import")
def import_(
    file: File,
    *,
    post: Post,
    purpose: Purpose,
    as_json: Json = False,
    sheet: Sheets = None,
    show_values: ShowValues = False,
) -> None:
    """收下名册中可以收的行，其余留待更正或判定 · take in the rows that are in order.

    The same file twice changes nothing. The report is that of the moment before writing; exit codes as for check.
    """
    with _refusals(file, as_json=as_json):
        report = _in_post(file, post, purpose, sheets=tuple(sheet or ()), write=True)
    _answer(report, as_json=as_json, show_values=show_values)


def _both_or_neither(post: str, purpose: str) -> None:
    if bool(post) != bool(purpose):
        raise typer.BadParameter("--as 与 --purpose 须一起给出 · --as and --purpose belong together")


def _in_post(file: Path, post: str, purpose: str, *, sheets: tuple[str, ...], write: bool) -> Report:
    """The report of the file as the post sees it; with `write` its good rows are taken in."""
    if not os.environ.get("GUITU_DB_HOST"):
        raise RosterRefusedError("NO_DATABASE")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")
    import django

    django.setup()
    from django.conf import settings

    from guitu.access.at_the_machine import PostNotInOffice, PurposeNotAllowed, acting_in_post
    from guitu.access.operations import NotAllowed
    from guitu.prison import operations as prison
    from guitu.web.clock import now

    at, data = now(), file.read_bytes()
    today = at.astimezone(_LEGAL_ZONE).date()
    lasts = datetime.timedelta(hours=settings.GUITU_SESSION_HOURS)
    try:
        with acting_in_post(post, purpose, done_by=getpass.getuser(), at=at, lasts=lasts):
            if not write:
                return prison.check(data, file_name=file.name, today=today, only_sheets=sheets).report
            taken = prison.import_roster(data, file_name=file.name, today=today, at=at, only_sheets=sheets)
            return taken.comparison.report
    except PostNotInOffice as problem:
        raise RosterRefusedError("POST_NOT_IN_OFFICE", limit=post) from problem
    except PurposeNotAllowed as problem:
        raise RosterRefusedError("PURPOSE_NOT_ALLOWED", limit=purpose) from problem
    except NotAllowed as problem:
        raise RosterRefusedError("POST_MAY_NOT", limit=problem.action) from problem


@contextmanager
def _refusals(file: Path, *, as_json: bool) -> Iterator[None]:
    try:
        yield
    except RosterRefusedError as refusal:
        refusal.sha256 = refusal.sha256 or hashlib.sha256(file.read_bytes()).hexdigest()
        if as_json:
            _print_json(refusal.as_json())
        else:
            typer.echo(
                f"{refusal.message_zh}。{refusal.remedy_zh}。\n{refusal.message_en}. {refusal.remedy_en}.", err=True
            )
        raise typer.Exit(_REFUSED) from refusal


def _answer(report: Report, *, as_json: bool, show_values: bool) -> None:
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
    for person in report.missing:
        typer.echo(f"本次名册没有 · not in this roster: {person['name']}  {person['person']}  {person['release_on']}")
