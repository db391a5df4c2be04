"""``restore``: a backup becomes the installation's database, whole, or nothing changes.

The file is opened twice: first to prove it to its end, then into a database beside the one in use. Only when the rows
are counted, the roles, rights and policies made anew and the sealed values opened does it take the name.
"""

import fcntl
import os
import shutil
import subprocess  # nosec B404 # our own commands, never a shell
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from guitu.launcher import backup, key_copies, keys, preparation, processes, replaying, roles, sealing
from guitu.launcher import database as databases
from guitu.launcher.binaries import client_program
from guitu.launcher.database import Database
from guitu.launcher.home import Home, private_directory, tree_root
from guitu.launcher.running import lock_file
from guitu.launcher.sealing import Description
from guitu.launcher.server import EmbeddedServer
from guitu.launcher.speech import LauncherError, say
from guitu.launcher.stamps import write_stamp

KIND_WORDS = {"DEMONSTRATION": ("演示", "a demonstration"), "REAL": ("正式", "a real installation")}


def refuse(zh: str, en: str) -> LauncherError:
    """Return the refusal (exit code 2) that says nothing was changed."""
    return LauncherError(f"{zh}未作任何改动。", f"{en} Nothing was changed.", exit_code=2)


def restore(
    home: Home,
    file: Path,
    *,
    identity: Path | None,
    replace: bool,
    erasures: Path | None = None,
    lost: str | None = None,
) -> int:
    """Restore the backup into the home; returns the exit code.

    Whom the register of erasures names is erased again: the register in the backup, the one in the home, the one that
    lies beside the backup, and ``erasures``, one kept elsewhere. Without any but the backup's own it is refused, unless
    ``lost`` says why it is done all the same.

    Raises LauncherError, with the former state untouched, when the home runs, the file does not open with the private
    key, is not proven by the field keys, is of another kind or version, or any later step fails.
    """
    started = time.monotonic()
    if identity is None:
        raise refuse("请用 --identity 指定备份私钥文件。", "Name the file of the private key with --identity.")
    home.make()
    with lock_file(home) as lock, ExitStack() as stack:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refuse("归途正在运行,请先 ./guitu down。", "Guitu is running; ./guitu down first.") from error
        private = sealing.read_identity(identity)
        say("正在核对备份……", "Proving the backup …")
        description, proof = _proven(home, file, private)
        _refuse_other_kind(description)
        _refuse_other_version(description)
        registers = _registers(home, file, erasures, lost)
        server = preparation.own_server(home)
        if server is not None:
            preparation.refuse_root_for_real()
            if not server.exists():
                stack.enter_context(_NothingHalf(home, server))
            keys.make_keys(home, database_exists=server.exists())
            stack.callback(server.stop)
            server.keep()
            database = databases.embedded(home)
        else:
            keys.make_keys(home, database_exists=False)
            database = databases.outside(os.environ["DATABASE_URL"])
        _refuse_beside(database, description, replace=replace)
        beside = Database(
            host=database.host,
            port=database.port,
            name=f"{database.name}_restoring",
            superuser_dsn=database.superuser_dsn,
            sslmode=database.sslmode,
        )
        roles.prepare_roles(database.superuser_dsn, {role: keys.read_password(home, role) for role in keys.ROLES})
        roles.drop_database(database.superuser_dsn, beside.name)
        stack.callback(roles.drop_database, database.superuser_dsn, beside.name)
        roles.prepare_database(database.superuser_dsn, beside.name)
        say("正在恢复……", "Restoring …")
        _pour(home, file, private, proof, beside)
        _compare_counts(beside, description)
        roles.prepare_database(database.superuser_dsn, beside.name)
        _make_sound(home, beside, description, registers, lost)
        _take_the_name(database, beside.name)
        for name in backup.BESIDE:
            (home.at / name).unlink(missing_ok=True)
            if name in description.files:
                write_stamp(home.at / name, description.files[name].rstrip("\n"))
        home.prepared_stamp.unlink(missing_ok=True)
    rows, seconds = sum(description.counts.values()), time.monotonic() - started
    say(
        f"已恢复 {description.made_at} 的备份:{rows} 行,{seconds:.1f} 秒。启动:./guitu up",
        f"Restored the backup of {description.made_at}: {rows} rows, {seconds:.1f} s. Start it with ./guitu up",
    )
    return 0


