"""Verbs of the house: handed to ``guitu.web.command_line`` with the home's database in the environment.

``manage`` is Django's own management; it acts as the application's role unless GUITU_ROLE names another.
"""

import signal
import sys

from guitu.launcher import database as databases
from guitu.launcher import keys, processes
from guitu.launcher.home import Home
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError

WITHOUT_DATABASE = frozenset({"rule", "code", "verify"})
FOLLOWING = ["ledger", "follow"]
DIVISIONS = ["rule", "divisions"]
"""Asks an existing database whether two administrators agreed to a new list."""


def pass_on(home: Home, arguments: list[str]) -> int:
    """Run the verb in the caller's folder; returns its exit code.

    When the embedded database exists but does not run, it is started for the verb alone and stopped after it.
    """
    command = [sys.executable, "-P", "-m", "guitu.web.command_line", *arguments]
    if arguments[0] == "manage":
        command = [sys.executable, "-P", "-m", "django", *arguments[1:]]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the verb's to answer; the database is stopped after it
    url = databases.outside_url()
    alone = arguments[0] in WITHOUT_DATABASE or arguments[:2] == FOLLOWING
    alone = alone and arguments[:2] != DIVISIONS
    if alone or not (url or (home.data / "PG_VERSION").exists()):
        env = databases.process_environment(home, None)
        if arguments[0] == "manage" and "GUITU_DB_HOST" not in env:
            raise LauncherError(
                f"{home.at} 尚无数据库,请先运行 ./guitu up 或 ./guitu prepare。",
                f"{home.at} has no database yet; run ./guitu up or ./guitu prepare first.",
            )
        return processes.run_in_foreground(command, env=env)
    if url:
        env = databases.process_environment(home, databases.outside(url))
        return processes.run_in_foreground(command, env=env)
    keys.read_password(home, keys.SUPERUSER)
    with EmbeddedServer(home).in_use():
        env = databases.process_environment(home, databases.embedded(home))
        return processes.run_in_foreground(command, env=env)
