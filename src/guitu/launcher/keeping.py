"""The verbs that keep, bring back and renew an installation's data: their arguments."""

import argparse
from pathlib import Path

from guitu.launcher.home import Home, current_home


def keep_data(verb: str, rest: list[str]) -> int:
    """Run ``backup``, ``restore``, ``keys …``, ``demo load`` or ``demo reset``; returns the exit code."""
    if verb == "backup":
        from guitu.launcher.backup import back_up

        parser = argparse.ArgumentParser(prog="./guitu backup", allow_abbrev=False)
        parser.add_argument("--to", type=Path, metavar="DIR", help="文件夹 · folder")
        return back_up(current_home(), to=parser.parse_args(rest).to)
    if verb == "restore":
        return _restore(rest)
    if verb == "keys":
        return _keys(rest)
    from guitu.launcher import demonstrating

    parser = argparse.ArgumentParser(prog=f"./guitu demo {rest[0]}", allow_abbrev=False)
    if rest[0] == "load":
        parser.parse_args(rest[1:])
        return demonstrating.load(current_home())
    parser.add_argument("--yes", action="store_true", help="不再询问 · do not ask")
    return demonstrating.reset(current_home(), confirmed=parser.parse_args(rest[1:]).yes)


def _restore(rest: list[str]) -> int:
    from guitu.launcher.restoring import restore

    parser = argparse.ArgumentParser(prog="./guitu restore", allow_abbrev=False)
    parser.add_argument("file", type=Path, help="备份文件 · the backup")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="备份私钥 · the private key of backups")
    parser.add_argument("--into", type=Path, metavar="GUITU_HOME", help="恢复到何处 · the home to restore into")
    parser.add_argument("--replace", action="store_true", help="取代现有数据库 · in place of the database there")
    given = parser.parse_args(rest)
    home = Home(given.into.expanduser().absolute()) if given.into else current_home()
    return restore(home, given.file, identity=given.identity, replace=given.replace)


def _keys(rest: list[str]) -> int:
    from guitu.launcher import key_copies

    parser = argparse.ArgumentParser(prog="./guitu keys", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    recipient = verbs.add_parser("recipient", help="设定备份公钥 · set the public key of backups")
    which = recipient.add_mutually_exclusive_group(required=True)
    which.add_argument("--to", type=Path, metavar="FILE", help="私钥写到何处 · where the private half goes")
    which.add_argument("--public", metavar="age1…", help="别处生成的公钥 · a public key made elsewhere")
    recipient.add_argument("--replace", action="store_true")
    export = verbs.add_parser("export", help="写出数据密钥的副本 · write a copy of the field keys")
    export.add_argument("--to", type=Path, metavar="FILE", required=True)
    bringing = verbs.add_parser("import", help="导入数据密钥的副本 · bring a copy of the field keys in")
    bringing.add_argument("file", type=Path)
    given = parser.parse_args(rest)
    home = current_home()
    if given.verb == "recipient":
        return key_copies.set_recipient(home, to=given.to, public=given.public, replace=given.replace)
    if given.verb == "export":
        return key_copies.export(home, to=given.to)
    return key_copies.bring_in(home, given.file)
