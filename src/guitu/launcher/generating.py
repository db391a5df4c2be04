"""``demo generate``: a fictional province of any size, made in an installation that nobody has opened yet.

The people's roads are walked through operations in a scratch copy of the founded installation, which is dropped
afterwards; the installation itself is filled by COPY (docs/performance.md).
"""

import fcntl
import time
from contextlib import ExitStack

from guitu.launcher import assets, demonstrating, filling, preparation, roles, translations
from guitu.launcher import database as databases
from guitu.launcher.home import Home, tree_root
from guitu.launcher.running import lock_file
from guitu.launcher.speech import LauncherError, say


def generate(home: Home, *, persons: int, seed: str, today: str, reset: bool) -> int:
    """Fill the home's demonstration with `persons` fictional people; returns the exit code.

    `today` is the legal day up to which roads have come (ISO 8601; empty: the present one). Refuses (exit code 2) fewer
    than one and more than `filling.LARGEST`, a real installation, a running one, and one that holds persons, unless
    `reset` empties it first.
    """
    if not 1 <= persons <= filling.LARGEST:
        raise LauncherError(
            f"人数应为1到{filling.LARGEST:,}；更大的没有测过，什么也没有做。",
            f"The number of people is from 1 to {filling.LARGEST:,}; more was never measured. Nothing was done.",
            exit_code=2,
        )
    demonstrating.refuse_real_settings()
    day = today or filling.today()
    home.make()
    begun = time.monotonic()
    with lock_file(home) as lock, ExitStack() as stack:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LauncherError(
                "归途正在运行,请先 ./guitu down。", "Guitu is running; ./guitu down first.", exit_code=2
            ) from error
        root = tree_root()
        assets.build(root)  # with them come the fonts: the first roads send papers
        translations.compile_changed(root / "src" / "guitu")
        server = preparation.own_server(home, filling=True)
        if server is not None:
            stack.callback(server.stop)
        database = preparation.open_database(home, server)
        demonstrating.refuse_real_database(database)
        home.prepared_stamp.unlink(missing_ok=True)
        if reset:
            roles.drop_database(database.superuser_dsn, database.name)
            roles.prepare_database(database.superuser_dsn, database.name)
        env = databases.process_environment(home, database)
        env["GUITU_REGIONS"] = filling.regions_for(persons)
        founding = filling.begin(env, "founding")
        if filling.ended(founding) == [filling.OPENED_BEFORE]:
            raise LauncherError(
                "这个安装里已经有人员,什么也没有改。要清空重来请加 --reset。",
                "This installation holds persons already; nothing was changed. --reset empties it first.",
                exit_code=2,
            )
        filling.must(founding)
        specimens = min(persons, filling.SPECIMENS)
        with filling.walking(database, env, specimens=specimens, seed=seed, day=day) as walk:
            filling.fill(database, env, walk, persons=persons)
    say(
        f"已生成 {persons:,} 人,用时 {time.monotonic() - begun:.0f} 秒。启动:./guitu up",
        f"{persons:,} people were generated in {time.monotonic() - begun:.0f} s. Start it with ./guitu up",
    )
    return 0
