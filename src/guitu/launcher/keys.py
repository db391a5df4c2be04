"""Passwords and keys of an installation: made once, at random, files of mode 0600. Standard library only.

``<role>.password`` one per database role and for the superuser ``postgres``; ``django-secret-key``;
``data-keys.json`` = ``{"current": ID, "keys": {ID: KEY}, "blind_index": KEY, "seal": KEY}``, each KEY base64 of
32 bytes, for encrypted values, their blind index and the seal of receipts; ``log-key``, with which the log of the
ledger is signed, follows from the seal key, so that a restored installation continues the same log.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from guitu.launcher.home import Home, private_directory
from guitu.launcher.speech import LauncherError

ROLES = ("guitu_owner", "guitu_app", "guitu_job", "guitu_signin", "guitu_load", "guitu_seq")
SUPERUSER = "postgres"
SECRET_KEY = "django-secret-key"  # noqa: S105 - the name of a file
DATA_KEYS = "data-keys.json"
LOG_KEY = "log-key"


def password_file(home: Home, role: str) -> Path:
    """Return where the role's password lies."""
    return home.keys / f"{role}.password"


def read_password(home: Home, role: str) -> str:
    """Return the role's password. Raises LauncherError when the file is missing."""
    path = password_file(home, role)
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise LauncherError(
            f"缺少密钥文件 {path}。请先运行 ./guitu up;若数据库已存在,请从密钥备份恢复该文件。",
            f"Key file {path} is missing. Run ./guitu up first; if the database exists, bring the file back from the "
            "copy of the keys.",
        ) from error


def write_once(path: Path, text: str) -> bool:
    """Write a secret with mode 0600 unless the file exists; returns whether it was written. Whole or not at all."""
    building = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        os.fchmod(handle, 0o600)
        file.write(text)
        file.flush()
        os.fsync(handle)
    try:
        os.link(building, path)
    except FileExistsError:
        return False
    finally:
        building.unlink()
    return True


def make_keys(home: Home, *, database_exists: bool) -> None:
    """Make what is missing. Raises LauncherError when a database exists whose data keys are gone: a new key would
    make every encrypted value unreadable without a word."""
    private_directory(home.keys)
    if database_exists and not (home.keys / DATA_KEYS).exists():
        raise LauncherError(
            f"数据库已存在,但缺少数据密钥 {home.keys / DATA_KEYS}。请从密钥备份恢复,切勿新建。",
            f"The database exists but its data keys {home.keys / DATA_KEYS} are missing. "
            "Bring them back from the copy of the keys; new ones could not read the data.",
        )
    for role in (SUPERUSER, *ROLES):
        write_once(password_file(home, role), secrets.token_urlsafe(32) + "\n")
    write_once(home.keys / SECRET_KEY, secrets.token_urlsafe(64) + "\n")
    fresh = {"current": "k1", "keys": {"k1": _random_key()}, "blind_index": _random_key(), "seal": _random_key()}
    write_once(home.keys / DATA_KEYS, json.dumps(fresh) + "\n")
    seal = base64.b64decode(json.loads((home.keys / DATA_KEYS).read_text(encoding="ascii"))["seal"])
    derived = hmac.digest(seal, b"guitu log key 1", hashlib.sha256)
    write_once(home.keys / LOG_KEY, base64.b64encode(derived).decode("ascii") + "\n")


def open_files(home: Home) -> list[Path]:
    """Return key files that somebody else could read or write (mode other than 0600)."""
    if not home.keys.is_dir():
        return []
    return [path for path in sorted(home.keys.iterdir()) if path.stat().st_mode & 0o077]


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode("ascii")