def _proven(home: Home, file: Path, private: sealing.PrivateKey) -> tuple[Description, bytes]:
    """Read the file to its end; return its description and the key that proves it."""
    text = key_copies.data_keys(home)
    if text is None:
        raise refuse(
            f"{home.keys} 中没有数据密钥,加密值将打不开。请先运行 GUITU_HOME={home.at} ./guitu keys import 副本。",
            f"{home.keys} holds no field keys: the sealed values would not open. Run GUITU_HOME={home.at} "
            "./guitu keys import COPY first.",
        )
    description = sealing.unpack(file, private, dump=None, key=None)
    if description.keys != sealing.lineage(text):
        raise refuse(
            "这份备份使用另一套数据密钥,其加密值用现有密钥打不开。请恢复到新的 GUITU_HOME 并先导入对应的密钥副本。",
            "This backup uses other field keys: its sealed values would not open. Restore into a new GUITU_HOME, and "
            "import the copy of the right keys there first.",
        )
    proof = sealing.proof_key(text)
    return sealing.unpack(file, private, dump=None, key=proof), proof


def _refuse_other_kind(description: Description) -> None:
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", databases.DEMO_SETTINGS)
    wanted = "DEMONSTRATION" if settings == databases.DEMO_SETTINGS else "REAL"
    if description.kind != wanted:
        made, here = KIND_WORDS[description.kind], KIND_WORDS[wanted]
        raise refuse(
            f"这是{made[0]}安装的备份,不能恢复到{here[0]}安装。",
            f"This is the backup of {made[1]}; it cannot be restored into {here[1]}.",
        )


def _refuse_other_version(description: Description) -> None:
    """A backup of an older revision is migrated; one of a newer revision has what this tree does not know."""
    places = tree_root() / "src" / "guitu"
    unknown = [room for room in description.rooms if not (places / room / "migrations").is_dir()]
    for step in description.migrations:
        room, _, name = step.partition("/")
        if not (places / room / "migrations" / f"{name}.py").exists():
            unknown.append(step)
    if description.format != sealing.FORMAT or unknown:
        raise refuse(
            f"这份备份来自较新的版本({description.version}),本版本不认识:{'、'.join(unknown[:5])}。请用较新的版本恢复。",
            f"This backup comes from a newer version ({description.version}); unknown here: {', '.join(unknown[:5])}. "
            "Restore it with the newer version.",
        )


def _refuse_beside(database: Database, description: Description, *, replace: bool) -> None:
    """Refuse to push out what is there unless that was asked for, and never an installation of the other kind."""
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        if connection.info.server_version // 10000 < description.postgres:
            raise refuse(
                f"备份来自 PostgreSQL {description.postgres},这里的服务器较旧。",
                f"The backup comes from PostgreSQL {description.postgres}; the server here is older.",
            )
        if not roles.database_exists(connection, database.name):
            return
    with psycopg.connect(make_conninfo(database.superuser_dsn, dbname=database.name)) as connection:
        if connection.execute("SELECT to_regclass('public.access_installation')").fetchone() == (None,):
            return
        held = connection.execute("SELECT kind FROM access_installation WHERE id = 1").fetchone()
    if held is not None and held[0] != description.kind:
        zh, en = KIND_WORDS[str(held[0])]
        raise refuse(f"这里是{zh}安装,备份属于另一类。", f"Here is {en}; the backup is of the other kind.")
    if not replace:
        raise refuse(
            "这里已有数据库。确要用备份取代它,请加 --replace。",
            "There is a database here. To put the backup in its place, add --replace.",
        )


def _registers(home: Home, file: Path, named: Path | None, lost: str | None) -> list[Path]:
    """The registers of erasures to be replayed beside the home's: the one named, and the one beside the backup."""
    beside = file.expanduser().absolute().parent / backup.ERASURES
    found = [one for one in (named, beside) if one is not None and (one == named or one.is_file())]
    if not found and not backup.register_of(home).is_file() and not (lost or "").strip():
        raise refuse(
            "没有备份以外的删除登记(erasures.jsonl),备份之后被删除的人会回来。请用 --erasures 指定最新的登记;"
            "确实没有的,用 --erasures-lost 写明理由,记入台账。",
            "There is no register of erasures (erasures.jsonl) beside the backup or in the home: whoever was erased "
            "since would be back. Name the newest one with --erasures; if there is none, say why with --erasures-lost, "
            "which is recorded.",
        )
    return found


