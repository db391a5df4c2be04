"""The verbs that keep, bring back and renew an installation's data: their arguments."""

from pathlib import Path

from guitu.launcher.arguments import Arguments, day
from guitu.launcher.home import current_home, home_at


def keep_data(verb: str, rest: list[str]) -> int:
    """Run ``backup``, ``restore``, ``keys …`` or ``demo load|reset|generate``; returns the exit code."""
    if verb == "backup":
        from guitu.launcher.backup import back_up

        parser = Arguments(prog="./guitu backup")
        parser.add_argument("--to", type=Path, metavar="DIR", help="文件夹 · folder")
        return back_up(current_home(), to=parser.parse_args(rest).to)
    if verb == "restore":
        return _restore(rest)
    if verb == "keys":
        return _keys(rest)
    return _demo(rest)


def _demo(rest: list[str]) -> int:
    from guitu.launcher import demonstrating

    whole = Arguments(prog="./guitu demo")
    verbs = whole.add_subparsers(dest="verb", required=True)
    verbs.add_parser("load", help="载入演示人员 · the demonstration's people")
    resetting = verbs.add_parser("reset", help="重做演示数据库 · the demonstration's database anew")
    resetting.add_argument("--yes", action="store_true", help="不再询问 · do not ask")
    parser = verbs.add_parser("generate", help="生成虚构省 · a fictional province")
    parser.add_argument("--persons", type=int, required=True, metavar="N", help="多少人 · how many people")
    parser.add_argument("--seed", default="1", help="种子:相同则生成相同 · the same seed makes the same province")
    parser.add_argument("--today", type=day, metavar="YYYY-MM-DD", help="进展到哪一日 · up to which day")
    parser.add_argument("--into", type=Path, metavar="GUITU_HOME", help="生成到何处 · the home to fill")
    parser.add_argument("--reset", action="store_true", help="先清空演示数据 · empty the demonstration first")
    given = whole.parse_args(rest)
    if given.verb == "load":
        return demonstrating.load(current_home())
    if given.verb == "reset":
        return demonstrating.reset(current_home(), confirmed=given.yes)
    from guitu.launcher.generating import generate

    home = home_at(given.into) if given.into else current_home()
    return generate(
        home,
        persons=given.persons,
        seed=given.seed,
        today=given.today.isoformat() if given.today else "",
        reset=given.reset,
    )


def _restore(rest: list[str]) -> int:
    from guitu.launcher.restoring import restore

    parser = Arguments(prog="./guitu restore")
    parser.add_argument("file", type=Path, help="备份文件 · the backup")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="备份私钥 · the private key of backups")
    parser.add_argument("--into", type=Path, metavar="GUITU_HOME", help="恢复到何处 · the home to restore into")
    parser.add_argument("--replace", action="store_true", help="取代现有数据库 · in place of the database there")
    parser.add_argument("--erasures", type=Path, metavar="FILE", help="别处保存的删除登记 · a register kept elsewhere")
    parser.add_argument("--erasures-lost", metavar="WHY", help="没有登记的理由，记入台账 · why without; recorded")
    given = parser.parse_args(rest)
    home = home_at(given.into) if given.into else current_home()
    named, lost = given.erasures, given.erasures_lost
    return restore(home, given.file, identity=given.identity, replace=given.replace, erasures=named, lost=lost)


def _keys(rest: list[str]) -> int:
    from guitu.launcher import key_copies

    parser = Arguments(prog="./guitu keys")
    verbs = parser.add_subparsers(dest="verb", required=True)
    recipient = verbs.add_parser("recipient", help="设定备份公钥 · set the public key of backups")
    which = recipient.add_mutually_exclusive_group(required=True)
    which.add_argument("--to", type=Path, metavar="FILE", help="私钥写到何处 · where the private half goes")
    which.add_argument("--public", metavar="age1…", help="别处生成的公钥 · a public key made elsewhere")
    recipient.add_argument("--replace", action="store_true")
    emergency = "紧急办理的理由：没有双人同意时才用，记入台账 · why it is done without two hands; it is recorded"
    recipient.add_argument("--emergency", default="", metavar="WORDS", help=emergency)
    export = verbs.add_parser("export", help="写出数据密钥的副本 · write a copy of the field keys")
    export.add_argument("--to", type=Path, metavar="FILE", required=True)
    bringing = verbs.add_parser("import", help="导入数据密钥的副本 · bring a copy of the field keys in")
    bringing.add_argument("file", type=Path)
    rotating = verbs.add_parser("rotate", help="启用新密钥 · a new current key")
    rotating.add_argument("--suite", choices=("intl", "gm"), default="intl", help="密码套件 · the suite")
    rotating.add_argument("--emergency", default="", metavar="WORDS", help=emergency)
    retiring = verbs.add_parser("retire", help="停用旧密钥 · take out a key that nothing names")
    retiring.add_argument("key", metavar="KEY")
    retiring.add_argument("--emergency", default="", metavar="WORDS", help=emergency)
    verbs.add_parser("reseal", help="以现用密钥重新加密 · seal everything under the current key")
    verbs.add_parser("used", help="各密钥下有多少值 · how many values stand under each key")
    given = parser.parse_args(rest)
    home = current_home()
    if given.verb in {"rotate", "retire"}:
        from guitu.launcher import key_rotation

        if given.verb == "rotate":
            return key_rotation.rotate(home, suite=given.suite, emergency=given.emergency)
        return key_rotation.retire(home, given.key, emergency=given.emergency)
    if given.verb in {"reseal", "used"}:
        from guitu.launcher.passing import pass_on

        return pass_on(home, ["keys", given.verb])
    if given.verb == "recipient":
        return key_copies.set_recipient(
            home, to=given.to, public=given.public, replace=given.replace, emergency=given.emergency
        )
    if given.verb == "export":
        return key_copies.export(home, to=given.to)
    return key_copies.bring_in(home, given.file)
