"""``guitu verify FILE``: whether an act stands in the log, or a log has forked; without database and network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guitu.ledger.log import bundles, forks, policies
from guitu.ledger.log.bundles import BundleWrong, Shown
from guitu.ledger.log.forks import Fork, ForkWrong
from guitu.ledger.log.policies import PolicyWrong
from guitu.ledger.suites import SuiteMissing
from guitu.web.command_line.answering import REFUSED, as_json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="BUNDLE", help="凭证包 · the bundle")],
    policy: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="您信任的密钥与见证方 · the keys that you trust")
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """核验凭证包：不需要数据库，也不需要网络 · verify a bundle, with no database and no network."""
    try:
        trusted = policies.read(policy.read_text(encoding="utf-8")) if policy else None
        text = bundle.read_text(encoding="utf-8")
        if forks.is_one(text):
            _say_fork(forks.verify(text, logs=trusted.logs if trusted else None), json_output, own=policy is None)
            return
        shown = bundles.verify(text, policy=trusted)
    except (BundleWrong, ForkWrong, PolicyWrong, SuiteMissing, UnicodeDecodeError) as fault:
        if json_output:
            typer.echo(as_json({"holds": False, "fault": str(fault)}))
        else:
            typer.echo(f"核验不通过：{fault}\nDoes not hold: {fault}", err=True)
        raise typer.Exit(REFUSED) from fault
    typer.echo(as_json(_as_data(shown, own=policy is None)) if json_output else _as_words(shown, own=policy is None))


def _say_fork(fork: Fork, json_output: bool, *, own: bool) -> None:
    """A proof of a fork that holds: the log named in it is not to be believed any more."""
    old, new, origin = fork.older.size, fork.newer.size, fork.log.name
    if json_output:
        stated = {"holds": True, "fork": True, "log": origin, "older": old, "newer": new}
        typer.echo(as_json(stated | {"policy": "bundle" if own else "given"}))
        return
    typer.echo(
        f"分叉证据成立：日志 {origin} 签署了互相矛盾的两个检查点（{old} 条、{new} 条），不可再信\n"
        f"The proof of a fork holds: the log {origin} has signed two checkpoints ({old} and {new} entries) that cannot"
        " both be true; it is not to be believed any more"
    )
    if own:
        typer.echo(
            f"提示：用的是证据自带的公钥 {fork.log}，请与您另行取得的核对\n"
            "Note: the key is the proof's own; compare it with the one that you got elsewhere"
        )


def _as_data(shown: Shown, *, own: bool) -> dict[str, object]:
    return {
        "holds": True,
        "act": shown.act,
        "event": shown.event_id,
        "at": shown.at,
        "unit": shown.unit_id,
        "other_unit": shown.other_unit_id,
        "content": shown.content,
        "log": shown.judged.checkpoint.origin,
        "index": shown.index,
        "size": shown.judged.checkpoint.size,
        "witnesses": list(shown.judged.signed),
        "witnessed": shown.judged.witnessed and bool(shown.judged.signed),
        "sm2": shown.judged.national,
        "policy": "bundle" if own else "given",
    }


def _as_words(shown: Shown, *, own: bool) -> str:
    checkpoint = shown.judged.checkpoint
    seen = bool(shown.judged.signed) and shown.judged.witnessed
    names = "、".join(shown.judged.signed)
    place, size, origin = shown.index + 1, checkpoint.size, checkpoint.origin
    lines = [
        f"核验通过：{shown.act}，{shown.at}，在日志 {origin} 第 {place} 条，共 {size} 条",
        f"Holds: {shown.act} at {shown.at}, entry {place} of {size} in the log {origin}",
        f"见证：{names}" if seen else "未见证：没有足够的见证方共同签名",
        f"Witnessed by {names}" if seen else "Not witnessed: not enough witnesses have co-signed",
    ]
    if shown.judged.national:
        holds = shown.judged.national == policies.HOLDS
        lines.append("国密签名（SM2/SM3）：有效" if holds else "国密签名（SM2/SM3）：此检查点没有")
        lines.append("SM2/SM3 signature: holds" if holds else "SM2/SM3 signature: this checkpoint has none")
    if shown.content is not None:
        lines += ["内容 · content:", shown.content]
    if own:
        lines += [
            "提示：用的是凭证包自带的密钥；请用 --policy 换成您另行取得的密钥再核验一次",
            "Note: the keys are the bundle's own; verify once more with --policy and keys that you got elsewhere",
        ]
    return "\n".join(lines)
