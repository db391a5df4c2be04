"""Before anything is served: keys, server, roles, database, then migrations, policies and the demonstration.

``up`` does it at every start, ``./guitu prepare`` does it alone: at the installation and at each upgrade of a server
whose processes something else (systemd) starts.
"""

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from guitu.launcher import assets, keys, processes, province, replaying, roles, stamps, translations
from guitu.launcher import database as databases
from guitu.launcher.database import Database
from guitu.launcher.home import Home, tree_root
from guitu.launcher.running import lock_file
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError, say


def refuse_root_for_real() -> None:
    """Raise LauncherError when root would run the embedded server of anything but a demonstration (decision A8)."""
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", databases.DEMO_SETTINGS)
    if os.geteuid() == 0 and settings != databases.DEMO_SETTINGS:
        raise LauncherError(
            "正式安装不能以 root 身份运行内置数据库:请改用普通用户,或用 DATABASE_URL 指定外部数据库。",
            "A real installation must not run the embedded database as root: use an ordinary user, or name an outside "
            "server with DATABASE_URL.",
            exit_code=2,
        )


def own_server(home: Home, *, filling: bool = False) -> EmbeddedServer | None:
    """Return the home's embedded server, or None when DATABASE_URL names an outside one."""
    return EmbeddedServer(home, filling=filling) if databases.outside_url() is None else None


def open_database(home: Home, server: EmbeddedServer | None) -> Database:
    """Make keys, start the embedded server when there is one, set roles and rights; returns the database's address.

    Raises LauncherError when root may not, keys are lost, or the server does not come.
    """
    if server is not None:
        refuse_root_for_real()
        keys.make_keys(home, database_exists=server.exists())
        server.keep()
        database = databases.embedded(home)
    else:
        keys.make_keys(home, database_exists=home.prepared_stamp.exists())
        database = databases.outside(os.environ["DATABASE_URL"])
    passwords = {role: keys.read_password(home, role) for role in keys.ROLES}
    roles.prepare_roles(database.superuser_dsn, passwords)
    roles.prepare_database(database.superuser_dsn, database.name)
    return database


def wanted_preparation(home: Home, database: Database, *, settings: str, demo: bool) -> str:
    """Return what a preparation now would depend on: sources, server, database, settings, demonstration."""
    facts = {
        "sources": stamps.sources_hash(tree_root() / "src" / "guitu"),
        "server": roles.system_identifier(database.superuser_dsn),
        "database": database.name,
        "settings": settings,
        "demo": demo,
    }
    return json.dumps(facts, sort_keys=True)


def prepare_contents(
    home: Home,
    database: Database,
    env: dict[str, str],
    *,
    demo: bool,
    told_to_stop: Callable[[], bool],
    begun: Callable[[int], None],
) -> None:
    """Run ``guitu.web.prepare`` as owner, unless nothing on which it depends has changed since it last succeeded.

    A request to stop is passed on to it; ``begun`` is told its process. Raises LauncherError when it fails.
    """
    wanted = wanted_preparation(home, database, settings=env["DJANGO_SETTINGS_MODULE"], demo=demo)
    if stamps.read_stamp(home.prepared_stamp) == wanted:
        return
    say("正在准备数据库……", "Preparing the database …")
    home.prepared_stamp.unlink(missing_ok=True)
    with province.on_the_way(database, env, demo=demo, told_to_stop=told_to_stop) as walk:
        command = [sys.executable, "-P", "-m", "guitu.web.prepare"]
        step = processes.spawn(command, env=env | {"GUITU_ROLE": "owner"}, cwd=tree_root())
        begun(step.pid)
        while step.poll() is None:
            if told_to_stop():
                step.terminate()
                step.wait()
                return
            time.sleep(0.05)
        if step.returncode != 0:
            raise LauncherError(
                "数据库准备失败,原因见上。",
                f"The database could not be prepared (exit code {step.returncode}); see above.",
            )
        if walk is not None:
            province.take_in(database, env, walk, told_to_stop=told_to_stop)
    stamps.write_stamp(home.prepared_stamp, wanted)


def prepare_alone(home: Home, *, demo: bool, erasures: Path | None = None, lost: str | None = None) -> int:
    """``./guitu prepare``: assets, catalogues, database and contents, without serving. Returns the exit code.

    What the register of erasures names and the database does not know is done again; ``erasures``, a register kept
    elsewhere, too. ``lost`` are the words with which somebody goes on without the register.

    Raises LauncherError when the installation is running under ``up``, or a step fails.
    """
    home.make()
    root = tree_root()
    with lock_file(home) as lock, ExitStack() as stack:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LauncherError("归途正在运行,请先 ./guitu down。", "Guitu is running; ./guitu down first.") from error
        assets.build(root)
        translations.compile_changed(root / "src" / "guitu")
        server = own_server(home)
        if server is not None:
            stack.callback(server.stop)
        database = open_database(home, server)
        env = databases.process_environment(home, database) | {"GUITU_DEMO": "1" if demo else "0"}
        prepare_contents(home, database, env, demo=demo, told_to_stop=lambda: False, begun=lambda _: None)
        replaying.replay(home, database, env, brought=erasures, lost=lost)
    say("已准备就绪。", "Prepared.")
    return 0
