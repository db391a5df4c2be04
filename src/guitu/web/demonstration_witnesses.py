"""The demonstration's three witnesses: who they are, what they know of the log, and the policy that asks them.

They share this machine, so what they co-sign is 演示见证 and proves nothing against whoever owns it. A real
installation lists the witnesses of other agencies in its own policy (docs/deploy.md).
"""

from __future__ import annotations

from pathlib import Path

from guitu.ledger.log.notes import Verifier
from guitu.ledger.log_key import WITNESSES
from guitu.witness.keeping import LOGS, Kept

GROUPS = (
    "group demo-either any demo-prison-bureau demo-justice-bureau",
    "group demo-both all demo-procuratorate demo-either",
    "quorum demo-both",
)


def introduce(log: Verifier, stated: str, home: Path) -> None:
    """Let each witness know the log and write the policy that names them.

    `stated` is ``name=address`` for each, separated by commas, as the launcher started them; `home` is GUITU_HOME.
    """
    lines = []
    for part in stated.split(","):
        name, _, address = part.partition("=")
        kept = Kept(home / "witnesses" / name, name)
        (kept.folder / LOGS).write_text(f"{log}\n", encoding="utf-8")
        lines.append(f"witness {name} {kept.verifier} {address}")
    (home / WITNESSES).write_text("\n".join([*lines, *GROUPS]) + "\n", encoding="utf-8")
