"""A database that went back by itself (to a moment, a standby, a disk image) brings back who was erased; the register
takes them away again before anything is served. ``restore`` does the same with its backup."""

from __future__ import annotations

import sys
from pathlib import Path

from guitu.launcher import backup, processes
from guitu.launcher.database import Database
from guitu.launcher.home import Home, tree_root
from guitu.launcher.speech import LauncherError, say

MODULE = "guitu.web.replaying"
STANDS = "STANDS"
"""Its last word where the database knows of every erasure in the register."""


def replay(home: Home, database: Database, env: dict[str, str], *, brought: Path | None = None) -> bool:
    """Erase again whom the register names, where the database does not know of one of its erasures, or a register kept
    elsewhere was `brought`. Returns whether it was done. Raises LauncherError where it cannot be: nothing is served.
    """
    register = backup.register_of(home)
    if brought is None and not (register.is_file() and register.stat().st_size):
        return False
    env = env | {"GUITU_ROLE": "owner", "GUITU_DEMO": "0", "GUITU_REPLAY": "MISSING"}
    if brought is not None:
        env |= {"GUITU_ERASURES": str(brought.expanduser().absolute()), "GUITU_REPLAY": "ALL"}
    result = processes.run([sys.executable, "-P", "-m", MODULE], env=env, cwd=tree_root(), capture=True)
    if result.returncode != 0:
        raise LauncherError(
            f"删除登记没有重放,没有启动:\n{result.stdout.strip()[-1500:]}",
            f"The register of erasures could not be replayed; nothing is served.\n{result.stdout.strip()[-1500:]}",
        )
    if result.stdout.split()[-1] == STANDS:
        return False
    persons, rows = result.stdout.split()[-2:]
    say(
        f"数据库不知道登记中的删除。删除登记:{persons} 人,再次删除 {rows} 行。",
        f"The database did not know of erasures. Register of erasures: {persons} persons, {rows} rows erased again.",
    )
    return True
