"""``keys rotate`` and ``keys retire``: a new current key of either suite; an old one taken out once nothing names it.

Both need a change that one administrator proposed and one of another office confirmed (access.dual_changes); the ledger
names both. A rotation is recorded before the key is put to use; until then the key waits in the file. Interrupted
anywhere, the same command goes on with the waiting key.
"""

import base64
import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from guitu.launcher import keys
from guitu.launcher.home import Home
from guitu.launcher.passing import pass_on
from guitu.launcher.speech import LauncherError, say

NOT_CONFIRMED = 2
"""The exit code of a refusal: of ``keys ordered``, and of the verbs here that it stops."""


def rotate(home: Home, *, suite: str, emergency: str = "") -> int:
    """Make a key of the suite, record it, and put it to use; returns the exit code.

    Needs a rotation that two administrators have confirmed, or `emergency`, words that say why without. Values sealed
    before stay readable; ``keys reseal`` seals them anew. Raises LauncherError when nobody confirmed, the keys come
    from the environment, suite gm lacks its library, or the record cannot be written.
    """
    with _held(home) as ring:
        waiting = ring.get("waiting")
        wanted, event = (waiting["key"]["suite"], waiting["event"]) if waiting else (suite, str(uuid.uuid4()))
        if not emergency:
            confirmed(home, "KEY_ROTATION", wanted, event)
        if waiting is None:
            number = 1 + max(int(one.lstrip("kt") or 0) for one in (*ring["keys"], *ring.get("retired", {})))
            waiting = {"id": f"k{number}", "event": event, "key": keys.new_key(suite)}
            ring["waiting"] = waiting
            if waiting["key"]["suite"] == keys.GM:
                keys.add_log_key_of_gm(home, ring)
            keys.replace_ring(home, ring)
        key_id, made = waiting["id"], waiting["key"]
        if pass_on(home, ["keys", "record-rotation", key_id, made["suite"], waiting["event"], emergency]) != 0:
            raise LauncherError(
                f"轮换未能记入台账，新密钥 {key_id} 尚未启用。请排除原因后重新运行。",
                f"The rotation could not be recorded; key {key_id} waits and is not in use. Run the command again.",
            )
        ring["keys"][key_id] = made
        ring["current"] = key_id
        del ring["waiting"]
        keys.replace_ring(home, ring)
    say(
        f"现用密钥 {made['suite']}/{key_id}。旧值仍可读；请运行 ./guitu keys reseal 重新加密，再 ./guitu keys export。",
        f"The current key is {made['suite']}/{key_id}. Older values stay readable; run ./guitu keys reseal to seal "
        "them anew, and ./guitu keys export once more.",
    )
    return 0


def confirmed(home: Home, kind: str, named: str, event: str) -> None:
    """Stops where no two administrators of different offices have confirmed this, or that could not be asked."""
    answer = pass_on(home, ["keys", "ordered", kind, named, event])
    if answer == 0:
        return
    if answer != NOT_CONFIRMED:
        raise LauncherError(
            "没有问到是否已经双人同意，未作改动。请排除原因后重新运行。",
            "Whether two administrators have confirmed this could not be asked; nothing was changed."
            " Remove the cause and run it again.",
        )
    raise LauncherError(
        "没有双人同意，未作改动。请在“双人变更”页面，或用 ./guitu access change，由两类管理员先后提出和同意；"
        "紧急时加 --emergency 写明理由。",
        "No two administrators have confirmed this; nothing was changed. Propose and confirm it on the page of changes"
        " by two administrators or with ./guitu access change; in an emergency give --emergency and say why.",
        exit_code=NOT_CONFIRMED,
    )


def retire(home: Home, key_id: str, *, emergency: str = "") -> int:
    """Take a key out of the ring once no value names it; what verifies its signatures stays. Returns the exit code.

    Needs two hands or `emergency` as `rotate` does. Raises LauncherError where nobody confirmed, and for the current
    key, an unknown one, or one that a value still names.
    """
    with _held(home) as ring:
        if key_id == ring["current"] or key_id not in ring["keys"]:
            raise LauncherError(
                f"{key_id} 是现用密钥或不存在，未作改动。",
                f"{key_id} is the current key or none; nothing was changed.",
                exit_code=2,
            )
        if not emergency:
            event = str(uuid.uuid5(uuid.NAMESPACE_OID, f"retired:{key_id}"))
            confirmed(home, "KEY_RETIREMENT", key_id, event)
        if pass_on(home, ["keys", "record-retirement", key_id, emergency]) != 0:
            raise LauncherError(
                f"仍有值以 {key_id} 加密，未作改动。请先运行 ./guitu keys reseal。",
                f"Values still name {key_id}; nothing was changed. Run ./guitu keys reseal first.",
                exit_code=2,
            )
        held = ring["keys"].pop(key_id)
        gone = {"suite": keys.INTL, "seal": ring["seal"]} if isinstance(held, str) else held
        ring.setdefault("retired", {})[key_id] = {"suite": gone["suite"], "public": _public(gone)}
        keys.replace_ring(home, ring)
    say(
        f"{key_id} 已停用。早于此时的备份须用当时导出的密钥副本恢复。",
        f"{key_id} is retired. Backups from before need the copy of the keys that was exported then.",
    )
    return 0


def _public(key: dict[str, str]) -> str:
    if "public" in key:
        return key["public"]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key["seal"]))
    return base64.b64encode(private.public_key().public_bytes_raw()).decode("ascii")


@contextmanager
def _held(home: Home) -> Iterator[dict[str, Any]]:
    """The ring as the file has it, nobody else changing it inside the block."""
    if os.environ.get("GUITU_DATA_KEYS"):
        raise LauncherError(
            "数据密钥来自 GUITU_DATA_KEYS，无法在此更换。请在 GUITU_HOME/keys 中保存密钥的机器上运行。",
            "The data keys come from GUITU_DATA_KEYS and cannot be changed here; run this where they lie in a file.",
            exit_code=2,
        )
    path = home.keys / keys.DATA_KEYS
    if not path.is_file():
        raise LauncherError(
            f"{home.keys} 中没有数据密钥。", f"{home.keys} holds no data keys; run ./guitu up first.", exit_code=2
        )
    with (home.keys / ".changing").open("w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        ring: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
        yield ring
