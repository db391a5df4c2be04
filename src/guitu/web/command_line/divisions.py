"""``rule divisions …``: which division list is in force, and a newer one from a file."""

from __future__ import annotations

import getpass
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from guitu.rulebook import RulebookError
from guitu.rulebook.division_editions import edition_differences, load_edition, lost_codes
from guitu.rulebook.divisions import Divisions, installed_edition
from guitu.web.command_line import changes
from guitu.web.command_line.answering import PROBLEM, as_json, fail, stop_for
from guitu.web.command_line.owner import as_owner

app = typer.Typer(help="行政区划表：查看、核对、装载 · the division list", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Emergency = Annotated[str, typer.Option(metavar="WORDS", help="没有双人同意时的理由，记入台账 · why without two hands")]
MOST_ROWS = 200
"""So many rows of a newer list are shown to whoever confirms it; the rest is counted."""
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV，列同内置表 · CSV, columns as shipped")]


def _facts(edition: Divisions, path: Path) -> dict[str, object]:
    rows = list(edition)
    return {
        "file": path.name,
        "sha256": _digest(path),
        "rows": len(rows),
        "present_counties": sum(1 for row in rows if row.level == "county" and row.living),
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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


@app.command("propose")
def propose(file: FileArgument, *, post: changes.Post, why: changes.Why) -> None:
    """提出换用一份区划表，由另一类管理员审核 · propose a list; another office confirms it (access change)."""
    try:
        edition = Divisions.from_csv(_existing(file))
        told = edition_differences(edition, Divisions.load(), most=MOST_ROWS)
    except RulebookError as error:
        stop_for(error)
    made = uuid.uuid4()
    with changes.in_post(post) as at:
        from guitu.access.dual_changes import propose_divisions

        propose_divisions(made, name=file.name, digest=_digest(file), differences=told, words=why, at=at)
    typer.echo(str(made))


@app.command("load")
def load(file: FileArgument, json_output: JsonOption = False, emergency: Emergency = "") -> None:
    """装载双人同意的区划表；有一处不对就不换 · put a confirmed list in force, or leave the present one."""
    held, emergency = bool(os.environ.get("GUITU_DB_HOST")), emergency.strip()
    if held and not emergency:
        _confirmed(_existing(file))
    try:
        with _line(_existing(file), emergency) if held else nullcontext():
            edition = load_edition(_existing(file))
    except RulebookError as error:
        stop_for(error)
    _tell(_facts(edition, installed_edition()), json_output=json_output)


def _confirmed(file: Path) -> None:
    with as_owner():
        from guitu.access.dual_changes_at_machine import NotConfirmed, ordered

        try:
            ordered("DIVISION_LIST", file.name, digest=_digest(file))
        except NotConfirmed:
            fail(
                "没有双人同意这份文件，未作改动；先用 rule divisions propose 提出，紧急时加 --emergency 写明理由",
                "no two administrators have confirmed this file; nothing was changed: propose it with rule divisions"
                " propose, or in an emergency give --emergency and say why",
            )


@contextmanager
def _line(file: Path, emergency: str) -> Iterator[None]:
    """The ledger's line first: what is done inside is done only with it, and what fails inside leaves none."""
    with as_owner():
        from django.db import transaction

        from guitu.access.dual_changes_at_machine import carry_out
        from guitu.web.clock import now

        with transaction.atomic():
            carry_out(
                "access:divisions:loaded",
                uuid.uuid4(),
                kind="DIVISION_LIST",
                named=file.name,
                digest=_digest(file),
                emergency=emergency,
                facts={"file": file.name, "sha256": _digest(file)},
                done_by=getpass.getuser(),
                at=now(),
            )
            yield
