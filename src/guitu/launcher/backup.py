"""``backup``: the whole database as guitu_load sees it at one moment, sealed to the public key from the first byte.

Nothing is written in clear, not even for a moment; the file takes its name only when it is whole. Field keys and
passwords are not in it (``keys export``).
"""

import json
import os
import subprocess  # nosec B404 # our own commands, never a shell
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from guitu.launcher import database as databases
from guitu.launcher import key_copies, keys, sealing
from guitu.launcher.binaries import client_program
from guitu.launcher.database import Database
from guitu.launcher.home import Home, private_directory, tree_root
from guitu.launcher.sealing import Description
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError, say
from guitu.launcher.stamps import read_stamp, write_stamp

LAST = "last-backup.json"
ERASURES = "erasures.jsonl"  # the register of erasures, ids alone: a copy goes beside each backup
COPYING = "guitu_load"
BESIDE = ("divisions.csv",)  # what an installation has loaded into its home, not into its database
ENDING = ".backup.age"


@contextmanager
def database_in_use(home: Home) -> Iterator[Database]:
    """Have the home's database running inside the block, the outside one or the embedded one. Raises LauncherError
    when the home has none."""
    url = databases.outside_url()
    if url:
        yield databases.outside(url)
        return
    server = EmbeddedServer(home)
    if not server.exists():
        raise LauncherError(
            f"{home.at} 尚无数据库,请先 ./guitu up。",
            f"{home.at} has no database yet; run ./guitu up first.",
            exit_code=2,
        )
    keys.read_password(home, keys.SUPERUSER)
    with server.in_use():
        yield databases.embedded(home)


def dsn_of(home: Home, database: Database, role: str) -> str:
    """Return how a role reaches the installation's database, without its password."""
    return make_conninfo(
        host=database.host, port=database.port, user=role, dbname=database.name, sslmode=database.sslmode
    )


def back_up(home: Home, *, to: Path | None) -> int:
    """Write one backup into the folder (default GUITU_HOME/backups); returns the exit code.

    Raises LauncherError when no public key is set, there is no database, or the dump does not succeed.
    """
    recipient = key_copies.recipient(home)
    data_keys = key_copies.data_keys(home)
    if data_keys is None:
        raise LauncherError(
            f"缺少数据密钥 {home.keys / keys.DATA_KEYS}。", f"The field keys are missing in {home.keys}.", exit_code=2
        )
    started = time.monotonic()
    folder = to.expanduser().absolute() if to else private_directory(home.at / "backups")
    with database_in_use(home) as database:
        key_copies.recorded(home, "record-copy", "BACKUP", str(recipient))
        password = keys.read_password(home, COPYING)
        dsn = dsn_of(home, database, COPYING)
        with psycopg.connect(dsn, password=password) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
            description = describe(home, connection, data_keys=data_keys)
            say("正在备份……", "Backing up …")
            name = f"guitu-{description.kind.lower()}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{ENDING}"
            building = folder / f".{name}.part"
            try:
                with _dumping(home, dsn, password, snapshot) as dump:
                    _seal(description, dump, building, recipient=recipient, key=sealing.proof_key(data_keys))
                building.rename(folder / name)
            finally:
                building.unlink(missing_ok=True)
    _copy_register(register_of(home), folder)
    at = datetime.now(UTC)
    write_stamp(home.at / LAST, json.dumps({"at": at.isoformat(timespec="seconds"), "file": str(folder / name)}))
    size = (folder / name).stat().st_size
    rows = sum(description.counts.values())
    seconds = time.monotonic() - started
    say(
        f"备份完成:{folder / name}({rows} 行,{size / 1e6:.1f} MB,{seconds:.1f} 秒)。请移到本机以外。",
        f"Backed up: {folder / name} ({rows} rows, {size / 1e6:.1f} MB, {seconds:.1f} s). Take it off this machine.",
    )
    if not key_copies.is_exported(home):
        say(
            "警告:数据密钥尚无副本;没有它,这份备份中的加密值打不开。请运行 ./guitu keys export --to 文件。",
            "Warning: there is no copy of the field keys, without which sealed values of this backup do not open. "
            "Run ./guitu keys export --to FILE.",
        )
    return 0


def _copy_register(register: Path, folder: Path) -> None:
    """Lay a copy of the register of erasures beside the backup. A copy there that is not the beginning of the register
    is kept under another name: what only it knows must not go with a register that was lost or cut short."""
    if not register.is_file() or register.parent == folder:
        return
    copy, text = folder / ERASURES, register.read_text(encoding="utf-8")
    if copy.is_file() and not text.startswith(copy.read_text(encoding="utf-8")):
        former = folder / f"erasures-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
        copy.rename(former)
        say(
            f"警告:{folder} 中的删除登记有本安装的登记所没有的行,已改名保留:{former.name}。请运行 "
            f"./guitu prepare --erasures {former}。",
            f"Warning: the register of erasures in {folder} has lines that this installation's lacks; it is kept as "
            f"{former.name}. Run ./guitu prepare --erasures {former}.",
        )
    write_stamp(copy, text.rstrip("\n"))


