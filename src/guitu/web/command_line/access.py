"""``access …``: accounts, posts, passwords and the cage, as guitu_owner on the machine of the installation itself."""

from __future__ import annotations

import getpass
import json
import uuid
from typing import Annotated

import typer

from guitu.web.command_line import changes, explaining, terminals, tokens, units
from guitu.web.command_line.answering import fail
from guitu.web.command_line.owner import as_owner

app = typer.Typer(help="账号、岗位与权限 · accounts, posts, permissions", no_args_is_help=True)
app.add_typer(units.app, name="units")
app.add_typer(tokens.app, name="token")
app.add_typer(changes.app, name="change")
app.add_typer(terminals.app, name="terminal")
app.command("explain")(explaining.explain)


@app.callback()
def access() -> None:
    """账号、岗位与权限 · accounts, posts, permissions."""


def _done_by() -> str:
    return getpass.getuser()


@app.command("compile")
def compile_() -> None:
    """使数据库的权限与行级策略同权限表一致 · bring grants and row policies to what the cage says."""
    with as_owner():
        from guitu.access.compiling import CageIncomplete, compile_cage

        try:
            changed = compile_cage()
        except CageIncomplete as problem:
            fail("权限表不完整，什么也没有改", str(problem))
    for line in changed:
        typer.echo(line)
    typer.echo(f"改动{len(changed)}条行级策略 · {len(changed)} row policies changed")


@app.command("account-add")
def account_add(
    login: Annotated[str, typer.Argument(help="登录名 · login")],
    unit: Annotated[str, typer.Option(help="单位编码 · unit code")],
    role: Annotated[str, typer.Option(help="角色代码，见 access roles · role code")],
    title: Annotated[str, typer.Option(help="岗位名称 · title of the post")],
    name: Annotated[str, typer.Option(help="姓名；账号已有时可不填 · name; not needed for a known account")] = "",
) -> None:
    """任职；账号不存在时新建，没有口令 · fill a post; makes the account if there is none, without a password."""
    with as_owner():
        from guitu.access.staffing import add_post
        from guitu.web.clock import now

        post_id, made = add_post(login, name=name, unit_code=unit, role=role, title=title, done_by=_done_by(), at=now())
    typer.echo(f"岗位 · post {post_id}")
    if made:
        typer.echo(f"新账号没有口令，请运行 · no password yet: ./guitu access set-password {login}")


@app.command("set-password")
def set_password(login: Annotated[str, typer.Argument(help="登录名 · login")]) -> None:
    """设口令（不回显），下次登录须更换 · set a password (not echoed), to be changed at the next sign-in."""
    new = getpass.getpass("新口令 New password: ")
    if new != getpass.getpass("再填一次 Once more: "):
        fail("两次填写的不一样，什么也没有改", "the two are not the same; nothing was changed")
    with as_owner():
        from django.conf import settings

        from guitu.access.passwords import PasswordRefused
        from guitu.access.staffing import give_password
        from guitu.rulebook.sign_in import password_profile
        from guitu.web.clock import now

        profile = password_profile(settings.GUITU_PASSWORD_PROFILE)
        try:
            give_password(login, new, profile=profile, done_by=_done_by(), at=now())
        except PasswordRefused as refusal:
            fail("；".join(one.zh for one in refusal.problems), "; ".join(one.en for one in refusal.problems))
    typer.echo("已设定；下次登录须先更换 · set; to be changed at the next sign-in")


@app.command("post-end")
def post_end(post_id: Annotated[uuid.UUID, typer.Argument(help="岗位编号 · id of the post")]) -> None:
    """结束一个岗位及其登录 · end a post and its sessions."""
    with as_owner():
        from guitu.access.staffing import end_post
        from guitu.web.clock import now

        end_post(post_id, done_by=_done_by(), at=now())
    typer.echo("已结束 · ended")


@app.command("roles")
def roles(
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · as JSON")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="docs/roles.md 的表 · the table of docs/roles.md")] = False,
) -> None:
    """角色及其权限、目的 · roles with their permissions and purposes; asks no database."""
    from guitu.access.roles import PERMISSIONS, PURPOSES, ROLES

    if as_table:
        typer.echo(role_table())
        return

    if as_json:
        told = [
            {
                "role": role.code,
                "zh": role.word.zh,
                "en": role.word.en,
                "may": sorted(role.may),
                "purposes": list(role.purposes),
            }
            for role in ROLES.values()
        ]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for role in ROLES.values():
        typer.echo(f"{role.code}  {role.word.zh} · {role.word.en}")
        for permission in sorted(role.may):
            word = PERMISSIONS[permission]
            typer.echo(f"    {permission:20}{word.zh} · {word.en}")
        for purpose in role.purposes:
            typer.echo(f"    {purpose:20}{PURPOSES[purpose].zh} · {PURPOSES[purpose].en}")


def role_table() -> str:
    """The roles as the table of docs/roles.md, from the code alone."""
    from guitu.access.roles import ROLES

    lines = ["| 角色 | role | may | for | sees | seats |", "|---|---|---|---|---|---|"]
    for role in ROLES.values():
        may = ", ".join(f"`{permission}`" for permission in sorted(role.may)) or "–"
        purposes = ", ".join(f"`{purpose}`" for purpose in role.purposes)
        seats = ", ".join(f"`{seat}`" for seat in sorted(role.seats)) or "–"
        lines.append(
            f"| {role.word.zh} `{role.code}` | {role.word.en} | {may} | {purposes} | {role.sees.value} | {seats} |"
        )
    return "\n".join(lines)
