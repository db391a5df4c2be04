"""``access change …``: 双人变更 on the machine: proposed and confirmed by two posts, each with ``--as POST``."""

from __future__ import annotations

import datetime
import getpass
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from guitu.web.command_line.answering import fail
from guitu.web.command_line.owner import as_owner

app = typer.Typer(help="双人变更：提出、审核 · changes that take two administrators", no_args_is_help=True)
Post = Annotated[str, typer.Option("--as", help="岗位：编号，或 登录名:单位编码:角色 · id, or login:unit-code:role")]
Why = Annotated[str, typer.Option(help="理由 · why")]
Change = Annotated[uuid.UUID, typer.Argument(metavar="CHANGE", help="变更编号 · id of the change")]


@app.callback()
def change() -> None:
    """双人变更 · changes that take two administrators."""


@contextmanager
def in_post(post: str) -> Iterator[datetime.datetime]:
    """Act in the post for its first purpose; gives the moment. Refusals end the verb with their words."""
    os.environ["GUITU_ROLE"] = "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")
    import django

    django.setup()
    from django.conf import settings

    from guitu.access.at_the_machine import PostNotInOffice, acting_in_post
    from guitu.access.dual_changes import ChangeRefused
    from guitu.access.operations import NotAllowed
    from guitu.web.clock import now

    at, lasts = now(), datetime.timedelta(hours=settings.GUITU_SESSION_HOURS)
    try:
        with acting_in_post(post, "", done_by=getpass.getuser(), at=at, lasts=lasts):
            yield at
    except PostNotInOffice:
        fail(f"没有这个在任的岗位：{post}", f"no such post is in office: {post}")
    except NotAllowed as refusal:
        fail(f"这个岗位没有这项权限：{refusal.action}", f"this post may not: {refusal.action}")
    except ChangeRefused as refusal:
        fail(refusal.zh, refusal.en)


@app.command("key-rotation")
def key_rotation(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="intl 或 gm")], *, post: Post, why: Why
) -> None:
    """提出换用数据密钥 · propose a new current key of a suite."""
    _propose_key("KEY_ROTATION", suite, post=post, why=why)


@app.command("key-retirement")
def key_retirement(
    key: Annotated[str, typer.Argument(metavar="KEY", help="密钥编号")], *, post: Post, why: Why
) -> None:
    """提出停用一把密钥 · propose to retire a key."""
    _propose_key("KEY_RETIREMENT", key, post=post, why=why)


@app.command("backup-recipient")
def backup_recipient(
    key: Annotated[str, typer.Argument(metavar="KEY", help="备份公钥 · the public key, age1…")], *, post: Post, why: Why
) -> None:
    """提出换用备份公钥 · propose another public key of backups."""
    _propose_key("BACKUP_RECIPIENT", key, post=post, why=why)


def _propose_key(kind: str, named: str, *, post: str, why: str) -> None:
    made = uuid.uuid4()
    with in_post(post) as at:
        from guitu.access.dual_changes import propose_key

        propose_key(made, kind, named=named, words=why, at=at)
    typer.echo(str(made))


@app.command()
def confirm(change_id: Change, *, post: Post) -> None:
    """同意别的管理员提出的变更 · confirm what an administrator of another office proposed."""
    _decide(change_id, "CONFIRMED", post=post)


@app.command()
def refuse(change_id: Change, *, post: Post, why: Why) -> None:
    """不同意 · refuse a change, with words."""
    _decide(change_id, "REFUSED", post=post, why=why)


@app.command()
def withdraw(change_id: Change, *, post: Post, why: Why) -> None:
    """撤回自己提出的变更 · take back one's own change, with words."""
    _decide(change_id, "WITHDRAWN", post=post, why=why)


def _decide(change_id: uuid.UUID, decision: str, *, post: str, why: str = "") -> None:
    with in_post(post) as at:
        from django.db import transaction

        from guitu.access.dual_changes import change_or_none, decide

        with transaction.atomic():
            held = change_or_none(change_id)
        for one in held.differences if held else ():
            typer.echo(f"{one.what.zh} · {one.what.en}\t{one.since}\t{one.old.zh} → {one.new.zh}\t{one.basis.zh}")
        decide(change_id, decision, shown=held.sha256 if held else "", reason=why, at=at)
    typer.echo("已办 · done")


@app.command("list")
def list_() -> None:
    """全部双人变更，新的在前 · all such changes, newest first."""
    with as_owner():
        from django.db import transaction

        from guitu.access.dual_changes import changes_listed

        with transaction.atomic():
            _none, total = changes_listed(open_only=False, first=0, most=0)
            listed, _total = changes_listed(open_only=False, first=0, most=total)
    for one in listed:
        state = one.decision or "待审核 waits"
        acted = f"{one.done_at:%Y-%m-%d}" if one.done_at else ""
        hands = f"{one.proposed.name} → {one.decided.name}"
        typer.echo(f"{one.id}\t{one.kind}\t{one.named}\t{state}\t{hands}\t{acted}")
