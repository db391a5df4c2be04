"""``guitu ledger follow URL --state FILE``: by which a third party sees whether a log stays honest."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from guitu.ledger.log import following, policies
from guitu.ledger.log.following import Fetch, FollowWrong
from guitu.ledger.log.notes import Verifier
from guitu.ledger.log.policies import PolicyWrong
from guitu.web.command_line.answering import PROBLEM, REFUSED, as_json, fail

SECONDS, MOST_BYTES = 20, 1_000_000
WORDS = {
    "FIRST": ("初次读取，各块与已签署的树根相符", "Read for the first time; the tiles lead to the signed root"),
    "SAME": ("没有增长，与上次相同", "Not grown, the same as last time"),
    "GROWN": ("是上次的延续", "Continues what was seen last time"),
    "ROLLED_BACK": ("比上次小：日志是自己的旧副本", "Smaller than last time: the log is an older copy of itself"),
    "FORKED": ("分叉：日志签署了两种历史", "A fork: the log has signed two histories"),
}
UNWELL = frozenset({"ROLLED_BACK", "FORKED"})


def follow(
    url: Annotated[str, typer.Argument(help="日志地址，如 https://示例/log · where the log is published")],
    state: Annotated[Path, typer.Option(dir_okay=False, help="上次所见的存放处 · where the last one seen is kept")],
    policy: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="日志的公钥，首次必填 · its key, the first time")
    ] = None,
    fork: Annotated[
        Path | None, typer.Option(dir_okay=False, help="分叉证据的去处 · where a fork's proof goes")
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """第三方跟踪日志：是否为上次的延续，有无分叉 · follow a log from outside: growth, rollback or fork."""
    try:
        log, last = _known(state, policy, url)
        found = following.follow(_fetching(url), log, last=last)
    except (FollowWrong, PolicyWrong, OSError, UnicodeDecodeError) as fault:
        if json_output:
            typer.echo(as_json({"outcome": "UNREADABLE", "fault": str(fault)}))
        else:
            typer.echo(f"读不到可信的日志：{fault}\nNo log that can be trusted: {fault}", err=True)
        raise typer.Exit(REFUSED) from fault
    place = None
    if found.fork:
        place = fork or state.with_suffix(".fork.json")
        _write(place, found.fork)
    if found.outcome not in UNWELL:
        _write(state, following.to_remember(log, found.note))
    stated = {"outcome": found.outcome, "log": log.name, "size": found.checkpoint.size, "proof": str(place or "")}
    if json_output:
        typer.echo(as_json(stated))
    else:
        zh, en = WORDS[found.outcome]
        typer.echo(f"{log.name}，{found.checkpoint.size} 条：{zh}\n{log.name}, {found.checkpoint.size} entries: {en}")
        if place:
            typer.echo(f"证据 proof: {place}")
    if found.outcome in UNWELL:
        raise typer.Exit(PROBLEM)


def _known(state: Path, policy: Path | None, url: str) -> tuple[Verifier, str | None]:
    """The log's key and what was seen last; the first time the policy must say whose log it is."""
    last: str | None = None
    known: Verifier | None = None
    if state.is_file():
        known, last = following.remembered(state.read_text(encoding="utf-8"))
    if policy is not None:
        logs = policies.read(policy.read_text(encoding="utf-8")).logs
        if known is not None and logs.get(known.name) != known:
            raise FollowWrong(f"the policy does not know the log {known.name}")
        known = known or next(iter(logs.values()))
    if known is None:
        fail(
            f"首次跟踪 {url} 须用 --policy 给出日志的公钥（另行取得，不要取自该地址）",
            "The first time --policy must give the log's key, got elsewhere than from that address",
        )
    return known, last


def _fetching(url: str) -> Fetch:
    """Reads below the address over HTTP or HTTPS; nothing else is opened, and nothing longer than a tile is read."""
    prefix = url.rstrip("/")
    if urlsplit(prefix).scheme not in {"http", "https"}:
        raise FollowWrong("an address begins with http:// or https://")

    def fetch(path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{prefix}/{path}", timeout=SECONDS) as answer:  # nosec B310 # noqa: S310 - scheme seen above
                held: bytes = answer.read(MOST_BYTES)
        except urllib.error.HTTPError as refusal:
            word = HTTPStatus(refusal.code).phrase if refusal.code in set(HTTPStatus) else ""
            raise FollowWrong(f"{path}: {refusal.code} {word}") from refusal
        return held

    return fetch


def _write(place: Path, text: str) -> None:
    """Whole on disk, or as it was."""
    building = place.with_name(f".{place.name}.{os.getpid()}")
    building.write_text(text, encoding="utf-8")
    building.replace(place)
