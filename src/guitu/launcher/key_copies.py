"""``keys``: the public key to which backups are sealed, and the copy of the field keys under a passphrase.

Both halves that open something leave the machine: the private key of backups is written once to a place outside
GUITU_HOME, and so is the copy of the field keys, which no backup contains (decision 29).
"""

import getpass
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from guitu.launcher import database, key_rotation, keys, sealing
from guitu.launcher.home import Home, private_directory
from guitu.launcher.passing import pass_on
from guitu.launcher.speech import LauncherError, say
from guitu.launcher.stamps import read_stamp, write_stamp

RECIPIENT = "backup-recipient"
EXPORTED = "keys-exported.json"
SHORTEST_PASSPHRASE = 12


def data_keys(home: Home) -> str | None:
    """Return the field keys as they are kept, from GUITU_DATA_KEYS or the home; None when there are none."""
    return os.environ.get("GUITU_DATA_KEYS") or read_stamp(home.keys / keys.DATA_KEYS)


def recipient(home: Home) -> sealing.PublicKey:
    """Return the public key of backups. Raises LauncherError when none was set."""
    text = read_stamp(home.keys / RECIPIENT)
    if text is None:
        raise LauncherError(
            "尚未设定备份公钥,备份不会以明文写出。请先运行 ./guitu keys recipient --to 文件(放在本机以外)。",
            "No public key for backups is set, and no backup is written in clear. Run ./guitu keys recipient --to FILE "
            "first, FILE on a medium that leaves this machine.",
            exit_code=2,
        )
    return sealing.read_recipient(text)


def set_recipient(home: Home, *, to: Path | None, public: str | None, replace: bool, emergency: str = "") -> int:
    """Make a key pair and write the private half to ``to``, or take the public key of a pair made elsewhere.

    Whoever has the private half reads every backup from then on: another key than the first needs two hands or
    ``emergency`` as a rotation does, and is recorded before it is put to use.
    """
    home.make()
    held = home.keys / RECIPIENT
    if held.exists() and not replace:
        raise LauncherError(
            "已有备份公钥。换新的请加 --replace;旧备份仍只能用旧私钥打开。",
            "There is a public key for backups already. Replace it with --replace; older backups still need the "
            "former private key.",
            exit_code=2,
        )
    if public is not None:
        text = str(sealing.read_recipient(public))
    else:
        private, text = sealing.new_pair()
        place = _elsewhere(home, to)
        _write_new(place, f"# 归途备份私钥 Guitu, private key of backups\n# {text}\n{private}\n".encode())
        say(
            f"备份私钥已写入 {place}。请移到本机以外妥善保管:没有它,任何备份都打不开。",
            f"The private key of backups is in {place}. Keep it away from this machine: no backup opens without it.",
        )
    _settled(home, text, held, emergency)
    held.unlink(missing_ok=True)
    keys.write_once(held, text + "\n")
    say(f"备份公钥:{text}", f"Public key of backups: {text}")
    return 0


def _settled(home: Home, text: str, held: Path, emergency: str) -> None:
    """Two hands for this very key, and its record. Interrupted after it, the same command goes on with that record."""
    if not _has_database(home):
        return
    former = f"{held.read_text(encoding='utf-8')}{held.stat().st_mtime_ns}" if held.is_file() else ""
    event = str(uuid.uuid5(uuid.NAMESPACE_OID, f"recipient:{text}:{former}"))
    if not emergency:
        key_rotation.confirmed(home, "BACKUP_RECIPIENT", text, event)
    recorded(home, "record-recipient", text, event, emergency)


def _has_database(home: Home) -> bool:
    """Whether this installation has a database, in which what is done with its keys and copies is recorded."""
    return bool(database.outside_url()) or (home.data / "PG_VERSION").exists()


def recorded(home: Home, *words: str) -> None:
    """Have the house record in the ledger what is about to be done. Raises LauncherError where it cannot be."""
    if _has_database(home) and pass_on(home, ["keys", *words]) != 0:
        raise LauncherError(
            "未能记入台账,没有办。请排除原因后重新运行。",
            "It could not be recorded in the ledger and was not done. Remove the cause and run it again.",
        )


