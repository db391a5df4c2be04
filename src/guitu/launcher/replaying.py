"""A database that went back by itself (to a moment, a standby, a disk image) brings back who was erased; the register
takes them away again before anything is served. ``restore`` does the same with its backup."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from guitu.launcher import backup, processes
from guitu.launcher.database import Database
from guitu.launcher.home import Home, tree_root
from guitu.launcher.speech import LauncherError, say

MODULE = "guitu.web.replaying"


def replay(home: Home, database: Database, env: dict[str, str], *, brought: Path | None = None) -> bool:
    """Erase again whom the register names, where the database does not know of one of its erasures, or a register kept
    elsewhere was `brought`. Returns whether it was done. Raises LauncherError where it cannot be: nothing is served.
    """
    if brought is None and not missing(home, database):
        return False
    env = env | {"GUITU_ROLE": "owner", "GUITU_DEMO": "0"}
    if brought is not None:
        env["GUITU_ERASURES"] = str(brought.expanduser().absolute())
    say(
        "数据库不知道登记中的删除:正在再次删除……",
        "The database does not know of erasures in the register: erasing again …",
    )
    result = processes.run([sys.executable, "-P", "-m", MODULE], env=env, cwd=tree_root(), capture=True)
    if result.returncode != 0:
        raise LauncherError(
            f"删除登记没有重放,没有启动:\n{result.stdout.strip()[-1500:]}",
            "The register of erasures could not be replayed; nothing is served.",
        )
    persons, rows = result.stdout.split()[-2:]
    say(
        f"删除登记:{persons} 人,再次删除 {rows} 行。",
        f"Register of erasures: {persons} persons, {rows} rows erased again.",
    )
    return True


def missing(home: Home, database: Database) -> set[str]:
    """The erasures of the home's register that the database does not hold: it is older than they are."""
    registered = _registered(backup.register_of(home))
    if not registered:
        return set()
    with psycopg.connect(make_conninfo(database.superuser_dsn, dbname=database.name)) as connection:
        if connection.execute("SELECT to_regclass('public.ledger_erasure')").fetchone() == (None,):
            return registered
        held = {str(row[0]) for row in connection.execute("SELECT id FROM ledger_erasure").fetchall()}
    return registered - held


def _registered(register: Path) -> set[str]:
    """The numbers of a register's erasures; a last line without its end was never counted. Raises LauncherError."""
    if not register.is_file():
        return set()
    *lines, _torn = register.read_text(encoding="utf-8").split("\n")
    try:
        held = [json.loads(line) for line in lines if line]
        return {str(one["erasure"]) for one in held if "ending" not in one}
    except (ValueError, KeyError, TypeError) as fault:
        raise LauncherError(
            f"删除登记 {register} 读不了,没有启动。",
            f"The register of erasures {register} cannot be read; nothing is served.",
        ) from fault
