"""``demo load`` and ``demo reset``: the people of a demonstration; a real installation is refused."""

import fcntl
import os
import sys
from contextlib import ExitStack

import psycopg
from psycopg.conninfo import make_conninfo

from guitu.launcher import database as databases
from guitu.launcher import preparation, roles
from guitu.launcher.database import Database
from guitu.launcher.home import Home
from guitu.launcher.running import lock_file
from guitu.launcher.speech import LauncherError, say

WORD = "reset"


def load(home: Home) -> int:
    """Found the demonstration province and its people where ``up --no-demo`` left them out; returns the exit code."""
    return _renew(home, empty_first=False)


def reset(home: Home, *, confirmed: bool) -> int:
    """Make the demonstration's database anew, after the word ``reset`` was typed or ``--yes`` given."""
    refuse_real_settings()
    if not confirmed:
        say(
            f"将删除 {home.at} 的演示数据库并重新生成。确认请输入 {WORD}:",
            f"The demonstration's database in {home.at} will be deleted and made anew. Type {WORD} to go on:",
        )
        if sys.stdin.readline().strip() != WORD:
            raise LauncherError("未确认,什么也没有改。", "Not confirmed; nothing was changed.", exit_code=2)
    return _renew(home, empty_first=True)


def refuse_real_settings() -> None:
    """Raise LauncherError where the settings are those of a real installation."""
    if os.environ.get("DJANGO_SETTINGS_MODULE", databases.DEMO_SETTINGS) != databases.DEMO_SETTINGS:
        raise _refusal()


def _refusal() -> LauncherError:
    return LauncherError(
        "这是正式安装:没有演示数据可装载或重置,什么也没有改。",
        "This is a real installation: there is no demonstration to load or reset. Nothing was changed.",
        exit_code=2,
    )


def _renew(home: Home, *, empty_first: bool) -> int:
    refuse_real_settings()
    home.make()
    with lock_file(home) as lock, ExitStack() as stack:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LauncherError(
                "归途正在运行,请先 ./guitu down。", "Guitu is running; ./guitu down first.", exit_code=2
            ) from error
        server = preparation.own_server(home)
        if server is not None:
            stack.callback(server.stop)
        database = preparation.open_database(home, server)
        refuse_real_database(database)
        home.prepared_stamp.unlink(missing_ok=True)
        if empty_first:
            roles.drop_database(database.superuser_dsn, database.name)
            roles.prepare_database(database.superuser_dsn, database.name)
        env = databases.process_environment(home, database) | {"GUITU_DEMO": "1"}
        preparation.prepare_contents(home, database, env, demo=True, told_to_stop=lambda: False, begun=lambda _: None)
    say("演示数据已就绪。启动:./guitu up", "The demonstration is ready. Start it with ./guitu up")
    return 0


def refuse_real_database(database: Database) -> None:
    """Whatever the settings say, a database that was founded as a real one is left alone."""
    with psycopg.connect(make_conninfo(database.superuser_dsn, dbname=database.name)) as connection:
        if connection.execute("SELECT to_regclass('public.access_installation')").fetchone() == (None,):
            return
        held = connection.execute("SELECT kind FROM access_installation WHERE id = 1").fetchone()
    if held is not None and held[0] != "DEMONSTRATION":
        raise _refusal()