def register_of(home: Home) -> Path:
    """Where the register of erasures stands: the file that GUITU_ERASURE_REGISTER names, else in the home."""
    return Path(os.environ.get("GUITU_ERASURE_REGISTER") or home.at / ERASURES)


def hours_since_last(home: Home) -> float | None:
    """Return how long ago the last backup of the home was made, None when there was none."""
    noted = read_stamp(home.at / LAST)
    if noted is None:
        return None
    return (datetime.now(UTC) - datetime.fromisoformat(json.loads(noted)["at"])).total_seconds() / 3600


def own_rooms() -> list[str]:
    """Return the rooms of this tree that have tables."""
    return sorted(path.parent.name for path in (tree_root() / "src" / "guitu").glob("*/migrations"))


def describe(home: Home, connection: "psycopg.Connection[tuple[object, ...]]", *, data_keys: str) -> Description:
    """Return what a backup of the home's connected database at this moment says about itself."""
    rooms = own_rooms()
    steps = connection.execute(
        "SELECT app || '/' || name FROM django_migrations WHERE app = ANY(%s) ORDER BY 1", (rooms,)
    ).fetchall()
    return Description(
        format=sealing.FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        kind=str(_one(connection, "SELECT kind FROM access_installation WHERE id = 1")),
        version=tomllib.loads((tree_root() / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"],
        postgres=connection.info.server_version // 10000,
        keys=sealing.lineage(data_keys),
        rooms=rooms,
        migrations=[str(row[0]) for row in steps],
        counts=count_rows(connection),
        files={name: (home.at / name).read_text(encoding="utf-8") for name in BESIDE if (home.at / name).is_file()},
    )


def count_rows(connection: "psycopg.Connection[tuple[object, ...]]") -> dict[str, int]:
    """Return how many rows each table of the connected database has."""
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(str(table)))
        row = connection.execute(query).fetchone()
        counts[str(table)] = int(str(row[0])) if row else 0
    return counts


def _one(connection: "psycopg.Connection[tuple[object, ...]]", statement: str) -> object:
    row = connection.execute(statement.encode()).fetchone()
    if row is None:
        raise LauncherError(
            "数据库尚未准备好,没有可备份的内容。请先 ./guitu up。",
            "The database is not prepared yet; there is nothing to back up. Run ./guitu up first.",
            exit_code=2,
        )
    return row[0]


def client_environment(password: str) -> dict[str, str]:
    """Return the variables for pg_dump and pg_restore; the password is never on their command line."""
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PGPASSWORD": password}
    return env | {name: value for name, value in os.environ.items() if name.startswith("PGSSL")}


@contextmanager
def _dumping(home: Home, dsn: str, password: str, snapshot: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run pg_dump on the snapshot inside the block. Raises LauncherError with its last words when it fails."""
    command = [str(client_program("pg_dump")), "--format=custom", f"--snapshot={snapshot}", f"--dbname={dsn}"]
    log = private_directory(home.logs) / "backup.log"
    with log.open("wb") as words:
        dumping = subprocess.Popen(  # nosec B603 # noqa: S603 - the launcher's own command, never a shell
            command, env=client_environment(password), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words
        )
    try:
        yield dumping
    except (OSError, sealing.SealingFailed) as error:
        told = log.read_text(encoding="utf-8", errors="replace").strip()[-600:]
        raise LauncherError(
            f"备份未完成,没有留下文件:{error}\n{told}", f"The backup failed and left no file: {error}"
        ) from error
    finally:
        if dumping.poll() is None:
            dumping.kill()
        if dumping.stdout is not None:
            dumping.stdout.close()
        dumping.wait()


def _seal(
    description: Description,
    dumping: "subprocess.Popen[bytes]",
    into: Path,
    *,
    recipient: sealing.PublicKey,
    key: bytes,
) -> None:
    """Seal what pg_dump says into the file, which is whole and on disk on return. Raises OSError when it is not."""
    if dumping.stdout is None:
        raise OSError("pg_dump has no output")

    def ended() -> None:
        if dumping.wait() != 0:
            raise OSError(f"pg_dump ended with {dumping.returncode}")

    with os.fdopen(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        sealing.pack(description, dumping.stdout, file, recipient=recipient, key=key, ended=ended)
        file.flush()
        os.fsync(file.fileno())