def export(home: Home, *, to: Path | None) -> int:
    """Write a copy of the field keys under a passphrase to a place outside the home, and note that it was done."""
    text = data_keys(home)
    if text is None:
        raise LauncherError(
            f"{home.keys} 中没有数据密钥,请先 ./guitu up 或 ./guitu prepare。",
            f"{home.keys} holds no field keys; run ./guitu up or ./guitu prepare first.",
            exit_code=2,
        )
    place = _elsewhere(home, to)
    sealed = sealing.lock_with_passphrase(text, _ask_new())
    recorded(home, "record-copy", "KEYS", sealing.fingerprint(text))
    _write_new(place, sealed)
    noted = {"fingerprint": sealing.fingerprint(text), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    write_stamp(home.at / EXPORTED, json.dumps(noted))
    say(
        f"数据密钥副本已写入 {place}。请与口令分开,并与备份分开保管。",
        f"The copy of the field keys is in {place}. Keep it apart from its passphrase and apart from the backups.",
    )
    return 0


def bring_in(home: Home, place: Path) -> int:
    """Put the field keys of a copy into the home; other field keys already there are never overwritten."""
    try:
        sealed = place.read_bytes()
    except OSError as error:
        raise LauncherError(
            f"无法读取 {place}:{error.strerror}。", f"{place} cannot be read: {error.strerror}.", exit_code=2
        ) from error
    text = sealing.open_with_passphrase(sealed, _ask("口令 Passphrase: "))
    wanted = sealing.fingerprint(text)
    home.make()
    held = data_keys(home)
    if held is not None and not _continues(held, text):
        raise LauncherError(
            f"{home.keys} 中已有另一套数据密钥,未作改动。请恢复到新的 GUITU_HOME。",
            f"{home.keys} holds other field keys; nothing was changed. Restore into a new GUITU_HOME.",
            exit_code=2,
        )
    if held is not None:
        recorded(home, "record-copy", "KEYS_IN", wanted)
    private_directory(home.keys)
    keys.replace_ring(home, json.loads(text))
    if held is None:  # without keys the house may not come up to record anything
        recorded(home, "record-copy", "KEYS_IN", wanted)
    noted = {"fingerprint": wanted, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    write_stamp(home.at / EXPORTED, json.dumps(noted))
    say("数据密钥已就位。", "The field keys are in place.")
    return 0


def _continues(held: str, copy: str) -> bool:
    """Say whether the copy is of the same installation and lacks no key that is here."""
    here, there = json.loads(held), json.loads(copy)
    return sealing.lineage(held) == sealing.lineage(copy) and set(here["keys"]) <= set(there["keys"])


def is_exported(home: Home) -> bool:
    """Say whether a copy of the field keys as they are now was written elsewhere."""
    noted, text = read_stamp(home.at / EXPORTED), data_keys(home)
    return bool(noted and text and json.loads(noted)["fingerprint"] == sealing.fingerprint(text))


def _elsewhere(home: Home, place: Path | None) -> Path:
    """Return the place to write to. Raises LauncherError when it is in the home, exists, or is not named."""
    if place is None:
        raise LauncherError("请用 --to 指定文件。", "Name the file with --to.", exit_code=2)
    place = place.expanduser().resolve()
    if place.is_relative_to(home.at.resolve()):
        raise LauncherError(
            f"{place} 在 GUITU_HOME 之内,会与数据一同丢失。请写到别处,例如移动介质。",
            f"{place} lies in GUITU_HOME and would be lost together with the data. Write it elsewhere, for instance to "
            "a medium that leaves the machine.",
            exit_code=2,
        )
    if place.exists():
        raise LauncherError(f"{place} 已存在,不予覆盖。", f"{place} exists and is not overwritten.", exit_code=2)
    return place


def _write_new(place: Path, content: bytes) -> None:
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
    except OSError as error:
        raise LauncherError(
            f"无法写入 {place}:{error.strerror}。", f"{place} cannot be written: {error.strerror}.", exit_code=2
        ) from error


def _ask(prompt: str) -> str:
    """Return what is typed without echo, or the next line of standard input when that is no terminal."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _ask_new() -> str:
    passphrase = _ask("口令 Passphrase: ")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise LauncherError(
            f"口令至少 {SHORTEST_PASSPHRASE} 个字符,未写任何文件。",
            f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters; nothing was written.",
            exit_code=2,
        )
    if sys.stdin.isatty() and _ask("再填一次 Once more: ") != passphrase:
        raise LauncherError("两次口令不同。", "The two passphrases differ.", exit_code=2)
    return passphrase
