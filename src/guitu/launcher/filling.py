"""Copying fictional people into a founded database: specimens are walked in scratch copies, a further copy is filled.

The filled copy takes the database's name at the end, so that a run that ends early leaves the database as it was.
"""

import subprocess  # nosec B404 # our own commands, never a shell
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from guitu.launcher import processes, roles
from guitu.launcher.database import Database
from guitu.launcher.home import tree_root
from guitu.launcher.running import stop_process
from guitu.launcher.speech import LauncherError

SPECIMENS = 240
"""How many people are walked through operations; a province of no more than these is walked whole."""
REGION, REGIONS = 30_000, 45
"""How many people share the province's cities and counties before they are repeated under further codes; how often."""
LARGEST = 1_000_000
"""The most people that were ever generated and measured (docs/performance.md)."""
PARTS = 2
"""In how many scratch copies the specimens are walked at once."""
OPENED_BEFORE = 2
"""The exit code of a founding that met persons already."""
_SHORT = 0.05
_STEP = "guitu.web.generation"


def today() -> str:
    """The present legal day, up to which roads come (ISO 8601)."""
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"


def regions_for(persons: int) -> str:
    """How many times the cities and counties stand in a province of so many people, as its processes are told."""
    return str(min(REGIONS, -(-persons // REGION)))


@dataclass
class Walk:
    """Specimens on their way in scratch copies: the copies' names, the programs, and what each of those was told."""

    scratch: list[str]
    told: list[str]
    running: "list[subprocess.Popen[bytes]]"


@contextmanager
def walking(database: Database, env: dict[str, str], *, specimens: int, seed: str, day: str) -> Iterator[Walk]:
    """Start walking so many specimens in scratch copies of the founded database, which are dropped at the end.

    `env` is that of the database's processes. Nobody may be connected to the database when this begins.
    """
    door = database.superuser_dsn
    scratch = [f"{database.name}_specimens_{part}" for part in range(PARTS)]
    told = ["--seed", seed, "--specimens", str(specimens), "--today", day]
    with ExitStack() as stack:
        for copy in scratch:
            roles.drop_database(door, copy)  # a killed run has left it
            stack.callback(roles.drop_database, door, copy)
            roles.clone_database(door, database.name, copy)
        running = []
        for part, copy in enumerate(scratch):
            parts = ["--part", str(part), "--parts", str(PARTS)]
            running.append(begin(env | {"GUITU_DB_NAME": copy}, "walking", *told, *parts))
            stack.callback(stop_process, running[-1])
        yield Walk(scratch, told, running)


def fill(
    database: Database,
    env: dict[str, str],
    walk: Walk,
    *,
    persons: int,
    told_to_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Copy `persons` people in when the specimens are walked; the database is filled whole or left as it was.

    Nobody may be connected to the database. Raises LauncherError where a step fails or a request to stop ended it.
    """
    door, name = database.superuser_dsn, f"{database.name}_filling"
    must(*walk.running, told_to_stop=told_to_stop)
    with ExitStack() as stack:
        roles.drop_database(door, name)  # a killed run has left it
        stack.callback(roles.drop_database, door, name)
        roles.clone_database(door, database.name, name)
        env = env | {"GUITU_DB_NAME": name}
        press = [*walk.told, "--persons", str(persons), "--scratch", *walk.scratch]
        must(begin(env, "founding", "--lay-bare"), told_to_stop=told_to_stop)
        must(begin(env, "pressing", *press), told_to_stop=told_to_stop)
        must(begin(env, "founding", "--finish", "--untouched", walk.scratch[0]), told_to_stop=told_to_stop)
        roles.replace_database(door, database.name, name)


def begin(env: dict[str, str], step: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start one of the generator's programs."""
    return processes.spawn([sys.executable, "-P", "-m", f"{_STEP}.{step}", *arguments], env=env, cwd=tree_root())


def ended(*begun: "subprocess.Popen[bytes]", told_to_stop: Callable[[], bool] = lambda: False) -> list[int]:
    """Wait for all and return their exit codes; the first that fails, or a request to stop, ends the others."""
    try:
        while any(process.poll() is None for process in begun):
            if any(process.returncode for process in begun) or told_to_stop():
                break
            time.sleep(_SHORT)
    finally:
        for process in begun:
            stop_process(process)
    return [process.returncode for process in begun]


def must(*begun: "subprocess.Popen[bytes]", told_to_stop: Callable[[], bool] = lambda: False) -> None:
    """Wait for all. Raises LauncherError if one fails or was stopped."""
    codes = [code for code in ended(*begun, told_to_stop=told_to_stop) if code]
    if codes:
        raise LauncherError(
            "生成没有完成,原因见上;没有录入任何人员。",
            f"The people could not be generated (exit code {codes[0]}); see above. No person was taken in.",
        )
