"""``access terminal …``: terminals for administration from the machine, when no page opens any more; ``--as POST``."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from guitu.web.command_line.answering import fail
from guitu.web.command_line.changes import in_post

app = typer.Typer(help="管理终端：登记、评估、撤销 · terminals for administration", no_args_is_help=True)
Post = Annotated[str, typer.Option("--as", help="岗位：编号，或 登录名:单位编码:角色 · id, or login:unit-code:role")]
Terminal = Annotated[uuid.UUID, typer.Argument(metavar="TERMINAL", help="终端编号，见 list · id of the terminal")]


@app.callback()
def terminal() -> None:
    """管理终端 · terminals for administration."""


@contextmanager
def _keeping(post: str) -> Iterator[datetime]:
    """Act in the post; what the register refuses ends the verb with its words."""
    with in_post(post) as at:
        from guitu.access.terminals import TerminalRefused

        try:
            yield at
        except TerminalRefused as refusal:
            fail(refusal.zh, refusal.en)


@app.command("list")
def list_(*, post: Post) -> None:
    """在用的终端，不能用的在前 · terminals in use, those that open nothing first."""
    with _keeping(post):
        from django.db import transaction

        from guitu.access.terminals import terminals_listed

        with transaction.atomic():
            _none, total = terminals_listed(first=0, most=1)
            lines, _total = terminals_listed(first=0, most=total)
    for one in lines:
        until = f"{one.ends_at:%Y-%m-%d %H:%M}Z" if one.ends_at else ""
        state = one.state or "OK"
        typer.echo(f"{one.id}\t{one.asset_number}\t{one.name}\t{one.holder}\t{state}\t{until}\t{len(one.keys)}")


@app.command()
def add(
    asset_number: Annotated[str, typer.Argument(help="资产编号 · asset number")],
    name: Annotated[str, typer.Argument(help="终端名称 · name of the terminal")],
    *,
    holder: Annotated[uuid.UUID, typer.Option("--for", help="专用人的岗位编号 · id of the holder's post")],
    post: Post,
) -> None:
    """登记一台终端 · register a terminal for the holder of a post; prints its id."""
    made = uuid.uuid4()
    with _keeping(post) as at:
        from guitu.access.terminals import register

        register(made, post_id=holder, asset_number=asset_number, name=name, at=at)
    typer.echo(str(made))


@app.command()
def assess(
    terminal_id: Terminal,
    *,
    words: Annotated[str, typer.Option(help="说明；有不符合的必须写 · words")] = "",
    post: Post,
) -> None:
    """逐项评估（每项答 y 或 n），评估人不是专用人 · assess item by item, by another hand than the holder's."""
    findings, seen = {}, []
    with _keeping(post) as at:
        from django.db import transaction

        from guitu.access.terminals import assess as record_assessment
        from guitu.access.terminals import keys_of
        from guitu.rulebook.terminals import terminal_rules

        with transaction.atomic():
            for key in keys_of(terminal_id):
                seen.append(key.id)
                typer.echo(f"通行密钥 · passkey\t{key.name}\t{key.created_at:%Y-%m-%d %H:%M}Z")
        for item in terminal_rules().items.values():
            findings[item.code] = typer.confirm(f"{item.words.zh} · {item.words.en} ({item.article})")
        record_assessment(uuid.uuid4(), terminal_id, findings, seen=seen, words=words, at=at)
    typer.echo("评估有效 · stands" if all(findings.values()) else "评估未通过 · not passed")


@app.command()
def withdraw(
    terminal_id: Terminal,
    *,
    why: Annotated[str, typer.Option(help="理由 · why")],
    for_good: Annotated[bool, typer.Option(help="停用终端和它的通行密钥 · take out of use with its passkeys")] = False,
    post: Post,
) -> None:
    """撤销评估，马上生效 · withdraw the assessment at once."""
    with _keeping(post) as at:
        from guitu.access.terminals import withdraw as take_back

        take_back(terminal_id, uuid.uuid4(), reason=why, for_good=for_good, at=at)
    typer.echo("已办 · done")
