"""Passwords and keys of an installation: made once, at random, files of mode 0600. Standard library only.

``<role>.password`` one per database role and for the superuser ``postgres``; ``django-secret-key``;
``data-keys.json`` is the keyring: ``current``, the id of the key in use; ``keys``, by id ``suite``, ``value``,
``index``, ``seal`` and for SM2 ``public`` (base64; in an older file the first is the value key alone); ``retired``, the
public parts of former ones; ``blind_index`` and ``seal``, the founding keys: lasting marks, the backup's code.
``log-key``, with which the log of the ledger is signed, follows from the founding seal key, so that a restored
installation continues the same log; ``log-key-gm``, its SM2 pair, is kept in the ring as ``log_gm``.
"""

import base64
import hashlib
import hmac
import importlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from guitu.launcher.home import Home, private_directory
from guitu.launcher.speech import LauncherError

ROLES = ("guitu_owner", "guitu_app", "guitu_job", "guitu_signin", "guitu_load", "guitu_seq")
SUPERUSER = "postgres"
SECRET_KEY = "django-secret-key"  # nosec B105 # noqa: S105 - the name of a file
DATA_KEYS = "data-keys.json"
LOG_KEY = "log-key"
LOG_KEY_GM = "log-key-gm"
INTL, GM = "intl", "gm"
SUITE = "GUITU_SUITE"
"""Which suite a new installation is founded with."""


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
    if not (home.keys / DATA_KEYS).exists():
        suite = os.environ.get(SUITE, INTL)
        fresh = {"current": "k1", "founded": suite, "keys": {"k1": new_key(suite)}}
        write_once(
            home.keys / DATA_KEYS, json.dumps(fresh | {"blind_index": _random_key(), "seal": _random_key()}) + "\n"
        )
    ring = json.loads((home.keys / DATA_KEYS).read_text(encoding="ascii"))
    if any(not isinstance(one, str) and one["suite"] == GM for one in ring["keys"].values()):
        _sm2()
    if "log_gm" in ring or ring.get("founded") == GM:
        made = "log_gm" not in ring
        add_log_key_of_gm(home, ring)
        if made:
            replace_ring(home, ring)
    seal = base64.b64decode(ring["seal"])
    derived = hmac.digest(seal, b"guitu log key 1", hashlib.sha256)
    write_once(home.keys / LOG_KEY, base64.b64encode(derived).decode("ascii") + "\n")


def open_files(home: Home) -> list[Path]:
    """Return key files that somebody else could read or write (mode other than 0600)."""
    if not home.keys.is_dir():
        return []
    return [path for path in sorted(home.keys.iterdir()) if path.stat().st_mode & 0o077]


def new_key(suite: str) -> dict[str, str]:
    """Return a new key of the suite, as in the ring. Raises LauncherError for an unknown suite and gm without SM2."""
    if suite not in {INTL, GM}:
        raise LauncherError(
            f"没有密码套件 {suite}，可选 {INTL}、{GM}。", f"No suite {suite}; there are {INTL} and {GM}.", exit_code=2
        )
    if suite == INTL:
        return {"suite": INTL, "value": _random_key(), "index": _random_key(), "seal": _random_key()}
    pair = _sm2_pair()
    return {
        "suite": GM,
        "value": _random_key(16),
        "index": _random_key(),
        "seal": pair["private"],
        "public": pair["public"],
    }


def add_log_key_of_gm(home: Home, ring: dict[str, Any]) -> None:
    """Give the ring an SM2 pair for the log unless it has one, and the sequencer its file. Raises as `new_key` does."""
    pair = ring.get("log_gm") or _sm2_pair()
    ring["log_gm"] = pair
    write_once(home.keys / LOG_KEY_GM, f"{pair['private']} {pair['public']}\n")


def replace_ring(home: Home, ring: dict[str, Any]) -> None:
    """Put the ring in the place of the former one, whole and on disk, or not at all."""
    path = home.keys / DATA_KEYS
    building = path.with_name(f".{DATA_KEYS}.new")
    building.unlink(missing_ok=True)
    write_once(building, json.dumps(ring) + "\n")
    building.replace(path)
    folder = os.open(home.keys, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sm2() -> Any:
    try:
        return importlib.import_module("gmssl_pyx")
    except ImportError as error:
        raise LauncherError(
            "国密套件 gm 缺少 SM2：请先安装附加依赖 gm（gmssl-pyx，目前只有 Linux x86_64 的安装包）。",
            "Suite gm has no SM2 here: install the extra gm first (gmssl-pyx; wheels for Linux on x86_64 alone).",
            exit_code=2,
        ) from error


def _sm2_pair() -> dict[str, str]:
    public, private = _sm2().sm2_key_generate()
    return {
        "private": base64.b64encode(private).decode("ascii"),
        "public": base64.b64encode(public).decode("ascii"),
    }


def _random_key(length: int = 32) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode("ascii")
