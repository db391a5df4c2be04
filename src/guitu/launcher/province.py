"""The province around the demonstration's county: copied in at the first start, after the county's own people.

The county's people come about through the offices' operations; while they do, specimens of further roads are walked in
scratch copies of the founded database (docs/performance.md).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import make_conninfo

from guitu.launcher import database as databases
from guitu.launcher import filling
from guitu.launcher.database import Database
from guitu.launcher.filling import Walk
from guitu.launcher.speech import LauncherError, say

PERSONS = 3_000
"""How many people the province has where nobody says otherwise: the first start stays short, the lists are long."""
SPECIMENS = 80
"""How many roads are walked for them: about as long as the county takes."""
SEED = "1"
SETTING = "GUITU_PERSONS"


def wanted() -> int:
    """How many people the province is to have, 0 for the county alone. Raises LauncherError for what is no number."""
    told = os.environ.get(SETTING, "") or str(PERSONS)
    if not told.isascii() or not told.isdigit() or int(told) > filling.REGION:
        raise LauncherError(
            f"{SETTING} 应为0到{filling.REGION}的整数;更大的省请用 ./guitu demo generate。",
            f"{SETTING} is a number from 0 to {filling.REGION}; for a larger province: ./guitu demo generate.",
            exit_code=2,
        )
    return int(told)


@contextmanager
def on_the_way(
    database: Database, env: dict[str, str], *, demo: bool, told_to_stop: Callable[[], bool]
) -> Iterator[Walk | None]:
    """Found the demonstration and begin to walk specimens beside its county; None where no province is wanted.

    That is: `demo` is False, a real installation, one that was opened before, or no persons are wanted.
    """
    persons = wanted()
    demo = demo and env["DJANGO_SETTINGS_MODULE"] == databases.DEMO_SETTINGS
    if not demo or not persons or _opened_before(database):
        yield None
        return
    (founded,) = filling.ended(filling.begin(env, "founding"), told_to_stop=told_to_stop)
    if founded == filling.OPENED_BEFORE:
        say(
            "县的人员上次没有录完,这次补完;周边的省不再录入,需要时 ./guitu demo reset。",
            "The county's people were not finished last time and are now; the province around them is left out: "
            "./guitu demo reset makes it.",
        )
        yield None
        return
    if founded:
        raise LauncherError(
            "数据库准备失败,原因见上。",
            f"The database could not be prepared (exit code {founded}); see above.",
        )
    say(
        f"首次启动:先由各单位办理县里的人员,再录入全省 {persons:,} 人({SETTING}=0 则只有县)。",
        f"First start: the county's people through the offices, then {persons:,} of the province "
        f"({SETTING}=0: the county alone).",
    )
    specimens = min(persons, SPECIMENS)
    with filling.walking(database, env, specimens=specimens, seed=SEED, day=filling.today()) as walk:
        yield walk


def take_in(database: Database, env: dict[str, str], walk: Walk, *, told_to_stop: Callable[[], bool]) -> None:
    """Copy the province's people in. Nobody may be connected to the database. Raises LauncherError where it fails."""
    filling.fill(database, env, walk, persons=wanted(), told_to_stop=told_to_stop)


def _opened_before(database: Database) -> bool:
    """Whether this was declared a real installation, or has its demonstration's people."""
    with psycopg.connect(make_conninfo(database.superuser_dsn, dbname=database.name)) as connection:
        if connection.execute("SELECT to_regclass('public.access_installation')").fetchone() == (None,):
            return False
        held = connection.execute("SELECT kind, filled_at FROM access_installation WHERE id = 1").fetchone()
    return held is not None and (held[0] != "DEMONSTRATION" or held[1] is not None)
