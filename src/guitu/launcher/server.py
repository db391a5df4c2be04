"""The embedded PostgreSQL server of one home: make, start, adopt, stop. Standard library only.

The server listens on a socket in a private folder and on nothing else; every role signs in with scram-sha-256.
"""

import fcntl
import os
import shutil
import signal
import subprocess  # nosec B404 # our own commands, never a shell
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from guitu.launcher import keys, processes
from guitu.launcher.binaries import Binaries, locate
from guitu.launcher.home import Home, private_directory
from guitu.launcher.speech import LauncherError

PORT = 5432  # only a part of the socket's name: nothing listens on a network
BUILTIN_LOCALE_SINCE = 17
START_RETRY_SECONDS = 10.0
RECOVERY_SECONDS = 300.0
STATUS_LINE = 7  # the eighth line of postmaster.pid: starting, ready, stopping


@dataclass
class EmbeddedServer:
    """The server of a home. ``lasting`` False (tests only) trades safety against power loss for speed.

    ``filling``: a large province is about to be copied in; nobody else is served meanwhile.
    """

    home: Home
    lasting: bool = True
    filling: bool = False
    _child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _kept: "IO[bytes] | None" = field(default=None, repr=False)

    @property
    def pid_file(self) -> Path:
        """The server's own note of its process."""
        return self.home.data / "postmaster.pid"

    @cached_property
    def binaries(self) -> Binaries:
        """The programs; looked for only when something has to be made or started."""
        return locate()

    def exists(self) -> bool:
        """Say whether the database folder was completely made."""
        return (self.home.data / "PG_VERSION").exists()

    def recorded(self) -> list[str]:
        """Return the lines of postmaster.pid, empty when there is none."""
        try:
            return self.pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []

    def running_pid(self) -> int | None:
        """Return the process of our living server, or None.

        The number in postmaster.pid is believed only when that process is not a zombie and works in our data folder.
        """
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        lines = self.recorded()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if pid in processes.working_in(self.home.data) else None

    def is_ready(self) -> bool:
        """Say whether the server lives and takes connections."""
        lines = self.recorded()
        return self.running_pid() is not None and len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"

    def make(self) -> None:
        """Make the database folder when missing; a half-made one never takes its name.

        Raises LauncherError when initdb fails or the folder was made by another major version.
        """
        if self.exists():
            made_by = (self.home.data / "PG_VERSION").read_text(encoding="ascii").strip()
            if made_by != str(self.binaries.major):
                raise LauncherError(
                    f"数据库目录由 PostgreSQL {made_by} 创建,当前程序为 {self.binaries.major}。"
                    "请用 GUITU_PG_BINDIR 指定原版本。",
                    f"The database folder was made by PostgreSQL {made_by}, the programs are {self.binaries.major}. "
                    "Name the former version with GUITU_PG_BINDIR.",
                )
            return
        building = self.home.at / "db.building"
        shutil.rmtree(building, ignore_errors=True)
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        if self.binaries.major < BUILTIN_LOCALE_SINCE:
            locale = ["--locale=C.UTF-8"]
        command = [
            *self.binaries.command("initdb"),
            f"--pgdata={building}",
            f"--username={keys.SUPERUSER}",
            f"--pwfile={keys.password_file(self.home, keys.SUPERUSER)}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *locale,
            *([] if self.lasting else ["--no-sync"]),
        ]
        result = processes.run(command, env=self._environment(), cwd=self.home.at, capture=True)
        if result.returncode != 0:
            raise LauncherError(
                f"无法创建数据库目录:\n{result.stdout.strip()[-1500:]}\n请运行 ./guitu doctor。",
                "The database folder cannot be made; run ./guitu doctor.",
            )
        building.rename(self.home.data)

    def start(self) -> None:
        """Start the server, or take over the one that runs; returns when it takes connections.

        After a kill -9 the dead server's number and its last backends may linger: tried again for ten seconds.
        Raises LauncherError when the server does not come.
        """
        with (self.home.at / "starting.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.make()
            self._start_alone()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Have the server running inside the block; the last user stops it, whoever started it."""
        with (self.home.at / "database.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            self.start()
            try:
                yield
            finally:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()
                except BlockingIOError:  # somebody else still uses it and will stop it
                    pass

    def keep(self) -> None:
        """Start the server and count as its user until ``stop``: a verb that borrows it meanwhile leaves it running."""
        if self._kept is None:
            self._kept = (self.home.at / "database.lock").open("ab")
        fcntl.flock(self._kept, fcntl.LOCK_SH)
        self.start()

    def _start_alone(self) -> None:
        deadline = time.monotonic() + START_RETRY_SECONDS
        while True:
            if self.running_pid() is None:
                self._clear_stale_pid_file()
                if self.running_pid() is None:
                    self._launch()
            if self._wait_ready():
                return
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"数据库未能启动。{self._last_words()}\n请运行 ./guitu doctor。",
                    "The database did not start; run ./guitu doctor.",
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server: fast, then, after 30 s without effect, immediately (it recovers at the next start)."""
        pid = self.running_pid()
        for number, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
            if pid is None:
                break
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                break
            if self._wait_gone(pid, seconds):
                break
        if self._child is not None:
            self._child.wait(timeout=10)
            self._child = None
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def settings(self) -> dict[str, str]:
        """Return the server's settings; those about logs keep names and numbers out of them (decisions A3)."""
        socket_directory = str(self.home.socket_directory()).replace('"', '""')
        chosen = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{socket_directory}"',
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": "100",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C.UTF-8",
            "password_encryption": "scram-sha-256",  # nosec B105 # the name of a way of keeping them
            "log_statement": "none",
            "log_min_duration_statement": "-1",
            "log_min_error_statement": "panic",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
            "log_error_verbosity": "terse",
        }
        if self.filling:  # indexes made in one go leave no log, and checkpoints come by size
            chosen |= {"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB", "wal_buffers": "64MB"}
            chosen |= {"checkpoint_timeout": "1h", "shared_buffers": "512MB", "autovacuum": "off"}
        if not self.lasting:
            chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            chosen |= {"scram_iterations": "1"}  # the passwords of tests are known to everybody
        return chosen

    def _launch(self) -> None:
        options = [part for name, value in self.settings().items() for part in ("-c", f"{name}={value}")]
        command = [*self.binaries.command("postgres"), "-D", str(self.home.data), *options]
        with (private_directory(self.home.logs) / "postgres.log").open("ab") as log:
            self._child = processes.spawn(command, env=self._environment(), cwd=self.home.at, output=log)

    def _wait_ready(self) -> bool:
        """Wait while the server is coming up (recovery may take long); False when it ended instead."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while time.monotonic() < deadline:
            if self.is_ready():
                return True
            if self._child is None and self.running_pid() is None:
                return False
            if self._child is not None and self._child.poll() is not None:
                self._child = None
                return self.is_ready()
            time.sleep(0.02)
        return False

    def _wait_gone(self, pid: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while processes.is_living(pid):
            if self._child is not None:
                self._child.poll()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _clear_stale_pid_file(self) -> None:
        """Remove postmaster.pid when its process is a zombie that nobody reaps, or another program's.

        Never while any process still works in the data folder: the file guards the shared memory of old backends.
        """
        lines = self.recorded()
        if lines and not processes.working_in(self.home.data):
            self.pid_file.unlink(missing_ok=True)

    def _last_words(self) -> str:
        try:
            text = (self.home.logs / "postgres.log").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return "\n" + "\n".join(text.splitlines()[-8:])
