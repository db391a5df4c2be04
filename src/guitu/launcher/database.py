"""Which database an installation uses and how its processes are told: the embedded one, or DATABASE_URL."""

import os
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from guitu.launcher import keys, server
from guitu.launcher.home import Home
from guitu.launcher.speech import LauncherError

NAME = "guitu"
DEMO_SETTINGS = "guitu.settings.demo"


@dataclass(frozen=True)
class Database:
    """Address of the database. ``superuser_dsn`` is for roles and databases only and is passed to no process."""

    host: str
    port: int
    name: str
    superuser_dsn: str
    sslmode: str | None = None


def outside_url() -> str | None:
    """Return DATABASE_URL when an outside server is to be used."""
    return os.environ.get("DATABASE_URL") or None


def embedded(home: Home) -> Database:
    """Return the address of the home's own server (its keys must exist)."""
    from psycopg.conninfo import make_conninfo

    host = str(home.socket_directory())
    password = keys.read_password(home, keys.SUPERUSER)
    dsn = make_conninfo(host=host, port=server.PORT, user=keys.SUPERUSER, password=password, dbname="postgres")
    return Database(host=host, port=server.PORT, name=NAME, superuser_dsn=dsn)


def outside(url: str) -> Database:
    """Return the address in a DATABASE_URL whose user is the outside server's superuser.

    Raises LauncherError when it is not of the form postgresql://USER:PASSWORD@HOST[:PORT]/NAME.
    """
    from psycopg.conninfo import make_conninfo

    parts = urlsplit(url)
    options = parse_qs(parts.query)
    name = unquote(parts.path.removeprefix("/"))
    host = parts.hostname or options.get("host", [""])[0]
    if parts.scheme not in {"postgres", "postgresql"} or not host or not name or not parts.username:
        raise LauncherError(
            "DATABASE_URL 应为 postgresql://用户:口令@主机[:端口]/库名,其用户为数据库超级用户。",
            "DATABASE_URL must read postgresql://USER:PASSWORD@HOST[:PORT]/NAME, its user the server's superuser.",
            exit_code=2,
        )
    sslmode = options.get("sslmode", [None])[0]
    dsn = make_conninfo(
        host=unquote(host),
        port=parts.port or 5432,
        user=unquote(parts.username),
        password=unquote(parts.password) if parts.password else None,
        dbname="postgres",
        sslmode=sslmode,
    )
    return Database(host=unquote(host), port=parts.port or 5432, name=name, superuser_dsn=dsn, sslmode=sslmode)


def process_environment(home: Home, database: Database | None) -> dict[str, str]:
    """Return the variables for the house's processes: where home and database are, never a password or DATABASE_URL."""
    left_out = {"DATABASE_URL", "PYTHONPATH", "PYTHONHOME"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env["GUITU_HOME"] = str(home.at)
    env.setdefault("DJANGO_SETTINGS_MODULE", DEMO_SETTINGS)
    env["PYTHONUTF8"] = "1"
    if database is not None:
        env["GUITU_DB_HOST"] = database.host
        env["GUITU_DB_PORT"] = str(database.port)
        env["GUITU_DB_NAME"] = database.name
        if database.sslmode:
            env["PGSSLMODE"] = database.sslmode
    return env
