"""``python -m guitu.web.command_line GROUP VERB …``: finds the group of verbs and imports only that one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from guitu.web.clocks_apart import clocks_are_apart
from guitu.web.full_disk import disk_is_full

GROUPS = {
    "rule": "guitu.web.command_line.rule:app",
    "code": "guitu.web.command_line.code:app",
    "roster": "guitu.web.command_line.roster:app",
    "access": "guitu.web.command_line.access:app",
    "ledger": "guitu.web.command_line.ledger:app",
    "keys": "guitu.web.command_line.keys:app",
    "export": "guitu.web.command_line.export:app",
    "verify": "guitu.web.command_line.verify:app",
}
"""Name of the group → module and typer application."""
PROBLEM = 1


def main(arguments: Sequence[str]) -> int:
    """Runs one verb; returns its exit code: 0 clean, 1 problems (wrong usage too), 2 refused."""
    if not arguments or arguments[0] in ("--help", "-h"):
        sys.stdout.write(f"用法 usage: guitu GROUP VERB …\n分组 groups: {', '.join(GROUPS)}\n")
        return 0 if arguments else PROBLEM
    name, *rest = arguments
    if name not in GROUPS:
        sys.stderr.write(f"没有“{name}”这一组命令 · no such group: {name} ({', '.join(GROUPS)})\n")
        return PROBLEM
    module, _, attribute = GROUPS[name].partition(":")
    import typer

    wrong_usage: type[Exception] = typer.BadParameter.__bases__[0]
    command = typer.main.get_command(getattr(importlib.import_module(module), attribute))
    try:
        code = command.main(rest, prog_name=f"guitu {name}", standalone_mode=False)
    except wrong_usage as error:
        sys.stderr.write(f"命令用法不对 · wrong usage: {error}\n")
        return PROBLEM
    except Exception as error:
        said = _remedy(error)
        if not said:
            raise
        sys.stderr.write(said)
        return PROBLEM
    return code if isinstance(code, int) else 0


def _remedy(error: Exception) -> str:
    """What to do where the machine stands in the way, not the words given; empty for any other failure."""
    if disk_is_full(error):
        return (
            "数据库所在的磁盘满了，什么也没有写入；请腾出空间后再来一次\n"
            "The database's disk is full and nothing was written; free some space and try again\n"
        )
    if clocks_are_apart(error):
        return (
            "本机和数据库的时钟不一致，什么也没有写入；请核对两边的时钟后再来一次\n"
            "The clocks of this machine and the database differ and nothing was written; set them and try again\n"
        )
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
