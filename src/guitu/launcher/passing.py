"""Verbs of the house: handed to ``guitu.web.command_line`` with the home's database in the environment."""

import signal
import sys

from guitu.launcher import database as databases
from guitu.launcher import keys, processes
from guitu.launcher.home import Home
from guitu.launcher.server import EmbeddedServer

WITHOUT_DATABASE = frozenset({"rule", "code"})


def pass_on(home: Home, arguments: list[str]) -> int:
    """Run the verb in the caller's folder; returns its exit code.

    When the embedded database exists but does not run, it is started for the verb alone and stopped after it.
    """
    command = [sys.executable, "-P", "-m", "guitu.web.command_line", *arguments]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the verb's to answer; the database is stopped after it
    url = databases.outside_url()
    if arguments[0] in WITHOUT_DATABASE or not (url or (home.data / "PG_VERSION").exists()):
        return processes.run_in_foreground(command, env=databases.process_environment(home, None))
    if url:
        env = databases.process_environment(home, databases.outside(url))
        return processes.run_in_foreground(command, env=env)
    keys.read_password(home, keys.SUPERUSER)
    with EmbeddedServer(home).in_use():
        env = databases.process_environment(home, databases.embedded(home))
        return processes.run_in_foreground(command, env=env)
