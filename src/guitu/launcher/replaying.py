"""A database that went back by itself (to a moment, a standby, a disk image) brings back who was erased; the register
takes them away again before anything is served. ``restore`` does the same with its backup."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from guitu.launcher import processes
from guitu.launcher.database import Database
from guitu.launcher.home import Home, tree_root
from guitu.launcher.speech import LauncherError, say

MODULE = "guitu.web.replaying"
STANDS = "STANDS"
"""Its last word where the database knows of every erasure in the register."""


def replay(
    home: Home, database: Database, env: dict[str, str], *, brought: Path | None = None, lost: str | None = None
) -> bool:
    """Do again what the register names, where the database does not know of it, or a register kept elsewhere was
    `brought`; `lost` are the words with which somebody goes on without a register. Returns whether it was done. Raises
    LauncherError where it cannot be, also where the register is gone, cut short or another one: nothing is served.
    """
    env = env | {"GUITU_ROLE": "owner", "GUITU_DEMO": "0", "GUITU_REPLAY": "MISSING"}
    env |= wishes([brought] if brought else [], lost)
    if brought is not None:
        env["GUITU_REPLAY"] = "ALL"
    result = processes.run([sys.executable, "-P", "-m", MODULE], env=env, cwd=tree_root(), capture=True)
    if result.returncode != 0:
        raise LauncherError(
            f"删除登记没有重放,没有启动。请运行 ./guitu prepare --erasures 最新的登记副本"
            f"(见 docs/runbooks/restore.md):\n{result.stdout.strip()[-1500:]}",
            "The register of erasures could not be replayed; nothing is served. Run ./guitu prepare --erasures with "
            f"the newest copy of it (docs/runbooks/restore.md).\n{result.stdout.strip()[-1500:]}",
        )
    if result.stdout.split()[-1] == STANDS:
        return False
    say("数据库不知道登记中所记的事。", "The database did not know what the register tells.")
    tell(result.stdout)
    return True


def wishes(brought: Sequence[Path], lost: str | None) -> dict[str, str]:
    """The variables that tell the module which registers were brought, and the words where there is none."""
    named = [str(path.expanduser().absolute()) for path in brought]
    return {"GUITU_ERASURES": json.dumps(named), "GUITU_ERASURES_LOST": lost or ""}


def tell(answer: str) -> None:
    """Say what the module has done, and up to when the register is known to be whole."""
    done = json.loads(answer.strip().splitlines()[-1])
    until = done["until"] or "?"
    say(
        f"删除登记:{done['persons']} 人,再次删除 {done['rows']} 行,重新封存 {done['sealed']} 件,全部会话和令牌已结束。"
        f"登记至 {until} 为全;此后的删除和封存它不知道,请对照各单位的删除证明,另有更新的登记请加 --erasures 再来一次。",
        f"Register of erasures: {done['persons']} persons, {done['rows']} rows erased again, {done['sealed']} files "
        f"sealed again, all sessions and tokens ended. It is whole up to {until}; of what was erased or sealed later "
        "it does not know: ask the offices for their certificates, and with a later register do this again with "
        "--erasures FILE.",
    )