def _pour(home: Home, file: Path, private: sealing.PrivateKey, proof: bytes, beside: Database) -> None:
    """Let pg_restore write the dump into the database beside; rights in the dump are kept (never --no-privileges)."""
    address = {name: str(value) for name, value in conninfo_to_dict(beside.superuser_dsn).items()}
    password = address.pop("password", "")
    address["dbname"] = beside.name
    command = [str(client_program("pg_restore")), "--exit-on-error", "--single-transaction", "--no-password"]
    command.append(f"--dbname={make_conninfo('', **address)}")
    log = private_directory(home.logs) / "restore.log"
    with log.open("wb") as words:
        pouring = subprocess.Popen(  # nosec B603 # noqa: S603 - the launcher's own command, never a shell
            command,
            env=backup.client_environment(password),
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=words,
        )
    assert pouring.stdin is not None  # nosec B101 # opened above with a pipe
    try:
        sealing.unpack(file, private, dump=pouring.stdin, key=proof)
        pouring.stdin.close()
    except BrokenPipeError:  # pg_restore ended early: its exit code and its words are looked at below
        pouring.stdin = None
    except BaseException:
        pouring.kill()
        pouring.wait()
        raise
    if pouring.wait() != 0:
        told = log.read_text(encoding="utf-8", errors="replace").strip()[-800:]
        raise LauncherError(f"恢复未成功,原有状态未变:\n{told}", "The restore failed; the former state is unchanged.")


def _compare_counts(beside: Database, description: Description) -> None:
    with psycopg.connect(make_conninfo(beside.superuser_dsn, dbname=beside.name)) as connection:
        found = backup.count_rows(connection)
    if found != description.counts:
        names = sorted({*found, *description.counts})
        lacking = [name for name in names if found.get(name) != description.counts.get(name)]
        raise LauncherError(
            f"恢复的行数与备份时不符({'、'.join(lacking[:5])}),原有状态未变。",
            f"Rows differ from those backed up ({', '.join(lacking[:5])}); the former state is unchanged.",
        )


def _make_sound(
    home: Home, beside: Database, description: Description, registers: list[Path], lost: str | None
) -> None:
    """Migrate, compile, erase again whom the register names, record the restore, and look at the whole before it is
    opened; each in a process of the house."""
    env = databases.process_environment(home, beside) | {"GUITU_ROLE": "owner", "GUITU_DEMO": "0"}
    env["GUITU_RESTORED"] = description.made_at
    env |= replaying.wishes(registers, lost)
    for module in ("guitu.web.prepare", "guitu.web.replaying", "guitu.web.soundness"):
        result = processes.run([sys.executable, "-P", "-m", module], env=env, cwd=tree_root(), capture=True)
        if result.returncode != 0:
            raise LauncherError(
                f"恢复的数据库未通过检查,没有启用:\n{result.stdout.strip()[-1500:]}",
                f"The restored database did not pass ({module}) and was not put to use; the former state is unchanged.",
            )
        if module == "guitu.web.replaying":
            replaying.tell(result.stdout)


def _take_the_name(database: Database, beside: str) -> None:
    """Give the restored database the name in one transaction, then drop the former one."""
    former = f"{database.name}_before_restore"
    roles.drop_database(database.superuser_dsn, former)
    try:
        with psycopg.connect(database.superuser_dsn) as connection:
            for old, new in ((database.name, former), (beside, database.name)):
                if roles.database_exists(connection, old):
                    connection.execute(
                        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
                    )
    except psycopg.errors.ObjectInUse as error:
        raise LauncherError(
            "仍有程序连接着数据库,未启用恢复的数据。请先停止服务(systemctl stop guitu-web)。",
            "Programs are still connected to the database; the former state is unchanged. Stop the services first "
            "(systemctl stop guitu-web).",
        ) from error
    roles.drop_database(database.superuser_dsn, former)


class _NothingHalf:
    """After a failure in a fresh home no half-filled server remains; after a success nothing is done."""

    def __init__(self, home: Home, server: EmbeddedServer) -> None:
        self._home, self._server = home, server

    def __enter__(self) -> None:
        """Nothing is done yet."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> None:
        if kind is not None:
            self._server.stop()
            shutil.rmtree(self._home.data, ignore_errors=True)
