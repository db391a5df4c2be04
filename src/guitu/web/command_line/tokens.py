"""``access token …`` and ``access client-add``: other systems and their tokens, on the machine of the installation."""

from __future__ import annotations

import getpass
import json
import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from guitu.web.command_line.answering import fail
from guitu.web.command_line.owner import as_owner

app = typer.Typer(help="对接系统与接口令牌 · other systems and their tokens", no_args_is_help=True)
_REFUSED = {
    "POST": ("没有这个在任的机器岗位", "no such machine post is in office"),
    "PURPOSE": ("这个岗位的角色没有这个目的", "the post's role has no such purpose"),
}


@app.callback()
def token() -> None:
    """对接系统与接口令牌 · other systems and their tokens."""


@app.command("client-add")
def client_add(
    login: Annotated[str, typer.Argument(help="对接系统的登录名 · login of the other system")],
    name: Annotated[str, typer.Option(help="系统名称 · name of the system")],
) -> None:
    """登记一个对接系统；它不能用口令登录，岗位用 access account-add 任 · register another system."""
    with as_owner():
        from guitu.access.api_tokens import add_client
        from guitu.web.clock import now

        add_client(login, name=name, done_by=getpass.getuser(), at=now())
    typer.echo(f"已登记；下一步任岗 · registered; fill its post: ./guitu access account-add {login} --unit … --role …")


@app.command()
def add(
    post: Annotated[uuid.UUID, typer.Option("--as-post", help="机器岗位的编号 · id of the machine post")],
    purpose: Annotated[str, typer.Option(help="唯一的目的代码，见 access roles · the one purpose")],
    name: Annotated[str, typer.Option(help="用途说明 · what the token is for")],
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · as JSON")] = False,
) -> None:
    """签发令牌，只显示这一次；有效天数由规则库定 · issue a token, shown this once; how long it lasts is a rule."""
    with as_owner():
        from guitu.access.api_tokens import TokenRefused, issue_at_machine
        from guitu.access.impact import NotAssessed
        from guitu.rulebook.interface import interface_limits
        from guitu.web.clock import now

        try:
            issued = issue_at_machine(
                post,
                purpose=purpose,
                name=name,
                lasts=interface_limits().token_lasts,
                done_by=getpass.getuser(),
                at=now(),
            )
        except NotAssessed as refusal:
            fail(refusal.zh, refusal.en)
        except TokenRefused as refusal:
            fail(*_REFUSED[refusal.reason])
    if as_json:
        told = {"id": str(issued.id), "token": issued.raw, "expires_at": issued.expires_at.isoformat()}
        typer.echo(json.dumps(told))
        return
    typer.echo(issued.raw)
    typer.echo(
        f"编号 · id {issued.id}，{issued.expires_at:%Y-%m-%d} 到期 · ends then；请交给对方系统并妥善保存，不会再显示"
        " · hand it over and keep it safe; it is not shown again",
        err=True,
    )


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="机器可读 · as JSON")] = False) -> None:
    """全部令牌，新的在前；不显示令牌本身 · all tokens, newest first; never the token itself."""
    with as_owner():
        from guitu.access.api_tokens import tokens_at_machine

        listed = tokens_at_machine()
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in listed], ensure_ascii=False, default=str))
        return
    for one in listed:
        state = f"已结束 ended {one.ended_at:%Y-%m-%d}" if one.ended_at else f"至 until {one.expires_at:%Y-%m-%d}"
        used = f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "未用 unused"
        typer.echo(f"{one.id}  {one.unit} {one.holder}  {one.purpose}  {state}  {used} ×{one.calls}  {one.name}")


@app.command()
def end(token_id: Annotated[uuid.UUID, typer.Argument(help="令牌编号 · id of the token")]) -> None:
    """结束一个令牌 · end a token."""
    with as_owner():
        from guitu.access.api_tokens import end_at_machine
        from guitu.web.clock import now

        end_at_machine(token_id, done_by=getpass.getuser(), at=now())
    typer.echo("已结束 · ended")
