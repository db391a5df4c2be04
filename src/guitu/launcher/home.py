"""GUITU_HOME: everything one installation owns, and where in it things lie. Standard library only."""

import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guitu.launcher.speech import LauncherError
from guitu.launcher.stamps import read_stamp, write_stamp

SOCKET_NAME_LENGTH = len("/.s.PGSQL.5432.lock")
SOCKET_PATH_LIMIT = 107  # sockaddr_un.sun_path holds 108 bytes with the closing zero, unix(7)


def tree_root() -> Path:
    """Return the root of the source tree (the folder that holds ``./guitu``)."""
    return Path(__file__).resolve().parents[3]


def fits_socket(directory: Path) -> bool:
    """Say whether a database socket can live there: short enough, and no comma (libpq would read two hosts)."""
    text = os.fsencode(directory)
    return len(text) + SOCKET_NAME_LENGTH <= SOCKET_PATH_LIMIT and b"," not in text


def private_directory(path: Path) -> Path:
    """Make the folder if missing and close it to everybody else (0700 whatever the umask); returns it."""
    path.mkdir(parents=True, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) != 0o700:
        path.chmod(0o700)
    return path


@dataclass(frozen=True)
class Home:
    """One installation's folder. ``at`` must be absolute."""

    at: Path

    @property
    def data(self) -> Path:
        """The database's own folder (PGDATA)."""
        return self.at / "db"

    @property
    def keys(self) -> Path:
        """Passwords and keys, every file 0600."""
        return self.at / "keys"

    @property
    def logs(self) -> Path:
        """What the processes say."""
        return self.at / "logs"

    @property
    def state_file(self) -> Path:
        """What runs, since when, at which address."""
        return self.at / "state.json"

    @property
    def prepared_stamp(self) -> Path:
        """What the last completed preparation of the database depended on."""
        return self.at / "prepared.json"

    @property
    def testing(self) -> "Home":
        """The separate installation of ``./guitu test``; never the demonstration's database."""
        return Home(self.at / "test")

    def make(self) -> None:
        """Make the folders, private to this user. Raises LauncherError when the place cannot be written."""
        try:
            for folder in (self.at, self.keys, self.logs):
                private_directory(folder)
        except OSError as error:
            raise LauncherError(
                f"无法写入 {self.at}:{error.strerror}。请用 GUITU_HOME 指定一个可写的目录。",
                f"{self.at} cannot be written: {error.strerror}. Name a writable folder with GUITU_HOME.",
            ) from error

    def socket_directory(self) -> Path:
        """Return the private folder of the database socket: run/ inside the home, or a recorded short one.

        A place too long for a socket gets a folder of mode 0700 under XDG_RUNTIME_DIR or the temporary folder,
        remembered in the file ``socket-directory``; one that vanished (restart of the machine) is made anew.
        """
        own = self.at / "run"
        if fits_socket(own):
            return private_directory(own)
        record = self.at / "socket-directory"
        known = read_stamp(record)
        if known is not None and is_private(Path(known)):
            return Path(known)
        for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # nosec B108 # noqa: S108 - mkdtemp, 0700
            if base and os.access(base, os.W_OK) and fits_socket(Path(base) / "guitu-12345678"):
                made = Path(tempfile.mkdtemp(prefix="guitu-", dir=base))
                write_stamp(record, str(made))
                return made
        raise LauncherError(
            "找不到足够短的目录放置数据库套接字,请设置 XDG_RUNTIME_DIR 或换一个较短的 GUITU_HOME。",
            "No folder short enough for the database socket; set XDG_RUNTIME_DIR or choose a shorter GUITU_HOME.",
        )

    def read_state(self) -> dict[str, Any]:
        """Return what the supervisor last wrote about itself; empty when nothing was ever started."""
        try:
            state: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return state

    def write_state(self, state: dict[str, Any]) -> None:
        """Replace the state whole."""
        write_stamp(self.state_file, json.dumps(state, ensure_ascii=False, indent=1))


def is_private(path: Path) -> bool:
    """Say whether this is a folder of our own that nobody else may enter."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) == 0o700


def current_home() -> Home:
    """Return the home named by GUITU_HOME (relative names from the caller's folder), default ``var`` in the tree.

    Raises LauncherError as `home_at` does.
    """
    named = os.environ.get("GUITU_HOME")
    return home_at(Path(named)) if named else Home(tree_root() / "var")


def home_at(named: Path) -> Home:
    """Return the home at that place; it need not exist.

    Raises LauncherError (exit code 2) for a file, and for a folder that this user may not read.
    """
    try:
        at = named.expanduser().absolute()
        usable = not at.exists() or (at.is_dir() and os.access(at, os.R_OK | os.X_OK))
    except (OSError, RuntimeError):  # no way to it, or no such user for ~
        usable = False
    if not usable:
        raise LauncherError(
            f"{named} 不是这个用户可以读的目录。请用 GUITU_HOME 指定另一个目录,或换用安装它的用户。",
            f"{named} is no folder that this user may read. Name another with GUITU_HOME, or run as its owner.",
            exit_code=2,
        )
    return Home(at)
