"""``guitu ledger …``: the log's latest checkpoint, proofs, the recheck of everything; on the installation's machine.

``follow`` alone needs neither machine nor database (following).
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated

import typer

from guitu.web.command_line.answering import PROBLEM, REFUSED, as_json, fail
from guitu.web.command_line.following import follow
from guitu.web.command_line.owner import as_owner

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="台账：检查点、证明、复核 · the ledger"
)
app.command()(follow)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


@app.callback()
def ledger() -> None:
    """台账：检查点、证明、复核 · the ledger: checkpoint, proof, recheck."""


@app.command()
def checkpoint() -> None:
    """最新检查点原文 · the latest checkpoint as it is published."""
    with as_owner():
        from guitu.ledger import proving

        latest = proving.published()
    if latest is None:
        fail("日志还没有检查点：定序进程尚未运行", "The log has no checkpoint yet: the sequencer has not run")
    typer.echo(latest.note, nl=False)


@app.command()
def policy() -> None:
    """核验所需的公钥与见证方 · the keys by which the log's proofs are verified."""
    with as_owner():
        from guitu.ledger.log_key import log_policy

        typer.echo(log_policy(), nl=False)


@app.command()
def prove(
    number: Annotated[uuid.UUID, typer.Argument(metavar="ENTRY|EVENT", help="条目编号或业务事件编号")],
    to: Annotated[Path | None, typer.Option(help="写入文件 · write to this file")] = None,
) -> None:
    """某条记录的离线凭证包，不含内容 · the offline bundle of an act, without its content."""
    with as_owner():
        from guitu.ledger import proving
        from guitu.ledger.log_key import log_policy

        entries = proving.entries_of(number) or [number]
        try:
            bundles = [proving.bundle(entry, policy=log_policy()) for entry in entries]
        except proving.NotInTheLog as refusal:
            if refusal.waiting:
                typer.echo("已记入台账，尚待编入日志\nRecorded, not taken into the log yet", err=True)
            else:
                typer.echo("台账中没有这条记录\nNot in the ledger", err=True)
            raise typer.Exit(REFUSED) from refusal
    if to is None:
        typer.echo("".join(bundles), nl=False)
        return
    for place, text in enumerate(bundles):
        path = to if place == 0 else to.with_stem(f"{to.stem}-{place + 1}")
        path.write_text(text, encoding="utf-8")
        typer.echo(str(path))


@app.command()
def audit(json_output: JsonOption = False) -> None:
    """从原始记录重算全部承诺、树与检查点 · recompute every commitment, the tree and every checkpoint."""
    with as_owner():
        from guitu.ledger.log_key import log_verifier
        from guitu.ledger.rechecking import recheck

        found = recheck(log_verifier())
    if json_output:
        typer.echo(as_json({name: value for name, value in vars(found).items() if name != "oldest_waiting"}))
    else:
        typer.echo(
            f"条目 {found.entries}，日志叶 {found.leaves}，检查点 {found.checkpoints}，已删内容 {found.erased}，"
            f"待编入 {found.waiting}，不符 {len(found.wrong)}\n"
            f"{found.entries} entries, {found.leaves} leaves, {found.checkpoints} checkpoints, {found.erased} erased, "
            f"{found.waiting} waiting, {len(found.wrong)} wrong"
        )
        for code, which in found.wrong:
            typer.echo(f"{code}\t{which}")
    if found.wrong:
        raise typer.Exit(PROBLEM)
